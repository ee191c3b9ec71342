"""Reads a condition as written in YAML into the tree, and checks every leaf against the declared facts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from imr_engine.data.suggest import did_you_mean
from imr_engine.data.validation import listed_words, shown
from imr_engine.errors import UnitError
from imr_engine.rulebook.model import FactDeclaration, FactType, Parameter
from imr_engine.rulebook.reading import Declared, Report
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
from imr_engine.units.registry import vocabulary

__all__ = ["COMPARISONS", "GROUPS", "MICRO", "ConditionReader", "is_same_unit", "read_limit"]

MICRO = 1_000_000
"""A limit must be a whole number of millionths of its unit: the rules engine compares whole numbers."""

GROUPS = ("all", "any", "at_least", "not", "documented")
"""The operators that stand over conditions, or over a fact as such."""

COMPARISONS = tuple(comparison.value for comparison in Comparison)
"""The operators that hold an amount against a limit."""

_FORMS = f"one fact, or one of {listed_words(GROUPS)}"


class ConditionReader:
    """Reads the conditions of one file of criteria.

    What is wrong goes to ``report``, and reading goes on, so that everything is reported. A part that is wrong, or that
    reads a fact whose own declaration is, reads as None.
    """

    def __init__(self, facts: Declared[FactDeclaration], parameters: Declared[Parameter], report: Report) -> None:
        self._facts = facts
        self._parameters = parameters
        self._report = report

    def read(self, raw: Any, path: str) -> Node | None:
        """The tree of a condition, or None if any of it is wrong."""
        if not isinstance(raw, Mapping):
            self._report(path, "a condition belongs here", found=shown(raw), expected=_FORMS)
            return None
        if len(raw) != 1:
            self._not_one(raw, path)
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
                return self._documented(body, at)
            case _:
                return self._leaf(key, body, at)

    def _not_one(self, raw: Mapping[str, Any], path: str) -> None:
        if not raw:
            self._report(path, "the condition is empty", expected=_FORMS)
            return
        keys = listed_words([str(key) for key in raw], "and")
        hint = "write them as a list under all, or under any"
        self._report(path, "a condition holds one key", found=keys, suggestion=hint)

    def _parts(self, body: Any, path: str) -> tuple[Node, ...] | None:
        if not isinstance(body, list):
            self._report(path, "a list of conditions belongs here", found=shown(body))
            return None
        if not body:
            self._report(path, "the list is empty", expected="at least one condition")
            return None
        parts: list[Node] = []
        for index, raw in enumerate(body):
            part = self.read(raw, f"{path}[{index}]")
            if part is not None and part in parts:
                self._report(f"{path}[{index}]", f"the same condition stands already as entry {parts.index(part) + 1}")
            if part is not None:
                parts.append(part)
        return tuple(parts) if len(parts) == len(body) else None

    def _count(self, body: Any, path: str) -> Node | None:
        if not isinstance(body, Mapping):
            expected = "n, how many must hold, and of, the list of conditions"
            self._report(path, "keys with values belong here", found=shown(body), expected=expected)
            return None
        for key in body:
            if key not in ("n", "of"):
                self._report(f"{path}.{key}", "unknown key", expected="n and of", key=True)
        for key, expected in (("n", "how many must hold"), ("of", "a list of conditions")):
            if key not in body:
                self._report(f"{path}.{key}", "is missing", expected=expected)
        if not {"n", "of"} <= set(body):
            return None
        parts = self._parts(body["of"], f"{path}.of")
        limit = self._limit(body["n"], None, f"{path}.n")
        if limit is None or not isinstance(body["of"], list) or not self._fits(limit, len(body["of"]), f"{path}.n"):
            return None
        return None if parts is None or len(body) > 2 else AtLeast(limit, parts)

    def _fits(self, limit: Limit, length: int, path: str) -> bool:
        """Whether a count, or every value of the parameter it comes from, is from 1 to the number of conditions."""
        for value, found in self._values_of(limit):
            if not 1 <= value <= length:
                expected = f"a whole number from 1 to {length}" if length > 1 else "1"
                self._report(path, "the count does not fit the list of conditions", found=found, expected=expected)
                return False
        return True

    def _values_of(self, limit: Limit) -> list[tuple[Fraction, str]]:
        if limit.parameter is None:
            return [] if limit.value is None else [(limit.value, str(limit.value))]
        values = self._parameters.items[limit.parameter].values
        return [(value.value, f"${limit.parameter}, which is {value.text} from {value.start}") for value in values]

    def _negation(self, body: Any, path: str) -> Node | None:
        part = self.read(body, path)
        if part is None:
            return None
        if any(isinstance(leaf, Documented) for leaf in leaves(part)):
            self._report(
                path,
                "documented cannot stand under not: it is true or not documented and never false, so its negation "
                "never holds",
            )
            return None
        return Not(part)

    def _documented(self, body: Any, path: str) -> Node | None:
        if not isinstance(body, str):
            self._report(path, "the name of one fact belongs here", found=shown(body))
            return None
        return Documented(body) if self._fact(body, path, ()) is not None else None

    def _fact(self, name: str, path: str, others: tuple[str, ...], *, key: bool = False) -> FactDeclaration | None:
        fact = self._facts.items.get(name)
        if fact is None and not self._facts.is_reported(name):
            what = "neither a fact nor an operator is" if others else "no fact is"
            hint = did_you_mean(name, (*self._facts.items, *others))
            self._report(
                path, f"{what} called {name!r}", suggestion=hint or "facts are declared in facts.yaml", key=key
            )
        return fact

    def _leaf(self, name: str, body: Any, path: str) -> Node | None:
        fact = self._fact(name, path, GROUPS, key=True)
        if fact is None:
            return None
        match fact.type:
            case FactType.BOOLEAN:
                return self._yes_or_no(fact, body, path)
            case FactType.CHOICE:
                return self._choice(fact, body, path)
            case FactType.QUANTITY | FactType.COUNT:
                return self._amount(fact, body, path)

    def _yes_or_no(self, fact: FactDeclaration, body: Any, path: str) -> Node | None:
        if body is True:
            return Holds(fact.name)
        if body is False:
            return Not(Holds(fact.name))
        found = _operator_or_value(body)
        hint = {"yes": "write true", "no": "write false"}.get(body) if isinstance(body, str) else None
        message = f"{fact.name} is a yes-or-no fact"
        self._report(path, message, found=found, expected="true or false", suggestion=hint)
        return None

    def _choice(self, fact: FactDeclaration, body: Any, path: str) -> Node | None:
        if not isinstance(body, Mapping) or len(body) != 1 or next(iter(body)) not in ("is", "in"):
            expected = f"{{is: {fact.values[0]}}} or {{in: [{', '.join(fact.values[:2])}]}}"
            self._report(path, f"{fact.name} is a choice", found=_operator_or_value(body), expected=expected)
            return None
        (key, given), *_ = body.items()
        if key == "in" and not isinstance(given, list):
            self._report(
                f"{path}.in", "a list of values belongs here", found=shown(given), suggestion="write is: for one"
            )
            return None
        values: list[Any] = given if key == "in" else [given]
        if not values:
            self._report(f"{path}.in", "the list is empty", expected=listed_words(fact.values))
            return None
        are_known = [
            self._choice_value(fact, value, f"{path}.in[{index}]" if key == "in" else f"{path}.is", values[:index])
            for index, value in enumerate(values)
        ]
        return IsOneOf(fact.name, tuple(values)) if all(are_known) else None

    def _choice_value(self, fact: FactDeclaration, value: Any, path: str, before: list[Any]) -> bool:
        if value in before:
            self._report(path, "the value stands twice", found=shown(value))
            return False
        if isinstance(value, str) and value in fact.values:
            return True
        hint = did_you_mean(value, fact.values) if isinstance(value, str) else None
        expected = listed_words(fact.values)
        self._report(path, f"{fact.name} has no such value", found=shown(value), expected=expected, suggestion=hint)
        return False

    def _amount(self, fact: FactDeclaration, body: Any, path: str) -> Node | None:
        what = f"an amount in {fact.unit}" if fact.unit else "a count"
        if not isinstance(body, Mapping) or len(body) != 1:
            example = f"{{at_most: {f'5 {fact.unit}' if fact.unit else 5}}}"
            found = _operator_or_value(body)
            self._report(path, f"{fact.name} is {what}", found=found, expected=f"a comparison such as {example}")
            return None
        (key, given), *_ = body.items()
        if key not in COMPARISONS:
            hint, expected = did_you_mean(str(key), COMPARISONS), listed_words(COMPARISONS)
            self._report(f"{path}.{key}", f"{what} is not compared so", expected=expected, suggestion=hint, key=True)
            return None
        limit = self._limit(given, fact.unit, f"{path}.{key}")
        return None if limit is None else Compare(fact.name, Comparison(key), limit)

    def _limit(self, given: Any, unit: str | None, path: str) -> Limit | None:
        if isinstance(given, str) and given.startswith("$"):
            return self._parameter(given[1:], unit, path)
        value = read_limit(given, unit)
        if isinstance(value, str):
            self._report(path, value)
            return None
        return Limit(value, None, str(given))

    def _parameter(self, name: str, unit: str | None, path: str) -> Limit | None:
        parameter = self._parameters.items.get(name)
        if parameter is None:
            if not self._parameters.is_reported(name):
                hint = did_you_mean(name, self._parameters.items) or "parameters are declared in parameters.yaml"
                self._report(path, f"no parameter is called {name!r}", suggestion=hint)
            return None
        if not is_same_unit(parameter.unit, unit):
            is_in = f"in {parameter.unit}" if parameter.unit else "a count"
            expected = f"a parameter in {unit}" if unit else "a parameter that is a count"
            self._report(path, f"the parameter {name} is {is_in}", expected=expected)
            return None
        return Limit(None, name)


def is_same_unit(one: str | None, other: str | None) -> bool:
    """Whether two units are spellings of one; None is the unit of a count."""
    if one is None or other is None:
        return one is other
    return vocabulary().name_of(one) == vocabulary().name_of(other)


def read_limit(given: Any, unit: str | None) -> Fraction | str:
    """A threshold in ``unit`` (None: a plain count), or what is wrong with it, in a sentence."""
    if unit is None:
        if isinstance(given, bool) or not isinstance(given, (int, Decimal)):
            return f"expected a whole number, found {shown(given)}"
        if given < 0 or given != int(given):
            return f"expected a whole number of 0 or more, found {shown(given)}"
        return Fraction(int(given))
    if not isinstance(given, str):
        found = f"expected a number of {unit}, found {shown(given)}"
        is_number = isinstance(given, (int, Decimal)) and not isinstance(given, bool)
        return f"{found}, which has no unit; write {shown(given)} {unit} if that is meant" if is_number else found
    try:
        value = read_amount(given, unit)
    except UnitError as error:
        return str(error)
    if (value * MICRO).denominator != 1:
        return f"{given} is no whole number of millionths of {unit}, and the rules engine compares nothing finer"
    return value


def _operator_or_value(body: Any) -> str:
    """What stands where another form was expected: of a mapping its keys, else the value."""
    if isinstance(body, Mapping) and body:
        return f"{{{', '.join(f'{key}: …' for key in body)}}}"
    return shown(body)
