"""How a second view of a request may differ from a first one: what the laws let happen between the two."""

from __future__ import annotations

from collections.abc import Iterable

from imr_engine.prediction import Status
from imr_engine.rulebook.model import Criterion
from imr_engine.rulebook.polarity import supporting_leaves
from imr_engine.rulebook.tree import Documented
from imr_engine.verify.solver import Space
from imr_engine.verify.terms import FactTerms, Formula, every, implied, negated, number, same, some

__all__ = ["further_known", "less_reduced", "no_lower", "supported", "unchanged"]


def further_known(before: FactTerms, after: FactTerms) -> Formula:
    """What was not documented may be known, and an amount may be known within narrower bounds; nothing else changes."""
    return every(
        implied(before.missing, negated(after.failed)),
        implied(before.failed, _equal(before, after)),
        implied(before.known, every(after.known, _narrower(before, after))),
    )


def _equal(before: FactTerms, after: FactTerms) -> Formula:
    return every(*(same(one, other) for one, other in zip(before.variables, after.variables, strict=True)))


def _narrower(before: FactTerms, after: FactTerms) -> Formula:
    was, now = before.amount, after.amount
    low = some(now.low > was.low, every(same(now.low, was.low), implied(was.low_open, now.low_open)))
    high = some(now.high < was.high, every(same(now.high, was.high), implied(was.high_open, now.high_open)))
    return every(
        same(before.holds, after.holds),
        *(same(before.values[value], after.values[value]) for value in before.values),
        implied(was.has_low, every(now.has_low, low)),
        implied(was.has_high, every(now.has_high, high)),
    )


def unchanged(before: Space, after: Space, facts: Iterable[str]) -> Formula:
    """Each of these facts is the same in both views."""
    return every(*(_equal(before.terms.facts[fact], after.terms.facts[fact]) for fact in facts))


def supported(space: Space, criteria: Iterable[Criterion], fact: str) -> Formula:
    """The fact is known, and helps the request in every condition of these criteria that reads it."""
    parts = [space.terms.facts[fact].known]
    for criterion in criteria:
        for leaf, helps in supporting_leaves(criterion):
            if leaf.fact == fact and not isinstance(leaf, Documented):
                parts.append(space.condition(leaf, Status.MET if helps else Status.NOT_MET))
    return every(*parts)


def no_lower(before: FactTerms, after: FactTerms) -> Formula:
    """An amount is raised: neither of its ends is lower than it was.

    An amount that is not documented is one from 0 up without an end, and what could not be computed still cannot.
    """
    was, now = before.amount, after.amount
    low = some(now.low > was.low, every(same(now.low, was.low), implied(was.low_open, now.low_open)))
    high = some(now.high > was.high, every(same(now.high, was.high), implied(now.high_open, was.high_open)))
    return every(
        same(before.failed, after.failed),
        was.low >= number(0),
        low,
        implied(now.has_high, every(was.has_high, high)),
    )


def less_reduced(before: FactTerms, after: FactTerms) -> Formula:
    """What did not lower the dose does not come to lower it."""
    return every(
        implied(after.holds, every(after.known, before.known, before.holds)),
        implied(every(before.known, negated(before.holds)), every(after.known, negated(after.holds))),
        same(before.failed, after.failed),
    )
