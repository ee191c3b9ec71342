"""What the content of a rulebook shows without its behaviour: names, dates, words and thresholds that cannot be meant.

What the loader refuses is not looked for again here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction

from imr_engine.data.suggest import did_you_mean
from imr_engine.inference.rete import check_compilable
from imr_engine.prediction import Effect, Status
from imr_engine.rulebook.model import Criterion, Edition
from imr_engine.rulebook.tree import facts_of, parameters_of
from imr_engine.verify.bands import holes
from imr_engine.verify.cells import possible, sentences_never_said
from imr_engine.verify.checked import Checked
from imr_engine.verify.effects import misfits
from imr_engine.verify.findings import RulebookFinding
from imr_engine.verify.gaps import SPEAKING, edition_findings, gap_findings
from imr_engine.verify.scoping import drugs_of, share_a_request
from imr_engine.verify.sources import Sources
from imr_engine.verify.standings import standings

__all__ = ["content_findings"]

AGAINST = (Effect.REQUIRE, Effect.DEFEAT)

SAYS = {
    Effect.REQUIRE: (Status.MET, Status.NOT_MET, Status.NOT_DOCUMENTED),
    Effect.SUPPORT: (Status.MET, Status.NOT_MET, Status.NOT_DOCUMENTED),
    Effect.DEFEAT: (Status.MET,),
    Effect.EXCUSE: (Status.MET,),
}
"""The statuses in which a rationale speaks of a criterion as one that decides, by its effect."""

LARGEST_SLIP = 10
"""How many times larger or smaller than any ceiling that the drug tables name a limit in MME may be."""

_PHRASE = re.compile(r"\$([a-z][a-z0-9_]*)")


def content_findings(checked: Checked) -> Iterator[RulebookFinding]:
    """Everything that the content alone shows, in no particular order."""
    for find in _FINDERS:
        yield from find(checked)


# scopes


def _scopes(checked: Checked) -> Iterator[RulebookFinding]:
    for criterion in checked.rulebook.criteria:
        unknown = list(_unknown_names(criterion, checked))
        yield from unknown
        if not unknown and not drugs_of(criterion.scope, checked.tables) and not criterion.scope.kinds:
            yield RulebookFinding(
                "scope-without-requests",
                criterion.id,
                checked.sources.of_criterion(criterion.id, "applies_to", key=True),
                f"no drug of class {' or '.join(criterion.scope.classes)} holds "
                f"{' or '.join(criterion.scope.ingredients)}",
                "keep the ingredient and leave out the class",
            )


def _unknown_names(criterion: Criterion, checked: Checked) -> Iterator[RulebookFinding]:
    known = {"class": checked.classes, "ingredient": frozenset(checked.tables.drugs)}
    given = {"class": criterion.scope.classes, "ingredient": criterion.scope.ingredients}
    for what, names in given.items():
        for index, name in enumerate(names):
            if name in known[what]:
                continue
            found = checked.tables.find(name) if what == "ingredient" else None
            hint = f"the tables call it {found.id}" if found is not None else did_you_mean(name, known[what])
            yield RulebookFinding(
                f"unknown-{what}",
                criterion.id,
                checked.sources.of_criterion(criterion.id, f"applies_to.{what}[{index}]"),
                f"no drug of the tables has the class {name!r}" if what == "class" else f"no drug is called {name!r}",
                hint or f"'imr schema rules' and drug_tables/drugs list what there is; add the {what} there first",
            )


def _excuses(checked: Checked) -> Iterator[RulebookFinding]:
    by_id = {criterion.id: criterion for criterion in checked.rulebook.criteria}
    for criterion in checked.rulebook.criteria:
        for index, name in enumerate(criterion.excuses):
            if not share_a_request(criterion.scope, by_id[name].scope, checked.tables):
                yield RulebookFinding(
                    "excuse-beside-its-target",
                    criterion.id,
                    checked.sources.of_criterion(criterion.id, f"of[{index}]"),
                    f"no request to which this excuse applies is one to which {name} applies",
                    f"give it the applies_to of {name}, or a part of that",
                )


# names that nobody uses


def _unused(checked: Checked) -> Iterator[RulebookFinding]:
    rulebook, sources = checked.rulebook, checked.sources
    asked = {fact for criterion in rulebook.criteria for fact in facts_of(criterion.when)}
    used = {name for criterion in rulebook.criteria for name in parameters_of(criterion.when)}
    for name in rulebook.facts:
        if name not in asked:
            place = sources.of("facts.yaml", f"facts.{name}", key=True)
            yield RulebookFinding("unused-fact", name, place, f"no criterion asks about {name}", "delete it, or use it")
    for name in rulebook.parameters:
        if name not in used:
            place = sources.of("parameters.yaml", f"parameters.{name}", key=True)
            hint = f"write ${name} where its number stands, or delete it"
            yield RulebookFinding("unused-parameter", name, place, f"no criterion uses ${name}", hint)
    yield from _unused_phrases(sources)
    speaking = {name for edition in rulebook.editions for order in edition.order.values() for name in order}
    for name, guideline in rulebook.guidelines.items():
        if name not in speaking and not guideline.common:
            place = sources.of(f"{name}/guideline.yaml", "title")
            hint = "name it in the order of an edition"
            yield RulebookFinding("silent-guideline", name, place, f"no edition lets {name} speak", hint)


def _unused_phrases(sources: Sources) -> Iterator[RulebookFinding]:
    for file, document in sources.documents.items():
        said = {
            match[1]
            for entry in (document.value.get("criteria", ()) if "/" in file else ())
            if (match := _PHRASE.fullmatch(str(entry.get("says", {}).get("rule", ""))))
        }
        for name in document.value.get("phrases", {}):
            if name not in said:
                place = document.place(f"phrases.{name}", key=True)
                hint = f"write rule: ${name}, or delete it"
                yield RulebookFinding("unused-phrase", name, place, f"no criterion of this file says ${name}", hint)


# words


def _words(checked: Checked) -> Iterator[RulebookFinding]:
    for criterion in checked.rulebook.criteria:
        reachable = possible(criterion.when)
        for status in SAYS.get(criterion.effect, ()):
            if status in reachable and not getattr(criterion.words, status.value):
                place = checked.sources.of_criterion(criterion.id, "says", key=True)
                message = f"nothing is said where it is {_plain(status)}"
                yield RulebookFinding("words-missing", criterion.id, place, message, f"add {status.value}: under says")
        if criterion.effect in SPEAKING and criterion.words.rule is None:
            place = checked.sources.of_criterion(criterion.id, "says", key=True)
            hint = "add rule: under says, with what the guideline asks"
            yield RulebookFinding("rule-without-words", criterion.id, place, "it has no rule: to state", hint)
        yield from _documenting(criterion, checked)


def _documenting(criterion: Criterion, checked: Checked) -> Iterator[RulebookFinding]:
    if criterion.words.ask or criterion.effect not in (Effect.REQUIRE, Effect.SUPPORT):
        return
    facts = [name for name in facts_of(criterion.when) if checked.rulebook.facts[name].document is None]
    if facts and Status.NOT_DOCUMENTED in possible(criterion.when):
        place = checked.sources.of_criterion(criterion.id, "says", key=True)
        message = f"it has no ask:, and {' and '.join(facts)} has no document: either"
        hint = "say under ask what the provider should write down"
        yield RulebookFinding("nothing-to-document", criterion.id, place, message, hint)


def _plain(status: Status) -> str:
    return status.value.replace("_", " ")


# citations and thresholds


def _doubtful(checked: Checked) -> Iterator[RulebookFinding]:
    rulebook, sources = checked.rulebook, checked.sources
    users: dict[str, str] = {}
    for criterion in rulebook.criteria:
        if criterion.effect not in AGAINST:
            continue
        if criterion.citation.confidence == "doubtful":
            place = sources.of_criterion(criterion.id, "cite.confidence")
            message = f"its citation of {criterion.citation.section!r} is marked doubtful"
            yield RulebookFinding("doubtful-citation", criterion.id, place, message, "read it at its source")
        for name in parameters_of(criterion.when):
            users.setdefault(name, criterion.id)
    for name, user in users.items():
        for index, value in enumerate(rulebook.parameters[name].values):
            if value.confidence == "doubtful":
                place = sources.of("parameters.yaml", f"parameters.{name}.values[{index}].confidence")
                message = f"{value.text} is marked doubtful, and {user} can turn a request down by it"
                yield RulebookFinding("doubtful-threshold", name, place, message, "read it at its source")


def _thresholds(checked: Checked) -> Iterator[RulebookFinding]:
    ceilings = [ceiling.limit for ceiling in checked.tables.ceilings]
    for name, parameter in checked.rulebook.parameters.items():
        for index, value in enumerate(parameter.values):
            before = parameter.values[index - 1].value if index else None
            odd = _oddity(value.value, parameter.unit, before, value.text, ceilings)
            if odd is not None:
                place = checked.sources.of("parameters.yaml", f"parameters.{name}.values[{index}].value")
                yield RulebookFinding(
                    "implausible-threshold", name, place, odd, "compare the number and its unit with the source"
                )


def _oddity(
    value: Fraction, unit: str | None, before: Fraction | None, text: str, ceilings: list[Fraction]
) -> str | None:
    """What is odd about a threshold, or None: its size by the ceilings known, beside its unit, or beside the last."""
    if unit is None:
        return None
    is_dose = _is_dose(unit)
    if is_dose and ceilings and not min(ceilings) / LARGEST_SLIP <= value <= max(ceilings) * LARGEST_SLIP:
        known = f"{min(ceilings)} to {max(ceilings)}"
        return f"{text} is far from every ceiling that the drug tables name ({known} MME/day)"
    if before and value and not Fraction(1, LARGEST_SLIP) < value / before < LARGEST_SLIP:
        return f"{text} is {'ten times the value before it or more' if value > before else 'a tenth of that before it'}"
    if not is_dose and 0 < value < 1:
        return f"{text} is less than one of {unit}, in which it is declared"
    return None


def _is_dose(unit: str) -> bool:
    return unit.partition("/")[0] == "MME"


def _values_in_force(checked: Checked) -> Iterator[RulebookFinding]:
    """Values that no day of any edition reaches."""
    editions = checked.rulebook.editions
    for name, parameter in checked.rulebook.parameters.items():
        ends: list[date | None] = [value.start for value in parameter.values[1:]]
        for index, (value, end) in enumerate(zip(parameter.values, [*ends, None], strict=True)):
            if not any(_overlap(value.start, end, edition) for edition in editions):
                place = checked.sources.of("parameters.yaml", f"parameters.{name}.values[{index}].from")
                until = f" to before {end}" if end else " on"
                message = f"{value.text} holds from {value.start}{until}, when no edition does"
                hint = "correct the date, or delete the value"
                yield RulebookFinding("value-never-in-force", name, place, message, hint)


def _overlap(start: date, end: date | None, edition: Edition) -> bool:
    return (edition.end is None or start < edition.end) and (end is None or edition.start < end)


# limits and sentences


def _edges(checked: Checked) -> Iterator[RulebookFinding]:
    for rules in standings(checked.rulebook):
        for edge in holes(rules, checked.tables):
            first, second = edge.below.id, edge.above.id
            place = checked.sources.of_criterion(second, "when", key=True)
            both = f"{first} ends below it and {second} begins above it" if first != second else "it is left out"
            message = f"{edge.fact} of exactly {edge.text} belongs to neither side: {both}"
            hint = "write at_most for one side, or at_least for the other, as the source has it"
            yield RulebookFinding("hole-at-edge", second, place, message, hint)


def _sentences(checked: Checked) -> Iterator[RulebookFinding]:
    """Sentences that are said under no set of thresholds."""
    never: dict[str, set[tuple[Status, int]]] = {}
    for rules in standings(checked.rulebook):
        for criterion in rules.criteria:
            found = set(sentences_never_said(criterion, rules.facts))
            never[criterion.id] = never.get(criterion.id, found) & found
    for name, sentences in never.items():
        for status, index in sorted(sentences):
            place = checked.sources.of_criterion(name, f"says.{status.value}[{index}].when", key=True)
            message = f"its condition never holds where the criterion is {_plain(status)}"
            hint = "correct the condition, or move the sentence to another status"
            yield RulebookFinding("sentence-never-said", name, place, message, hint)


def _effects(checked: Checked) -> Iterator[RulebookFinding]:
    told = {
        "limit-as-defeat": (
            "a request on which {} is not documented passes it",
            "write the limit as a require: at_most instead of more_than",
        ),
        "absence-as-support": (
            "it is met where {} is looked for and not found, which is no ground for a treatment",
            "write it as a require, or as a defeat of what was found",
        ),
    }
    for misfit in misfits(checked.rulebook, checked.tables):
        message, hint = told[misfit.code]
        place = checked.sources.of_criterion(misfit.criterion.id, "effect", key=True)
        yield RulebookFinding(misfit.code, misfit.criterion.id, place, message.format(misfit.fact), hint)


# the rules engine


def _compilable(checked: Checked) -> Iterator[RulebookFinding]:
    for problem in check_compilable(checked.rulebook):
        yield RulebookFinding("not-compilable", problem.path, problem.place, problem.message, problem.suggestion)


_FINDERS: tuple[Callable[[Checked], Iterator[RulebookFinding]], ...] = (
    _scopes,
    _excuses,
    _unused,
    _words,
    _doubtful,
    _thresholds,
    _values_in_force,
    edition_findings,
    gap_findings,
    _edges,
    _effects,
    _sentences,
    _compilable,
)
