"""``imr rules``: the rulebook in words."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from imr_engine.rulebook import Criterion, Rulebook

__all__ = ["rules"]


@click.group()
def rules() -> None:
    """List the criteria that decide, or show one in words with its citation.

    \b
    Examples:
      imr rules list
      imr rules show opioid-dose-ceiling
    """


@rules.command("list")
def list_() -> None:
    """List every criterion by guideline and topic, with its effect."""
    from imr_engine.rulebook import load_rulebook  # noqa: PLC0415 - `--help` should not wait for the rulebook

    rulebook = load_rulebook()
    for guideline in rulebook.guidelines.values():
        click.echo(f"{guideline.id}: {guideline.title}")
        topic = None
        for criterion in guideline.criteria:
            if criterion.topic != topic:
                topic = criterion.topic
                click.echo(f"  {topic.replace('-', ' ')}")
            click.echo(f"    {criterion.effect.value:8} {criterion.id}")
        click.echo()
    click.echo("'imr rules show ID' prints one in words. The effects:")
    click.echo("  require  necessary; if it is not met or not documented, the denial stands")
    click.echo("  support  a ground for the treatment; at least one has to be met")
    click.echo("  defeat   a finding against the treatment; if it is met, the denial stands")
    click.echo("  excuse   sets named requires or defeats aside")
    click.echo("  note     is said, and decides nothing")


@rules.command()
@click.argument("criterion_id", metavar="ID")
def show(criterion_id: str) -> None:
    """Show the criterion ID: what it asks, of whom, by which source, and what to document."""
    from imr_engine.data.suggest import did_you_mean  # noqa: PLC0415
    from imr_engine.rulebook import load_rulebook  # noqa: PLC0415

    rulebook = load_rulebook()
    found = {criterion.id: criterion for criterion in rulebook.criteria}
    if criterion_id not in found:
        hint = did_you_mean(criterion_id, found) or "'imr rules list' lists them"
        raise click.UsageError(f"there is no criterion {criterion_id!r}; {hint}")
    for line in _shown(found[criterion_id], rulebook):
        click.echo(line)


def _shown(criterion: Criterion, rulebook: Rulebook) -> list[str]:
    from imr_engine.inference.operators import english  # noqa: PLC0415
    from imr_engine.rulebook.tree import facts_of, parameters_of  # noqa: PLC0415

    guideline = rulebook.guidelines[criterion.guideline]
    cited = criterion.citation
    pages = f", p. {cited.pages}" if cited.pages else ""
    lines = [
        f"{criterion.id}: {criterion.title}",
        *_field("Guideline", guideline.title),
        *_field("Cited", f"{cited.section}{pages} (read in: {cited.source}; {cited.confidence.replace('_', ' ')})"),
        *_field("Applies to", _scope(criterion)),
        *_field("Effect", criterion.effect.value + (f" of {', '.join(criterion.excuses)}" if criterion.excuses else "")),
        *_field("Met if", english(criterion.when, rulebook.facts)),
    ]
    for name in parameters_of(criterion.when):
        parameter = rulebook.parameters[name]
        for value in parameter.values:
            text = f"{value.text} from {value.start.isoformat()} ({value.source}; {value.confidence.replace('_', ' ')})"
            lines += _field(f"${name}", text)
        lines += _field("", parameter.meaning)
    for name in facts_of(criterion.when):
        lines += _field(name, rulebook.facts[name].meaning)
    for ask in criterion.words.ask:
        lines += _field("Document", ask)
    for fact, reason in criterion.both_ways.items():
        lines += _field("Both ways", f"{fact}: {reason}")
    return lines


def _scope(criterion: Criterion) -> str:
    scope = criterion.scope
    parts = [
        f"{label} {' or '.join(value.replace('_', ' ') for value in values)}"
        for label, values in (
            ("kind", scope.kinds),
            ("class", scope.classes),
            ("ingredient", scope.ingredients),
            ("region", scope.regions),
            ("phase", scope.phases),
        )
        if values
    ]
    return "; ".join(parts) or "every request"


def _field(label: str, text: str) -> list[str]:
    margin = " " * 13
    if len(label) > 11:
        return [f"  {label}", *wrap(text, 80, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)]
    return wrap(text, 80, initial_indent=f"  {label:<11}", subsequent_indent=margin, break_on_hyphens=False)
