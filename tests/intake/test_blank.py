"""The blank case of ``imr new``: it says what to fill in, loads once that is done, and its examples load too."""

from __future__ import annotations

import re

import pytest

from imr_engine.data.yaml_source import read_yaml
from imr_engine.errors import CaseError
from imr_engine.intake import blank_case, load_case
from imr_engine.intake.shape import known_sections

FILLED = {
    "id:": "id: case-17",
    "  injury:": "  injury: 2009-07-03",
    "  request:": "  request: 10/22/2014",
    "  age:": "  age: 47",
    "  work_status:": "  work_status: off_work",
    "  - id:": "  - id: norco",
    "    drug:": "    drug: Norco",
    "    strength:": "    strength: 10/325 mg",
    "    quantity:": "    quantity: 120",
    "    with_medication:": "    with_medication: 4/10",
    "  specialty:": "  specialty: pain management",
}


def filled(text: str) -> str:
    """The text with its blanks filled in as someone would who reads the comments."""
    for blank, entry in FILLED.items():
        text, times = re.subn(rf"(?m)^{blank}(?= |$)", entry, text)
        assert times == 1, blank
    return text


def with_examples(text: str) -> str:
    """The text with the ``#`` removed from every line that is an example."""
    header, _, body = text.partition("schema:")
    return f"{header}schema:" + re.sub(r"(?m)^#(  +(?:- |[a-z_]+:).*)$", r"\1", body)


def test_a_blank_case_says_what_has_to_be_filled_in_and_nothing_else():
    with pytest.raises(CaseError) as caught:
        load_case(blank_case(), "new.yaml")
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        ("id", "is empty"),
        ("dates.injury", "is empty"),
        ("dates", "no date but that of the injury is given, so that no age or duration can be counted"),
        ("requests[0].id", "is empty"),
        ("requests[0]", "a request has neither a drug nor a service"),
    ]


def test_a_blank_case_loads_once_it_is_filled_in():
    case = load_case(filled(blank_case())).case
    assert case.dates.request is not None
    assert (case.id, case.dates.request.isoformat(), case.requests[0].quantity) == ("case-17", "2014-10-22", 120)
    assert case.documentation.adverse_effects is None
    assert case.medications is None


def test_every_example_in_its_comments_loads_when_it_is_put_to_use():
    used = with_examples(filled(blank_case()))
    case = load_case(used).case
    assert [request.id for request in case.requests] == ["norco", "visits"]
    assert case.medications is not None
    assert [line.drug for line in case.medications.items] == ["Norco", "metoprolol"]
    empty = [name for name, value in case.documentation if value is None]
    assert empty == []


def test_every_section_of_a_case_stands_in_it():
    written = read_yaml(blank_case()).value
    for way in known_sections():
        first, _, second = way.replace("[]", "").partition(".")
        assert not first or first in written
        assert first != "documentation" or not second or second.split(".")[0] in written["documentation"]


def test_it_fits_the_screen_it_is_written_on():
    assert max(len(line) for line in blank_case().splitlines()) <= 120
