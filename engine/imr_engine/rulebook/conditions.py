"""Reads a condition as written in YAML into the tree, and checks every leaf against the declared facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from imr_engine.data.suggest import did_you_mean
from imr_engine.errors import UnitError
from imr_engine.rulebook.model import FactDeclaration, FactType, Parameter
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
    leaves,
)
from imr_engine.units import read_amount

__all__ = ["MICRO", "ConditionReader"]

MICRO = 1_000_000
"""A limit must be a whole number of millionths of its unit: the rules engine compares whole numbers."""

GROUPS = ("all", "any", "at_least", "not", "documented")
COMPARISONS = tuple(comparison.value for comparison in Comparison)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
Report = Callable[[str, str], None]


class ConditionReader:
    """Reads the conditions of one rulebook.

    ``report`` takes the path of what is wrong and the message; reading goes on, so that everything is reported.
    A part that is wrong reads as None.
    """

    def __init__(self, facts: Mapping[str, FactDeclaration], parameters: Mapping[str, Parameter], report: Report) -> None:
        self._facts = facts
        self._parameters = parameters
        self._report = report

    def read(self, raw: Any, path: str) -> Node | None:
        """The tree of a condition, or None if any of it is wrong."""
        if not isinstance(raw, Mapping) or len(raw) != 1:
            self._report(path, "a condition is one fact or one of all, any, at_least, not, documented")
            return None
        (key, body), *_ = raw.items()
        at = f"{path}.{key}"
        match key:
            case "all" | "any":
                parts = self._parts(body, at)
                if parts is None:
                    return None
                return AllOf(parts) if key == "all" else AnyOf(parts)
            case "at_least":
                return self._count(body, at)
            case "not":
                return self._negation(body, at)
            case "documented":
                return Documented(body) if self._known(body, at) else None
            case _:
                return self._leaf(key, body, at)

    def _parts(self, body: Any, path: str) -> tuple[Node, ...] | None:
        if not isinstance(body, list) or not body:
            self._report(path, "a list of at least one condition is expected")
            return None
        parts = [self.read(part, f"{path}[{index}]") for index, part in enumerate(body)]
        if any(part is None for part in parts):
            return None
        return tuple(part for part in parts if part is not None)

    def _count(self, body: Any, path: str) -> Node | None:
        if not isinstance(body, Mapping) or set(body) != {"n", "of"}:
            self._report(path, "at_least takes n, a count, and of, a list of conditions")
            return None
        parts = self._parts(body["of"], f"{path}.of")
        limit = self._limit(body["n"], None, f"{path}.n")
        if parts is None or limit is None:
            return None
        for value in self._values_of(limit):
            if not 1 <= value <= len(parts) or value.denominator != 1:
                self._report(f"{path}.n", f"n is a whole number from 1 to {len(parts)}, the number of parts, not {value}")
                return None
        return AtLeast(limit, parts)

    def _negation(self, body: Any, path: str) -> Node | None:
        part = self.read(body, path)
        if part is None:
            return None
        if any(isinstance(leaf, Documented) for leaf in leaves(part)):
            self._report(path, "documented is never false, so its negation can never hold")
            return None
        return Not(part)

    def _known(self, name: Any, path: str) -> bool:
        if isinstance(name, str) and name in self._facts:
            return True
        hint = did_you_mean(str(name), (*self._facts, *GROUPS))
        self._report(path, f"no fact is called {name!r}" + (f"; {hint}" if hint else ""))
        return False

    def _leaf(self, name: str, body: Any, path: str) -> Node | None:
        if not self._known(name, path):
            return None
        fact = self._facts[name]
        match fact.type:
            case FactType.BOOLEAN:
                return self._yes_or_no(fact, body, path)
            case FactType.CHOICE:
                return self._choice(fact, body, path)
            case FactType.QUANTITY | FactType.COUNT:
                return self._quantity(fact, body, path)

    def _yes_or_no(self, fact: FactDeclaration, body: Any, path: str) -> Node | None:
        if body is True:
            return Holds(fact.name)
        if body is False:
            return Not(Holds(fact.name))
        self._report(path, f"{fact.name} is a yes-or-no fact: true or false is expected")
        return None

    def _choice(self, fact: FactDeclaration, body: Any, path: str) -> Node | None:
        if not isinstance(body, Mapping) or len(body) != 1 or next(iter(body)) not in ("is", "in"):
            self._report(path, f"{fact.name} is a choice: {{is: …}} or {{in: […]}} is expected")
            return None
        (key, given), *_ = body.items()
        values = given if key == "in" and isinstance(given, list) else [given]
        for value in values:
            if value not in fact.values:
                hint = did_you_mean(str(value), fact.values)
                self._report(
                    f"{path}.{key}",
                    f"{fact.name} is one of {', '.join(fact.values)}, not {value!r}" + (f"; {hint}" if hint else ""),
                )
                return None
        return IsOneOf(fact.name, tuple(values))

    def _quantity(self, fact: FactDeclaration, body: Any, path: str) -> Node | None:
        if not isinstance(body, Mapping) or len(body) != 1 or next(iter(body)) not in COMPARISONS:
            self._report(path, f"{fact.name} is {'an amount in ' + fact.unit if fact.unit else 'a count'}: one of {', '.join(COMPARISONS)} is expected")
            return None
        (key, given), *_ = body.items()
        limit = self._limit(given, fact.unit, f"{path}.{key}")
        return None if limit is None else Compare(fact.name, Comparison(key), limit)

    def _limit(self, given: Any, unit: str | None, path: str) -> Limit | None:
        if isinstance(given, str) and given.startswith("$"):
            name = given[1:]
            parameter = self._parameters.get(name)
            if parameter is None:
                hint = did_you_mean(name, self._parameters)
                self._report(path, f"no parameter is called {name!r}" + (f"; {hint}" if hint else ""))
                return None
            if parameter.unit != unit:
                self._report(path, f"${name} is in {parameter.unit or 'a count'}, where {unit or 'a count'} is expected")
                return None
            return Limit(None, name)
        value = read_limit(given, unit)
        if isinstance(value, str):
            self._report(path, value)
            return None
        return Limit(value, None, str(given))

    def _values_of(self, limit: Limit) -> tuple[Fraction, ...]:
        if limit.parameter is not None:
            return tuple(value.value for value in self._parameters[limit.parameter].values)
        return () if limit.value is None else (limit.value,)


def read_limit(given: Any, unit: str | None) -> Fraction | str:
    """A threshold in ``unit`` (None: a plain count), or what is wrong with it."""
    if unit is None:
        if isinstance(given, bool) or not isinstance(given, (int, Decimal)):
            return f"a count is expected, not {given!r}"
        return Fraction(given)
    if not isinstance(given, str):
        return f"an amount with its unit is expected, such as \"{given} {unit}\""
    try:
        value = read_amount(given, unit)
    except UnitError as error:
        return str(error)
    if (value * MICRO).denominator != 1:
        return f"{given} is finer than a millionth of {unit}, which the rules engine cannot compare"
    return value
