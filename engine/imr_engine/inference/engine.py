"""Runs the rulebook over a case: stratum by stratum, by both readings, which must agree."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from imr_engine.case.model import Case
from imr_engine.dosing import CaseDoses
from imr_engine.errors import EngineUnavailable, ReadingsDisagree
from imr_engine.inference import plain
from imr_engine.inference.facts import view_of
from imr_engine.inference.facts.context import CaseContext, RequestContext
from imr_engine.inference.rete import ReteEngine, compile_rules
from imr_engine.inference.scopes import dependencies, scope_of, strata
from imr_engine.inference.values import RequestView
from imr_engine.prediction import EngineUsed, Outcome, Status
from imr_engine.rulebook.model import Rulebook, Rules

__all__ = ["ENGINES", "Inferred", "Question", "case_digest", "engine_used", "infer"]

ENGINES = ("both", "plain")
"""How a prediction may be computed: by both readings, compared; or by the plain reading alone."""

_RETE = ReteEngine()


@dataclass(frozen=True, slots=True)
class Inferred:
    """What the rules say of one request: its facts, the status of every criterion that applies, and the outcome.

    ``speaking`` is the guideline that decides, None where none has anything to say.
    """

    view: RequestView
    statuses: Mapping[str, Status]
    speaking: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Question:
    """What the rules are asked about: a case with its doses, and the rules as they stand for it."""

    case: Case
    rulebook: Rulebook
    rules: Rules
    doses: CaseDoses
    reference: date


def infer(question: Question, engine: str | None = None) -> tuple[dict[str, Inferred], EngineUsed]:
    """What the rules say of every request of a case, by request id, and how that was computed.

    Requests are taken in strata: those that follow from others after them. In each, the rete reading and the plain
    reading both answer, and must give the same statuses, speaker and outcome.

    Args:
        question: the case, and the rules for it.
        engine: ``both`` needs durable_rules; ``plain`` does without; None takes both where durable_rules is there.

    Raises:
        EngineUnavailable: ``both`` was asked for and durable_rules cannot be imported.
        ReadingsDisagree: the readings differ; no answer is given.
        RulesEngineError: durable_rules failed.
    """
    case, rules, doses = question.case, question.rules, question.doses
    use_rete = engine == "both" or (engine is None and _RETE.available())
    if engine == "both" and not _RETE.available():
        raise EngineUnavailable("durable_rules cannot be imported here; ask for the plain reading, or leave it open")
    shared = CaseContext(case, question.rulebook, doses, question.reference)
    scopes = {request.id: scope_of(case, request, doses, question.rulebook) for request in case.requests}
    edges = dependencies(case, scopes)
    position = {request.id: index for index, request in enumerate(case.requests)}
    found: dict[str, Inferred] = {}
    for layer in strata(list(position), edges):
        views: list[RequestView] = []
        for name in layer:
            index = position[name]
            outcomes = {other: found[other].outcome for other in edges[name]}
            context = RequestContext(shared, case.requests[index], index, scopes[name], outcomes)
            views.append(view_of(context, rules.facts))
        answers = [_plainly(rules, view) for view in views]
        if use_rete:
            _compare(case, rules, answers)
        found.update((answer.view.request, answer) for answer in answers)
    return found, engine_used(use_rete=use_rete)


def _plainly(rules: Rules, view: RequestView) -> Inferred:
    statuses = plain.statuses(rules, view)
    kind = view.scope.kind
    return Inferred(view, statuses, plain.speaking(rules, kind, statuses), plain.outcome(rules, kind, statuses))


def _compare(case: Case, rules: Rules, answers: Sequence[Inferred]) -> None:
    results = _RETE.evaluate(compile_rules(rules), [answer.view for answer in answers])
    differences: list[str] = []
    for answer, result in zip(answers, results, strict=True):
        where = answer.view.request
        if answer.outcome != result.outcome:
            differences.append(f"{where}: outcome {result.outcome} by rete, {answer.outcome} by plain")
        if answer.speaking != result.speaking:
            differences.append(f"{where}: {result.speaking} speaks by rete, {answer.speaking} by plain")
        for name in sorted({*answer.statuses, *result.statuses}):
            one, other = result.statuses.get(name), answer.statuses.get(name)
            if one != other:
                differences.append(f"{where}: {name} is {one} by rete, {other} by plain")
    if differences:
        raise ReadingsDisagree(case_digest(case), differences)


def case_digest(case: Case) -> str:
    """A digest that names a case without naming the worker."""
    return hashlib.sha256(repr(case).encode()).hexdigest()[:16]


def engine_used(*, use_rete: bool) -> EngineUsed:
    """How an answer was computed, for the output."""
    if use_rete:
        return EngineUsed("durable_rules", "plain", "computed by durable_rules and by the plain reading, which agree")
    return EngineUsed("plain", None, "computed by the plain reading alone; durable_rules was not used")
