"""From a line as read to what is taken in a day: an interval with its basis, by the policy of design.md section 9."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import ceil

from imr_engine.dosing.model import Amount, Course, Directions, Part, ReadLine
from imr_engine.units.interval import Interval, multiplied

__all__ = ["ASSUMED_DAYS", "LineDose", "line_dose", "pieces_a_day", "unknown_amount", "with_frequency_of"]

ASSUMED_DAYS = 30
"""The supply a quantity is spread over where nothing says how long it lasts; it serves an estimate only."""

NOTHING = Fraction(0)
ONE = Fraction(1)
MICROGRAMS = Fraction(1000)
UNITS = {"mg": "mg", "mcg": "mcg", "patch_rate": "mcg/h"}


@dataclass(frozen=True, slots=True)
class LineDose:
    """What a line comes to in a day, in ``unit`` (``mg``, ``mcg``, or ``mcg/h`` for a patch).

    ``daily`` is firm; ``estimate`` may rest on the assumed 30 days. Both are None where the amount is not computable,
    for ``reason``. ``patch_use`` is a patch's rate times the patches used in a day, which tables made for dispensing
    files count.
    """

    daily: Interval | None
    estimate: Interval | None
    unit: str | None
    basis: str
    as_needed: bool = False
    reason: str | None = None
    patch_use: Interval | None = None

    @property
    def assumed(self) -> bool:
        """Whether the estimate rests on the assumed 30 days."""
        return self.basis == "assumed_30_day"

    @property
    def known(self) -> bool:
        """Whether the amount is known at all, not merely more than nothing."""
        return self.daily is not None and self.daily.high is not None


def unknown_amount(*, as_needed: bool) -> Interval:
    """An amount that nothing bounds: more than nothing, or, as needed, perhaps nothing."""
    return Interval(NOTHING, None, low_open=not as_needed)


@lru_cache(maxsize=8192)
def line_dose(line: ReadLine) -> LineDose:
    """The daily dose that a line itself states, whatever else is charted."""
    unit = _unit(line)
    if (reason := _obstacle(line)) is not None:
        return LineDose(None, None, unit, "unknown", line.as_needed, reason)
    if line.directions is not None and line.directions.courses:
        return _from_directions(line, line.directions, unit)
    return _from_quantity(line, unit)


def _obstacle(line: ReadLine) -> str | None:
    """Why no dose may be computed from a line at all."""
    if not line.drugs:
        return f"{line.name}: an unknown medicine"
    if line.unread:
        listed = ", ".join(f'"{part}"' for part in line.unread)
        return f"{line.text}: could not read {listed}"
    if line.problems:
        return f"{line.text}: {line.problems[0].message}"
    if (
        line.route == "injection"
        or line.form == "injection"
        or (line.products and line.products[0].route == "injection")
    ):
        return f"{line.text}: no factor is for an injection or a pump"
    return None


def _unit(line: ReadLine) -> str | None:
    if line.strength is not None:
        return UNITS.get(line.strength.unit)
    units = {product.all_strengths[0].unit for product in line.products if product.all_strengths}
    if units == {"mcg"}:
        return "mcg"
    return "mg" if "mg" in units or not units else None


def _is_patch(line: ReadLine) -> bool:
    return line.strength is not None and line.strength.unit == "patch_rate"


def _unknown(line: ReadLine, unit: str | None) -> LineDose:
    amount = unknown_amount(as_needed=line.as_needed)
    return LineDose(amount, amount, unit, "unknown", line.as_needed)


# -- directions -------------------------------------------------------------------------------------------------------


def _from_directions(line: ReadLine, directions: Directions, unit: str | None) -> LineDose:
    if _is_patch(line) and line.strength is not None:
        return _patch(line.strength.principal, directions)
    days: list[Interval] = []
    for course in directions.courses:
        taken = _course(line, course, unit)
        if isinstance(taken, str):
            return LineDose(None, None, unit, "unknown", line.as_needed, f"{line.text}: {taken}")
        if taken is None:
            return _unknown(line, unit)
        days.append(taken)
    daily = _hull(days)
    if directions.maximum is not None:
        daily = _within(daily, _maximum(line, directions, unit))
    return LineDose(daily, daily, unit, "directions", directions.as_needed)


def _course(line: ReadLine, course: Course, unit: str | None) -> Interval | str | None:
    total: Interval | None = None
    for part in course.parts:
        amount = _amount_at_a_time(line, part.amount or line.dose, unit)
        if amount is None or isinstance(amount, str):
            return amount
        if part.repeated and any(_amount_at_a_time(line, again, unit) != amount for again in part.repeated):
            return "the dose is written twice, and differently"
        taken = _times(amount, part.times)
        total = taken if total is None else total + taken
    return Interval(NOTHING, total.high) if course.as_needed and total is not None else total


def _times(amount: Interval, times: Interval) -> Interval:
    low = None if amount.low is None or times.low is None else multiplied(amount.low, times.low)
    if amount.low is amount.high and times.low is times.high:
        return Interval(low, low)
    high = None if amount.high is None or times.high is None else multiplied(amount.high, times.high)
    return Interval(low, high)


def _amount_at_a_time(line: ReadLine, amount: Amount | None, unit: str | None) -> Interval | str | None:
    """One dose in ``unit``; None where the record does not say how much, a text where it says it unusably."""
    strength = line.strength
    if line.release == "topical":
        # Grams of a cream are not grams of its drug.
        return None
    if amount is not None and amount.kind == "mass":
        return _bounds(amount.low, amount.high, MICROGRAMS if unit == "mcg" else ONE)
    if strength is None or strength.unit == "percent":
        return None
    if amount is not None and amount.kind == "volume":
        if strength.per is None:
            return "a volume is taken of something that is no liquid"
        return _bounds(amount.low, amount.high, strength.principal)
    if strength.per is not None:
        return None
    if amount is None:
        return Interval(strength.amounts[0], strength.amounts[0])
    return _bounds(amount.low, amount.high, strength.principal)


def _bounds(low: Fraction, high: Fraction, scale: Fraction) -> Interval:
    least = multiplied(low, scale)
    return Interval(least, least if low is high else multiplied(high, scale))


def _hull(intervals: list[Interval]) -> Interval:
    if len(intervals) == 1:
        return intervals[0]
    lows = [one.low for one in intervals if one.low is not None]
    highs = [one.high for one in intervals if one.high is not None]
    return Interval(min(lows), max(highs) if len(highs) == len(intervals) else None)


def _maximum(line: ReadLine, directions: Directions, unit: str | None) -> Fraction | None:
    limit = directions.maximum
    if limit is None:
        return None
    if limit.kind == "doses":
        taken = [
            _amount_at_a_time(line, part.amount or line.dose, unit)
            for course in directions.courses
            for part in course.parts
        ]
        amounts = [one.high for one in taken if isinstance(one, Interval) and one.high is not None]
        return max(amounts) * limit.high if amounts else None
    amount = _amount_at_a_time(line, limit, unit)
    return amount.high if isinstance(amount, Interval) else None


def _within(daily: Interval, maximum: Fraction | None) -> Interval:
    if maximum is None:
        return daily
    high = maximum if daily.high is None else min(daily.high, maximum)
    low = daily.low if daily.low is None else min(daily.low, high)
    return Interval(low, high)


def _pieces(line: ReadLine, course: Course) -> Interval | None:
    """How much of the dispensed quantity, in pieces or mL, a day of this course uses up."""
    strength = line.strength
    total = Interval.exact(0)
    for part in course.parts:
        amount = part.amount or line.dose or Amount("pieces", Fraction(1), Fraction(1))
        if amount.kind == "mass":
            if strength is None or strength.unit not in ("mg", "mcg"):
                return None
            scale = (1000 if strength.unit == "mcg" else 1) / strength.principal
            amount = Amount("pieces", amount.low * scale, amount.high * scale)
        elif (amount.kind == "volume") != (strength is not None and strength.per is not None):
            return None
        total = total + _times(Interval(amount.low, amount.high), part.times)
    return Interval(NOTHING, total.high) if course.as_needed else total


def pieces_a_day(line: ReadLine, dose: LineDose) -> Interval | None:
    """How much of its quantity, in pieces or mL, a day of a line uses up; None where that is not known firmly."""
    directions = line.directions
    if dose.basis == "days_supply" and line.quantity is not None and line.days_supply is not None:
        return _spread(line.quantity, line.days_supply)
    if dose.daily is None or directions is None or not directions.courses:
        return None
    if _is_patch(line):
        return _hull([_patches(course)[1] for course in directions.courses])
    used = [_pieces(line, course) for course in directions.courses]
    known = [one for one in used if one is not None]
    if not known or len(known) < len(used):
        return None
    strength = line.strength
    if strength is None or directions.maximum is None or dose.daily.high is None or not dose.known:
        return _hull(known)
    return _within(_hull(known), dose.daily.high / strength.principal)


def _patch(rate: Fraction, directions: Directions) -> LineDose:
    """A patch is worn round the clock, whatever its directions say of changing it; two worn together add."""
    patches = [_patches(course) for course in directions.courses]
    worn = _hull([at_once for at_once, _ in patches]).scaled(rate)
    use = _hull([used for _, used in patches]).scaled(rate)
    return LineDose(worn, worn, "mcg/h", "directions", directions.as_needed, None, use)


def _patches(course: Course) -> tuple[Interval, Interval]:
    """How many patches are worn at once, and how many a day uses up."""
    at_once = [part.amount for part in course.parts if part.amount is not None and part.amount.kind == "pieces"]
    low = max((one.low for one in at_once), default=Fraction(1))
    high = max((one.high for one in at_once), default=Fraction(1))
    worn = Interval(NOTHING if course.as_needed else low, high)
    changes = course.parts[0].times
    for part in course.parts[1:]:
        changes = changes + part.times
    return worn, _times(worn, changes)


# -- quantity ---------------------------------------------------------------------------------------------------------


def _from_quantity(line: ReadLine, unit: str | None) -> LineDose:
    """Quantity over the stated days' supply, or over an assumed 30 days; else the amount is unknown."""
    strength = line.strength
    as_needed = line.as_needed
    maximum = _maximum(line, line.directions, unit) if line.directions is not None else None
    if line.quantity is None or strength is None or strength.unit == "percent" or not _counts(line):
        unknown = _unknown(line, unit)
        if maximum is None:
            return unknown
        bounded = Interval(NOTHING, maximum, low_open=not as_needed)
        return LineDose(bounded, bounded, unit, "directions", as_needed)
    a_day = _spread(line.quantity, line.days_supply or Interval.exact(ASSUMED_DAYS))
    taken = _worn(line, strength.principal, a_day) if _is_patch(line) else a_day.scaled(strength.principal)
    if as_needed:
        taken = Interval(NOTHING, taken.high)
    taken = _within(taken, maximum)
    use = a_day.scaled(strength.principal) if _is_patch(line) else None
    if line.days_supply is not None:
        return LineDose(taken, taken, unit, "days_supply", as_needed, None, use)
    firm = (
        _within(unknown_amount(as_needed=as_needed), maximum)
        if maximum is not None
        else unknown_amount(as_needed=as_needed)
    )
    return LineDose(firm, taken, unit, "assumed_30_day", as_needed, None, use)


def _spread(quantity: Fraction, days: Interval) -> Interval:
    """A quantity over its days; the longest time gives the least a day."""
    return Interval(
        None if days.high is None else quantity / days.high, None if days.low is None else quantity / days.low
    )


def _counts(line: ReadLine) -> bool:
    """Whether the quantity counts what the strength is for: pieces, or mL of a liquid."""
    if line.strength is None or line.quantity_unit == "g":
        return False
    return (line.strength.per is not None) == (line.quantity_unit == "mL")


def _worn(line: ReadLine, rate: Fraction, a_day: Interval) -> Interval:
    """The rate that a number of patches a day comes to: one at a time, or as many as that number keeps up at most."""
    wear = next((product.wear for product in line.products if product.wear is not None), Fraction(1))
    at_once = a_day.scaled(wear)
    high = Fraction(1) if at_once.high is None else max(Fraction(1), Fraction(ceil(at_once.high)))
    low = high if at_once.low is not None and at_once.low >= high else Fraction(1)
    return Interval(low * rate, high * rate)


# -- what a request takes over from the chart -------------------------------------------------------------------------


def with_frequency_of(charted: ReadLine, requested: ReadLine) -> ReadLine | None:
    """The requested strength with the charted frequency; None where the chart states none.

    One piece at a time; where the chart has several, up to as many, since the record does not say which.
    """
    directions = charted.directions
    if directions is None or not directions.courses:
        return None
    courses: list[Course] = []
    for course in directions.courses:
        parts: list[Part] = []
        for part in course.parts:
            most = part.amount.high if part.amount is not None and part.amount.kind == "pieces" else Fraction(1)
            parts.append(Part(Amount("pieces", min(Fraction(1), most), max(Fraction(1), most)), part.times))
        courses.append(Course(tuple(parts), course.as_needed, course.days))
    return replace(requested, directions=Directions(tuple(courses), directions.as_needed), dose=None)
