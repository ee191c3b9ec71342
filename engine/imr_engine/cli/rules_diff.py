"""``imr rules diff``: what an edit of the rules changes, in the files and in the outcomes of cases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from imr_engine.cli.rules_check import case_as_yaml, is_a_case

if TYPE_CHECKING:
    from imr_engine.case.model import Case
    from imr_engine.rulebook import Rulebook
    from imr_engine.verify.changes import Change
    from imr_engine.verify.diff import CaseTurn, Comparison, Side, Turn

__all__ = ["diff"]

WIDTH = 80
MOST_KINDS = 6
"""How many kinds of request are named before the rest are only counted."""


@click.command(
    epilog="""\
\b
Examples:
  imr rules diff rules my-rules
  imr rules diff git:HEAD rules         what you have changed since the last commit
  imr rules diff git:v1:rules rules --cases examples/seed-003.yaml
"""
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--cases", "cases", metavar="FILE", multiple=True, help="Say whether this case changes; may be repeated.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")
@click.pass_context
def diff(ctx: click.Context, old: str, new: str, cases: tuple[str, ...], form: str) -> None:
    """Compare two rulebooks, each a folder or git:REV[:FOLDER].

    First what was added, removed or changed, and whether in meaning, citation or words alone. Then whether any case is
    decided differently: a solver looks at all of them, and for each direction the smallest case found is shown, with
    what both rulebooks say of it.
    """
    from imr_engine.cli.main import BAD_INPUT, print_error
    from imr_engine.errors import ImrError
    from imr_engine.intake import load_case
    from imr_engine.verify.diff import compare, compare_cases

    with ExitStack() as stack:
        books = [_rulebook(name, stack) for name in (old, new)]
    loaded: list[Case] = []
    failed = False
    for name in cases:
        try:
            loaded.append(load_case(name).case)
        except ImrError as error:
            failed = True
            print_error(error)
    comparison = compare(books[0], books[1], _explained, is_a_case)
    turned = list(compare_cases(loaded, *books))
    if form == "json":
        data = _as_data(comparison, turned, old, new)
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        for line in _as_text(comparison, turned, len(loaded)):
            click.echo(line)
    if failed:
        ctx.exit(BAD_INPUT)


def _rulebook(name: str, stack: ExitStack) -> Rulebook:
    from imr_engine.api import load_rulebook
    from imr_engine.verify.revisions import is_revision, unpacked

    if not is_revision(name):
        return load_rulebook(Path(name))
    return load_rulebook(unpacked(name, Path(stack.enter_context(TemporaryDirectory()))))


def _explained(case: Mapping[str, Any], rulebook: Rulebook) -> str:
    """The rationale of the request that a case is about, in one paragraph."""
    from imr_engine.api import predict
    from imr_engine.verify.draft import REQUEST

    determinations = predict(case, rulebook=rulebook, engine="plain").determinations
    return " ".join(
        sentence.text
        for determination in determinations
        if determination.request == REQUEST
        for sentence in determination.rationale
    )


# for programs


def _as_data(comparison: Comparison, turned: list[CaseTurn], old: str, new: str) -> dict[str, Any]:
    return {
        "schema": "imr-rules-diff/1",
        "old": old,
        "new": new,
        "proved": comparison.proved,
        "changes_an_outcome": comparison.changes_an_outcome,
        "kinds_ruled_alike": comparison.same,
        "kinds_compared": comparison.compared,
        "changes": [
            {
                "what": change.what,
                "name": change.name,
                "respect": change.respect.value,
                "part": change.part,
                "before": change.before,
                "after": change.after,
            }
            for change in comparison.changes
        ],
        "outcomes": [
            {
                "before": turn.before.value,
                "after": turn.after.value,
                "kinds": list(turn.kinds),
                "case": turn.case,
                "old": _side_as_data(turn.old),
                "new": _side_as_data(turn.new),
            }
            for turn in comparison.turns
        ],
        "periods": list(comparison.periods),
        "not_covered": list(comparison.limits),
        "cases": [
            {
                "case": turn.case,
                "request": turn.request,
                "old": _side_as_data(turn.old),
                "new": _side_as_data(turn.new),
            }
            for turn in turned
        ],
    }


def _side_as_data(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {"outcome": side.outcome.value, "deciding": list(side.deciding), "rationale": side.rationale}


# for people


def _as_text(comparison: Comparison, turned: list[CaseTurn], cases: int) -> Iterator[str]:
    if comparison.changes:
        yield "What was changed:"
        for change in comparison.changes:
            yield from _change(change)
    else:
        yield "The rulebooks say the same, word by word."
    yield ""
    yield from _outcomes(comparison)
    if cases:
        yield ""
        yield from _cases(turned, cases)


def _change(change: Change) -> Iterator[str]:
    part = f" ({change.part.replace('_', ' ')})" if change.part else ""
    yield from _wrapped(f"{change.what} {change.name}: {change.respect.value}{part}", 2)
    if change.before is not None:
        yield from _wrapped(f"was: {change.before}", 6)
    if change.after is not None:
        yield from _wrapped(f"is:  {change.after}", 6)


def _outcomes(comparison: Comparison) -> Iterator[str]:
    for turn in comparison.turns:
        yield from _turn(turn)
        yield ""
    for period in comparison.periods:
        yield from _wrapped(f"{period[:1].upper()}{period[1:]}.", 0)
    if comparison.proved and not comparison.changes_an_outcome:
        yield from _wrapped("No case is decided differently.", 0)
    if comparison.proved:
        yield from _wrapped(
            f"Proved over all cases: {_counted(comparison.compared, 'sort')} of request put to the solver, "
            f"{comparison.same or 'none'} ruled alike word by word. A case's other requests are taken as decided.",
            0,
        )
    for limit in comparison.limits:
        yield from _wrapped(f"Not covered: {limit}.", 0)


def _turn(turn: Turn) -> Iterator[str]:
    named = "; ".join(turn.kinds[:MOST_KINDS])
    more = f"; and {len(turn.kinds) - MOST_KINDS} more" if len(turn.kinds) > MOST_KINDS else ""
    yield from _wrapped(f"From {turn.before.value} to {turn.after.value}, for requests of: {named}{more}.", 0)
    if turn.case is None or turn.old is None or turn.new is None:
        yield from _wrapped("No case could be written that shows it.", 2)
        return
    yield "  The smallest case found:"
    yield ""
    yield from (f"      {line}" for line in case_as_yaml(turn.case).splitlines())
    yield ""
    yield from _side("Before", turn.old)
    yield from _side("Now", turn.new)


def _side(label: str, side: Side) -> Iterator[str]:
    by = f" by {', '.join(side.deciding)}" if side.deciding else ""
    yield from _wrapped(f"{label}: {side.outcome.value.upper()}{by}", 2)
    if side.rationale:
        yield from _wrapped(side.rationale, 6)


def _cases(turned: list[CaseTurn], cases: int) -> Iterator[str]:
    if not turned:
        yield f"Of {_counted(cases, 'given case')}, none changes."
        return
    changed = len({turn.case for turn in turned})
    yield f"Of {_counted(cases, 'given case')}, {changed} {'changes' if changed == 1 else 'change'}:"
    for turn in turned:
        what = "is decided by other criteria" if turn.old.outcome is turn.new.outcome else "changes its outcome"
        yield from _wrapped(f"{turn.case}, request {turn.request}, {what}", 2)
        yield from _side("Before", turn.old)
        yield from _side("Now", turn.new)


def _counted(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"


def _wrapped(text: str, margin: int) -> list[str]:
    start = " " * margin
    return wrap(text, WIDTH, initial_indent=start, subsequent_indent=start + "  ", break_on_hyphens=False)
