"""Exact amounts that may be known only within bounds. No units and no text live here."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Interval"]


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
        if self.low is None or self.high is None:
            return
        if self.low is self.high and not (self.low_open or self.high_open):
            # Most amounts are exact, and comparing a fraction with itself takes time.
            return
        if self.low > self.high:
            raise ValueError(f"an interval runs from low to high, not from {self.low} to {self.high}")
        if self.low == self.high and (self.low_open or self.high_open):
            raise ValueError(f"an interval that holds only {self.low} has no open end")

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
        by = Fraction(factor)
        if by < 0:
            raise ValueError("an interval is scaled by a factor that is not negative")
        if by == 0:
            return Interval.exact(0)
        if self.low is self.high and self.low is not None:
            amount = self.low * by
            return Interval(amount, amount)
        return Interval(
            None if self.low is None else self.low * by,
            None if self.high is None else self.high * by,
            low_open=self.low_open,
            high_open=self.high_open,
        )
