"""The public call: texts, records and mappings become one total with its arithmetic."""

from __future__ import annotations

from fractions import Fraction

import pytest

from imr_engine.dosing import DrugLine, morphine_equivalents
from imr_engine.errors import DoseError
from imr_engine.units.interval import Interval

SEED_003 = ["Dilaudid 6 mg every 8 hours", "OxyContin 20 mg every 12 hours"]


@pytest.mark.parametrize(("table", "equivalents"), [("mtus-2009", 132), ("cdc-2016", 132), ("cdc-2022", 150)])
def test_the_charted_regimen_of_the_third_founding_decision(table, equivalents):
    result = morphine_equivalents(SEED_003, table)
    assert result.mme_per_day == Interval.exact(equivalents)
    assert (result.table, result.warnings, result.not_computable) == (table, (), ())


def test_every_line_shows_its_arithmetic():
    first, second = morphine_equivalents(SEED_003).lines
    assert (first.ingredient, first.daily_amount, first.amount_unit, first.factor) == (
        "hydromorphone", Interval.exact(18), "mg", 4,
    )  # fmt: skip
    assert (first.mme_per_day, first.basis) == (Interval.exact(72), "directions")
    assert (second.factor, second.mme_per_day) == (Fraction(3, 2), Interval.exact(60))


@pytest.mark.parametrize(
    ("line", "equivalents"),
    [
        (DrugLine("Dilaudid", dose="6 mg", directions="every 8 hours"), 72),
        (DrugLine("Dilaudid", strength="6 mg", doses_per_day=3), 72),
        (DrugLine("hydromorphone", dose=6, unit="mg", doses_per_day=3), 72),
        ({"drug": "OxyContin", "strength": "20 mg", "quantity": 60, "days_supply": 30}, 60),
        ({"drug": "fentanyl", "strength": "25 mcg/h", "form": "patch", "directions": "q72h"}, 60),
    ],
)
def test_structured_lines_are_read_like_texts(line, equivalents):
    assert morphine_equivalents([line]).mme_per_day == Interval.exact(equivalents)


def test_a_total_over_an_assumed_month_is_marked_as_such():
    result = morphine_equivalents(["Norco 5/325 MG #30"])
    assert result.assumed
    assert result.mme_per_day == Interval.exact(5)


def test_medicines_that_are_no_opioids_add_nothing():
    result = morphine_equivalents([*SEED_003, "Klonopin 1 mg TID", "metoprolol"])
    assert result.mme_per_day == Interval.exact(132)
    assert len(result.lines) == 2


def test_an_unknown_medicine_is_a_warning_and_leaves_no_upper_bound():
    result = morphine_equivalents([*SEED_003, "Wonderpill 10 mg"])
    assert result.mme_per_day == Interval(Fraction(132), None)
    assert [one.text for one in result.warnings] == ["an unknown medicine: wonderpill"]


def test_a_stopped_line_does_not_add():
    result = morphine_equivalents([*SEED_003, "stopped Norco 10/325 qid"])
    assert result.mme_per_day == Interval.exact(132)
    assert "stopped" in result.warnings[0].text


def test_errors_of_all_lines_come_at_once_each_with_its_line():
    with pytest.raises(DoseError) as caught:
        morphine_equivalents(["Norco 325/5", "Dilaudid 4 mg q6h", "Dilauded 4 mg"])
    assert [str(problem.place) for problem in caught.value.problems] == [
        'line 1, "Norco 325/5"',
        'line 3, "Dilauded 4 mg"',
    ]
    assert "did you mean 5/325 mg?" in str(caught.value)


def test_no_lines_at_all_are_nothing():
    assert morphine_equivalents([]).mme_per_day == Interval.exact(0)
