"""The library as its users call it: what goes in, what comes out, what is raised, and from where it may be called."""

from __future__ import annotations

import logging
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import date
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

import pytest
from golden import EXAMPLES, SEEDS, changed, seed

from imr_engine import Case, Prediction, load_case, load_rulebook, morphine_equivalents, predict
from imr_engine.errors import CaseError, DoseError, ImrError
from imr_engine.prediction import DecidedBy, Outcome


def sent(value: Any) -> Any:
    """What another process is given when this value is sent to it."""
    return ForkingPickler.loads(bytes(ForkingPickler.dumps(value)))


def outcomes(prediction: Prediction) -> dict[str, str]:
    return {entry.request: entry.outcome.value for entry in prediction.determinations}


DECIDED = {"klonopin": "upheld", "oxycontin": "overturned", "dilaudid": "overturned"}


# what goes in


def test_a_case_a_mapping_and_a_loaded_file_give_the_same_prediction():
    loaded = load_case(EXAMPLES / "seed-003.yaml").case
    prediction = predict(loaded)
    assert outcomes(prediction) == DECIDED
    assert predict(Case.model_validate(seed("seed-003"))) == prediction
    assert predict(seed("seed-003")) == prediction


def test_the_mapping_that_is_given_is_left_as_it_was():
    case = seed("seed-003")
    before = deepcopy(case)
    predict(case)
    assert case == before


def test_a_rulebook_may_be_given():
    assert predict(seed("seed-003"), rulebook=load_rulebook()) == predict(seed("seed-003"))


def test_the_plain_reading_alone_gives_the_same_answers_and_says_that_it_was_alone():
    both, plain = predict(seed("seed-003")), predict(seed("seed-003"), engine="plain")
    assert plain.determinations == both.determinations
    assert (plain.engine.inference, plain.engine.checked_by) == ("plain", None)
    assert "plain reading alone" in plain.engine.note


# dates


def test_the_date_by_which_the_rules_are_chosen_may_be_given():
    case = seed("seed-003")
    assert predict(case, as_of=date(2012, 1, 1)).determinations == predict(case).determinations
    later = predict(case, as_of=date(2019, 5, 5))
    assert later.edition is None
    assert later.reference_date == date(2014, 10, 22)


@pytest.mark.parametrize("record", ["2009-07-17", "2016-07-29"])
def test_a_case_outside_every_edition_is_undetermined_and_says_so(record: str):
    case = changed(seed("seed-004"), {"dates": {"injury": "2009-01-10", "record": record}})
    prediction = predict(case)
    assert prediction.edition is None
    assert outcomes(prediction) == {"ms-contin": Outcome.UNDETERMINED}
    (determination,) = prediction.determinations
    assert determination.rests_on is DecidedBy.NOTHING
    assert determination.findings == determination.deciding == ()
    assert record in determination.rationale[0].text
    assert any(record in warning for warning in prediction.warnings)
    assert prediction.engine.inference == "none"


@pytest.mark.parametrize("record", ["2009-07-18", "2016-07-28"])
def test_the_first_and_the_last_day_of_an_edition_are_its_own(record: str):
    case = changed(seed("seed-004"), {"dates": {"injury": "2009-01-10", "record": record}})
    assert predict(case).edition == "mtus-2009"


# conversion tables


def test_the_table_of_the_edition_is_taken_unless_another_is_given():
    own, other = predict(seed("seed-003")), predict(seed("seed-003"), table="cdc-2022")
    assert (own.conversion_table, other.conversion_table) == ("mtus-2009", "cdc-2022")
    assert own.opioid_dose is not None
    assert other.opioid_dose is not None
    assert (own.opioid_dose.high, other.opioid_dose.high) == (132, 150)


def test_an_unknown_table_is_named_with_a_suggestion():
    with pytest.raises(DoseError) as caught:
        predict(seed("seed-003"), table="cdc-2202")
    (problem,) = caught.value.problems
    assert "cdc-2202" in str(problem)
    assert "cdc-2022" in str(problem.suggestion)
    assert isinstance(caught.value, ValueError)


def test_an_unknown_table_is_named_for_lines_as_well():
    with pytest.raises(DoseError, match=r"mtus-2099.*mtus-2009"):
        morphine_equivalents(["Dilaudid 6 mg every 8 hours"], table="mtus-2099")


@pytest.mark.parametrize(("table", "total"), [("mtus-2009", 132), ("cdc-2022", 150)])
def test_lines_have_the_morphine_equivalents_of_the_table(table: str, total: int):
    found = morphine_equivalents(["Dilaudid 6 mg every 8 hours", "OxyContin 20 mg every 12 hours"], table=table)
    assert found.mme_per_day is not None
    assert (found.mme_per_day.low, found.mme_per_day.high) == (total, total)
    assert [line.ingredient for line in found.lines] == ["hydromorphone", "oxycodone"]


# errors


def test_all_that_is_wrong_with_a_case_is_told_at_once():
    case = changed(seed("seed-003"), {"worker": {"age": 7}, "documentation": {"pain": {"current": "11/10"}}})
    case["requests"][0]["depends_on"] = ["klonopyn"]
    case["requests"][1]["colour"] = "blue"
    with pytest.raises(CaseError) as caught:
        predict(case)
    assert {problem.path for problem in caught.value.problems} == {
        "worker.age",
        "documentation.pain.current",
        "requests[0].depends_on[0]",
        "requests[1].colour",
    }


def test_a_case_of_the_right_shape_that_makes_no_sense_is_refused_in_the_same_way():
    case = Case.model_validate(changed(seed("seed-003"), {"dates": {"injury": "2015-01-01"}}))
    with pytest.raises(CaseError) as caught:
        predict(case)
    assert [problem.path for problem in caught.value.problems] == ["dates.record"]


def test_visits_and_medicines_that_wait_for_one_another_are_put_in_an_order():
    drug = {"drug": "MS Contin", "strength": "30 mg", "directions": "every 12 hours"}
    case = seed("seed-002")
    case["requests"] = [
        {"id": "first-visit", "service": "office visit"},
        {"id": "second-visit", "service": "follow-up visit"},
        {"id": "after-first", **drug, "depends_on": ["first-visit"]},
        {"id": "after-second", **drug, "depends_on": ["second-visit"]},
    ]
    assert set(outcomes(predict(case))) == {"first-visit", "second-visit", "after-first", "after-second"}


@pytest.mark.parametrize("change", [{"dates": {"injury": "2015-01-01"}}, {"worker": {"age": 7}}, {"secret_key": 1}])
def test_errors_survive_being_sent_from_one_process_to_another(change: dict[str, Any]):
    with pytest.raises(CaseError) as caught:
        predict(changed(seed("seed-003"), change))
    copy = sent(caught.value)
    assert (type(copy), str(copy)) == (CaseError, str(caught.value))
    assert isinstance(copy, ImrError)


# what comes out


def parts_of(value: Any) -> list[Any]:
    """A prediction and every piece of data inside it."""
    inside = [getattr(value, field.name) for field in fields(value)] if is_dataclass(value) else []
    inside = list(value) if isinstance(value, tuple) else inside
    return [value, *(part for entry in inside for part in parts_of(entry))]


def test_a_prediction_is_immutable_to_its_last_part():
    prediction = predict(seed("seed-003"))
    for part in parts_of(prediction):
        assert not isinstance(part, (list, dict, set))
        if is_dataclass(part):
            name = fields(part)[0].name
            with pytest.raises(FrozenInstanceError):
                setattr(part, name, None)
    hash(prediction)


@pytest.mark.parametrize("name", SEEDS)
def test_a_prediction_and_its_case_can_be_sent_to_another_process(name: str):
    case = Case.model_validate(seed(name))
    prediction = predict(case)
    assert sent(prediction) == prediction
    assert sent(case) == case


# from where it may be called


def test_threads_may_predict_at_once():
    expected = {name: predict(seed(name)) for name in SEEDS}
    names = list(SEEDS) * 8
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda name: predict(seed(name)), names))
    assert all(prediction == expected[name] for name, prediction in zip(names, found, strict=True))


def predict_seed(name: str) -> Prediction:
    return predict(seed(name))


@pytest.mark.parametrize("method", sorted({"fork", "spawn"} & set(multiprocessing.get_all_start_methods())))
def test_worker_processes_may_predict_after_the_parent_has(method: str, monkeypatch: pytest.MonkeyPatch):
    here = Path(__file__).parent
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(here.parent / "engine"), str(here))))
    expected = [predict(seed(name)) for name in SEEDS]
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(predict_seed, SEEDS, chunksize=1) == expected


# logs

SECRETS = ("zigzagol-secret", "secret place", "Secretstatin", "1987-06-05", "secret schema")


def secret_case() -> dict[str, Any]:
    """A case whose every free text is one that must not turn up in a log."""
    case = seed("seed-003")
    case["diagnoses"] = ["secret place"]
    case["dates"]["injury"] = "1987-06-05"
    case["medications"] = [
        {"drug": "Secretstatin", "directions": "secret schema"},
        {"drug": "Dilaudid", "directions": "secret schema"},
    ]
    case["requests"].append({"id": "unknown", "drug": "zigzagol-secret"})
    return case


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"worker": {"age": "secret place"}},
        {"dates": {"record": "zigzagol-secret"}},
        {"documentation": {"pain": {"current": "secret schema"}}},
    ],
)
def test_no_log_record_holds_anything_of_a_case(wrong: dict[str, Any], caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    case = changed(secret_case(), wrong)
    if wrong:
        with pytest.raises(CaseError):
            predict(case)
    else:
        predict(case)
    logged = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records]
    assert not [text for text in logged for secret in SECRETS if secret in text]


def test_what_may_be_logged_of_an_error_quotes_nothing():
    with pytest.raises(CaseError) as caught:
        predict(changed(secret_case(), {"worker": {"age": "secret place"}, "zigzagol": 1}))
    for problem in caught.value.problems:
        assert not [secret for secret in SECRETS if secret in str(problem.without_values())]
