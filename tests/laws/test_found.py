"""Cases in which a law was once broken, each with what holds of it now."""

from __future__ import annotations

from typing import Any

from golden import changed, seed

from imr_engine import predict
from imr_engine.prediction import Determination, FactUsed


def of_request(case: dict[str, Any], request: str) -> Determination:
    return next(entry for entry in predict(case, engine="plain").determinations if entry.request == request)


def status(case: dict[str, Any], request: str, criterion: str) -> str:
    return next(entry.status.value for entry in of_request(case, request).findings if entry.criterion == criterion)


def fact(case: dict[str, Any], request: str, name: str) -> FactUsed:
    return next(used for entry in of_request(case, request).findings for used in entry.facts if used.name == name)


def test_no_complaint_in_the_list_is_not_yet_no_complaint_while_the_pain_is_not_on_record():
    unknown = changed(seed("seed-002"), {"documentation": {"symptoms": []}})
    assert fact(unknown, "follow-up", "active_symptoms").state == "not_documented"
    none = changed(unknown, {"documentation": {"pain": {"current": 0}}})
    assert fact(none, "follow-up", "active_symptoms").value == "no present complaint"
    some = changed(unknown, {"documentation": {"pain": {"current": 4}}})
    assert status(some, "follow-up", "low-back-follow-up-active-treatment") == "met"


def with_flares(flares: Any) -> dict[str, Any]:
    return changed(seed("seed-001"), {"documentation": {"flares": flares}})


def test_an_old_flare_in_a_list_that_may_hold_more_does_not_show_that_there_is_no_recent_one():
    old = [{"date": "2014-07-01", "region": "neck"}]
    assert status(with_flares(old), "cyclobenzaprine", "relaxant-acute-flare") == "not_met"
    open_ended = with_flares({"complete": False, "items": old})
    assert status(open_ended, "cyclobenzaprine", "relaxant-acute-flare") == "not_documented"


def test_a_flare_before_the_injury_is_not_one_of_its_own():
    assert fact(with_flares([{"date": "2013-07-01"}]), "cyclobenzaprine", "days_since_flare").value == "404 days"


def test_the_first_day_of_one_opioid_is_a_lower_bound_while_that_of_another_is_not_on_record():
    lines = [
        {"drug": "Dilaudid", "strength": "6 mg", "directions": "every 8 hours", "since": "2014-09-01"},
        {"drug": "OxyContin", "strength": "20 mg", "directions": "every 12 hours"},
    ]
    case = changed(seed("seed-003"), {"medications": lines})
    assert fact(case, "oxycontin", "opioid_use_days").value == "at least 51 days"
    lines[1]["since"] = "2014-09-12"
    assert fact(changed(case, {"medications": lines}), "oxycontin", "opioid_use_days").value == "51 days"


def test_directions_that_we_cannot_read_do_not_make_a_course_undocumented():
    request = {"phase": "start", "directions": "as per the usual zigzag schema", "quantity": 20, "refills": 0}
    case = changed(seed("seed-003"), {"medications": [], "requests": {"klonopin": request}})
    assert status(case, "klonopin", "benzodiazepine-four-weeks") == "not_computable"
    assert of_request(case, "klonopin").outcome == "undetermined"


def test_a_first_day_beyond_the_limit_decides_whatever_the_directions_that_we_cannot_read_say():
    request = {"since": "2014-08-01", "directions": "as per the usual zigzag schema", "quantity": 20, "refills": 0}
    case = changed(seed("seed-003"), {"medications": [], "requests": {"klonopin": request}})
    assert status(case, "klonopin", "benzodiazepine-four-weeks") == "not_met"


def test_consultations_are_told_of_in_the_order_of_their_dates():
    dates = ("2014-05-02", "2014-01-10")
    for days in (dates, dates[::-1]):
        consultations = [{"specialty": "pain management", "date": day} for day in days]
        case = changed(seed("seed-003"), {"prescriber": None, "consultations": consultations})
        said = fact(case, "oxycontin", "pain_management_involved").value
        assert said == "pain-management consultations of January 10, 2014 and May 2, 2014 are on record"


def test_a_higher_dose_asked_for_does_not_give_a_taper_another_line_of_the_chart_to_be_held_against():
    tablet = {"drug": "Norco", "strength": "10/325 mg"}
    case = changed(
        seed("seed-003"),
        {
            "medications": [{"drug": "Norco", "directions": "BID"}, {**tablet, "directions": "TID"}],
            "requests": {
                "klonopin": None,
                "oxycontin": None,
                "dilaudid": None,
                "one": {**tablet, "directions": "qhs", "phase": "taper"},
                "two": {**tablet, "directions": "BID", "phase": "taper"},
            },
        },
    )
    before = {request: fact(case, request, "dose_is_reduced").paths for request in ("one", "two")}
    for directions in ("BID", "TID", "QID"):
        higher = changed(case, {"requests": {"two": {"directions": directions}}})
        for request, paths in before.items():
            read_from = fact(higher, request, "dose_is_reduced").paths
            assert not paths or not read_from or read_from == paths


def test_a_medicine_unknown_to_the_tables_is_named_where_it_leaves_the_total_open():
    lines = [
        {"drug": "MS Contin", "strength": "30 mg", "directions": "every 12 hours"},
        {"drug": "zigzagol", "directions": "daily"},
    ]
    case = changed(seed("seed-004"), {"medications": lines, "requests": {"ms-contin": {"phase": "continue"}}})
    assert "zigzagol" in fact(case, "ms-contin", "opioid_dose_total").value
