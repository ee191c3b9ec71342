"""Compiles the rules of one edition and date into strata of durable_rules rulesets.

Four steps follow one another, each reading only what the one before concluded: which scopes cover the request; what
each criterion comes to; what the findings of each guideline amount to; which guideline speaks, and the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from imr_engine.errors import Problem, RulebookError
from imr_engine.inference.formula import MICRO, NO_HIGH_BOUND, And, Atom, Formula, Or
from imr_engine.inference.operators import Question, formula
from imr_engine.inference.rete.planner import Gate, Planner
from imr_engine.inference.rete.program import CriterionFindings, Program
from imr_engine.prediction import Effect, Outcome
from imr_engine.rulebook.model import Criterion, FactDeclaration, Rules, Scope
from imr_engine.rulebook.tree import AtLeast, Compare, Limit, Node, children, facts_of

__all__ = ["CLASS", "INGREDIENT", "KIND", "ORDER", "PHASE", "REGION", "compile_rules", "problems_of"]

KIND = ":kind"
CLASS = ":class"
PHASE = ":phase"
INGREDIENT = ":ingredient:"
REGION = ":region:"
ORDER = ":order"
STATUS = ":status:"
"""Attributes beside the facts. No fact's name holds a colon, so none can clash."""

MET, NOT_MET, NOT_DOCUMENTED, NOT_COMPUTABLE = "m", "x", "n", "c"
"""The statuses as one letter each; ``-`` stands for a criterion that does not apply."""

_PROGRAMS_KEPT = 16


def compile_rules(rules: Rules) -> Program:
    """The program for these rules; the last few are kept, so that asking again is quick, from any thread.

    Raises:
        RulebookError: a criterion asks for something that the rules engine cannot run safely, with its place.
    """
    return _compiled(_ByKey(rules))


@dataclass(frozen=True, eq=False, slots=True)
class _ByKey:
    """Rules as a key of the cache: found by their own key, and then compared, so that no key can mislead."""

    rules: Rules

    def __hash__(self) -> int:
        return hash(self.rules.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByKey) and (self.rules is other.rules or self.rules == other.rules)


@lru_cache(maxsize=_PROGRAMS_KEPT)
def _compiled(key: _ByKey) -> Program:
    problems = list(problems_of(key.rules))
    if problems:
        raise RulebookError(problems)
    return _Compiler(key.rules).program()


def problems_of(rules: Rules) -> Iterator[Problem]:
    """What the rules engine could not run as it must be run. Everything else is split until it fits."""
    guideline_of = {criterion.id: criterion.guideline for criterion in rules.criteria}
    for criterion in rules.criteria:
        for message in dict.fromkeys(_unfit(criterion.when, rules.facts)):
            yield Problem(criterion.place, criterion.id, message)
        for excused in criterion.excuses:
            if guideline_of.get(excused) not in (None, criterion.guideline) and criterion.guideline not in rules.common:
                yield Problem(criterion.place, criterion.id, f"it excuses {excused}, which another guideline states")


def _unfit(node: Node, facts: Mapping[str, FactDeclaration]) -> Iterator[str]:
    for fact in facts_of(node):
        if fact not in facts:
            yield f"it reads {fact}, which is not declared"
    for limit, what in _limits(node):
        if limit.value is None:
            yield f"the limit of {what} has no value on this date"
        elif what == "a count":
            if limit.value.denominator != 1:
                yield f"a count is a whole number, not {limit.value}"
        elif not _is_encodable(limit.value):
            yield f"the limit {limit.value} of {what} cannot be compared exactly by the rules engine"


def _limits(node: Node) -> Iterator[tuple[Limit, str]]:
    if isinstance(node, Compare):
        yield node.limit, node.fact
    if isinstance(node, AtLeast):
        yield node.count, "a count"
    for part in children(node):
        yield from _limits(part)


def _is_encodable(value: Fraction) -> bool:
    scaled = value * MICRO
    # Whole millionths, and short of the numbers that stand for "no bound".
    return scaled.denominator == 1 and abs(2 * scaled) < NO_HIGH_BOUND


class _Compiler:
    """One compilation."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._planner = Planner()
        self._scopes: dict[Scope, int] = {}
        self._findings: dict[str, tuple[int, int, int]] = {}

    def program(self) -> Program:
        planner, rules = self._planner, self._rules
        for criterion in rules.criteria:
            self._conclude_scope(criterion.scope)
        for criterion in rules.criteria:
            self._conclude_status(criterion)
        needed = (*self._scopes.values(), *(finding for found in self._findings.values() for finding in found))
        settled = max((planner.level_of(finding) for finding in needed), default=-1)
        for criterion in rules.criteria:
            planner.attribute_after(STATUS + criterion.id, settled)
        orders = {kind: tuple(dict.fromkeys(order)) for kind, order in rules.edition.order.items()}
        distinct = list(dict.fromkeys(orders.values()))
        sums = {
            guideline: _Sum.concluded(self, guideline)
            for guideline in dict.fromkeys(guideline for order in distinct for guideline in order)
        }
        common = _Sum.concluded(self, None)
        conclusions: dict[int, tuple[str | None, Outcome]] = {}
        order_findings: list[int] = []
        for number, order in enumerate(distinct):
            order_findings.append(planner.new_finding())
            gate = Gate(order_findings[-1], ("order", number))
            conclusions.update(self._conclude_outcomes(number, order, sums, common, gate))
        strata = planner.strata(settled)
        names = planner.names
        return Program(
            key=rules.key,
            facts={fact: rules.facts[fact] for c in rules.criteria for fact in facts_of(c.when)},
            strata=strata,
            always=planner.always,
            criteria=tuple(
                CriterionFindings(
                    criterion.id,
                    self._scopes[criterion.scope],
                    *self._findings[criterion.id],
                    names.get(STATUS + criterion.id),
                )
                for criterion in rules.criteria
            ),
            conclusions=conclusions,
            names=names,
            codes=planner.codes,
            ingredients=_suffixes(names, INGREDIENT),
            regions=_suffixes(names, REGION),
            orders={kind: distinct.index(order) for kind, order in orders.items()},
            default_order=distinct.index(orders["default"]),
            order_findings=tuple(order_findings),
            statuses_at_once=settled < 0,
        )

    # whom it applies to

    def _conclude_scope(self, scope: Scope) -> None:
        if scope in self._scopes:
            return
        self._scopes[scope] = finding = self._planner.new_finding()
        parts = (
            _any_text(KIND, scope.kinds),
            _any_text(CLASS, scope.classes),
            _any_text(PHASE, scope.phases),
            _any_flag(INGREDIENT, scope.ingredients),
            _any_flag(REGION, scope.regions),
        )
        self._planner.conclude(finding, And(tuple(part for part in parts if part is not None)), Gate())

    # what a criterion comes to

    def _conclude_status(self, criterion: Criterion) -> None:
        scope = criterion.scope
        family = ("criteria", scope.kinds, scope.classes)
        surely = Gate(self._scopes[scope], family)
        # Only a fact that we failed to compute sets "may be met" apart from "is met".
        possibly = Gate(self._scopes[scope], family, frozenset(facts_of(criterion.when)))
        findings: list[int] = []
        for question, gate in (
            (Question.MUST_BE_TRUE, surely),
            (Question.MUST_BE_FALSE, surely),
            (Question.MAY_BE_TRUE, possibly),
        ):
            findings.append(self._planner.new_finding())
            self._planner.conclude(findings[-1], formula(criterion.when, question, self._rules.facts), gate)
        met, not_met, open_ = findings
        self._findings[criterion.id] = (met, not_met, open_)

    # what a guideline's findings amount to

    def conclude_for_each(self, criteria: Iterable[Criterion], condition: Callable[[Criterion], Formula]) -> int:
        """A finding that holds where a condition does for some of the criteria."""
        finding = self._planner.new_finding()
        for criterion in criteria:
            scope = criterion.scope
            gate = Gate(self._scopes[scope], ("guideline", scope.kinds, scope.classes))
            self._planner.conclude(finding, condition(criterion), gate)
        return finding

    def criteria_of(self, guideline: str | None) -> tuple[Criterion, ...]:
        """The criteria of a guideline; for None, those of all common guidelines."""
        if guideline is None:
            return tuple(c for c in self._rules.criteria if c.guideline in self._rules.common)
        return tuple(c for c in self._rules.criteria if c.guideline == guideline)

    def applies(self, criterion: Criterion) -> Formula:
        return self._planner.holds(self._scopes[criterion.scope])

    def blocks_surely(self, criterion: Criterion) -> Formula:
        """It fails, or defeats, however what is not computable would turn out."""
        failed = (NOT_MET, NOT_DOCUMENTED) if criterion.effect is Effect.REQUIRE else (MET,)
        return And((_status(criterion.id, failed), *self._no_excuse(criterion, (MET, NOT_COMPUTABLE))))

    def blocks_possibly(self, criterion: Criterion) -> Formula:
        """It would fail, or defeat, if what is not computable turned out badly."""
        failed = (NOT_MET, NOT_DOCUMENTED) if criterion.effect is Effect.REQUIRE else (MET,)
        return And((_status(criterion.id, (*failed, NOT_COMPUTABLE)), *self._no_excuse(criterion, (MET,))))

    def _no_excuse(self, criterion: Criterion, excusing: tuple[str, ...]) -> Iterator[Formula]:
        for excuse in self._rules.criteria:
            if (
                excuse.effect is Effect.EXCUSE
                and criterion.id in excuse.excuses
                and (excuse.guideline == criterion.guideline or excuse.guideline in self._rules.common)
            ):
                yield from (Atom(STATUS + excuse.id, "!=", letter) for letter in excusing)

    # the outcome

    def _conclude_outcomes(
        self,
        number: int,
        order: tuple[str, ...],
        sums: Mapping[str, _Sum],
        common: _Sum,
        gate: Gate,
    ) -> Iterator[tuple[int, tuple[str | None, Outcome]]]:
        planner = self._planner
        silent: list[Formula] = [Atom(ORDER, "==", f"v:{number}")]
        for guideline in (*order, None):
            if guideline is None:
                first, joined = And(tuple(silent)), (common,)
            else:
                first = And((*silent, planner.holds(sums[guideline].speaks)))
                joined = (sums[guideline], common)
                silent.append(planner.fails(sums[guideline].speaks))
            for outcome, condition in _outcomes(planner, joined):
                finding = planner.new_finding()
                planner.conclude(finding, And((first, condition)), gate)
                yield finding, (guideline, outcome)


@dataclass(frozen=True, slots=True)
class _Sum:
    """What the findings of one guideline (or of the common ones) amount to, each a finding."""

    blocks_surely: int
    blocks_possibly: int
    supports_surely: int
    supports_possibly: int
    supports_apply: int
    speaks: int

    @classmethod
    def concluded(cls, compiler: _Compiler, guideline: str | None) -> _Sum:
        criteria = compiler.criteria_of(guideline)
        blocking = [c for c in criteria if c.effect in (Effect.REQUIRE, Effect.DEFEAT)]
        supporting = [c for c in criteria if c.effect is Effect.SUPPORT]
        return cls(
            compiler.conclude_for_each(blocking, compiler.blocks_surely),
            compiler.conclude_for_each(blocking, compiler.blocks_possibly),
            compiler.conclude_for_each(supporting, lambda c: _status(c.id, (MET,))),
            compiler.conclude_for_each(supporting, lambda c: _status(c.id, (MET, NOT_COMPUTABLE))),
            compiler.conclude_for_each(_one_a_scope(supporting), compiler.applies),
            compiler.conclude_for_each(_one_a_scope((*blocking, *supporting)), compiler.applies),
        )


def _outcomes(planner: Planner, joined: tuple[_Sum, ...]) -> Iterator[tuple[Outcome, Formula]]:
    """When each outcome follows, whichever way what is not computable turns out.

    Upheld: something surely blocks, or supports apply and none can be met. Overturned: nothing can block, and a support
    is surely met. Undetermined: neither.
    """

    def some(findings: Iterable[int]) -> Formula:
        return Or(tuple(planner.holds(finding) for finding in findings))

    def none(findings: Iterable[int]) -> Formula:
        return And(tuple(planner.fails(finding) for finding in findings))

    blocked = [each.blocks_surely for each in joined]
    blockable = [each.blocks_possibly for each in joined]
    supported = [each.supports_surely for each in joined]
    supportable = [each.supports_possibly for each in joined]
    supports = [each.supports_apply for each in joined]
    yield Outcome.UPHELD, Or((some(blocked), And((some(supports), none(supportable)))))
    yield Outcome.OVERTURNED, And((none(blockable), some(supported)))
    yield (
        Outcome.UNDETERMINED,
        And(
            (
                none(blocked),
                Or((none(supports), some(supportable))),
                Or((some(blockable), none(supported))),
            )
        ),
    )


def _one_a_scope(criteria: Iterable[Criterion]) -> Iterable[Criterion]:
    return {criterion.scope: criterion for criterion in criteria}.values()


def _status(criterion: str, letters: tuple[str, ...]) -> Formula:
    return Or(tuple(Atom(STATUS + criterion, "==", letter) for letter in letters))


def _any_text(attribute: str, values: tuple[str, ...]) -> Formula | None:
    return Or(tuple(Atom(attribute, "==", f"v:{value}") for value in values)) if values else None


def _any_flag(prefix: str, values: tuple[str, ...]) -> Formula | None:
    return Or(tuple(Atom(prefix + value, "==", "t") for value in values)) if values else None


def _suffixes(names: Mapping[str, str], prefix: str) -> Mapping[str, str]:
    return {name.removeprefix(prefix): short for name, short in names.items() if name.startswith(prefix)}
