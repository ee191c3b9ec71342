"""``check``: the shipped rules are sound, and every faulty rulebook is reported at the right place."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from verify.rulebooks.edits import SHIPPED, edited

from imr_engine.api import load_rulebook, predict
from imr_engine.cli.rules_check import is_a_case
from imr_engine.data.yaml_source import read_yaml
from imr_engine.errors import Place, Problem, RulebookError
from imr_engine.verify import check as checking
from imr_engine.verify import content
from imr_engine.verify.check import check
from imr_engine.verify.findings import CODES, Report, RulebookFinding, Severity

HERE = Path(__file__).parent / "rulebooks"
FAULTS: dict[str, dict[str, Any]] = read_yaml(HERE / "faults.yaml").value["faults"]
STATIC = [name for name, fault in FAULTS.items() if fault.get("quick")]
BEHAVIOURAL = [name for name, fault in FAULTS.items() if not fault.get("quick")]


def changed(name: str, into: Path) -> Path:
    """The shipped rules with the change that a fault describes."""
    edits = FAULTS[name]["change"]
    return edited(
        into, *((edit["file"], edit.get("from", ""), edit["to"] if "to" in edit else edit["add"]) for edit in edits)
    )


def told(finding: RulebookFinding, root: Path) -> dict[str, str]:
    """A finding in the form in which a fault expects it, with the whole line that it points at."""
    found = {"code": finding.code, "rule": finding.rule}
    if finding.place.line is not None:
        assert finding.place.file is not None
        lines = (root / finding.place.file).read_text(encoding="utf-8").splitlines()
        found |= {"at": finding.place.file, "line": lines[finding.place.line - 1].strip()}
    return found


def weighty(report: Report) -> list[RulebookFinding]:
    return [finding for finding in report.findings if finding.severity is not Severity.NOTE]


def assert_found(name: str, report: Report, root: Path) -> None:
    """Everything above a note is what the fault expects, at its line."""
    found = [told(finding, root) for finding in weighty(report)]
    expected = FAULTS[name]["finds"]
    if not report.behaviour and not any(entry["code"] == "behaviour-not-checked" for entry in found):
        expected = [entry for entry in expected if entry["code"] != "behaviour-not-checked"]
    summary = [{key: entry[key] for key in ("code", "rule", "at") if key in entry} for entry in found]
    assert sorted(map(repr, summary)) == sorted(
        repr({key: entry[key] for key in ("code", "rule", "at") if key in entry}) for entry in expected
    )
    for entry in expected:
        if "line" in entry:
            assert any(line["line"].startswith(entry["line"]) for line in found if line.get("line")), found


def test_there_are_at_least_thirty_faulty_rulebooks():
    assert len(FAULTS) >= 30


def test_no_two_faults_are_the_same_change():
    assert len({repr(fault["change"]) for fault in FAULTS.values()}) == len(FAULTS)


@pytest.mark.parametrize("name", STATIC)
def test_a_fault_of_content_is_reported_at_its_place_without_the_solver(name: str, tmp_path: Path):
    root = changed(name, tmp_path)
    assert_found(name, check(root, quick=True), root)


@pytest.mark.parametrize("name", BEHAVIOURAL)
def test_a_fault_of_behaviour_is_no_fault_of_content(name: str, tmp_path: Path):
    assert weighty(check(changed(name, tmp_path), quick=True)) == []


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if FAULTS[name].get("slow") else ()) for name in BEHAVIOURAL]
)
def test_a_fault_of_behaviour_is_reported_at_its_place_with_a_case_that_shows_it(name: str, tmp_path: Path):
    pytest.importorskip("z3")
    root = changed(name, tmp_path)
    fault = FAULTS[name]
    # The laws are proved for the kinds that the fault names, since all of them take half a minute.
    report = check(root, kinds=fault.get("laws_of", ()), accepts=is_a_case)
    assert_found(name, report, root)
    for finding in weighty(report):
        assert (finding.case is not None) == fault.get("case", False)
        if finding.case is not None:
            assert finding.shows
            # It is a case of the edited rulebook, which every reading decides alike.
            prediction = predict(finding.case, rulebook=load_rulebook(root))
            statuses = {entry.criterion for entry in prediction.determinations[0].findings}
            assert finding.rule in statuses


@pytest.mark.parametrize("name", ["require-within-another", "overlapping-bands"])
def test_nothing_can_be_left_out_of_a_case_that_shows_a_fault(name: str, tmp_path: Path):
    pytest.importorskip("z3")
    (finding,) = weighty(check(changed(name, tmp_path), kinds=(), accepts=is_a_case))
    assert finding.case is not None
    assert len(finding.case["requests"]) == 1
    assert set(finding.case) <= {
        "schema",
        "id",
        "dates",
        "worker",
        "requests",
        "medications",
        "documentation",
        "treatments",
    }


def test_the_shipped_rules_pass_with_nothing_above_a_note():
    pytest.importorskip("z3")
    report = check(SHIPPED, kinds=())
    assert weighty(report) == []
    assert report.passes(strict=True)
    assert report.loaded and report.behaviour and report.covers
    assert report.criteria == len(load_rulebook().criteria)


@pytest.mark.slow
def test_the_shipped_rules_keep_every_law():
    pytest.importorskip("z3")
    assert weighty(check(SHIPPED)) == []


def test_without_the_solver_the_check_says_so_and_is_not_strictly_passed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "find_spec", lambda _name: None)
    report = check(SHIPPED)
    (finding,) = weighty(report)
    assert finding.code == "behaviour-not-checked"
    assert finding.message == "how the criteria behave was not checked: z3 is not installed"
    assert report.passes() and not report.passes(strict=True) and not report.behaviour


def test_a_fact_that_this_version_cannot_work_out_is_an_error_at_its_line(tmp_path: Path):
    root = tmp_path / "rules"
    shutil.copytree(SHIPPED, root)
    file = root / "facts.yaml"
    file.write_text(
        file.read_text(encoding="utf-8")
        + "  shoe_size: {type: count, label: the shoe size, meaning: the size of the shoe}\n",
        encoding="utf-8",
    )
    (finding,) = check(root).findings
    assert (finding.code, finding.rule) == ("does-not-load", "shoe_size")
    assert finding.place.line == len(file.read_text(encoding="utf-8").splitlines())


def test_what_the_rules_engine_cannot_run_is_an_error_and_ends_the_check_of_behaviour(monkeypatch: pytest.MonkeyPatch):
    place = Place("mtus-2009/opioids.yaml", 9, 9)
    problem = Problem(place, "opioid-dose-ceiling", "cannot be compared exactly by the rules engine")
    monkeypatch.setattr(content, "check_compilable", lambda _rulebook: [problem])
    found = weighty(check(SHIPPED))
    assert [(finding.code, finding.rule) for finding in found] == [
        ("behaviour-not-checked", "rulebook"),
        ("not-compilable", "opioid-dose-ceiling"),
    ]
    assert found[1].place == place


def test_a_gap_of_years_between_editions_is_only_noted(tmp_path: Path):
    root = changed("edition-a-day-late", tmp_path)
    file = root / "editions.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("2016-07-30", "2018-01-01"), encoding="utf-8")
    report = check(root, quick=True)
    assert report.passes(strict=True)
    (finding,) = [finding for finding in report.findings if finding.code == "ungoverned-period"]
    assert finding.message == (
        "no edition governs requests of 2016-07-29 to 2017-12-31, between mtus-2009 and mtus-2016"
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "rule"),
    [
        (
            "mtus-2009/opioids.yaml",
            'cite: {section: "Opioids, long-term use", source: seed-002, confidence: quoted}',
            'cite: {section: "Opioids, long-term use", source: seed-002, confidence: doubtful}',
            "doubtful-citation",
            "opioid-beyond-six-months",
        ),
        (
            "parameters.yaml",
            "value: 3 weeks, source: seed-001, confidence: quoted",
            "value: 3 weeks, source: seed-001, confidence: doubtful",
            "doubtful-threshold",
            "relaxant_course_limit",
        ),
        (
            "facts.yaml",
            "    document: List the non-opioid medicines tried, each with the response.\n",
            "",
            "nothing-to-document",
            "opioid-trial-nonopioid-failed",
        ),
    ],
)
def test_what_an_author_should_know_is_noted_and_fails_nothing(
    file: str, old: str, new: str, code: str, rule: str, tmp_path: Path
):
    root = edited(tmp_path, (file, old, new))
    report = check(root, quick=True)
    assert (code, rule) in {(finding.code, finding.rule) for finding in report.findings}
    assert report.passes(strict=True)


def test_a_kind_that_no_request_has_is_refused_with_a_suggestion():
    with pytest.raises(RulebookError) as caught:
        check(SHIPPED, kinds=["benzodiazepines"])
    assert str(caught.value) == ("kind: no request is of the kind 'benzodiazepines'; did you mean 'benzodiazepine'?")


def test_every_code_says_what_it_means_and_why_it_matters():
    for code, known in CODES.items():
        assert known.title and not known.title.endswith("."), code
        assert known.why and known.why[0].islower(), code


def test_findings_stand_in_the_order_of_the_files(tmp_path: Path):
    root = edited(
        tmp_path,
        ("parameters.yaml", "value: 120 MME/day", "value: 120000 MME/day"),
        ("mtus-2009/muscle-relaxants.yaml", "{ingredient: carisoprodol}", "{ingredient: Soma}"),
        ("editions.yaml", "conversion_table: mtus-2009", "conversion_table: mtus"),
    )
    places = [(finding.place.file or "", finding.place.line or 0) for finding in check(root, quick=True).findings]
    assert places == sorted(places)
    assert len(places) >= 3
