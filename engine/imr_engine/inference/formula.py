"""Formulas over the attributes of a flat fact, and how values become attributes: the ground of the rete reading.

A fact ``x`` of a request becomes the attribute ``x``: ``t`` or ``f`` for a yes-or-no, ``v:<value>`` for a choice, ``k``
for an amount, ``n`` where it is not documented and ``c`` where it is not computable; an amount also has ``x.lo`` and
``x.hi``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from imr_engine.inference.values import FactState, FactValue
from imr_engine.units.interval import Interval

__all__ = [
    "MICRO",
    "NO_HIGH_BOUND",
    "NO_LOW_BOUND",
    "And",
    "Atom",
    "Count",
    "Formula",
    "Or",
    "Test",
    "always",
    "encode_fact",
    "encode_limit",
    "never",
]

MICRO = 1_000_000
"""Amounts are compared in half-millionths of their unit, as whole numbers."""

NO_LOW_BOUND = -(2**60)
NO_HIGH_BOUND = 2**60


Test = Literal["==", "!=", "<=", "<", ">=", ">"]
"""How an attribute may be held against a value."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One attribute held against one value."""

    attribute: str
    test: Test
    value: str | int


@dataclass(frozen=True, slots=True)
class And:
    """All parts; without any, always so."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any part; without any, never so."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """At least ``wanted`` of the parts."""

    parts: tuple[Formula, ...]
    wanted: int


Formula = Atom | And | Or | Count


def always() -> Formula:
    """The formula that always holds."""
    return And(())


def never() -> Formula:
    """The formula that never holds."""
    return Or(())


def encode_limit(value: Fraction) -> int:
    """A limit as a whole number of half-millionths; the loader has refused finer ones."""
    scaled = value * MICRO
    if scaled.denominator != 1:
        raise ValueError(f"the limit {value} is finer than a millionth")
    return 2 * int(scaled)


def encode_fact(fact: FactValue) -> dict[str, str | int]:
    """The attributes of a fact.

    The ends of an interval keep their exact order against every limit: an end that is open, or that lies between two
    millionths, becomes the odd number between its even neighbours.
    """
    if fact.state is FactState.NOT_DOCUMENTED:
        return {fact.name: "n", **_ends(fact.name, None)}
    if fact.state is FactState.NOT_COMPUTABLE:
        return {fact.name: "c", **_ends(fact.name, fact.value if isinstance(fact.value, Interval) else None)}
    if isinstance(fact.value, bool):
        return {fact.name: "t" if fact.value else "f"}
    if isinstance(fact.value, Interval):
        return {fact.name: "k", **_ends(fact.name, fact.value)}
    return {fact.name: f"v:{fact.value}"}


def _ends(name: str, amount: Interval | None) -> dict[str, str | int]:
    low = None if amount is None else amount.low
    high = None if amount is None else amount.high
    low_open, high_open = (False, False) if amount is None else (amount.low_open, amount.high_open)
    return {
        f"{name}.lo": NO_LOW_BOUND if low is None else _low_end(low, is_open=low_open),
        f"{name}.hi": NO_HIGH_BOUND if high is None else _high_end(high, is_open=high_open),
    }


def _low_end(value: Fraction, *, is_open: bool) -> int:
    below, rest = divmod(value.numerator * MICRO, value.denominator)
    return _clamped(2 * below + (1 if is_open or rest else 0))


def _high_end(value: Fraction, *, is_open: bool) -> int:
    below, rest = divmod(value.numerator * MICRO, value.denominator)
    return _clamped(2 * below + (1 if rest else -1 if is_open else 0))


def _clamped(encoded: int) -> int:
    """Within 64 bits. Every limit lies between the two bounds, so the order against limits stays."""
    return max(NO_LOW_BOUND, min(encoded, NO_HIGH_BOUND))
