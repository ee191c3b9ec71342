"""The schema of rules files takes what loads, and refuses what a schema can tell is wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from imr_engine.data.files import folder
from imr_engine.data.yaml_source import read_yaml
from imr_engine.errors import DataFileError
from imr_engine.rulebook import FactDeclaration, FactType, load_rulebook, raw, rulebook_from, rules_schema

SHIPPED = Path(str(folder("rules")))
FILES = sorted(str(path.relative_to(SHIPPED)) for path in SHIPPED.rglob("*.yaml"))
SCHEMA = rules_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

BROKEN = Path(__file__).parents[1] / "broken" / "rulebooks"
GOOD = BROKEN / "good"
GOOD_VALIDATOR = jsonschema.Draft202012Validator(rules_schema(rulebook_from(GOOD)))
FAULTS: dict[str, dict[str, Any]] = read_yaml(BROKEN / "faults.yaml").value["faults"]

# What only loading can tell: it needs other entries or files, the arithmetic of units, dates in order, or the bytes.
LEFT_TO_LOADING = {
    "condition-count-larger-than-the-list",
    "condition-facts-that-help-and-hurt",
    "condition-not-over-documented",
    "condition-not-over-documented-within",
    "condition-part-twice",
    "condition-reason-for-a-fact-it-does-not-read",
    "edition-id-twice",
    "edition-that-ends-before-it-begins",
    "edition-that-ends-on-its-first-day",
    "edition-without-end-before-another",
    "editions-on-one-day",
    "editions-that-overlap",
    "excuse-of-a-note",
    "excuse-of-a-support",
    "excuse-of-an-excuse",
    "excuse-of-another-guideline",
    "excuse-of-itself",
    "excuse-of-nothing",
    "fact-of-an-unknown-unit",
    "id-twice-across-guidelines",
    "id-twice-in-a-file",
    "kind-wording-of-two-kinds",
    "kind-wording-twice-but-for-a-hyphen",
    "limit-finer-than-a-millionth",
    "limit-of-a-time-for-a-dose",
    "limit-of-the-wrong-dimension",
    "limit-that-is-a-third",
    "limit-with-an-unknown-unit",
    "order-of-a-common-guideline",
    "order-of-an-unknown-guideline",
    "parameter-begins-after-the-edition",
    "parameter-count-larger-than-the-list",
    "parameter-date-that-does-not-exist",
    "parameter-named-like-a-fact",
    "parameter-value-in-another-unit",
    "parameter-value-in-months",
    "parameter-values-on-one-day",
    "parameter-values-out-of-order",
    "phrase-unknown",
    "phrase-with-an-unknown-name",
    "scale-name-of-two-scales",
    "sentence-asking-about-another-fact",
    "sentence-with-a-name-the-condition-does-not-read",
    "sentence-with-an-unknown-name",
}


def test_the_schema_is_one_of_the_draft_it_names():
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", FILES)
def test_the_schema_takes_every_shipped_file(name: str):
    assert list(VALIDATOR.iter_errors(read_yaml(SHIPPED / name).value)) == []


def changed_files(name: str) -> Iterator[Any]:
    """What the files of a fault say, as far as they can be read and are files of a rulebook."""
    for file in {change["file"] for change in FAULTS[name]["change"]}:
        text = (GOOD / file).read_text(encoding="utf-8") if (GOOD / file).is_file() else ""
        for change in FAULTS[name]["change"]:
            if change["file"] == file:
                text = text.replace(change["from"], change["to"]) if "from" in change else change.get("text", "")
        try:
            yield read_yaml(text, file).value
        except DataFileError:
            continue


def is_refused(name: str) -> bool | None:
    """Whether the schema refuses a faulty file; None where there is none that can be read."""
    values = list(changed_files(name))
    return any(not GOOD_VALIDATOR.is_valid(value) for value in values) if values else None


@pytest.mark.parametrize("name", sorted(path for path in FAULTS if is_refused(path) is not None))
def test_the_schema_refuses_a_faulty_file_unless_only_loading_can_tell(name: str):
    assert is_refused(name) is (name not in LEFT_TO_LOADING)


def test_what_is_left_to_loading_are_faults_that_there_are():
    assert set(FAULTS) >= LEFT_TO_LOADING


OPIOIDS: dict[str, Any] = read_yaml(SHIPPED / "mtus-2009" / "opioids.yaml").value


def with_condition(condition: Any) -> dict[str, Any]:
    value = copy.deepcopy(OPIOIDS)
    value["criteria"][0]["when"] = condition
    return value


@pytest.mark.parametrize(
    "condition",
    [
        {"opioid_dose_total": {"at_most": "$opioid_dose_ceiling"}},
        {"opioid_dose_total": {"less_than": "120 MME/day"}},
        {"course_days": {"at_most": "3 weeks"}},
        {"inconsistent_screens": {"at_least": 1}},
        {"indication": {"in": ["pain", "anxiety"]}},
        {"not": {"any": [{"takes_opioid": False}, {"all": [{"documented": "indication"}]}]}},
        {"at_least": {"n": "$pain_elements_needed", "of": [{"takes_opioid": True}, {"not": {"takes_opioid": True}}]}},
    ],
)
def test_the_schema_takes_every_form_of_a_condition(condition: Any):
    assert VALIDATOR.is_valid(with_condition(condition))


@pytest.mark.parametrize(
    "condition",
    [
        {},
        "takes_opioid",
        {"takes_opioid": "yes"},
        {"takes_opioid": {"at_least": 1}},
        {"takes_opioids": True},
        {"takes_opioid": True, "lesion_agreed": True},
        {"opioid_dose_total": {"at_most": 120}},
        {"opioid_dose_total": {"at_most": "120"}},
        {"opioid_dose_total": {"at_most": "$relaxant_course_limit"}},
        {"opioid_dose_total": {"at_most": "120 MME/day", "at_least": "5 MME/day"}},
        {"opioid_dose_total": {"upto": "120 MME/day"}},
        {"inconsistent_screens": {"at_least": "1"}},
        {"indication": "pain"},
        {"indication": {"is": "pian"}},
        {"indication": {"in": []}},
        {"all": []},
        {"any": {"takes_opioid": True}},
        {"at_least": {"n": 0, "of": [{"takes_opioid": True}]}},
        {"at_least": {"n": "$opioid_dose_ceiling", "of": [{"takes_opioid": True}]}},
        {"at_least": {"of": [{"takes_opioid": True}]}},
        {"documented": ["indication"]},
        {"not": [{"takes_opioid": True}]},
        {"not": {"all": [{"any": [{"takes_opioid": "no"}]}]}},
    ],
)
def test_the_schema_refuses_a_condition_that_would_not_load(condition: Any):
    assert not VALIDATOR.is_valid(with_condition(condition))


def edited(edit: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    value = copy.deepcopy(OPIOIDS)
    edit(value["criteria"][0])
    return value


@pytest.mark.parametrize(
    "edit",
    [
        lambda criterion: criterion.update(effect="necessary"),
        lambda criterion: criterion.update(of=["weaning"]),
        lambda criterion: criterion.update(effect="excuse"),
        lambda criterion: criterion.update(said_only_if="upheld"),
        lambda criterion: criterion.update(priority=1),
        lambda criterion: criterion["applies_to"].update(kind="office_visit"),
        lambda criterion: criterion["applies_to"].update(drug="opioid"),
        lambda criterion: criterion["cite"].update(confidence="general_knowledge"),
        lambda criterion: criterion["cite"].pop("source"),
        lambda criterion: criterion["says"].update(met="It is {opioid_dose_total.real}."),
        lambda criterion: criterion["says"].update(met="It is {opioid_dose_total."),
        lambda criterion: criterion["says"].update(ask="Record {opioid_dose_total}."),
        lambda criterion: criterion.pop("cite"),
    ],
)
def test_the_schema_refuses_a_criterion_that_would_not_load(edit: Callable[[dict[str, Any]], object]):
    assert not VALIDATOR.is_valid(edited(edit))


def test_a_file_without_its_schema_key_or_of_an_unknown_kind_is_refused():
    assert not VALIDATOR.is_valid({key: value for key, value in OPIOIDS.items() if key != "schema"})
    assert not VALIDATOR.is_valid({**OPIOIDS, "schema": "imr-criteria/2"})


def test_an_author_s_own_facts_complete_in_the_schema_of_the_author_s_rulebook():
    rulebook = load_rulebook()
    mine = FactDeclaration("visits_so_far", FactType.COUNT, "the number of visits", "Visits so far.")
    own = jsonschema.Draft202012Validator(rules_schema(replace(rulebook, facts={**rulebook.facts, mine.name: mine})))
    condition = with_condition({"visits_so_far": {"at_most": 6}})
    assert own.is_valid(condition)
    assert not VALIDATOR.is_valid(condition)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("CriteriaFile", raw.CriteriaFile),
        ("Criterion", raw.RawCriterion),
        ("Scope", raw.RawScope),
        ("Citation", raw.RawCitation),
        ("Said", raw.RawSaid),
        ("FactsFile", raw.FactsFile),
        ("ParametersFile", raw.ParametersFile),
        ("KindsFile", raw.KindsFile),
        ("ScalesFile", raw.ScalesFile),
        ("GuidelineFile", raw.GuidelineFile),
        ("EditionsFile", raw.EditionsFile),
    ],
)
def test_the_schema_knows_the_keys_that_loading_knows(name: str, model: type[raw.Raw]):
    described = SCHEMA["$defs"][name]
    fields = {field.alias or key: field for key, field in model.model_fields.items()}
    assert set(described["properties"]) == set(fields)
    assert set(described.get("required", ())) == {key for key, field in fields.items() if field.is_required()}


def test_everything_an_author_writes_has_a_description():
    criterion = SCHEMA["$defs"]["Criterion"]["properties"]
    condition = SCHEMA["$defs"]["Condition"]["properties"]
    for name, described in [*criterion.items(), *condition.items()]:
        target = described.get("$ref", "").rpartition("/")[2]
        assert described.get("description") or SCHEMA["$defs"][target]["description"], name
