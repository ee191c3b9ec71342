"""The laws are proved of the shipped rules, and a rulebook that breaks one is told so, with views that show it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from edited import SHIPPED, added, changed, compared, made

from imr_engine.inference import operators, plain
from imr_engine.inference.algebra import May
from imr_engine.inference.standing import rules_for
from imr_engine.inference.values import FactState, RequestView
from imr_engine.prediction import Effect, Outcome, Status
from imr_engine.rulebook.model import Criterion, Rulebook, Scope
from imr_engine.rulebook.tree import Comparison, Documented, Holds, IsOneOf, Not

pytest.importorskip("z3")

from imr_engine.verify import movement
from imr_engine.verify.laws import Law, Proof, ProofStatus, prove

OPIOID, BENZODIAZEPINE = Scope(classes=("opioid",)), Scope(classes=("benzodiazepine",))


def of(proofs: list[Proof], status: ProofStatus) -> list[Proof]:
    return [proof for proof in proofs if proof.status is status]


def outcome_of(rulebook: Rulebook, view: RequestView) -> Outcome:
    rules = rules_for(rulebook, rulebook.editions[0], rulebook.editions[0].start)
    return plain.outcome(rules, view.scope.kind, plain.statuses(rules, view))


@pytest.mark.slow
def test_every_law_is_proved_of_the_shipped_rules():
    proofs = prove(SHIPPED)
    assert {proof.status for proof in proofs} == {ProofStatus.PROVED, ProofStatus.INFORMATION}
    assert {proof.law for proof in proofs} == set(Law)
    counted = Counter(proof.law for proof in proofs)
    assert counted[Law.INFORMATION] == counted[Law.SUPPORT] > 60
    assert all(proof.assumptions and proof.seconds < 30 for proof in proofs)
    named = {name for proof in proofs if proof.law is Law.REACH for name in proof.criteria}
    assert {one.id for one in SHIPPED.criteria if one.effect is not Effect.NOTE} <= named


def test_one_kind_is_proved_alone():
    proofs = prove(SHIPPED, kinds=["benzodiazepine"])
    assert {proof.kind for proof in proofs if proof.law is not Law.REACH} == {"benzodiazepine"}
    assert {proof.status for proof in proofs} == {ProofStatus.PROVED}
    assert {proof.law for proof in proofs} == {Law.INFORMATION, Law.SUPPORT, Law.COURSE, Law.REACH}
    assert {proof.edition for proof in proofs} == {"mtus-2009"}


def test_information_fails_where_what_is_not_documented_counts_as_false(monkeypatch: pytest.MonkeyPatch):
    def closed_world(node: Documented, algebra: Any) -> May[Any]:
        known = algebra.is_in(node.fact, FactState.KNOWN)
        return May(false=algebra.negated(known), unknown=algebra.some(), true=known)

    reading = replace(operators.OPERATORS[Documented], solver=closed_world)
    monkeypatch.setitem(operators.OPERATORS, Documented, reading)  # pyright: ignore[reportArgumentType]
    (proof,) = of(prove(SHIPPED, kinds=["opioid"], laws=[Law.INFORMATION]), ProofStatus.FAILED)[:1]
    before, after = proof.counterexample
    fact = proof.facts[0]
    assert proof.criteria[0] in {
        "opioid-function-review",
        "opioid-adverse-effects-review",
        "opioid-pain-assessment",
        "opioid-trial-baseline",
    }
    assert before.facts != after.facts and fact in before.facts


def test_support_fails_where_polarity_is_derived_wrongly(monkeypatch: pytest.MonkeyPatch):
    honest = movement.supporting_leaves
    monkeypatch.setattr(movement, "supporting_leaves", lambda one: [(leaf, not helps) for leaf, helps in honest(one)])
    failed = of(prove(SHIPPED, kinds=["benzodiazepine"], laws=[Law.SUPPORT]), ProofStatus.FAILED)
    assert {proof.facts for proof in failed} >= {("already_authorized",)}
    for proof in failed:
        before, after = proof.counterexample
        assert outcome_of(SHIPPED, before) is Outcome.OVERTURNED
        assert outcome_of(SHIPPED, after) is not Outcome.OVERTURNED
        assert before.facts[proof.facts[0]].state is FactState.NOT_DOCUMENTED


def test_support_fails_where_one_observation_helps_by_one_fact_and_hurts_by_another():
    defeat = made("modified-duty", Effect.DEFEAT, IsOneOf("work_status", ("modified_duty",)), scope=OPIOID)
    rulebook = added(defeat)
    failed = of(prove(rulebook, kinds=["opioid"], laws=[Law.SUPPORT]), ProofStatus.FAILED)
    assert {proof.facts for proof in failed} == {("returned_to_work",)}
    before, after = failed[0].counterexample
    assert after.facts["work_status"].value == "modified_duty" and after.facts["returned_to_work"].value is True
    assert (outcome_of(rulebook, before), outcome_of(rulebook, after)) == (Outcome.OVERTURNED, Outcome.UPHELD)


def test_support_is_excepted_where_the_rules_say_why_a_fact_does_both():
    defeat = made("no-anxiety", Effect.DEFEAT, IsOneOf("indication", ("anxiety",)), scope=BENZODIAZEPINE)
    without = prove(added(defeat), kinds=["benzodiazepine"], laws=[Law.SUPPORT])
    assert {proof.facts for proof in of(without, ProofStatus.FAILED)} == {("indication",)}
    stated = replace(defeat, both_ways={"indication": "a reason of the guideline"})
    proofs = prove(added(stated), kinds=["benzodiazepine"], laws=[Law.SUPPORT])
    assert not of(proofs, ProofStatus.FAILED)
    assert all("a reason of the guideline" in proof.text for proof in of(proofs, ProofStatus.EXCEPTED))
    assert len(of(proofs, ProofStatus.EXCEPTED)) == 5


def test_a_proof_says_on_which_relations_it_rests_and_whether_on_any():
    proofs = prove(SHIPPED, kinds=["opioid"], laws=[Law.INFORMATION, Law.SUPPORT])
    of_continued = {proof.law: proof.assumptions for proof in proofs if proof.subject == "opioid, morphine, continue"}
    assert not any("score with medication" in text for text in of_continued[Law.INFORMATION])
    assert any("even where no case could give rise" in text for text in of_continued[Law.INFORMATION])
    assert any("score with medication" in text for text in of_continued[Law.SUPPORT])


HIGH_DOSE = made("high-dose", Effect.SUPPORT, compared("opioid_dose_total", Comparison.AT_LEAST, 50), scope=OPIOID)


def test_dose_fails_where_a_higher_dose_is_a_ground_for_the_treatment():
    rulebook = added(HIGH_DOSE)
    failed = of(prove(rulebook, kinds=["opioid"], laws=[Law.DOSE]), ProofStatus.FAILED)
    assert failed
    for proof in failed:
        before, after = proof.counterexample
        assert (outcome_of(rulebook, before), outcome_of(rulebook, after)) == (Outcome.UPHELD, Outcome.OVERTURNED)
        assert "high-dose" in proof.criteria and "opioid_dose_total" in proof.facts


def test_dose_leaves_out_what_is_marked_to_need_a_dose_and_says_so():
    proofs = prove(added(replace(HIGH_DOSE, needs_dose_at_least=True)), kinds=["opioid"], laws=[Law.DOSE])
    assert {proof.status for proof in proofs} == {ProofStatus.PROVED}
    assert any("needs_dose_at_least: high-dose" in text for proof in proofs for text in proof.assumptions)


def test_course_fails_where_a_longer_course_is_a_ground_for_the_treatment():
    scope = Scope(classes=("hypnotic",))
    rulebook = added(
        made("long-course", Effect.SUPPORT, compared("course_days", Comparison.MORE_THAN, 10), scope=scope)
    )
    failed = of(prove(rulebook, kinds=["hypnotic"], laws=[Law.COURSE]), ProofStatus.FAILED)
    assert failed
    before, after = failed[0].counterexample
    assert (outcome_of(rulebook, before), outcome_of(rulebook, after)) == (Outcome.UPHELD, Outcome.OVERTURNED)


def test_a_limit_put_as_a_defeat_keeps_the_law_of_the_course():
    scope = Scope(classes=("hypnotic",))
    rulebook = added(
        made("for-sleep", Effect.SUPPORT, IsOneOf("indication", ("insomnia",)), scope=scope),
        made("too-long", Effect.DEFEAT, compared("course_days", Comparison.MORE_THAN, 10), scope=scope),
    )
    proofs = prove(rulebook, kinds=["hypnotic"], laws=[Law.COURSE])
    assert {proof.status for proof in proofs} == {ProofStatus.PROVED}


def test_reach_fails_for_a_kind_that_is_never_overturned():
    rulebook = added(made("never", Effect.DEFEAT, Holds("drug_requested"), scope=BENZODIAZEPINE))
    failed = of(prove(rulebook, kinds=["benzodiazepine"], laws=[Law.REACH]), ProofStatus.FAILED)
    assert "benzodiazepine: overturned" in {proof.subject for proof in failed}
    assert {"benzodiazepine-four-weeks", "benzodiazepine-indication"} <= {proof.subject for proof in failed}


def test_reach_names_a_criterion_that_another_makes_idle_and_no_other():
    longer = made("eight-weeks", Effect.REQUIRE, compared("course_days", Comparison.AT_MOST, 56), scope=BENZODIAZEPINE)
    failed = of(prove(added(longer), kinds=["benzodiazepine"], laws=[Law.REACH]), ProofStatus.FAILED)
    assert [proof.subject for proof in failed] == ["eight-weeks"]


def test_reach_looks_for_a_criterion_beyond_the_kinds_that_were_asked_for():
    """A common criterion that decides nothing about benzodiazepines may decide something about others."""
    proofs = prove(SHIPPED, kinds=["benzodiazepine"], laws=[Law.REACH])
    assert "parent-request-denied" in {proof.subject for proof in of(proofs, ProofStatus.PROVED)}


def contradictions(rulebook: Rulebook) -> list[Proof]:
    proofs = prove(rulebook, kinds=["benzodiazepine"], laws=[Law.NO_CONTRADICTION])
    return [proof for proof in proofs if proof.subject == "benzodiazepine-indication and against"]


def test_a_support_and_a_defeat_that_say_the_same_contradict_each_other():
    when = next(one for one in SHIPPED.criteria if one.id == "benzodiazepine-indication").when
    rulebook = added(made("against", Effect.DEFEAT, when, scope=BENZODIAZEPINE))
    (proof,) = contradictions(rulebook)
    assert proof.status is ProofStatus.FAILED
    (view,) = proof.counterexample
    rules = rules_for(rulebook, rulebook.editions[0], rulebook.editions[0].start)
    statuses = plain.statuses(rules, view)
    assert statuses["against"] is statuses["benzodiazepine-indication"] is Status.MET


def test_a_support_and_a_defeat_that_imply_one_another_contradict_each_other_unless_the_rules_say_why():
    against = made("against", Effect.DEFEAT, IsOneOf("indication", ("anxiety",)), scope=BENZODIAZEPINE)
    (proof,) = contradictions(added(against))
    assert proof.status is ProofStatus.FAILED and "whoever meets against also meets" in proof.text
    (proof,) = contradictions(added(replace(against, both_ways={"indication": "a reason"})))
    assert proof.status is ProofStatus.EXCEPTED and "a reason" in proof.text


def test_a_defeat_that_can_be_excused_contradicts_nothing():
    against = made("against", Effect.DEFEAT, IsOneOf("indication", ("anxiety",)), scope=BENZODIAZEPINE)
    excuse = made("excuse", Effect.EXCUSE, Holds("cancer_or_palliative"), scope=BENZODIAZEPINE, excuses=("against",))
    (proof,) = contradictions(added(against, excuse))
    assert proof.status is ProofStatus.INFORMATION and "excuse" in proof.text


def test_a_support_and_a_defeat_that_no_request_meets_are_proved_apart():
    apart = made("against", Effect.DEFEAT, IsOneOf("indication", ("depression",)), scope=BENZODIAZEPINE)
    (proof,) = contradictions(added(apart))
    assert proof.status is ProofStatus.PROVED and not proof.counterexample


def test_a_pair_that_can_meet_is_worth_knowing_and_no_error():
    met = made("against", Effect.DEFEAT, Holds("cancer_or_palliative"), scope=BENZODIAZEPINE)
    (proof,) = contradictions(added(met))
    assert proof.status is ProofStatus.INFORMATION and len(proof.counterexample) == 1


def test_a_law_is_unknown_where_the_solver_gets_no_time(monkeypatch: pytest.MonkeyPatch):
    import z3

    monkeypatch.setattr(z3.Solver, "check", lambda *_: z3.unknown)
    proofs = prove(SHIPPED, kinds=["benzodiazepine"])
    assert {proof.status for proof in proofs} == {ProofStatus.UNKNOWN}


def test_a_negated_condition_helps_by_being_false():
    def turned(old: Criterion) -> Criterion:
        return replace(old, when=Not(IsOneOf("indication", ("depression",))))

    proofs = prove(
        changed("benzodiazepine-indication", turned), kinds=["benzodiazepine"], laws=[Law.SUPPORT, Law.INFORMATION]
    )
    assert {proof.status for proof in proofs} == {ProofStatus.PROVED}
