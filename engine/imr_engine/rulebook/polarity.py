"""Which facts can only help a request, which can only hurt it, and which do both.

A fact's value helps where the condition that reads it can become true by it and its criterion then works for the
request. The direction follows from the tree and the effect alone; nobody states it by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Flag, auto

from imr_engine.prediction import Effect
from imr_engine.rulebook.model import Criterion, Scope
from imr_engine.rulebook.tree import Compare, Comparison, Documented, Holds, IsOneOf, Leaf, Node, Not, children

__all__ = ["Direction", "both_ways_without_reason", "directions", "supporting_leaves"]


class Direction(Flag):
    """Which way more of a fact (truth, a larger amount, being documented) moves a request."""

    NONE = 0
    UP = auto()
    DOWN = auto()


_FOR_THE_REQUEST = {Effect.REQUIRE: True, Effect.SUPPORT: True, Effect.EXCUSE: True, Effect.DEFEAT: False}


def supporting_leaves(criterion: Criterion) -> Iterator[tuple[Leaf, bool]]:
    """Every leaf of a criterion with an outcome, and whether the leaf's being true helps the request."""
    helps = _FOR_THE_REQUEST.get(criterion.effect)
    if helps is not None:
        yield from _signed(criterion.when, helps=helps)


def _signed(node: Node, *, helps: bool) -> Iterator[tuple[Leaf, bool]]:
    if isinstance(node, (Holds, IsOneOf, Compare, Documented)):
        yield node, helps
        return
    for part in children(node):
        yield from _signed(part, helps=helps != isinstance(node, Not))


def directions(criteria: Iterable[Criterion]) -> dict[str, Direction]:
    """For each fact that these criteria read, the directions in which it moves a request.

    A choice has no order: for it UP means that some value helps, DOWN that some value hurts. Documentation as such
    is left out, since it only ever helps.
    """
    found: dict[str, Direction] = {}
    for criterion in criteria:
        for leaf, helps in supporting_leaves(criterion):
            if isinstance(leaf, Documented):
                continue
            upward = helps
            if isinstance(leaf, Compare) and leaf.comparison in (Comparison.AT_MOST, Comparison.LESS_THAN):
                upward = not helps
            way = Direction.UP if upward else Direction.DOWN
            found[leaf.fact] = found.get(leaf.fact, Direction.NONE) | way
    return found


def both_ways_without_reason(criteria: Iterable[Criterion]) -> Iterator[tuple[Criterion, Criterion, str]]:
    """The facts that move one request both ways without a stated reason.

    Each comes once for a criterion: the criterion, the earliest one (it may be itself) by which the fact also moves the
    request the other way, and the fact. A pair of criteria whose scopes share no request is left out, and so is one of
    which either states the reason.
    """
    known = [(criterion, directions([criterion])) for criterion in criteria]
    for index, (criterion, ways) in enumerate(known):
        for fact, way in ways.items():
            for other, others in known[: index + 1]:
                both = way | others.get(fact, Direction.NONE)
                if (
                    both == Direction.UP | Direction.DOWN
                    and fact in others
                    and fact not in criterion.both_ways
                    and fact not in other.both_ways
                    and _may_meet(criterion.scope, other.scope)
                ):
                    yield criterion, other, fact
                    break


def _may_meet(one: Scope, other: Scope) -> bool:
    return all(
        not mine or not theirs or set(mine) & set(theirs)
        for mine, theirs in (
            (one.kinds, other.kinds),
            (one.classes, other.classes),
            (one.ingredients, other.ingredients),
            (one.regions, other.regions),
            (one.phases, other.phases),
        )
    )
