"""A report in SARIF 2.1.0 (OASIS standard of 2020), which editors and code-review sites show beside the lines."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from imr_engine.verify.findings import CODES, Report, RulebookFinding

__all__ = ["SCHEMA", "as_sarif"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(report: Report, root: str, version: str) -> dict[str, Any]:
    """The report as a SARIF log of one run.

    Args:
        report: the findings.
        root: the folder of rules as the caller names it; the files of the findings lie in it.
        version: the version of this package.
    """
    used = sorted({finding.code for finding in report.findings})
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "imr rules check",
                        "semanticVersion": version,
                        "rules": [_rule(code) for code in used],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, used.index(finding.code), root) for finding in report.findings],
            }
        ],
    }


def _rule(code: str) -> dict[str, Any]:
    known = CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": f"{known.title}: {known.why}."},
        "defaultConfiguration": {"level": known.severity.value},
    }


def _result(finding: RulebookFinding, index: int, root: str) -> dict[str, Any]:
    text = f"{finding.rule}: {finding.message}."
    if finding.suggestion is not None:
        text += f" {finding.suggestion[:1].upper()}{finding.suggestion[1:]}."
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": text.replace("?.", "?")},
        "locations": [_location(finding, root)],
    }
    if finding.case is not None:
        result["properties"] = {"case": finding.case, "shows": finding.shows}
    return result


def _location(finding: RulebookFinding, root: str) -> dict[str, Any]:
    """Where it stands; what is about the rulebook as a whole stands at its folder, since a result needs a place."""
    place = finding.place
    path = PurePosixPath(root.replace("\\", "/"))
    if place.file is not None and place.file != root:
        path /= place.file
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(str(path))}}
    if place.line is not None:
        physical["region"] = {"startLine": place.line}
        if place.column is not None:
            physical["region"]["startColumn"] = place.column
    return {"physicalLocation": physical}
