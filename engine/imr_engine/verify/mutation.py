"""Changes the rules of a rulebook one at a time, and tells which changes a set of expectations notices.

A change that no expectation notices shows where the expectations are thin, or that two ways of writing a rule come to
the same. Words, citations and sources are left alone: they decide nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

from imr_engine.case.model import Case
from imr_engine.prediction import Effect
from imr_engine.rulebook.model import Criterion, Edition, FactDeclaration, FactType, Parameter, Rulebook, Scope
from imr_engine.rulebook.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Comparison,
    Documented,
    Holds,
    IsOneOf,
    Limit,
    Node,
    Not,
)
from imr_engine.verify.judging import PreparedCase, disagreement
from imr_engine.verify.variants import Variant

__all__ = ["Mutant", "Tried", "condition_mutants", "criterion_mutants", "mutants", "try_mutants"]

_OTHER_EFFECTS = {
    Effect.REQUIRE: (Effect.NOTE, Effect.SUPPORT),
    Effect.SUPPORT: (Effect.NOTE, Effect.REQUIRE),
    Effect.DEFEAT: (Effect.NOTE,),
    Effect.EXCUSE: (Effect.NOTE,),
    Effect.NOTE: (Effect.SUPPORT, Effect.DEFEAT),
}
_SCOPE_PARTS = {
    "kinds": "kind",
    "classes": "class",
    "ingredients": "ingredient",
    "regions": "region",
    "phases": "phase",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rulebook with one change.

    ``operator`` is the sort of the change, ``subject`` the criterion, parameter or edition that has it, ``change`` says
    it in words.
    """

    operator: str
    subject: str
    change: str
    rulebook: Rulebook

    @property
    def id(self) -> str:
        """Subject and change, which no other mutant of the rulebook shares."""
        return f"{self.subject}: {self.change}"


@dataclass(frozen=True, slots=True)
class Tried:
    """A mutant, and the first expectation that it breaks; None where it breaks none and so survives."""

    mutant: Mutant
    noticed: str | None


def mutants(rulebook: Rulebook) -> Iterator[Mutant]:
    """Every mutant of a rulebook, in the order of its criteria, then its parameters, then its editions.

    Two changes that make one and the same rule are one mutant.
    """
    for number, (operator, subject, change, changed) in enumerate(_changes(rulebook)):
        # What is compiled and kept for a rulebook goes by its digest.
        yield Mutant(operator, subject, change, replace(changed, digest=f"{rulebook.digest} mutant {number}"))


def try_mutants(
    tried: Iterable[Mutant], variants: Sequence[tuple[Variant, Case]], rulebook: Rulebook
) -> Iterator[Tried]:
    """Ask of each mutant every variant until one does not come out as expected.

    The variants are asked by the plain reading, and each of them as a whole: a request that follows from others follows
    from what the mutant says of them.

    Args:
        tried: Mutants of the rulebook.
        variants: The expectations, each with its case as loaded.
        rulebook: The rulebook that was changed; by it the facts of the cases are worked out, once for all mutants.

    Raises:
        ValueError: A variant does not hold of the rulebook itself.
    """
    prepared = [(variant, PreparedCase(case, rulebook, variant.table)) for variant, case in variants]
    for variant, case in prepared:
        if (found := disagreement(variant, case.answers(rulebook))) is not None:
            raise ValueError(f"the rulebook itself does not do as expected: {found}")
    for mutant in tried:
        # Lazily, so that the first variant that notices is the last that is asked.
        found = (disagreement(variant, case.answers(mutant.rulebook)) for variant, case in prepared)
        yield Tried(mutant, next((text for text in found if text is not None), None))


# the changes

_Change = tuple[str, str, str, Rulebook]


def _changes(rulebook: Rulebook) -> Iterator[_Change]:
    for guideline in rulebook.guidelines.values():
        for index, criterion in enumerate(guideline.criteria):
            before, after = guideline.criteria[:index], guideline.criteria[index + 1 :]
            for operator, change, mutated in criterion_mutants(criterion, rulebook):
                put = () if mutated is None else (mutated,)
                changed = replace(guideline, criteria=(*before, *put, *after))
                guidelines = {**rulebook.guidelines, guideline.id: changed}
                yield operator, criterion.id, change, replace(rulebook, guidelines=guidelines)
    for name, parameter in rulebook.parameters.items():
        for change, mutated in _parameter_mutants(parameter):
            parameters = {**rulebook.parameters, name: mutated}
            yield "threshold", f"${name}", change, replace(rulebook, parameters=parameters)
    for index, edition in enumerate(rulebook.editions):
        for operator, change, mutated in _edition_mutants(edition):
            editions = (*rulebook.editions[:index], mutated, *rulebook.editions[index + 1 :])
            yield operator, edition.id, change, replace(rulebook, editions=editions)


def criterion_mutants(criterion: Criterion, rulebook: Rulebook) -> Iterator[tuple[str, str, Criterion | None]]:
    """Every change to one criterion of a rulebook: its sort, its wording, and the criterion so changed.

    None in its place: it is deleted.
    """
    yield "deletion", "deleted", None
    seen: list[object] = [(criterion.scope, criterion.effect, criterion.excuses, criterion.when)]
    for operator, change, mutated in _of_criterion(criterion, rulebook):
        means = (mutated.scope, mutated.effect, mutated.excuses, mutated.when)
        if means not in seen:
            seen.append(means)
            yield operator, change, mutated


def _of_criterion(criterion: Criterion, rulebook: Rulebook) -> Iterator[tuple[str, str, Criterion]]:
    for operator, change, when in condition_mutants(criterion.when, rulebook.facts):
        yield operator, change, replace(criterion, when=when)
    for effect in _OTHER_EFFECTS.get(criterion.effect, ()):
        yield "effect", f"{criterion.effect} becomes {effect}", replace(criterion, effect=effect, excuses=())
    if len(criterion.excuses) > 1:
        # An excuse of one criterion that loses it is a note, which is a mutant already.
        for name in criterion.excuses:
            rest = tuple(other for other in criterion.excuses if other != name)
            yield "excuse", f"{name} is no longer excused", replace(criterion, excuses=rest)
    for change, scope in _scope_mutants(criterion.scope, rulebook):
        yield "scope", change, replace(criterion, scope=scope)


def _scope_mutants(scope: Scope, rulebook: Rulebook) -> Iterator[tuple[str, Scope]]:
    for part, label in _SCOPE_PARTS.items():
        values: tuple[str, ...] = getattr(scope, part)
        if not values:
            continue
        yield f"any {label}, not only {', '.join(values)}", replace(scope, **{part: ()})
        # The likely slips: a value that the scopes of other criteria have.
        others = dict.fromkeys(value for criterion in rulebook.criteria for value in getattr(criterion.scope, part))
        for value in others:
            if value not in values:
                yield f"also for {label} {value}", replace(scope, **{part: (*values, value)})
        if len(values) > 1:
            for value in values:
                rest = tuple(other for other in values if other != value)
                yield f"no longer for {label} {value}", replace(scope, **{part: rest})


def _parameter_mutants(parameter: Parameter) -> Iterator[tuple[str, Parameter]]:
    for index, entry in enumerate(parameter.values):
        for value in _moved(entry.value, whole=parameter.unit is None):
            values = (*parameter.values[:index], replace(entry, value=value), *parameter.values[index + 1 :])
            yield f"{entry.value} becomes {value}", replace(parameter, values=values)


def _edition_mutants(edition: Edition) -> Iterator[tuple[str, str, Edition]]:
    day = timedelta(days=1)
    for moved in (edition.start - day, edition.start + day):
        yield "edition", f"from {edition.start} becomes {moved}", replace(edition, start=moved)
    if edition.end is not None:
        for moved in (edition.end - day, edition.end + day):
            yield "edition", f"before {edition.end} becomes {moved}", replace(edition, end=moved)
    for kind, order in edition.order.items():
        for index in range(len(order) - 1):
            first, second = order[index : index + 2]
            swapped = (*order[:index], second, first, *order[index + 2 :])
            change = f"{second} speaks before {first} ({kind})"
            yield "order", change, replace(edition, order={**edition.order, kind: swapped})


# conditions

_TreeChange = tuple[str, str, Node]
_Regroup = Callable[[tuple[Node, ...]], Node]


def condition_mutants(node: Node, facts: Mapping[str, FactDeclaration]) -> Iterator[_TreeChange]:
    """Every change to one place of a condition: its sort, its wording, and the whole condition with it."""
    yield from _here(node, facts)
    match node:
        case AllOf(parts):
            yield from _inside(parts, facts, AllOf)
        case AnyOf(parts):
            yield from _inside(parts, facts, AnyOf)
        case AtLeast(count, parts):
            yield from _inside(parts, facts, lambda changed: AtLeast(count, changed))
        case Not(part):
            yield from ((operator, change, Not(inner)) for operator, change, inner in condition_mutants(part, facts))
        case _:
            return


def _inside(parts: tuple[Node, ...], facts: Mapping[str, FactDeclaration], group: _Regroup) -> Iterator[_TreeChange]:
    for index, part in enumerate(parts):
        before, after = parts[:index], parts[index + 1 :]
        if len(parts) > 1:
            yield "part", f"without {_said(part)}", group((*before, *after))
        for operator, change, mutated in condition_mutants(part, facts):
            yield operator, change, group((*before, mutated, *after))


def _here(node: Node, facts: Mapping[str, FactDeclaration]) -> Iterator[_TreeChange]:
    """The changes to a node itself."""
    said = _said(node)
    if isinstance(node, Not):
        yield "negation", f"without the not of {said}", node.part
    else:
        yield "negation", f"not {said}", Not(node)
    match node:
        case Compare():
            yield from _of_comparison(node, said, whole=facts[node.fact].type is FactType.COUNT)
        case IsOneOf():
            yield from _of_choice(node, said, facts[node.fact].values)
        case AllOf(parts) if len(parts) > 1:
            yield "group", f"any, not {said}", AnyOf(parts)
        case AnyOf(parts) if len(parts) > 1:
            yield "group", f"all, not {said}", AllOf(parts)
        case AtLeast():
            yield from _of_count(node, said)
        case _:
            return


def _of_comparison(node: Compare, said: str, *, whole: bool) -> Iterator[_TreeChange]:
    for comparison in Comparison:
        if comparison is not node.comparison:
            yield "comparison", f"{said} becomes {comparison}", replace(node, comparison=comparison)
    if node.limit.parameter is None and node.limit.value is not None:
        for value in _moved(node.limit.value, whole=whole):
            yield "threshold", f"{said} becomes {value}", replace(node, limit=Limit(value, None, str(value)))


def _of_choice(node: IsOneOf, said: str, known: tuple[str, ...]) -> Iterator[_TreeChange]:
    for value in node.values if len(node.values) > 1 else ():
        rest = tuple(other for other in node.values if other != value)
        yield "choice", f"{said} without {value}", IsOneOf(node.fact, rest)
    for value in known:
        if value not in node.values:
            yield "choice", f"{said} with {value}", IsOneOf(node.fact, (*node.values, value))


def _of_count(node: AtLeast, said: str) -> Iterator[_TreeChange]:
    yield "group", f"all, not {said}", AllOf(node.parts)
    yield "group", f"any, not {said}", AnyOf(node.parts)
    if node.count.parameter is None and node.count.value is not None:
        for value in (node.count.value + 1, node.count.value - 1):
            yield "count", f"{said} becomes {value}", AtLeast(Limit(value, None, str(value)), node.parts)


def _moved(value: Fraction, *, whole: bool) -> Iterator[Fraction]:
    """A threshold one unit to either side, doubled and halved; of a count only whole numbers, each once."""
    moved = dict.fromkeys((value + 1, value - 1, value * 2, value / 2))
    yield from (other for other in moved if other != value and (not whole or other.denominator == 1))


def _said(node: Node) -> str:
    """A part of a condition, short, as it stands in YAML."""
    match node:
        case Holds(fact):
            return fact
        case Documented(fact):
            return f"documented {fact}"
        case IsOneOf(fact, values):
            return f"{fact} in [{', '.join(values)}]"
        case Compare(fact, comparison, limit):
            return f"{fact} {comparison} {_limit(limit)}"
        case AllOf(parts):
            return f"all of {len(parts)} ({_said(parts[0])}, …)"
        case AnyOf(parts):
            return f"any of {len(parts)} ({_said(parts[0])}, …)"
        case AtLeast(count, parts):
            return f"at least {_limit(count)} of {len(parts)} ({_said(parts[0])}, …)"
        case Not(part):
            return f"not {_said(part)}"


def _limit(limit: Limit) -> str:
    return f"${limit.parameter}" if limit.parameter is not None else limit.text or str(limit.value)
