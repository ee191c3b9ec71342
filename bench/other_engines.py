"""The shipped rules as rulesets of other rules engines from the registry, derived from the criteria's condition trees.

Each engine is given the same flat attributes and must find the same status for every criterion before it is timed.
"""

# The other engines are in the extra `bench`, which the linter does without.
# pyright: reportMissingImports=false

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from typing import Any

from imr_engine.inference.formula import And, Atom, Count, Formula, Or, encode_fact
from imr_engine.inference.operators import Question, formula
from imr_engine.inference.plain import applies
from imr_engine.inference.values import RequestView
from imr_engine.prediction import Status
from imr_engine.rulebook import Criterion, Rules

__all__ = ["Evaluate", "attributes", "expression", "other_engines", "rule_engine", "zen_engine"]

Evaluate = Callable[[RequestView], Mapping[str, str]]

# A status is the answer to the first of these questions that is yes, else not documented.
QUESTIONS = {
    Status.MET: Question.MUST_BE_TRUE,
    Status.NOT_MET: Question.MUST_BE_FALSE,
    Status.NOT_COMPUTABLE: Question.MAY_BE_TRUE,
}


def other_engines() -> dict[str, Callable[[Rules], Evaluate]]:
    """The engines that are installed, by name and version, each as what makes an evaluator of rules."""
    return {
        f"rule-engine {version('rule-engine')}": rule_engine,
        f"zen-engine {version('zen-engine')}": zen_engine,
    }


def attributes(view: RequestView) -> dict[str, str | int]:
    """The facts of a request as flat attributes, with a number for both ends of every amount, known or not."""
    flat: dict[str, str | int] = {}
    for fact in view.facts.values():
        flat[_name(f"{fact.name}.lo")] = flat[_name(f"{fact.name}.hi")] = 0
        flat.update((_name(attribute), value) for attribute, value in encode_fact(fact).items())
    return flat


def expression(what: Formula) -> str:
    """A formula in the notation that both engines share."""
    match what:
        case Atom(attribute, test, value):
            return f"{_name(attribute)} {test} {json.dumps(value)}"
        case And(parts):
            return _joined(parts, " and ") if parts else "true"
        case Or(parts):
            return _joined(parts, " or ") if parts else "false"
        case Count(parts, wanted):
            counted = " + ".join(f"({expression(part)} ? 1 : 0)" for part in parts)
            return f"({counted}) >= {wanted}"


def rule_engine(rules: Rules) -> Evaluate:
    """One rule of rule-engine for each criterion and question, tried in order."""
    import rule_engine as library

    def compiled(criterion: Criterion) -> list[tuple[str, Any]]:
        return [(status.value, library.Rule(text)) for status, text in _answers(criterion, rules)]

    rulesets = _Rulesets(rules, lambda criteria: [(criterion.id, compiled(criterion)) for criterion in criteria])

    def evaluate(view: RequestView) -> Mapping[str, str]:
        flat = attributes(view)
        return {
            name: next((status for status, rule in answers if rule.matches(flat)), Status.NOT_DOCUMENTED.value)
            for name, answers in rulesets.of(view)
        }

    return evaluate


def zen_engine(rules: Rules) -> Evaluate:
    """One zen expression for all criteria together: the way in which that engine is quickest."""
    import zen

    def compiled(criteria: Iterable[Criterion]) -> Any:
        fields: list[str] = []
        for criterion in criteria:
            chain = json.dumps(Status.NOT_DOCUMENTED.value)
            for status, text in reversed(_answers(criterion, rules)):
                chain = f"(({text}) ? {json.dumps(status.value)} : {chain})"
            fields.append(f"{json.dumps(criterion.id)}: {chain}")
        return zen.compile_expression("{" + ", ".join(fields) + "}")

    rulesets = _Rulesets(rules, compiled)
    return lambda view: rulesets.of(view).evaluate(attributes(view))


class _Rulesets:
    """What an engine makes of the criteria that apply to a request, kept by which ones they are."""

    def __init__(self, rules: Rules, compiled: Callable[[tuple[Criterion, ...]], Any]) -> None:
        self.rules = rules
        self.compiled = compiled
        self.kept: dict[tuple[str, ...], Any] = {}

    def of(self, view: RequestView) -> Any:
        """The compiled criteria that apply to a request."""
        criteria = tuple(criterion for criterion in self.rules.criteria if applies(criterion.scope, view.scope))
        key = tuple(criterion.id for criterion in criteria)
        if key not in self.kept:
            self.kept[key] = self.compiled(criteria)
        return self.kept[key]


def _answers(criterion: Criterion, rules: Rules) -> list[tuple[Status, str]]:
    return [
        (status, expression(formula(criterion.when, question, rules.facts))) for status, question in QUESTIONS.items()
    ]


def _joined(parts: tuple[Formula, ...], word: str) -> str:
    return "(" + word.join(expression(part) for part in parts) + ")"


def _name(attribute: str) -> str:
    """An attribute's name as both engines take it: no dots, and never one of their keywords."""
    return "f_" + attribute.replace(".", "__")
