"""``imr predict`` as a user runs it: several files, both formats, bad input beside good."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from imr_engine.cli import main as frame

ROOT = Path(__file__).resolve().parents[2]
SEED = str(ROOT / "examples" / "seed-004.yaml")
OTHER = str(ROOT / "examples" / "seed-003.yaml")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = frame.main(["predict", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_the_outcome_stands_before_the_reasons_and_these_before_what_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = run(capsys, SEED)
    assert (code, err) == (0, "")
    assert out.index("UPHELD") < out.index("Under the MTUS") < out.index("What would have to be documented")


def test_one_file_gives_one_object_and_several_give_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    one = json.loads(run(capsys, "--format", "json", SEED)[1])
    several = json.loads(run(capsys, "--format", "json", SEED, OTHER)[1])
    assert one["case"] == "seed-004"
    assert [entry["case"] for entry in several] == ["seed-004", "seed-003"]
    assert several[0] == one


def test_the_names_that_programs_rely_on_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(capsys, "--format", "json", OTHER)[1])
    assert {entry["request"]: entry["outcome"] for entry in found["determinations"]} == {
        "klonopin": "upheld",
        "oxycontin": "overturned",
        "dilaudid": "overturned",
    }
    assert found["engine"]["inference"] in {"durable_rules", "plain"}
    assert (found["opioid_dose"]["low"], found["opioid_dose"]["high"]) == (132, 132)


def test_a_bad_file_does_not_keep_the_good_ones_from_being_predicted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema: imr-case/1\nid: x\n", encoding="utf-8")
    code, out, err = run(capsys, str(bad), SEED, str(tmp_path / "absent.yaml"))
    assert code == 2
    assert out.startswith("seed-004: 1 request")
    assert "bad.yaml:1:1: dates: is missing" in err
    assert "absent.yaml: there is no such file" in err
    assert err.endswith("error: 2 of 3 cases could not be predicted\n")


def test_when_no_file_is_good_nothing_is_printed_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = run(capsys, "--format", "json", str(tmp_path / "absent.yaml"))
    assert (code, out) == (2, "")


def test_another_table_is_named_in_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--table", "cdc-2022", OTHER)
    assert code == 0
    assert "150 MME/day" in out
    assert "Conversion table cdc-2022." in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--table", "cdc-2023"), "did you mean 'cdc-2022'?"),
        (("--as-of", "10/22/2014"), "write it as 2014-10-22"),
        (("--engine", "rete"), "is not one of"),
    ],
)
def test_a_bad_option_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    code, out, err = run(capsys, *arguments, SEED)
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err


def test_a_date_outside_every_edition_leaves_all_undetermined_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--as-of", "2016-07-29", SEED)
    assert code == 0
    assert "UNDETERMINED: no outcome is predicted" in out
    assert "No edition in this rulebook governs requests of 2016-07-29." in " ".join(out.split())


def test_how_a_date_was_read_is_told_beside_the_prediction(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    text = Path(SEED).read_text(encoding="utf-8").replace("injury: 2011-09-10", "injury: 09/10/2011")
    case.write_text(text, encoding="utf-8")
    code, out, err = run(capsys, str(case))
    assert code == 0
    assert "UPHELD" in out
    assert err.startswith("note: ")
    assert "read month first, as 10 September 2011" in err


def test_rules_of_another_folder_decide_in_place_of_those_that_ship(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", rules)
    parameters = rules / "parameters.yaml"
    text = parameters.read_text(encoding="utf-8")
    parameters.write_text(
        text.replace("value: 4 weeks, source: seed-003", "value: 200 days, source: seed-003"), "utf-8"
    )
    shipped, other = run(capsys, OTHER)[1], run(capsys, "--rules", str(rules), OTHER)[1]
    assert shipped.count("UPHELD") == 1
    assert "limited to 200 days" in " ".join(other.split())


def test_a_folder_without_rules_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = run(capsys, "--rules", str(tmp_path / "absent"), SEED)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")


def test_the_plain_reading_alone_gives_the_same_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    both, plain = run(capsys, OTHER)[1], run(capsys, "--engine", "plain", OTHER)[1]
    assert both.split("Advice to a clinician")[0] == plain.split("Advice to a clinician")[0]
    assert "plain reading alone" in " ".join(plain.split())
