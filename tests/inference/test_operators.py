"""The plain truth table of each operator, and that each operator has all its readings."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import get_args

import pytest

from imr_engine.inference.operators import FALSE, OPERATORS, TRUE, UNKNOWN, english, truth
from imr_engine.inference.plain import status
from imr_engine.inference.values import FactState, FactValue
from imr_engine.prediction import Status
from imr_engine.rulebook import tree
from imr_engine.rulebook.tree import AllOf, AnyOf, AtLeast, Compare, Comparison, Documented, Holds, IsOneOf, Node, Not
from imr_engine.testing.random_rules import FACTS, amount, view_with
from imr_engine.units.interval import Interval

MISSING, FAILED = FactState.NOT_DOCUMENTED, FactState.NOT_COMPUTABLE
ONE, OTHER, THIRD = Holds("sign_0"), Holds("sign_1"), Holds("sign_2")
STATES = (True, MISSING, False)
TRUTH_OF = {True: TRUE, MISSING: UNKNOWN, False: FALSE}


def values(node: Node, **facts: object) -> set[int]:
    return set(truth(node, view_with(facts).facts))


def members(union: object) -> set[type]:
    return {each for part in get_args(union) for each in (members(part) or {part})}


def test_every_node_of_the_tree_has_all_its_readings():
    assert set(OPERATORS) == members(tree.Node)
    for reading in OPERATORS.values():
        assert callable(reading.plain)
        assert callable(reading.rete)
        assert callable(reading.solver)
        assert callable(reading.english)


def test_every_operator_has_words():
    parts = (ONE, OTHER)
    for node in (
        ONE,
        IsOneOf("course", ("first", "repeated")),
        Compare("amount_0", Comparison.AT_MOST, amount(120)),
        Documented("visits"),
        AllOf(parts),
        AnyOf(parts),
        AtLeast(amount(1), parts),
        Not(ONE),
    ):
        assert english(node, FACTS)


@pytest.mark.parametrize("state", STATES)
def test_a_yes_or_no_fact_is_what_the_record_says(state: object):
    assert values(ONE, sign_0=state) == {TRUTH_OF[state]}


def test_what_we_failed_to_compute_could_be_anything():
    assert values(ONE, sign_0=FAILED) == {FALSE, UNKNOWN, TRUE}
    assert values(IsOneOf("course", ("first",)), course=FAILED) == {FALSE, UNKNOWN, TRUE}
    assert values(Compare("amount_0", Comparison.AT_MOST, amount(1)), amount_0=FAILED) == {FALSE, UNKNOWN, TRUE}


@pytest.mark.parametrize(
    ("value", "expected"), [("first", TRUE), ("repeated", TRUE), ('so-called "final"', FALSE), (MISSING, UNKNOWN)]
)
def test_a_choice_is_one_of_the_listed_values_or_not(value: object, expected: int):
    assert values(IsOneOf("course", ("first", "repeated")), course=value) == {expected}


EXACTLY = Interval.exact
AT_120 = [
    # amount, at most 120, less than 120, at least 120, more than 120
    (EXACTLY(119), TRUE, TRUE, FALSE, FALSE),
    (EXACTLY(120), TRUE, FALSE, TRUE, FALSE),
    (EXACTLY(121), FALSE, FALSE, TRUE, TRUE),
    (EXACTLY(Fraction(1200000001, 10000000)), FALSE, FALSE, TRUE, TRUE),
    (EXACTLY(Fraction(1199999999, 10000000)), TRUE, TRUE, FALSE, FALSE),
    (Interval(Fraction(100), Fraction(130)), UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
    (Interval(Fraction(100), Fraction(120)), TRUE, UNKNOWN, UNKNOWN, FALSE),
    (Interval(Fraction(100), Fraction(120), high_open=True), TRUE, TRUE, FALSE, FALSE),
    (Interval(Fraction(120), Fraction(130)), UNKNOWN, FALSE, TRUE, UNKNOWN),
    (Interval(Fraction(120), Fraction(130), low_open=True), FALSE, FALSE, TRUE, TRUE),
    (Interval.more_than(120), FALSE, FALSE, TRUE, TRUE),
    (Interval.more_than(100), UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
    (Interval(None, Fraction(120)), TRUE, UNKNOWN, UNKNOWN, FALSE),
    (Interval(None, None), UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
    (MISSING, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
]


@pytest.mark.parametrize(("value", "at_most", "less_than", "at_least", "more_than"), AT_120)
def test_an_amount_is_beyond_a_limit_only_where_all_that_it_may_be_is(
    value: object, at_most: int, less_than: int, at_least: int, more_than: int
):
    for comparison, expected in (
        (Comparison.AT_MOST, at_most),
        (Comparison.LESS_THAN, less_than),
        (Comparison.AT_LEAST, at_least),
        (Comparison.MORE_THAN, more_than),
    ):
        assert values(Compare("amount_0", comparison, amount(120)), amount_0=value) == {expected}, comparison


@pytest.mark.parametrize(
    ("bounds", "at_most", "more_than"),
    [
        (Interval.more_than(130), {FALSE}, {TRUE}),
        (Interval.more_than(120), {FALSE}, {TRUE}),
        (Interval(Fraction(0), Fraction(120)), {TRUE}, {FALSE}),
        (Interval(Fraction(100), None), {FALSE, UNKNOWN, TRUE}, {FALSE, UNKNOWN, TRUE}),
        (None, {FALSE, UNKNOWN, TRUE}, {FALSE, UNKNOWN, TRUE}),
    ],
)
def test_what_is_not_computable_is_settled_by_its_bounds_where_they_are_enough(
    bounds: Interval | None, at_most: set[int], more_than: set[int]
):
    fact = FactValue("amount_0", FAILED, bounds)
    assert values(Compare("amount_0", Comparison.AT_MOST, amount(120)), amount_0=fact) == at_most
    assert values(Compare("amount_0", Comparison.MORE_THAN, amount(120)), amount_0=fact) == more_than


def test_documented_is_true_or_not_documented_and_never_false():
    for known in (True, False):
        assert values(Documented("sign_0"), sign_0=known) == {TRUE}
    assert values(Documented("sign_0"), sign_0=MISSING) == {UNKNOWN}
    assert FALSE not in values(Documented("sign_0"), sign_0=FAILED)


@pytest.mark.parametrize(("one", "other"), list(itertools.product(STATES, STATES)))
def test_all_and_any_are_kleenes(one: object, other: object):
    facts = {"sign_0": one, "sign_1": other}
    both = (TRUTH_OF[one], TRUTH_OF[other])
    assert values(AllOf((ONE, OTHER)), **facts) == {min(both)}
    assert values(AnyOf((ONE, OTHER)), **facts) == {max(both)}


@pytest.mark.parametrize(("state", "expected"), [(True, FALSE), (False, TRUE), (MISSING, UNKNOWN)])
def test_a_negation_turns_true_and_false_round_and_leaves_a_gap_a_gap(state: object, expected: int):
    assert values(Not(ONE), sign_0=state) == {expected}


@pytest.mark.parametrize("states", list(itertools.product(STATES, STATES, STATES)))
@pytest.mark.parametrize("wanted", [1, 2, 3])
def test_a_count_is_true_when_reached_false_when_out_of_reach_and_else_open(wanted: int, states: tuple[object, ...]):
    true, open_ = states.count(True), states.count(MISSING)
    expected = TRUE if true >= wanted else FALSE if true + open_ < wanted else UNKNOWN
    facts = dict(zip(("sign_0", "sign_1", "sign_2"), states, strict=True))
    assert values(AtLeast(amount(wanted), (ONE, OTHER, THIRD)), **facts) == {expected}


def test_a_part_that_stands_twice_in_a_count_counts_twice():
    assert values(AtLeast(amount(2), (ONE, ONE, OTHER)), sign_0=True, sign_1=False) == {TRUE}


@pytest.mark.parametrize(
    ("node", "settled", "expected"),
    [
        (AllOf((ONE, OTHER)), False, {FALSE}),
        (AllOf((ONE, OTHER)), MISSING, {FALSE, UNKNOWN}),
        (AllOf((ONE, OTHER)), True, {FALSE, UNKNOWN, TRUE}),
        (AnyOf((ONE, OTHER)), True, {TRUE}),
        (AnyOf((ONE, OTHER)), MISSING, {UNKNOWN, TRUE}),
        (AnyOf((ONE, OTHER)), False, {FALSE, UNKNOWN, TRUE}),
        (AtLeast(amount(2), (ONE, OTHER, THIRD)), False, {FALSE, UNKNOWN}),
        (AtLeast(amount(1), (ONE, OTHER, THIRD)), True, {TRUE}),
    ],
)
def test_not_computable_spreads_only_where_it_could_matter(node: Node, settled: object, expected: set[int]):
    assert values(node, sign_0=FAILED, sign_1=settled) == expected


@pytest.mark.parametrize(
    ("node", "settled", "expected"),
    [
        (AllOf((ONE, OTHER)), False, Status.NOT_MET),
        (AllOf((ONE, OTHER)), MISSING, Status.NOT_DOCUMENTED),
        (AllOf((ONE, OTHER)), True, Status.NOT_COMPUTABLE),
        (AnyOf((ONE, OTHER)), True, Status.MET),
        (AnyOf((ONE, OTHER)), MISSING, Status.NOT_COMPUTABLE),
        (Documented("sign_0"), MISSING, Status.NOT_COMPUTABLE),
    ],
)
def test_a_status_is_not_computable_only_where_our_failure_may_hide_that_it_is_met(
    node: Node, settled: object, expected: Status
):
    assert status(node, view_with({"sign_0": FAILED, "sign_1": settled})) is expected
