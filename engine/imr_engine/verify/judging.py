"""Asks many rulebooks about the same cases by the plain reading, working out the facts of a case only once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imr_engine.case.model import Case
from imr_engine.case.reference import reference_date
from imr_engine.dosing import CaseDoses, doses_of
from imr_engine.errors import CaseError, Place, Problem
from imr_engine.inference import plain
from imr_engine.inference.determination import decide
from imr_engine.inference.engine import Inferred
from imr_engine.inference.facts import view_of
from imr_engine.inference.facts.context import CaseContext, RequestContext
from imr_engine.inference.scopes import dependencies, scope_of, strata
from imr_engine.inference.standing import rules_for
from imr_engine.inference.values import RequestScope, RequestView
from imr_engine.prediction import Outcome
from imr_engine.rulebook.model import Edition, Rulebook, Rules
from imr_engine.verify.variants import Variant

__all__ = ["Answers", "PreparedCase", "disagreement"]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a rulebook says of every request of a case, by request id.

    ``rules`` is None, and nothing is inferred, where no edition governs the case: every outcome is then undetermined.
    """

    rulebook: Rulebook
    rules: Rules | None
    inferred: Mapping[str, Inferred]

    def outcome(self, request: str) -> Outcome:
        """The outcome of a request."""
        return self.inferred[request].outcome if self.rules is not None else Outcome.UNDETERMINED

    def deciding(self, request: str) -> tuple[str, ...]:
        """The criteria that decide a request."""
        if self.rules is None:
            return ()
        return decide(self.rulebook, self.rules, self.inferred[request]).deciding

    def status(self, request: str, criterion: str) -> str | None:
        """What a criterion came to for a request, None where it does not apply."""
        return self.inferred[request].statuses.get(criterion) if self.rules is not None else None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A case with the doses of one conversion table, and its requests in the order in which they follow."""

    shared: CaseContext
    scopes: Mapping[str, RequestScope]
    edges: Mapping[str, frozenset[str]]
    layers: list[list[str]]


class PreparedCase:
    """A case that is to be asked of many rulebooks.

    They may differ in criteria, parameters and editions. Facts, kinds of service and scales are those of the rulebook
    that the case was prepared for: with others, the same words could mean other facts.
    """

    def __init__(self, case: Case, rulebook: Rulebook, table: str | None = None) -> None:
        """Prepare a case.

        Args:
            case: A valid case.
            rulebook: Where its facts are declared.
            table: A conversion table; without one, that of the edition which governs the case.

        Raises:
            CaseError: The case has no date to count to.
        """
        dated = reference_date(case.dates)
        if dated is None:
            raise CaseError([Problem(Place(), "dates", "no date to count to", expected="request, or record")])
        self.case = case
        self.reference = dated[0]
        self._rulebook = rulebook
        self._table = table
        self._position = {request.id: index for index, request in enumerate(case.requests)}
        self._seen: dict[str, _Seen] = {}
        self._views: dict[tuple[str, str, frozenset[tuple[str, Outcome]]], RequestView] = {}

    @property
    def requests(self) -> tuple[str, ...]:
        """The ids of the requests, in the order of the case."""
        return tuple(self._position)

    def doses(self, edition: Edition) -> CaseDoses:
        """The doses of the case under an edition."""
        return self._under(edition).shared.doses

    def answers(self, rulebook: Rulebook) -> Answers:
        """What a rulebook says of every request."""
        edition = rulebook.edition_on(self.reference)
        if edition is None:
            return Answers(rulebook, None, {})
        rules = rules_for(rulebook, edition, self.reference)
        seen = self._under(edition)
        found: dict[str, Inferred] = {}
        for layer in seen.layers:
            for name in layer:
                outcomes = {other: found[other].outcome for other in seen.edges[name]}
                found[name] = _read(rules, self._view(rules, name, outcomes))
        return Answers(rulebook, rules, found)

    def answer(self, answers: Answers, request: str) -> Inferred:
        """What the rules of other answers say of one request here, with the outcomes of its others held as they were.

        The laws speak so: of one request, when nothing else of the case is decided differently.
        """
        if answers.rules is None:
            raise ValueError("no edition governs the case that the outcomes are taken from")
        edges = self._under(answers.rules.edition).edges[request]
        held = {other: answers.outcome(other) for other in edges if other in answers.inferred}
        return _read(answers.rules, self._view(answers.rules, request, held))

    def _under(self, edition: Edition) -> _Seen:
        table = self._table or edition.conversion_table
        seen = self._seen.get(table)
        if seen is None:
            doses = doses_of(self.case, table)
            shared = CaseContext(self.case, self._rulebook, doses, self.reference)
            scopes = {entry.id: scope_of(self.case, entry, doses, self._rulebook) for entry in self.case.requests}
            edges = dependencies(self.case, scopes)
            seen = self._seen[table] = _Seen(shared, scopes, edges, strata(list(self._position), edges))
        return seen

    def _view(self, rules: Rules, name: str, outcomes: Mapping[str, Outcome]) -> RequestView:
        # Facts of a request depend on the case, its doses and the outcomes that it may follow from, on no criterion.
        key = (self._table or rules.edition.conversion_table, name, frozenset(outcomes.items()))
        view = self._views.get(key)
        if view is None:
            seen, index = self._under(rules.edition), self._position[name]
            context = RequestContext(seen.shared, self.case.requests[index], index, seen.scopes[name], outcomes)
            view = self._views[key] = view_of(context, self._rulebook.facts)
        return view


def _read(rules: Rules, view: RequestView) -> Inferred:
    statuses = plain.statuses(rules, view)
    kind = view.scope.kind
    return Inferred(view, statuses, plain.speaking(rules, kind, statuses), plain.outcome(rules, kind, statuses))


def disagreement(variant: Variant, answers: Answers) -> str | None:
    """The first thing in which a rulebook's answers differ from what a variant expects; None where all is as expected.

    Doses are not looked at: they come from the drug tables, not from the rules.
    """
    for request, outcome in variant.expect.items():
        if answers.outcome(request) != outcome:
            return f"{variant.id}: {request} is {answers.outcome(request)}, expected {outcome}"
    for request, statuses in variant.status.items():
        for criterion, status in statuses.items():
            found = answers.status(request, criterion)
            if found != status:
                return f"{variant.id}: {criterion} of {request} is {found}, expected {status}"
    for request, criteria in variant.deciding.items():
        found = answers.deciding(request)
        if sorted(found) != sorted(criteria):
            return f"{variant.id}: {request} is decided by {list(found)}, expected {list(criteria)}"
    return None
