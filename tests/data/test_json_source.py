"""JSON is read with the same places and the same refusals as YAML."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_engine.data.yaml_source import read_yaml
from imr_engine.errors import DataFileError, Place

DIGITS = "expected digits, with a point if need be, such as 30 or 0.5"
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(st.characters(codec="ascii", exclude_categories=["Cc"]))
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text("abc", min_size=1), inner), max_leaves=15
)


@given(VALUES, st.sampled_from([None, 2]))
def test_whatever_json_writes_is_read_back(value: object, indent: int | None):
    assert read_yaml(json.dumps(value, indent=indent), "x.json").value == value


def test_numbers_with_a_point_are_exact_and_those_without_are_whole():
    assert read_yaml("[1, 2.50, -0]", "x.json").value == [1, Decimal("2.50"), 0]


def test_places_are_those_of_the_text():
    document = read_yaml('{\n  "requests": [\n    {"drug": "Norco"}\n  ]\n}\n', "x.json")
    assert document.place("requests[0].drug") == Place("x.json", 3, 14)
    assert document.place("requests[0].drug", key=True) == Place("x.json", 3, 6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.json: the file is empty"),
        (" \n", "x.json: the file is empty"),
        ('{"a": 1,}', "x.json:1:9: this is not JSON; found }; expected a key in double quotes"),
        ("[1,]", "x.json:1:4: [1]: this is not JSON; found ]; expected a value"),
        ("{a: 1}", "x.json:1:2: this is not JSON; found a:; expected a key in double quotes or }"),
        ('{"a" 1}', "x.json:1:6: a: this is not JSON; found 1; expected a colon"),
        ("[1 2]", "x.json:1:4: [1]: this is not JSON; found 2; expected a comma or ]"),
        ("[1", "x.json:1:3: [1]: the file ends too early; expected a comma or ]"),
        ("[1]]", "x.json:1:4: something follows the end of the document"),
        ('{"a": "x}', "x.json:1:7: a: a quote is opened and not closed on its line"),
        ('"\\q"', "x.json:1:1: a text in quotes holds an unknown escape"),
        ('"\\u0000"', "x.json:1:1: a control character is written as an escape; delete it"),
        ('"\\ud83d"', "x.json:1:1: a control character is written as an escape; delete it"),
        ('{"a": 1, "a": 2}', "x.json:1:10: a: the key stands twice; it is already on line 1; keep one of them"),
        ("[Infinity]", "x.json:1:2: [0]: this is not JSON; found Infinity; expected a value or ]"),
        ("1" * 31, "x.json:1:1: a number has more than 30 digits; found 111111111111…"),
        ("[1e400]", f"x.json:1:2: [0]: a number is not written as one; found 1e400; {DIGITS}"),
        (
            "[" * 100_000,
            "x.json:1:41: lists and mappings stand too deep inside one another; expected at most 40 levels",
        ),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(text: str, message: str):
    with pytest.raises(DataFileError) as caught:
        read_yaml(text, "x.json")
    assert str(caught.value) == message


def test_characters_beyond_the_first_plane_may_be_escaped_in_two_halves():
    assert read_yaml('"\\ud83d\\ude00"', "x.json").value == "\N{GRINNING FACE}"
