"""Effects that do not fit what they are given for: a limit that forgives silence, a ground that is only an absence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imr_engine.dosing import DrugTables
from imr_engine.prediction import Effect
from imr_engine.rulebook.model import Criterion, FactDeclaration, FactType, Rulebook
from imr_engine.rulebook.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Comparison,
    Documented,
    Holds,
    IsOneOf,
    Node,
    Not,
    children,
    facts_of,
)
from imr_engine.verify.scoping import share_a_request

__all__ = ["Misfit", "misfits"]

_UPWARD = (Comparison.MORE_THAN, Comparison.AT_LEAST)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A criterion whose effect does not fit, the code of the finding, and the fact by which it does not."""

    code: str
    criterion: Criterion
    fact: str


def misfits(rulebook: Rulebook, tables: DrugTables) -> Iterator[Misfit]:
    """The defeats that are limits in disguise, and the supports that an absence alone meets."""
    for criterion in rulebook.criteria:
        if criterion.effect is Effect.DEFEAT:
            for fact in dict.fromkeys(_limited(criterion.when, rulebook, is_negated=False)):
                if not _is_required(fact, criterion, rulebook, tables):
                    yield Misfit("limit-as-defeat", criterion, fact)
        if criterion.effect is Effect.SUPPORT and _is_met_by_absence(criterion.when, rulebook, is_negated=False):
            yield Misfit("absence-as-support", criterion, facts_of(criterion.when)[0])


def _limited(node: Node, rulebook: Rulebook, *, is_negated: bool) -> Iterator[str]:
    """The measured amounts that meet a condition by being large."""
    match node:
        case Compare(fact, comparison, _):
            is_upward = (comparison in _UPWARD) != is_negated
            if is_upward and rulebook.facts[fact].type is FactType.QUANTITY:
                yield fact
        case Holds() | IsOneOf() | Documented():
            return
        case _:
            for part in children(node):
                yield from _limited(part, rulebook, is_negated=is_negated != isinstance(node, Not))


def _is_required(fact: str, defeat: Criterion, rulebook: Rulebook, tables: DrugTables) -> bool:
    """Whether some require asks about the fact, so that a request without it does not pass in silence."""
    return any(
        other.effect is Effect.REQUIRE
        and other.guideline == defeat.guideline
        and fact in facts_of(other.when)
        and share_a_request(other.scope, defeat.scope, tables)
        for other in rulebook.criteria
    )


def _is_met_by_absence(node: Node, rulebook: Rulebook, *, is_negated: bool) -> bool:
    """Whether a condition can be met by things that are not there, and by nothing else."""
    match node:
        case Holds() | IsOneOf():
            return is_negated
        case Documented():
            return False
        case Compare(fact, comparison, _):
            is_downward = (comparison not in _UPWARD) != is_negated
            return is_downward and _is_count(rulebook.facts[fact])
        case Not(part):
            return _is_met_by_absence(part, rulebook, is_negated=not is_negated)
        case AllOf(parts) | AnyOf(parts):
            needs_all = isinstance(node, AllOf) != is_negated
            found = [_is_met_by_absence(part, rulebook, is_negated=is_negated) for part in parts]
            return all(found) if needs_all else any(found)
        case AtLeast(_, parts):
            return all(_is_met_by_absence(part, rulebook, is_negated=is_negated) for part in parts)


def _is_count(fact: FactDeclaration) -> bool:
    return fact.type is FactType.COUNT
