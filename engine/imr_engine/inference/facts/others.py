"""Facts about other requests of the same case, and about what utilization review has decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from imr_engine.inference.facts.context import RequestContext
from imr_engine.inference.facts.phrases import listing
from imr_engine.inference.values import FactValue
from imr_engine.prediction import Outcome

__all__ = ["FACTS"]


def _denied(
    context: RequestContext, name: str, others: Iterable[str], verb: tuple[str, str], nothing: str
) -> FactValue:
    """Whether any of the other requests is denied; undetermined ones leave the answer to what we could not compute."""
    indices = {request.id: index for index, request in enumerate(context.case.requests)}
    # In the order of the case: the outcomes come from a set, whose order is nobody's.
    known = sorted((other for other in set(others) if other in indices), key=lambda other: indices[other])
    denied = [other for other in known if context.outcomes[other] is Outcome.UPHELD]
    if denied:
        text = f"{listing(_item(context, other) for other in denied)} {verb[0] if len(denied) == 1 else verb[1]}"
        return context.yes(name, text, [f"requests[{indices[other]}]" for other in denied])
    open_ones = [other for other in known if context.outcomes[other] is Outcome.UNDETERMINED]
    if open_ones:
        text = f"the outcome of {listing(_item(context, other) for other in open_ones)} is undetermined"
        return context.failed(name, text, [f"requests[{indices[other]}]" for other in open_ones])
    return context.no(name, nothing, [context.path])


def _item(context: RequestContext, request_id: str) -> str:
    request = next(request for request in context.case.requests if request.id == request_id)
    return request.drug or request.service or request.id


def _parent_denied(context: RequestContext) -> FactValue:
    parents = context.request.depends_on
    verb = ("is expected to be denied", "are expected to be denied")
    return _denied(context, "parent_denied", parents, verb, "no request that it depends on is denied")


def _taken_medicine_denied(context: RequestContext) -> FactValue:
    taken = [
        other
        for other in context.outcomes
        if other != context.request.id
        and (dose := context.doses.requests.get(other)) is not None
        and dose.drugs
        and dose.phase in ("continue", "increase")
    ]
    verb = ("is not supported", "are not supported")
    return _denied(context, "taken_medicine_denied", taken, verb, "no medicine that is taken is denied")


def _already_authorized(context: RequestContext) -> FactValue:
    name = "already_authorized"
    review = context.request.ur
    if review is None:
        return FactValue.missing(name)
    approved = review.decision == "approved"
    return context.fact(name, approved, review.decision, [f"{context.path}.ur.decision"])


FACTS: Mapping[str, Callable[[RequestContext], FactValue]] = {
    "parent_denied": _parent_denied,
    "taken_medicine_denied": _taken_medicine_denied,
    "already_authorized": _already_authorized,
}
