"""The case as frozen data: what it accepts, what it keeps, and where each value was read."""

from __future__ import annotations

import json
import time
from multiprocessing.reduction import ForkingPickler
from typing import Any

import pytest
from pydantic import ValidationError

from imr_engine.case.model import Case, Listed, Medication
from imr_engine.case.origins import lift_origins, origin_of
from imr_engine.case.reference import reference_date

RAW: dict[str, Any] = {
    "schema": "imr-case/1",
    "id": "case-17",
    "dates": {"injury": "2009-07-03", "request": "10/22/2014", "from": "header"},
    "worker": {"age": 47, "work_status": {"value": "off_work", "from": "rationale"}},
    "regions": {"value": ["low back"], "from": "summary"},
    "medications": {"complete": False, "items": [{"drug": "Percocet", "from": "rationale"}, {"drug": "metoprolol"}]},
    "requests": [
        {"id": "oxycontin", "drug": "OxyContin", "strength": "20 mg", "quantity": 60, "phase": "continue"},
        {"id": "visit", "service": "follow-up visit", "visits": "3-4", "depends_on": ["oxycontin"]},
    ],
    "documentation": {
        "pain": {"without_medication": 9, "with_medication": "4/10", "time_to_relief": "20 minutes"},
        "function": [{"scale": "Oswestry", "before": 48, "after": 32.5}],
        "adverse_effects": [],
        "registry_checks": None,
    },
    "prescriber": {"specialty": "pain management", "from": "rationale"},
}


def case(**changes: Any) -> Case:
    return Case.model_validate({**RAW, **changes})


def test_a_plain_list_is_complete_and_a_section_that_is_left_out_is_not_documented():
    documentation = case().documentation
    assert documentation.adverse_effects == Listed(items=(), complete=True)
    assert documentation.drug_screens is None


def test_a_key_without_a_value_is_the_same_as_no_key():
    assert case().documentation.registry_checks is None
    assert case(worker=None, diagnoses=None, treatments=None) == case(worker={}, diagnoses=[])
    assert case(requests=[{"id": "a", "drug": "Soma", "quantity": None}]).requests[0].quantity is None


def test_a_list_may_say_that_the_record_holds_more():
    medications = case().medications
    assert medications is not None
    assert not medications.complete
    assert [line.drug for line in medications.items] == ["Percocet", "metoprolol"]


def test_origins_are_kept_by_path_however_a_list_or_value_is_written():
    assert case().origins == {
        "dates": "header",
        "worker.work_status": "rationale",
        "regions": "summary",
        "medications[0]": "rationale",
        "prescriber": "rationale",
    }
    assert case().regions == ("low back",)
    assert case().worker.work_status == "off_work"


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("dates.injury", "header"),
        ("worker.work_status", "rationale"),
        ("worker.age", None),
        ("medications[0].strength", "rationale"),
        ("medications[1].drug", None),
        ("prescriber", "rationale"),
        ("", None),
    ],
)
def test_a_value_has_the_origin_of_the_nearest_thing_around_it(path: str, origin: str | None):
    assert origin_of(case().origins, path) == origin


def test_an_origin_of_the_whole_case_holds_for_all_that_names_no_other():
    origins = case(**{"from": "summary"}).origins
    assert origin_of(origins, "worker.age") == "summary"
    assert origin_of(origins, "dates.injury") == "header"


def test_lifting_origins_twice_changes_nothing():
    once = lift_origins(RAW)
    assert lift_origins(once) == once


@pytest.mark.parametrize("origins", [5, "summary", ["x"], {"worker": "guess"}])
def test_origins_that_are_none_are_refused(origins: Any):
    with pytest.raises(ValidationError):
        case(origins=origins)


def test_what_is_no_mapping_is_refused_and_does_not_crash():
    for raw in (None, 5, "text", [RAW]):
        with pytest.raises(ValidationError):
            Case.model_validate(raw)


def test_a_case_is_frozen():
    with pytest.raises(ValidationError):
        case().worker.age = 48  # pyright: ignore[reportAttributeAccessIssue]


def test_a_case_written_out_is_read_back_as_the_same_case():
    written = case().model_dump_json(by_alias=True)
    assert Case.model_validate(json.loads(written)) == case()
    assert Case.model_validate(case().model_dump(by_alias=True)) == case()


def test_a_case_is_written_out_the_same_every_time():
    assert case().model_dump_json(by_alias=True) == case().model_dump_json(by_alias=True)


def test_a_case_can_be_handed_to_a_worker():
    assert ForkingPickler.loads(ForkingPickler.dumps(case())) == case()


def test_parts_can_be_made_on_their_own():
    assert Medication(drug="Soma", quantity=30).status == "current"
    with pytest.raises(ValidationError):
        Medication(drug="Soma", quantity=0)


@pytest.mark.parametrize("value", [True, 1, "1", "yes", 0, "nan"])
def test_nothing_is_turned_into_another_type(value: Any):
    with pytest.raises(ValidationError):
        case(dates={"injury": value})
    if not isinstance(value, bool):
        with pytest.raises(ValidationError):
            case(cancer_or_palliative=value)


def test_the_text_of_an_error_holds_nothing_of_the_patient():
    with pytest.raises(ValidationError) as caught:
        case(worker={"age": 47, "sex": "Mrs Example"})
    assert "Example" not in str(caught.value)


@pytest.mark.parametrize(
    ("dates", "name"),
    [
        ({"request": "2014-10-22", "record": "2014-10-01"}, "request"),
        ({"service": "2014-10-02", "ur_decision": "2014-10-20"}, "service"),
        ({"ur_decision": "2014-10-20", "record": "2014-10-01"}, "ur_decision"),
        ({"record": "2014-10-01"}, "record"),
    ],
)
def test_the_reference_date_is_the_first_of_request_service_decision_and_record(dates: dict[str, str], name: str):
    found = reference_date(case(dates={"injury": "2009-07-03", **dates}).dates)
    assert found is not None
    assert (found[0].isoformat(), found[1]) == (dates[name], name)


def test_without_any_date_but_the_injury_there_is_no_reference_date():
    assert reference_date(case(dates={"injury": "2009-07-03"}).dates) is None


def test_a_case_is_validated_in_well_under_a_millisecond():
    case()
    best = 1.0
    for _ in range(50):
        started = time.perf_counter()
        case()
        best = min(best, time.perf_counter() - started)
    assert best < 0.0006
