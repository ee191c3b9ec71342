"""The condition tree: the one form of a criterion's condition, which every reading reads.

Nodes are frozen data. What an operator means is defined beside its readings in ``inference.operators``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

__all__ = [
    "AllOf",
    "AnyOf",
    "AtLeast",
    "Compare",
    "Comparison",
    "Documented",
    "Holds",
    "IsOneOf",
    "Limit",
    "Node",
    "Not",
    "children",
    "facts_of",
    "leaves",
    "parameters_of",
    "resolved",
]


class Comparison(StrEnum):
    """How an amount is held against a limit."""

    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold: the value in the fact's unit, and the parameter it comes from.

    ``value`` is None until the rulebook is read for a date, since a parameter's value depends on it.
    """

    value: Fraction | None
    parameter: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Holds:
    """A yes-or-no fact is true."""

    fact: str


@dataclass(frozen=True, slots=True)
class IsOneOf:
    """An enumerated fact has one of these values."""

    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A quantity is on the stated side of a limit."""

    fact: str
    comparison: Comparison
    limit: Limit


@dataclass(frozen=True, slots=True)
class Documented:
    """A fact is documented, whatever its value: true or not documented, never false."""

    fact: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least ``count`` of the parts hold: false once that many can no longer be reached."""

    count: Limit
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold; what is not documented stays so."""

    part: Node


Leaf = Holds | IsOneOf | Compare | Documented
Node = Leaf | AllOf | AnyOf | AtLeast | Not


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node; none for a leaf."""
    match node:
        case AllOf(parts) | AnyOf(parts) | AtLeast(_, parts):
            return parts
        case Not(part):
            return (part,)
        case _:
            return ()


def leaves(node: Node) -> Iterator[Leaf]:
    """Every leaf from left to right."""
    if isinstance(node, (Holds, IsOneOf, Compare, Documented)):
        yield node
        return
    for part in children(node):
        yield from leaves(part)


def facts_of(node: Node) -> tuple[str, ...]:
    """The facts a condition reads, each once, in the order they first stand in it."""
    return tuple(dict.fromkeys(leaf.fact for leaf in leaves(node)))


def parameters_of(node: Node) -> tuple[str, ...]:
    """The parameters a condition uses, each once, in order."""
    found: dict[str, None] = {}
    if isinstance(node, Compare) and node.limit.parameter:
        found[node.limit.parameter] = None
    if isinstance(node, AtLeast) and node.count.parameter:
        found[node.count.parameter] = None
    for part in children(node):
        found.update(dict.fromkeys(parameters_of(part)))
    return tuple(found)


def resolved(node: Node, values: dict[str, tuple[Fraction, str]]) -> Node:
    """The tree with each parameter's value (and its text) for one date put in."""

    def limit(old: Limit) -> Limit:
        if old.parameter is None:
            return old
        value, text = values[old.parameter]
        return Limit(value, old.parameter, text)

    match node:
        case Compare():
            return replace(node, limit=limit(node.limit))
        case AtLeast(count, parts):
            return AtLeast(limit(count), tuple(resolved(part, values) for part in parts))
        case AllOf(parts):
            return AllOf(tuple(resolved(part, values) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(resolved(part, values) for part in parts))
        case Not(part):
            return Not(resolved(part, values))
        case _:
            return node
