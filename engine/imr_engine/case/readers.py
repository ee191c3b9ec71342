"""How single values of a case are read as people write them: dates, scores, counts and times.

Whatever a reader cannot read it refuses with a ``Misread``, which says what was expected and, where that is beyond
doubt, what to write instead. Nothing is guessed.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any, cast

from imr_engine.units.interval import Interval

__all__ = [
    "US_DATE",
    "Misread",
    "listed",
    "read_amount",
    "read_count",
    "read_count_range",
    "read_date",
    "read_hours",
    "read_score",
    "whole_number",
    "write_amount",
    "write_count_range",
    "write_hours",
    "write_score",
]

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
MOST = 100_000
PAIN_SCALE = 10

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
US_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2}")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-.]([0-9]{1,2})[-.]([0-9]{4})")
_WITH_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ].*")
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_DAY_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3,9})\.?,? ([0-9]{4})")
_NO_DAY = re.compile(r"[0-9]{4}(?:[-/][0-9]{1,2})?|[0-9]{1,2}/[0-9]{4}|[A-Za-z]{3,9}\.? [0-9]{4}")

_NUMBER = r"([0-9]{1,6}(?:\.[0-9]{1,6})?)"
_SCORE = re.compile(rf"{_NUMBER}(?:\s*(?:-|\u2013|to)\s*{_NUMBER})?(?:\s*(?:/|out of)\s*([0-9]{{1,6}}))?")
_COUNT_RANGE = re.compile(r"([0-9]{1,6})\s*(?:-|\u2013|to)\s*([0-9]{1,6})")
_HOURS = re.compile(rf"{_NUMBER}(?:\s*(?:-|\u2013|to)\s*{_NUMBER})?\s*(minutes?|mins?|hours?|hrs?|h)")
_AMOUNT = re.compile(rf"{_NUMBER}\s*%?")
_DIGITS = re.compile(
    r"#?\s*0*([0-9]{1,6})(?:\s*(?:tablets?|tabs?|capsules?|caps?|pills?|patch(?:es)?|ml|days?|visits?))?"
)

_EXPECTED_DATE = "a date such as 2014-10-22, or month first 10/22/2014"
_EXPECTED_SCORE = "a number from 0 to 10, such as 5, 5/10 or 4-6/10"
_EXPECTED_COUNT = "a whole number, such as 30"
_EXPECTED_RANGE = "a whole number such as 6, or a range such as 3-4"
_EXPECTED_HOURS = "a time such as 30 minutes or 4-6 hours"
_EXPECTED_AMOUNT = "a number, such as 42 or 2.5"

_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100}


class Misread(ValueError):
    """A value cannot be read: why, what was expected instead, and what to write where that is beyond doubt."""

    def __init__(self, message: str, expected: str | None = None, suggestion: str | None = None) -> None:
        self.message = message
        self.expected = expected
        self.suggestion = suggestion
        super().__init__(message, expected, suggestion)

    def __str__(self) -> str:
        return "; ".join(
            part
            for part in (self.message, f"expected {self.expected}" if self.expected else None, self.suggestion)
            if part
        )


def listed(raw: Any) -> Any:
    """A plain list is the complete list of its section."""
    if isinstance(raw, (list, tuple)):
        return {"items": tuple(cast("list[Any] | tuple[Any, ...]", raw)), "complete": True}
    return raw


# -- dates -------------------------------------------------------------------------------------------------------------


def read_date(raw: Any) -> date:
    """A date as ``2014-10-22`` or, month first, ``10/22/2014``.

    Raises:
        Misread: It is written otherwise, or there is no such day.
    """
    if isinstance(raw, datetime):
        raise Misread("a date has no time of day", _EXPECTED_DATE, f"write {raw.date().isoformat()}")
    if isinstance(raw, date):
        return _day(raw.year, raw.month, raw.day)
    if not isinstance(raw, str):
        if isinstance(raw, int) and not isinstance(raw, bool) and EARLIEST_YEAR <= raw <= LATEST_YEAR:
            raise Misread("the month and the day are missing", _EXPECTED_DATE)
        raise Misread("this is not a date", _EXPECTED_DATE)
    text = raw.strip()
    if match := _ISO_DATE.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := US_DATE.fullmatch(text):
        return _month_first(int(match[3]), int(match[1]), int(match[2]))
    raise _misread_date(text)


def _day(year: int, month: int, day: int) -> date:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        expected = f"a year from {EARLIEST_YEAR} to {LATEST_YEAR}"
        raise Misread(f"the year {year:04d} cannot be right", expected)
    if not 1 <= month <= len(MONTHS):
        raise Misread(f"there is no month {month}", _EXPECTED_DATE)
    if not 1 <= day <= monthrange(year, month)[1]:
        length = monthrange(year, month)[1]
        raise Misread(f"there is no such day: {MONTHS[month - 1]} {year} has {length} days", _EXPECTED_DATE)
    return date(year, month, day)


def _month_first(year: int, month: int, day: int) -> date:
    if month > len(MONTHS) >= day and (meant := _real(year, day, month)):
        said = f"{meant.day} {MONTHS[meant.month - 1]} {meant.year}"
        suggestion = f"dates with slashes are read month first; if {said} is meant, write {meant.isoformat()}"
        raise Misread(f"there is no month {month}", _EXPECTED_DATE, suggestion)
    return _day(year, month, day)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return _day(year, month, day)
    except Misread:
        return None


def _misread_date(text: str) -> Misread:
    """Why a text is no date, and what to write where only one day can be meant."""
    if _SHORT_YEAR.fullmatch(text):
        suggestion = "write the year with four digits"
        return Misread("the year has only two digits", _EXPECTED_DATE, suggestion)
    if match := _WITH_TIME.fullmatch(text):
        return _instead("a date has no time of day", int(match[1]), int(match[2]), int(match[3]))
    if match := _YEAR_FIRST.fullmatch(text):
        return _instead("this is not a date", int(match[1]), int(match[2]), int(match[3]))
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        readings = {reading for reading in (_real(year, first, second), _real(year, second, first)) if reading}
        if len(readings) > 1:
            return Misread("this date can be read in two ways", _EXPECTED_DATE, "write it year first")
        only = readings.pop() if readings else None
        return _instead("this is not a date", year, only.month if only else 0, only.day if only else 0)
    for pattern, month, day in ((_MONTH_DAY, 1, 2), (_DAY_MONTH, 2, 1)):
        if match := pattern.fullmatch(text):
            return _instead(
                "a date is not written in words", int(match[3]), _month_named(match[month]), int(match[day])
            )
    if _NO_DAY.fullmatch(text):
        return Misread("the day is missing", _EXPECTED_DATE)
    return Misread("this is not a date", _EXPECTED_DATE)


def _instead(message: str, year: int, month: int, day: int) -> Misread:
    meant = _real(year, month, day)
    return Misread(message, _EXPECTED_DATE, f"write {meant.isoformat()}" if meant else None)


def _month_named(word: str) -> int:
    """The number of a month by its name or the beginning of it; 0 where there is none."""
    named = [number for number, month in enumerate(MONTHS, start=1) if month.lower().startswith(word.lower())]
    return named[0] if len(named) == 1 else 0


# -- scores, counts, times ---------------------------------------------------------------------------------------------


def read_score(raw: Any) -> Interval:
    """A pain score of 0 to 10: ``5``, ``"5/10"``, ``"4-6/10"``.

    Raises:
        Misread: It is written otherwise, or lies outside the scale.
    """
    if isinstance(raw, Interval):
        return _bounded(raw, 0, PAIN_SCALE, _EXPECTED_SCORE)
    match = _SCORE.fullmatch(_number_text(raw))
    if match is None:
        message = "a pain score is not negative" if _is_negative(raw) else "this is not a pain score"
        raise Misread(message, _EXPECTED_SCORE)
    if match[3] and int(match[3]) != PAIN_SCALE:
        raise Misread(f"pain is scored out of {PAIN_SCALE}, not out of {match[3]}", _EXPECTED_SCORE)
    low = Fraction(match[1])
    high = Fraction(match[2]) if match[2] else low
    if low > high:
        suggestion = f"write {match[2]}-{match[1]}/{PAIN_SCALE}"
        raise Misread("a range runs from the smaller number to the larger", _EXPECTED_SCORE, suggestion)
    if high > PAIN_SCALE:
        raise Misread(f"a pain score is at most {PAIN_SCALE}", _EXPECTED_SCORE)
    return Interval(low, high)


def read_count(raw: Any) -> int:
    """A whole number from 1 to 100,000.

    Raises:
        Misread: It is something else.
    """
    return _whole(raw, 1, MOST, _EXPECTED_COUNT)


def whole_number(low: int, high: int) -> Callable[[Any], int]:
    """A reader of whole numbers within bounds; both bounds may be reached."""
    expected = f"a whole number from {low} to {high}"

    def read(raw: Any) -> int:
        return _whole(raw, low, high, expected)

    return read


def _whole(raw: Any, low: int, high: int, expected: str) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        if raw < low:
            suggestion = "leave the key out if the number is not known" if raw == 0 else None
            raise Misread(f"the number is below {low}", expected, suggestion)
        if raw > high:
            raise Misread(f"the number is above {high:,}", expected)
        return raw
    if isinstance(raw, str):
        number = _NUMBER_WORDS.get(raw.strip().lower())
        if number is None and (match := _DIGITS.fullmatch(raw.strip().lower())):
            number = int(match[1])
        if number is not None and low <= number <= high:
            raise Misread("this is text, not a number", expected, f"write {number}")
    raise Misread("this is not a whole number", expected)


def read_count_range(raw: Any) -> Interval:
    """A whole number above 0, or a range of them: ``"3-4"``.

    Raises:
        Misread: It is something else.
    """
    if isinstance(raw, Interval):
        return _bounded(raw, 1, MOST, _EXPECTED_RANGE)
    if isinstance(raw, str) and (match := _COUNT_RANGE.fullmatch(raw.strip())):
        low = _whole(int(match[1]), 1, MOST, _EXPECTED_RANGE)
        high = _whole(int(match[2]), 1, MOST, _EXPECTED_RANGE)
        if low > high:
            message = "a range runs from the smaller number to the larger"
            raise Misread(message, _EXPECTED_RANGE, f"write {high}-{low}")
        return Interval(Fraction(low), Fraction(high))
    return Interval.exact(_whole(raw, 1, MOST, _EXPECTED_RANGE))


def read_hours(raw: Any) -> Interval:
    """A time as ``30 minutes`` or ``4-6 hours``, in hours.

    Raises:
        Misread: It is written otherwise.
    """
    if isinstance(raw, Interval):
        return _bounded(raw, 0, MOST, _EXPECTED_HOURS)
    if isinstance(raw, (int, Decimal)) and not isinstance(raw, bool):
        raise Misread("the unit is missing", _EXPECTED_HOURS)
    match = _HOURS.fullmatch(raw.strip().lower()) if isinstance(raw, str) else None
    if match is None:
        raise Misread("this is not a time", _EXPECTED_HOURS)
    hours = Fraction(1, 60) if match[3].startswith("m") else Fraction(1)
    low = Fraction(match[1]) * hours
    high = Fraction(match[2]) * hours if match[2] else low
    if low > high:
        raise Misread("a range runs from the smaller number to the larger", _EXPECTED_HOURS)
    return Interval(low, high)


def read_amount(raw: Any) -> Fraction:
    """A number that is not negative, with a point if need be, exact: ``42``, ``2.5``, ``"40%"``.

    Raises:
        Misread: It is something else.
    """
    if isinstance(raw, Fraction):
        return raw
    match = _AMOUNT.fullmatch(_number_text(raw))
    if match is None:
        message = "the number is negative" if _is_negative(raw) else "this is not a number"
        raise Misread(message, _EXPECTED_AMOUNT)
    return Fraction(match[1])


def _number_text(raw: Any) -> str:
    """What a pattern for numbers is held against; nothing for what cannot be one, since huge numbers are slow text."""
    if isinstance(raw, str):
        return raw.strip().lower()
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal)):
        return ""
    is_number = isinstance(raw, int) or (raw.is_finite() if isinstance(raw, Decimal) else isfinite(raw))
    return str(raw) if is_number and -MOST * 10 < raw < MOST * 10 else ""


def _is_negative(raw: Any) -> bool:
    return _number_text(raw).startswith("-")


def _bounded(interval: Interval, low: int, high: int, expected: str) -> Interval:
    """An interval that code has made, held to the bounds of what people may write."""
    if interval.low is None or interval.high is None or interval.low < low or interval.high > high:
        raise Misread("the value is out of bounds", expected)
    return interval


# -- writing -----------------------------------------------------------------------------------------------------------


def write_score(score: Interval) -> str:
    """A score as ``read_score`` reads it."""
    return f"{_range(score)}/10"


def write_count_range(count: Interval) -> int | str:
    """A count or range of counts as ``read_count_range`` reads it."""
    return int(count.low) if count.is_exact and count.low is not None else _range(count)


def write_hours(hours: Interval) -> str:
    """A time as ``read_hours`` reads it, in minutes, which are exact wherever hours are."""
    return f"{_range(hours.scaled(60))} minutes"


def write_amount(amount: Fraction) -> str:
    """A number as ``read_amount`` reads it; as a fraction where no decimal is exact, which no reader makes."""
    decimal = Decimal(amount.numerator) / Decimal(amount.denominator)
    return f"{decimal:f}" if Fraction(decimal) == amount else str(amount)


def _range(interval: Interval) -> str:
    low, high = interval.low or Fraction(0), interval.high or Fraction(0)
    return write_amount(low) if low == high else f"{write_amount(low)}-{write_amount(high)}"
