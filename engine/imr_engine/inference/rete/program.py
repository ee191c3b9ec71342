"""A rulebook compiled for durable_rules, as frozen data: what is asserted, in which order, and what each firing means.

A *finding* is a number that stands for something the rules engine can conclude of one request. A *stratum* holds the
rules that need nothing but earlier findings; a *bank* is one ruleset of the engine; a *shard* is one flat fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imr_engine.prediction import Outcome, Status
from imr_engine.rulebook.model import FactDeclaration

__all__ = ["SENTINEL_RULE", "SENTINEL_SHARD", "Bank", "CriterionFindings", "Program", "ReteResult", "Shard", "Stratum"]

SENTINEL_RULE = "z"
SENTINEL_SHARD = "end"
"""The last fact of each batch, and the rule that fires on it last of all: without it the batch was cut short."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One flat fact of a request, and when it can matter.

    ``attributes`` are the short names it holds, ``facts`` the case's facts some of them come from. It is asserted where
    one of the findings in ``gate`` holds (None: always), and, with ``failed_facts``, only where one of those facts
    could not be computed.
    """

    key: str
    attributes: tuple[str, ...]
    facts: tuple[str, ...]
    gate: frozenset[int] | None
    failed_facts: frozenset[str] | None


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """One ruleset: its JSON, its shards, and for each rule the finding it concludes and the shard it reads.

    ``most_firings`` bounds how often its rules can fire on one fact.
    """

    name: str
    ruleset: str
    shards: tuple[Shard, ...]
    rules: Mapping[str, tuple[int, str]]
    most_firings: int


@dataclass(frozen=True, slots=True)
class Stratum:
    """Banks that can run together, and what their findings become for the strata above.

    ``flags`` are findings that become true-or-false attributes, ``counts`` attributes that hold how many of some
    findings hold. After the stratum that ``settles_statuses``, every criterion has its status.
    """

    banks: tuple[Bank, ...]
    flags: tuple[tuple[str, int], ...]
    counts: tuple[tuple[str, tuple[int, ...]], ...]
    settles_statuses: bool


@dataclass(frozen=True, slots=True)
class CriterionFindings:
    """The findings that make a criterion's status, and the attribute that holds it (None: nothing reads it)."""

    id: str
    applies: int
    met: int
    not_met: int
    open: int
    attribute: str | None


@dataclass(frozen=True, slots=True)
class ReteResult:
    """What the rules engine concluded of one request.

    ``statuses`` holds the criteria that apply, in the order of the rulebook; ``speaking`` is the guideline that
    decides, None where none has anything to say.
    """

    request: str
    statuses: Mapping[str, Status]
    speaking: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The rules of one edition and date, compiled.

    ``names`` gives the short name of each attribute by its long one, ``codes`` the short value of each text that a rule
    asks for; a text that no rule asks for has none. ``conclusions`` gives, for a finding of the last stratum, the
    guideline that speaks and the outcome. ``orders`` gives by kind the order of guidelines, and ``order_findings`` the
    finding that is given where an order is the request's. ``statuses_at_once`` says that no stratum settles them, since
    every condition is a constant.
    """

    key: str
    facts: Mapping[str, FactDeclaration]
    strata: tuple[Stratum, ...]
    always: frozenset[int]
    criteria: tuple[CriterionFindings, ...]
    conclusions: Mapping[int, tuple[str | None, Outcome]]
    names: Mapping[str, str]
    codes: Mapping[tuple[str, str], str]
    ingredients: Mapping[str, str]
    regions: Mapping[str, str]
    orders: Mapping[str, int]
    default_order: int
    order_findings: tuple[int, ...]
    statuses_at_once: bool

    @property
    def rule_count(self) -> int:
        """How many rules the engine is given, sentinels aside."""
        return sum(len(bank.rules) for stratum in self.strata for bank in stratum.banks)
