"""The condition tree: what it reads and uses, and how thresholds are put in."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from imr_engine.rulebook.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Comparison,
    Documented,
    Holds,
    IsOneOf,
    Limit,
    Node,
    Not,
    children,
    facts_of,
    leaves,
    parameters_of,
    resolved,
)

NAMES = ("dose", "course", "gain", "screen")
PARAMETERS = ("ceiling", "longest", "needed")

limits = st.one_of(
    st.integers(0, 9).map(lambda number: Limit(Fraction(number), None, str(number))),
    st.sampled_from(PARAMETERS).map(lambda name: Limit(None, name)),
)
facts = st.sampled_from(NAMES)
single = st.one_of(
    facts.map(Holds),
    facts.map(Documented),
    st.builds(IsOneOf, facts, st.just(("none", "specific"))),
    st.builds(Compare, facts, st.sampled_from(Comparison), limits),
)


def grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    parts = st.lists(inner, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        parts.map(AllOf),
        parts.map(AnyOf),
        inner.map(Not),
        st.builds(AtLeast, limits, parts),
    )


nodes = st.recursive(single, grown, max_leaves=12)
values = st.fixed_dictionaries(
    {name: st.integers(0, 200).map(lambda number: (Fraction(number), f"{number} days")) for name in PARAMETERS}
)


def without_limits(node: Node) -> Node:
    """The tree with every limit made the same, so that only what is no limit is left to compare."""
    nothing = Limit(None)
    match node:
        case Compare():
            return replace(node, limit=nothing)
        case AtLeast(_, parts):
            return AtLeast(nothing, tuple(without_limits(part) for part in parts))
        case AllOf(parts):
            return AllOf(tuple(without_limits(part) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(without_limits(part) for part in parts))
        case Not(part):
            return Not(without_limits(part))
        case _:
            return node


def limits_of(node: Node) -> list[Limit]:
    own = [node.limit] if isinstance(node, Compare) else [node.count] if isinstance(node, AtLeast) else []
    return own + [limit for part in children(node) for limit in limits_of(part)]


@given(nodes, values)
def test_putting_thresholds_in_keeps_everything_but_the_limits(node: Node, known: dict[str, tuple[Fraction, str]]):
    done = resolved(node, known)
    assert without_limits(done) == without_limits(node)
    assert parameters_of(done) == parameters_of(node)
    assert facts_of(done) == facts_of(node)


@given(nodes, values)
def test_every_limit_has_its_value_of_the_day_and_a_written_one_stays(
    node: Node, known: dict[str, tuple[Fraction, str]]
):
    for before, after in zip(limits_of(node), limits_of(resolved(node, known)), strict=True):
        expected = (
            before
            if before.parameter is None
            else Limit(*(known[before.parameter][0], before.parameter, known[before.parameter][1]))
        )
        assert after == expected


@given(nodes, values)
def test_putting_thresholds_in_twice_changes_nothing_more(node: Node, known: dict[str, tuple[Fraction, str]]):
    assert resolved(resolved(node, known), known) == resolved(node, known)


def test_facts_and_parameters_are_listed_once_in_the_order_they_are_read():
    node = AllOf(
        (
            Compare("dose", Comparison.AT_MOST, Limit(None, "ceiling")),
            AtLeast(Limit(None, "needed"), (Documented("gain"), Not(Holds("screen")), Holds("dose"))),
            Compare("course", Comparison.AT_MOST, Limit(None, "ceiling")),
        )
    )
    assert facts_of(node) == ("dose", "gain", "screen", "course")
    assert parameters_of(node) == ("ceiling", "needed")
    assert len(list(leaves(node))) == 5
