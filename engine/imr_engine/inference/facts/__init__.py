"""Works out every declared fact of a case, seen from one request.

Each fact is one function from the context of a request to a ``FactValue``; ``FACTS`` lists them by name, and the
rulebook may declare no other (``check_declared``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from imr_engine.errors import Problem
from imr_engine.inference.facts import care, courses, others, pain, use
from imr_engine.inference.facts.context import RequestContext
from imr_engine.inference.values import FactValue, RequestView
from imr_engine.rulebook.model import Rulebook

__all__ = ["FACTS", "check_declared", "view_of"]

FACTS: Mapping[str, Callable[[RequestContext], FactValue]] = {
    **courses.FACTS,
    **pain.FACTS,
    **use.FACTS,
    **care.FACTS,
    **others.FACTS,
}
"""Every fact this version can work out, by name."""


def check_declared(rulebook: Rulebook) -> list[Problem]:
    """The declared facts that nobody works out, each with its place; best empty."""
    return [
        Problem(fact.place, f"facts.{name}", "this version cannot work out this fact")
        for name, fact in rulebook.facts.items()
        if name not in FACTS
    ]


def view_of(context: RequestContext, names: Mapping[str, object]) -> RequestView:
    """The request as the rules see it, with the named facts."""
    return RequestView(context.request.id, context.scope, {name: FACTS[name](context) for name in names})
