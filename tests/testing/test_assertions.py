"""The assertions of ``imr_engine.testing`` pass what is so, and say what is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from golden import EXAMPLES, changed, goldens, seed

from imr_engine import Case, load_case, load_rulebook
from imr_engine.inference import plain
from imr_engine.prediction import Effect, Status
from imr_engine.rulebook import Rulebook
from imr_engine.rulebook.tree import Not
from imr_engine.testing import (
    Variant,
    assert_monotone,
    assert_outcome,
    assert_readings_agree,
    assert_same_bytes,
    assert_variant,
)

SEED = EXAMPLES / "seed-003.yaml"


def golden(name: str) -> Variant:
    return next(entry for entry in goldens() if entry.id == name)


def with_criterion(name: str, **changes: Any) -> Rulebook:
    """The shipped rulebook with one criterion changed."""
    book = load_rulebook()
    guidelines = {
        guideline.id: replace(
            guideline,
            criteria=tuple(replace(entry, **changes) if entry.id == name else entry for entry in guideline.criteria),
        )
        for guideline in book.guidelines.values()
    }
    return replace(book, guidelines=guidelines, digest=f"{book.digest} with {name} {changes}")


# one outcome


@pytest.mark.parametrize(
    "case", [SEED, str(SEED), seed("seed-003"), load_case(SEED).case], ids=lambda case: type(case).__name__
)
def test_an_outcome_that_is_so_passes_however_the_case_is_given(case: Any):
    assert assert_outcome(case, "klonopin", "upheld", ["benzodiazepine-four-weeks"]).request == "klonopin"


def test_another_outcome_is_told_with_what_decided_it():
    with pytest.raises(AssertionError) as caught:
        assert_outcome(SEED, "klonopin", "overturned")
    assert str(caught.value) == "klonopin is upheld, decided by benzodiazepine-four-weeks; expected overturned"


def test_other_deciding_criteria_are_told():
    with pytest.raises(AssertionError, match=r"decided by \['benzodiazepine-four-weeks'\], expected \['weaning'\]"):
        assert_outcome(SEED, "klonopin", "upheld", ["weaning"])


@pytest.mark.parametrize(("request_id", "outcome"), [("clonopin", "upheld"), ("klonopin", "denied")])
def test_a_request_or_an_outcome_that_does_not_exist_is_a_mistake_of_the_test(request_id: str, outcome: str):
    with pytest.raises(ValueError, match=r"clonopin|denied"):
        assert_outcome(SEED, request_id, outcome)


def test_an_outcome_is_asked_of_the_rulebook_that_is_given():
    turned = with_criterion("benzodiazepine-four-weeks", effect=Effect.NOTE)
    assert_outcome(SEED, "klonopin", "overturned", rulebook=turned)


# readings, bytes


@pytest.mark.durable_rules
def test_readings_that_agree_pass():
    assert assert_readings_agree(SEED).engine.checked_by == "plain"


@pytest.mark.durable_rules
def test_readings_that_differ_are_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(plain, "status", lambda *_: Status.MET)
    with pytest.raises(AssertionError, match="the rete and the plain reading disagree on case"):
        assert_readings_agree(SEED)


def test_a_case_has_the_same_bytes_as_itself_and_as_its_mapping():
    assert_same_bytes(SEED)
    assert_same_bytes(SEED, seed("seed-003"))


def test_another_case_has_other_bytes():
    with pytest.raises(AssertionError, match=r"the outputs differ in line \d+: "):
        assert_same_bytes(SEED, changed(seed("seed-003"), {"requests": {"klonopin": {"quantity": 60}}}))


# laws


def test_more_documentation_keeps_information():
    assert_monotone("information", golden("003-no-check-of-use").case, seed("seed-003"))


def test_a_finding_that_changes_breaks_information():
    other = changed(seed("seed-003"), {"documentation": {"drug_screens": []}})
    with pytest.raises(AssertionError) as caught:
        assert_monotone("information", seed("seed-003"), other)
    assert "the law of information is broken:\n  oxycontin: opioid-appropriate-use was met and is" in str(caught.value)


def test_support_is_kept_by_the_rules_and_broken_by_one_that_punishes_it():
    less, more = golden("003-no-gain-in-function-yet").case, golden("003-back-at-work").case
    assert_monotone("support", less, more)
    book = load_rulebook()
    rule = next(entry for entry in book.criteria if entry.id == "opioid-returned-to-work")
    punishing = with_criterion("opioid-returned-to-work", effect=Effect.REQUIRE, when=Not(rule.when))
    at_work = changed(seed("seed-003"), {"worker": {"work_status": "full_duty"}})
    with pytest.raises(AssertionError, match="oxycontin: it was overturned and is upheld"):
        assert_monotone("support", seed("seed-003"), at_work, rulebook=punishing)


def test_a_higher_dose_keeps_the_law_of_dose_and_a_reversed_ceiling_breaks_it():
    low = golden("opioids-at-the-ceiling").case
    high = golden("opioids-one-over-the-ceiling").case
    assert_monotone("dose", low, high)
    book = load_rulebook()
    rule = next(entry for entry in book.criteria if entry.id == "opioid-dose-ceiling")
    reversed_ceiling = {"when": Not(rule.when)}
    with pytest.raises(AssertionError, match="the law of dose is broken:\n  opioid: it was upheld and is overturned"):
        assert_monotone("dose", low, high, rulebook=with_criterion(rule.id, **reversed_ceiling))
    marked = with_criterion(rule.id, **reversed_ceiling, needs_dose_at_least=True)
    assert_monotone("dose", low, high, rulebook=marked)


def test_a_longer_course_keeps_the_law_of_course_and_a_reversed_limit_breaks_it():
    short, longer = golden("003-klonopin-28-days").case, golden("003-klonopin-29-days").case
    assert_monotone("course", short, longer)
    book = load_rulebook()
    rule = next(entry for entry in book.criteria if entry.id == "benzodiazepine-four-weeks")
    with pytest.raises(AssertionError, match="the law of course is broken:\n  klonopin"):
        assert_monotone("course", short, longer, rulebook=with_criterion(rule.id, when=Not(rule.when)))


def test_a_case_that_no_edition_governs_keeps_every_law():
    outside = golden("opioids-on-the-day-after-the-edition").case
    for law in ("information", "support", "dose", "course"):
        assert_monotone(law, outside, outside)


# variants


def test_every_expectation_of_a_variant_is_asserted():
    variant = golden("opioids-at-the-ceiling")
    assert assert_variant(variant).case == variant.id
    wrong = replace(
        variant,
        expect={"opioid": "upheld"},
        deciding={"opioid": ["opioid-taper"]},
        status={"opioid": {"opioid-dose-ceiling": "not_met", "weaning": None}},
        opioid_dose={"low": 100, "high": 100},
    )
    with pytest.raises(AssertionError) as caught:
        assert_variant(wrong)
    assert len(str(caught.value).splitlines()) == 6


def test_a_case_with_mistakes_is_no_assertion(tmp_path: Path):
    file = tmp_path / "case.yaml"
    file.write_text("schema: imr-case/1\nid: broken\n", encoding="utf-8")
    with pytest.raises(ValueError, match="dates"):
        assert_outcome(file, "one", "upheld")
    assert Case.model_validate(seed("seed-003")).id == "seed-003"
