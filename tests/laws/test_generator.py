"""What the generator of cases reaches: every shipped criterion with its statuses, every kind with its outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from golden import goldens
from hypothesis import HealthCheck, given, seed, settings

from imr_engine import Case, load_rulebook, predict
from imr_engine.inference.scopes import dependencies, strata
from imr_engine.inference.values import RequestScope
from imr_engine.prediction import DecidedBy, Effect, Outcome, Prediction, Status
from imr_engine.rulebook.tree import facts_of
from imr_engine.testing import cases

RUNS, CASES_A_RUN = 50, 20
"""Many short runs: within a long one hypothesis repeats parts of earlier cases, and shares would say little."""

CRITERIA = {criterion.id: criterion for criterion in load_rulebook().criteria}
KINDS = ("opioid", "muscle_relaxant", "benzodiazepine", "office_visit", "specialist_visit")
"""Every kind of request that the shipped criteria speak to."""

CANNOT_FAIL = {criterion.id for criterion in CRITERIA.values() if facts_of(criterion.when) == ("drug_requested",)}
"""Criteria that their scope alone decides: what is asked for is carisoprodol, and that is what they are against."""


def seen_in(case: Case, prediction: Prediction) -> set[str]:
    """Everything that one case shows."""
    named = {request.id: frozenset(request.depends_on) for request in case.requests}
    seen = {
        f"requests: {len(case.requests)}",
        f"strata by depends_on alone: {depth(named)}",
        *(f"outcome: {entry.kind} {entry.outcome}" for entry in prediction.determinations),
    }
    if prediction.edition is None:
        return seen | {"a case outside every edition"}
    scopes = {entry.request: RequestScope(entry.kind) for entry in prediction.determinations}
    seen.add(f"strata: {depth(dependencies(case, scopes))}")
    for entry in prediction.determinations:
        seen.update(f"status: {finding.criterion} {finding.status}" for finding in entry.findings)
        seen.update(f"decides: {name}" for name in entry.deciding)
        if entry.rests_on is DecidedBy.NOT_COMPUTABLE:
            seen.add("undetermined by what is not computable")
    return seen


def depth(edges: Mapping[str, frozenset[str]]) -> int:
    return len(strata(list(edges), edges))


def expected() -> set[str]:
    return {
        "a case outside every edition",
        "undetermined by what is not computable",
        f"outcome: unrecognised {Outcome.UNDETERMINED}",
        *(f"strata: {count}" for count in (1, 2, 3)),
        *(f"strata by depends_on alone: {count}" for count in (1, 2, 3)),
        *(f"requests: {count}" for count in range(1, 6)),
        *(f"outcome: {kind} {outcome}" for kind in KINDS for outcome in Outcome),
        *(f"status: {name} {Status.MET}" for name in CRITERIA),
        *(f"decides: {name}" for name in CRITERIA if has_an_effect(name)),
    }


def has_an_effect(name: str) -> bool:
    return CRITERIA[name].effect is not Effect.NOTE


def test_the_generator_reaches_every_criterion_every_outcome_and_three_strata():
    counted: Counter[str] = Counter()

    @settings(max_examples=CASES_A_RUN, database=None, suppress_health_check=list(HealthCheck))
    @given(cases())
    def look(raw: dict[str, Any]) -> None:
        case = Case.model_validate(raw)
        counted.update({"cases"} | seen_in(case, predict(case, engine="plain")))

    for run in range(RUNS):
        seed(run)(look)()
    print(f"\nof {counted['cases']} cases:")
    for what in sorted(counted):
        print(f"  {counted[what] / counted['cases']:6.1%}  {what}")
    assert {what for what in expected() if not counted[what]} == set()
    failing = {
        name
        for name in CRITERIA
        if counted[f"status: {name} {Status.NOT_MET}"] or counted[f"status: {name} {Status.NOT_DOCUMENTED}"]
    }
    assert failing == set(CRITERIA) - CANNOT_FAIL


def test_the_kinds_are_those_that_the_criteria_name():
    scopes = [criterion.scope for criterion in CRITERIA.values()]
    assert {kind for scope in scopes for kind in (*scope.kinds, *scope.classes)} == set(KINDS)


def seen_in_golden_cases() -> set[str]:
    seen: set[str] = set()
    for golden in goldens():
        case = Case.model_validate(golden.case)
        seen |= seen_in(case, predict(case, table=golden.table, engine="plain"))
    return seen


def test_reach_every_kind_has_both_outcomes_among_the_golden_cases():
    """*Reach*: for every kind of request that has criteria, some golden case is upheld and some is overturned."""
    both = (Outcome.UPHELD, Outcome.OVERTURNED)
    assert seen_in_golden_cases() >= {f"outcome: {kind} {outcome}" for kind in KINDS for outcome in both}


def test_reach_every_criterion_decides_a_golden_case():
    """*Reach*: every criterion but the notes, which have no effect, decides the outcome of some golden case."""
    assert seen_in_golden_cases() >= {f"decides: {name}" for name in CRITERIA if has_an_effect(name)}
