"""The shape of the YAML files of a rulebook, before names are resolved and types checked."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

__all__ = ["CriteriaFile", "EditionsFile", "FactsFile", "GuidelineFile", "KindsFile", "ParametersFile", "ScalesFile"]

NAME = re.compile(r"[a-z][a-z0-9_]*")
ID = re.compile(r"[a-z0-9][a-z0-9-]*")


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValueError("a name is written in lower-case letters, digits and underscores, such as course_days")
    return text


def _id(text: str) -> str:
    if not ID.fullmatch(text):
        raise ValueError("an id is written in lower-case letters, digits and hyphens, such as opioid-dose-ceiling")
    return text


Name = Annotated[str, AfterValidator(_name)]
Id = Annotated[str, AfterValidator(_id)]
Text = Annotated[str, Field(min_length=1)]
Confidence = Literal["seen", "quoted", "general_knowledge", "doubtful"]


def _day(raw: Any) -> Any:
    if isinstance(raw, str):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            raise ValueError("a date is written year-month-day, such as 2009-07-18") from None
    return raw


def _many(raw: Any) -> Any:
    return (raw,) if isinstance(raw, str) else tuple(raw) if isinstance(raw, list) else raw


Day = Annotated[date, BeforeValidator(_day)]
Many = Annotated[tuple[Text, ...], BeforeValidator(_many)]


class Raw(BaseModel):
    """The base of every part of a rules file: closed to unknown keys, and strict about types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RawFact(Raw):
    """A fact declaration."""

    type: Literal["boolean", "quantity", "count", "choice"]
    label: Text
    meaning: Text
    unit: Text | None = None
    values: Annotated[tuple[Text, ...], BeforeValidator(_many)] = ()
    document: Text | None = None
    judgement: bool = False


class FactsFile(Raw):
    """rules/facts.yaml."""

    schema_: Literal["imr-facts/1"] = Field(alias="schema")
    facts: dict[Name, RawFact]


class RawValue(Raw):
    """One dated value of a parameter: a count, or an amount with its unit, which the loader reads."""

    start: Day = Field(alias="from")
    value: Any
    source: Text
    confidence: Confidence


class RawParameter(Raw):
    """A parameter."""

    meaning: Text
    unit: Text | None = None
    values: Annotated[tuple[RawValue, ...], BeforeValidator(_many), Field(min_length=1)]


class ParametersFile(Raw):
    """rules/parameters.yaml."""

    schema_: Literal["imr-parameters/1"] = Field(alias="schema")
    parameters: dict[Name, RawParameter]


class RawScope(Raw):
    """Whom a criterion applies to."""

    kind: Many = ()
    class_: Many = Field(default=(), alias="class")
    ingredient: Many = ()
    region: Many = ()
    phase: Annotated[
        tuple[Literal["start", "continue", "increase", "taper", "unstated"], ...], BeforeValidator(_many)
    ] = ()


class RawCitation(Raw):
    """Where a guideline says so, where that was read, and how sure it is."""

    section: Text
    pages: Text | None = None
    source: Text
    confidence: Confidence


class RawSaid(Raw):
    """A sentence that is said under a condition of its own, which the loader reads."""

    when: Any = None
    say: Text


def _sentences(raw: Any) -> Any:
    if isinstance(raw, str):
        return ({"say": raw},)
    return tuple(raw) if isinstance(raw, list) else raw


Sentences = Annotated[tuple[RawSaid, ...], BeforeValidator(_sentences)]


class RawWords(Raw):
    """The sentences of a criterion."""

    rule: Text | None = None
    met: Sentences = ()
    not_met: Sentences = ()
    not_documented: Sentences = ()
    not_computable: Sentences = ()
    ask: Many = ()


class RawCriterion(Raw):
    """A criterion; its condition is read by the loader."""

    id: Id
    title: Text
    applies_to: RawScope
    effect: Literal["require", "support", "defeat", "excuse", "note"]
    of: Many = ()
    when: Any
    cite: RawCitation
    says: RawWords = RawWords()
    said_only_if: Literal["upheld", "overturned"] | None = None
    needs_dose_at_least: bool = False
    both_ways: dict[Name, Text] = {}


class CriteriaFile(Raw):
    """A topic file of a guideline. A ``rule`` that several criteria share is one of its ``phrases``: ``$name``."""

    schema_: Literal["imr-criteria/1"] = Field(alias="schema")
    phrases: dict[Name, Text] = {}
    criteria: Annotated[tuple[RawCriterion, ...], BeforeValidator(_many), Field(min_length=1)]


class GuidelineFile(Raw):
    """rules/<guideline>/guideline.yaml."""

    schema_: Literal["imr-guideline/1"] = Field(alias="schema")
    title: Text
    short: Text
    lead: Text
    common: bool = False


class RawKind(Raw):
    """A kind of service and its wordings."""

    label: Text
    wordings: Annotated[Many, Field(min_length=1)]


class KindsFile(Raw):
    """rules/kinds.yaml."""

    schema_: Literal["imr-kinds/1"] = Field(alias="schema")
    kinds: dict[Name, RawKind]


class RawScale(Raw):
    """A scale of function."""

    label: Text
    better: Literal["lower", "higher"]
    names: Many = ()


class ScalesFile(Raw):
    """rules/scales.yaml."""

    schema_: Literal["imr-scales/1"] = Field(alias="schema")
    scales: dict[Name, RawScale]


class RawEdition(Raw):
    """An edition."""

    id: Id
    title: Text
    start: Day = Field(alias="from")
    before: Day | None = None
    order: dict[str, Many]
    conversion_table: Text
    source: Text


class EditionsFile(Raw):
    """rules/editions.yaml."""

    schema_: Literal["imr-editions/1"] = Field(alias="schema")
    editions: Annotated[tuple[RawEdition, ...], BeforeValidator(_many), Field(min_length=1)]
