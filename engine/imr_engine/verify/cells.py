"""The statuses a condition can have at all, by trying one value of every fact on each side of every limit.

Facts are taken as independent of one another here, so what can never be is certain, and what can be is only likely.
What facts have to do with each other, and with patients, is the solver's knowledge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise, product
from math import prod

from imr_engine.inference import plain
from imr_engine.inference.operators import SURELY_TRUE, truth
from imr_engine.inference.values import FactState, FactValue, RequestScope, RequestView
from imr_engine.prediction import Status
from imr_engine.rulebook.model import Criterion, FactDeclaration, FactType
from imr_engine.rulebook.tree import AllOf, AnyOf, AtLeast, Compare, Documented, Node, Not, leaves
from imr_engine.units.interval import Interval

__all__ = ["MOST_CELLS", "possible", "sentences_never_said"]

MOST_CELLS = 30_000
"""How many combinations of values are tried; a condition with more is left to the solver."""


def possible(node: Node) -> frozenset[Status]:
    """The statuses that a condition could have by its form alone: of documentation as such, nothing is ever not met."""
    found = {Status.NOT_DOCUMENTED}
    if _can_be(node, value=True):
        found.add(Status.MET)
    if _can_be(node, value=False):
        found.add(Status.NOT_MET)
    return frozenset(found)


def _can_be(node: Node, *, value: bool) -> bool:
    match node:
        case Documented():
            return value
        case Not(part):
            return _can_be(part, value=not value)
        case AllOf(parts):
            return (all if value else any)(_can_be(part, value=value) for part in parts)
        case AnyOf(parts):
            return (any if value else all)(_can_be(part, value=value) for part in parts)
        case AtLeast(count, parts):
            able = sum(_can_be(part, value=value) for part in parts)
            wanted = 1 if count.value is None else int(count.value)
            return able >= (wanted if value else len(parts) - wanted + 1)
        case _:
            return True


def sentences_never_said(criterion: Criterion, facts: Mapping[str, FactDeclaration]) -> Iterator[tuple[Status, int]]:
    """The sentences with a condition that never holds together with their status, each by status and position.

    Args:
        criterion: one whose limits have their values.
        facts: the declarations of its facts.
    """
    for status in Status:
        said = getattr(criterion.words, status.value)
        asked = {index: sentence.when for index, sentence in enumerate(said) if sentence.when is not None}
        if not asked:
            continue
        conditions = [criterion.when, *asked.values()]
        waiting = set(asked)
        if _count_cells(conditions, facts, with_failures=status is Status.NOT_COMPUTABLE) > MOST_CELLS:
            continue
        for view in _views(conditions, facts, with_failures=status is Status.NOT_COMPUTABLE):
            if plain.status(criterion.when, view) is status:
                waiting -= {index for index in waiting if truth(asked[index], view.facts) == SURELY_TRUE}
            if not waiting:
                break
        yield from ((status, index) for index in sorted(waiting))


def _count_cells(conditions: Iterable[Node], facts: Mapping[str, FactDeclaration], *, with_failures: bool) -> int:
    return prod(map(len, _all_cells(conditions, facts, with_failures=with_failures)))


def _views(
    conditions: Iterable[Node], facts: Mapping[str, FactDeclaration], *, with_failures: bool
) -> Iterator[RequestView]:
    """A view for every combination of cells."""
    for combination in product(*_all_cells(conditions, facts, with_failures=with_failures)):
        yield RequestView("any", RequestScope("any"), {fact.name: fact for fact in combination})


def _all_cells(
    conditions: Iterable[Node], facts: Mapping[str, FactDeclaration], *, with_failures: bool
) -> list[list[FactValue]]:
    limits: dict[str, set[Fraction]] = {}
    for condition in conditions:
        for leaf in leaves(condition):
            limits.setdefault(leaf.fact, set())
            if isinstance(leaf, Compare) and leaf.limit.value is not None:
                limits[leaf.fact].add(leaf.limit.value)
    return [_cells(facts[name], sorted(values), with_failures=with_failures) for name, values in limits.items()]


def _cells(fact: FactDeclaration, limits: list[Fraction], *, with_failures: bool) -> list[FactValue]:
    found = [FactValue.missing(fact.name)]
    if with_failures:
        found.append(FactValue(fact.name, FactState.NOT_COMPUTABLE))
    match fact.type:
        case FactType.BOOLEAN:
            found += [FactValue(fact.name, FactState.KNOWN, value) for value in (True, False)]
        case FactType.CHOICE:
            found += [FactValue(fact.name, FactState.KNOWN, value) for value in fact.values]
        case FactType.QUANTITY | FactType.COUNT:
            amounts = [Interval.exact(point) for point in _points(limits)]
            # An amount on record may also be known only within bounds that say nothing.
            amounts.append(Interval(None, None))
            found += [FactValue(fact.name, FactState.KNOWN, amount) for amount in amounts]
    return found


def _points(limits: list[Fraction]) -> list[Fraction]:
    """A point below all limits, each limit, one between neighbours, and one above all."""
    if not limits:
        return [Fraction(0)]
    between = [(low + high) / 2 for low, high in pairwise(limits)]
    return sorted({limits[0] - 1, *limits, *between, limits[-1] + 1})
