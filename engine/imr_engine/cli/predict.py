"""``imr predict``: the outcome of each request of one or several cases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imr_engine.errors import ImrError, Problem

if TYPE_CHECKING:
    from imr_engine.prediction import Prediction

__all__ = ["predict"]


@click.command(
    epilog="""\
\b
Examples:
  imr predict examples/seed-003.yaml
  imr predict --format json my-case.yaml
  imr predict --table cdc-2022 my-case.yaml
"""
)
@click.argument("cases", metavar="CASE...", nargs=-1, required=True)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or for programs."
)
@click.option(
    "--as-of", metavar="DATE", help="Choose the guideline edition by this date (2014-10-22), not by the case's."
)
@click.option("--table", metavar="NAME", help="Conversion table for morphine equivalents; see 'imr mme --all-tables'.")
@click.option(
    "--rules",
    "directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Predict by the rules in this folder instead of those that ship with imr.",
)
@click.option(
    "--engine",
    type=click.Choice(["auto", "both", "plain"]),
    default="auto",
    help="Both readings compared, the plain one alone, or (auto) both where durable_rules is installed.",
)
@click.pass_context
def predict(
    ctx: click.Context,
    *,
    cases: tuple[str, ...],
    form: str,
    as_of: str | None,
    table: str | None,
    directory: Path | None,
    engine: str,
) -> None:
    """Predict what a review would say of each request of each CASE, a YAML or JSON file.

    For each request: upheld (the denial would stand), overturned, or undetermined; the criteria that decide, with their
    citations; and what would have to be documented.

    With several files, those that can be read are processed, and the others are listed; the exit code is then 2.
    With --format json, one object is printed for one file, and a list for several.
    """
    # Loaded here, so that `--help` does not wait for the engine.
    from imr_engine.api import load_rulebook
    from imr_engine.api import predict as predicted
    from imr_engine.cli.main import BAD_INPUT, print_error
    from imr_engine.explain.as_data import prediction_as_data
    from imr_engine.explain.as_text import prediction_as_text
    from imr_engine.intake import load_case

    day = _day(as_of)
    rulebook = load_rulebook(directory)
    outputs: list[dict[str, object]] = []
    failed = shown = 0
    for name in cases:
        try:
            loaded = load_case(name)
            prediction = predicted(
                loaded.case, rulebook=rulebook, table=table, as_of=day, engine=None if engine == "auto" else engine
            )
        except ImrError as error:
            failed += 1
            print_error(error)
            continue
        _tell_of_reading(loaded.warnings, prediction)
        if form == "json":
            outputs.append(prediction_as_data(prediction))
        else:
            if shown:
                click.echo(f"\n{'=' * 80}\n")
            click.echo(prediction_as_text(prediction), nl=False)
            shown += 1
    if form == "json" and outputs:
        click.echo(json.dumps(outputs[0] if len(cases) == 1 else outputs, indent=2, ensure_ascii=False))
    if failed:
        if len(cases) > 1:
            click.echo(f"error: {failed} of {len(cases)} cases could not be predicted", err=True)
        ctx.exit(BAD_INPUT)


def _tell_of_reading(warnings: Sequence[Problem], prediction: Prediction) -> None:
    """Print on standard error what only the reading of the file could tell, such as how a date was understood."""
    told = (*prediction.warnings, *(text for entry in prediction.determinations for text in entry.warnings))
    for warning in warnings:
        if not any(warning.message in text for text in told):
            click.echo(f"note: {warning}", err=True)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no date; write it as 2014-10-22", param_hint="--as-of") from None
