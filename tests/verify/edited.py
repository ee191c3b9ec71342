"""Rulebooks that differ from the shipped one in one respect, for tests of what notices it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from imr_engine import load_rulebook
from imr_engine.prediction import Citation, Effect
from imr_engine.rulebook.model import Criterion, Rulebook, Scope, Words
from imr_engine.rulebook.tree import Compare, Comparison, Limit, Node

__all__ = ["added", "changed", "compared", "made"]

SHIPPED = load_rulebook()


def made(
    name: str, effect: Effect, when: Node, *, guideline: str = "mtus-2009", scope: Scope, **more: object
) -> Criterion:
    """A criterion with the least that one needs."""
    criterion = Criterion(
        id=name,
        title=name,
        guideline=guideline,
        topic="made",
        scope=scope,
        effect=effect,
        when=when,
        citation=Citation(guideline, "a section", None, "made for a test", "seen"),
        words=Words(),
    )
    return replace(criterion, **more)  # pyright: ignore[reportArgumentType]


def compared(fact: str, comparison: Comparison, limit: int) -> Compare:
    return Compare(fact, comparison, Limit(Fraction(limit), None, str(limit)))


def added(*criteria: Criterion) -> Rulebook:
    """The shipped rulebook with further criteria."""
    guidelines = {
        name: replace(one, criteria=(*one.criteria, *(new for new in criteria if new.guideline == name)))
        for name, one in SHIPPED.guidelines.items()
    }
    return _with(guidelines, repr(criteria))


def changed(name: str, change: Callable[[Criterion], Criterion]) -> Rulebook:
    """The shipped rulebook with one criterion changed."""
    guidelines = {
        key: replace(one, criteria=tuple(change(old) if old.id == name else old for old in one.criteria))
        for key, one in SHIPPED.guidelines.items()
    }
    return _with(guidelines, repr([one.criteria for one in guidelines.values()]))


def _with(guidelines: Mapping[str, object], told_by: str) -> Rulebook:
    # What is made of a rulebook is kept by its digest.
    digest = hashlib.sha256(told_by.encode()).hexdigest()
    return replace(SHIPPED, guidelines=guidelines, digest=digest)  # pyright: ignore[reportArgumentType]
