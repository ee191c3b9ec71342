"""When a criterion decides, as formulas over a space of requests: it stands against, it is in order, it alone counts.

Only what can be computed is asked about: a failure of ours never decides, so it is no witness that a criterion does.
"""

from __future__ import annotations

import z3

from imr_engine.prediction import Effect, Status
from imr_engine.rulebook.model import Criterion
from imr_engine.verify.solver import SolverGaveUp, Space
from imr_engine.verify.terms import Formula, every, negated, some

__all__ = ["decides", "excuses_of", "is_in_order", "is_possible", "met", "stands"]

OPPOSING = (Effect.REQUIRE, Effect.DEFEAT)


def is_possible(space: Space, formula: Formula) -> bool:
    """Whether some possible view satisfies a formula; ``satisfiable`` finds one to show, which takes longer.

    Raises:
        SolverGaveUp: the solver found no answer in time.
    """
    solver = space.solver
    solver.push()
    try:
        solver.add(formula)
        answer = solver.check()
    finally:
        solver.pop()
    if answer == z3.unknown:
        raise SolverGaveUp(f"the solver gave up on {space.label}")
    return bool(answer == z3.sat)


def met(space: Space, criterion: Criterion) -> Formula:
    """The criterion is met."""
    return space.status(criterion.id, Status.MET)


def excuses_of(space: Space, criterion: Criterion) -> list[Criterion]:
    """The excuses with a say that name the criterion."""
    return [other for other in space.counting if other.effect is Effect.EXCUSE and criterion.id in other.excuses]


def _is_excused(space: Space, criterion: Criterion, besides: Criterion | None = None) -> Formula:
    excuses = excuses_of(space, criterion)
    return some(*[met(space, other) for other in excuses if besides is None or other.id != besides.id])


def _fails(space: Space, criterion: Criterion) -> Formula:
    """The criterion turns the request down, unless it is excused."""
    if criterion.effect is Effect.DEFEAT:
        return met(space, criterion)
    return some(space.status(criterion.id, Status.NOT_MET), space.status(criterion.id, Status.NOT_DOCUMENTED))


def stands(space: Space, criterion: Criterion) -> Formula:
    """The criterion turns the request down, and no excuse sets it aside."""
    return every(_fails(space, criterion), negated(_is_excused(space, criterion)))


def is_in_order(space: Space, criterion: Criterion) -> Formula:
    """The criterion does not turn the request down, and that is computed; or it is excused."""
    if criterion.effect is Effect.REQUIRE:
        alone = met(space, criterion)
    else:
        alone = some(space.status(criterion.id, Status.NOT_MET), space.status(criterion.id, Status.NOT_DOCUMENTED))
    return some(alone, _is_excused(space, criterion))


def decides(space: Space, criterion: Criterion) -> Formula:
    """Without the criterion, the outcome would be another; for a note, that it is met."""
    opposing = [other for other in space.counting if other.effect in OPPOSING]
    supports = [other for other in space.counting if other.effect is Effect.SUPPORT]
    granted = some(*[met(space, other) for other in supports]) if supports else every()
    match criterion.effect:
        case Effect.NOTE:
            return met(space, criterion)
        case Effect.SUPPORT:
            alone = [negated(met(space, other)) for other in supports if other.id != criterion.id]
            return every(*[met(space, criterion), *alone, *(is_in_order(space, other) for other in opposing)])
        case Effect.EXCUSE:
            needed = [
                every(_fails(space, other), negated(_is_excused(space, other, besides=criterion)))
                for other in opposing
                if other.id in criterion.excuses
            ]
            rest = (is_in_order(space, other) for other in opposing)
            return every(*[met(space, criterion), some(*needed), granted, *rest])
        case Effect.REQUIRE | Effect.DEFEAT:
            rest = (is_in_order(space, other) for other in opposing if other.id != criterion.id)
            return every(*[stands(space, criterion), granted, *rest])
