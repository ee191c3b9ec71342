"""Compares two rulebooks: what was changed, and whether any case is decided differently, proved over all of them.

The proof is over the facts of one request: the outcomes of a case's other requests are held fixed, as a law does. Where
two rulebooks read the same record as different facts (another conversion table, other kinds of service), only cases can
tell, and the comparison says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.util import find_spec
from itertools import permutations
from typing import TYPE_CHECKING, Any

from imr_engine.case.model import Case
from imr_engine.inference import plain
from imr_engine.inference.standing import rules_for
from imr_engine.inference.values import RequestScope, RequestView
from imr_engine.prediction import Outcome
from imr_engine.rulebook.model import Rulebook, Rules
from imr_engine.verify.answering import Accepts, answers_of, anything
from imr_engine.verify.changes import Change, changes
from imr_engine.verify.draft import REQUEST
from imr_engine.verify.judging import PreparedCase

if TYPE_CHECKING:
    from imr_engine.verify.relations import Kind
    from imr_engine.verify.solver import Space

__all__ = ["CaseTurn", "Comparison", "Explain", "Side", "Turn", "compare", "compare_cases"]

Explain = Callable[[Mapping[str, Any], Rulebook], str]
"""Words why a rulebook decides the request of a case as it does; handed in, since wording lives above this room."""


def unexplained(_case: Mapping[str, Any], _rulebook: Rulebook) -> str:
    """No words."""
    return ""


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the rulebooks says of a request: the outcome, the criteria that decide, and why, in words."""

    outcome: Outcome
    deciding: tuple[str, ...]
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A direction in which outcomes change: for which kinds of request, and the smallest case found that shows it.

    ``case``, ``before`` and ``after`` are None where no case could be written for what the solver found.
    """

    before: Outcome
    after: Outcome
    kinds: tuple[str, ...]
    case: Mapping[str, Any] | None = None
    old: Side | None = None
    new: Side | None = None


@dataclass(frozen=True, slots=True)
class CaseTurn:
    """A request of a given case that is decided differently."""

    case: str
    request: str
    old: Side
    new: Side


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two rulebooks differ.

    ``proved`` says whether the solver has compared them; then no outcome changes but as ``turns`` and ``periods`` say,
    within ``limits``. ``same`` and ``compared`` count the kinds of request that are ruled alike word by word, and those
    that were put to the solver.
    """

    changes: tuple[Change, ...]
    turns: tuple[Turn, ...]
    periods: tuple[str, ...]
    limits: tuple[str, ...]
    same: int
    compared: int
    proved: bool

    @property
    def changes_an_outcome(self) -> bool:
        """Whether some case is decided differently."""
        return bool(self.turns or self.periods)


def compare(old: Rulebook, new: Rulebook, explain: Explain = unexplained, accepts: Accepts = anything) -> Comparison:
    """Compare two rulebooks over all cases.

    Args:
        old: the rulebook as it was.
        new: the rulebook as it is.
        explain: words the rationale of a side.
        accepts: whether something is a case that can be predicted, so that no other is shown.
    """
    stretches = list(_stretches(old, new))
    periods = tuple(_ungoverned(stretches))
    if find_spec("z3") is None:
        reason = "z3 is not installed, so whether any case is decided differently was not proved"
        return Comparison(changes(old, new), (), periods, (reason,), 0, 0, proved=False)
    limits = tuple(dict.fromkeys((*_limits(old, new), *_tables(stretches))))
    search = _Search(old, new, explain, accepts)
    seen: set[tuple[str, str]] = set()
    for stretch in stretches:
        if stretch.old is None or stretch.new is None or (stretch.old.key, stretch.new.key) in seen:
            continue
        seen.add((stretch.old.key, stretch.new.key))
        search.run(stretch.old, stretch.new)
    return Comparison(changes(old, new), search.turns(), periods, limits, search.same, search.compared, proved=True)


def compare_cases(cases: Iterable[Case], old: Rulebook, new: Rulebook) -> Iterator[CaseTurn]:
    """The requests of these cases that the two rulebooks decide differently, or by other criteria."""
    for case in cases:
        before = PreparedCase(case, old).answers(old)
        after = PreparedCase(case, new).answers(new)
        for request in case.requests:
            sides = [Side(answers.outcome(request.id), answers.deciding(request.id)) for answers in (before, after)]
            if sides[0] != sides[1]:
                yield CaseTurn(case.id, request.id, *sides)


# dates


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Days on which both rulebooks stand as they are: the first, the one after the last (None: no end), the rules."""

    start: date
    end: date | None
    old: Rules | None
    new: Rules | None


def _stretches(old: Rulebook, new: Rulebook) -> Iterator[_Stretch]:
    days: set[date] = set()
    for rulebook in (old, new):
        for edition in rulebook.editions:
            days |= {edition.start, *([edition.end] if edition.end is not None else [])}
        days |= {value.start for parameter in rulebook.parameters.values() for value in parameter.values}
    ordered = sorted(days)
    for day, end in zip(ordered, [*ordered[1:], None], strict=True):
        yield _Stretch(day, end, _rules_on(old, day), _rules_on(new, day))


def _rules_on(rulebook: Rulebook, day: date) -> Rules | None:
    edition = rulebook.edition_on(day)
    return None if edition is None else rules_for(rulebook, edition, day)


def _ungoverned(stretches: Iterable[_Stretch]) -> Iterator[str]:
    """Stretches that only one of the rulebooks governs: there, all outcomes become or cease to be undetermined."""
    for stretch in stretches:
        days = f"from {stretch.start} on" if stretch.end is None else f"{stretch.start} to {stretch.end - timedelta(1)}"
        if stretch.old is None and stretch.new is not None:
            yield f"requests of {days} were governed by no edition and are now governed by {stretch.new.edition.id}"
        elif stretch.new is None and stretch.old is not None:
            yield f"requests of {days} were governed by {stretch.old.edition.id} and are now undetermined"


def _tables(stretches: Iterable[_Stretch]) -> Iterator[str]:
    for stretch in stretches:
        if stretch.old is None or stretch.new is None:
            continue
        tables = stretch.old.edition.conversion_table, stretch.new.edition.conversion_table
        if tables[0] != tables[1]:
            yield (
                f"from {stretch.start} on, doses are converted by {tables[1]} instead of {tables[0]}: the same record "
                "has other totals, which --cases shows"
            )


def _limits(old: Rulebook, new: Rulebook) -> Iterator[str]:
    """What the proof does not speak of."""
    if old.kinds != new.kinds:
        yield "kinds of service are recognised by other words: one request may be of another kind, as --cases shows"
    if old.scales != new.scales:
        yield "scales of function are known by other names or directions: the same record may be another fact"
    for name in old.facts.keys() & new.facts.keys():
        if _changed_form(old, new, name):
            yield f"the fact {name} is of another type, unit or values, so nothing that asks about it was compared"


def _changed_form(old: Rulebook, new: Rulebook, name: str) -> bool:
    before, after = old.facts[name], new.facts[name]
    return (before.type, before.unit, before.values) != (after.type, after.unit, after.values)


# outcomes


class _Search:
    """Looks for requests that two rulebooks decide differently, kind by kind."""

    def __init__(self, old: Rulebook, new: Rulebook, explain: Explain, accepts: Accepts) -> None:
        self._old, self._new, self._explain, self._accepts = old, new, explain, accepts
        self.same = self.compared = 0
        self._kinds: dict[tuple[Outcome, Outcome], dict[str, None]] = {}
        self._shown: dict[tuple[Outcome, Outcome], Turn] = {}

    def run(self, before: Rules, after: Rules) -> None:
        """Compare the rules of one stretch of days."""
        from imr_engine.verify.solver import Space, spaces

        kinds: dict[Kind, tuple[str, ...]] = {}
        for rulebook, rules in ((self._old, before), (self._new, after)):
            for space in spaces(rulebook, editions=[rules.edition.id]):
                if space.rules.key == rules.key:
                    kinds.setdefault(space.kind, space.kinds)
        for kind, names in kinds.items():
            if _is_alike(before, after, kind.scope):
                self.same += 1
                continue
            pair = Space(self._old, before, kind, names), Space(self._new, after, kind, names)
            asked = set(pair[0].facts) & set(pair[1].facts)
            if not any(_changed_form(self._old, self._new, name) for name in asked):
                self.compared += 1
                self._compare(*pair)

    def turns(self) -> tuple[Turn, ...]:
        """Every direction in which some outcome changes."""
        return tuple(
            Turn(*way, tuple(kinds), *self._parts_of(self._shown.get(way))) for way, kinds in self._kinds.items()
        )

    @staticmethod
    def _parts_of(turn: Turn | None) -> tuple[Mapping[str, Any] | None, Side | None, Side | None]:
        return (None, None, None) if turn is None else (turn.case, turn.old, turn.new)

    def _compare(self, before: Space, after: Space) -> None:
        from imr_engine.verify.solver import satisfiable

        for way in permutations(Outcome, 2):
            view = satisfiable(before, before.outcome(way[0]), after.outcome(way[1]), beside=after)
            if view is None:
                continue
            self._kinds.setdefault(way, {})[after.label] = None
            if way not in self._shown:
                turn = self._turn(way, view, after)
                if turn is not None:
                    self._shown[way] = turn

    def _turn(self, way: tuple[Outcome, Outcome], view: RequestView, after: Space) -> Turn | None:
        from imr_engine.verify.witness import case_for, minimal

        case = case_for(view, after.rules, self._new).case
        if case is None or not self._shows(case, way):
            return None
        smallest = minimal(case, lambda smaller: self._shows(smaller, way))
        return Turn(*way, (), smallest, self._side(smallest, self._old), self._side(smallest, self._new))

    def _shows(self, case: Mapping[str, Any], way: tuple[Outcome, Outcome]) -> bool:
        for rulebook, outcome in zip((self._old, self._new), way, strict=True):
            answers = answers_of(case, rulebook)
            if answers is None or REQUEST not in answers.inferred or answers.outcome(REQUEST) is not outcome:
                return False
        return self._accepts(case)

    def _side(self, case: Mapping[str, Any], rulebook: Rulebook) -> Side | None:
        answers = answers_of(case, rulebook)
        if answers is None:
            return None
        return Side(answers.outcome(REQUEST), answers.deciding(REQUEST), self._explain(case, rulebook))


def _is_alike(before: Rules, after: Rules, scope: RequestScope) -> bool:
    """Whether a request is ruled alike word by word, so that there is nothing to prove."""
    return _what_rules(before, scope) == _what_rules(after, scope)


def _what_rules(rules: Rules, scope: RequestScope) -> tuple[object, ...]:
    order = tuple(rules.edition.order_for(scope.kind))
    applying = (criterion for criterion in rules.criteria if plain.applies(criterion.scope, scope))
    return (
        order,
        tuple(
            (one.id, one.guideline, one.guideline in rules.common, one.effect, one.when, one.excuses)
            for one in applying
        ),
    )
