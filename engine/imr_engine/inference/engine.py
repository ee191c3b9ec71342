"""Runs the rulebook over a case: stratum by stratum, by both readings, which must agree."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from threading import Lock

from imr_engine.case.model import Case
from imr_engine.dosing import CaseDoses
from imr_engine.errors import EngineUnavailable, ReadingsDisagree
from imr_engine.inference import plain
from imr_engine.inference.facts import check_declared, view_of
from imr_engine.inference.facts.context import CaseContext, RequestContext
from imr_engine.inference.rete import ReteEngine, compile_rules
from imr_engine.inference.scopes import dependencies, scope_of, strata
from imr_engine.inference.values import RequestView
from imr_engine.prediction import Inference, Outcome, Status
from imr_engine.rulebook.model import Edition, ParameterValue, Rulebook, Rules, Said, Words
from imr_engine.rulebook.tree import parameters_of, resolved

__all__ = ["ENGINES", "Inferred", "Question", "case_digest", "infer", "inference_note", "rules_for"]

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


_CACHE_SIZE = 16
_rules_cache: OrderedDict[tuple[object, ...], Rules] = OrderedDict()
_rules_lock = Lock()


def rules_for(rulebook: Rulebook, edition: Edition, day: date) -> Rules:
    """The rulebook as it stands for an edition on a day, with the thresholds of that day in the conditions.

    A day before a parameter's first value, which only ``as_of`` can reach, takes the first value.
    """
    in_force = {name: parameter.at(day) or parameter.values[0] for name, parameter in rulebook.parameters.items()}
    key = (rulebook.digest, edition.id, *(value.start for value in in_force.values()))
    with _rules_lock:
        if key in _rules_cache:
            _rules_cache.move_to_end(key)
            return _rules_cache[key]
    rules = _resolve(rulebook, edition, in_force)
    with _rules_lock:
        _rules_cache[key] = rules
        while len(_rules_cache) > _CACHE_SIZE:
            _rules_cache.popitem(last=False)
    return rules


def _resolve(rulebook: Rulebook, edition: Edition, in_force: Mapping[str, ParameterValue]) -> Rules:
    check_declared(rulebook)
    speaking = {name for order in edition.order.values() for name in order}
    common = frozenset(name for name, guideline in rulebook.guidelines.items() if guideline.common)
    values = {name: (value.value, value.text) for name, value in in_force.items()}
    criteria = tuple(
        replace(criterion, when=resolved(criterion.when, values), words=_words_resolved(criterion.words, values))
        for criterion in rulebook.criteria
        if criterion.guideline in speaking or criterion.guideline in common
    )
    used = {name for criterion in criteria for name in parameters_of(criterion.when)}
    # What is compiled depends on the criteria and their thresholds, and on nothing else.
    key = hashlib.sha256(repr((rulebook.digest, edition.id, sorted(values.items()))).encode()).hexdigest()
    thresholds = {name: in_force[name] for name in sorted(used)}
    return Rules(key, edition, rulebook.facts, criteria, common, thresholds)


def _words_resolved(words: Words, values: dict[str, tuple[Fraction, str]]) -> Words:
    def said(sentences: tuple[Said, ...]) -> tuple[Said, ...]:
        return tuple(
            sentence if sentence.when is None else Said(sentence.text, resolved(sentence.when, values))
            for sentence in sentences
        )

    return replace(
        words,
        met=said(words.met),
        not_met=said(words.not_met),
        not_documented=said(words.not_documented),
        not_computable=said(words.not_computable),
    )


@dataclass(frozen=True, slots=True)
class Question:
    """What the rules are asked about: a case with its doses, and the rules as they stand for it."""

    case: Case
    rulebook: Rulebook
    rules: Rules
    doses: CaseDoses
    reference: date


def infer(question: Question, engine: str | None = None) -> tuple[dict[str, Inferred], Inference]:
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
    return found, inference_note(use_rete=use_rete)


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


def inference_note(*, use_rete: bool) -> Inference:
    """How an answer was computed, for the output."""
    if use_rete:
        return Inference("durable_rules", "plain", "computed by durable_rules and by the plain reading, which agree")
    return Inference("plain", None, "computed by the plain reading alone; durable_rules was not used")
