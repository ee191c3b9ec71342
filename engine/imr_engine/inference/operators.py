"""Every operator of the condition tree, each in one place with its readings.

- *plain*: the set of truth values a condition can have. One value where the record settles it; all of them where
  something of ours could not be computed. FALSE < UNKNOWN < TRUE, and UNKNOWN is *not documented* (Kleene's logic).
- *rete*: what must hold of a fact's attributes for the condition to be surely or possibly true or false. The compiler
  of ``inference.rete`` turns these formulas into rules.
- *solver*: when each truth value is possible, in the terms of a solver, for proofs about the rulebook.
- *English*: the condition in words.

The plain, rete and solver readings of an operator share no code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from imr_engine.inference.algebra import AnyAlgebra, May
from imr_engine.inference.formula import And, Atom, Count, Formula, Or, Test, encode_limit, never
from imr_engine.inference.values import FactState, FactValue
from imr_engine.rulebook.model import FactDeclaration
from imr_engine.rulebook.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Comparison,
    Documented,
    Holds,
    IsOneOf,
    Node,
    Not,
)
from imr_engine.units.interval import Interval

__all__ = ["OPERATORS", "Question", "Reading", "english", "formula", "possible", "truth"]

FALSE, UNKNOWN, TRUE = 0, 1, 2
Truth = frozenset[int]
SURELY_TRUE: Truth = frozenset({TRUE})
SURELY_FALSE: Truth = frozenset({FALSE})
SURELY_UNKNOWN: Truth = frozenset({UNKNOWN})
ANYTHING: Truth = frozenset({FALSE, UNKNOWN, TRUE})

Facts = Mapping[str, FactValue]
Declarations = Mapping[str, FactDeclaration]


class Question(StrEnum):
    """What a rete formula answers about a condition."""

    MUST_BE_TRUE = "must_be_true"
    MUST_BE_FALSE = "must_be_false"
    MAY_BE_TRUE = "may_be_true"
    MAY_BE_FALSE = "may_be_false"

    @property
    def about_truth(self) -> bool:
        """Whether it asks after truth; else after falsehood."""
        return self in (Question.MUST_BE_TRUE, Question.MAY_BE_TRUE)

    @property
    def opposite(self) -> Question:
        """The same question about the negation."""
        return {
            Question.MUST_BE_TRUE: Question.MUST_BE_FALSE,
            Question.MUST_BE_FALSE: Question.MUST_BE_TRUE,
            Question.MAY_BE_TRUE: Question.MAY_BE_FALSE,
            Question.MAY_BE_FALSE: Question.MAY_BE_TRUE,
        }[self]


@dataclass(frozen=True, slots=True)
class Reading:
    """An operator's key in YAML and its readings."""

    key: str
    plain: Callable[[Any, Facts], Truth]
    rete: Callable[[Any, Question, Declarations], Formula]
    solver: Callable[[Any, AnyAlgebra], May[Any]]
    english: Callable[[Any, Declarations], str]


def truth(node: Node, facts: Facts) -> Truth:
    """The truth values that a condition can have for these facts (the plain reading)."""
    return OPERATORS[type(node)].plain(node, facts)


def formula(node: Node, question: Question, declarations: Declarations) -> Formula:
    """What must hold of the attributes for the answer to be yes (the rete reading)."""
    return OPERATORS[type(node)].rete(node, question, declarations)


def possible(node: Node, algebra: AnyAlgebra) -> May[Any]:
    """When a condition can be false, unknown and true (the solver reading)."""
    return OPERATORS[type(node)].solver(node, algebra)


def english(node: Node, declarations: Declarations) -> str:
    """The condition in words, to stand after "holds if"."""
    return OPERATORS[type(node)].english(node, declarations)


# yes-or-no facts


def _plain_holds(node: Holds, facts: Facts) -> Truth:
    return _settled(facts[node.fact], lambda value: value is True)


def _rete_holds(node: Holds, question: Question, declarations: Declarations) -> Formula:
    del declarations
    return _known_or_failed(node.fact, Atom(node.fact, "==", "t" if question.about_truth else "f"), question)


def _solver_holds(node: Holds, algebra: AnyAlgebra) -> May[Any]:
    return _of_value(node.fact, algebra.holds(node.fact), algebra)


def _english_holds(node: Holds, declarations: Declarations) -> str:
    return declarations[node.fact].label


# choices


def _plain_is_one_of(node: IsOneOf, facts: Facts) -> Truth:
    return _settled(facts[node.fact], lambda value: value in node.values)


def _rete_is_one_of(node: IsOneOf, question: Question, declarations: Declarations) -> Formula:
    listed = node.values
    if not question.about_truth:
        listed = tuple(value for value in declarations[node.fact].values if value not in node.values)
    if not listed:
        return _known_or_failed(node.fact, never(), question)
    return _known_or_failed(node.fact, Or(tuple(Atom(node.fact, "==", f"v:{value}") for value in listed)), question)


def _solver_is_one_of(node: IsOneOf, algebra: AnyAlgebra) -> May[Any]:
    return _of_value(node.fact, algebra.some(*(algebra.is_value(node.fact, value) for value in node.values)), algebra)


def _english_is_one_of(node: IsOneOf, declarations: Declarations) -> str:
    values = " or ".join(value.replace("_", " ") for value in node.values)
    return f"{declarations[node.fact].label} is {values}"


# amounts


def _plain_compare(node: Compare, facts: Facts) -> Truth:
    fact = facts[node.fact]
    if fact.state is FactState.NOT_DOCUMENTED:
        return SURELY_UNKNOWN
    if fact.state is FactState.KNOWN:
        return _held(node, fact.value)
    # What we failed to compute may all the same be bounded by the rest (the other opioids of a total); where the bounds
    # settle the comparison, our failure changes nothing.
    bounded = SURELY_UNKNOWN if fact.value is None else _held(node, fact.value)
    return ANYTHING if bounded == SURELY_UNKNOWN else bounded


def _held(node: Compare, amount: bool | str | Interval | None) -> Truth:  # noqa: FBT001 - the value of any fact
    if not isinstance(amount, Interval) or node.limit.value is None:
        raise TypeError(f"{node.fact} is compared with a limit, and needs an amount and a limit")
    limit = node.limit.value
    match node.comparison:
        case Comparison.AT_MOST:
            return _between(_all_at_most(amount, limit), _all_above(amount, limit))
        case Comparison.MORE_THAN:
            return _between(_all_above(amount, limit), _all_at_most(amount, limit))
        case Comparison.LESS_THAN:
            return _between(_all_below(amount, limit), _all_at_least(amount, limit))
        case Comparison.AT_LEAST:
            return _between(_all_at_least(amount, limit), _all_below(amount, limit))


def _all_at_most(amount: Interval, limit: Fraction) -> bool:
    return amount.high is not None and amount.high <= limit


def _all_above(amount: Interval, limit: Fraction) -> bool:
    return amount.low is not None and (amount.low > limit or (amount.low == limit and amount.low_open))


def _all_at_least(amount: Interval, limit: Fraction) -> bool:
    return amount.low is not None and amount.low >= limit


def _all_below(amount: Interval, limit: Fraction) -> bool:
    return amount.high is not None and (amount.high < limit or (amount.high == limit and amount.high_open))


def _between(surely: bool, surely_not: bool) -> Truth:  # noqa: FBT001 - two answers of one comparison
    return SURELY_TRUE if surely else SURELY_FALSE if surely_not else SURELY_UNKNOWN


_RETE_COMPARE: Mapping[Comparison, tuple[tuple[str, Test], tuple[str, Test]]] = {
    # comparison: (end and test for surely true, end and test for surely false)
    Comparison.AT_MOST: (("hi", "<="), ("lo", ">")),
    Comparison.MORE_THAN: (("lo", ">"), ("hi", "<=")),
    Comparison.LESS_THAN: (("hi", "<"), ("lo", ">=")),
    Comparison.AT_LEAST: (("lo", ">="), ("hi", "<")),
}


_OPPOSITE_TEST: Mapping[Test, Test] = {"<=": ">", ">": "<=", "<": ">=", ">=": "<"}


def _rete_compare(node: Compare, question: Question, declarations: Declarations) -> Formula:
    del declarations
    if node.limit.value is None:
        raise TypeError(f"the limit of {node.fact} has no value: the rules were not read for a date")
    limit = encode_limit(node.limit.value)
    for_truth, for_falsehood = _RETE_COMPARE[node.comparison]
    end, test = for_truth if question.about_truth else for_falsehood
    settled = Atom(f"{node.fact}.{end}", test, limit)
    if question in {Question.MUST_BE_TRUE, Question.MUST_BE_FALSE}:
        # Bounds settle a comparison even of what is not computable; without bounds they are endless and settle nothing.
        return And((Atom(node.fact, "!=", "n"), settled))
    end, test = for_falsehood if question.about_truth else for_truth
    not_settled_otherwise = Atom(f"{node.fact}.{end}", _OPPOSITE_TEST[test], limit)
    return Or((And((Atom(node.fact, "==", "k"), settled)), And((Atom(node.fact, "==", "c"), not_settled_otherwise))))


def _solver_compare(node: Compare, algebra: AnyAlgebra) -> May[Any]:
    surely = _on_one_side(node, node.comparison, algebra)
    surely_not = _on_one_side(node, _OTHER_SIDE[node.comparison], algebra)
    unsettled = algebra.negated(algebra.some(surely, surely_not))
    failed = algebra.is_in(node.fact, FactState.NOT_COMPUTABLE)
    missing = algebra.is_in(node.fact, FactState.NOT_DOCUMENTED)
    known = algebra.is_in(node.fact, FactState.KNOWN)
    return May(
        false=algebra.some(algebra.every(known, surely_not), algebra.every(failed, algebra.negated(surely))),
        unknown=algebra.some(missing, unsettled),
        true=algebra.some(algebra.every(known, surely), algebra.every(failed, algebra.negated(surely_not))),
    )


_OTHER_SIDE: Mapping[Comparison, Comparison] = {
    Comparison.AT_MOST: Comparison.MORE_THAN,
    Comparison.MORE_THAN: Comparison.AT_MOST,
    Comparison.LESS_THAN: Comparison.AT_LEAST,
    Comparison.AT_LEAST: Comparison.LESS_THAN,
}


def _on_one_side(node: Compare, side: Comparison, algebra: AnyAlgebra) -> Any:
    """All amounts within the bounds lie on that side of the limit."""
    fact, limit = node.fact, node.limit.value
    if limit is None:
        raise TypeError(f"the limit of {fact} has no value: the rules were not read for a date")
    match side:
        case Comparison.AT_MOST:
            return algebra.end(fact, "high", "<=", limit)
        case Comparison.AT_LEAST:
            return algebra.end(fact, "low", ">=", limit)
        case Comparison.MORE_THAN:
            just = algebra.every(algebra.end(fact, "low", ">=", limit), algebra.is_open(fact, "low"))
            return algebra.some(algebra.end(fact, "low", ">", limit), just)
        case Comparison.LESS_THAN:
            just = algebra.every(algebra.end(fact, "high", "<=", limit), algebra.is_open(fact, "high"))
            return algebra.some(algebra.end(fact, "high", "<", limit), just)


_COMPARISON_WORDS = {
    Comparison.AT_MOST: "at most",
    Comparison.LESS_THAN: "less than",
    Comparison.AT_LEAST: "at least",
    Comparison.MORE_THAN: "more than",
}


def _english_compare(node: Compare, declarations: Declarations) -> str:
    fact = declarations[node.fact]
    limit = node.limit.text or (f"${node.limit.parameter}" if node.limit.parameter else str(node.limit.value))
    return f"{fact.label} is {_COMPARISON_WORDS[node.comparison]} {limit}"


# documentation


def _plain_documented(node: Documented, facts: Facts) -> Truth:
    match facts[node.fact].state:
        case FactState.KNOWN:
            return SURELY_TRUE
        case FactState.NOT_DOCUMENTED:
            return SURELY_UNKNOWN
        case FactState.NOT_COMPUTABLE:
            # Something is written that we cannot read: it may be the documentation asked for, and is never its absence.
            return frozenset({UNKNOWN, TRUE})


def _rete_documented(node: Documented, question: Question, declarations: Declarations) -> Formula:
    del declarations
    match question:
        case Question.MUST_BE_TRUE:
            return And((Atom(node.fact, "!=", "n"), Atom(node.fact, "!=", "c")))
        case Question.MAY_BE_TRUE:
            return Atom(node.fact, "!=", "n")
        case Question.MUST_BE_FALSE | Question.MAY_BE_FALSE:
            return never()


def _solver_documented(node: Documented, algebra: AnyAlgebra) -> May[Any]:
    missing = algebra.is_in(node.fact, FactState.NOT_DOCUMENTED)
    known = algebra.is_in(node.fact, FactState.KNOWN)
    return May(false=algebra.some(), unknown=algebra.negated(known), true=algebra.negated(missing))


def _english_documented(node: Documented, declarations: Declarations) -> str:
    return f"{declarations[node.fact].label} is documented"


# groups


def _plain_all(node: AllOf, facts: Facts) -> Truth:
    running = SURELY_TRUE
    for part in node.parts:
        running = _both(running, truth(part, facts))
    return running


def _rete_all(node: AllOf, question: Question, declarations: Declarations) -> Formula:
    parts = tuple(formula(part, question, declarations) for part in node.parts)
    return And(parts) if question.about_truth else Or(parts)


def _solver_all(node: AllOf, algebra: AnyAlgebra) -> May[Any]:
    parts = [possible(part, algebra) for part in node.parts]
    return May(
        false=algebra.some(*(part.false for part in parts)),
        unknown=_some_unknown_rest(parts, [algebra.some(part.unknown, part.true) for part in parts], algebra),
        true=algebra.every(*(part.true for part in parts)),
    )


def _some_unknown_rest(parts: Sequence[May[Any]], no_bar: Sequence[Any], algebra: AnyAlgebra) -> Any:
    """Some part can be unknown, while no other has to be what would settle the group against it."""
    return algebra.every(algebra.some(*(part.unknown for part in parts)), *no_bar)


def _english_all(node: AllOf, declarations: Declarations) -> str:
    return _joined(node.parts, " and ", declarations)


def _plain_any(node: AnyOf, facts: Facts) -> Truth:
    running = SURELY_FALSE
    for part in node.parts:
        running = _either(running, truth(part, facts))
    return running


def _rete_any(node: AnyOf, question: Question, declarations: Declarations) -> Formula:
    parts = tuple(formula(part, question, declarations) for part in node.parts)
    return Or(parts) if question.about_truth else And(parts)


def _solver_any(node: AnyOf, algebra: AnyAlgebra) -> May[Any]:
    parts = [possible(part, algebra) for part in node.parts]
    return May(
        false=algebra.every(*(part.false for part in parts)),
        unknown=_some_unknown_rest(parts, [algebra.some(part.unknown, part.false) for part in parts], algebra),
        true=algebra.some(*(part.true for part in parts)),
    )


def _english_any(node: AnyOf, declarations: Declarations) -> str:
    return _joined(node.parts, " or ", declarations)


def _plain_at_least(node: AtLeast, facts: Facts) -> Truth:
    wanted = _count(node)
    tallies = {(0, 0)}
    for part in node.parts:
        values = truth(part, facts)
        tallies = {(true + (value == TRUE), false + (value == FALSE)) for true, false in tallies for value in values}
    reachable = len(node.parts)
    return frozenset(
        TRUE if true >= wanted else FALSE if reachable - false < wanted else UNKNOWN for true, false in tallies
    )


def _rete_at_least(node: AtLeast, question: Question, declarations: Declarations) -> Formula:
    wanted = _count(node)
    parts = tuple(formula(part, question, declarations) for part in node.parts)
    return Count(parts, wanted if question.about_truth else len(parts) - wanted + 1)


def _solver_at_least(node: AtLeast, algebra: AnyAlgebra) -> May[Any]:
    wanted, reachable = _count(node), len(node.parts)
    parts = [possible(part, algebra) for part in node.parts]
    # Unknown: enough parts need not be true, enough need not be false, and one can be neither.
    need_not_be_true = [algebra.some(part.false, part.unknown) for part in parts]
    need_not_be_false = [algebra.some(part.true, part.unknown) for part in parts]
    return May(
        false=algebra.at_least(reachable - wanted + 1, *(part.false for part in parts)),
        unknown=algebra.every(
            algebra.at_least(reachable - wanted + 1, *need_not_be_true),
            algebra.at_least(wanted, *need_not_be_false),
            algebra.some(*(part.unknown for part in parts)),
        ),
        true=algebra.at_least(wanted, *(part.true for part in parts)),
    )


def _count(node: AtLeast) -> int:
    if node.count.value is None:
        raise TypeError("the count has no value: the rules were not read for a date")
    return int(node.count.value)


def _english_at_least(node: AtLeast, declarations: Declarations) -> str:
    count = node.count.text or (f"${node.count.parameter}" if node.count.parameter else str(node.count.value))
    listed = "; ".join(english(part, declarations) for part in node.parts)
    return f"at least {count} of these {len(node.parts)}: {listed}"


def _plain_not(node: Not, facts: Facts) -> Truth:
    return frozenset(TRUE - value for value in truth(node.part, facts))


def _rete_not(node: Not, question: Question, declarations: Declarations) -> Formula:
    return formula(node.part, question.opposite, declarations)


def _solver_not(node: Not, algebra: AnyAlgebra) -> May[Any]:
    part = possible(node.part, algebra)
    return May(false=part.true, unknown=part.unknown, true=part.false)


def _english_not(node: Not, declarations: Declarations) -> str:
    return f"not ({english(node.part, declarations)})"


# shared by leaves, and by groups, of one reading


def _settled(fact: FactValue, holds: Callable[[Any], bool]) -> Truth:
    match fact.state:
        case FactState.KNOWN:
            return SURELY_TRUE if holds(fact.value) else SURELY_FALSE
        case FactState.NOT_DOCUMENTED:
            return SURELY_UNKNOWN
        case FactState.NOT_COMPUTABLE:
            return ANYTHING


def _known_or_failed(fact: str, known: Formula, question: Question) -> Formula:
    """A leaf is possibly so where it is known to be, or where the fact is one that we failed to compute."""
    if question in (Question.MUST_BE_TRUE, Question.MUST_BE_FALSE):
        return known
    return Or((known, Atom(fact, "==", "c")))


def _of_value(fact: str, holds: Any, algebra: AnyAlgebra) -> May[Any]:
    """A leaf about the value of a fact: anything is possible of one that we failed to compute."""
    failed = algebra.is_in(fact, FactState.NOT_COMPUTABLE)
    known = algebra.is_in(fact, FactState.KNOWN)
    return May(
        false=algebra.some(failed, algebra.every(known, algebra.negated(holds))),
        unknown=algebra.negated(known),
        true=algebra.some(failed, algebra.every(known, holds)),
    )


@lru_cache(maxsize=64)
def _both(one: Truth, other: Truth) -> Truth:
    return frozenset(min(mine, theirs) for mine in one for theirs in other)


@lru_cache(maxsize=64)
def _either(one: Truth, other: Truth) -> Truth:
    return frozenset(max(mine, theirs) for mine in one for theirs in other)


def _joined(parts: Iterable[Node], word: str, declarations: Declarations) -> str:
    return word.join(
        f"({english(part, declarations)})" if isinstance(part, (AllOf, AnyOf)) else english(part, declarations)
        for part in parts
    )


OPERATORS: Mapping[type[Node], Reading] = {
    Holds: Reading("fact", _plain_holds, _rete_holds, _solver_holds, _english_holds),
    IsOneOf: Reading("is / in", _plain_is_one_of, _rete_is_one_of, _solver_is_one_of, _english_is_one_of),
    Compare: Reading(
        "at_most / less_than / at_least / more_than", _plain_compare, _rete_compare, _solver_compare, _english_compare
    ),
    Documented: Reading("documented", _plain_documented, _rete_documented, _solver_documented, _english_documented),
    AllOf: Reading("all", _plain_all, _rete_all, _solver_all, _english_all),
    AnyOf: Reading("any", _plain_any, _rete_any, _solver_any, _english_any),
    AtLeast: Reading("at_least", _plain_at_least, _rete_at_least, _solver_at_least, _english_at_least),
    Not: Reading("not", _plain_not, _rete_not, _solver_not, _english_not),
}
"""The operators by the tree node they read; a test holds this against the node types."""
