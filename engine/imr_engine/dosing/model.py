"""Drugs, conversion tables, lines as they were read, and the doses of a case: frozen data, computed elsewhere here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from imr_engine.errors import Problem
from imr_engine.prediction import DoseLine, DoseTotal
from imr_engine.units.interval import Interval

__all__ = [
    "Amount",
    "CaseDoses",
    "Ceiling",
    "ConversionTable",
    "Course",
    "Directions",
    "DoseWarning",
    "Drug",
    "DrugLine",
    "Factor",
    "LineProblem",
    "MedicationDose",
    "MorphineEquivalents",
    "Part",
    "Product",
    "ReadLine",
    "RequestDose",
    "Strength",
]


StrengthKey = tuple[str, bool, tuple[Fraction, ...]]
"""A unit, whether it is of a liquid, and the amounts in a piece or in one mL."""


@dataclass(frozen=True, slots=True)
class Strength:
    """What one piece, one patch or a volume holds: the principal drug's amount first, then its partners'.

    ``unit`` is ``mg``, ``mcg``, ``patch_rate`` (mcg/h) or ``percent``; ``per`` is the volume in mL of a liquid.
    """

    amounts: tuple[Fraction, ...]
    unit: str
    per: Fraction | None = None

    @property
    def principal(self) -> Fraction:
        """The amount of the principal drug: in a piece, at a patch's rate, in one mL, or in percent."""
        return self.amounts[0] if self.per is None else self.amounts[0] / self.per

    @property
    def key(self) -> StrengthKey:
        """What tells strengths apart: 10 mg/5 mL is 2 mg/mL."""
        if self.per is None:
            return self.unit, False, self.amounts
        return self.unit, True, tuple(amount / self.per for amount in self.amounts)

    @property
    def principal_key(self) -> StrengthKey:
        """The key of the principal drug's amount alone."""
        return self.unit, self.per is not None, (self.principal,)


@dataclass(frozen=True, slots=True)
class Product:
    """One marketed product of a drug. ``conversion`` is its line in a conversion table, ``wear`` a patch's days.

    ``sold`` holds the keys of its strengths, whole and by the principal drug alone.
    """

    drug: str
    brands: tuple[str, ...]
    form: str | None
    route: str
    release: str | None
    partners: tuple[str, ...]
    strengths: tuple[Strength, ...]
    old_strengths: tuple[Strength, ...]
    conversion: str
    sold: frozenset[StrengthKey] = field(repr=False)
    wear: Fraction | None
    partner_first: bool
    source: str
    confidence: str

    @property
    def all_strengths(self) -> tuple[Strength, ...]:
        """Every strength, those no longer sold among them: charts still hold them."""
        return self.strengths + self.old_strengths


@dataclass(frozen=True, slots=True)
class Drug:
    """One drug of the catalogue.

    ``pain_medicine``: taken for pain. ``taper``: must not be stopped abruptly, by ``taper_source``.
    ``screen_analytes``: the names of a urine screen that this drug turns positive; of these, ``screen_often_missed``
    stay negative often enough that a negative says nothing. ``rxcui`` is the RxNorm ingredient.
    """

    id: str
    name: str
    drug_class: str
    sedating: bool
    pain_medicine: bool
    taper: bool
    taper_source: str
    screen_analytes: tuple[str, ...]
    screen_often_missed: tuple[str, ...]
    names: tuple[str, ...]
    salts: tuple[str, ...]
    products: tuple[Product, ...] = field(repr=False)
    subclass: str | None
    schedule: str | None
    rxcui: str | None
    maximum_mg_per_day: Fraction | None
    source: str
    confidence: str

    @property
    def brands(self) -> tuple[str, ...]:
        """The brand names of all products, in the order of the catalogue."""
        return tuple(dict.fromkeys(brand for product in self.products for brand in product.brands))

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms in which it is marketed."""
        return tuple(dict.fromkeys(product.form for product in self.products if product.form))

    @property
    def partners(self) -> tuple[str, ...]:
        """The drugs it is combined with in some product."""
        return tuple(dict.fromkeys(partner for product in self.products for partner in product.partners))


@dataclass(frozen=True, slots=True)
class Factor:
    """What an amount is multiplied by under one table.

    ``unit`` is how the table states it (``MME/mg``, ``MME/mcg``, ``MME/day/patch_rate``, ``MME/patch_rate/patch``);
    ``bands`` are (upper bound in mg a day, its own included, or None; factor of the whole dose) and always hold one.
    """

    unit: str
    bands: tuple[tuple[Fraction | None, Fraction], ...]
    source: str
    confidence: str

    def at(self, daily: Fraction, *, just_above: bool = False) -> Fraction:
        """The factor of a daily amount, or of amounts just above it."""
        for upper, factor in self.bands:
            if upper is None or daily < upper or (daily == upper and not just_above):
                return factor
        raise AssertionError("the last band of a factor has no upper bound")


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A daily total, in mg, that an edition names. ``at_or_above``: reaching it counts, else only exceeding it."""

    edition: str
    limit: Fraction
    at_or_above: bool
    meaning: str
    source: str
    confidence: str

    def passed_by(self, total: Fraction) -> bool:
        """Whether a total is beyond what the ceiling allows."""
        return total >= self.limit if self.at_or_above else total > self.limit


@dataclass(frozen=True, slots=True)
class ConversionTable:
    """One published table of oral morphine equivalents. ``none`` holds lines left without a factor on purpose."""

    name: str
    title: str
    date: str
    citation: str
    factors: Mapping[str, Factor]
    none: Mapping[str, str]
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Amount:
    """What is taken at a time: ``kind`` is ``pieces``, ``mass`` (in mg) or ``volume`` (in mL)."""

    kind: str
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Part:
    """One dose and how often a day it is taken; no amount means one piece, one patch, or the strength as it stands.

    ``repeated`` holds the same amount in other measures, as in ``2 tablets (30 mg)``.
    """

    amount: Amount | None
    times: Interval
    repeated: tuple[Amount, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """The doses of one day, for ``days`` days where that is written; a taper has several courses."""

    parts: tuple[Part, ...]
    as_needed: bool
    days: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Directions:
    """Directions as read. ``maximum`` bounds a day: its kind is ``pieces``, ``mass``, ``volume`` or ``doses``."""

    courses: tuple[Course, ...]
    as_needed: bool
    maximum: Amount | None = None


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a line, and in which of its fields (``line`` where it was one text)."""

    field: str
    message: str
    found: str | None = None
    expected: str | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One drug line, read: the medicine, what a piece holds, directions and dispensing, and what was not understood.

    ``drugs`` has the principal drug first and is empty for an unknown medicine. ``products`` are those the line can
    mean. ``dose`` is the amount at a time where only that is written. ``days_supply`` is an interval, since a month
    has 28 to 31 days. ``unread`` parts leave the dose uncomputed.
    """

    text: str
    drugs: tuple[Drug, ...]
    name: str
    products: tuple[Product, ...] = field(repr=False)
    strength: Strength | None
    strength_text: str
    dose: Amount | None
    directions: Directions | None
    quantity: Fraction | None
    quantity_unit: str | None
    days_supply: Interval | None
    refills: int | None
    form: str | None
    route: str | None
    release: str | None
    phase: str | None
    status: str | None
    unread: tuple[str, ...]
    problems: tuple[LineProblem, ...]
    warnings: tuple[LineProblem, ...]

    def __hash__(self) -> int:
        # Lines are looked up in bounded caches; their text, which shows the quantity, tells them apart well enough.
        return hash(self.text)

    @property
    def meaning(self) -> tuple[object, ...]:
        """All that the line says, apart from how it is worded."""
        return (
            self.drugs, frozenset((one.conversion, one.partners) for one in self.products), self.strength, self.dose,
            self.directions, self.quantity, self.quantity_unit, self.days_supply, self.refills,
            self.form, self.route, self.release, self.phase, self.status,
        )  # fmt: skip

    @property
    def drug(self) -> Drug | None:
        """The principal drug, None for an unknown medicine."""
        return self.drugs[0] if self.drugs else None

    @property
    def long_acting(self) -> bool:
        """Whether the product releases its drug slowly or acts long by nature; False where that is not known."""
        return self.release in ("extended", "long_acting")

    @property
    def remarkable(self) -> bool:
        """Whether there is anything to tell of how it was read."""
        return bool(self.problems or self.warnings or self.unread)

    @property
    def as_needed(self) -> bool:
        """Whether it is taken only as needed."""
        return self.directions is not None and self.directions.as_needed


@dataclass(frozen=True, slots=True)
class DrugLine:
    """A structured line for ``morphine_equivalents``.

    ``dose`` is what is taken at a time ("6 mg", "2 tablets"; a number counts in ``unit``), ``strength`` what a piece
    holds, and ``doses_per_day`` may stand in place of ``directions``.
    """

    drug: str
    dose: str | int | Fraction | None = None
    unit: str | None = None
    doses_per_day: int | Fraction | None = None
    strength: str | None = None
    directions: str | None = None
    form: str | None = None
    route: str | None = None
    quantity: int | None = None
    days_supply: int | None = None
    refills: int | None = None


@dataclass(frozen=True, slots=True)
class DoseWarning:
    """Something a reader should know of a line that was nevertheless read; ``path`` as in a case."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class RequestDose:
    """A requested drug: daily amounts in ``unit`` a day (a patch: ``mcg/h``), and what the request would cover.

    ``drugs`` has the principal drug first and is empty for an unknown medicine. ``medication`` is the index of the
    charted line it continues. ``daily`` is firm: an amount that rests on the assumed 30 days is *more than 0*.
    """

    drugs: tuple[Drug, ...]
    phase: str
    medication: int | None
    daily: Interval | None
    charted_daily: Interval | None
    unit: str | None
    supply_days: Interval
    basis: str
    as_needed: bool
    strength_text: str
    long_acting: bool


@dataclass(frozen=True, slots=True)
class MedicationDose:
    """A charted line: its daily amount in ``unit`` a day; ``drugs`` is empty for an unknown medicine."""

    drugs: tuple[Drug, ...]
    daily: Interval | None
    unit: str | None
    basis: str
    as_needed: bool
    status: str


@dataclass(frozen=True, slots=True)
class CaseDoses:
    """The doses of a case, by the policy of design.md section 9.

    ``total`` is the estimate, None where no opioid is charted or requested. ``firm_total`` is what a criterion may
    compare, None where it cannot be computed, for the reasons in ``not_computable``. ``problems`` are errors of the
    input, with paths of the case and no line numbers.
    """

    total: DoseTotal | None
    firm_total: Interval | None
    not_computable: tuple[str, ...]
    requests: Mapping[str, RequestDose]
    medications: tuple[MedicationDose, ...]
    warnings: tuple[DoseWarning, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class MorphineEquivalents:
    """Oral morphine equivalents of some lines under one table.

    ``mme_per_day`` has ``low`` and ``high`` in mg a day; it is None where some line cannot be computed, for the reasons
    in ``not_computable``. ``fallback`` names the second table where one was used, which then does not decide alone.
    """

    lines: tuple[DoseLine, ...]
    mme_per_day: Interval | None
    table: str
    assumed: bool
    warnings: tuple[DoseWarning, ...]
    not_computable: tuple[str, ...] = ()
    fallback: str | None = None
