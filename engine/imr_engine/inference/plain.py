"""The plain reading: evaluates the tree directly and steps from findings to an outcome, in the order of the design.

It is the model that the rules engine is held to, so it is written to be checked by eye and shares no step with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imr_engine.inference.operators import SURELY_FALSE, SURELY_TRUE, TRUE, truth
from imr_engine.inference.values import RequestScope, RequestView
from imr_engine.prediction import Effect, Outcome, Status
from imr_engine.rulebook.model import Criterion, Rules, Scope
from imr_engine.rulebook.tree import Node

__all__ = ["applies", "outcome", "speaking", "status", "statuses"]


def applies(scope: Scope, request: RequestScope) -> bool:
    """Whether a criterion's scope covers a request: every part that it names must fit."""
    return (
        (not scope.kinds or request.kind in scope.kinds)
        and (not scope.classes or request.drug_class in scope.classes)
        and (not scope.ingredients or any(name in scope.ingredients for name in request.ingredients))
        and (not scope.regions or any(region in scope.regions for region in request.regions))
        and (not scope.phases or request.phase in scope.phases)
    )


def status(when: Node, view: RequestView) -> Status:
    """What a condition comes to: not computable only where our failure could have hidden that it is met."""
    values = truth(when, view.facts)
    if values == SURELY_TRUE:
        return Status.MET
    if values == SURELY_FALSE:
        return Status.NOT_MET
    return Status.NOT_COMPUTABLE if TRUE in values else Status.NOT_DOCUMENTED


def statuses(rules: Rules, view: RequestView) -> dict[str, Status]:
    """The status of every criterion that applies to the request, in the order of the rulebook."""
    return {
        criterion.id: status(criterion.when, view)
        for criterion in rules.criteria
        if applies(criterion.scope, view.scope)
    }


def speaking(rules: Rules, kind: str, found: Mapping[str, Status]) -> str | None:
    """The first guideline in the order for this kind that has a require, a support or a defeat to say."""
    for guideline in rules.edition.order_for(kind):
        for criterion in rules.criteria:
            if (
                criterion.guideline == guideline
                and criterion.id in found
                and criterion.effect in (Effect.REQUIRE, Effect.SUPPORT, Effect.DEFEAT)
            ):
                return guideline
    return None


def outcome(rules: Rules, kind: str, found: Mapping[str, Status]) -> Outcome:
    """The outcome by the findings: the same whether what is not computable turns out well or badly, or undetermined."""
    speaker = speaking(rules, kind, found)
    counting = [
        criterion
        for criterion in rules.criteria
        if criterion.id in found and (criterion.guideline == speaker or criterion.guideline in rules.common)
    ]
    at_best = _decide(counting, {name: _at_best(name, status, counting) for name, status in found.items()})
    at_worst = _decide(counting, {name: _at_worst(name, status, counting) for name, status in found.items()})
    return at_best if at_best == at_worst else Outcome.UNDETERMINED


def _at_best(name: str, found: Status, counting: Sequence[Criterion]) -> Status:
    if found is not Status.NOT_COMPUTABLE:
        return found
    return Status.NOT_MET if _effect(name, counting) is Effect.DEFEAT else Status.MET


def _at_worst(name: str, found: Status, counting: Sequence[Criterion]) -> Status:
    if found is not Status.NOT_COMPUTABLE:
        return found
    return Status.MET if _effect(name, counting) is Effect.DEFEAT else Status.NOT_MET


def _effect(name: str, counting: Sequence[Criterion]) -> Effect | None:
    return next((criterion.effect for criterion in counting if criterion.id == name), None)


def _decide(counting: Sequence[Criterion], found: Mapping[str, Status]) -> Outcome:
    excused = {
        name
        for criterion in counting
        if criterion.effect is Effect.EXCUSE and found[criterion.id] is Status.MET
        for name in criterion.excuses
    }
    for criterion in counting:
        met = found[criterion.id] is Status.MET
        if criterion.effect is Effect.DEFEAT and met and criterion.id not in excused:
            return Outcome.UPHELD
        if criterion.effect is Effect.REQUIRE and not met and criterion.id not in excused:
            return Outcome.UPHELD
    supports = [criterion for criterion in counting if criterion.effect is Effect.SUPPORT]
    if any(found[criterion.id] is Status.MET for criterion in supports):
        return Outcome.OVERTURNED
    return Outcome.UPHELD if supports else Outcome.UNDETERMINED
