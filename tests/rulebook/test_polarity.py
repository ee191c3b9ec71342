"""Which way a fact moves a request follows from conditions and effects alone."""

from __future__ import annotations

from fractions import Fraction

import pytest

from imr_engine.prediction import Citation, Effect
from imr_engine.rulebook import Criterion, Scope, load_rulebook
from imr_engine.rulebook.model import Words
from imr_engine.rulebook.polarity import Direction, both_ways_without_reason, directions, supporting_leaves
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
)

BOTH = Direction.UP | Direction.DOWN


def criterion(
    effect: Effect,
    when: Node,
    *,
    name: str = "a-criterion",
    scope: Scope | None = None,
    reason_for: str | None = None,
) -> Criterion:
    return Criterion(
        id=name,
        title=name,
        guideline="a-guideline",
        topic="topic",
        scope=scope or Scope(),
        effect=effect,
        when=when,
        citation=Citation("a-guideline", "a section", None, "a test", "seen"),
        words=Words(),
        both_ways={} if reason_for is None else {reason_for: "for a reason"},
    )


def dose(comparison: Comparison) -> Node:
    return Compare("dose", comparison, Limit(Fraction(120)))


@pytest.mark.parametrize(
    ("effect", "direction"),
    [
        (Effect.REQUIRE, Direction.UP),
        (Effect.SUPPORT, Direction.UP),
        (Effect.EXCUSE, Direction.UP),
        (Effect.DEFEAT, Direction.DOWN),
    ],
)
def test_a_condition_that_is_met_helps_unless_it_defeats(effect: Effect, direction: Direction):
    assert directions([criterion(effect, Holds("sign"))]) == {"sign": direction}


def test_a_note_moves_nothing():
    assert directions([criterion(Effect.NOTE, Holds("sign"))]) == {}
    assert list(supporting_leaves(criterion(Effect.NOTE, Holds("sign")))) == []


@pytest.mark.parametrize(
    ("comparison", "direction"),
    [
        (Comparison.AT_MOST, Direction.DOWN),
        (Comparison.LESS_THAN, Direction.DOWN),
        (Comparison.AT_LEAST, Direction.UP),
        (Comparison.MORE_THAN, Direction.UP),
    ],
)
def test_more_of_an_amount_hurts_where_a_require_limits_it_from_above(comparison: Comparison, direction: Direction):
    assert directions([criterion(Effect.REQUIRE, dose(comparison))]) == {"dose": direction}
    assert directions([criterion(Effect.DEFEAT, dose(comparison))]) == {"dose": BOTH ^ direction}


def test_a_negation_turns_the_direction_and_two_turn_it_back():
    assert directions([criterion(Effect.REQUIRE, Not(Holds("sign")))]) == {"sign": Direction.DOWN}
    assert directions([criterion(Effect.REQUIRE, Not(AnyOf((Not(Holds("sign")), dose(Comparison.AT_MOST)))))]) == {
        "sign": Direction.UP,
        "dose": Direction.UP,
    }


@pytest.mark.parametrize("group", [AllOf, AnyOf, lambda parts: AtLeast(Limit(Fraction(1)), parts)])
def test_groups_and_counts_leave_the_direction_as_it_is(group):
    parts = (Holds("sign"), Not(Holds("screen")), dose(Comparison.AT_LEAST))
    assert directions([criterion(Effect.SUPPORT, group(parts))]) == {
        "sign": Direction.UP,
        "screen": Direction.DOWN,
        "dose": Direction.UP,
    }


def test_documentation_as_such_only_helps_and_has_no_direction():
    assert directions([criterion(Effect.REQUIRE, Documented("gain"))]) == {}


def test_a_choice_goes_both_ways_where_one_value_helps_and_one_hurts():
    helps = criterion(Effect.SUPPORT, IsOneOf("gain", ("specific",)))
    hurts = criterion(Effect.DEFEAT, IsOneOf("gain", ("none",)))
    assert directions([helps]) == {"gain": Direction.UP}
    assert directions([helps, hurts]) == {"gain": BOTH}


HELPS = criterion(Effect.SUPPORT, Holds("sign"), name="helps")
HURTS = criterion(Effect.DEFEAT, Holds("sign"), name="hurts")


def named(*criteria: Criterion) -> list[tuple[str, str, str]]:
    return [(one.id, other.id, fact) for one, other, fact in both_ways_without_reason(criteria)]


def test_a_fact_that_helps_and_hurts_is_named_once_with_the_two_criteria():
    assert named(HELPS, HURTS) == [("hurts", "helps", "sign")]
    assert named(HELPS, HELPS) == []


def test_one_criterion_alone_can_hold_a_fact_that_helps_and_hurts():
    inside = AnyOf((dose(Comparison.AT_MOST), Compare("dose", Comparison.MORE_THAN, Limit(Fraction(200)))))
    assert named(criterion(Effect.REQUIRE, inside, name="inside")) == [("inside", "inside", "dose")]


@pytest.mark.parametrize("which", [0, 1])
def test_a_reason_in_either_criterion_is_enough(which: int):
    reasoned = [
        criterion(Effect.SUPPORT, Holds("sign"), name="helps", reason_for="sign" if which == 0 else None),
        criterion(Effect.DEFEAT, Holds("sign"), name="hurts", reason_for="sign" if which == 1 else None),
    ]
    assert named(*reasoned) == []


def test_criteria_that_no_request_shares_need_no_reason():
    visits = criterion(Effect.DEFEAT, Holds("sign"), name="visits", scope=Scope(kinds=("office_visit",)))
    therapy = criterion(Effect.SUPPORT, Holds("sign"), name="therapy", scope=Scope(kinds=("therapy",)))
    starts = criterion(Effect.DEFEAT, Holds("sign"), name="starts", scope=Scope(phases=("start",)))
    goes_on = criterion(Effect.SUPPORT, Holds("sign"), name="goes-on", scope=Scope(phases=("continue", "increase")))
    assert named(visits, therapy) == []
    assert named(starts, goes_on) == []
    assert named(therapy, starts) == [("starts", "therapy", "sign")]


def test_what_the_shipped_rules_say_of_a_fact_is_what_a_reviewer_would_say():
    ways = directions(load_rulebook().criteria)
    assert ways["opioid_dose_total"] is Direction.DOWN
    assert ways["course_days"] is Direction.DOWN
    assert ways["opioid_use_days"] is Direction.DOWN
    assert ways["inconsistent_screens"] is Direction.DOWN
    assert ways["parent_denied"] is Direction.DOWN
    for helpful in ("pain_reduction", "functional_gain", "consistent_use_checks", "pain_management_involved"):
        assert ways[helpful] is Direction.UP


def test_no_shipped_fact_goes_both_ways_for_one_request_without_a_reason():
    assert named(*load_rulebook().criteria) == []
