"""The text for people keeps to its 80 columns, and the JSON for programs to its published schema."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from golden import Golden, goldens, seed
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from imr_engine import predict
from imr_engine.explain.as_data import prediction_as_data, prediction_schema
from imr_engine.explain.as_text import prediction_as_text
from imr_engine.prediction import Prediction
from imr_engine.testing import cases

LAWFUL = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
VALIDATOR = Draft202012Validator(prediction_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
WIDTH = 80


def faults_of(prediction: Prediction) -> list[str]:
    text = prediction_as_text(prediction)
    lines = text.split("\n")
    found = [f"{len(line)} columns: {line}" for line in lines if len(line) > WIDTH]
    found += [f"a trailing space: {line!r}" for line in lines if line != line.rstrip()]
    found += [
        f"two blank lines after: {line}"
        for line, *more in zip(lines, lines[1:], lines[2:], strict=False)
        if not any(more)
    ]
    if "\t" in text or "\x1b" in text or not text.endswith("\n") or text.endswith("\n\n"):
        found.append("the text has tabs or colours, or does not end with one line break")
    data = prediction_as_data(prediction)
    found += [error.message for error in VALIDATOR.iter_errors(data)]
    if json.loads(json.dumps(data, allow_nan=False)) != data:
        found.append("the data do not survive JSON")
    return found


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(prediction_schema())


@pytest.mark.parametrize("golden", goldens(), ids=lambda golden: golden.id)
def test_the_output_of_a_golden_case_keeps_its_form(golden: Golden):
    assert faults_of(predict(golden.case, table=golden.table, engine="plain")) == []


@LAWFUL
@given(cases())
def test_the_output_of_any_case_keeps_its_form(raw: dict[str, Any]):
    found = faults_of(predict(raw, engine="plain"))
    assert not found, "\n".join(found)


def test_long_names_keep_to_the_columns_as_well():
    case = deepcopy(seed("seed-003"))
    case["id"] = "c" * 80
    case["requests"].append({"id": "service", "service": "x" * 300})
    case["requests"].append({"id": "drug", "drug": "zigzag " * 40})
    assert faults_of(predict(case, engine="plain")) == []


def test_the_text_has_the_outcome_before_the_reasons_and_the_reasons_before_what_is_missing():
    text = prediction_as_text(predict(seed("seed-004"), engine="plain"))
    places = [
        text.index(part)
        for part in ("UPHELD", "Under the MTUS", "What would have to be documented", "Advice to a clinician")
    ]
    assert places == sorted(places)


def test_the_names_that_callers_rely_on_keep_their_places():
    data = prediction_as_data(predict(seed("seed-003")))
    assert [(entry["request"], entry["outcome"]) for entry in data["determinations"]] == [
        ("klonopin", "upheld"),
        ("oxycontin", "overturned"),
        ("dilaudid", "overturned"),
    ]
    assert data["engine"]["inference"] in {"durable_rules", "plain"}
    assert data["opioid_dose"]["low"] == data["opioid_dose"]["high"] == 132
    assert [(line["mme_per_day"]["low"], line["basis"]) for line in data["opioid_dose"]["lines"]] == [
        (60, "charted"),
        (72, "charted"),
    ]


@pytest.mark.parametrize("path", ["determinations", "engine.inference", "notice", "determinations.0.outcome"])
def test_data_that_lack_a_part_do_not_fit_the_schema(path: str):
    data = prediction_as_data(predict(seed("seed-004"), engine="plain"))
    *way, last = path.split(".")
    holder: Any = data
    for key in way:
        holder = holder[int(key)] if key.isdigit() else holder[key]
    del holder[last]
    assert not VALIDATOR.is_valid(data)
