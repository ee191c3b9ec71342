"""``imr rules coverage``: what a set of cases shows of a rulebook, and what of it no case touches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from imr_engine.data.suggest import did_you_mean
from imr_engine.errors import ImrError

if TYPE_CHECKING:
    from imr_engine.case.model import Case
    from imr_engine.verify.coverage import Coverage, CriterionCoverage

__all__ = ["coverage", "coverage_as_data"]

WIDTH = 80


@click.command(
    epilog="""\
\b
Examples:
  imr rules coverage examples/*.yaml
  imr rules coverage --rules my-rules my-cases.yaml
  imr rules coverage --criterion opioid-dose-ceiling cases/*.yaml
  imr rules coverage --format json cases/*.yaml > coverage.json

\b
Exit codes: 0 done; 2 bad input (the other files are still counted).
"""
)
@click.argument("cases", metavar="CASE...", nargs=-1, required=True)
@click.option(
    "--rules", "directory", metavar="DIR", type=click.Path(path_type=Path), help="A folder of rules; else those in use."
)
@click.option(
    "--criterion", "only", metavar="ID", multiple=True, help="Count for this criterion alone; may be repeated."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or for programs."
)
@click.pass_context
def coverage(
    ctx: click.Context, cases: tuple[str, ...], directory: Path | None, only: tuple[str, ...], form: str
) -> None:
    """Show which rules a set of cases exercises: each CASE is a case file, or a file of variants of a case.

    For each criterion: how often it applied, what it came to, how often it decided and how often it did so alone; and
    which limits, values and counts of its condition no case touches. Shares are rounded down: 100 % is all.
    """
    from imr_engine.api import load_rulebook
    from imr_engine.cli.main import BAD_INPUT, print_error
    from imr_engine.verify.coverage import coverage_of

    rulebook = load_rulebook(directory)
    known = [criterion.id for criterion in rulebook.criteria]
    for name in only:
        if name not in known:
            hint = did_you_mean(name, known) or "'imr rules list' lists those in use"
            raise click.UsageError(f"there is no criterion {name!r}; {hint}")
    read: list[Case] = []
    failed = False
    for name in cases:
        try:
            read.extend(_cases_in(Path(name)))
        except ImrError as error:
            failed = True
            print_error(error)
    if read:
        found = coverage_of(rulebook, read)
        if only:
            found = replace(found, criteria=tuple(entry for entry in found.criteria if entry.criterion in only))
        if form == "json":
            click.echo(json.dumps(coverage_as_data(found), indent=2, ensure_ascii=False))
        else:
            for line in _as_text(found):
                click.echo(line)
    if failed:
        ctx.exit(BAD_INPUT)


def _cases_in(path: Path) -> list[Case]:
    """The case of a file, or the cases of a file of variants, as its schema says."""
    from imr_engine.data.yaml_source import read_yaml
    from imr_engine.intake import load_case
    from imr_engine.verify.variants import SCHEMA, read_variants

    value = read_yaml(path).value
    if isinstance(value, dict) and value.get("schema") == SCHEMA:
        return [load_case(entry.case, f"{path}, {entry.id}").case for entry in read_variants(path)]
    return [load_case(path).case]


def coverage_as_data(found: Coverage) -> dict[str, Any]:
    """A coverage as plain data, under the schema ``imr-coverage/1``."""
    return {
        "schema": "imr-coverage/1",
        "cases": found.cases,
        "requests": found.requests,
        "ungoverned": found.ungoverned,
        "shares": {
            name: {"seen": share.seen, "of": share.of, "percent": share.percent}
            for name, share in found.shares().items()
        },
        "criteria": [
            {
                "id": entry.criterion,
                "effect": entry.effect.value,
                "applied": entry.applied,
                "statuses": {status.value: entry.statuses[status] for status in _statuses()},
                "decided": entry.decided,
                "decided_alone": entry.decided_alone,
                "points": [
                    {"sort": sort, "what": wording, "times": times} for (sort, wording), times in entry.points.items()
                ],
            }
            for entry in found.criteria
        ],
    }


def _statuses() -> list[Any]:
    from imr_engine.prediction import Status

    return list(Status)


def _as_text(found: Coverage) -> Iterator[str]:
    yield f"{_counted(found.cases, 'case')} with {_counted(found.requests, 'request')}"
    if found.ungoverned:
        yield f"  {found.ungoverned} of the cases {'is' if found.ungoverned == 1 else 'are'} governed by no edition"
    yield ""
    for name, share in found.shares().items():
        yield f"  {name:<28} {share.seen:>4} of {share.of:<4} {share.percent:>3} %"
    for entry in found.criteria:
        yield ""
        yield from _criterion(entry)


def _criterion(entry: CriterionCoverage) -> Iterator[str]:
    yield f"{entry.criterion} ({entry.effect.value})"
    if not entry.applied:
        yield "  applied to no request"
        return
    came = ", ".join(
        f"{status.value.replace('_', ' ')} {entry.statuses[status]}" for status in _statuses() if entry.statuses[status]
    )
    decided = f"; decided {entry.decided}, alone {entry.decided_alone}" if entry.effect.value != "note" else ""
    yield from wrap(f"applied {entry.applied}: {came}{decided}", WIDTH, initial_indent="  ", subsequent_indent="    ")
    never = [*(status.value.replace("_", " ") for status in entry.unseen), *entry.untouched]
    if never:
        yield from wrap(
            f"never: {'; '.join(never)}",
            WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_on_hyphens=False,
        )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
