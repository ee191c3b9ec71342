"""Facts about pain: scores, relief, and the elements of a pain assessment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from imr_engine.inference.facts.context import RequestContext
from imr_engine.inference.facts.phrases import score_in_words
from imr_engine.inference.values import FactValue
from imr_engine.units.interval import Interval
from imr_engine.units.wording import amount_in_words

__all__ = ["FACTS"]

SECTION = "documentation.pain"


def _pain_reduction(context: RequestContext) -> FactValue:
    name = "pain_reduction"
    pain = context.case.documentation.pain
    if pain is None or pain.without_medication is None or pain.with_medication is None:
        return FactValue.missing(name)
    without, with_it = score_in_words(pain.without_medication), score_in_words(pain.with_medication)
    text = f"{without} without medication and {with_it} with it"
    paths = [f"{SECTION}.without_medication", f"{SECTION}.with_medication"]
    return context.fact(name, pain.without_medication - pain.with_medication, text, paths)


def _element(name: str, field: str) -> Callable[[RequestContext], FactValue]:
    """A fact that is one field of the pain section; a time is kept in hours, a score on the 0 to 10 scale."""

    def fact(context: RequestContext) -> FactValue:
        pain = context.case.documentation.pain
        value: Interval | None = None if pain is None else getattr(pain, field)
        if value is None:
            return FactValue.missing(name)
        text = amount_in_words(value, "hours") if field in ("time_to_relief", "relief_lasts") else score_in_words(value)
        return context.fact(name, value, text, [f"{SECTION}.{field}"])

    return fact


FACTS: Mapping[str, Callable[[RequestContext], FactValue]] = {
    "pain_reduction": _pain_reduction,
    "pain_current": _element("pain_current", "current"),
    "pain_least": _element("pain_least", "least"),
    "pain_average": _element("pain_average", "average"),
    "pain_with_medication": _element("pain_with_medication", "with_medication"),
    "time_to_relief": _element("time_to_relief", "time_to_relief"),
    "relief_duration": _element("relief_duration", "relief_lasts"),
}
