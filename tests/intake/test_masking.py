"""A case without what was read in some place says only what its other sources say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_engine.case.model import Case
from imr_engine.data.yaml_source import read_yaml
from imr_engine.intake import load_case, without_origin

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
ORIGINS = ("header", "request", "summary", "rationale")


def without_rationale(**parts: Any) -> dict[str, Any]:
    return without_origin(parts, {"rationale"})


def test_a_value_read_there_is_left_out_and_its_neighbours_stay():
    assert without_rationale(worker={"age": 47, "work_status": {"value": "off_work", "from": "rationale"}}) == {
        "worker": {"age": 47}
    }


def test_an_origin_holds_for_all_that_lies_within_up_to_another_origin():
    assert without_rationale(
        documentation={"from": "rationale", "pain": {"current": 5}, "adverse_effects": {"items": [], "from": "summary"}}
    ) == {"documentation": {"from": "rationale", "adverse_effects": {"items": [], "from": "summary"}}}


def test_of_a_list_that_loses_some_entries_the_others_stay():
    medications = [{"drug": "Percocet", "from": "rationale"}, {"drug": "OxyContin"}]
    assert without_rationale(medications=medications) == {"medications": [{"drug": "OxyContin"}]}
    assert without_rationale(medications={"complete": False, "items": medications}) == {
        "medications": {"complete": False, "items": [{"drug": "OxyContin"}]}
    }


def test_a_section_that_loses_all_its_entries_is_not_documented_and_not_empty():
    entry = {"statement": "does activities better", "from": "rationale"}
    assert without_rationale(documentation={"function": [entry], "adverse_effects": []}) == {
        "documentation": {"adverse_effects": []}
    }
    assert without_rationale(documentation={"function": {"complete": False, "items": [entry]}}) == {}


def test_a_list_that_was_empty_from_the_first_stays_unless_it_was_read_there():
    assert without_rationale(documentation={"adverse_effects": [], "from": "summary"}) == {
        "documentation": {"adverse_effects": [], "from": "summary"}
    }
    assert without_rationale(documentation={"adverse_effects": [], "from": "rationale"}) == {}
    assert without_rationale(medications={"items": [], "from": "rationale"}) == {}


def test_a_section_whose_entries_name_another_origin_keeps_them():
    medications = {"from": "rationale", "complete": False, "items": [{"drug": "Soma", "from": "summary"}]}
    assert without_rationale(medications=medications) == {"medications": medications}


def test_values_in_lists_are_left_out_one_by_one():
    regions = ["low back", {"value": "neck", "from": "rationale"}]
    assert without_rationale(regions=regions) == {"regions": ["low back"]}
    assert without_rationale(regions={"value": ["neck"], "from": "rationale"}) == {}


def test_the_case_that_was_given_is_left_as_it_is():
    raw = {"worker": {"age": {"value": 47, "from": "rationale"}}}
    without_origin(raw, {"rationale"})
    assert raw == {"worker": {"age": {"value": 47, "from": "rationale"}}}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_shipped_example_loads_without_its_rationales_and_holds_nothing_of_them(path: Path):
    case = load_case(without_origin(read_yaml(path), {"rationale"})).case
    assert "rationale" not in case.origins.values()
    assert [request.id for request in case.requests] == [request.id for request in load_case(path).case.requests]


VALUES = st.sampled_from([47, "text", [], [1], {"value": 5, "from": "summary"}, {"value": 6, "from": "rationale"}])
TREES = st.recursive(
    VALUES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        | st.builds(lambda part, origin: {"a": part, "from": origin}, inner, st.sampled_from(ORIGINS))
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from("xyz"), TREES))
def test_leaving_out_nothing_changes_nothing_and_leaving_out_twice_is_leaving_out_once(raw: dict[str, Any]):
    assert without_origin(raw, ()) == raw
    once = without_origin(raw, {"rationale"})
    assert without_origin(once, {"rationale"}) == once


@given(st.dictionaries(st.sampled_from("xyz"), TREES), st.sampled_from(ORIGINS))
def test_nothing_that_was_read_there_is_left(raw: dict[str, Any], origin: str):
    def read_in(node: Any, inherited: str | None) -> set[str | None]:
        if isinstance(node, dict):
            here = node.get("from", inherited)
            return set().union(*(read_in(value, here) for key, value in node.items() if key != "from"))
        if isinstance(node, list) and node:
            return set().union(*(read_in(entry, inherited) for entry in node))
        return {inherited}

    assert origin not in read_in(without_origin(raw, {origin}), None)


def test_a_case_made_of_parts_is_valid_without_them():
    raw = {
        "schema": "imr-case/1",
        "id": "case-17",
        "dates": {"injury": "2009-07-03", "request": "2014-10-22"},
        "requests": [{"id": "a", "drug": "Soma", "phase": {"value": "increase", "from": "rationale"}}],
        "prescriber": {"specialty": "pain management", "from": "rationale"},
    }
    case = Case.model_validate(without_origin(raw, {"rationale"}))
    assert case.requests[0].phase is None
    assert case.prescriber.specialty is None
