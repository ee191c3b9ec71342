"""From a view that the solver found to the smallest case that shows it, put through the rules again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from imr_engine.inference import plain
from imr_engine.inference.engine import Inferred
from imr_engine.inference.values import FactValue, RequestView
from imr_engine.verify.answering import Accepts, answers_of, anything
from imr_engine.verify.draft import REQUEST
from imr_engine.verify.solver import Space
from imr_engine.verify.witness import case_for, minimal

__all__ = ["smallest_case"]


def smallest_case(
    space: Space,
    view: RequestView,
    names: Collection[str],
    facts: Collection[str] = (),
    accepts: Accepts = anything,
) -> Mapping[str, Any] | None:
    """The smallest case found in which these criteria come to what they come to in a view, with the same outcome.

    Args:
        space: where the view is from.
        view: what the case has to give rise to.
        names: the criteria whose statuses it has to show.
        facts: the facts that stay as they are in the view.
        accepts: whether something is a case that can be predicted.

    Returns:
        None where no case can be written for the view, or where the rules say something else of it.
    """
    rulebook = space.rulebook
    statuses = plain.statuses(space.rules, view)
    outcome = plain.outcome(space.rules, view.scope.kind, statuses)

    def shows(case: Mapping[str, Any]) -> bool:
        answers = answers_of(case, rulebook)
        found: Inferred | None = None if answers is None else answers.inferred.get(REQUEST)
        return (
            found is not None
            and accepts(case)
            and found.outcome is outcome
            and all(found.statuses.get(name) is statuses.get(name) for name in names)
            and all(_is_same(found.view.facts[name], view.facts[name]) for name in facts)
        )

    case = case_for(view, space.rules, rulebook).case
    if case is None or not shows(case):
        return None
    return minimal(case, shows)


def _is_same(one: FactValue, other: FactValue) -> bool:
    return (one.state, one.value) == (other.state, other.value)
