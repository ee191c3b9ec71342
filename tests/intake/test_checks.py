"""What makes sense in a case and what does not: errors stop a prediction, warnings stand beside it."""

from __future__ import annotations

from typing import Any

import pytest

from imr_engine.case.model import Case
from imr_engine.dosing import doses_of
from imr_engine.intake import check_case

REQUESTS: list[dict[str, Any]] = [
    {"id": "oxycontin", "drug": "OxyContin", "strength": "20 mg", "quantity": 60, "phase": "continue"},
    {"id": "visit", "service": "follow-up visit", "visits": 3},
]


def checked(**changes: Any) -> tuple[list[str], list[str]]:
    """The problems and the warnings of a case that has none but for the changes."""
    raw: dict[str, Any] = {
        "schema": "imr-case/1",
        "id": "case-17",
        "dates": {"injury": "2009-07-03", "request": "2014-10-22"},
        "medications": [{"drug": "OxyContin", "strength": "20 mg", "directions": "every 12 hours"}],
        "requests": REQUESTS,
    }
    found = check_case(Case.model_validate({**raw, **changes}))
    return [_told(problem) for problem in found.problems], [_told(warning) for warning in found.warnings]


def _told(problem: Any) -> str:
    return str(problem).removeprefix("input: ")


def with_request(**fields: Any) -> tuple[list[str], list[str]]:
    return checked(requests=[REQUESTS[0], {"id": "visit", "service": "follow-up visit", **fields}])


def test_a_case_that_makes_sense_has_neither_problems_nor_warnings():
    assert checked() == ([], [])


def test_a_request_after_the_decision_on_it_happens_and_is_a_warning():
    problems, warnings = checked(dates={"injury": "2009-07-03", "request": "2014-10-22", "ur_decision": "2014-10-02"})
    assert problems == []
    assert warnings == [
        (
            "dates.request: the request is dated after the utilization review decision; found 2014-10-22; "
            "the decision is dated 2014-10-02; check both dates"
        )
    ]


def test_all_on_the_day_of_the_injury_is_in_order():
    day = "2014-10-22"
    assert checked(dates={"injury": day, "request": day, "ur_decision": day, "record": day}) == ([], [])


def test_proceedings_ten_years_apart_are_worth_a_second_look():
    _, warnings = checked(dates={"injury": "2001-07-03", "request": "2014-10-22", "record": "2004-10-01"})
    assert warnings == [
        (
            "dates.request: the request is dated more than ten years after the latest record; found 2014-10-22; "
            "check both dates"
        )
    ]


def test_findings_dated_after_the_request_are_worth_a_second_look():
    _, warnings = checked(
        documentation={"drug_screens": [{"date": "2014-10-22"}, {"date": "2014-10-23"}]},
        consultations=[{"specialty": "pain management", "date": "2015-01-01"}],
        treatments=[{"kind": "surgery", "start": "2015-01-02"}],
    )
    assert [warning.split(";")[0] for warning in warnings] == [
        "documentation.drug_screens[1].date: it is dated after the request, 2014-10-22",
        "consultations[0].date: it is dated after the request, 2014-10-22",
        "treatments[0].start: it is dated after the request, 2014-10-22",
    ]


def test_a_start_is_held_against_the_reference_date_whichever_that_is():
    dates = {"injury": "2009-07-03", "record": "2014-10-01"}
    problems, _ = checked(dates=dates, requests=[{**REQUESTS[0], "since": "2014-10-02"}])
    assert problems == [
        (
            "requests[0].since: it was started after the latest record; found 2014-10-02; "
            "expected a date on or before the latest record; the latest record is dated 2014-10-01"
        )
    ]
    assert checked(dates=dates, requests=[{**REQUESTS[0], "since": "2014-10-01"}])[0] == []


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (
            {"with_medication": "7/10", "without_medication": 4},
            "with_medication: the score with medication is above the score without, 4/10; found 7/10",
        ),
        ({"least": 5, "current": "3-4"}, "least: the least pain is above the current pain, 3-4/10; found 5/10"),
        ({"current": 9, "worst": 8}, "current: the current pain is above the worst pain, 8/10; found 9/10"),
        ({"average": "7-9", "worst": 6}, "average: the average pain is above the worst pain, 6/10; found 7-9/10"),
    ],
)
def test_scores_out_of_order_are_a_warning(scores: dict[str, Any], message: str):
    problems, warnings = checked(documentation={"pain": scores})
    assert problems == []
    assert warnings == [f"documentation.pain.{message}; check both scores"]


def test_scores_that_may_be_in_order_are_not_complained_of():
    pain = {"with_medication": "4-6", "without_medication": "5", "least": 3, "current": 3, "average": 3, "worst": 3}
    assert checked(documentation={"pain": pain}) == ([], [])


def test_a_ring_is_told_once_and_in_its_order():
    requests = [{"id": name, "service": "x", "depends_on": [parent]} for name, parent in ("ab", "bc", "cb", "dd")]
    problems, _ = checked(requests=requests)
    assert problems == [
        "requests[3].depends_on[0]: a request cannot depend on itself; found 'd'",
        (
            "requests[1].depends_on: requests depend on one another in a ring; found b → c → b; "
            "expected requests that do not lead back"
        ),
    ]


def test_requests_may_depend_on_several_others_and_share_them():
    requests = [
        {"id": "a", "service": "x"},
        {"id": "b", "service": "x", "depends_on": ["a"]},
        {"id": "c", "service": "x", "depends_on": ["a", "b"]},
    ]
    assert checked(requests=requests) == ([], [])


@pytest.mark.parametrize("name", ["strength", "dose", "directions", "form", "route", "indication"])
def test_a_service_has_no_fields_of_a_drug(name: str):
    problems, _ = with_request(**{name: "pain"})
    assert problems == [f"requests[1].{name}: a service has no {name}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("specialty", "pain management"),
        ("visits", "3-4"),
        ("acquisition", "rental"),
        ("duration_days", 30),
        ("service_date", "2014-01-01"),
    ],
)
def test_a_drug_has_no_fields_of_a_service(name: str, value: Any):
    problems, _ = checked(requests=[{**REQUESTS[0], name: value}])
    assert problems == [f"requests[0].{name}: a drug has no {name}"]


def test_what_was_authorized_fits_the_decision_and_the_request():
    assert with_request(visits=6, ur={"decision": "modified", "authorized": 2}) == ([], [])
    assert with_request(visits="4-6", ur={"decision": "modified", "authorized": 8})[1] == [
        (
            "requests[1].ur.authorized: more was authorized than was requested; found 8; "
            "expected at most what was requested; 6 was requested"
        )
    ]
    assert with_request(visits=6, ur={"decision": "denied", "authorized": 2})[1] == [
        "requests[1].ur.authorized: a denied request has no authorized part; found 2; is it modified?"
    ]


def test_a_strength_that_is_not_marketed_is_a_warning():
    problems, warnings = checked(requests=[{**REQUESTS[0], "strength": "25 mg"}])
    assert problems == []
    assert any(warning.startswith("requests[0].strength: not a marketed strength") for warning in warnings)


def test_a_drug_that_is_misspelt_is_an_error_with_a_suggestion():
    problems, _ = checked(medications=[{"drug": "Oxycontine", "strength": "20 mg"}])
    assert problems == [
        "medications[0].drug: no medicine of this name is known; found Oxycontine; did you mean OxyContin?"
    ]


def test_the_lines_of_an_incomplete_list_have_the_paths_of_any_other():
    problems, _ = checked(medications={"complete": False, "items": [{"drug": "Oxycontine", "strength": "20 mg"}]})
    assert [problem.split(":")[0] for problem in problems] == ["medications[0].drug"]


def test_doses_that_are_computed_already_are_not_computed_again():
    case = Case.model_validate(
        {
            "schema": "imr-case/1",
            "id": "x",
            "dates": {"injury": "2009-07-03", "request": "2014-10-22"},
            "requests": [{"id": "a", "drug": "Oxycontine"}],
        }
    )
    assert check_case(case, doses_of(case, "cdc-2022")) == check_case(case)
