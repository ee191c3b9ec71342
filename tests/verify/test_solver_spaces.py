"""Every possible case lies in its space, a space is no larger than it has to be, and the solver's answers hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from laws.reading import read, rulebook

from imr_engine.inference import plain
from imr_engine.inference.scopes import UNRECOGNISED
from imr_engine.inference.values import FactState, RequestScope, RequestView
from imr_engine.prediction import Outcome, Status
from imr_engine.rulebook.model import Rules
from imr_engine.testing import cases

pytest.importorskip("z3")

from imr_engine.verify.solver import Space, can_be, satisfiable, space_of, spaces

THOROUGH = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
)


@THOROUGH
@given(cases())
def test_the_facts_of_any_case_keep_every_relation_that_proofs_rest_on(raw: dict[str, Any]):
    found = read(raw)
    for entry in found.inferred.values():
        if entry.view.scope.kind == UNRECOGNISED:
            continue
        assert found.rules is not None
        space = space_like(found.rules, entry.view.scope)
        if not possible(space, space.domain, entry.view):
            broken = [
                one for one in space.relations if not possible(space, one.holds(space.terms, space.kind), entry.view)
            ]
            facts = {name: entry.view.facts[name] for one in broken for name in one.facts}
            pytest.fail(f"{[one.reason for one in broken]}: {facts}")


def space_like(rules: Rules, scope: RequestScope) -> Space:
    if scope not in SPACES:
        SPACES[scope] = space_of(rulebook(), rules, scope)
    return SPACES[scope]


SPACES: dict[RequestScope, Space] = {}


def possible(space: Space, formula: Any, view: RequestView) -> bool:
    """Whether what no fact says (that a list is complete) can be so that the formula holds of the view."""
    import z3

    solver = z3.Solver()
    solver.add(z3.substitute(formula, *space.terms.pairs(view)))
    return solver.check() == z3.sat


ALL = {space.label: space for space in spaces(rulebook())}


def test_the_spaces_cover_every_kind_drug_class_and_phase():
    kinds = {kind for space in ALL.values() for kind in space.kinds}
    assert {
        "opioid",
        "muscle_relaxant",
        "benzodiazepine",
        "hypnotic",
        "nsaid",
        "office_visit",
        "specialist_visit",
    } <= kinds
    assert {"opioid, morphine, taper", "muscle_relaxant, carisoprodol, start", "office_visit, low back"} <= set(ALL)
    criteria = {criterion.id for space in ALL.values() for criterion in space.criteria}
    assert criteria == {criterion.id for criterion in rulebook().criteria}


@pytest.mark.parametrize("label", [label for label in ALL if label.endswith(("continue", "low back", "neck"))])
def test_a_view_that_the_solver_finds_is_what_was_asked_for_by_the_plain_reading(label: str):
    space = ALL[label]
    for outcome in Outcome:
        view = satisfiable(space, space.outcome(outcome))
        if view is not None:
            assert plain.outcome(space.rules, space.scope.kind, plain.statuses(space.rules, view)) is outcome
            assert set(view.facts) == set(space.rules.facts)


def test_a_view_that_the_solver_finds_leaves_undocumented_what_need_not_be_known():
    space = ALL["opioid, morphine, continue"]
    view = satisfiable(space, space.status("opioid-function-review", Status.MET))
    assert view is not None
    known = {name for name, fact in view.facts.items() if fact.state is FactState.KNOWN}
    always = {"days_since_flare", "drug_requested", "must_be_tapered", "takes_opioid", "takes_pain_medicine"}
    assert known == {"functional_gain", "parent_denied", "taken_medicine_denied", *always}


def test_a_criterion_cannot_have_a_status_that_its_facts_do_not_allow():
    space = ALL["muscle_relaxant, carisoprodol, start"]
    assert can_be(space, "carisoprodol-not-recommended", Status.MET) is not None
    for status in (Status.NOT_MET, Status.NOT_DOCUMENTED, Status.NOT_COMPUTABLE):
        assert can_be(space, "carisoprodol-not-recommended", status) is None
    flare = "relaxant-acute-flare"
    assert [status for status in Status if can_be(space, flare, status)] == [
        Status.MET,
        Status.NOT_MET,
        Status.NOT_DOCUMENTED,
    ]


def test_facts_that_follow_from_one_observation_move_together():
    space = ALL["opioid, morphine, continue"]
    returned, status = space.terms.facts["returned_to_work"], space.terms.facts["work_status"]
    assert satisfiable(space, returned.holds, status.values["off_work"]) is None
    assert satisfiable(space, returned.holds, status.missing) is None
    view = satisfiable(space, returned.holds)
    assert view is not None and view.facts["work_status"].value in ("full_duty", "modified_duty")


def test_a_space_says_what_a_proof_about_it_rests_on():
    assumptions = ALL["opioid, morphine, continue"].assumptions
    assert any("score with medication" in text for text in assumptions)
    assert not any("days_since_flare" in text for text in assumptions)
    assert any("days_since_flare" in text for text in ALL["muscle_relaxant, carisoprodol, start"].assumptions)
