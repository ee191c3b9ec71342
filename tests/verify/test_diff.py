"""``compare``: what an edit changes in the files, and which outcomes it turns, over all cases and over given ones."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from verify.rulebooks.edits import SHIPPED, edited

from imr_engine.api import load_rulebook, predict
from imr_engine.cli.rules_check import is_a_case
from imr_engine.errors import RulebookError
from imr_engine.intake import load_case
from imr_engine.prediction import Outcome
from imr_engine.rulebook import Rulebook, rulebook_from
from imr_engine.verify import diff, revisions
from imr_engine.verify.changes import Change, Respect, changes
from imr_engine.verify.diff import compare, compare_cases
from imr_engine.verify.revisions import is_revision, unpacked

OPIOIDS, BENZODIAZEPINES = "mtus-2009/opioids.yaml", "mtus-2009/benzodiazepines.yaml"
EXAMPLES = SHIPPED.parent / "examples"
UPHELD, OVERTURNED, UNDETERMINED = Outcome.UPHELD, Outcome.OVERTURNED, Outcome.UNDETERMINED


@pytest.fixture
def shipped() -> Rulebook:
    return load_rulebook()


@pytest.fixture
def edit(tmp_path: Path):
    """A rulebook with edits of the shipped files."""

    def make(*edits: tuple[str, str, str]) -> Rulebook:
        return rulebook_from(edited(tmp_path, *edits))

    return make


# what was changed


def respects(found: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(change.what, change.name, change.respect.value) for change in found]


def test_a_rulebook_does_not_differ_from_itself(shipped):
    assert changes(shipped, shipped) == ()


def test_a_new_title_is_a_change_of_words_and_of_nothing_else(shipped, edit):
    new = edit((BENZODIAZEPINES, "A benzodiazepine is given for at most four weeks", "At most four weeks"))
    (change,) = changes(shipped, new)
    assert (change.respect, change.part) == (Respect.WORDS, "title")
    assert (change.before, change.after) == ("A benzodiazepine is given for at most four weeks", "At most four weeks")


def test_another_page_is_a_change_of_the_citation(shipped, edit):
    new = edit(("mtus-2009/weaning.yaml", 'pages: "124"', 'pages: "125"'))
    assert respects(changes(shipped, new)) == [("criterion", "weaning", "citation")]


def test_a_changed_condition_is_shown_in_words_before_and_after(shipped, edit):
    new = edit((OPIOIDS, "{failed_nonopioid_trials: {at_least: 1}}", "{failed_nonopioid_trials: {at_least: 2}}"))
    (change,) = changes(shipped, new)
    assert (change.name, change.respect, change.part) == ("opioid-trial-nonopioid-failed", Respect.MEANING, "when")
    assert change.before is not None and change.before.endswith("is at least 1")
    assert change.after is not None and change.after.endswith("is at least 2")


def test_a_changed_value_is_a_change_of_meaning_and_its_source_one_of_citation(shipped, edit):
    old = "value: 120 MME/day, source: seed-003"
    new = edit(("parameters.yaml", old, "value: 100 MME/day, source: a letter"))
    assert respects(changes(shipped, new)) == [
        ("parameter", "opioid_dose_ceiling", "meaning"),
        ("parameter", "opioid_dose_ceiling", "citation"),
    ]


def test_what_is_added_and_what_is_removed_are_told_apart(shipped, edit):
    new = edit((OPIOIDS, "id: opioid-returned-to-work", "id: opioid-back-at-work"))
    assert set(respects(changes(shipped, new))) == {
        ("criterion", "opioid-returned-to-work", "removed"),
        ("criterion", "opioid-back-at-work", "added"),
    }


def test_another_order_of_the_kinds_is_a_change_of_meaning(shipped):
    turned = Rulebook(
        shipped.facts, shipped.parameters, shipped.guidelines, shipped.editions, shipped.kinds[::-1], shipped.scales, ""
    )
    assert respects(changes(shipped, turned)) == [("kind", "all", "meaning")]


# which outcomes turn


def directions(old: Rulebook, new: Rulebook) -> set[tuple[Outcome, Outcome]]:
    return {(turn.before, turn.after) for turn in compare(old, new).turns}


def test_nothing_is_left_to_prove_of_equal_rulebooks(shipped):
    found = compare(shipped, rulebook_from(SHIPPED))
    assert not found.changes_an_outcome and found.proved
    assert found.compared == 0 and found.same > 0


def test_a_higher_ceiling_only_turns_denials_round(shipped, edit):
    found = compare(shipped, edit(("parameters.yaml", "value: 120 MME/day", "value: 200 MME/day")))
    assert {(turn.before, turn.after) for turn in found.turns} >= {(UPHELD, OVERTURNED)}
    assert not any(turn.after is UPHELD for turn in found.turns)


def test_a_turn_comes_with_a_case_that_both_rulebooks_decide_so(shipped, edit):
    new = edit(("parameters.yaml", "value: 4 weeks, source: seed-003", "value: 2 weeks, source: seed-003"))
    found = compare(shipped, new, lambda case, book: f"{case['requests'][0]['id']} by {book.digest[:4]}", is_a_case)
    (turn,) = [turn for turn in found.turns if (turn.before, turn.after) == (OVERTURNED, UPHELD)]
    assert turn.case is not None and turn.old is not None and turn.new is not None
    for rulebook, side in ((shipped, turn.old), (new, turn.new)):
        (determination,) = predict(turn.case, rulebook=rulebook).determinations
        assert determination.outcome is side.outcome
        assert determination.deciding == side.deciding
        assert side.rationale == f"request by {rulebook.digest[:4]}"
    assert turn.new.deciding == ("benzodiazepine-four-weeks",)
    assert all("benzodiazepine" in kind for kind in turn.kinds)


def test_the_same_meaning_in_other_words_turns_nothing(shipped, edit):
    old = "when: {course_days: {at_most: $benzodiazepine_course_limit}}"
    new = "when: {not: {course_days: {more_than: $benzodiazepine_course_limit}}}"
    found = compare(shipped, edit((BENZODIAZEPINES, old, new)))
    assert [change.respect for change in found.changes] == [Respect.MEANING]
    assert found.proved and found.turns == () and found.compared > 0


def test_a_first_criterion_for_a_class_decides_what_was_undetermined(shipped, edit):
    added = """\
  - id: hypnotic-insomnia
    title: A hypnotic treats insomnia
    applies_to: {class: hypnotic}
    effect: support
    when: {indication: {is: insomnia}}
    cite: {section: Hypnotics, source: seed-003, confidence: seen}
    says: {rule: hypnotics are for insomnia, met: It is., not_met: It is not., not_documented: Not on record.}
"""
    assert directions(shipped, edit((BENZODIAZEPINES, "", added))) >= {
        (UNDETERMINED, OVERTURNED),
        (UNDETERMINED, UPHELD),
    }


def test_days_that_are_governed_no_more_are_told(shipped, edit):
    found = compare(shipped, edit(("editions.yaml", "before: 2016-07-29", "before: 2016-07-01")))
    assert found.periods == (
        "requests of 2016-07-01 to 2016-07-28 were governed by mtus-2009 and are now undetermined",
    )
    assert found.changes_an_outcome


def test_another_conversion_table_is_said_to_be_beyond_the_proof(shipped, edit):
    found = compare(shipped, edit(("editions.yaml", "conversion_table: mtus-2009", "conversion_table: cdc-2016")))
    assert any("cdc-2016 instead of mtus-2009" in limit for limit in found.limits)


def test_a_fact_of_other_values_is_said_not_to_be_compared(shipped, edit):
    found = compare(
        shipped,
        edit(
            ("facts.yaml", "values: [full_duty, modified_duty, off_work, retired]", "values: [modified_duty, off_work]")
        ),
    )
    assert any("the fact work_status is of another type" in limit for limit in found.limits)


def test_without_the_solver_the_changes_are_told_and_nothing_is_claimed(shipped, edit, monkeypatch):
    monkeypatch.setattr(diff, "find_spec", lambda _name: None)
    found = compare(shipped, edit(("parameters.yaml", "value: 120 MME/day", "value: 200 MME/day")))
    assert found.changes and not found.proved and found.turns == ()
    assert "z3 is not installed" in found.limits[0]


def test_given_cases_are_told_only_where_they_change(shipped, edit):
    cases = [load_case(EXAMPLES / f"seed-00{number}.yaml").case for number in range(5)]
    assert list(compare_cases(cases, shipped, rulebook_from(SHIPPED))) == []
    stricter = "    of: [opioid-dose-ceiling]\n    when:\n      all:\n"
    without = edit((OPIOIDS, stricter, stricter + "        - {cancer_or_palliative: true}\n"))
    turned = {(turn.case, turn.request): turn for turn in compare_cases(cases, shipped, without)}
    assert ("seed-003", "oxycontin") in turned
    assert all(key[0] == "seed-003" for key in turned)
    assert turned["seed-003", "oxycontin"].new.deciding == ("opioid-dose-ceiling",)


# revisions


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two revisions of the shipped rules, the second with another ceiling."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    top = tmp_path / "repository"
    top.mkdir()
    shutil.copytree(SHIPPED, top / "rules")

    def run(*arguments: str) -> None:
        names = ["-c", "user.name=author", "-c", "user.email=author@example.org"]
        subprocess.run([git, *names, *arguments], cwd=top, check=True, capture_output=True)

    run("init", "--quiet")
    run("add", ".")
    run("commit", "--quiet", "-m", "first")
    run("tag", "first")
    file = top / "rules" / "parameters.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("120 MME/day", "100 MME/day"), encoding="utf-8")
    run("commit", "--quiet", "-a", "-m", "second")
    return top


def test_a_revision_is_told_from_a_folder_by_its_prefix():
    assert is_revision("git:HEAD") and not is_revision("rules")


@pytest.mark.parametrize(("name", "value"), [("git:first", 120), ("git:HEAD~1:rules", 120), ("git:HEAD:rules/", 100)])
def test_a_revision_holds_the_rules_as_they_were(repository: Path, tmp_path: Path, name: str, value: int):
    into = tmp_path / "into"
    into.mkdir()
    rulebook = rulebook_from(unpacked(name, into, repository / "rules"))
    assert rulebook.parameters["opioid_dose_ceiling"].values[0].value == value


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("git:third", "git:third: the repository has no revision 'third'"),
        ("git:", "git:: the repository has no revision ''"),
        ("git:--help", "git:--help: the repository has no revision '--help'"),
        ("git:first:rule", "git:first:rule: the revision has no folder 'rule'; name it, as in git:first:FOLDER"),
    ],
)
def test_a_revision_that_is_not_there_is_an_error_that_names_it(
    repository: Path, tmp_path: Path, name: str, message: str
):
    with pytest.raises(RulebookError) as caught:
        unpacked(name, tmp_path, repository)
    assert str(caught.value) == message


def test_a_folder_outside_any_repository_has_no_revisions(tmp_path: Path):
    with pytest.raises(RulebookError, match="is in no git repository"):
        unpacked("git:HEAD", tmp_path, tmp_path)


def test_a_machine_without_git_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(revisions.shutil, "which", lambda _name: None)
    with pytest.raises(RulebookError, match="git is needed to read a revision, and is not installed"):
        unpacked("git:HEAD", tmp_path, tmp_path)
