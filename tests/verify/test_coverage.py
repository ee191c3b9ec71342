"""Coverage counts what cases show of the rules, and never says more than they show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from golden import changed, goldens, seed

from imr_engine import Case, load_rulebook
from imr_engine.prediction import Status
from imr_engine.verify.coverage import Coverage, CriterionCoverage, Share, coverage_of


def covered(*cases: dict[str, Any]) -> Coverage:
    return coverage_of(load_rulebook(), [Case.model_validate(case) for case in cases])


def of(found: Coverage, criterion: str) -> CriterionCoverage:
    return next(entry for entry in found.criteria if entry.criterion == criterion)


def golden(name: str) -> dict[str, Any]:
    return next(entry.case for entry in goldens() if entry.id == name)


def touched(name: str, criterion: str) -> set[str]:
    return {wording for (_, wording), times in of(covered(golden(name)), criterion).points.items() if times}


def test_a_founding_case_is_counted_request_by_request():
    found = covered(seed("seed-003"))
    assert (found.cases, found.requests, found.ungoverned) == (1, 3, 0)
    ceiling = of(found, "opioid-dose-ceiling")
    assert (ceiling.applied, ceiling.statuses) == (2, {Status.NOT_MET: 2})
    four_weeks = of(found, "benzodiazepine-four-weeks")
    assert (four_weeks.applied, four_weeks.decided, four_weeks.decided_alone) == (1, 1, 1)
    excuse = of(found, "opioid-ceiling-pain-management")
    assert (excuse.decided, excuse.decided_alone) == (2, 0)


def test_a_criterion_of_another_drug_applies_to_nothing():
    assert of(covered(seed("seed-003")), "carisoprodol-not-recommended").applied == 0


@pytest.mark.parametrize(
    ("name", "criterion", "wording"),
    [
        ("opioids-at-the-ceiling", "opioid-dose-ceiling", "opioid_dose_total at $opioid_dose_ceiling"),
        ("opioids-one-over-the-ceiling", "opioid-dose-ceiling", "opioid_dose_total just over $opioid_dose_ceiling"),
        ("opioids-for-183-days", "opioid-beyond-six-months", "opioid_use_days at $long_term_opioid_use"),
        ("opioids-for-184-days", "opioid-beyond-six-months", "opioid_use_days just over $long_term_opioid_use"),
        ("opioids-first-in-moderate-pain", "opioid-trial-moderate-pain", "pain_current at $moderate_pain"),
        ("opioids-first-in-mild-pain", "opioid-trial-moderate-pain", "pain_current just under $moderate_pain"),
        ("003-three-pain-elements", "opioid-pain-assessment", "just $pain_elements_needed of 6"),
        ("003-two-pain-elements", "opioid-pain-assessment", "one short of $pain_elements_needed of 6"),
        ("003-two-pain-elements", "opioid-pain-assessment", "pain_average not on record"),
        ("courses-diazepam-for-seizure", "benzodiazepine-indication", "indication: seizure"),
        ("opioids-increased-and-back-at-work", "opioid-returned-to-work", "returned_to_work: yes"),
        ("003-no-response-at-all", "opioid-returned-to-work", "returned_to_work: no"),
    ],
)
def test_an_edge_is_touched_by_the_case_made_for_it(name: str, criterion: str, wording: str):
    assert wording in touched(name, criterion)


def test_an_amount_farther_off_touches_neither_side_of_a_limit():
    assert not {entry for entry in touched("000-fully-documented", "opioid-dose-ceiling") if "opioid_dose" in entry}


def test_more_than_the_limit_by_an_unknown_amount_is_just_over_it():
    assert touched("004-fully-documented", "opioid-dose-ceiling") == {
        "opioid_dose_total just over $opioid_dose_ceiling"
    }


def test_what_only_has_to_be_on_record_is_never_expected_to_be_not_met():
    found = covered(seed("seed-003"))
    assert of(found, "opioid-function-review").reachable == (Status.MET, Status.NOT_DOCUMENTED)
    assert of(found, "opioid-pain-assessment").reachable == (Status.MET, Status.NOT_DOCUMENTED)
    assert of(found, "opioid-appropriate-use").reachable == (Status.MET, Status.NOT_MET, Status.NOT_DOCUMENTED)


def test_a_case_that_no_edition_governs_is_counted_and_shows_nothing():
    found = covered(changed(seed("seed-003"), {"dates": {"request": "2016-07-29", "record": None}}))
    assert (found.cases, found.ungoverned) == (1, 1)
    assert all(entry.applied == 0 for entry in found.criteria)


@pytest.mark.parametrize(
    ("seen", "of_", "percent"), [(0, 3, 0), (2, 3, 66), (999, 1000, 99), (1000, 1000, 100), (0, 0, 100)]
)
def test_a_share_is_rounded_down(seen: int, of_: int, percent: int):
    assert Share(seen, of_).percent == percent


def test_what_one_criterion_lacks_keeps_its_share_from_a_hundred():
    cases = [Case.model_validate(entry.case) for entry in goldens()]
    rulebook = load_rulebook()
    found = coverage_of(rulebook, cases)
    assert found.shares()["criteria that applied"].percent == 100
    assert found.shares()["criteria that decided"].percent == 100
    first = found.criteria[0]
    lacking = replace(found, criteria=(CriterionCoverage(first.criterion, first.effect), *found.criteria[1:]))
    assert lacking.shares()["criteria that applied"].percent == 97


def test_the_golden_cases_touch_every_choice_count_and_record_and_both_sides_of_every_limit():
    found = coverage_of(load_rulebook(), [Case.model_validate(entry.case) for entry in goldens()])
    shares = found.shares()
    for name in ("values of choices", "edges of counts", "on record, or not", "sides of limits"):
        assert shares[name].percent == 100, name
