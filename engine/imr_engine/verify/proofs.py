"""What a proof is: the law, what it is about, how it came out, what it rests on, and the views that break it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter

from imr_engine.inference.values import RequestView
from imr_engine.rulebook.model import Criterion
from imr_engine.verify.solver import ASSUMED_OF_ANY_VIEW, SolverGaveUp, Space

__all__ = ["Found", "Law", "Proof", "ProofStatus", "Proving", "ids", "timed"]


class Law(StrEnum):
    """A law that is proved here."""

    INFORMATION = "information"
    SUPPORT = "support"
    DOSE = "dose"
    COURSE = "course"
    REACH = "reach"
    NO_CONTRADICTION = "no contradiction"


class ProofStatus(StrEnum):
    """What became of a law.

    EXCEPTED: it does not hold, and the rules state why. UNKNOWN: the solver ran out of time. INFORMATION: no law is
    broken, but an author may like to know.
    """

    PROVED = "proved"
    FAILED = "failed"
    EXCEPTED = "excepted"
    UNKNOWN = "unknown"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Proof:
    """One law for one subject: the requests of a space, a criterion, or a pair of criteria.

    ``text`` says what was proved, or why it could not be. ``facts`` are those that were free, ``assumptions`` what the
    proof takes for granted, ``counterexample`` the views that break the law, the earlier state first; for INFORMATION,
    the view that shows it.
    """

    law: Law
    edition: str
    kind: str
    subject: str
    status: ProofStatus
    text: str
    criteria: tuple[str, ...]
    facts: tuple[str, ...]
    assumptions: tuple[str, ...]
    seconds: float
    counterexample: tuple[RequestView, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A proof before it is told of which space and how long it took.

    ``of_any_view``: it holds of all facts that have the form of one, so that it rests on no relation among them.
    """

    status: ProofStatus
    text: str
    criteria: tuple[str, ...]
    facts: tuple[str, ...]
    assumptions: tuple[str, ...] = ()
    views: tuple[RequestView, ...] = ()
    subject: str | None = None
    of_any_view: bool = False


Proving = Callable[[Space, float], Iterator[Found]]


def timed(law: Law, space: Space, proving: Proving, timeout: float) -> Iterator[Proof]:
    """The proofs of a law for a space, each with the time it took; where the solver gives up, that is told."""
    start = perf_counter()
    try:
        for found in proving(space, timeout):
            yield _proof(law, space, found, perf_counter() - start)
            start = perf_counter()
    except SolverGaveUp as error:
        gave_up = Found(ProofStatus.UNKNOWN, str(error), ids(space.counting), space.facts)
        yield _proof(law, space, gave_up, perf_counter() - start)


def _proof(law: Law, space: Space, found: Found, seconds: float) -> Proof:
    return Proof(
        law,
        space.rules.edition.id,
        ", ".join(space.kinds),
        found.subject or space.label,
        found.status,
        found.text,
        found.criteria,
        found.facts,
        (*(ASSUMED_OF_ANY_VIEW if found.of_any_view else space.assumptions), *found.assumptions),
        seconds,
        found.views,
    )


def ids(criteria: Iterable[Criterion]) -> tuple[str, ...]:
    """The ids of criteria, in their order."""
    return tuple(criterion.id for criterion in criteria)
