"""Writes a read line out again, in one plain way that reads back to the same line."""

from __future__ import annotations

from fractions import Fraction

from imr_engine.dosing.model import Amount, Course, Directions, ReadLine
from imr_engine.dosing.products import shown_number, shown_strength
from imr_engine.units.interval import Interval

__all__ = ["render_line"]

RELEASE = {"extended": "ER", "immediate": "IR", "delayed": "DR"}
ROUTE = {
    "oral": "by mouth",
    "sublingual": "sublingually",
    "buccal": "buccally",
    "transdermal": "to the skin",
    "topical": "topically",
    "nasal": "intranasally",
    "rectal": "rectally",
    "injection": "by injection",
}
STATUS = {"stopped": "stopped"}
MONTHS = Interval(Fraction(28), Fraction(31))


def render_line(line: ReadLine) -> str:
    """A line in plain words: ``Norco 10/325 mg tablet 1 to 2 pieces every 4 to 6 hours as needed #120``.

    Reading the result gives a line that means the same (``ReadLine.meaning``). What was unread is left out.
    """
    parts = [line.phase or "", STATUS.get(line.status or "", ""), _medicine(line)]
    if line.strength is not None:
        parts.append(shown_strength(line.strength))
    parts.append(line.form or "")
    if line.dose is not None:
        parts.append(_amount(line.dose))
    parts.append(ROUTE.get(line.route or "", ""))
    if line.directions is not None:
        parts.append(_directions(line.directions))
    if line.quantity is not None:
        parts.append(f"#{shown_number(line.quantity)}{' ' + line.quantity_unit if line.quantity_unit else ''}")
    if line.days_supply is not None:
        parts.append(_supply(line.days_supply))
    if line.refills is not None:
        parts.append(f"{line.refills} refills")
    return " ".join(part for part in parts if part)


def _medicine(line: ReadLine) -> str:
    drug = line.drug
    if drug is None:
        return line.name
    name = line.name
    if (
        name.lower() in (drug.name.lower(), *(other.lower() for other in drug.names)) and len(line.drugs) > 1
    ) or name.lower() not in {brand.lower() for product in line.products for brand in product.brands}:
        name = "/".join(one.name for one in line.drugs)
    # A brand tells its release by itself, and "Opana ER" would otherwise say it twice.
    branded = name.lower() in {brand.lower() for product in line.products for brand in product.brands}
    release = "" if branded else RELEASE.get(line.release or "", "")
    return f"{name} {release}".rstrip()


def _amount(amount: Amount) -> str:
    unit = {"pieces": "pieces", "mass": "mg", "volume": "mL", "doses": "doses"}[amount.kind]
    if amount.low == amount.high:
        return f"{shown_number(amount.high)} {unit}"
    if amount.low == 0:
        return f"up to {shown_number(amount.high)} {unit}"
    return f"{shown_number(amount.low)} to {shown_number(amount.high)} {unit}"


def _directions(directions: Directions) -> str:
    steps = " then ".join(_course(course) for course in directions.courses)
    if not directions.courses and directions.as_needed:
        steps = "as needed"
    if directions.maximum is not None:
        steps += f" max {_amount(directions.maximum)} per day"
    return steps


def _course(course: Course) -> str:
    said: list[str] = []
    for part in course.parts:
        measures = [_amount(one) for one in (part.amount, *part.repeated) if one is not None]
        said.append(" ".join([*measures, _times(part.times)]))
    text = " and ".join(said)
    if course.as_needed:
        text += " as needed"
    if course.days is not None:
        text += f" x {shown_number(course.days)} days"
    return text


def _times(times: Interval) -> str:
    low, high = times.low or Fraction(0), times.high or Fraction(0)
    if low == 0:
        return f"up to {shown_number(high)} times a day"
    if low.denominator == 1 and high.denominator == 1:
        count = shown_number(low) if low == high else f"{shown_number(low)} to {shown_number(high)}"
        return f"{count} times a day"
    shortest, longest = 24 / high, 24 / low
    hours = shown_number(shortest) if low == high else f"{shown_number(shortest)} to {shown_number(longest)}"
    return f"every {hours} hours"


def _supply(days: Interval) -> str:
    if days.low is not None and not days.is_exact:
        return f"{shown_number(days.low / (MONTHS.low or 1))} month supply"
    return f"{shown_number(days.low or Fraction(0))} days supply"
