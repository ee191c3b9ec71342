"""Quantities as people write them, "120 MME/day", "4 weeks", "25 mcg/hr": split by our own pattern, exact inside.

What a dose, a strength or directions mean is not here but in ``dosing``.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from imr_engine.errors import UnitError
from imr_engine.units.registry import conversion_factor, vocabulary

__all__ = ["read_amount", "read_number", "read_quantity"]

# At most nine digits before and after the point: no dose, time or score needs more, and none may cost time to read.
NUMBER = r"\d{1,3}(?:,\d{3}){1,2}(?:\.\d{1,9})?|\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}"
FRACTION = re.compile(r"(\d{1,4})\s*/\s*(\d{1,4})")
QUANTITY = re.compile(rf"\s*({NUMBER}|\d{{1,4}}/\d{{1,4}})\s*-?\s*([^\d\s.,+-][^\d+-]{{0,60}})?\s*")

# What each kind of amount is measured in where only the kind is asked for.
DIMENSIONS = {
    "mass": "mg",
    "volume": "mL",
    "time": "hour",
    "calendar": "month",
    "concentration": "mg/mL",
    "mass per time": "mg/day",
    "patch rate": "patch_rate",
    "morphine equivalents": "MME",
    "morphine equivalents per time": "MME/day",
    "ratio": "percent",
    "score": "point",
}
LONGEST = 80


def read_number(text: str) -> Fraction:
    """A number as written: ``5``, ``7.5``, ``.5``, ``1,200`` or ``1/2``.

    Raises:
        UnitError: The text is not such a number.
    """
    stripped = text.strip()
    if match := FRACTION.fullmatch(stripped):
        if int(match[2]) == 0:
            raise UnitError(f"{stripped!r} divides by zero")
        return Fraction(int(match[1]), int(match[2]))
    if len(stripped) <= LONGEST and re.fullmatch(NUMBER, stripped):
        return Fraction(stripped.replace(",", ""))
    raise UnitError(f"expected a number such as 7.5, found {_shown(text)}")


@lru_cache(maxsize=4096)
def read_quantity(text: str, dimension: str) -> tuple[Fraction, str]:
    """The number and the unit's name of a quantity that must measure ``dimension``: as mass, ``"8 MG"`` is 8 and mg.

    Args:
        text: One number with one unit, as people write them.
        dimension: One of the kinds of ``DIMENSIONS``. A *patch rate* is written in mcg/h (or mg/h, as RxNorm does) and
            comes back in the unit ``patch_rate``, which is mcg/h on a patch.

    Raises:
        UnitError: It is not a number with a known unit, or it measures something else.
    """
    if dimension not in DIMENSIONS:
        raise ValueError(f"no kind of amount is called {dimension!r}")
    number, unit = _split(text, f"an amount such as {_example(dimension)}")
    if dimension == "patch rate":
        if unit == "patch_rate":
            return number, unit
        return number * _checked(text, unit, "mcg/hour", "a patch strength such as 25 mcg/h"), "patch_rate"
    _checked(text, unit, DIMENSIONS[dimension], f"an amount such as {_example(dimension)}")
    return number, unit


@lru_cache(maxsize=4096)
def read_amount(text: str, unit: str) -> Fraction:
    """The amount in the named unit, exactly: ``("4 weeks", "days")`` is 28, ``("30 minutes", "hours")`` is 1/2.

    Args:
        text: One number with one unit, as people write them.
        unit: Any spelling of a unit or of a compound, such as ``MME/day``.

    Raises:
        UnitError: The text is not a number with a known unit, or the unit measures something else. A month is never
            turned into days, since it has no fixed number of them.
    """
    wanted = vocabulary().name_of(unit)
    if wanted is None:
        raise UnitError(f"no unit is called {unit!r}")
    number, written = _split(text, f"a number of {unit}")
    return number * _checked(text, written, wanted, f"a number of {unit}")


def _split(text: str, expected: str) -> tuple[Fraction, str]:
    match = QUANTITY.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        raise UnitError(f"expected {expected}, found {_shown(text)}")
    if match[2] is None:
        raise UnitError(f"expected {expected}, found {_shown(text)}, which has no unit")
    written = match[2].strip()
    name = vocabulary().name_of(written)
    if name is None:
        raise UnitError(f"expected {expected}, found {_shown(text)}: no unit is called {written!r}")
    return read_number(match[1]), name


def _checked(text: str, unit: str, wanted: str, expected: str) -> Fraction:
    try:
        return conversion_factor(unit, wanted)
    except UnitError as error:
        raise UnitError(f"expected {expected}, found {_shown(text)}: {error}") from error


def _example(dimension: str) -> str:
    return "25 mcg/h" if dimension == "patch rate" else f"10 {DIMENSIONS[dimension]}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
