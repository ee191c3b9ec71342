"""The report in SARIF has the shape that the standard asks for, and points at the lines."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from verify.rulebooks.edits import edited

from imr_engine.errors import Place
from imr_engine.verify.check import check
from imr_engine.verify.findings import CODES, Report, RulebookFinding
from imr_engine.verify.sarif import as_sarif

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["error", "warning", "note"]}
POSITIVE = {"type": "integer", "minimum": 1}
# What the standard requires (3.13 to 3.30, 3.49), and what code-review sites ask for beyond it.
ESSENTIALS = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"const": "https://json.schemastore.org/sarif-2.1.0.json"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["unicodeCodePoints", "utf16CodeUnits"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "rules"],
                                "properties": {
                                    "semanticVersion": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id", "shortDescription"],
                                            "properties": {
                                                "id": {"type": "string"},
                                                "shortDescription": TEXT,
                                                "fullDescription": TEXT,
                                                "defaultConfiguration": {"properties": {"level": LEVEL}},
                                            },
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": LEVEL,
                                "message": TEXT,
                                "properties": {"type": "object"},
                                "locations": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {
                                        "type": "object",
                                        "required": ["physicalLocation"],
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "required": ["artifactLocation"],
                                                "additionalProperties": False,
                                                "properties": {
                                                    "artifactLocation": {
                                                        "type": "object",
                                                        "required": ["uri"],
                                                        "properties": {
                                                            "uri": {"type": "string", "pattern": "^[^ \\\\]+$"}
                                                        },
                                                    },
                                                    "region": {
                                                        "type": "object",
                                                        "required": ["startLine"],
                                                        "properties": {"startLine": POSITIVE, "startColumn": POSITIVE},
                                                    },
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return check(
        edited(
            tmp_path,
            ("parameters.yaml", "value: 120 MME/day", "value: 120000 MME/day"),
            ("mtus-2009/muscle-relaxants.yaml", "{ingredient: carisoprodol}", "{ingredient: Soma}"),
        ),
        quick=True,
    )


def test_a_report_has_the_shape_of_sarif_and_points_at_file_line_and_column(report: Report):
    log = json.loads(json.dumps(as_sarif(report, "my rules", "1.2.3")))
    jsonschema.validate(log, ESSENTIALS)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["semanticVersion"] == "1.2.3"
    for result, finding in zip(run["results"], report.findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.code
        assert result["level"] == CODES[finding.code].severity.value
        physical = result["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == f"my%20rules/{finding.place.file}"
        assert physical["region"] == {"startLine": finding.place.line, "startColumn": finding.place.column}


def test_a_case_that_shows_a_finding_travels_with_it():
    case = {"schema": "imr-case/1", "id": "shows-it"}
    finding = RulebookFinding("shadowed", "a", Place("g/t.yaml", 3, 5), "told", "did you mean 'b'?", case, "look here")
    log = as_sarif(Report((finding,), 1, loaded=True, behaviour=True), "rules", "0")
    jsonschema.validate(log, ESSENTIALS)
    (result,) = log["runs"][0]["results"]
    assert result["properties"] == {"case": case, "shows": "look here"}
    assert result["message"]["text"] == "a: told. Did you mean 'b'?"


def test_what_is_about_the_whole_rulebook_stands_at_its_folder(tmp_path: Path):
    root = str(tmp_path / "nowhere")
    log = as_sarif(check(Path(root)), root, "0")
    jsonschema.validate(log, ESSENTIALS)
    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": root}}


def test_a_clean_report_is_a_log_without_results():
    log = as_sarif(Report((), 3, loaded=True, behaviour=True), "rules", "0")
    jsonschema.validate(log, ESSENTIALS)
    assert log["runs"][0]["results"] == [] == log["runs"][0]["tool"]["driver"]["rules"]
