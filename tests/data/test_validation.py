"""What pydantic finds in a file is said in our own words, at the place and with a suggestion."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from imr_engine.data.validation import keys_at, listed_words, problems_from, shown
from imr_engine.data.yaml_source import read_yaml


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(min_length=1, max_length=12)]
    kind: Literal["tablet", "patch"]
    count: Annotated[int, Field(ge=1, le=9)] = 1
    day: date | None = None
    is_new: bool = False

    @field_validator("name")
    @classmethod
    def _no_digits(cls, name: str) -> str:
        if any(character.isdigit() for character in name):
            raise ValueError("a name has no digits")
        return name


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    schema_: Literal["test/1"] = Field(alias="schema")
    parts: list[Part] = Field(min_length=1)
    notes: dict[str, str] = {}
    amount: int | str | None = None


GOOD = """\
schema: test/1
parts:
  - name: first
    kind: tablet
"""


def said(text: str, shape: type[BaseModel] | None = Whole) -> list[str]:
    document = read_yaml(text, "a.yaml")
    try:
        Whole.model_validate(document.value)
    except ValidationError as error:
        return [str(problem) for problem in problems_from(error, document, shape)]
    return []


def test_a_file_that_fits_has_no_problems():
    assert said(GOOD) == []


@pytest.mark.parametrize(
    ("found", "instead", "message"),
    [
        (
            "kind: tablet",
            "kind: tablets",
            (
                "a.yaml:4:11: parts[0].kind: this is not one of the words known here; "
                "found 'tablets'; expected tablet or patch; did you mean 'tablet'?"
            ),
        ),
        ("    kind: tablet\n", "", "a.yaml:3:5: parts[0].kind: is missing; expected tablet or patch"),
        ("kind: tablet", "kind:", "a.yaml:4:5: parts[0].kind: is empty; expected tablet or patch"),
        ("name: first", "name: ''", "a.yaml:3:11: parts[0].name: the text is empty"),
        (
            "name: first",
            "name: 5",
            ("a.yaml:3:11: parts[0].name: this must be text; found 5; put it in quotes if it is meant"),
        ),
        ("name: first", "name: [first]", "a.yaml:3:11: parts[0].name: a single text belongs here; found a list"),
        ("name: first", "name: first2", "a.yaml:3:11: parts[0].name: a name has no digits; found 'first2'"),
        (
            "name: first",
            "name: a name beyond measure",
            (
                "a.yaml:3:11: parts[0].name: the text is too long; "
                "found 'a name beyond measure'; expected at most 12 characters"
            ),
        ),
        (
            "kind: tablet",
            "kind: tablet\n    count: 0",
            ("a.yaml:5:12: parts[0].count: this is out of range; found 0; expected at least 1"),
        ),
        (
            "kind: tablet",
            "kind: tablet\n    count: 2.5",
            ("a.yaml:5:12: parts[0].count: this is not a whole number; found 2.5; expected a number such as 3"),
        ),
        (
            "kind: tablet",
            "kind: tablet\n    day: 5",
            ("a.yaml:5:10: parts[0].day: this is not a date; found 5; expected a date such as 2014-10-22"),
        ),
        (
            "kind: tablet",
            "kind: tablet\n    is_new: yes",
            (
                "a.yaml:5:13: parts[0].is_new: this is neither true nor false; "
                "found 'yes'; expected true or false; write true, without quotes"
            ),
        ),
        (
            "kind: tablet",
            "kind: tablet\n    conut: 2",
            "a.yaml:5:5: parts[0].conut: unknown key; did you mean 'count'?",
        ),
        (
            "kind: tablet",
            "kind: tablet\n    xyzzy: 2",
            ("a.yaml:5:5: parts[0].xyzzy: unknown key; expected one of name, kind, count, day, is_new"),
        ),
        (
            "schema: test/1",
            "schema: test/2",
            (
                "a.yaml:1:9: schema: this is not one of the words known here; "
                "found 'test/2'; expected test/1; did you mean 'test/1'?"
            ),
        ),
        (
            "schema: test/1",
            "schema: test/1\namount: [1]",
            ("a.yaml:2:9: amount: this is not a whole number; found a list; expected a number such as 3"),
        ),
        (
            "schema: test/1",
            "schema: test/1\nnotes: {a: short, but true}",
            "a.yaml:2:19: notes.but true: is empty; put a text that holds a comma in quotes",
        ),
    ],
)
def test_each_kind_of_fault_has_its_sentence(found: str, instead: str, message: str):
    assert found in GOOD
    assert said(GOOD.replace(found, instead)) == [message]


def test_all_faults_are_told_in_the_order_of_the_file():
    text = "parts:\n  - name: ''\n    kinds: tablet\n  - 5\nschema: test/1\n"
    assert said(text) == [
        "a.yaml:2:5: parts[0].kind: is missing; expected tablet or patch",
        "a.yaml:2:11: parts[0].name: the text is empty",
        "a.yaml:3:5: parts[0].kinds: unknown key; did you mean 'kind'?",
        "a.yaml:4:5: parts[1]: keys with values belong here; found 5",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("schema: test/1\nparts: tablet\n", "a.yaml:2:8: parts: a list belongs here; found 'tablet'; write [tablet]"),
        (
            "schema: test/1\nparts: {name: a}\n",
            ("a.yaml:2:8: parts: a list belongs here; found keys and values; put a hyphen before each entry"),
        ),
        ("schema: test/1\nparts: []\n", "a.yaml:2:8: parts: the list is empty"),
        ("- schema: test/1\n", "a.yaml:1:1: keys with values belong here; found a list"),
    ],
)
def test_a_list_that_is_none_is_told_how_it_is_written(text: str, message: str):
    assert said(text) == [message]


def test_without_the_model_an_unknown_key_is_still_refused_but_nothing_is_suggested():
    assert said(GOOD + "part: 3\n", None) == ["a.yaml:5:1: part: unknown key"]


def test_keys_are_found_through_lists_and_options():
    assert keys_at(Whole, ()) == ("schema", "parts", "notes", "amount")
    assert keys_at(Whole, ("parts", 3)) == ("name", "kind", "count", "day", "is_new")
    assert keys_at(Whole, ("notes",)) == ()
    assert keys_at(Whole, ("nothing", "there")) == ()


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        (None, "nothing"),
        (True, "true"),
        (False, "false"),
        (30, "30"),
        ("30", "'30'"),
        (0.5, "0.5"),
        pytest.param(10**5000, "a very long number", id="number of 5000 digits"),
        ([1], "a list"),
        ({"a": 1}, "keys and values"),
        ("x" * 80, "'" + "x" * 59 + "…'"),
    ],
)
def test_a_value_is_quoted_short_and_as_it_was_written(value: Any, quoted: str):
    assert shown(value) == quoted


def test_words_are_listed_as_a_sentence_lists_them():
    assert listed_words(["a"]) == "a"
    assert listed_words(["a", "b"]) == "a or b"
    assert listed_words(["a", "b", "c"], "and") == "a, b and c"
