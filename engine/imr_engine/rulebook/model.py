"""What a loaded rulebook consists of, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from imr_engine.errors import Place
from imr_engine.prediction import Citation, Effect
from imr_engine.rulebook.tree import Node, facts_of, parameters_of

__all__ = [
    "Criterion",
    "Edition",
    "FactDeclaration",
    "FactType",
    "Guideline",
    "Parameter",
    "ParameterValue",
    "Rulebook",
    "Rules",
    "Said",
    "Scale",
    "Scope",
    "ServiceKind",
    "Words",
]


class FactType(StrEnum):
    """What kind of value a fact has."""

    BOOLEAN = "boolean"
    QUANTITY = "quantity"
    COUNT = "count"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class FactDeclaration:
    """A fact the rules may ask about.

    ``label`` names it inside a sentence, ``meaning`` defines it, ``document`` tells a provider how to document it.
    ``judgement`` marks a fact that is not computed from observations; ``meaning`` then holds its definition.
    """

    name: str
    type: FactType
    label: str
    meaning: str
    unit: str | None = None
    values: tuple[str, ...] = ()
    document: str | None = None
    judgement: bool = False
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """The value of a parameter from a date on, with where it was read and how sure that is."""

    start: date
    value: Fraction
    text: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named, dated and cited threshold. ``unit`` is None for a plain count."""

    name: str
    unit: str | None
    meaning: str
    values: tuple[ParameterValue, ...]
    place: Place = field(default=Place(), compare=False)

    def at(self, day: date) -> ParameterValue | None:
        """The value in force on a day, or None before the first."""
        current = None
        for value in self.values:
            if value.start <= day:
                current = value
        return current


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a criterion applies to, by what is always known of a request. An empty part leaves that part open."""

    kinds: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    ingredients: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and the condition under which it is said; one without is said where none with a condition is."""

    text: str
    when: Node | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of a criterion: what the guideline asks, and what a review says for each status.

    Names in braces are facts of the condition or its parameters, checked at load. ``ask`` is what to document.
    """

    rule: str | None = None
    met: tuple[Said, ...] = ()
    not_met: tuple[Said, ...] = ()
    not_documented: tuple[Said, ...] = ()
    not_computable: tuple[Said, ...] = ()
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """A validated scale of function: which way it improves, and the names it goes by."""

    id: str
    label: str
    better: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One rule of a guideline: whom it applies to, its condition, its one effect, its citation and its words.

    ``said_only_if`` keeps a note's words for one outcome (how to stop a drug is said where it is denied).
    ``needs_dose_at_least`` marks the exceptions to the dose law, ``both_ways`` says why facts may help and hurt.
    """

    id: str
    title: str
    guideline: str
    topic: str
    scope: Scope
    effect: Effect
    when: Node
    citation: Citation
    words: Words
    excuses: tuple[str, ...] = ()
    said_only_if: str | None = None
    needs_dose_at_least: bool = False
    both_ways: Mapping[str, str] = field(default_factory=dict)
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Guideline:
    """One published edition. A ``common`` one joins whichever guideline speaks and never speaks by itself.

    ``short`` names it in a citation, ``lead`` opens a sentence on what it asks ("Under the MTUS of 2009").
    """

    id: str
    title: str
    short: str
    lead: str
    common: bool
    digest: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class ServiceKind:
    """A kind of service, and the wordings by which a request for it is recognised."""

    id: str
    label: str
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """The guidelines that govern requests made in a period, in the order in which they speak.

    ``order`` is by kind of request, ``default`` for the rest; ``conversion_table`` is the one its dose limits mean.
    """

    id: str
    title: str
    start: date
    end: date | None
    order: Mapping[str, tuple[str, ...]]
    conversion_table: str
    source: str

    def order_for(self, kind: str) -> tuple[str, ...]:
        """The guidelines for a kind of request, the most binding first."""
        return self.order.get(kind, self.order["default"])


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that was loaded from a folder of rules, for all dates."""

    facts: Mapping[str, FactDeclaration]
    parameters: Mapping[str, Parameter]
    guidelines: Mapping[str, Guideline]
    editions: tuple[Edition, ...]
    kinds: tuple[ServiceKind, ...]
    scales: tuple[Scale, ...]
    digest: str

    def edition_on(self, day: date) -> Edition | None:
        """The edition that governs requests made on a day, or None where none that is loaded does."""
        for edition in self.editions:
            if edition.start <= day and (edition.end is None or day < edition.end):
                return edition
        return None

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion, by guideline in the order loaded."""
        return tuple(criterion for guideline in self.guidelines.values() for criterion in guideline.criteria)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rulebook as it stands for one edition on one date: conditions hold their thresholds.

    ``reads`` and ``uses`` give the facts and the parameters of each criterion's condition, by criterion id.

    ``key`` names the combination of edition and thresholds, so that what is compiled for it can be kept.
    """

    key: str
    edition: Edition
    facts: Mapping[str, FactDeclaration]
    criteria: tuple[Criterion, ...]
    common: frozenset[str]
    thresholds: Mapping[str, ParameterValue]
    reads: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    uses: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked for with every finding of every prediction, so worked out once.
        object.__setattr__(self, "reads", {criterion.id: facts_of(criterion.when) for criterion in self.criteria})
        object.__setattr__(self, "uses", {criterion.id: parameters_of(criterion.when) for criterion in self.criteria})
