"""What a check tells of a condition by its form: possible statuses, dead sentences, holes at limits, misfit effects."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import starmap

import pytest

from imr_engine.api import load_rulebook
from imr_engine.dosing import load_tables
from imr_engine.inference.standing import rules_for
from imr_engine.prediction import Effect, Status
from imr_engine.rulebook.model import Criterion, Guideline, Rulebook, Rules, Said, Scope, Words
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
from imr_engine.verify.bands import holes
from imr_engine.verify.cells import MOST_CELLS, possible, sentences_never_said
from imr_engine.verify.effects import misfits
from imr_engine.verify.scoping import drugs_of, share_a_request

BOOK = load_rulebook()
TEMPLATE = next(criterion for criterion in BOOK.criteria if criterion.id == "relaxant-short-course")
MET, NOT_MET, NOT_DOCUMENTED = Status.MET, Status.NOT_MET, Status.NOT_DOCUMENTED

TAKES = Holds("takes_opioid")
GAIN = Documented("functional_gain")


def course(comparison: Comparison, days: int) -> Compare:
    return Compare("course_days", comparison, Limit(Fraction(days), None, f"{days} days"))


def count(comparison: Comparison, number: int) -> Compare:
    return Compare("aberrant_behaviors", comparison, Limit(Fraction(number), None, str(number)))


BELOW, UP_TO = course(Comparison.LESS_THAN, 21), course(Comparison.AT_MOST, 21)
ABOVE, FROM = course(Comparison.MORE_THAN, 21), course(Comparison.AT_LEAST, 21)


def criterion(number: int, when: Node, effect: Effect = Effect.SUPPORT, scope: Scope | None = None) -> Criterion:
    scope = TEMPLATE.scope if scope is None else scope
    return replace(TEMPLATE, id=f"criterion-{number}", when=when, effect=effect, scope=scope, excuses=())


def rules_of(*criteria: Criterion) -> Rules:
    return replace(rules_for(BOOK, BOOK.editions[0], date(2012, 1, 1)), criteria=criteria)


def book_of(*criteria: Criterion) -> Rulebook:
    guideline = BOOK.guidelines[TEMPLATE.guideline]
    only: dict[str, Guideline] = {guideline.id: replace(guideline, criteria=criteria)}
    return replace(BOOK, guidelines=only)


# statuses


@pytest.mark.parametrize(
    ("when", "statuses"),
    [
        (TAKES, {MET, NOT_MET, NOT_DOCUMENTED}),
        (GAIN, {MET, NOT_DOCUMENTED}),
        (Not(TAKES), {MET, NOT_MET, NOT_DOCUMENTED}),
        (AllOf((GAIN, Documented("pain_current"))), {MET, NOT_DOCUMENTED}),
        (AllOf((GAIN, TAKES)), {MET, NOT_MET, NOT_DOCUMENTED}),
        (AnyOf((GAIN, TAKES)), {MET, NOT_DOCUMENTED}),
        (AtLeast(Limit(Fraction(2)), (GAIN, TAKES, UP_TO)), {MET, NOT_MET, NOT_DOCUMENTED}),
        (AtLeast(Limit(Fraction(1)), (GAIN, TAKES, UP_TO)), {MET, NOT_DOCUMENTED}),
    ],
)
def test_what_is_only_asked_to_be_documented_is_never_not_met(when: Node, statuses: set[Status]):
    assert possible(when) == statuses


def never_said(when: Node, **words: Node) -> list[tuple[Status, int]]:
    said = Words(**{status: (Said("told", asked),) for status, asked in words.items()})
    return list(sentences_never_said(replace(criterion(1, when), words=said), BOOK.facts))


def test_a_sentence_that_can_be_said_is_not_reported():
    assert never_said(AnyOf((TAKES, UP_TO)), met=TAKES, not_documented=Not(TAKES)) == []


def test_a_sentence_whose_condition_contradicts_the_status_is_reported_by_its_position():
    assert never_said(AnyOf((TAKES, UP_TO)), not_met=TAKES, met=AllOf((BELOW, ABOVE))) == [(MET, 0), (NOT_MET, 0)]


def test_a_sentence_for_an_amount_between_two_limits_is_found_to_be_possible():
    between = AllOf((course(Comparison.MORE_THAN, 20), BELOW))
    assert never_said(UP_TO, met=between) == []


def test_a_sentence_about_a_failure_of_ours_is_tried_with_such_a_failure():
    assert never_said(AllOf((TAKES, UP_TO)), not_computable=TAKES) == []


def test_of_a_condition_with_too_many_values_nothing_is_claimed():
    many = tuple(Documented(name) for name in list(BOOK.facts)[:30])
    assert 2 ** len(many) > MOST_CELLS
    assert never_said(AllOf(many), met=AllOf((BELOW, ABOVE))) == []


# limits


@pytest.mark.parametrize(("one", "other"), [(BELOW, ABOVE), (ABOVE, BELOW), (Not(FROM), Not(UP_TO))])
def test_a_limit_that_two_criteria_leave_out_is_a_hole(one: Node, other: Node):
    (edge,) = holes(rules_of(criterion(1, one), criterion(2, other)), load_tables())
    assert (edge.fact, edge.limit, edge.text) == ("course_days", 21, "21 days")


@pytest.mark.parametrize(
    "conditions",
    [(BELOW, FROM), (UP_TO, ABOVE), (BELOW, course(Comparison.MORE_THAN, 28)), (BELOW, ABOVE, FROM), (BELOW, BELOW)],
)
def test_a_limit_that_some_criterion_takes_is_no_hole(conditions: tuple[Node, ...]):
    assert list(holes(rules_of(*starmap(criterion, enumerate(conditions))), load_tables())) == []


def test_criteria_of_different_drugs_leave_no_hole_between_them():
    opioid = Scope(classes=("opioid",))
    assert list(holes(rules_of(criterion(1, BELOW), criterion(2, ABOVE, scope=opioid)), load_tables())) == []


def test_a_require_has_no_hole_since_what_it_leaves_out_fails_it():
    assert list(holes(rules_of(criterion(1, BELOW, Effect.REQUIRE), criterion(2, ABOVE)), load_tables())) == []


# effects


def codes(*criteria: Criterion) -> list[str]:
    return [misfit.code for misfit in misfits(book_of(*criteria), load_tables())]


@pytest.mark.parametrize("when", [ABOVE, FROM, Not(UP_TO), AnyOf((TAKES, ABOVE))])
def test_a_defeat_by_a_large_amount_is_a_limit_that_silence_passes(when: Node):
    assert codes(criterion(1, when, Effect.DEFEAT)) == ["limit-as-defeat"]


def test_a_defeat_by_a_large_amount_is_sound_where_a_require_asks_for_it_to_be_documented():
    asked = criterion(2, Documented("course_days"), Effect.REQUIRE)
    assert codes(criterion(1, ABOVE, Effect.DEFEAT), asked) == []


@pytest.mark.parametrize("when", [TAKES, UP_TO, GAIN, count(Comparison.AT_LEAST, 1)])
def test_a_defeat_by_a_finding_is_what_a_defeat_is_for(when: Node):
    assert codes(criterion(1, when, Effect.DEFEAT)) == []


@pytest.mark.parametrize(
    "when",
    [
        count(Comparison.AT_MOST, 0),
        Not(TAKES),
        Not(IsOneOf("indication", ("pain",))),
        AnyOf((TAKES, count(Comparison.LESS_THAN, 1))),
        Not(AnyOf((TAKES, count(Comparison.AT_LEAST, 1)))),
    ],
)
def test_a_support_that_an_absence_meets_is_no_ground(when: Node):
    assert codes(criterion(1, when)) == ["absence-as-support"]


@pytest.mark.parametrize("when", [TAKES, UP_TO, GAIN, AllOf((TAKES, count(Comparison.AT_MOST, 0)))])
def test_a_support_that_needs_something_to_be_there_is_a_ground(when: Node):
    assert codes(criterion(1, when)) == []


# scopes


def test_a_partner_in_a_combination_is_an_ingredient_of_the_class():
    found = drugs_of(Scope(classes=("muscle_relaxant",), ingredients=("aspirin",)), load_tables())
    assert "carisoprodol" in found


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (Scope(), Scope(kinds=("office_visit",)), True),
        (Scope(kinds=("office_visit",)), Scope(kinds=("specialist_visit",)), False),
        (Scope(kinds=("office_visit",)), Scope(classes=("opioid",)), False),
        (Scope(classes=("opioid",)), Scope(ingredients=("morphine",)), True),
        (Scope(classes=("opioid",)), Scope(ingredients=("baclofen",)), False),
        (Scope(classes=("opioid",), phases=("start",)), Scope(phases=("taper",)), False),
        (Scope(regions=("neck",)), Scope(regions=("low back",)), True),
    ],
)
def test_two_scopes_share_a_request_where_some_drug_or_service_is_in_both(one: Scope, other: Scope, *, shared: bool):
    assert share_a_request(one, other, load_tables()) is shared
    assert share_a_request(other, one, load_tables()) is shared
