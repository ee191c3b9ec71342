"""Every broken case of this folder gets exactly the messages that stand in expected.yaml, and gets them quickly."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from imr_engine.data.yaml_source import read_yaml
from imr_engine.errors import DataFileError, SourceError
from imr_engine.intake import load_case

HERE = Path(__file__).parent
EXPECTED: dict[str, list[str]] = read_yaml(HERE / "expected.yaml").value
CATEGORIES = ("yaml", "date", "dose", "pain", "reference", "drug")
# Loading is a matter of milliseconds; the first case of a run also pays for the drug tables.
LONGEST_SECONDS = 2.0


def messages(source: Path) -> list[str]:
    with pytest.raises(SourceError) as caught:
        load_case(source, source.name)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_broken_case_gets_exactly_its_messages(name: str):
    assert messages(HERE / "cases" / name) == EXPECTED[name]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_broken_case_is_refused_quickly(name: str):
    started = time.process_time()
    messages(HERE / "cases" / name)
    assert time.process_time() - started < LONGEST_SECONDS


def test_every_broken_case_has_its_messages_and_every_message_its_case():
    assert sorted(EXPECTED) == sorted(path.name for path in (HERE / "cases").iterdir())


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_category_has_at_least_three_broken_cases(category: str):
    assert sum(name.startswith(f"{category}-") for name in EXPECTED) >= 3


def test_there_are_at_least_sixty_broken_cases():
    assert len(EXPECTED) >= 60


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_no_message_shows_the_machinery_behind_it(name: str):
    text = "\n".join(messages(HERE / "cases" / name))
    for word in ("Traceback", "pydantic", "https://", "type=", "Input should", "libyaml", "scanning", "Error"):
        assert word not in text


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_a_log_may_hold_quotes_nothing_of_the_case(name: str):
    with pytest.raises(SourceError) as caught:
        load_case(HERE / "cases" / name, name)
    for problem in caught.value.problems:
        logged = str(problem.without_values())
        assert not [
            value for value in ("2014-11-05", "2008-05-14", "oxycontin", "visit", "47") if f" {value}" in logged
        ]


def test_a_repaired_case_of_this_folder_loads():
    broken = (HERE / "cases" / "dose-quantity-0.yaml").read_text(encoding="utf-8")
    assert load_case(broken.replace("quantity: 0", "quantity: 60")).case.requests[0].quantity == 60


def test_a_file_that_cannot_be_read_is_told_from_a_case_that_is_wrong():
    with pytest.raises(DataFileError):
        load_case(HERE / "cases" / "yaml-alias-bomb.yaml")
