"""Finds the supports and defeats of one guideline that one request can meet, and those that say the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imr_engine.inference.values import RequestView
from imr_engine.prediction import Effect, Status
from imr_engine.rulebook.model import Criterion
from imr_engine.verify.solver import TIMEOUT_SECONDS, Space, satisfiable
from imr_engine.verify.terms import Formula, negated

__all__ = ["Meeting", "meetings"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A support and a defeat of one guideline that apply to the same requests.

    ``view`` meets both, None where none does. ``implied`` says in words which follows from the other, if one does.
    ``excuses`` can set the defeat aside; ``reasons`` are given in the rules for facts that help in the one and hurt in
    the other. ``always_defeated``: the defeat holds of every request of the space, whatever is on record.
    """

    support: Criterion
    defeat: Criterion
    view: RequestView | None
    implied: str
    excuses: tuple[str, ...]
    reasons: tuple[str, ...]
    always_defeated: bool


def meetings(space: Space, timeout_seconds: float = TIMEOUT_SECONDS) -> Iterator[Meeting]:
    """Every pair of a support and a defeat of the guideline that speaks for a space.

    Raises:
        SolverGaveUp: The solver found no answer in time.
    """
    own = [criterion for criterion in space.counting if criterion.guideline == space.speaking]
    for support in own:
        for defeat in own:
            if support.effect is Effect.SUPPORT and defeat.effect is Effect.DEFEAT:
                yield _meeting(space, support, defeat, timeout_seconds)


def _meeting(space: Space, support: Criterion, defeat: Criterion, timeout: float) -> Meeting:
    supported, defeated = space.status(support.id, Status.MET), space.status(defeat.id, Status.MET)

    def possible(*formulas: Formula) -> bool:
        return satisfiable(space, *formulas, timeout_seconds=timeout, is_tidy=False) is not None

    view = satisfiable(space, supported, defeated, timeout_seconds=timeout)
    always = not possible(negated(defeated))
    implied: list[str] = []
    if view is not None and not always:
        if not possible(supported, negated(defeated)):
            implied.append(f"whoever meets {support.id} also meets {defeat.id}, so that it never helps")
        if not possible(defeated, negated(supported)) and possible(negated(supported)):
            implied.append(f"whoever meets {defeat.id} also meets {support.id}, and is denied for what would support")
    shared = set(space.rules.reads[support.id]) & set(space.rules.reads[defeat.id])
    stated = {**support.both_ways, **defeat.both_ways}
    return Meeting(
        support,
        defeat,
        view,
        "; ".join(implied),
        tuple(one.id for one in space.counting if one.effect is Effect.EXCUSE and defeat.id in one.excuses),
        tuple(stated[fact] for fact in stated if fact in shared),
        always,
    )
