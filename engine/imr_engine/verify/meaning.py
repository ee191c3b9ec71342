"""What a rulebook comes to, in z3 terms: the status of a condition, and the outcome of a request of a known scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imr_engine.inference import plain
from imr_engine.inference.operators import possible
from imr_engine.inference.values import RequestScope
from imr_engine.prediction import Effect, Outcome, Status
from imr_engine.rulebook.model import Criterion, Rules
from imr_engine.rulebook.tree import Node
from imr_engine.verify.terms import Formula, ViewTerms, every, negated, some

__all__ = ["applying", "counting", "outcome_formulas", "speaking", "status_formula"]

SPEAKING_EFFECTS = (Effect.REQUIRE, Effect.SUPPORT, Effect.DEFEAT)


def applying(rules: Rules, scope: RequestScope) -> tuple[Criterion, ...]:
    """The criteria that apply to a request, in the order of the rulebook."""
    return tuple(criterion for criterion in rules.criteria if plain.applies(criterion.scope, scope))


def speaking(rules: Rules, scope: RequestScope) -> str | None:
    """The guideline that decides requests of this scope, None where none has anything to say."""
    saying = {criterion.guideline for criterion in applying(rules, scope) if criterion.effect in SPEAKING_EFFECTS}
    return next((name for name in rules.edition.order_for(scope.kind) if name in saying), None)


def counting(rules: Rules, scope: RequestScope) -> tuple[Criterion, ...]:
    """The criteria that have a say: those of the guideline that speaks, and the common ones."""
    speaker = speaking(rules, scope)
    return tuple(
        criterion
        for criterion in applying(rules, scope)
        if criterion.guideline == speaker or criterion.guideline in rules.common
    )


def status_formula(when: Node, status: Status, terms: ViewTerms) -> Formula:
    """When a condition comes to a status."""
    may = possible(when, terms)
    match status:
        case Status.MET:
            return every(may.true, negated(some(may.unknown, may.false)))
        case Status.NOT_MET:
            return every(may.false, negated(some(may.unknown, may.true)))
        case Status.NOT_COMPUTABLE:
            return every(may.true, some(may.unknown, may.false))
        case Status.NOT_DOCUMENTED:
            return every(may.unknown, negated(may.true))


def outcome_formulas(
    rules: Rules, scope: RequestScope, terms: ViewTerms, given: Mapping[str, Status] | None = None
) -> dict[Outcome, Formula]:
    """When a request of a scope comes to each outcome.

    Args:
        rules: The rules as they stand for a date.
        scope: What is always known of the request.
        terms: The terms of its facts.
        given: Statuses that some criteria are taken to have, whatever their condition comes to.
    """
    having_a_say = counting(rules, scope)
    surely = {criterion.id: _is(criterion, Status.MET, terms, given or {}) for criterion in having_a_say}
    perhaps = {
        criterion.id: some(surely[criterion.id], _is(criterion, Status.NOT_COMPUTABLE, terms, given or {}))
        for criterion in having_a_say
    }
    defeats = {criterion.id for criterion in having_a_say if criterion.effect is Effect.DEFEAT}
    at_best = {name: surely[name] if name in defeats else perhaps[name] for name in surely}
    at_worst = {name: perhaps[name] if name in defeats else surely[name] for name in surely}
    best, worst = _decided(having_a_say, at_best), _decided(having_a_say, at_worst)
    found = {outcome: every(best[outcome], worst[outcome]) for outcome in (Outcome.UPHELD, Outcome.OVERTURNED)}
    return {**found, Outcome.UNDETERMINED: negated(some(*found.values()))}


def _is(criterion: Criterion, status: Status, terms: ViewTerms, given: Mapping[str, Status]) -> Formula:
    if criterion.id in given:
        return every() if given[criterion.id] is status else some()
    return status_formula(criterion.when, status, terms)


def _decided(having_a_say: Sequence[Criterion], met: Mapping[str, Formula]) -> dict[Outcome, Formula]:
    """Upheld by a met defeat or a failed require that no met excuse sets aside; else by whether a support is met."""
    excused = {
        name: some(*(met[one.id] for one in having_a_say if one.effect is Effect.EXCUSE and name in one.excuses))
        for name in met
    }
    against = [
        every(met[one.id] if one.effect is Effect.DEFEAT else negated(met[one.id]), negated(excused[one.id]))
        for one in having_a_say
        if one.effect in (Effect.DEFEAT, Effect.REQUIRE)
    ]
    stopped = some(*against)
    supports = [met[one.id] for one in having_a_say if one.effect is Effect.SUPPORT]
    if not supports:
        return {Outcome.UPHELD: stopped, Outcome.OVERTURNED: some()}
    overturned = every(negated(stopped), some(*supports))
    return {Outcome.UPHELD: negated(overturned), Outcome.OVERTURNED: overturned}
