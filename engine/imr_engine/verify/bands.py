"""What the limits of one fact leave open between criteria: a value exactly at a limit that neither side takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from imr_engine.dosing import DrugTables
from imr_engine.prediction import Effect
from imr_engine.rulebook.model import Criterion, Rules
from imr_engine.rulebook.tree import Compare, Comparison, Documented, Holds, IsOneOf, Node, Not, children
from imr_engine.verify.scoping import share_a_request

__all__ = ["Edge", "holes"]

_OPPOSITE = {
    Comparison.AT_MOST: Comparison.MORE_THAN,
    Comparison.MORE_THAN: Comparison.AT_MOST,
    Comparison.LESS_THAN: Comparison.AT_LEAST,
    Comparison.AT_LEAST: Comparison.LESS_THAN,
}

ACTS_WHEN_MET = (Effect.SUPPORT, Effect.DEFEAT, Effect.EXCUSE, Effect.NOTE)
"""Criteria that do something only when they are met: between two of them, a hole does nothing to a patient in it."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A limit of a fact that ``below`` and ``above`` both leave out; they may be one criterion."""

    fact: str
    limit: Fraction
    text: str
    below: Criterion
    above: Criterion


@dataclass(frozen=True, slots=True)
class _Side:
    criterion: Criterion
    fact: str
    comparison: Comparison
    limit: Fraction
    text: str


def holes(rules: Rules, tables: DrugTables) -> Iterator[Edge]:
    """The limits at which one criterion ends and another begins, and which belong to neither of them nor to a third."""
    sides = [
        side
        for criterion in rules.criteria
        if criterion.effect in ACTS_WHEN_MET
        for side in _sides(criterion, criterion.when, is_negated=False)
    ]
    including = {
        (side.criterion.guideline, side.fact, side.limit)
        for side in sides
        if side.comparison in (Comparison.AT_MOST, Comparison.AT_LEAST)
    }
    for one, other in combinations(sides, 2):
        if {one.comparison, other.comparison} != {Comparison.LESS_THAN, Comparison.MORE_THAN}:
            continue
        if (one.fact, one.limit, one.criterion.guideline) != (other.fact, other.limit, other.criterion.guideline):
            continue
        if (one.criterion.guideline, one.fact, one.limit) in including:
            continue
        if share_a_request(one.criterion.scope, other.criterion.scope, tables):
            below, above = (one, other) if one.comparison is Comparison.LESS_THAN else (other, one)
            yield Edge(one.fact, one.limit, below.text, below.criterion, above.criterion)


def _sides(criterion: Criterion, node: Node, *, is_negated: bool) -> Iterator[_Side]:
    match node:
        case Compare(fact, comparison, limit):
            if limit.value is not None:
                held = _OPPOSITE[comparison] if is_negated else comparison
                yield _Side(criterion, fact, held, limit.value, limit.text or str(limit.value))
        case Holds() | IsOneOf() | Documented():
            return
        case _:
            for part in children(node):
                yield from _sides(criterion, part, is_negated=is_negated != isinstance(node, Not))
