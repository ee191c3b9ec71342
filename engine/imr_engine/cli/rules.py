"""``imr rules``: the rulebook in words, for those who read the criteria and those who write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from imr_engine.cli.rules_check import check
from imr_engine.cli.rules_coverage import coverage
from imr_engine.cli.rules_diff import diff
from imr_engine.data.suggest import did_you_mean

if TYPE_CHECKING:
    from imr_engine.rulebook import Criterion, Edition, FactDeclaration, Parameter, Rulebook
    from imr_engine.rulebook.tree import Node

__all__ = ["rules"]

WIDTH = 80
MARGIN = 16
"""The column at which text stands beside its label."""

SHORT = 2
"""How many lines a condition may take in one sentence; a longer one is shown part by part."""

EFFECTS = {
    "require": "necessary; if it is not met or not documented, the denial stands",
    "support": "a ground for the treatment; one of those that apply has to be met",
    "defeat": "a finding against the treatment; if it is met, the denial stands",
    "excuse": "when it is met, the requires and defeats it names are set aside",
    "note": "is said, and decides nothing",
}
STATUSES = {
    "met": "met",
    "not_met": "not met",
    "not_documented": "not documented",
    "not_computable": "not computable",
}


@click.group(
    epilog="""\
\b
Examples:
  imr rules list
  imr rules show opioid-dose-ceiling
"""
)
def rules() -> None:
    """List the criteria that decide, or show some of them in words with their citations."""


rules.add_command(check)
rules.add_command(diff)
rules.add_command(coverage)


@rules.command("list")
def list_() -> None:
    """List every criterion with its effect.

    They stand by guideline and topic, each with its title, below the editions and the order in which guidelines speak.
    """
    from imr_engine.rulebook import load_rulebook

    for line in _listed(load_rulebook()):
        click.echo(line)


@rules.command()
@click.argument("criterion_ids", metavar="ID...", nargs=-1, required=True)
def show(criterion_ids: tuple[str, ...]) -> None:
    """Show criteria in words, with all they rest on.

    For each ID: what it asks and of whom, by which source, what a rationale says of it, and what to document. Limits
    are shown with their parameter, sentences with the names that a case fills in.
    """
    from imr_engine.rulebook import load_rulebook

    rulebook = load_rulebook()
    found = {criterion.id: criterion for criterion in rulebook.criteria}
    for name in criterion_ids:
        if name not in found:
            hint = did_you_mean(name, found) or "'imr rules list' lists them"
            raise click.UsageError(f"there is no criterion {name!r}; {hint}")
    for index, name in enumerate(criterion_ids):
        if index:
            click.echo()
        for line in _shown(found[name], rulebook):
            click.echo(line)


# the list


def _listed(rulebook: Rulebook) -> Iterator[str]:
    for edition in rulebook.editions:
        yield from _wrapped(f"{edition.title}: {_period(edition)}.", 0)
        for kind, order in edition.order.items():
            asked = "Guidelines in the order in which they speak" if kind == "default" else f"For {_plain(kind)}"
            yield from _wrapped(f"{asked}: {', '.join(order)}.", 2)
        yield ""
    for guideline in rulebook.guidelines.values():
        joins = " (joins whichever guideline speaks)" if guideline.common else ""
        yield from _wrapped(f"{guideline.id}: {guideline.title}{joins}", 0)
        topic = None
        for criterion in guideline.criteria:
            if criterion.topic != topic:
                topic = criterion.topic
                yield f"  {topic.replace('-', ' ')}"
            yield f"    {criterion.effect.value:8} {criterion.id}"
            yield from _wrapped(criterion.title, 13)
        yield ""
    yield "'imr rules show ID' prints one in words. The effects:"
    for effect, meaning in EFFECTS.items():
        yield f"  {effect:8} {meaning}"


def _period(edition: Edition) -> str:
    if edition.end is None:
        return f"requests from {edition.start} on"
    return f"requests from {edition.start} to {edition.end - timedelta(days=1)}"


# one criterion


def _shown(criterion: Criterion, rulebook: Rulebook) -> Iterator[str]:
    from imr_engine.rulebook.tree import facts_of, parameters_of

    cited = criterion.citation
    pages = f", {'pp.' if '-' in cited.pages else 'p.'} {cited.pages}" if cited.pages else ""
    yield from _wrapped(f"{criterion.id}: {criterion.title}", 0)
    yield from _field("Guideline", rulebook.guidelines[criterion.guideline].title)
    yield from _field("Cited", f"{cited.section}{pages} (read in {cited.source}; {_plain(cited.confidence)})")
    yield from _field("File", str(criterion.place))
    yield from _field("Applies to", _scope(criterion))
    yield from _field("Effect", f"{criterion.effect.value}: {EFFECTS[criterion.effect.value]}")
    if criterion.excuses:
        yield from _field("Sets aside", ", ".join(criterion.excuses))
    excusing = [other.id for other in rulebook.criteria if criterion.id in other.excuses]
    if excusing:
        yield from _field("Set aside by", ", ".join(excusing))
    if criterion.said_only_if:
        yield from _field("Said only if", f"the denial is expected to be {criterion.said_only_if}")
    if criterion.needs_dose_at_least:
        yield from _field("Dose", "a higher dose may help here, against the law that it never does")
    yield from _condition(criterion.when, rulebook)
    yield from _words(criterion, rulebook)
    for name in parameters_of(criterion.when):
        yield from _parameter(rulebook.parameters[name])
    for name in facts_of(criterion.when):
        yield from _fact(rulebook.facts[name], criterion.both_ways)


def _scope(criterion: Criterion) -> str:
    scope = criterion.scope
    parts = [
        f"{label} {_either([_plain(value) for value in values])}"
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


def _condition(when: Node, rulebook: Rulebook) -> Iterator[str]:
    """The condition in one sentence where it is short, else part by part."""
    from imr_engine.inference.operators import english

    tree = _with_values(when, rulebook)
    sentence = _field("Met if", english(tree, rulebook.facts))
    if len(sentence) <= SHORT or not _heading(tree):
        yield from sentence
        return
    first, *rest = _parts(tree, rulebook.facts, 0)
    yield from _field("Met if", first[1])
    for depth, text in rest:
        yield from _bullet(text, MARGIN + 2 * (depth - 1))


def _with_values(when: Node, rulebook: Rulebook) -> Node:
    """The condition with each parameter's values and name, so that a reader sees the number and where to change it."""
    from imr_engine.rulebook.tree import parameters_of, resolved

    known = {name: rulebook.parameters[name] for name in parameters_of(when)}
    texts = {name: (known[name].values[-1].value, f"{_values(known[name])} (${name})") for name in known}
    return resolved(when, texts)


def _values(parameter: Parameter) -> str:
    first, *later = parameter.values
    return ", ".join([first.text, *(f"{value.text} from {value.start} on" for value in later)])


def _heading(node: Node) -> str | None:
    """What stands over the parts of a group; None for a condition that is said in one piece."""
    from imr_engine.rulebook.tree import AllOf, AnyOf, AtLeast

    match node:
        case AllOf():
            return "all of these hold:"
        case AnyOf():
            return "any of these holds:"
        case AtLeast(count, parts):
            return f"at least {count.text or count.value} of these {len(parts)} hold:"
        case _:
            return None


def _parts(node: Node, facts: Mapping[str, FactDeclaration], depth: int) -> Iterator[tuple[int, str]]:
    """A condition line by line, with how deep each line stands."""
    from imr_engine.inference.operators import english
    from imr_engine.rulebook.tree import children

    heading = _heading(node)
    yield depth, heading or english(node, facts)
    if heading is not None:
        for part in children(node):
            yield from _parts(part, facts, depth + 1)


def _words(criterion: Criterion, rulebook: Rulebook) -> Iterator[str]:
    """What a rationale says, status by status."""
    from imr_engine.inference.operators import english

    words = criterion.words
    if words.rule:
        yield from _field("Rule", words.rule)
    for status, label in STATUSES.items():
        for said in getattr(words, status):
            where = f" and {english(_with_values(said.when, rulebook), rulebook.facts)}" if said.when else ""
            yield from _field("Says", f"if {label}{where}: {said.text}")
    for ask in words.ask:
        yield from _field("Document", ask)


def _parameter(parameter: Parameter) -> Iterator[str]:
    yield f"  ${parameter.name}"
    yield from _wrapped(parameter.meaning, MARGIN)
    for value in parameter.values:
        text = f"{value.text} from {value.start} on (read in {value.source}; {_plain(value.confidence)})"
        yield from _bullet(text, MARGIN)


def _fact(fact: FactDeclaration, both_ways: Mapping[str, str]) -> Iterator[str]:
    kind = {"boolean": "yes or no", "choice": _either(fact.values), "count": "a count"}.get(fact.type, fact.unit or "")
    yield f"  {fact.name}"
    yield from _wrapped(f"{fact.meaning} [{kind}]", MARGIN)
    if fact.document:
        yield from _bullet(f"to document: {fact.document}", MARGIN)
    if fact.name in both_ways:
        yield from _bullet(f"may both help and hurt: {both_ways[fact.name]}", MARGIN)


# lines


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _either(words: list[str] | tuple[str, ...]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _wrapped(text: str, margin: int, first: str | None = None) -> list[str]:
    start = " " * margin if first is None else first
    hanging = " " * (margin or 4)
    return wrap(text, WIDTH, initial_indent=start, subsequent_indent=hanging, break_on_hyphens=False)


def _bullet(text: str, margin: int) -> list[str]:
    return _wrapped(text, margin + 2, " " * margin + "- ")


def _field(label: str, text: str) -> list[str]:
    return _wrapped(text, MARGIN, f"  {label:<{MARGIN - 2}}")
