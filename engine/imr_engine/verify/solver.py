"""The possible views of each kind of request, and what can and cannot be true in them, answered by z3.

A ``Space`` stands for all requests that the same criteria apply to, in one edition and on one set of thresholds. Every
fact is free in its declared domain, but for the relations among facts that follow from the same observations
(``verify.relations``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import combinations
from typing import Any

import z3

from imr_engine.dosing import Drug, load_tables
from imr_engine.errors import ImrError
from imr_engine.inference.standing import rules_for
from imr_engine.inference.values import RequestScope, RequestView
from imr_engine.prediction import Outcome, Status
from imr_engine.rulebook.model import Criterion, Edition, FactType, Rulebook, Rules
from imr_engine.rulebook.tree import Node
from imr_engine.verify.meaning import applying, counting, outcome_formulas, speaking, status_formula
from imr_engine.verify.relations import RELATIONS, Kind, Relation
from imr_engine.verify.terms import Formula, ViewTerms, every, negated, whole

__all__ = [
    "ASSUMED_OF_ANY_VIEW",
    "TIMEOUT_SECONDS",
    "SolverGaveUp",
    "Space",
    "can_be",
    "satisfiable",
    "space_of",
    "spaces",
    "views_of",
]

PHASES = ("start", "continue", "increase", "taper", "unstated")
"""The phases that a request for a drug can have."""

TIMEOUT_SECONDS = 20.0
"""How long one question to the solver may take; those about the shipped rules take hundredths of a second."""

FREE = "every fact is free within its declared type and values, but for what is stated here"
ALONE = "what became of other requests is not worked out: the facts about them are free as well"

LEFT_OUT = "requests that no vocabulary recognises, and medicines that the drug tables lack, are not covered"

ASSUMED_OF_ANY_VIEW = (
    "every fact is free within its declared type and values, even where no case could give rise to such facts together",
    ALONE,
    LEFT_OUT,
)
"""What a proof takes for granted that rests on no relation among facts."""


class SolverGaveUp(ImrError, RuntimeError):
    """The solver found neither an answer nor that there is none in the time it was given."""


@dataclass(frozen=True, eq=False)
class Space:
    """All possible views of the requests that the same criteria apply to.

    ``rules`` are those of one edition on one set of thresholds. ``kind.scope`` is that of one such request, ``kinds``
    are the kinds of request that the space stands for. ``prefix`` keeps the variables of a second view of it apart: of
    all facts, or of those in ``apart``, all else being equal.
    """

    rulebook: Rulebook
    rules: Rules
    kind: Kind
    kinds: tuple[str, ...]
    prefix: str = ""
    apart: frozenset[str] | None = None

    @property
    def scope(self) -> RequestScope:
        """What is always known of a request of this space."""
        return self.kind.scope

    @property
    def label(self) -> str:
        """What tells this space from the others of its edition."""
        parts = [
            self.scope.kind,
            " with ".join(self.scope.ingredients),
            " and ".join(self.scope.regions),
            self.scope.phase,
        ]
        return ", ".join(part for part in parts if part)

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria that apply."""
        return applying(self.rules, self.scope)

    @cached_property
    def counting(self) -> tuple[Criterion, ...]:
        """The criteria that have a say: those of the guideline that speaks, and the common ones."""
        return counting(self.rules, self.scope)

    @cached_property
    def speaking(self) -> str | None:
        """The guideline that decides, None where none has anything to say."""
        return speaking(self.rules, self.scope)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts that the criteria read, each once."""
        return tuple(dict.fromkeys(fact for one in self.criteria for fact in self.rules.reads[one.id]))

    @cached_property
    def terms(self) -> ViewTerms:
        """The variables of every declared fact."""
        return ViewTerms(self.rules.facts, self.prefix, self.apart)

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """The relations among facts that the rulebook declares."""
        return tuple(one for one in RELATIONS if all(fact in self.rules.facts for fact in one.facts))

    @cached_property
    def linked(self) -> frozenset[str]:
        """The facts that are read, and those tied to them by relations."""
        found = set(self.facts)
        while True:
            more = {fact for one in self.relations if found.intersection(one.facts) for fact in one.facts}
            if more <= found:
                return frozenset(found)
            found |= more

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What a proof about this space takes for granted and leaves out, in sentences."""
        related = (one.reason for one in self.relations if self.linked.intersection(one.facts))
        return (FREE, *dict.fromkeys(related), ALONE, LEFT_OUT)

    @cached_property
    def form(self) -> Formula:
        """What makes the variables facts at all."""
        return every(*(fact.form for fact in self.terms.facts.values()))

    @cached_property
    def domain(self) -> Formula:
        """What every possible view satisfies."""
        return every(self.form, *(relation.holds(self.terms, self.kind) for relation in self.relations))

    @cached_property
    def _by_id(self) -> dict[str, Criterion]:
        return {criterion.id: criterion for criterion in self.rules.criteria}

    def status(self, criterion_id: str, status: Status) -> Formula:
        """When a criterion of the rules has a status."""
        return self.condition(self._by_id[criterion_id].when, status)

    def condition(self, when: Node, status: Status) -> Formula:
        """When a condition has a status."""
        return status_formula(when, status, self.terms)

    def outcome(self, outcome: Outcome, given: dict[str, Status] | None = None) -> Formula:
        """When a request comes to an outcome; ``given`` sets criteria to a status whatever their condition says."""
        if given:
            return outcome_formulas(self.rules, self.scope, self.terms, given)[outcome]
        return self._outcomes[outcome]

    @cached_property
    def _outcomes(self) -> dict[Outcome, Formula]:
        return outcome_formulas(self.rules, self.scope, self.terms)

    def again(self, prefix: str, apart: Collection[str] | None = None) -> Space:
        """The same space for a second view, which may differ in everything, or only in some facts."""
        return replace(self, prefix=prefix, apart=None if apart is None else frozenset(apart))

    def view(self, model: Any) -> RequestView:
        """The view that a model of the solver describes."""
        return self.terms.view(model, self.scope)

    @cached_property
    def solver(self) -> Any:
        """A solver that holds the domain; whoever adds to it takes back what was added."""
        return _solver(self.domain)

    @cached_property
    def loose_solver(self) -> Any:
        """A solver that holds only what makes the variables facts."""
        return _solver(self.form)


def satisfiable(
    space: Space,
    *formulas: Formula,
    beside: Space | None = None,
    is_tidy: bool = True,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> RequestView | None:
    """A possible view of which all of the formulas hold, None where there is none.

    Of the views that do, one that says little is taken if it is to be tidy: facts are left undocumented and amounts
    exact and whole where that is possible.

    Args:
        space: Where to look.
        formulas: What must hold.
        beside: A space of another rulebook that the view must be possible in as well; the view has its facts too.
        is_tidy: Whether it matters which view is taken; if not, the answer comes sooner.
        timeout_seconds: How long each question to the solver may take.

    Raises:
        SolverGaveUp: The solver found no answer in time.
    """
    solver = space.solver
    solver.set("timeout", int(timeout_seconds * 1000))
    solver.push()
    try:
        solver.add(*formulas)
        if beside is not None:
            solver.add(beside.domain)
        if not _is_sat(solver):
            return None
        asked = [space] if beside is None else [space, beside]
        model = _tidied(solver, asked) if is_tidy else solver.model()
        view = space.view(model)
        if beside is None:
            return view
        return replace(view, facts={**beside.view(model).facts, **view.facts})
    finally:
        solver.pop()


def views_of(
    first: Space,
    *others: Space,
    formulas: Sequence[Formula],
    is_possible: bool = True,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> tuple[RequestView, ...] | None:
    """One view of each space so that the formulas hold of them together, None where there are none.

    Args:
        first: A space.
        others: The same space for further views.
        formulas: What must hold of them.
        is_possible: Whether the views must be possible ones, or only well-formed.
        timeout_seconds: How long each question to the solver may take.

    Raises:
        SolverGaveUp: The solver found no answer in time.
    """
    solver = first.solver if is_possible else first.loose_solver
    solver.set("timeout", int(timeout_seconds * 1000))
    solver.push()
    try:
        solver.add(*formulas)
        for space in others:
            solver.add(space.domain if is_possible else space.form)
        if not _is_sat(solver):
            return None
        model = _tidied(solver, [first])
        return tuple(space.view(model) for space in (first, *others))
    finally:
        solver.pop()


def can_be(space: Space, criterion_id: str, status: Status) -> RequestView | None:
    """A possible view for which a criterion has a status, None where it never has.

    Raises:
        SolverGaveUp: The solver found no answer in time.
    """
    return satisfiable(space, space.status(criterion_id, status))


def _solver(*formulas: Formula) -> Any:
    solver = z3.Solver()
    solver.add(*formulas)
    return solver


def _is_sat(solver: Any) -> bool:
    answer = solver.check()
    if answer == z3.unknown:
        raise SolverGaveUp(f"the solver gave up: {solver.reason_unknown()}")
    return bool(answer == z3.sat)


def _tidied(solver: Any, some_spaces: Sequence[Space]) -> Any:
    """A model of what the solver holds, in which each preference is kept that can be kept beside the earlier ones."""
    model = solver.model()
    for space in some_spaces:
        for preference in _preferences(space):
            if z3.is_true(model.eval(preference, model_completion=True)):
                solver.add(preference)
                continue
            solver.push()
            solver.add(preference)
            kept = solver.check() == z3.sat
            if kept:
                model = solver.model()
            solver.pop()
            if kept:
                solver.add(preference)
    return model


def _preferences(space: Space) -> Iterator[Formula]:
    terms = space.terms.facts
    unread = [name for name in terms if name not in space.facts]
    for name in (*unread, *space.facts):
        yield negated(terms[name].failed)
        yield terms[name].missing
        if terms[name].declaration.type in (FactType.QUANTITY, FactType.COUNT):
            amount = terms[name].amount
            yield amount.closed
            yield negated(every(amount.has_low, amount.has_high, negated(amount.is_exact)))
            yield every(whole(amount.low), whole(amount.high))


# -- which spaces there are ------------------------------------------------------------------------------------------


def spaces(
    rulebook: Rulebook, editions: Collection[str] | None = None, kinds: Collection[str] | None = None
) -> Iterator[Space]:
    """Every space of a rulebook: by edition and the dates on which a threshold changes, kind, drug, region and phase.

    Drugs are those of the drug tables; regions are taken alone, together and absent. Requests that the same criteria
    apply to, and that the same relations hold of, share a space. A request that no vocabulary recognises has none.

    Args:
        rulebook: The rules.
        editions: The editions to take; without any, all of them.
        kinds: The kinds of request to take, by drug class or kind of service; without any, all of them.
    """
    for edition in rulebook.editions:
        if editions is not None and edition.id not in editions:
            continue
        for day in _days(rulebook, edition):
            rules = rules_for(rulebook, edition, day)
            for space in _of_rules(rulebook, rules):
                if kinds is None or not set(kinds).isdisjoint(space.kinds):
                    yield space


def space_of(rulebook: Rulebook, rules: Rules, scope: RequestScope) -> Space:
    """The space of the requests that are like one of this scope."""
    return Space(rulebook, rules, _kind(scope, rules), (scope.kind,))


def _kind(scope: RequestScope, rules: Rules) -> Kind:
    drug = load_tables().drugs.get(scope.ingredients[0]) if scope.ingredients else None
    if drug is None:
        return Kind(scope)
    return Kind(
        scope,
        tapers=drug.taper,
        pain_medicine=drug.pain_medicine or drug.drug_class == "muscle_relaxant",
        has_factor=_has_factor(drug, rules.edition.conversion_table),
    )


def _days(rulebook: Rulebook, edition: Edition) -> list[date]:
    """The first day of an edition, and those within it from which a threshold has another value."""
    starts = {value.start for parameter in rulebook.parameters.values() for value in parameter.values}
    within = (day for day in starts if edition.start < day and (edition.end is None or day < edition.end))
    return [edition.start, *sorted(within)]


def _of_rules(rulebook: Rulebook, rules: Rules) -> Iterator[Space]:
    found: dict[object, list[Kind]] = {}
    for kind in _kinds(rulebook, rules):
        ids = tuple(criterion.id for criterion in applying(rules, kind.scope))
        # Where no guideline speaks, one kind of request is as good as another.
        name = kind.scope.kind if speaking(rules, kind.scope) is not None else kind.is_drug
        alike = (name, ids, kind.scope.phase, kind.tapers, kind.pain_medicine, kind.has_factor is False)
        found.setdefault((*alike, kind.scope.drug_class == "opioid"), []).append(kind)
    for kinds in found.values():
        yield Space(rulebook, rules, kinds[0], tuple(dict.fromkeys(kind.scope.kind for kind in kinds)))


def _kinds(rulebook: Rulebook, rules: Rules) -> Iterator[Kind]:
    regions = _region_sets(rules)
    for kind in rulebook.kinds:
        for some_regions in regions:
            yield Kind(RequestScope(kind.id, regions=some_regions))
    for drug in sorted(load_tables().drugs.values(), key=_plainest_first):
        ingredients = dict.fromkeys((drug.id, *product.partners) for product in drug.products)
        for names in ingredients or {(drug.id,): None}:
            for some_regions in regions:
                for phase in PHASES:
                    yield _kind(RequestScope(drug.drug_class, drug.drug_class, names, some_regions, phase), rules)


def _plainest_first(drug: Drug) -> tuple[bool, str]:
    # Morphine stands for the opioids that have a factor, since equivalents are counted in it.
    return drug.id != "morphine", drug.id


def _has_factor(drug: Drug, table_name: str) -> bool | None:
    """Whether the table has a factor for every product of an opioid (True), for none (False), or for some."""
    if drug.drug_class != "opioid":
        return None
    table = load_tables().conversion_table(table_name)
    known = {product.conversion in table.factors or product.conversion in table.none for product in drug.products}
    return known.pop() if len(known) == 1 else None


def _region_sets(rules: Rules) -> list[tuple[str, ...]]:
    """Sets of regions by which criteria tell requests apart: none, one of each sort, and sorts together.

    Regions that the same criteria name are one sort, of which the first stands for all.
    """
    naming: dict[str, frozenset[str]] = {}
    for criterion in rules.criteria:
        for region in criterion.scope.regions:
            naming[region] = naming.get(region, frozenset()) | {criterion.id}
    sorts = list({ids: region for region, ids in reversed(naming.items())}.values())[::-1]
    largest = len(sorts) if len(sorts) <= 4 else 2
    return [some_regions for size in range(largest + 1) for some_regions in combinations(sorts, size)]
