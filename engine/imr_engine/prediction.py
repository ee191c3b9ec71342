"""What comes out of a prediction, as frozen data. How it is computed, worded or printed lives elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from imr_engine.units.interval import Interval

__all__ = [
    "Citation",
    "DecidedBy",
    "Determination",
    "DoseLine",
    "DoseTotal",
    "Effect",
    "EngineUsed",
    "FactUsed",
    "Finding",
    "GuidelineUsed",
    "Outcome",
    "Prediction",
    "Sentence",
    "Status",
    "ThresholdUsed",
]


class Outcome(StrEnum):
    """The expected result of an Independent Medical Review of one denied item."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    UNDETERMINED = "undetermined"


class Status(StrEnum):
    """What a criterion came to for a request.

    NOT_DOCUMENTED is a gap of the record and counts against the request; NOT_COMPUTABLE is a failure of ours
    (unreadable directions, a drug without a factor) and never does.
    """

    MET = "met"
    NOT_MET = "not_met"
    NOT_DOCUMENTED = "not_documented"
    NOT_COMPUTABLE = "not_computable"


class Effect(StrEnum):
    """What a criterion does to a request; each criterion has one effect."""

    REQUIRE = "require"
    SUPPORT = "support"
    DEFEAT = "defeat"
    EXCUSE = "excuse"
    NOTE = "note"


class DecidedBy(StrEnum):
    """What a determination rests on."""

    RECORD = "a finding in the record"
    MISSING = "missing documentation"
    BOTH = "a finding in the record and missing documentation"
    NOTHING = "no criterion speaks"
    NOT_COMPUTABLE = "something this tool could not compute"


@dataclass(frozen=True, slots=True)
class Citation:
    """The place of a guideline that a criterion states; ``pages`` is None where no page is sure."""

    guideline: str
    section: str
    pages: str | None
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class FactUsed:
    """A fact as a criterion saw it: its value in words, where in the case it was read, and by whom it was recorded."""

    name: str
    state: str
    value: str
    paths: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThresholdUsed:
    """A named threshold as it stood on the date of the case, with where it was read and how sure that is."""

    name: str
    value: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A criterion applied to a request.

    ``counts`` is False for a criterion of a guideline that a more binding one silences: it is shown as a note.
    ``excused_by`` names the met excuses that set it aside, ``missing`` says what would have to be documented.
    """

    criterion: str
    title: str
    effect: Effect
    status: Status
    citation: Citation
    facts: tuple[FactUsed, ...]
    thresholds: tuple[ThresholdUsed, ...] = ()
    counts: bool = True
    excused_by: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a rationale and the criterion it speaks for (None: the conclusion or the drug's introduction)."""

    text: str
    criterion: str | None = None


@dataclass(frozen=True, slots=True)
class Determination:
    """The predicted outcome of one request, with everything it rests on."""

    request: str
    item: str
    kind: str
    outcome: Outcome
    rests_on: DecidedBy
    deciding: tuple[str, ...]
    findings: tuple[Finding, ...]
    rationale: tuple[Sentence, ...] = ()
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoseLine:
    """One opioid of the regimen: its daily amount, the factor applied, its morphine equivalents, and the basis.

    ``basis`` is ``directions``, ``charted``, ``days_supply``, ``assumed_30_day`` or ``unknown``. ``mme_per_day`` is
    None where no figure can be computed; ``reason`` then says why.
    """

    source: str
    text: str
    ingredient: str
    daily_amount: Interval | None
    amount_unit: str | None
    factor: Fraction | None
    mme_per_day: Interval | None
    basis: str
    as_needed: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DoseTotal:
    """Oral morphine equivalents of all opioids together, in mg a day.

    ``low`` and ``high`` bound the estimate; ``high`` is None where there is no upper bound, ``low_open`` says that the
    total is more than ``low``. ``assumed`` is True where a figure rests on the assumed 30-day supply.
    """

    table: str
    low: Fraction
    high: Fraction | None
    low_open: bool
    assumed: bool
    lines: tuple[DoseLine, ...]
    not_computable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuidelineUsed:
    """A guideline edition that governs the case, with the digest of its rules."""

    id: str
    title: str
    digest: str


@dataclass(frozen=True, slots=True)
class EngineUsed:
    """How the answer was computed: which readings ran, and whether they were compared."""

    inference: str
    checked_by: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """All determinations of a case, in the order of its requests."""

    case: str
    reference_date: date
    reference_from: str
    edition: str | None
    guidelines: tuple[GuidelineUsed, ...]
    tables_digest: str
    conversion_table: str
    opioid_dose: DoseTotal | None
    engine: EngineUsed
    determinations: tuple[Determination, ...]
    warnings: tuple[str, ...]
    notice: str
