"""What public morphine-equivalent calculators are known to get wrong, each as a test of ours."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest

from imr_engine.dosing import load_tables, morphine_equivalents
from imr_engine.units.interval import Interval

TABLES = (
    "mtus-2009",
    "amdg-2010",
    "cdc-2016",
    "cdc-2016-file",
    "cdc-2018-file",
    "cdc-2022",
    "nih-heal",
    "von-korff-2008",
)
HOURLY = ("mtus-2009", "amdg-2010", "cdc-2016", "cdc-2022", "nih-heal", "von-korff-2008")
FILES = ("cdc-2016-file", "cdc-2018-file")


def total(line: str, table: str) -> Fraction | None:
    interval = morphine_equivalents([line], table).mme_per_day
    return interval.high if interval is not None and interval.is_exact else None


@pytest.mark.parametrize(
    ("dose", "equivalents"),
    [
        ("20", "80"),
        ("20.5", "164"),
        ("21", "168"),
        ("40", "320"),
        ("40.1", "401"),
        ("60", "600"),
        ("60.5", "726"),
        ("100", "1200"),
    ],
)
@pytest.mark.parametrize("table", ["mtus-2009", "amdg-2010", "cdc-2016"])
def test_methadone_has_a_factor_at_every_dose_also_between_the_printed_bands(dose, equivalents, table):
    assert total(f"methadone {dose} mg daily", table) == Fraction(equivalents)


@pytest.mark.parametrize(
    "wear", ["q72h", "every 72 hours", "every 3 days", "q3days", "#10 for 30 days", "q48h", "weekly", "daily"]
)
@pytest.mark.parametrize("table", HOURLY)
def test_a_patch_is_counted_by_the_hour_however_its_wear_time_is_written(wear, table):
    assert total(f"fentanyl patch 75 mcg/hr {wear}", table) == 180


@pytest.mark.parametrize(
    ("wear", "equivalents"),
    [("q72h", 180), ("every 3 days", 180), ("q48h", 270), ("#10 for 30 days", 180), ("#15 for 30 days", 270)],
)
@pytest.mark.parametrize("table", FILES)
def test_the_tables_made_for_dispensing_files_count_patches_over_days(wear, equivalents, table):
    assert total(f"fentanyl patch 75 mcg/hr {wear}", table) == equivalents


def test_a_patch_strength_is_never_multiplied_by_hours_and_a_milligram_factor():
    # 25 mcg/h is 0.6 mg a day; times a factor for milligrams, a check of dimensions alone would let 2.4 pass.
    assert total("fentanyl 25 mcg/h q72h", "cdc-2016") == 60


def test_a_buprenorphine_patch_is_counted_by_the_table_that_has_it_and_by_no_other():
    assert total("Butrans 10 mcg/h weekly", "cdc-2016-file") == 18
    assert total("Butrans 10 mcg/h weekly", "nih-heal") == 22
    assert morphine_equivalents(["Butrans 10 mcg/h weekly"], "mtus-2009").mme_per_day is None


@pytest.mark.parametrize("table", TABLES)
def test_a_table_s_vintage_is_never_mixed_silently_within_one_total(table):
    every_opioid = [
        "Dilaudid 4 mg q6h",
        "methadone 10 mg bid",
        "tramadol 50 mg tid",
        "Nucynta 75 mg bid",
        "levorphanol 2 mg bid",
    ]
    result = morphine_equivalents(every_opioid, table)
    factors = load_tables().conversion_table(table).factors
    assert result.fallback is None
    for line in result.lines:
        known = factors.get(line.ingredient)
        if known is None:
            assert line.mme_per_day is None
        else:
            assert line.factor in [factor for _, factor in known.bands]
    missing = [line for line in result.lines if line.mme_per_day is None]
    assert (result.mme_per_day is None) == bool(missing)


def test_a_fallback_must_be_asked_for_is_named_and_marks_the_lines_it_serves():
    result = morphine_equivalents(["Dilaudid 4 mg q6h", "tramadol 50 mg tid"], "mtus-2009", fallback="cdc-2016-file")
    assert result.fallback == "cdc-2016-file"
    assert result.mme_per_day == Interval.exact(64 + 15)
    assert [line.reason for line in result.lines] == [None, "factor of cdc-2016-file"]
    assert result.not_computable == ("tramadol 50 mg tid: the factor is not of mtus-2009 but of cdc-2016-file",)


@pytest.mark.parametrize(
    "table", [name for name in TABLES if name not in ("mtus-2009", "amdg-2010", "cdc-2016", "cdc-2022")]
)
def test_two_spellings_of_one_form_cannot_give_two_factors(table):
    spellings = [
        "Actiq 400 mcg qid",
        "fentanyl lozenge 400 mcg qid",
        "fentanyl troche 400 mcg q6h",
        "fentanyl lollipop 400 mcg 4 times a day",
    ]
    assert len({total(spelling, table) for spelling in spellings}) == 1
    assert total(spellings[0], table) is not None


def test_a_form_that_the_factor_depends_on_is_asked_for_and_not_guessed():
    result = morphine_equivalents(["fentanyl 400 mcg qid"], "nih-heal")
    assert result.mme_per_day is None
    assert "the form of fentanyl is not stated" in result.not_computable[0]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "line", ["morphine 10 mg IV q4h", "hydromorphone intrathecal pump 1 mg daily", "fentanyl 50 mcg IM q2h"]
)
def test_an_unsupported_route_is_unknown_and_not_zero(line, table):
    result = morphine_equivalents([line], table)
    assert result.mme_per_day is None
    assert "injection or a pump" in result.not_computable[0]


def test_one_third_is_not_a_row_of_threes():
    assert total("oxycodone 10 mg 1/3 tab daily", "mtus-2009") == 5
    assert total("hydrocodone/apap 10/325 #100 for 30 days", "mtus-2009") == Fraction(100, 3)


@pytest.mark.parametrize("table", TABLES)
def test_a_total_never_changes_with_the_order_of_the_lines(table):
    lines = ["methadone 10 mg bid", "methadone 5 mg daily", "OxyContin 20 mg q12h", "Norco 10/325 1-2 tabs q6h prn"]
    totals = {morphine_equivalents(order, table).mme_per_day for order in permutations(lines)}
    assert len(totals) == 1


def test_a_combination_counts_its_opioid_only():
    assert total("Norco 10/325 qid", "mtus-2009") == 40
    assert total("Percocet 10/325 qid", "mtus-2009") == 60


def test_exactly_at_the_ceiling_is_not_over_it():
    ceiling = next(one for one in load_tables().ceilings if one.edition == "mtus-2009")
    at = total("MS Contin 60 mg bid", "mtus-2009")
    assert at == 120
    assert not ceiling.passed_by(at)
    assert ceiling.passed_by(Fraction("120.0001"))
