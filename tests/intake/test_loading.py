"""Loading a case: from every kind of source, with the place of every value, and all that is wrong told at once."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from imr_engine.errors import CaseError, DataFileError, Place
from imr_engine.intake import load_case

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))

TEXT = """\
schema: imr-case/1
id: case-17
dates: {injury: 2009-07-03, request: 2014-10-22}
worker: {age: {value: 47, from: header}}
medications:
  complete: false
  items:
    - {drug: OxyContin, strength: 20 mg, directions: every 12 hours}
requests:
  - id: oxycontin
    drug: OxyContin
    strength: 20 mg
    quantity: 60
  - {id: visit, service: follow-up visit, visits: 3}
"""
RAW: dict[str, Any] = {
    "schema": "imr-case/1",
    "id": "case-17",
    "dates": {"injury": "2009-07-03", "request": "2014-10-22"},
    "worker": {"age": {"value": 47, "from": "header"}},
    "medications": {
        "complete": False,
        "items": [{"drug": "OxyContin", "strength": "20 mg", "directions": "every 12 hours"}],
    },
    "requests": [
        {"id": "oxycontin", "drug": "OxyContin", "strength": "20 mg", "quantity": 60},
        {"id": "visit", "service": "follow-up visit", "visits": 3},
    ],
}


def problems(source: Any, name: str | None = None) -> list[str]:
    with pytest.raises(CaseError) as caught:
        load_case(source, name)
    return [str(problem) for problem in caught.value.problems]


def test_a_case_is_the_same_from_yaml_json_text_bytes_and_a_mapping(tmp_path: Path):
    as_yaml, as_json = tmp_path / "case.yaml", tmp_path / "case.json"
    as_yaml.write_text(TEXT, encoding="utf-8")
    as_json.write_text(json.dumps(RAW), encoding="utf-8")
    expected = load_case(RAW).case
    for source in (as_yaml, as_json, str(as_yaml), TEXT, TEXT.encode(), json.dumps(RAW)):
        assert load_case(source).case == expected


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_shipped_example_loads(file: Path):
    assert load_case(file).case.id == file.stem


def test_a_path_of_the_case_leads_to_its_place_however_lists_and_values_are_written():
    loaded = load_case(TEXT, "case.yaml")
    assert loaded.place("medications[0].strength") == Place("case.yaml", 8, 35)
    assert loaded.place("medications.items[0].strength") == Place("case.yaml", 8, 35)
    assert loaded.place("worker.age") == Place("case.yaml", 4, 23)
    assert loaded.place("requests[0].quantity") == Place("case.yaml", 13, 15)
    assert loaded.place("documentation.pain.current") == Place("case.yaml", 1, 1)


def test_a_mapping_has_paths_for_places():
    assert load_case(RAW).place("requests[0].quantity") == Place()
    assert problems({**RAW, "id": "a b"}, "case 17") == [
        (
            "case 17: id: an id cannot be written so; found 'a b'; "
            "expected letters, digits, points, hyphens and underscores, such as case-17; write a-b"
        )
    ]


def test_a_case_without_mistakes_has_nothing_to_say_about_itself():
    complete = TEXT.replace("  complete: false\n", "")
    assert load_case(complete).warnings == ()


def test_everything_that_is_wrong_is_told_at_once_and_in_the_order_of_the_file():
    text = (
        TEXT.replace("injury: 2009-07-03", "injury: 2015-07-03")
        .replace("quantity: 60", "quantity: thirty")
        .replace("visits: 3", "visits: 3, depends_on: [mri], uhr: 5")
        .replace("every 12 hours}", "every 12 hours, since: 2016-01-01}")
    )
    told = [line.split("; ")[0].removeprefix("case.yaml:") for line in problems(text, "case.yaml")]
    assert told == [
        "3:38: dates.request: the request is dated before the injury",
        "8:77: medications[0].since: it was started after the request",
        "13:15: requests[0].quantity: this is text, not a number",
        "14:67: requests[1].depends_on[0]: there is no such request",
        "14:73: requests[1].uhr: unknown key",
    ]


def test_what_is_left_out_for_its_shape_causes_no_further_complaints():
    # The injury cannot be read, so nothing is said of dates before it; the id cannot, so nothing of references to it.
    text = TEXT.replace("injury: 2009-07-03", "injury: 2009-13-03").replace("visits: 3", "visits: 3, depends_on: [oxi]")
    text = text.replace("id: oxycontin", "id: Oxi Contin")
    assert [line.split(": ")[1] for line in problems(text)] == ["dates.injury", "requests[0].id"]


def test_paths_count_the_entries_that_were_left_out():
    text = TEXT.replace("    - {drug: OxyContin", "    - {strength: 5 mg}\n    -\n    - {drug: OxyContin")
    text = text.replace("every 12 hours}", "every 12 hours, since: 2016-01-01}")
    assert [line.split(": ")[1] for line in problems(text)] == [
        "medications[0].drug",
        "medications[1]",
        "medications[2].since",
    ]


def test_a_case_of_which_no_request_is_left_is_still_told_its_mistakes():
    assert problems({**RAW, "requests": [5], "worker": {"age": 200}}) == [
        "input: worker.age: the number is above 110; found 200; expected a whole number from 14 to 110",
        "input: requests[0]: keys with values belong here; found 5",
    ]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"worker": {"age": float("nan")}}, "worker.age: this is not a whole number; found 'nan'"),
        ({"worker": {"age": 10**5000}}, "worker.age: the number is above 110; found a very long number"),
        ({"worker": {"age": object()}}, "worker.age: this is not a whole number; found a value of the type object"),
        ({"worker": {"age": Decimal("sNaN")}}, "worker.age: this is not a whole number; found NaN"),
        ({"worker": {5: 5}}, "worker: a key is not text"),
        ({"cancer_or_palliative": 10**5000}, "cancer_or_palliative: this is neither true nor false; found a very long"),
        (
            {"cancer_or_palliative": Decimal("1e99999999")},
            "cancer_or_palliative: this is neither true nor false; found 1E",
        ),
        ({"regions": "none"}, "regions: a list belongs here; found 'none'; write [] if the record says"),
        ({"treatments": "surgery"}, "treatments: a list belongs here; found 'surgery'; put each entry behind a hyphen"),
        ({"regions": 5}, "regions: a list belongs here; found 5"),
        ({"requests": {"id": "a"}}, "requests: a list belongs here; found keys and values"),
    ],
)
def test_a_mapping_may_hold_anything_and_gets_an_answer(changed: dict[str, Any], message: str):
    assert f"input: {message}" in problems({**RAW, **changed})[0].replace("sNaN", "NaN")


def test_a_list_that_only_says_whether_it_is_complete_lacks_its_entries():
    before, _, after = TEXT.partition("medications:\n")
    text = f"{before}medications: {{complete: false}}\n{after[after.index('requests:') :]}"
    assert problems(text, "case.yaml") == [
        "case.yaml:5:14: medications.items: is missing; expected the entries of the list, or [] if there are none"
    ]


def test_a_mapping_without_end_is_refused():
    endless: dict[str, Any] = dict(RAW)
    endless["worker"] = endless
    assert problems(endless) == [
        "input: lists and mappings stand too deep inside one another; expected at most 40 levels"
    ]
    assert problems({**RAW, "diagnoses": ["x"] * 200_001}) == [
        "input: the case holds too much; expected at most 200,000 keys and values"
    ]


def test_floats_of_a_mapping_mean_the_decimal_that_was_written():
    raw = {**RAW, "documentation": {"function": [{"scale": "Oswestry", "after": 0.1}]}}
    function = load_case(raw).case.documentation.function
    assert function is not None
    assert str(function.items[0].after) == "1/10"


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("07/03/2009", "dates.injury: read month first, as 3 July 2009; found '07/03/2009'"),
        ("7/3/2009", "dates.injury: read month first, as 3 July 2009; found '7/3/2009'"),
    ],
)
def test_a_date_that_could_be_read_in_two_ways_comes_with_a_note_of_how_it_was(written: str, note: str):
    loaded = load_case(TEXT.replace("2009-07-03", written), "case.yaml")
    assert loaded.case.dates.injury.isoformat() == "2009-07-03"
    assert str(loaded.warnings[0]) == f"case.yaml:3:17: {note}"


@pytest.mark.parametrize("written", ["07/23/2009", "07/07/2009", "2009-07-03"])
def test_a_date_that_can_be_read_in_one_way_only_needs_no_note(written: str):
    loaded = load_case(TEXT.replace("2009-07-03", written))
    assert not [warning for warning in loaded.warnings if "month first" in warning.message]


def test_dates_inside_lists_and_values_are_noted_by_their_own_paths():
    text = TEXT.replace("every 12 hours}", "every 12 hours, since: {value: 02/03/2014, from: summary}}")
    assert "medications[0].since" in [warning.path for warning in load_case(text).warnings]


def test_a_text_that_is_one_line_is_a_path():
    with pytest.raises(DataFileError, match=r"^no-such\.yaml: there is no such file"):
        load_case("no-such.yaml")


def test_one_request_that_fails_does_not_hide_the_sense_of_the_others():
    text = TEXT.replace("drug: OxyContin\n", "drug: OxyContin\n    service: visit\n").replace(
        "  - {id: visit,", "  - {"
    )
    assert [line.split(": ")[1] for line in problems(text)] == ["requests[0]", "requests[1].id"]


def test_a_case_file_of_four_requests_loads_in_a_few_milliseconds():
    file = next(path for path in EXAMPLES if path.stem == "seed-002")
    load_case(file)
    best = 1.0
    for _ in range(20):
        started = time.perf_counter()
        load_case(file)
        best = min(best, time.perf_counter() - started)
    assert best < 0.008
