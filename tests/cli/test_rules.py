"""``imr rules``: every criterion in words, with the numbers and names that an author would change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from imr_engine.cli import main as frame
from imr_engine.rulebook import Rulebook, load_rulebook
from imr_engine.rulebook.model import ParameterValue

RULEBOOK = load_rulebook()
IDS = [criterion.id for criterion in RULEBOOK.criteria]


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]):
    """Run ``imr rules`` with arguments; what it prints."""

    def run(*arguments: str) -> str:
        assert frame.main(["rules", *arguments]) == frame.DONE
        printed = capsys.readouterr()
        assert printed.err == ""
        return printed.out

    return run


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> list[Rulebook]:
    """Puts a rulebook of the test's own in the place of the shipped one."""
    held: list[Rulebook] = []
    monkeypatch.setattr("imr_engine.rulebook.load_rulebook", lambda: held[0])
    return held


def words(text: str) -> str:
    """What is printed as one line, wherever it was wrapped."""
    return " ".join(text.split())


def test_the_list_names_every_criterion_once_with_its_effect_and_title(shown):
    printed = shown("list")
    for criterion in RULEBOOK.criteria:
        assert printed.count(f"    {criterion.effect.value:8} {criterion.id}\n") == 1
        assert criterion.title in words(printed)


def test_the_list_says_which_guidelines_govern_when_and_in_which_order(shown):
    printed = words(shown("list"))
    assert "requests from 2009-07-18 to 2016-07-28" in printed
    assert "in the order in which they speak: mtus-2009, acoem-2004, odg." in printed
    assert "review-practice: What Independent Medical Review holds of any request (joins" in printed


def test_the_list_explains_each_effect(shown):
    lines = shown("list").splitlines()
    for effect in ("require", "support", "defeat", "excuse", "note"):
        assert sum(line.startswith(f"  {effect:8} ") for line in lines) == 1


@pytest.mark.parametrize("name", [*IDS, "list"])
def test_nothing_that_is_printed_is_wider_than_eighty_columns(name: str, shown):
    printed = shown("list") if name == "list" else shown("show", name)
    assert [line for line in printed.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("name", IDS)
def test_no_label_runs_into_its_text(name: str, shown):
    for line in shown("show", name).splitlines()[1:]:
        # A name of a fact or a parameter stands alone on its line.
        if line[2] != " " and " " in line.strip():
            assert line[15] == " ", line
            assert line[16] != " ", line


def test_a_criterion_is_shown_with_its_citation_scope_effect_and_place(shown):
    printed = words(shown("show", "opioid-dose-ceiling"))
    assert printed.startswith("opioid-dose-ceiling: The total of all opioids stays at or under the ceiling")
    assert "Guideline MTUS Chronic Pain Medical Treatment Guidelines, 18 July 2009" in printed
    assert "Cited Opioids, dosing, pp. 86-87 (read in seed-003; seen)" in printed
    assert "File mtus-2009/opioids.yaml:" in printed
    assert "Applies to class opioid; phase start, continue, increase or unstated" in printed
    assert "Effect require: necessary;" in printed


def test_a_parameter_is_shown_by_value_and_name_with_its_source(shown):
    printed = words(shown("show", "opioid-dose-ceiling"))
    assert "the total of all opioids is at most 120 MME/day ($opioid_dose_ceiling)" in printed
    assert "- 120 MME/day from 2009-07-18 on (read in seed-003; seen)" in printed


def test_a_parameter_that_changes_is_shown_with_each_value_and_its_date(shown, changed):
    ceiling = RULEBOOK.parameters["opioid_dose_ceiling"]
    later = ParameterValue(date(2016, 7, 29), Fraction(90), "90 MME/day", "a test", "doubtful")
    parameter = replace(ceiling, values=(*ceiling.values, later))
    changed.append(replace(RULEBOOK, parameters={**RULEBOOK.parameters, parameter.name: parameter}))
    printed = words(shown("show", "opioid-dose-ceiling"))
    assert "is at most 120 MME/day, 90 MME/day from 2016-07-29 on ($opioid_dose_ceiling)" in printed
    assert "- 90 MME/day from 2016-07-29 on (read in a test; doubtful)" in printed


def test_an_excuse_and_what_it_sets_aside_name_each_other(shown):
    assert "Sets aside opioid-dose-ceiling" in words(shown("show", "opioid-ceiling-cancer"))
    assert "Set aside by opioid-ceiling-pain-management," in words(shown("show", "opioid-dose-ceiling"))


def test_a_long_condition_is_shown_part_by_part(shown):
    lines = [line.strip() for line in shown("show", "opioid-pain-assessment").splitlines()]
    start = lines.index("Met if        any of these holds:")
    assert lines[start + 1 : start + 5] == [
        "- the pain relief from medication is more than 0 points",
        "- at least 3 ($pain_elements_needed) of these 6 hold:",
        "- the current pain is documented",
        "- the least pain since the last assessment is documented",
    ]


def test_the_sentences_of_a_criterion_are_shown_with_when_they_are_said(shown):
    printed = words(shown("show", "opioid-pain-assessment"))
    assert "Rule continued use of an opioid calls for a documented review" in printed
    assert (
        "Says if met and the pain relief from medication is more than 0 points: Pain is recorded as {pain_reduction}."
        in printed
    )
    assert "Says if not met: The scores on record show no relief" in printed


def test_a_note_says_for_which_outcome_it_is_kept(shown):
    assert "Said only if the denial is expected to be upheld" in words(shown("show", "weaning"))


@pytest.mark.parametrize("name", IDS)
def test_every_fact_and_parameter_that_a_criterion_reads_is_explained(name: str, shown):
    from imr_engine.rulebook.tree import facts_of, parameters_of

    printed = shown("show", name)
    criterion = next(criterion for criterion in RULEBOOK.criteria if criterion.id == name)
    for fact in facts_of(criterion.when):
        assert f"\n  {fact}\n" in printed
        assert words(RULEBOOK.facts[fact].meaning) in words(printed)
    for parameter in parameters_of(criterion.when):
        assert f"\n  ${parameter}\n" in printed
        assert words(RULEBOOK.parameters[parameter].meaning) in words(printed)


def test_several_criteria_are_shown_one_after_another(shown):
    both = shown("show", "weaning", "opioid-taper")
    assert both == shown("show", "weaning") + "\n" + shown("show", "opioid-taper")


def test_a_misspelt_id_is_bad_input_and_answered_with_the_one_that_was_meant(capsys: pytest.CaptureFixture[str]):
    assert frame.main(["rules", "show", "opioid-dose-celing"]) == frame.BAD_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.endswith(
        "error: there is no criterion 'opioid-dose-celing'; did you mean 'opioid-dose-ceiling'?\n"
    )


def test_an_id_like_no_other_is_answered_with_where_the_ids_are(capsys: pytest.CaptureFixture[str]):
    assert frame.main(["rules", "show", "zzz"]) == frame.BAD_INPUT
    assert capsys.readouterr().err.endswith("error: there is no criterion 'zzz'; 'imr rules list' lists them\n")


def test_nothing_is_shown_where_one_of_several_ids_is_unknown(capsys: pytest.CaptureFixture[str]):
    assert frame.main(["rules", "show", "weaning", "zzz"]) == frame.BAD_INPUT
    assert capsys.readouterr().out == ""


def test_an_id_is_asked_for_where_none_is_given(capsys: pytest.CaptureFixture[str]):
    assert frame.main(["rules", "show"]) == frame.BAD_INPUT
    assert "Missing argument 'ID...'" in capsys.readouterr().err
