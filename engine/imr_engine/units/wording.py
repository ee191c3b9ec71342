"""How amounts are written for people."""

from __future__ import annotations

from fractions import Fraction

from imr_engine.units.interval import Interval

__all__ = ["amount_in_words", "number_in_words"]

_UNIT_WORDS = {
    "MME/day": ("MME/day", "MME/day"),
    "points": ("of 10", "of 10"),
    "days": ("day", "days"),
    "hours": ("hour", "hours"),
}


def number_in_words(value: Fraction) -> str:
    """A number in decimals, exact where two places suffice and marked ``about`` where they do not."""
    for places in (0, 1, 2):
        if (value * 10**places).denominator == 1:
            return f"{float(value):.{places}f}"
    return f"about {float(value):.2f}"


def amount_in_words(amount: Interval, unit: str | None) -> str:
    """An interval in words: ``132 MME/day``, ``45 to 109 MME/day``, ``more than 120 MME/day``, ``at most 21 days``."""
    one, many = _UNIT_WORDS.get(unit or "", (unit or "", unit or ""))

    def with_unit(text: str, value: Fraction) -> str:
        return f"{text} {one if value == 1 else many}".rstrip()

    low, high = amount.low, amount.high
    if low is None and high is None:
        return "an unknown amount"
    if low is not None and high is not None:
        if low == high:
            return with_unit(number_in_words(low), low)
        if low == 0:
            return with_unit(f"{'less than' if amount.high_open else 'at most'} {number_in_words(high)}", high)
        return with_unit(f"{number_in_words(low)} to {number_in_words(high)}", high)
    if low is not None:
        if low == 0:
            return "an unknown amount"
        return with_unit(f"{'more than' if amount.low_open else 'at least'} {number_in_words(low)}", low)
    if high is None:
        raise AssertionError("an interval without a low end has a high one here")
    return with_unit(f"{'less than' if amount.high_open else 'at most'} {number_in_words(high)}", high)
