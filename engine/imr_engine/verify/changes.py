"""What differs between two rulebooks as they are written: what was added, removed, or changed, and in which respect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from imr_engine.inference.operators import english
from imr_engine.rulebook.model import Criterion, Edition, FactDeclaration, Parameter, Rulebook, Scope

__all__ = ["Change", "Respect", "changes"]

Item = TypeVar("Item")


class Respect(StrEnum):
    """In which respect something changed. Only MEANING, ADDED and REMOVED can change an outcome."""

    ADDED = "added"
    REMOVED = "removed"
    MEANING = "meaning"
    CITATION = "citation"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one thing, with what it was and what it is; both None where it was added or removed."""

    what: str
    name: str
    respect: Respect
    part: str = ""
    before: str | None = None
    after: str | None = None


def changes(old: Rulebook, new: Rulebook) -> tuple[Change, ...]:
    """Every change from one rulebook to another: criteria first, then what they refer to."""
    found = [
        *_between("criterion", _by_id(old.criteria), _by_id(new.criteria), _criterion(old, new)),
        *_between("parameter", old.parameters, new.parameters, _parameter),
        *_between("fact", old.facts, new.facts, _fact),
        *_between("edition", _by_id(old.editions), _by_id(new.editions), _edition),
        *_between("guideline", old.guidelines, new.guidelines, _parts(meaning="common", words="title short lead")),
        *_between("kind", _by_id(old.kinds), _by_id(new.kinds), _parts(meaning="wordings", words="label")),
        *_between("scale", _by_id(old.scales), _by_id(new.scales), _parts(meaning="better names", words="label")),
    ]
    kinds, others = [kind.id for kind in old.kinds], [kind.id for kind in new.kinds]
    if kinds != others and sorted(kinds) == sorted(others):
        # The first kind with a wording in a request decides, so their order matters.
        found.append(Change("kind", "all", Respect.MEANING, "order", ", ".join(kinds), ", ".join(others)))
    return tuple(found)


Compared = Iterator[tuple[Respect, str, Any, Any]]
"""Respect, part, what it was and what it is, of every part of a thing that could have changed."""


def _between(
    what: str, old: Mapping[str, Item], new: Mapping[str, Item], compare: Callable[[Item, Item], Compared]
) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        if name not in new:
            yield Change(what, name, Respect.REMOVED)
        elif name not in old:
            yield Change(what, name, Respect.ADDED)
        else:
            for respect, part, before, after in compare(old[name], new[name]):
                if before != after:
                    yield Change(what, name, respect, part, _written(before), _written(after))


def _by_id(items: Any) -> dict[str, Any]:
    return {item.id: item for item in items}


def _parts(meaning: str = "", citation: str = "", words: str = "") -> Callable[[Any, Any], Compared]:
    """Compare attributes by name, each list of them separated by spaces."""

    def compare(before: Any, after: Any) -> Compared:
        listed = ((Respect.MEANING, meaning), (Respect.CITATION, citation), (Respect.WORDS, words))
        for respect, names in listed:
            for name in names.split():
                yield respect, name, getattr(before, name), getattr(after, name)

    return compare


def _criterion(old: Rulebook, new: Rulebook) -> Callable[[Criterion, Criterion], Compared]:
    def compare(before: Criterion, after: Criterion) -> Compared:
        yield Respect.MEANING, "guideline", before.guideline, after.guideline
        yield Respect.MEANING, "applies_to", _scope(before.scope), _scope(after.scope)
        yield Respect.MEANING, "effect", before.effect.value, after.effect.value
        yield Respect.MEANING, "of", before.excuses, after.excuses
        if before.when != after.when:
            yield Respect.MEANING, "when", english(before.when, old.facts), english(after.when, new.facts)
        yield from _parts(citation="citation", words="title words said_only_if needs_dose_at_least both_ways")(
            before, after
        )

    return compare


def _scope(scope: Scope) -> str:
    parts = {
        "kind": scope.kinds,
        "class": scope.classes,
        "ingredient": scope.ingredients,
        "region": scope.regions,
        "phase": scope.phases,
    }
    said = "; ".join(f"{name} {' or '.join(values)}" for name, values in parts.items() if values)
    return said or "every request"


def _parameter(before: Parameter, after: Parameter) -> Compared:
    yield Respect.MEANING, "values", _dated(before), _dated(after)
    yield Respect.CITATION, "source", _sources(before), _sources(after)
    yield Respect.WORDS, "meaning", before.meaning, after.meaning


def _sources(parameter: Parameter) -> str:
    return "; ".join(f"{value.source} ({value.confidence})" for value in parameter.values)


def _dated(parameter: Parameter) -> str:
    return "; ".join(f"{value.text} from {value.start}" for value in parameter.values)


def _fact(before: FactDeclaration, after: FactDeclaration) -> Compared:
    yield from _parts(meaning="type unit values", words="label meaning document judgement")(before, after)


def _edition(before: Edition, after: Edition) -> Compared:
    yield from _parts(meaning="start end conversion_table", citation="source", words="title")(before, after)
    for kind in dict.fromkeys((*before.order, *after.order)):
        yield Respect.MEANING, f"order for {kind}", before.order_for(kind), after.order_for(kind)


def _written(value: Any) -> str | None:
    """A value for people; of what is too large to print (the words of a criterion) nothing."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return ", ".join(str(entry) for entry in value) or "none"
    if isinstance(value, (bool, Mapping)) or hasattr(value, "__dataclass_fields__"):
        return None
    return str(value)
