"""The founding decisions and their variants come out as decided, for the reasons they were decided."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from golden import CASES, SEEDS, Golden, goldens, read, seed

from imr_engine import Case, load_rulebook, predict
from imr_engine.intake import without_origin
from imr_engine.rulebook import Rulebook
from imr_engine.testing import disagreements

GOLDENS = goldens()


@cache
def cases() -> dict[str, Case]:
    return {golden.id: Case.model_validate(golden.case) for golden in GOLDENS}


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: golden.id)
def test_a_golden_case_comes_out_as_expected_by_the_expected_criteria(golden: Golden) -> None:
    assert disagreements(golden, predict(cases()[golden.id], table=golden.table)) == []


def test_all_fourteen_founding_items_come_out_as_decided() -> None:
    decided = [
        (entry.outcome.value, expected[entry.request])
        for expected, name in ((golden.expect, golden.id) for golden in GOLDENS if golden.id in SEEDS)
        for entry in predict(cases()[name]).determinations
    ]
    assert len(decided) == 14
    assert all(got == wanted for got, wanted in decided)


def test_without_the_facts_of_rationales_twelve_of_fourteen_founding_items_come_out_as_decided() -> None:
    agreeing = 0
    for entry in read(CASES / "seeds.yaml")["cases"]:
        case = Case.model_validate(without_origin(seed(entry["case"]), {"rationale"}))
        outcomes = {found.request: found.outcome.value for found in predict(case).determinations}
        assert outcomes == entry["without_rationale"]
        agreeing += sum(outcomes[request] == decided for request, decided in entry["decided"].items())
    assert agreeing == 12


@pytest.mark.parametrize("name", SEEDS)
def test_every_request_of_a_founding_case_has_at_least_two_variants(name: str) -> None:
    variants = read(CASES / f"{name}.yaml")["variants"]
    counted = Counter(request for variant in variants for request in variant["expect"])
    for request in seed(name)["requests"]:
        assert counted[request["id"]] >= 2, request["id"]


@pytest.mark.parametrize("name", SEEDS)
def test_every_fact_of_a_founding_case_says_where_it_was_read(name: str) -> None:
    case = Case.model_validate(seed(name))
    for prediction in predict(case).determinations:
        for finding in prediction.findings:
            for fact in finding.facts:
                if fact.state == "known" and any("." in path or "[" in path for path in fact.paths):
                    assert fact.origins, (fact.name, fact.paths)


def without(rulebook: Rulebook, criterion: str) -> Rulebook:
    """The rulebook with one criterion deleted."""
    guidelines = {
        name: replace(guideline, criteria=tuple(entry for entry in guideline.criteria if entry.id != criterion))
        for name, guideline in rulebook.guidelines.items()
    }
    digest = hashlib.sha256(f"{rulebook.digest} without {criterion}".encode()).hexdigest()
    return replace(rulebook, guidelines=guidelines, digest=digest)


@pytest.mark.parametrize("criterion", [criterion.id for criterion in load_rulebook().criteria])
def test_deleting_any_criterion_makes_a_golden_case_fail(criterion: str) -> None:
    rulebook = without(load_rulebook(), criterion)
    assert any(
        disagreements(golden, predict(cases()[golden.id], rulebook=rulebook, table=golden.table, engine="plain"))
        for golden in GOLDENS
    )
