"""Quantities as people write them become exact amounts, or an error that says what was expected."""

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from imr_engine import units
from imr_engine.errors import UnitError
from imr_engine.units import conversion_factor, read_amount, read_number, read_quantity


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("4 weeks", "days", 28),
        ("1 week", "day", 7),
        ("120 MME/day", "MME/day", 120),
        ("3 points", "points", 3),
        ("30 minutes", "hours", Fraction(1, 2)),
        ("1.5 hours", "minutes", 90),
        ("0.025 mg/h", "mcg/h", 25),
        ("10 mg per day", "mg/day", 10),
        ("24 mg/day", "mg/h", 1),
        ("8 MG", "mg", 8),
        ("2 years", "months", 24),
        ("1,200 mg", "g", Fraction(6, 5)),
        (".5 mg", "mcg", 500),
        ("30 %", "percent", 30),
        ("2 tsp", "mL", 10),
        ("3 visits", "visits", 3),
    ],
)
def test_an_amount_is_converted_exactly_to_the_unit_that_is_asked_for(text, unit, amount):
    assert read_amount(text, unit) == amount


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("4 weeks", "mg", "expected a number of mg, found '4 weeks': week cannot be read as mg"),
        ("four weeks", "days", "expected a number of days, found 'four weeks'"),
        ("4", "days", "expected a number of days, found '4', which has no unit"),
        ("4 fortnights", "days", "expected a number of days, found '4 fortnights': no unit is called 'fortnights'"),
        ("3 months", "days", "a month has no fixed number of days"),
        ("-4 weeks", "days", "expected a number of days, found '-4 weeks'"),
        ("9**9**9 mg", "mg", "expected a number of mg"),
        ("1/0 day", "day", "divides by zero"),
        ("nan mg", "mg", "expected a number of mg"),
        ("1" * 500 + " mg", "mg", "expected a number of mg"),
    ],
)
def test_what_is_no_such_amount_is_refused_with_what_was_expected(text, unit, message):
    with pytest.raises(UnitError) as caught:
        read_amount(text, unit)
    assert message in str(caught.value)


def test_a_milligram_in_capitals_is_a_milligram_and_not_a_megagram():
    assert read_quantity("8 MG", "mass") == (8, "mg")


def test_a_patch_strength_is_a_dimension_of_its_own():
    assert read_quantity("25 mcg/hr", "patch rate") == (25, "patch_rate")
    assert read_quantity("0.025 MG/HR", "patch rate") == (25, "patch_rate")
    with pytest.raises(UnitError, match="expected a patch strength such as 25 mcg/h, found '25 mg'"):
        read_quantity("25 mg", "patch rate")
    with pytest.raises(UnitError):
        conversion_factor("patch_rate", "mcg/hour")


def test_milligrams_are_not_morphine_equivalents():
    with pytest.raises(UnitError):
        read_amount("120 mg/day", "MME/day")


def test_one_third_is_one_third():
    assert read_number("1/3") == Fraction(1, 3)
    assert read_amount("1/3 mg", "mcg") == Fraction(1000, 3)


def test_reading_an_amount_in_its_own_unit_does_not_wait_for_pint():
    asked = (
        "import sys\n"
        "from imr_engine.units import read_amount\n"
        "from imr_engine.dosing import morphine_equivalents\n"
        "read_amount('120 MME/day', 'MME/day')\n"
        "morphine_equivalents(['Norco 10/325 q6h', 'fentanyl patch 25 mcg/h q72h'])\n"
        "sys.exit('pint' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(units.__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", asked], check=False, env=environment).returncode == 0
