"""Exact amounts that may be known only within bounds. No units and no text live here.

Most amounts are whole, and thousands of lines are added up: whole numbers are multiplied and added as such, since the
operators of ``Fraction`` take several times as long.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Interval", "multiplied"]


def multiplied(one: Fraction, other: Fraction) -> Fraction:
    """The product of two numbers."""
    if one.denominator == 1 and other.denominator == 1:
        return Fraction(one.numerator * other.numerator)
    return one * other


def _added(values: Iterable[Fraction]) -> Fraction:
    """The sum of numbers; those of one denominator are added as whole numbers."""
    sums: dict[int, int] = {}
    for value in values:
        sums[value.denominator] = sums.get(value.denominator, 0) + value.numerator
    return sum((Fraction(numerator, denominator) for denominator, numerator in sums.items()), Fraction(0))


@dataclass(frozen=True, slots=True)
class Interval:
    """All amounts from ``low`` to ``high``; None is no bound, and an open end is not itself attained.

    An opioid taken in an unknown amount is ``Interval(Fraction(0), None, low_open=True)``: more than nothing.
    """

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        low, high = self.low, self.high
        if low is None or high is None or (low is high and not (self.low_open or self.high_open)):
            return
        width = high.numerator * low.denominator - low.numerator * high.denominator
        if width < 0:
            raise ValueError(f"an interval runs from low to high, not from {low} to {high}")
        if width == 0 and (self.low_open or self.high_open):
            raise ValueError(f"an interval that holds only {low} has no open end")

    @classmethod
    def exact(cls, value: Fraction | int) -> Interval:
        """The interval that holds one amount."""
        amount = Fraction(value)
        return cls(amount, amount)

    @classmethod
    def more_than(cls, value: Fraction | int) -> Interval:
        """Everything above ``value``, which is itself not attained."""
        return cls(Fraction(value), None, low_open=True)

    @property
    def is_exact(self) -> bool:
        """Whether it holds one amount only."""
        return self.low is not None and (self.low is self.high or self.low == self.high)

    def __add__(self, other: Interval) -> Interval:
        if self.low is self.high and other.low is other.high and self.low is not None and other.low is not None:
            both = self.low + other.low
            return Interval(both, both)
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(
            low,
            high,
            low_open=low is not None and (self.low_open or other.low_open),
            high_open=high is not None and (self.high_open or other.high_open),
        )

    @classmethod
    def sum_of(cls, intervals: Iterable[Interval]) -> Interval:
        """The sum of any number of intervals; of none it is exactly 0."""
        terms = list(intervals)
        lows = [one.low for one in terms if one.low is not None]
        if all(one.low is one.high for one in terms) and len(lows) == len(terms):
            return cls.exact(_added(lows))
        highs = [one.high for one in terms if one.high is not None]
        low = _added(lows) if len(lows) == len(terms) else None
        high = _added(highs) if len(highs) == len(terms) else None
        return cls(
            low,
            high,
            low_open=low is not None and any(one.low_open for one in terms),
            high_open=high is not None and any(one.high_open for one in terms),
        )

    def __neg__(self) -> Interval:
        return Interval(
            None if self.high is None else -self.high,
            None if self.low is None else -self.low,
            low_open=self.high_open,
            high_open=self.low_open,
        )

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def scaled(self, factor: Fraction | int) -> Interval:
        """The interval multiplied by a factor that is not negative."""
        by = factor if isinstance(factor, Fraction) else Fraction(factor)
        if by.numerator < 0:
            raise ValueError("an interval is scaled by a factor that is not negative")
        if by.numerator == 0:
            return Interval.exact(0)
        if self.low is self.high and self.low is not None:
            amount = multiplied(self.low, by)
            return Interval(amount, amount)
        return Interval(
            None if self.low is None else multiplied(self.low, by),
            None if self.high is None else multiplied(self.high, by),
            low_open=self.low_open,
            high_open=self.high_open,
        )
