"""Dates, scores, counts and times are read as people write them, exactly, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imr_engine.case.readers import (
    Misread,
    read_amount,
    read_count,
    read_count_range,
    read_date,
    read_hours,
    read_score,
    whole_number,
    write_amount,
    write_count_range,
    write_hours,
    write_score,
)
from imr_engine.units.interval import Interval

# Longer than Python turns into text; pytest would choke on it as the name of a test.
VAST = pytest.param(10**5000, id="vast")
TENTHS = st.integers(0, 100).map(lambda tenths: Fraction(tenths, 10))


def between(low: Fraction | int, high: Fraction | int) -> Interval:
    return Interval(Fraction(low), Fraction(high))


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_date_is_read_year_first_and_with_slashes_month_first(day: date):
    assert read_date(day.isoformat()) == day
    assert read_date(f" {day.month}/{day.day}/{day.year} ") == day
    assert read_date(day) == day


@pytest.mark.parametrize(
    ("written", "message", "suggestion"),
    [
        ("07/03/09", "the year has only two digits", "write the year with four digits"),
        ("9-7-03", "the year has only two digits", "write the year with four digits"),
        ("2009-13-01", "there is no month 13", None),
        ("2009-00-01", "there is no month 0", None),
        ("14/13/2009", "there is no month 14", None),
        (
            "23/07/2009",
            "there is no month 23",
            "dates with slashes are read month first; if 23 July 2009 is meant, write 2009-07-23",
        ),
        ("2014-09-31", "there is no such day: September 2014 has 30 days", None),
        ("02/29/2015", "there is no such day: February 2015 has 28 days", None),
        ("2014-10-00", "there is no such day: October 2014 has 31 days", None),
        ("0209-07-03", "the year 0209 cannot be right", None),
        ("07/03/2909", "the year 2909 cannot be right", None),
        ("2009-7-3", "this is not a date", "write 2009-07-03"),
        ("2009/07/03", "this is not a date", "write 2009-07-03"),
        ("23-07-2009", "this is not a date", "write 2009-07-23"),
        ("07-23-2009", "this is not a date", "write 2009-07-23"),
        ("07.07.2009", "this is not a date", "write 2009-07-07"),
        ("03-07-2009", "this date can be read in two ways", "write it year first"),
        ("July 3, 2009", "a date is not written in words", "write 2009-07-03"),
        ("3 Jul 2009", "a date is not written in words", "write 2009-07-03"),
        ("3rd July 2009", "a date is not written in words", "write 2009-07-03"),
        ("Ju 3, 2009", "this is not a date", None),
        ("Jub 3, 2009", "a date is not written in words", None),
        ("2009-07-03T10:00", "a date has no time of day", "write 2009-07-03"),
        ("2009", "the day is missing", None),
        ("July 2009", "the day is missing", None),
        ("7/2009", "the day is missing", None),
        (2009, "the month and the day are missing", None),
        (20090703, "this is not a date", None),
        (True, "this is not a date", None),
        ("yesterday", "this is not a date", None),
        ("\u0662\u0660\u0660\u0669-\u0660\u0667-\u0660\u0663", "this is not a date", None),
        (datetime(2009, 7, 3, 10, tzinfo=UTC), "a date has no time of day", "write 2009-07-03"),
    ],
)
def test_a_date_that_cannot_be_read_is_told_why_and_what_to_write(written: Any, message: str, suggestion: str | None):
    with pytest.raises(Misread) as caught:
        read_date(written)
    assert (caught.value.message, caught.value.suggestion) == (message, suggestion)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (5, between(5, 5)),
        (0, between(0, 0)),
        (Decimal("7.5"), between(Fraction(15, 2), Fraction(15, 2))),
        (7.5, between(Fraction(15, 2), Fraction(15, 2))),
        ("10/10", between(10, 10)),
        (" 4-6/10 ", between(4, 6)),
        ("4 to 6", between(4, 6)),
        ("4\u20136 / 10", between(4, 6)),
        ("5 out of 10", between(5, 5)),
    ],
)
def test_a_pain_score_is_a_number_or_a_range_out_of_ten(written: Any, read: Interval):
    assert read_score(written) == read


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("11/10", "a pain score is at most 10"),
        (11, "a pain score is at most 10"),
        ("8-12", "a pain score is at most 10"),
        ("8-6", "a range runs from the smaller number to the larger"),
        ("5/100", "pain is scored out of 10, not out of 100"),
        ("-1", "a pain score is not negative"),
        (-1, "a pain score is not negative"),
        (Decimal("NaN"), "this is not a pain score"),
        (Decimal("sNaN"), "this is not a pain score"),
        (Decimal("1e999999"), "this is not a pain score"),
        (float("inf"), "this is not a pain score"),
        pytest.param(10**5000, "this is not a pain score", id="vast"),
        (True, "this is not a pain score"),
        ("severe", "this is not a pain score"),
        (None, "this is not a pain score"),
        (between(0, 20), "the value is out of bounds"),
        (Interval.more_than(3), "the value is out of bounds"),
    ],
)
def test_what_is_no_pain_score_is_refused(written: Any, message: str):
    with pytest.raises(Misread) as caught:
        read_score(written)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("written", "message", "suggestion"),
    [
        (0, "the number is below 1", "leave the key out if the number is not known"),
        (-5, "the number is below 1", None),
        (100_001, "the number is above 100,000", None),
        (Decimal("12.5"), "this is not a whole number", None),
        (True, "this is not a whole number", None),
        ("thirty", "this is text, not a number", "write 30"),
        ("Ninety", "this is text, not a number", "write 90"),
        ("030", "this is text, not a number", "write 30"),
        ("#90", "this is text, not a number", "write 90"),
        ("90 tablets", "this is text, not a number", "write 90"),
        ("90 mg", "this is not a whole number", None),
        ("000", "this is not a whole number", None),
        ("a few", "this is not a whole number", None),
    ],
)
def test_a_count_is_a_whole_number_of_at_least_one(written: Any, message: str, suggestion: str | None):
    with pytest.raises(Misread) as caught:
        read_count(written)
    assert (caught.value.message, caught.value.suggestion) == (message, suggestion)


def test_a_whole_number_reaches_both_of_its_bounds():
    read = whole_number(14, 110)
    assert (read(14), read(110)) == (14, 110)
    for beyond in (13, 111):
        with pytest.raises(Misread, match="expected a whole number from 14 to 110"):
            read(beyond)


@pytest.mark.parametrize(("written", "read"), [(6, between(6, 6)), ("3-4", between(3, 4)), ("3 to 4", between(3, 4))])
def test_visits_are_a_number_or_a_range(written: Any, read: Interval):
    assert read_count_range(written) == read


@pytest.mark.parametrize("written", ["4-3", "0-3", 0, "2x/week", "3-", Decimal("1.5"), between(0, 3)])
def test_what_is_no_number_of_visits_is_refused(written: Any):
    with pytest.raises(Misread, match="expected a whole number such as 6, or a range such as 3-4"):
        read_count_range(written)


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("30 minutes", between(Fraction(1, 2), Fraction(1, 2))),
        ("20 min", between(Fraction(1, 3), Fraction(1, 3))),
        ("4-6 hours", between(4, 6)),
        ("1.5 Hrs", between(Fraction(3, 2), Fraction(3, 2))),
        ("4h", between(4, 4)),
    ],
)
def test_a_time_is_exact_in_hours(written: str, hours: Interval):
    assert read_hours(written) == hours


@pytest.mark.parametrize("written", ["6-4 hours", "soon", "30", 30, True, None, "4 days", "1e3 hours"])
def test_what_is_no_time_is_refused(written: Any):
    with pytest.raises(Misread, match="expected a time such as 30 minutes or 4-6 hours"):
        read_hours(written)


@pytest.mark.parametrize(
    ("written", "amount"),
    [(42, 42), (Decimal("2.5"), Fraction(5, 2)), (0.1, Fraction(1, 10)), ("40%", 40), ("48", 48)],
)
def test_an_amount_is_exact(written: Any, amount: Fraction):
    assert read_amount(written) == amount


@pytest.mark.parametrize("written", [-1, "-1", "many", float("nan"), True, None, VAST])
def test_what_is_no_amount_is_refused(written: Any):
    with pytest.raises(Misread, match=r"expected a number, such as 42 or 2\.5"):
        read_amount(written)


@given(TENTHS, TENTHS)
def test_what_is_written_out_is_read_back(one: Fraction, other: Fraction):
    interval = Interval(min(one, other), max(one, other))
    assert read_score(write_score(interval)) == interval
    assert read_hours(write_hours(interval)) == interval
    assert read_amount(write_amount(one)) == one
    counts = Interval(Fraction(int(interval.low or 0) + 1), Fraction(int(interval.high or 0) + 1))
    assert read_count_range(write_count_range(counts)) == counts


READERS = [read_date, read_score, read_count, read_count_range, read_hours, read_amount]
ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=20)
    | st.from_regex(r"[0-9]{1,4}[-/. to][0-9]{1,2}([-/.][0-9]{1,4})?( ?(/10|hours|min|%))?", fullmatch=True)
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=2), st.integers(), max_size=2)
)


@pytest.mark.parametrize("read", READERS)
@given(raw=ANYTHING)
def test_a_reader_reads_or_says_why_not_and_nothing_else(read: Callable[[Any], Any], raw: Any):
    with suppress(Misread):
        read(raw)


@pytest.mark.parametrize("read", READERS)
@given(raw=st.text(max_size=12))
def test_what_a_reader_refuses_comes_with_what_it_expected(read: Callable[[Any], Any], raw: str):
    misread = _misread(read, raw)
    assume(misread is not None)
    assert misread is not None
    assert misread.expected


def _misread(read: Callable[[Any], Any], raw: str) -> Misread | None:
    try:
        read(raw)
    except Misread as misread:
        return misread
    return None
