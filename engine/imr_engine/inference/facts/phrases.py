"""Small phrases that several facts are worded with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from imr_engine.dosing import Drug
from imr_engine.units.interval import Interval
from imr_engine.units.wording import number_in_words

__all__ = ["date_in_words", "drugs_in_words", "listing", "plural", "score_in_words"]

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def date_in_words(day: date) -> str:
    """``September 9, 2014``, whatever the locale of the machine."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def listing(items: Iterable[str], *, in_order: bool = False) -> str:
    """``a``, ``a and b``, ``a, b and c``; each item once.

    Items are put in alphabetical order unless they come in one of their own, such as dates: the order in which a record
    happens to list things must not show in what is said of them.
    """
    known = list(dict.fromkeys(items))
    if not in_order:
        known.sort(key=str.casefold)
    if len(known) < 2:
        return "".join(known)
    return f"{', '.join(known[:-1])} and {known[-1]}"


def plural(items: Sequence[object], one: str, many: str) -> str:
    """The word for one or for several."""
    return one if len(items) == 1 else many


def score_in_words(score: Interval) -> str:
    """``5/10`` or ``4 to 6/10``."""
    if score.low is None or score.high is None:
        raise ValueError("a pain score has two ends")
    if score.low == score.high:
        return f"{number_in_words(score.low)}/10"
    return f"{number_in_words(score.low)} to {number_in_words(score.high)}/10"


def drugs_in_words(drugs: Sequence[Drug]) -> str:
    """The names of the drugs of one line."""
    return listing(drug.name for drug in drugs)
