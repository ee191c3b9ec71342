"""Reads a drug line, whether one text or a structured record, into a ``ReadLine``; says what it could not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, Protocol

from imr_engine.dosing.model import Amount, Course, Directions, DrugLine, LineProblem, Part, ReadLine
from imr_engine.dosing.phrases import Figures, Mention, Phrases, read_phrases
from imr_engine.dosing.products import medicine_of
from imr_engine.dosing.tables import DrugTables, load_tables
from imr_engine.units.interval import Interval

__all__ = ["DrugRecord", "read_line"]

SHORTEST_NAME = 4
LONG_NAME = 6
FIELDS = ("drug", "strength", "dose", "directions", "quantity", "days_supply", "refills", "form", "route")


class DrugRecord(Protocol):
    """The drug fields that a medication, a request and a ``DrugLine`` share, each as it is written."""

    @property
    def drug(self) -> str | None:
        """The name."""
        ...

    @property
    def strength(self) -> str | None:
        """What a piece holds."""
        ...

    @property
    def dose(self) -> Any:
        """What is taken at a time."""
        ...

    @property
    def directions(self) -> str | None:
        """How it is taken."""
        ...

    @property
    def quantity(self) -> int | None:
        """How many are dispensed."""
        ...

    @property
    def days_supply(self) -> int | None:
        """The days the quantity is for."""
        ...

    @property
    def refills(self) -> int | None:
        """How often it may be dispensed again."""
        ...

    @property
    def form(self) -> str | None:
        """The form."""
        ...

    @property
    def route(self) -> str | None:
        """The route."""
        ...


def read_line(line: str | DrugRecord | Mapping[str, Any]) -> ReadLine:
    """Read one drug line.

    Args:
        line: A text such as ``"Norco 10/325 mg #120"``, or a record with the drug fields of a case.

    A name nothing is known of gives a line without drugs and a warning. What is wrong with the line stands in its
    ``problems``; directions that cannot be read stand in ``unread`` and are no problem of the input.
    """
    if isinstance(line, str):
        return _read_text(line)
    if isinstance(line, Mapping):
        line = DrugLine(**line)
    times = line.doses_per_day if isinstance(line, DrugLine) else None
    dose = line.dose
    if isinstance(line, DrugLine) and dose is not None and not isinstance(dose, str):
        dose = f"{dose} {line.unit or 'tablets'}"
    values = (line.drug or "", line.strength, dose, line.directions, line.quantity, line.days_supply, line.refills)
    return _read_record(values, line.form, line.route, None if times is None else Fraction(times))


@lru_cache(maxsize=8192)
def _read_text(text: str) -> ReadLine:
    tables = load_tables()
    phrases = read_phrases(text, tables.names)
    return _assemble(tables, text, phrases, None, [], ("line", "line"))


@lru_cache(maxsize=8192)
def _read_record(values: tuple[Any, ...], form: str | None, route: str | None, times: Fraction | None) -> ReadLine:
    tables = load_tables()
    drug, strength, dose, directions, quantity, days_supply, refills = values
    phrases = read_phrases(drug, tables.names)
    problems: list[LineProblem] = []
    if strength is not None:
        own = _strength_field(strength, problems)
        phrases.figures = own.figures or phrases.figures
        phrases.form, phrases.release = phrases.form or own.form, phrases.release or own.release
        phrases.unread += own.unread
    if dose is not None:
        _add_dose(phrases, dose)
    if directions is not None:
        _add_directions(phrases, directions)
    if times is not None and phrases.directions is None:
        course = Course((Part(None, Interval.exact(times)),), as_needed=False)
        phrases.directions = Directions((course,), as_needed=False)
    for text in (form, route):
        if text is not None:
            _add_product(phrases, text)
    phrases.quantity = Fraction(quantity) if quantity is not None else phrases.quantity
    phrases.days = Interval.exact(days_supply) if days_supply is not None else phrases.days
    phrases.refills = refills if refills is not None else phrases.refills
    shown = " ".join(str(part) for part in (drug, strength, dose, directions) if part)
    if quantity is not None:
        shown += f" #{quantity}"
    return _assemble(tables, shown, phrases, drug, problems, ("drug", "strength" if strength is not None else "drug"))


def _add_dose(phrases: Phrases, text: str) -> None:
    taken = _field(text)
    phrases.dose = taken.dose or phrases.dose
    phrases.unread += taken.unread
    if taken.dose is None and not taken.unread:
        phrases.unread.append(text)


def _add_directions(phrases: Phrases, text: str) -> None:
    said = _field(text)
    if said.directions is None and not said.unread:
        phrases.unread.append(text)
    phrases.directions = said.directions or phrases.directions
    phrases.dose = phrases.dose or said.dose
    phrases.unread += said.unread
    for name in ("quantity", "days", "refills", "form", "route", "release"):
        if getattr(phrases, name) is None:
            setattr(phrases, name, getattr(said, name))


def _add_product(phrases: Phrases, text: str) -> None:
    """A form or a route, which may also say something of the other or of the release."""
    said = _field(text)
    if said.form is None and said.route is None:
        phrases.unread.append(text)
    phrases.form = said.form or phrases.form
    phrases.route = said.route or phrases.route
    phrases.release = said.release or phrases.release


@lru_cache(maxsize=4096)
def _field(text: str) -> Phrases:
    """A field that holds directions, a dose, a form or a route. Its result is shared: it is read, never changed."""
    return read_phrases(text, None, dose_only=True)


def _strength_field(text: str, problems: list[LineProblem]) -> Phrases:
    """A strength that stands alone must be one; a bare number is read by what the medicine is sold in."""
    own = read_phrases(text, None)
    expected = "a strength such as 10 mg, 5/325 or 25 mcg/h"
    if text.lstrip()[:1] == "-":
        problems.append(LineProblem("strength", "a strength is above 0", text, expected))
        own.figures.clear()
    elif not own.figures:
        amount = own.dose
        if amount is not None and amount.kind == "pieces" and amount.low == amount.high and text[:1].isdigit():
            own.figures.append(Figures((amount.low,), None, None, rate=False, per=None, text=text))
        elif own.quantity is not None and text.strip().isdigit():
            own.figures.append(Figures((own.quantity,), None, None, rate=False, per=None, text=text))
        else:
            problems.append(LineProblem("strength", "is not a strength", text, expected))
            own.unread.clear()
    elif len(own.figures) > 1:
        own.unread.extend(figures.text for figures in own.figures[1:])
        del own.figures[1:]
    return own


def _assemble(
    tables: DrugTables,
    text: str,
    phrases: Phrases,
    drug_text: str | None,
    problems: list[LineProblem],
    where: tuple[str, str],
) -> ReadLine:
    if not phrases.mentions:
        return _unknown_line(tables, text, phrases, drug_text, problems, where[0])
    ordered = phrases.mentions if len(phrases.mentions) == 1 else sorted(phrases.mentions, key=_place_of)
    directions = phrases.directions
    medicine = medicine_of(
        tuple([mention.words for mention in ordered]),
        tuple(phrases.figures),
        phrases.form,
        phrases.release,
        phrases.route,
        where,
        dosed=directions is not None and bool(directions.courses),
    )
    unread = [*phrases.unread, *medicine.unread]
    if medicine.count is not None and directions is not None:
        if directions.courses[0].parts[0].amount is None:
            directions = _with_count(directions, medicine.count)
        else:
            unread.append(phrases.figures[0].text)
    return ReadLine(
        text=text,
        drugs=medicine.drugs,
        name=medicine.name,
        products=medicine.products,
        strength=medicine.strength,
        strength_text=phrases.figures[0].text if phrases.figures else "",
        dose=phrases.dose or medicine.dose,
        directions=directions,
        quantity=phrases.quantity,
        quantity_unit=phrases.quantity_unit,
        days_supply=phrases.days,
        refills=phrases.refills,
        form=medicine.form,
        route=phrases.route,
        release=medicine.release,
        phase=phrases.phase,
        status=phrases.status,
        unread=tuple(unread),
        problems=(*problems, *medicine.problems),
        warnings=medicine.warnings,
    )


def _place_of(mention: Mention) -> int:
    """Names in brackets come after those in the line itself."""
    return mention.start if mention.start >= 0 else 1_000_000


def _unknown_line(
    tables: DrugTables,
    text: str,
    phrases: Phrases,
    drug_text: str | None,
    problems: list[LineProblem],
    where: str,
) -> ReadLine:
    """A line whose name is none of our medicines: a likely misspelling is an error, anything else a warning."""
    name = drug_text if drug_text is not None else phrases.name or text
    hint = _misspelling(tables, name)
    warnings: list[LineProblem] = []
    if hint is not None:
        problems = [
            *problems,
            LineProblem(where, "no medicine of this name is known", name, None, f"did you mean {hint}?"),
        ]
    elif name.lower() == "ms" or name.lower().startswith("ms "):
        message = "MS may be morphine, magnesium sulfate or multiple sclerosis; write the medicine out"
        warnings.append(LineProblem(where, message, name))
    else:
        warnings.append(LineProblem(where, "an unknown medicine", name))
    return ReadLine(
        text=text, drugs=(), name=name, products=(), strength=None,
        strength_text=phrases.figures[0].text if phrases.figures else "", dose=phrases.dose,
        directions=phrases.directions, quantity=phrases.quantity, quantity_unit=phrases.quantity_unit,
        days_supply=phrases.days, refills=phrases.refills, form=phrases.form, route=phrases.route,
        release=phrases.release, phase=phrases.phase, status=phrases.status, unread=(),
        problems=tuple(problems), warnings=tuple(warnings),
    )  # fmt: skip


def _misspelling(tables: DrugTables, name: str) -> str | None:
    """The known name that an unknown one misspells: one letter apart, or two in a long name."""
    if len(name) < SHORTEST_NAME:
        return None
    from rapidfuzz.distance import OSA

    wanted = " ".join(name.lower().split())
    allowed = 2 if len(wanted) > LONG_NAME else 1
    for shown, _ in tables.likeness(name):
        if OSA.distance(wanted, shown.lower()) <= allowed:
            return shown
    return None


def _with_count(directions: Directions, count: Amount) -> Directions:
    """Give the first dose without an amount the number that stood before it: ``Norco 2 q6h``."""
    course = directions.courses[0]
    parts = (replace(course.parts[0], amount=count), *course.parts[1:])
    return replace(directions, courses=(replace(course, parts=parts), *directions.courses[1:]))
