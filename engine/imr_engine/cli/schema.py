"""``imr schema``: the JSON Schemas of what people write, for editors and for programs that make cases."""

from __future__ import annotations

import json

import click

__all__ = ["schema"]


@click.command(
    epilog="""\
\b
Examples:
  imr schema case > imr-case.schema.json
  imr schema rules > imr-rules.schema.json
  imr schema prediction > imr-prediction.schema.json

An editor that knows YAML schemas completes and checks a file that begins with
"# yaml-language-server: $schema=imr-case.schema.json".
"""
)
@click.argument("what", type=click.Choice(["case", "rules", "prediction"]))
def schema(what: str) -> None:
    """Print the JSON Schema of cases, of rules, or of what predict prints as JSON.

    A schema describes the form of a file. Loading checks more than that: dates in order, references between requests,
    rules against the declared facts.
    """
    # Loaded here, so that the help is printed without models and rules.
    if what == "case":
        from imr_engine.intake import case_schema

        document = case_schema()
    elif what == "prediction":
        from imr_engine.explain.as_data import prediction_schema

        document = prediction_schema()
    else:
        from imr_engine.rulebook import rules_schema

        document = rules_schema()
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
