"""The solver reading is held to the plain one: with the facts of a view put in, both say the same of every rulebook."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from imr_engine.inference import plain
from imr_engine.inference.operators import ANYTHING, FALSE, TRUE, UNKNOWN, possible, truth
from imr_engine.inference.values import FactState, RequestView
from imr_engine.prediction import Status
from imr_engine.rulebook.model import Rules
from imr_engine.rulebook.tree import Node
from imr_engine.testing.random_rules import CONDITIONS, FACTS, rulebooks, views
from imr_engine.units.interval import Interval

pytest.importorskip("z3")

from imr_engine.verify.meaning import outcome_formulas, status_formula
from imr_engine.verify.terms import ViewTerms

TERMS = ViewTerms(FACTS)
THOROUGH = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@THOROUGH
@given(CONDITIONS, views())
def test_a_condition_can_have_the_truth_values_that_the_plain_reading_gives(when: Node, view: RequestView):
    may = possible(when, TERMS)
    so = TERMS.put_in(view, may.false, may.unknown, may.true)
    found = {value for value, is_so in zip((FALSE, UNKNOWN, TRUE), so, strict=True) if is_so}
    assert found == truth(when, view.facts)
    assert found <= ANYTHING and found


@THOROUGH
@given(rulebooks(), views())
def test_a_rulebook_comes_to_the_statuses_and_the_outcome_of_the_plain_reading(rules: Rules, view: RequestView):
    statuses = plain.statuses(rules, view)
    by_id = {criterion.id: criterion for criterion in rules.criteria}
    for name, expected in statuses.items():
        so = TERMS.put_in(view, *(status_formula(by_id[name].when, status, TERMS) for status in Status))
        assert [status for status, is_so in zip(Status, so, strict=True) if is_so] == [expected]
    formulas = outcome_formulas(rules, view.scope, TERMS)
    outcomes = [
        outcome for outcome, is_so in zip(formulas, TERMS.put_in(view, *formulas.values()), strict=True) if is_so
    ]
    assert outcomes == [plain.outcome(rules, view.scope.kind, statuses)]


def values(view: RequestView) -> dict[str, object]:
    """State and value of each fact; bounds that bound nothing are no bounds."""
    return {
        name: (
            fact.state,
            None if fact.state is FactState.NOT_COMPUTABLE and fact.value == Interval(None, None) else fact.value,
        )
        for name, fact in view.facts.items()
    }


@given(views())
def test_a_view_read_back_from_the_solver_is_the_view_that_was_put_in(view: RequestView):
    import z3

    solver = z3.Solver()
    solver.add(TERMS.being(view))
    assert solver.check() == z3.sat
    found = TERMS.view(solver.model(), view.scope, view.request)
    assert values(found) == values(view)
    assert replace(found, facts={}) == replace(view, facts={})
    assert all(TERMS.put_in(view, *(terms.form for terms in TERMS.facts.values())))
