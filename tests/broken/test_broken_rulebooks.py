"""Every faulty rulebook of rulebooks/faults.yaml gets exactly its messages, all at once and in order."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from imr_engine.cli import main as frame
from imr_engine.data.yaml_source import read_yaml
from imr_engine.errors import Problem, RulebookError
from imr_engine.inference.rete import check_compilable
from imr_engine.rulebook import load_rulebook, loader, rulebook_from

HERE = Path(__file__).parent / "rulebooks"
GOOD = HERE / "good"
FAULTS: dict[str, dict[str, Any]] = read_yaml(HERE / "faults.yaml").value["faults"]


def changed(name: str, folder: Path) -> Path:
    """The sound rulebook with the change that a fault describes."""
    root = folder / "rules"
    shutil.copytree(GOOD, root)
    for change in FAULTS[name]["change"]:
        file = root / change["file"]
        if "from" in change:
            text = file.read_text(encoding="utf-8")
            assert change["from"] in text, f"{name} replaces a text that {file.name} does not hold"
            file.write_text(text.replace(change["from"], change["to"]), encoding="utf-8")
        elif change.get("remove"):
            file.unlink()
        else:
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(change["text"].encode() if "text" in change else bytes.fromhex(change["bytes"]))
    return root


def problems(root: Path) -> tuple[Problem, ...]:
    with pytest.raises(RulebookError) as caught:
        rulebook_from(root)
    return caught.value.problems


def test_the_rulebook_that_the_faults_change_is_sound():
    rulebook = rulebook_from(GOOD)
    assert check_compilable(rulebook) == []
    assert len(rulebook.criteria) == 7


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_rulebook_gets_exactly_its_messages(name: str, tmp_path: Path):
    found = problems(changed(name, tmp_path))
    assert [str(problem) for problem in found] == FAULTS[name]["says"]
    # What stands at a path has a place; what is said of a file as a whole may have none.
    assert all(problem.place.line and problem.place.column for problem in found if problem.path)


def test_there_are_at_least_thirty_faulty_rulebooks():
    assert len(FAULTS) >= 30


def test_no_two_faults_are_the_same_change():
    assert len({repr(fault["change"]) for fault in FAULTS.values()}) == len(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_no_message_about_a_rulebook_shows_the_machinery_behind_it(name: str):
    text = "\n".join(FAULTS[name]["says"])
    for word in ("Traceback", "pydantic", "https://", "type=", "Input should", "Value error", "Fraction(", "Decimal("):
        assert word not in text


def test_the_messages_stand_in_the_order_of_files_lines_and_columns(tmp_path: Path):
    found = problems(changed("many-faults-at-once", tmp_path))
    places = [(problem.place.file or "", problem.place.line or 0, problem.place.column or 0) for problem in found]
    assert places == sorted(places)
    assert len({file for file, _, _ in places}) == 6


def test_a_fault_of_a_fact_is_not_told_again_where_the_fact_is_used(tmp_path: Path):
    root = changed("fact-of-an-unknown-unit", tmp_path)
    assert [problem.place.file for problem in problems(root)] == ["facts.yaml"]


def test_a_criterion_that_is_wrong_is_still_there_for_what_excuses_it(tmp_path: Path):
    root = tmp_path / "rules"
    shutil.copytree(GOOD, root)
    file = root / "mtus-2009" / "opioids.yaml"
    file.write_text(
        file.read_text().replace("effect: require\n    when: {opioid", "effect: requires\n    when: {opioid")
    )
    assert [problem.path for problem in problems(root)] == ["dose-ceiling.effect"]


def test_a_folder_that_does_not_exist_is_said_not_to(tmp_path: Path):
    assert [problem.message for problem in problems(tmp_path / "rules")] == ["there is no such folder of rules"]


def test_a_condition_that_the_rules_engine_cannot_run_is_named_with_its_criterion_and_line(tmp_path: Path):
    root = tmp_path / "rules"
    shutil.copytree(GOOD, root)
    file = root / "mtus-2009" / "opioids.yaml"
    given = "{opioid_dose_total: {at_most: $opioid_dose_ceiling}}"
    beyond = file.read_text().replace(given, "{patch_dose: {at_most: 999999999 g}}")
    beyond = beyond.replace("exceed {opioid_dose_ceiling}", "exceed it").replace("{opioid_dose_total}", "{patch_dose}")
    file.write_text(beyond)
    # The loader reads it, since it is exact; only the engine's whole numbers do not reach so far.
    (problem,) = check_compilable(rulebook_from(root))
    assert str(problem.place) == "mtus-2009/opioids.yaml:5:9"
    assert problem.path == "dose-ceiling"
    assert "patch_dose cannot be compared exactly by the rules engine" in problem.message


def test_the_command_ends_with_the_messages_and_the_code_of_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    root = changed("many-faults-at-once", tmp_path)
    monkeypatch.setattr(loader, "folder", lambda _name: root)
    load_rulebook.cache_clear()
    try:
        assert frame.main(["rules", "list"]) == frame.BAD_INPUT
    finally:
        load_rulebook.cache_clear()
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [f"error: {message}" for message in FAULTS["many-faults-at-once"]["says"]]
