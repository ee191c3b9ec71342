"""A case that is written for a view gives rise to it, or none is written; and the least of a case is the least."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from edited import SHIPPED
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imr_engine import Case, predict
from imr_engine.inference import plain
from imr_engine.inference.facts import FACTS
from imr_engine.inference.values import FactState, FactValue, RequestView
from imr_engine.intake import check_case
from imr_engine.prediction import Outcome, Status
from imr_engine.units.interval import Interval

pytest.importorskip("z3")

from imr_engine.verify import witness
from imr_engine.verify.draft import REQUEST, CannotWrite, decimal
from imr_engine.verify.solver import Space, satisfiable, spaces
from imr_engine.verify.terms import Formula
from imr_engine.verify.witness import case_for, minimal
from imr_engine.verify.writers import WRITERS

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SOME = [space for space in spaces(SHIPPED) if space.speaking is not None]
LABELLED = {space.label: space for space in SOME}


def view_with(space: Space, wanted: list[tuple[str, Status]]) -> RequestView:
    """A possible view with as many of these statuses as can be had together, the first ones first."""
    formulas: list[Formula] = []
    view = satisfiable(space)
    for name, status in wanted:
        further = satisfiable(space, *formulas, space.status(name, status), is_tidy=False)
        if further is not None:
            formulas.append(space.status(name, status))
    view = satisfiable(space, *formulas)
    assert view is not None
    return view


@st.composite
def views(draw: st.DrawFn) -> tuple[Space, RequestView]:
    space = draw(st.sampled_from(SOME))
    some = draw(st.lists(st.sampled_from(space.criteria), unique_by=lambda one: one.id, max_size=8))
    return space, view_with(space, [(one.id, draw(st.sampled_from(Status))) for one in some])


def check(space: Space, view: RequestView, raw: Mapping[str, Any]) -> None:
    """The case is valid, makes sense, and comes to the statuses and the outcome of the view, end to end."""
    case = Case.model_validate(raw)
    assert not check_case(case).problems
    determination = next(one for one in predict(case).determinations if one.request == REQUEST)
    statuses = plain.statuses(space.rules, view)
    assert {finding.criterion: finding.status for finding in determination.findings} == statuses
    assert determination.outcome is plain.outcome(space.rules, view.scope.kind, statuses)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(views())
def test_a_case_for_a_view_has_its_statuses_by_both_readings_or_there_is_a_reason_why_not(
    found: tuple[Space, RequestView],
):
    space, view = found
    written = case_for(view, space.rules, SHIPPED, engine="plain")
    if written.case is None:
        assert written.reason
    else:
        check(space, view, written.case)


def test_of_a_hundred_views_of_all_kinds_at_least_ninety_can_be_written():
    reasons, statuses = Counter[str](), tuple(Status)
    for number in range(100):
        space = SOME[number % len(SOME)]
        # Six criteria from another place on, and the statuses in another order, for each view.
        some = (space.criteria[number % len(space.criteria) :] + space.criteria)[:6]
        wanted = [(one.id, statuses[(number // 4 + place * place) % 4]) for place, one in enumerate(some)]
        view = view_with(space, list(dict(wanted).items()))
        written = case_for(view, space.rules, SHIPPED, engine="plain")
        if written.case is None:
            reasons[written.reason] += 1
    assert reasons.total() <= 10, reasons


@pytest.mark.parametrize("outcome", [Outcome.UPHELD, Outcome.OVERTURNED, Outcome.UNDETERMINED])
@pytest.mark.parametrize(
    "label",
    [
        "opioid, morphine, continue",
        "opioid, morphine, start",
        "benzodiazepine, alprazolam, start",
        "muscle_relaxant, baclofen, unstated",
        "office_visit, low back",
        "specialist_visit, neck",
    ],
)
def test_every_outcome_of_a_kind_can_be_shown_by_a_case(label: str, outcome: Outcome):
    space = LABELLED[label]
    view = satisfiable(space, space.outcome(outcome))
    assert view is not None
    written = case_for(view, space.rules, SHIPPED)
    assert written.case is not None, written.reason
    check(space, view, written.case)


def test_every_fact_that_can_be_worked_out_can_be_written():
    assert {*WRITERS, *witness.SETTLED_BY_KIND} == set(FACTS)


@cache
def space_of_opioids() -> Space:
    return LABELLED["opioid, morphine, continue"]


def plain_view(**facts: object) -> RequestView:
    """A view of a continued opioid about which nothing is documented but what is given."""
    space = space_of_opioids()
    view = satisfiable(space)
    assert view is not None
    known = {name: FactValue(name, FactState.KNOWN, value) for name, value in facts.items()}  # pyright: ignore[reportArgumentType]
    return replace(view, facts={**view.facts, **known})


def test_a_case_that_would_be_wrong_is_not_returned(monkeypatch: pytest.MonkeyPatch):
    def wrong(draft: Any, fact: FactValue) -> None:
        del fact
        draft.section("documentation.function").add({"work_restriction": "reduced"})

    monkeypatch.setattr(witness, "WRITERS", {**WRITERS, "functional_gain": wrong})
    space = space_of_opioids()
    view = plain_view(functional_gain="general")
    assert case_for(view, space.rules, SHIPPED, ["functional_gain"]) == witness.Witness(
        None, "the case that was written differs in functional_gain"
    )


def test_facts_that_no_one_case_can_have_are_refused_with_a_reason():
    space = space_of_opioids()
    view = plain_view(returned_to_work=True, work_status="off_work")
    written = case_for(view, space.rules, SHIPPED, ["returned_to_work", "work_status"])
    assert written.case is None and "returned_to_work" in written.reason


def test_an_amount_without_end_in_decimals_is_refused_with_a_reason():
    space = space_of_opioids()
    third = Interval.exact(Fraction(10, 3))
    written = case_for(plain_view(pain_current=third), space.rules, SHIPPED, ["pain_current"])
    assert written == witness.Witness(None, "10/3 cannot be written in decimals")


@pytest.mark.parametrize(
    ("value", "text"), [("0", "0"), ("37.5", "37.5"), ("-0.05", "-0.05"), ("120", "120"), ("0.000001", "0.000001")]
)
def test_a_number_is_written_exactly(value: str, text: str):
    assert decimal(Fraction(value)) == text


def test_a_number_of_more_places_than_anyone_writes_is_refused():
    with pytest.raises(CannotWrite):
        decimal(Fraction(1, 10**7))


def between(low: int, high: int | None) -> Interval:
    return Interval(Fraction(low), None if high is None else Fraction(high))


EXACT, MORE_THAN, HALF = Interval.exact, Interval.more_than, Fraction(1, 2)
AMOUNTS = {
    "opioid_dose_total": [EXACT(120), EXACT(121), between(60, 130), between(0, 45), between(90, None), MORE_THAN(120)],
    "opioid_use_days": [EXACT(0), EXACT(183), between(184, None)],
    "course_days": [EXACT(21), EXACT(21 + HALF), between(21, 22), between(14, 28), between(29, None), MORE_THAN(29)],
    "pain_reduction": [EXACT(0), EXACT(-3), between(-2, 5), EXACT(10)],
    "pain_current": [EXACT(4), between(3, 5)],
    "time_to_relief": [EXACT(HALF), between(1, 2)],
    "days_since_flare": [EXACT(0), EXACT(28), between(0, 29)],
    "failed_nonopioid_trials": [EXACT(0), EXACT(2), between(1, None)],
    "conservative_treatments": [EXACT(8), between(3, None)],
    "other_pain_medicines": [EXACT(0), EXACT(2), between(2, None)],
    "consistent_use_checks": [EXACT(0), EXACT(3), between(1, None)],
}


@pytest.mark.parametrize(
    ("fact", "amount"), [(fact, amount) for fact, amounts in AMOUNTS.items() for amount in amounts], ids=str
)
def test_an_amount_is_put_on_record_exactly(fact: str, amount: Interval):
    space = space_of_opioids()
    view = plain_view(**{fact: amount})
    written = case_for(view, space.rules, SHIPPED, [fact], engine="plain")
    assert written.case is not None, written.reason


# the least of a case


def seed(name: str) -> dict[str, Any]:
    return yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))


def denied_for_length(raw: Mapping[str, Any]) -> bool:
    found = (one for one in predict(raw, engine="plain").determinations if one.request == "klonopin")
    return any("benzodiazepine-four-weeks" in one.deciding and one.outcome is Outcome.UPHELD for one in found)


def shows_it(raw: Mapping[str, Any]) -> bool:
    return not check_case(Case.model_validate(raw)).problems and denied_for_length(raw)


def test_the_least_of_a_case_still_shows_it_and_nothing_more_can_be_left_out():
    raw = seed("seed-003")
    least = minimal(raw, shows_it)
    assert shows_it(least)
    assert raw == seed("seed-003"), "the case that was given is left as it is"
    assert set(least) == {"schema", "id", "dates", "requests"}
    assert [set(request) for request in least["requests"]] == [{"id", "drug"}]
    for path in witness._parts(least):
        smaller = witness._without(least, path)
        assert smaller is not None
        assert not (witness._is_valid(smaller) and shows_it(smaller)), path


def test_the_least_of_a_case_that_needs_all_of_it_is_the_case():
    raw = {
        "schema": "imr-case/1",
        "id": "x",
        "dates": {"injury": "2012-01-01", "request": "2013-01-01"},
        "requests": [{"id": "a", "drug": "Soma"}],
    }
    assert minimal(raw, lambda case: case == raw) == raw
