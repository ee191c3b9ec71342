"""What the bench times, each as one call on a case of four opioid requests, set up and checked before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from measures import ROOT
from other_engines import Evaluate, other_engines

from imr_engine import Case, load_case, predict
from imr_engine.dosing import doses_of
from imr_engine.inference import plain
from imr_engine.inference.engine import Question, infer
from imr_engine.inference.rete import ReteEngine, compile_rules
from imr_engine.inference.standing import rules_for
from imr_engine.inference.values import RequestView
from imr_engine.prediction import Outcome, Status
from imr_engine.rulebook import Rules, load_rulebook

__all__ = ["PREDICTIONS", "RULES_ALONE", "all_cases", "criteria_of", "four_opioids"]


@dataclass(frozen=True)
class Asked:
    """The requests of a case as a rules engine is asked about them, and what the plain reading answers."""

    rules: Rules
    views: list[RequestView]
    answer: list[Answer]


Answer = tuple[dict[str, Status], str | None, Outcome]


def four_opioids() -> Case:
    """The case that is timed."""
    return load_case(ROOT / "bench" / "four-opioids.yaml").case


def all_cases() -> list[Case]:
    """The case that is timed, and the examples."""
    return [four_opioids(), *(load_case(file).case for file in sorted((ROOT / "examples").glob("*.yaml")))]


def asked_of(case: Case) -> Asked:
    """Work out what the rules engines are asked about a case."""
    rulebook = load_rulebook()
    day = predict(case, engine="plain").reference_date
    edition = rulebook.edition_on(day)
    if edition is None:
        raise ValueError(f"no edition governs {case.id}")
    rules = rules_for(rulebook, edition, day)
    found, _ = infer(Question(case, rulebook, rules, doses_of(case, edition.conversion_table), day), "plain")
    answer: list[Answer] = [(dict(one.statuses), one.speaking, one.outcome) for one in found.values()]
    return Asked(rules, [one.view for one in found.values()], answer)


def criteria_of(case: Case) -> int:
    """How many criteria apply to the requests of a case, all requests together."""
    return sum(len(statuses) for statuses, _, _ in asked_of(case).answer)


def _explained(engine: str) -> Callable[[], object]:
    case = four_opioids()
    return lambda: predict(case, engine=engine)


def _rules_alone(answering: Callable[[Rules], Callable[[list[RequestView]], list[Answer]]]) -> Callable[[], object]:
    """Set up an engine, hold its answers to every case against the plain reading's, and time it on the one."""
    for case in all_cases():
        asked = asked_of(case)
        if answering(asked.rules)(asked.views) != asked.answer:
            raise ValueError(f"this engine's answers on {case.id} differ from the plain reading's; it is not timed")
    timed = asked_of(four_opioids())
    answer = answering(timed.rules)
    return lambda: answer(timed.views)


def _by_plain(rules: Rules) -> Callable[[list[RequestView]], list[Answer]]:
    return lambda views: [_stepped(rules, view, plain.statuses(rules, view)) for view in views]


def _by_rete(rules: Rules) -> Callable[[list[RequestView]], list[Answer]]:
    engine, program = ReteEngine(), compile_rules(rules)
    return lambda views: [
        (dict(result.statuses), result.speaking, result.outcome) for result in engine.evaluate(program, views)
    ]


def _by_other(make: Callable[[Rules], Evaluate]) -> Callable[[Rules], Callable[[list[RequestView]], list[Answer]]]:
    """Another engine finds the statuses; the step from them to an outcome is the plain reading's."""

    def answering(rules: Rules) -> Callable[[list[RequestView]], list[Answer]]:
        evaluate = make(rules)
        return lambda views: [
            _stepped(rules, view, {name: Status(status) for name, status in evaluate(view).items()}) for view in views
        ]

    return answering


def _stepped(rules: Rules, view: RequestView, statuses: dict[str, Status]) -> Answer:
    kind = view.scope.kind
    return statuses, plain.speaking(rules, kind, statuses), plain.outcome(rules, kind, statuses)


Workloads = Mapping[str, Callable[[], Callable[[], object]]]

DURABLE_RULES = ReteEngine().available()

PREDICTIONS: Workloads = {
    **({"both readings, compared": lambda: _explained("both")} if DURABLE_RULES else {}),
    "the plain reading alone": lambda: _explained("plain"),
}

RULES_ALONE: Workloads = {
    **({"durable_rules": lambda: _rules_alone(_by_rete)} if DURABLE_RULES else {}),
    "the plain reading": lambda: _rules_alone(_by_plain),
    **{name: lambda make=make: _rules_alone(_by_other(make)) for name, make in other_engines().items()},
}
