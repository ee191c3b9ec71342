"""What the laws look at: the views, statuses and outcomes of a case, with the outcomes of other requests held fixed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

from imr_engine import Case, load_rulebook
from imr_engine.case.reference import reference_date
from imr_engine.dosing import doses_of
from imr_engine.inference import plain
from imr_engine.inference.engine import Inferred, Question, infer
from imr_engine.inference.facts.context import CaseContext
from imr_engine.inference.standing import rules_for
from imr_engine.inference.values import FactState, FactValue, RequestView
from imr_engine.prediction import Outcome, Status
from imr_engine.rulebook.model import Criterion, FactDeclaration, FactType, Rulebook, Rules
from imr_engine.rulebook.tree import Compare, leaves
from imr_engine.units.interval import Interval
from imr_engine.verify.judging import Answers, PreparedCase

__all__ = ["Read", "known_values", "narrower", "outcome_of", "read", "statuses_of", "with_fact"]


@cache
def rulebook() -> Rulebook:
    return load_rulebook()


@dataclass(frozen=True)
class Read:
    """A case as the rules read it. ``rules`` is None where no edition governs it, and nothing is inferred then."""

    case: Case
    rules: Rules | None
    inferred: Mapping[str, Inferred]

    @property
    def outcomes(self) -> dict[str, Outcome]:
        return {name: entry.outcome for name, entry in self.inferred.items()}

    def again(self, raw: Mapping[str, Any], request: str) -> Inferred:
        """What a changed case says of one request, if the outcomes of the others are held as they are here."""
        assert self.rules is not None
        case = PreparedCase(Case.model_validate(raw), rulebook())
        return case.answer(Answers(rulebook(), self.rules, self.inferred), request)

    def applying(self, request: str) -> list[Criterion]:
        """The criteria that have a say on a request."""
        assert self.rules is not None
        entry = self.inferred[request]
        return [
            criterion
            for criterion in self.rules.criteria
            if criterion.id in entry.statuses
            and (criterion.guideline == entry.speaking or criterion.guideline in self.rules.common)
        ]


def read(raw: Mapping[str, Any]) -> Read:
    """Read a case by the shipped rules."""
    case = Case.model_validate(raw)
    day = _reference(case)
    edition = rulebook().edition_on(day)
    if edition is None:
        return Read(case, None, {})
    rules = rules_for(rulebook(), edition, day)
    shared = _shared(case, rules)
    found, _ = infer(Question(case, rulebook(), rules, shared.doses, day), "plain")
    return Read(case, rules, found)


def _reference(case: Case):
    dated = reference_date(case.dates)
    assert dated is not None
    return dated[0]


def _shared(case: Case, rules: Rules) -> CaseContext:
    return CaseContext(case, rulebook(), doses_of(case, rules.edition.conversion_table), _reference(case))


# facts exchanged by hand


def with_fact(view: RequestView, fact: FactValue) -> RequestView:
    return replace(view, facts={**view.facts, fact.name: fact})


def statuses_of(rules: Rules, view: RequestView) -> dict[str, Status]:
    return plain.statuses(rules, view)


def outcome_of(rules: Rules, view: RequestView) -> Outcome:
    return plain.outcome(rules, view.scope.kind, plain.statuses(rules, view))


def known_values(rules: Rules, declaration: FactDeclaration) -> Iterator[bool | str | Interval]:
    """Values of a fact that differ in what some criterion says of them: at, just below and just above every limit."""
    match declaration.type:
        case FactType.BOOLEAN:
            yield from (True, False)
        case FactType.CHOICE:
            yield from declaration.values
        case FactType.QUANTITY | FactType.COUNT:
            amounts = sorted(
                {Fraction(0), *(at + step for at in _limits(rules, declaration.name) for step in (-1, 0, 1))}
            )
            for low in amounts:
                yield Interval.exact(low)
                yield Interval(low, None)
                yield Interval.more_than(low)
                yield from (Interval(low, high) for high in amounts if high > low)


def _limits(rules: Rules, fact: str) -> Iterator[Fraction]:
    for criterion in rules.criteria:
        for leaf in leaves(criterion.when):
            if isinstance(leaf, Compare) and leaf.fact == fact and leaf.limit.value is not None:
                yield leaf.limit.value


def narrower(rules: Rules, declaration: FactDeclaration, fact: FactValue) -> Iterator[FactValue]:
    """Known facts that a further record could put in the place of this one: any for one that is not documented, and
    for an amount known within bounds any within those bounds."""
    if fact.state is FactState.NOT_COMPUTABLE:
        return
    for value in known_values(rules, declaration):
        if fact.state is FactState.NOT_DOCUMENTED or (
            isinstance(value, Interval) and isinstance(fact.value, Interval) and _within(value, fact.value)
        ):
            yield replace(fact, state=FactState.KNOWN, value=value)


def _within(inner: Interval, outer: Interval) -> bool:
    low = outer.low is None or (
        inner.low is not None
        and (inner.low > outer.low or (inner.low == outer.low and (inner.low_open or not outer.low_open)))
    )
    high = outer.high is None or (
        inner.high is not None
        and (inner.high < outer.high or (inner.high == outer.high and (inner.high_open or not outer.high_open)))
    )
    return low and high
