"""How a rule author tests rules with pytest: variants of a case, single outcomes, laws, and generated cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imr_engine import load_case, load_rulebook
from imr_engine.testing import (
    Variant,
    assert_monotone,
    assert_outcome,
    assert_readings_agree,
    assert_same_bytes,
    assert_variant,
    cases,
    changed,
    read_variants,
)

HERE = Path(__file__).parent
SEED = HERE.parent / "seed-003.yaml"

# A folder of one's own is named here: load_rulebook(Path("my-rules")).
RULES = load_rulebook()

FEW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("variant", read_variants(HERE / "variants.yaml"), ids=lambda variant: variant.id)
def test_every_variant_comes_out_as_expected(variant: Variant):
    assert_variant(variant, rulebook=RULES)


def test_a_benzodiazepine_beyond_four_weeks_stays_denied():
    found = assert_outcome(SEED, "klonopin", "upheld", ["benzodiazepine-four-weeks"], rulebook=RULES)
    assert found.missing == ()


def test_a_longer_course_never_helps():
    before = read_variants(HERE / "variants.yaml")[0].case
    for quantity in (29, 60, 90):
        longer = changed(before, {"requests": {"klonopin": {"quantity": quantity}}})
        assert_monotone("course", before, longer, rulebook=RULES)


def test_a_higher_dose_never_helps():
    before = load_case(SEED).raw.value
    higher = changed(before, {"requests": {"oxycontin": {"strength": "80 mg", "directions": "every 6 hours"}}})
    assert_monotone("dose", before, higher, rulebook=RULES)


@FEW
@given(cases(), st.sampled_from(["pain", "function", "adverse_effects", "drug_screens"]))
def test_what_is_met_or_not_met_stays_so_when_more_is_documented(case, section):
    less = changed(case, {"documentation": {section: None}})
    assert_monotone("information", less, case, rulebook=RULES)


@FEW
@given(cases())
def test_both_readings_agree_on_any_case(case):
    pytest.importorskip("durable_rules_engine")
    assert_readings_agree(case, RULES)


@FEW
@given(cases())
def test_a_case_gives_the_same_bytes_each_time(case):
    assert_same_bytes(case, rulebook=RULES)
