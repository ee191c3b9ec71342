"""Formulas made smaller without changing what they mean, and their size as the rules engine feels it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imr_engine.inference.formula import And, Atom, Count, Formula, Or, always, never

__all__ = ["atoms", "firings", "fold", "group_count", "leaf_count"]

ALWAYS = always()
NEVER = never()


def fold(formula: Formula) -> Formula:
    """The formula without constants, without groups inside groups of their own kind, and without repetitions.

    What is left is ``always()``, ``never()``, or a formula that holds no constant and no empty group: an empty group
    would hang the rules engine.
    """
    match formula:
        case Atom():
            return formula
        case And(parts):
            return _folded_group(parts, And, ALWAYS, NEVER)
        case Or(parts):
            return _folded_group(parts, Or, NEVER, ALWAYS)
        case Count(parts, wanted):
            return _folded_count(parts, wanted)


def _folded_group(parts: Iterable[Formula], kind: type[And | Or], neutral: Formula, decisive: Formula) -> Formula:
    kept: dict[Formula, None] = {}
    for part in parts:
        folded = fold(part)
        if folded == decisive:
            return decisive
        if folded == neutral:
            continue
        kept.update(dict.fromkeys(folded.parts if isinstance(folded, kind) else (folded,)))
    if not kept:
        return neutral
    return next(iter(kept)) if len(kept) == 1 else kind(tuple(kept))


def _folded_count(parts: Iterable[Formula], wanted: int) -> Formula:
    # A part that stands twice counts twice, so nothing is merged here.
    folded = [fold(part) for part in parts]
    wanted -= folded.count(ALWAYS)
    kept = tuple(part for part in folded if part not in (ALWAYS, NEVER))
    if wanted <= 0:
        return ALWAYS
    if wanted > len(kept):
        return NEVER
    if wanted == len(kept):
        return fold(And(kept))
    return fold(Or(kept)) if wanted == 1 else Count(kept, wanted)


def atoms(formula: Formula) -> Iterator[Atom]:
    """Every atom from left to right."""
    if isinstance(formula, Atom):
        yield formula
        return
    for part in formula.parts:
        yield from atoms(part)


def leaf_count(formula: Formula) -> int:
    """How many atoms a formula has."""
    return sum(1 for _ in atoms(formula))


def group_count(formula: Formula) -> int:
    """How many groups a formula has, itself included."""
    return 0 if isinstance(formula, Atom) else 1 + sum(group_count(part) for part in formula.parts)


def firings(formula: Formula) -> int:
    """How often a rule of this condition can fire on one fact: once for each way through its alternatives.

    Equalities of one attribute exclude one another, and count as one way.
    """
    match formula:
        case Atom() | Count():
            return 1
        case And(parts):
            ways = 1
            for part in parts:
                ways *= firings(part)
            return ways
        case Or(parts):
            equalities = {part.attribute for part in parts if isinstance(part, Atom) and part.test == "=="}
            others = (part for part in parts if not (isinstance(part, Atom) and part.test == "=="))
            return len(equalities) + sum(firings(part) for part in others)
