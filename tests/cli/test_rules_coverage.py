"""``imr rules coverage`` prints what cases show of the rules, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from golden import CASES, EXAMPLES

from imr_engine.cli.main import main
from imr_engine.verify.variants import read_variants

SEED = str(EXAMPLES / "seed-003.yaml")


def test_a_case_and_a_file_of_variants_are_counted_together(capsys: pytest.CaptureFixture[str]):
    variants = read_variants(CASES / "edges-visits.yaml")
    requests = 3 + sum(len(variant.case["requests"]) for variant in variants)
    assert main(["rules", "coverage", SEED, str(CASES / "edges-visits.yaml")]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"{1 + len(variants)} cases with {requests} requests\n")
    assert max(map(len, printed.splitlines())) <= 80
    assert "benzodiazepine-four-weeks (require)\n  applied 3: not met 3; decided 3, alone 3" in printed
    assert "carisoprodol-not-recommended (defeat)\n  applied to no request\n" in printed


def test_the_json_says_the_same(capsys: pytest.CaptureFixture[str]):
    assert main(["rules", "coverage", "--format", "json", SEED]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "imr-coverage/1"
    assert (found["cases"], found["requests"], found["ungoverned"]) == (1, 3, 0)
    ceiling = next(entry for entry in found["criteria"] if entry["id"] == "opioid-dose-ceiling")
    assert ceiling["statuses"] == {"met": 0, "not_met": 2, "not_documented": 0, "not_computable": 0}
    assert {point["what"] for point in ceiling["points"]} == {
        "opioid_dose_total at $opioid_dose_ceiling",
        "opioid_dose_total just over $opioid_dose_ceiling",
    }
    for share in found["shares"].values():
        assert share["percent"] == 100 * share["seen"] // share["of"]


def test_a_folder_of_rules_can_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["rules", "coverage", "--rules", str(tmp_path / "none"), SEED]) == 2
    assert "there is no such folder of rules" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    broken = tmp_path / "broken.yaml"
    broken.write_text("schema: imr-case/1\nid: broken\n", encoding="utf-8")
    assert main(["rules", "coverage", str(broken), SEED]) == 2
    captured = capsys.readouterr()
    assert captured.out.startswith("1 case with 3 requests\n")
    assert "broken.yaml" in captured.err


def test_one_criterion_can_be_asked_for(capsys: pytest.CaptureFixture[str]):
    assert main(["rules", "coverage", "--criterion", "opioid-dose-ceiling", SEED]) == 0
    printed = capsys.readouterr().out
    assert "criteria that applied           1 of 1    100 %" in printed
    assert "opioid-dose-ceiling (require)" in printed
    assert "opioid-taper" not in printed
    assert main(["rules", "coverage", "--criterion", "opioid-dose-cieling", SEED]) == 2
    assert "opioid-dose-ceiling" in capsys.readouterr().err
