"""What a set of cases shows of a rulebook: which criteria applied and decided, and which edges of them were touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from imr_engine.case.model import Case
from imr_engine.inference.engine import Inferred
from imr_engine.inference.operators import SURELY_TRUE, truth
from imr_engine.inference.values import FactState, FactValue
from imr_engine.prediction import Effect, Status
from imr_engine.rulebook.model import FactDeclaration, Rulebook, Rules
from imr_engine.rulebook.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Comparison,
    Documented,
    Holds,
    IsOneOf,
    Limit,
    Node,
    children,
)
from imr_engine.units.interval import Interval
from imr_engine.verify.judging import Answers, PreparedCase

__all__ = ["Coverage", "CriterionCoverage", "Share", "coverage_of"]

_SORTS = {
    "limit": "sides of limits",
    "choice": "values of choices",
    "count": "edges of counts",
    "answer": "answers of yes and no",
    "record": "on record, or not",
}
"""What can be touched of a condition: a limit, at it and just beyond; every value of a choice; a count just reached and
one short of it; a yes-or-no each way; and what has to be on record, there and not there."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    seen: int
    of: int

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: 100 only where nothing is missing."""
        return 100 * self.seen // self.of if self.of else 100


@dataclass(slots=True)
class CriterionCoverage:
    """What the cases show of one criterion.

    ``points`` are the places of its condition, by sort and wording, with how often they were touched.
    """

    criterion: str
    effect: Effect
    statuses: Counter[Status] = field(default_factory=Counter[Status])
    decided: int = 0
    decided_alone: int = 0
    points: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    reachable: tuple[Status, ...] = ()
    """The statuses that its condition can come to by what a record holds or lacks."""

    @property
    def applied(self) -> int:
        """To how many requests it applied."""
        return self.statuses.total()

    @property
    def untouched(self) -> list[str]:
        """The places of its condition that no case touched, in words."""
        return [wording for (_, wording), times in self.points.items() if not times]

    @property
    def unseen(self) -> list[Status]:
        """The statuses it could have come to and never did."""
        return [status for status in self.reachable if not self.statuses[status]]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a set of cases shows of a rulebook. ``ungoverned`` counts the cases that no edition governs."""

    cases: int
    requests: int
    ungoverned: int
    criteria: tuple[CriterionCoverage, ...]

    def shares(self) -> dict[str, Share]:
        """How much was seen, sort by sort."""
        deciding = [entry for entry in self.criteria if entry.effect is not Effect.NOTE]
        found = {
            "criteria that applied": _share(self.criteria, lambda entry: entry.applied),
            "criteria that decided": _share(deciding, lambda entry: entry.decided),
            "criteria that decided alone": _share(deciding, lambda entry: entry.decided_alone),
            "statuses": Share(
                sum(len(entry.reachable) - len(entry.unseen) for entry in self.criteria),
                sum(len(entry.reachable) for entry in self.criteria),
            ),
        }
        for sort, name in _SORTS.items():
            times = [times for entry in self.criteria for (kind, _), times in entry.points.items() if kind == sort]
            if times:
                found[name] = Share(sum(1 for count in times if count), len(times))
        return found


def _share(entries: Iterable[CriterionCoverage], times: Callable[[CriterionCoverage], int]) -> Share:
    counted = [times(entry) for entry in entries]
    return Share(sum(1 for count in counted if count), len(counted))


def coverage_of(rulebook: Rulebook, cases: Iterable[Case]) -> Coverage:
    """What cases show of a rulebook, by the plain reading.

    Raises:
        CaseError: A case has no date to count to.
    """
    found: dict[str, CriterionCoverage] = {}
    for criterion in rulebook.criteria:
        entry = found[criterion.id] = CriterionCoverage(criterion.id, criterion.effect)
        entry.reachable = _reachable(criterion.when, rulebook)
        entry.points = {(point.sort, point.wording): 0 for point in _points(criterion.when, rulebook.facts)}
    counted = requests = ungoverned = 0
    points: dict[str, Mapping[str, list[_Point]]] = {}
    for case in cases:
        answers = PreparedCase(case, rulebook).answers(rulebook)
        counted, requests = counted + 1, requests + len(case.requests)
        if answers.rules is None:
            ungoverned += 1
            continue
        of_rules = points.setdefault(answers.rules.key, _points_of(answers.rules))
        for request, inferred in answers.inferred.items():
            _count(found, answers, request, inferred, of_rules)
    return Coverage(counted, requests, ungoverned, tuple(found.values()))


def _count(
    found: Mapping[str, CriterionCoverage],
    answers: Answers,
    request: str,
    inferred: Inferred,
    points: Mapping[str, list[_Point]],
) -> None:
    deciding = answers.deciding(request)
    for name in deciding:
        found[name].decided += 1
        found[name].decided_alone += len(deciding) == 1
    for name, status in inferred.statuses.items():
        entry = found[name]
        entry.statuses[status] += 1
        # The same place may stand twice in a condition; one request touches it once.
        for place in {(point.sort, point.wording) for point in points[name] if point.touched(inferred.view.facts)}:
            entry.points[place] += 1


def _reachable(when: Node, rulebook: Rulebook) -> tuple[Status, ...]:
    known = (Status.MET, Status.NOT_MET) if _can_be_false(when, rulebook) else (Status.MET,)
    return (*known, Status.NOT_DOCUMENTED)


def _can_be_false(node: Node, rulebook: Rulebook) -> bool:
    """Whether a condition can be false: what only has to be on record never is."""
    match node:
        case Documented():
            return False
        case AllOf(parts):
            return any(_can_be_false(part, rulebook) for part in parts)
        case AnyOf(parts):
            return all(_can_be_false(part, rulebook) for part in parts)
        case AtLeast(count, parts):
            wanted = rulebook.parameters[count.parameter].values[-1].value if count.parameter else count.value or 0
            return sum(not _can_be_false(part, rulebook) for part in parts) < wanted
        case _:
            return True


# the places of a condition


@dataclass(frozen=True, slots=True)
class _Point:
    """A place of a condition that a case can touch: its sort, its wording, and whether facts touch it."""

    sort: str
    wording: str
    touched: Callable[[Mapping[str, FactValue]], bool]


def _points_of(rules: Rules) -> dict[str, list[_Point]]:
    return {criterion.id: list(_points(criterion.when, rules.facts)) for criterion in rules.criteria}


def _points(node: Node, declarations: Mapping[str, FactDeclaration]) -> Iterator[_Point]:
    match node:
        case Holds(fact):
            yield _Point("answer", f"{fact}: yes", _has(fact, value=True))
            yield _Point("answer", f"{fact}: no", _has(fact, value=False))
        case IsOneOf(fact):
            for value in declarations[fact].values:
                yield _Point("choice", f"{fact}: {value}", _has(fact, value=value))
        case Documented(fact):
            yield _Point("record", f"{fact} on record", lambda facts: facts[fact].state is FactState.KNOWN)
            yield _Point("record", f"{fact} not on record", lambda facts: facts[fact].state is FactState.NOT_DOCUMENTED)
        case Compare():
            yield from _points_of_limit(node)
        case AtLeast():
            yield from _points_of_count(node)
        case _:
            pass
    for part in children(node):
        yield from _points(part, declarations)


def _has(fact: str, *, value: bool | str) -> Callable[[Mapping[str, FactValue]], bool]:
    return lambda facts: facts[fact].state is FactState.KNOWN and facts[fact].value == value


def _points_of_limit(node: Compare) -> Iterator[_Point]:
    """The limit itself, and the side on which the answer is another one: up to one unit beyond it."""
    limit = node.limit.value
    over = node.comparison in {Comparison.AT_MOST, Comparison.MORE_THAN}

    def amount(facts: Mapping[str, FactValue]) -> Interval | None:
        fact = facts[node.fact]
        return fact.value if fact.state is FactState.KNOWN and isinstance(fact.value, Interval) else None

    def at_it(facts: Mapping[str, FactValue]) -> bool:
        found = amount(facts)
        if found is None or limit is None:
            return False
        # An amount that is known within bounds touches a limit with the end that it attains.
        return (found.low == limit and not found.low_open) or (found.high == limit and not found.high_open)

    def beyond(facts: Mapping[str, FactValue]) -> bool:
        found = amount(facts)
        if found is None or limit is None:
            return False
        end = found.low if over else found.high
        is_open = found.low_open if over else found.high_open
        if end is None or not (found.is_exact or is_open):
            return False
        away = end - limit if over else limit - end
        return Fraction(0) < away <= 1 or (away == 0 and is_open)

    yield _Point("limit", f"{node.fact} at {_limit(node.limit)}", at_it)
    yield _Point("limit", f"{node.fact} just {'over' if over else 'under'} {_limit(node.limit)}", beyond)


def _points_of_count(node: AtLeast) -> Iterator[_Point]:
    wanted, of = node.count.value, len(node.parts)

    def true(facts: Mapping[str, FactValue]) -> int:
        return sum(truth(part, facts) == SURELY_TRUE for part in node.parts)

    yield _Point("count", f"just {_limit(node.count)} of {of}", lambda facts: true(facts) == wanted)
    yield _Point(
        "count",
        f"one short of {_limit(node.count)} of {of}",
        lambda facts: wanted is not None and true(facts) == wanted - 1,
    )


def _limit(limit: Limit) -> str:
    # By its name where it has one, since its value depends on the date.
    return f"${limit.parameter}" if limit.parameter is not None else limit.text or str(limit.value)
