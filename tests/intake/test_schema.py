"""The JSON Schema accepts what loading accepts, refuses wrong forms, and tells an editor what each key is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imr_engine.data.yaml_source import read_yaml
from imr_engine.errors import DataFileError
from imr_engine.intake import case_schema, load_case
from imr_engine.intake.descriptions import KEYS, SECTIONS
from imr_engine.intake.shape import known_sections

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
BROKEN = ROOT / "tests" / "broken" / "cases"
VALIDATOR = Draft202012Validator(case_schema())

# What only reading a case as a whole can find: order of dates, references, doses and drug names.
ONLY_SENSE = (
    *("date-charted-after-request", "date-injury-after-decision", "date-injury-after-request", "date-only-injury"),
    *("date-service-before-injury", "date-started-after-request", "date-treatment-ends-early", "date-far-future"),
    *("date-day-first", "date-month-13", "date-no-such-day", "date-before-1900"),
    *("dose-combination-turned", "dose-mg-for-mcg", "dose-negative-strength"),
    *("drug-and-service", "drug-key-of-a-service", "drug-misspelt", "drug-nor-service", "drug-service-with-dose"),
    *("drug-two-in-one-line", "pain-range-above", "pain-range-turned", "pain-11"),
    *("reference-id-twice", "reference-ring", "reference-ring-of-three", "reference-to-itself", "reference-unknown"),
)


def read_or_none(path: Path) -> Any:
    try:
        return read_yaml(path).value
    except DataFileError:
        return None


READABLE = [path for path in sorted(BROKEN.iterdir()) if read_or_none(path) is not None]


def faults(value: Any) -> list[str]:
    return [f"{fault.json_path}: {fault.message}" for fault in VALIDATOR.iter_errors(value)]


def a_case(**parts: Any) -> dict[str, Any]:
    return {
        "schema": "imr-case/1",
        "id": "case-17",
        "dates": {"injury": "2009-07-03", "request": "2014-10-22"},
        "requests": [{"id": "visit", "service": "visit"}],
        **parts,
    }


def test_the_schema_is_a_schema_of_the_named_draft():
    Draft202012Validator.check_schema(case_schema())
    assert case_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_is_the_same_every_time_and_is_plain_json():
    assert json.dumps(case_schema()) == json.dumps(case_schema())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_schema_accepts_every_shipped_example(path: Path):
    assert faults(read_yaml(path).value) == []


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.stem)
def test_the_schema_refuses_a_broken_form_and_leaves_sense_to_loading(path: Path):
    refused = bool(faults(read_yaml(path).value))
    assert refused is not (path.stem in ONLY_SENSE)


@pytest.mark.parametrize(
    "parts",
    [
        {"from": "header", "worker": {"age": 47, "from": "summary"}},
        {"worker": {"age": {"value": 47, "from": "summary"}}},
        {"worker": None, "documentation": {"pain": None, "drug_screens": None}},
        {"medications": []},
        {"medications": {"complete": False, "items": [{"drug": "Soma"}], "from": "summary"}},
        {"regions": ["low back", {"value": "neck", "from": "rationale"}]},
        {"regions": {"value": ["low back"], "from": "rationale"}},
        {"dates": {"injury": "7/3/2009", "record": "10/22/2014"}},
        {"documentation": {"pain": {"current": 5, "least": "4-6/10", "worst": "8 out of 10", "average": "4 to 5"}}},
        {"documentation": {"pain": {"time_to_relief": "30 minutes", "relief_lasts": "4-6 hours"}}},
        {"documentation": {"function": [{"scale": "Oswestry", "before": 48, "after": "40%"}]}},
        {"requests": [{"id": "pt", "service": "physical therapy", "visits": "3-4", "ur": {"decision": "denied"}}]},
    ],
    ids=range(12),
)
def test_every_form_that_loading_reads_is_accepted(parts: dict[str, Any]):
    assert faults(a_case(**parts)) == []
    assert load_case(a_case(**parts)).case.id == "case-17"


@pytest.mark.parametrize(
    "parts",
    [
        {"worker": {"age": {"value": 47, "form": "summary"}}},
        {"worker": {"age": {"value": "old", "from": "summary"}}},
        {"worker": {"age": 47, "from": "letter"}},
        {"medications": {"complete": False}},
        {"requests": []},
        {"origins": {}},
        {"documentation": {"pain": {"relief_lasts": "4 days"}}},
        {"documentation": {"function": [{"before": -1}]}},
    ],
    ids=range(8),
)
def test_no_form_that_loading_refuses_is_accepted(parts: dict[str, Any]):
    assert faults(a_case(**parts)) != []
    with pytest.raises(ValueError, match="input: "):
        load_case(a_case(**parts))


def test_every_key_of_a_case_is_described_and_nothing_else_is():
    written = {(model.__name__, key) for model in known_sections().values() for key in _keys(model)}
    described = {f"{section}.{key}" for section, key in written} | {key for _, key in written}
    assert set(KEYS) <= described
    assert [f"{section}.{key}" for section, key in sorted(written) if not {f"{section}.{key}", key} & set(KEYS)] == []
    assert set(SECTIONS) <= {section for section, _ in written}


def _keys(model: Any) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items() if name != "origins"]


def test_an_editor_finds_a_description_and_the_words_of_a_closed_list():
    request = case_schema()["$defs"]["Request"]["properties"]
    assert request["directions"]["description"].startswith("How it is taken, as written")
    assert request["phase"]["anyOf"][0]["enum"] == ["start", "continue", "increase", "taper"]
    assert "``" not in json.dumps(case_schema())
