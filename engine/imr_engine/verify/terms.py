"""The z3 terms of one request: a few variables for each fact, and the algebra by which conditions read them.

Variables are named by their fact, so that two rulebooks that declare the same fact speak of the same thing. z3 (the
extra ``prove``) is imported here and in the rest of this room only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import z3

from imr_engine.inference.algebra import End, Test
from imr_engine.inference.values import FactState, FactValue, RequestScope, RequestView
from imr_engine.rulebook.model import FactDeclaration, FactType
from imr_engine.units.interval import Interval
from imr_engine.units.wording import amount_in_words

__all__ = [
    "Amount",
    "FactTerms",
    "Formula",
    "Model",
    "Number",
    "ViewTerms",
    "every",
    "implied",
    "negated",
    "number",
    "same",
    "some",
    "whole",
]

# z3 carries no types of its own, and what its functions return depends on what they are given.
Formula: TypeAlias = Any
"""A z3 formula."""

Number: TypeAlias = Any
"""A z3 term for a number."""

Model: TypeAlias = Any
"""A z3 model: values for all variables."""

AMOUNTS = (FactType.QUANTITY, FactType.COUNT)


def every(*formulas: Formula) -> Formula:
    """All of them hold."""
    return formulas[0] if len(formulas) == 1 else z3.And(*formulas)


def some(*formulas: Formula) -> Formula:
    """At least one of them holds."""
    return formulas[0] if len(formulas) == 1 else z3.Or(*formulas)


def negated(formula: Formula) -> Formula:
    """It does not hold."""
    return z3.Not(formula)


def implied(given: Formula, then: Formula) -> Formula:
    """Where the first holds, so does the second."""
    return z3.Implies(given, then)


def same(one: Formula, other: Formula) -> Formula:
    """The two are equal."""
    return one == other


def number(value: Fraction | int) -> Number:
    """A number as a term, exact."""
    exact = Fraction(value)
    return z3.Q(exact.numerator, exact.denominator)


def whole(value: Number) -> Formula:
    """It is a whole number."""
    return z3.IsInt(value)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount within bounds: each end may be absent, and an end that is there may be open."""

    low: Number
    high: Number
    has_low: Formula
    has_high: Formula
    low_open: Formula
    high_open: Formula

    @property
    def is_exact(self) -> Formula:
        """It has both ends, and they are one."""
        return every(self.has_low, self.has_high, same(self.low, self.high))

    @property
    def closed(self) -> Formula:
        """No end that it has is open."""
        return every(negated(self.low_open), negated(self.high_open))


@dataclass(frozen=True, slots=True)
class FactTerms:
    """The variables of one fact. ``holds`` means something for a yes-or-no fact, ``values`` for a choice."""

    declaration: FactDeclaration
    known: Formula
    failed: Formula
    holds: Formula
    values: Mapping[str, Formula]
    amount: Amount

    @property
    def missing(self) -> Formula:
        """Not documented."""
        return negated(some(self.known, self.failed))

    @property
    def variables(self) -> Iterator[Formula]:
        """Every variable of the fact that means something for its type."""
        yield from (self.known, self.failed)
        match self.declaration.type:
            case FactType.BOOLEAN:
                yield self.holds
            case FactType.CHOICE:
                yield from self.values.values()
            case FactType.QUANTITY | FactType.COUNT:
                amount = self.amount
                yield from (amount.has_low, amount.low, amount.low_open)
                yield from (amount.has_high, amount.high, amount.high_open)

    @property
    def form(self) -> Formula:
        """What makes the variables a fact: one state, one value of a choice, ends that are in order."""
        parts = [negated(every(self.known, self.failed))]
        match self.declaration.type:
            case FactType.BOOLEAN:
                parts.append(implied(negated(self.known), negated(self.holds)))
            case FactType.CHOICE:
                values = list(self.values.values())
                parts.append(same(self.known, some(*values)))
                parts.append(z3.AtMost(*values, 1))
            case FactType.QUANTITY | FactType.COUNT:
                parts.extend(self._form_of_amount())
        return every(*parts)

    def _form_of_amount(self) -> Iterator[Formula]:
        amount = self.amount
        yield implied(self.missing, negated(some(amount.has_low, amount.has_high)))
        yield implied(amount.low_open, amount.has_low)
        yield implied(amount.high_open, amount.has_high)
        # An end that is not there has no place either, so that equal facts have equal variables.
        yield implied(negated(amount.has_low), same(amount.low, number(0)))
        yield implied(negated(amount.has_high), same(amount.high, number(0)))
        both = every(amount.has_low, amount.has_high)
        in_order = some(amount.low < amount.high, every(same(amount.low, amount.high), amount.closed))
        yield implied(both, in_order)


class ViewTerms:
    """The terms of all declared facts of a request; an ``Algebra`` of them."""

    def __init__(
        self, declarations: Mapping[str, FactDeclaration], prefix: str = "", apart: frozenset[str] | None = None
    ) -> None:
        """The terms of a view.

        Args:
            declarations: The declared facts.
            prefix: Keeps variables apart from those of another view.
            apart: The facts that have variables of their own then; the others share those of the view without a prefix.
        """
        self.facts: Mapping[str, FactTerms] = {
            name: _fact_terms(declaration, f"{prefix}{name}" if apart is None or name in apart else name)
            for name, declaration in declarations.items()
        }
        self._prefix = prefix

    def hidden(self, name: str) -> Formula:
        """A variable for something that no fact says, but that several follow from."""
        return z3.Bool(f"{self._prefix}({name})")

    # the algebra

    def every(self, *terms: Formula) -> Formula:
        """All of the terms hold."""
        return every(*terms)

    def some(self, *terms: Formula) -> Formula:
        """At least one of the terms holds."""
        return some(*terms)

    def negated(self, term: Formula) -> Formula:
        """The term does not hold."""
        return negated(term)

    def at_least(self, wanted: int, *terms: Formula) -> Formula:
        """At least so many of the terms hold."""
        if wanted <= 0:
            return every()
        return z3.AtLeast(*terms, wanted) if wanted <= len(terms) else some()

    def is_in(self, fact: str, state: FactState) -> Formula:
        """The fact is in this state."""
        terms = self.facts[fact]
        match state:
            case FactState.KNOWN:
                return terms.known
            case FactState.NOT_COMPUTABLE:
                return terms.failed
            case FactState.NOT_DOCUMENTED:
                return terms.missing

    def holds(self, fact: str) -> Formula:
        """The value of a yes-or-no fact is yes."""
        return self.facts[fact].holds

    def is_value(self, fact: str, value: str) -> Formula:
        """The value of a choice is this one."""
        return self.facts[fact].values[value]

    def end(self, fact: str, which: End, test: Test, limit: Fraction) -> Formula:
        """The amount has a bound at that end, which lies so to the limit."""
        amount = self.facts[fact].amount
        there, at = (amount.has_low, amount.low) if which == "low" else (amount.has_high, amount.high)
        bound = number(limit)
        compared = {"<": at < bound, "<=": at <= bound, ">": at > bound, ">=": at >= bound}[test]
        return every(there, compared)

    def is_open(self, fact: str, which: End) -> Formula:
        """The amount has a bound at that end, which it does not itself attain."""
        amount = self.facts[fact].amount
        return amount.low_open if which == "low" else amount.high_open

    # from values to terms and back

    def pairs(self, view: RequestView) -> list[tuple[Formula, Formula]]:
        """Each variable with its value by the facts of a view."""
        return [pair for name, fact in view.facts.items() if name in self.facts for pair in self._pairs(name, fact)]

    def being(self, view: RequestView) -> Formula:
        """The facts are those of a view."""
        return every(*(same(variable, value) for variable, value in self.pairs(view)))

    def put_in(self, view: RequestView, *formulas: Formula) -> list[bool]:
        """What formulas come to for the facts of a view.

        Raises:
            ValueError: A formula is about more than the facts of the view.
        """
        pairs = self.pairs(view)
        settled = [z3.simplify(z3.substitute(formula, *pairs)) for formula in formulas]
        if any(not (z3.is_true(formula) or z3.is_false(formula)) for formula in settled):
            raise ValueError("a formula is not settled by the view")
        return [bool(z3.is_true(formula)) for formula in settled]

    def _pairs(self, name: str, fact: FactValue) -> Iterator[tuple[Formula, Formula]]:
        terms = self.facts[name]
        yield terms.known, z3.BoolVal(fact.state is FactState.KNOWN)
        yield terms.failed, z3.BoolVal(fact.state is FactState.NOT_COMPUTABLE)
        match terms.declaration.type:
            case FactType.BOOLEAN:
                yield terms.holds, z3.BoolVal(fact.value is True)
            case FactType.CHOICE:
                yield from ((term, z3.BoolVal(fact.value == value)) for value, term in terms.values.items())
            case FactType.QUANTITY | FactType.COUNT:
                yield from _pairs_of_amount(terms.amount, fact.value)

    def view(self, model: Model, scope: RequestScope, name: str = "request") -> RequestView:
        """The view that a model of the solver describes."""
        return RequestView(name, scope, {fact: _value(terms, model) for fact, terms in self.facts.items()})


def _fact_terms(declaration: FactDeclaration, name: str) -> FactTerms:
    return FactTerms(
        declaration,
        z3.Bool(f"{name} is known"),
        z3.Bool(f"{name} is not computable"),
        z3.Bool(f"{name} holds"),
        {value: z3.Bool(f"{name} is {value}") for value in declaration.values},
        Amount(
            z3.Real(f"{name} low"),
            z3.Real(f"{name} high"),
            z3.Bool(f"{name} has a low end"),
            z3.Bool(f"{name} has a high end"),
            z3.Bool(f"{name} low is open"),
            z3.Bool(f"{name} high is open"),
        ),
    )


def _pairs_of_amount(amount: Amount, value: object) -> Iterable[tuple[Formula, Formula]]:
    known = value if isinstance(value, Interval) else Interval(None, None)
    return (
        (amount.has_low, z3.BoolVal(known.low is not None)),
        (amount.low, number(known.low or 0)),
        (amount.low_open, z3.BoolVal(known.low is not None and known.low_open)),
        (amount.has_high, z3.BoolVal(known.high is not None)),
        (amount.high, number(known.high or 0)),
        (amount.high_open, z3.BoolVal(known.high is not None and known.high_open)),
    )


def _value(terms: FactTerms, model: Model) -> FactValue:
    declaration = terms.declaration
    name = declaration.name
    if _so(model, terms.known):
        state = FactState.KNOWN
    elif _so(model, terms.failed):
        state = FactState.NOT_COMPUTABLE
    else:
        return FactValue.missing(name)
    if declaration.type in AMOUNTS:
        amount = _interval(terms.amount, model)
        if state is FactState.NOT_COMPUTABLE:
            bounds = None if amount.low is None and amount.high is None else amount
            return FactValue(name, state, bounds, "not computable")
        return FactValue(name, state, amount, amount_in_words(amount, declaration.unit))
    if state is FactState.NOT_COMPUTABLE:
        return FactValue(name, state, None, "not computable")
    if declaration.type is FactType.BOOLEAN:
        holds = _so(model, terms.holds)
        return FactValue(name, state, holds, declaration.label if holds else f"not: {declaration.label}")
    chosen = next(value for value, term in terms.values.items() if _so(model, term))
    return FactValue(name, state, chosen, chosen.replace("_", " "))


def _interval(amount: Amount, model: Model) -> Interval:
    low = _fraction(model, amount.low) if _so(model, amount.has_low) else None
    high = _fraction(model, amount.high) if _so(model, amount.has_high) else None
    return Interval(low, high, low_open=_so(model, amount.low_open), high_open=_so(model, amount.high_open))


def _so(model: Model, formula: Formula) -> bool:
    return bool(z3.is_true(model.eval(formula, model_completion=True)))


def _fraction(model: Model, term: Number) -> Fraction:
    value = model.eval(term, model_completion=True)
    return Fraction(value.numerator_as_long(), value.denominator_as_long())
