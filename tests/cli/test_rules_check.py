"""``imr rules check`` and ``imr rules diff``: what authors see, and the exit codes that their scripts go by."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from verify.rulebooks.edits import SHIPPED, edited

from imr_engine.cli import main as frame
from imr_engine.verify import check as checking

SOMA = ("mtus-2009/muscle-relaxants.yaml", "{ingredient: carisoprodol}", "{ingredient: Soma}")
UNUSED = ("mtus-2009/opioids.yaml", "{at_least: $moderate_pain}", "{at_least: 4 points}")
EXAMPLES = SHIPPED.parent / "examples"


@dataclass(frozen=True)
class Printed:
    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        return " ".join(self.out.split())


Run = Callable[..., Printed]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``imr rules`` with arguments."""

    def ran(*arguments: object) -> Printed:
        code = frame.main(["rules", *map(str, arguments)])
        printed = capsys.readouterr()
        return Printed(code, printed.out, printed.err)

    return ran


def line_of(root: Path, file: str, text: str) -> int:
    """The number of the only line that holds a text."""
    lines = (root / file).read_text(encoding="utf-8").splitlines()
    (number,) = [number for number, line in enumerate(lines, start=1) if text in line]
    return number


# check


def test_the_rules_in_use_pass_the_strict_check_of_their_content(run: Run):
    printed = run("check", "--quick", "--strict")
    assert printed.code == frame.DONE
    assert printed.out.endswith("The check passes (strict).\n")
    assert "no errors, no warnings" in printed.words


def test_a_finding_says_where_what_why_and_what_to_do(run: Run, tmp_path: Path):
    root = edited(tmp_path, SOMA)
    printed = run("check", root, "--quick")
    assert printed.code == frame.CHECK_FAILED
    lines = printed.out.splitlines()
    number = line_of(root, "mtus-2009/muscle-relaxants.yaml", "{ingredient: Soma}")
    at = lines.index(f"{root}/mtus-2009/muscle-relaxants.yaml:{number}:30: error: unknown-ingredient")
    told = " ".join(" ".join(lines[at + 1 : lines.index("", at)]).split())
    assert told == (
        "carisoprodol-not-recommended: no drug is called 'Soma'. Why it matters: the criterion is never asked about "
        "the drug it was meant for. The tables call it carisoprodol."
    )


def test_every_line_for_people_is_at_most_80_columns_wide_where_no_path_is_longer(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    edited(tmp_path, SOMA, UNUSED)
    monkeypatch.chdir(tmp_path)
    printed = run("check", "rules", "--quick")
    assert max(map(len, printed.out.splitlines())) <= 80


@pytest.mark.parametrize(("arguments", "code"), [((), frame.DONE), (("--strict",), frame.CHECK_FAILED)])
def test_a_warning_fails_the_strict_check_alone(run: Run, tmp_path: Path, arguments: tuple[str, ...], code: int):
    printed = run("check", edited(tmp_path, UNUSED), "--quick", *arguments)
    assert printed.code == code
    assert "warning: unused-parameter" in printed.out


def test_a_rulebook_that_does_not_load_is_a_finding_and_not_bad_input(run: Run, tmp_path: Path):
    root = edited(tmp_path, ("parameters.yaml", "value: 3 weeks", "value: 3 mg"))
    printed = run("check", root)
    assert printed.code == frame.CHECK_FAILED
    assert printed.err == ""
    number = line_of(root, "parameters.yaml", "value: 3 mg")
    assert f"parameters.yaml:{number}:35: error: does-not-load" in printed.out
    assert f"{root} does not load: 1 error" in printed.words


def test_a_folder_that_does_not_exist_is_told_once(run: Run, tmp_path: Path):
    printed = run("check", tmp_path / "nowhere")
    assert printed.code == frame.CHECK_FAILED
    assert printed.out.count("there is no such folder of rules") == 1


def test_without_the_solver_the_strict_check_fails_and_says_how_to_install_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(checking, "find_spec", lambda _name: None)
    assert run("check").code == frame.DONE
    printed = run("check", "--strict")
    assert printed.code == frame.CHECK_FAILED
    assert "pip install 'imr-engine[prove]'" in printed.words


def test_the_report_for_programs_holds_every_finding_with_its_place(run: Run, tmp_path: Path):
    root = edited(tmp_path, SOMA)
    printed = run("check", root, "--quick", "--format", "json")
    data = json.loads(printed.out)
    assert printed.code == frame.CHECK_FAILED
    assert data["schema"] == "imr-rules-check/1"
    assert (data["passes"], data["counts"]["error"], data["behaviour_checked"]) == (False, 1, False)
    (finding,) = [finding for finding in data["findings"] if finding["severity"] == "error"]
    assert (finding["file"], finding["line"], finding["code"]) == (
        "mtus-2009/muscle-relaxants.yaml",
        line_of(root, "mtus-2009/muscle-relaxants.yaml", "{ingredient: Soma}"),
        "unknown-ingredient",
    )


def test_the_report_for_editors_is_sarif(run: Run, tmp_path: Path):
    printed = run("check", edited(tmp_path, SOMA), "--quick", "--format", "sarif")
    assert printed.code == frame.CHECK_FAILED
    log = json.loads(printed.out)
    assert log["version"] == "2.1.0"
    assert "unknown-ingredient" in {result["ruleId"] for result in log["runs"][0]["results"]}


def test_an_unknown_kind_is_bad_input_with_a_suggestion(run: Run):
    printed = run("check", "--kind", "opioids")
    assert printed.code == frame.BAD_INPUT
    assert printed.err == "error: kind: no request is of the kind 'opioids'; did you mean 'opioid'?\n"


def test_a_case_that_is_printed_with_a_finding_can_be_handed_to_predict(run: Run, tmp_path: Path):
    pytest.importorskip("z3")
    added = """\
  - id: relaxant-this-week
    title: The exacerbation is of this week
    applies_to: {class: muscle_relaxant}
    effect: support
    when: {days_since_flare: {at_most: 7 days}}
    cite: {section: Muscle relaxants, source: seed-000, confidence: seen}
    says: {rule: for a flare-up, met: It is., not_met: It is not., not_documented: It is not on record.}
"""
    printed = run("check", edited(tmp_path, ("mtus-2009/muscle-relaxants.yaml", "", added)), "--kind", "hypnotic")
    shown = [line[6:] for line in printed.out.splitlines() if line.startswith("      ")]
    case = tmp_path / "case.yaml"
    case.write_text("\n".join(shown) + "\n", encoding="utf-8")
    assert frame.main(["predict", str(case)]) == frame.DONE


# diff


def test_equal_rulebooks_are_said_to_be_equal(run: Run):
    printed = run("diff", SHIPPED, SHIPPED)
    assert printed.code == frame.DONE
    assert printed.out.startswith("The rulebooks say the same, word by word.\n")


def test_a_change_of_a_limit_is_shown_with_a_case_and_both_rationales(run: Run, tmp_path: Path):
    pytest.importorskip("z3")
    new = edited(tmp_path, ("parameters.yaml", "value: 4 weeks, source: seed-003", "value: 2 weeks, source: seed-003"))
    printed = run("diff", SHIPPED, new)
    assert printed.code == frame.DONE
    assert "was: 4 weeks from 2009-07-18" in printed.words
    assert "From overturned to upheld, for requests of: benzodiazepine" in printed.words
    assert "Now: UPHELD by benzodiazepine-four-weeks" in printed.words
    assert printed.words.count("A denial") + printed.words.count("a denial") >= 2
    assert max(map(len, printed.out.splitlines())) <= 80


def test_given_cases_are_said_to_change_or_not(run: Run, tmp_path: Path):
    stricter = "of: [opioid-dose-ceiling]\n    when:\n      all:\n"
    added = stricter + "        - {cancer_or_palliative: true}\n"
    new = edited(tmp_path, ("mtus-2009/opioids.yaml", stricter, added))
    cases = [word for number in range(5) for word in ("--cases", EXAMPLES / f"seed-00{number}.yaml")]
    data = json.loads(run("diff", SHIPPED, SHIPPED, *cases, "--format", "json").out)
    assert (data["schema"], data["changes"], data["outcomes"], data["cases"]) == ("imr-rules-diff/1", [], [], [])
    assert "Of 5 given cases, none changes." in run("diff", SHIPPED, SHIPPED, *cases).out
    printed = run("diff", SHIPPED, new, *cases)
    assert "Of 5 given cases, 1 changes:" in printed.out
    assert "seed-003, request oxycontin, changes its outcome" in printed.words


def test_a_case_that_cannot_be_read_is_bad_input_and_the_rest_is_done(run: Run, tmp_path: Path):
    printed = run("diff", SHIPPED, SHIPPED, "--cases", tmp_path / "none.yaml", "--cases", EXAMPLES / "seed-003.yaml")
    assert printed.code == frame.BAD_INPUT
    assert printed.err.startswith("error: ")
    assert "Of 1 given case, none changes." in printed.out


@pytest.mark.parametrize("side", [0, 1])
def test_a_rulebook_that_does_not_load_cannot_be_compared(run: Run, tmp_path: Path, side: int):
    broken = edited(tmp_path, ("parameters.yaml", "value: 3 weeks", "value: 3 mg"))
    pair = [SHIPPED, SHIPPED]
    pair[side] = broken
    printed = run("diff", *pair)
    assert printed.code == frame.BAD_INPUT
    assert "parameters.relaxant_course_limit.values[0].value: expected a number of days" in printed.err
