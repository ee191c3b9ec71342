"""``imr rules check``: what is wrong with a folder of rules, for authors, for programs and for editors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from imr_engine.verify.findings import Report, RulebookFinding

__all__ = ["case_as_yaml", "check", "is_a_case", "report_as_data"]

WIDTH = 80
MARGIN = 4


@click.command(
    epilog="""\
\b
Examples:
  imr rules check                   the rules that are in use
  imr rules check my-rules --quick  their content only, in about a second
  imr rules check my-rules --kind benzodiazepine
  imr rules check rules --strict --format sarif > findings.sarif

\b
Exit codes: 0 no error; 1 an error, or with --strict a warning; 2 bad input.
"""
)
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Let warnings fail the check as errors do.")
@click.option("--quick", is_flag=True, help="Check the content only, not the behaviour over all cases.")
@click.option(
    "--kind",
    "kinds",
    metavar="KIND",
    multiple=True,
    help="Prove the laws for this class of drug or kind of service only; may be repeated.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    help="For people, for programs, or for editors and code review.",
)
@click.pass_context
def check(
    ctx: click.Context, directory: Path | None, kinds: tuple[str, ...], form: str, *, strict: bool, quick: bool
) -> None:
    """Check the rules of a folder DIR, or those in use.

    First what stands in the files: names, dates, words, thresholds. Then, by a solver and over all possible cases, how
    the criteria behave: those that never decide, contradict one another, double one another, or break a law of honest
    rules. What a case can show is shown with the smallest one found, as YAML that 'imr predict' takes.
    """
    from imr_engine._version import __version__
    from imr_engine.cli.main import CHECK_FAILED
    from imr_engine.data.files import folder
    from imr_engine.verify.check import check as checked
    from imr_engine.verify.sarif import as_sarif

    name = str(directory) if directory is not None else "rules"
    root = directory if directory is not None else folder("rules")
    report = checked(root, quick=quick, kinds=kinds or None, accepts=is_a_case)
    if form == "json":
        click.echo(json.dumps(report_as_data(report, name, strict=strict), indent=2, ensure_ascii=False))
    elif form == "sarif":
        click.echo(json.dumps(as_sarif(report, name, __version__), indent=2, ensure_ascii=False))
    else:
        for line in _as_text(report, name, strict=strict):
            click.echo(line)
    if not report.passes(strict=strict):
        ctx.exit(CHECK_FAILED)


def report_as_data(report: Report, root: str, *, strict: bool) -> dict[str, Any]:
    """The report as plain data."""
    from imr_engine.verify.findings import Severity

    return {
        "schema": "imr-rules-check/1",
        "rules": root,
        "passes": report.passes(strict=strict),
        "strict": strict,
        "loaded": report.loaded,
        "behaviour_checked": report.behaviour,
        "criteria": report.criteria,
        "counts": {severity.value: report.count(severity) for severity in Severity},
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity.value,
                "rule": finding.rule,
                "file": finding.place.file,
                "line": finding.place.line,
                "column": finding.place.column,
                "message": finding.message,
                "why": finding.why,
                "suggestion": finding.suggestion,
                "case": finding.case,
                "shows": finding.shows,
            }
            for finding in report.findings
        ],
        "rests_on": list(report.covers),
    }


def is_a_case(case: Mapping[str, Any]) -> bool:
    """Whether ``imr predict`` would take it."""
    from imr_engine.errors import ImrError
    from imr_engine.intake import load_case

    try:
        load_case(case)
    except ImrError:
        return False
    return True


def case_as_yaml(case: Mapping[str, Any]) -> str:
    """A case as YAML that ``imr predict`` takes."""
    import yaml

    return yaml.safe_dump(dict(case), sort_keys=False, allow_unicode=True, width=WIDTH - MARGIN)


def _as_text(report: Report, root: str, *, strict: bool) -> Iterator[str]:
    for finding in report.findings:
        yield from _told(finding, root)
        yield ""
    yield from _summary(report, root, strict=strict)


def _told(finding: RulebookFinding, root: str) -> Iterator[str]:
    place = str(finding.place) if finding.place.file else ""
    where = f"{Path(root) / place}" if place and finding.place.file != root else root
    yield f"{where}: {finding.severity.value}: {finding.code}"
    yield from _wrapped(f"{finding.rule}: {finding.message}.")
    yield from _wrapped(f"Why it matters: {finding.why}.")
    if finding.suggestion is not None:
        said = finding.suggestion[:1].upper() + finding.suggestion[1:]
        yield from _wrapped(said if said.endswith("?") else f"{said}.")
    if finding.case is not None:
        yield from _wrapped(f"A case that shows it: {finding.shows}.")
        yield ""
        yield from (f"{' ' * (MARGIN + 2)}{line}" for line in case_as_yaml(finding.case).splitlines())


def _summary(report: Report, root: str, *, strict: bool) -> Iterator[str]:
    from imr_engine.verify.findings import Severity

    counts = ", ".join(_counted(report.count(severity), severity.value) for severity in Severity)
    if not report.loaded:
        yield f"{root} does not load: {counts}."
        return
    looked = "content and behaviour" if report.behaviour else "content only"
    yield from wrap(f"{root}: {report.criteria} criteria, {looked}: {counts}.", WIDTH)
    if report.covers:
        yield from wrap(
            f"What is said of behaviour holds for all cases within {len(report.covers)} assumptions, which "
            "--format json lists.",
            WIDTH,
        )
    verdict = "passes" if report.passes(strict=strict) else "does not pass"
    yield f"The check {verdict}{' (strict)' if strict else ''}."


def _counted(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"


def _wrapped(text: str) -> list[str]:
    margin = " " * MARGIN
    return wrap(text, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)
