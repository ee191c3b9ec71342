"""What the solver reading of a condition is made of: terms of a logic whose making is left to a solver.

The operators say in ``inference.operators`` what a condition means in these terms; a solver says what the terms are.
Nothing here imports one, so that a prediction never needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, Literal, Protocol, TypeVar

from imr_engine.inference.values import FactState

__all__ = ["Algebra", "AnyAlgebra", "End", "May", "Test"]

Term = TypeVar("Term")

End = Literal["low", "high"]
"""An end of an amount that is known within bounds."""

Test = Literal["<", "<=", ">", ">="]


class Algebra(Protocol[Term]):
    """The terms that a solver offers about the facts of one request."""

    def every(self, *terms: Term) -> Term:
        """All of the terms hold; without terms, always so."""
        ...

    def some(self, *terms: Term) -> Term:
        """At least one of the terms holds; without terms, never so."""
        ...

    def negated(self, term: Term) -> Term:
        """The term does not hold."""
        ...

    def at_least(self, wanted: int, *terms: Term) -> Term:
        """At least so many of the terms hold."""
        ...

    def is_in(self, fact: str, state: FactState) -> Term:
        """The fact is known, not documented, or not computable."""
        ...

    def holds(self, fact: str) -> Term:
        """The value of a yes-or-no fact is yes; means something only where the fact is known."""
        ...

    def is_value(self, fact: str, value: str) -> Term:
        """The value of a choice is this one; means something only where the fact is known."""
        ...

    def end(self, fact: str, which: End, test: Test, limit: Fraction) -> Term:
        """An amount has a bound at that end, and the bound lies so to the limit."""
        ...

    def is_open(self, fact: str, which: End) -> Term:
        """An amount has a bound at that end, which it does not itself attain."""
        ...


AnyAlgebra = Algebra[Any]


@dataclass(frozen=True, slots=True)
class May(Generic[Term]):
    """The truth values that a condition can have, each with the term that says when: at least one of them always holds.

    That more than one holds is our failure to compute; *unknown* alone is what is not documented.
    """

    false: Term
    unknown: Term
    true: Term
