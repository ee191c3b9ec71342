"""Reads a drug line, whether one text or a structured record, into a ``ReadLine``; says what it could not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, Protocol

from imr_engine.dosing.model import Amount, Course, Directions, DrugLine, LineProblem, Part, ReadLine
from imr_engine.dosing.phrases import Figures, Phrases, read_phrases
from imr_engine.dosing.products import Resolved, narrow, resolve_figures, resolve_names
from imr_engine.dosing.tables import DrugTables, load_tables
from imr_engine.units.interval import Interval

__all__ = ["DrugRecord", "read_line"]

SHORTEST_NAME = 4
FIELDS = ("drug", "strength", "dose", "directions", "quantity", "days_supply", "refills", "form", "route")


class DrugRecord(Protocol):
    """The drug fields that a medication, a request and a ``DrugLine`` share."""

    @property
    def drug(self) -> str | None: ...
    @property
    def strength(self) -> str | None: ...
    @property
    def dose(self) -> Any: ...
    @property
    def directions(self) -> str | None: ...
    @property
    def quantity(self) -> int | None: ...
    @property
    def days_supply(self) -> int | None: ...
    @property
    def refills(self) -> int | None: ...
    @property
    def form(self) -> str | None: ...
    @property
    def route(self) -> str | None: ...


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
    return _assemble(tables, text, phrases, None, None, "line", "line")


@lru_cache(maxsize=8192)
def _read_record(
    values: tuple[Any, ...], form: str | None, route: str | None, times: Fraction | None
) -> ReadLine:
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
        taken = _field(dose)
        phrases.dose = taken.dose or phrases.dose
        phrases.unread += taken.unread
        if taken.dose is None and not taken.unread:
            phrases.unread.append(dose)
    if directions is not None:
        said = _field(directions)
        if said.directions is None and not said.unread:
            phrases.unread.append(directions)
        phrases.directions = said.directions or phrases.directions
        phrases.dose = phrases.dose or said.dose
        phrases.unread += said.unread
        for name in ("quantity", "days", "refills", "form", "route", "release"):
            if getattr(phrases, name) is None:
                setattr(phrases, name, getattr(said, name))
    if times is not None and phrases.directions is None:
        phrases.directions = Directions((Course((Part(None, Interval.exact(times)),), as_needed=False),), as_needed=False)
    for text, name in ((form, "form"), (route, "route")):
        if text is not None:
            word = _field(text)
            value = getattr(word, name) or (word.form if name == "route" else None) or (word.route if name == "form" else None)
            phrases.form = word.form or phrases.form
            phrases.route = word.route or phrases.route
            phrases.release = word.release or phrases.release
            if value is None:
                phrases.unread.append(text)
    phrases.quantity = Fraction(quantity) if quantity is not None else phrases.quantity
    phrases.days = Fraction(days_supply) if days_supply is not None else phrases.days
    phrases.refills = refills if refills is not None else phrases.refills
    shown = " ".join(str(part) for part in (drug, strength, dose, directions) if part)
    if quantity is not None:
        shown += f" #{quantity}"
    return _assemble(tables, shown, phrases, drug, problems, "drug", "strength" if strength is not None else "drug")


@lru_cache(maxsize=4096)
def _field(text: str) -> Phrases:
    """A field that holds directions, a dose, a form or a route. Its result is shared: it is read, never changed."""
    return read_phrases(text, {}, dose_only=True)


def _strength_field(text: str, problems: list[LineProblem]) -> Phrases:
    """A strength that stands alone must be one; a bare number is read by what the medicine is sold in."""
    own = read_phrases(text, {})
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
    problems: list[LineProblem] | None,
    name_field: str,
    strength_field: str,
) -> ReadLine:
    out = Resolved(problems=list(problems or ()))
    unread = list(phrases.unread)
    name = phrases.name
    if phrases.mentions:
        resolve_names(phrases.mentions, dict(tables.drugs), out, name_field)
        name = phrases.mentions[0].entry.shown
        narrow(out, phrases.form, phrases.release, phrases.route)
        dosed = phrases.directions is not None and bool(phrases.directions.courses)
        for index, figures in enumerate(phrases.figures):
            if index == 0 and out.products:
                resolve_figures(out, figures, strength_field, dosed=dosed)
            elif index:
                unread.append(figures.text)
            else:
                out.strength = None
        if out.strength is None and out.dose is None and not out.problems and len(strengths := {one for product in out.products for one in product.strengths}) == 1:
            out.strength = next(iter(strengths))
    else:
        unread = []
        _unknown(tables, drug_text if drug_text is not None else name or text, out, name_field)
        name = name or text
    directions = phrases.directions
    count = out.count
    if count is not None and directions is not None:
        directions = _with_count(directions, count)
    drugs = out.drugs
    if drugs:
        partners = list(dict.fromkeys(partner for product in out.products[:1] for partner in product.partners))
        drugs = (*drugs, *(tables.drugs[partner] for partner in partners))
    releases = {product.release for product in out.products}
    forms = {product.form for product in out.products}
    return ReadLine(
        text=text,
        drugs=drugs,
        name=name,
        products=out.products,
        strength=out.strength,
        strength_text=phrases.figures[0].text if phrases.figures else "",
        dose=phrases.dose or out.dose,
        directions=directions,
        quantity=phrases.quantity,
        quantity_unit=phrases.quantity_unit,
        days_supply=phrases.days,
        refills=phrases.refills,
        form=phrases.form or (next(iter(forms)) if len(forms) == 1 else None),
        route=phrases.route,
        release=next(iter(releases)) if len(releases) == 1 else None,
        phase=phrases.phase,
        status=phrases.status,
        unread=tuple(unread + out.unread),
        problems=tuple(out.problems),
        warnings=tuple(out.warnings),
    )


def _with_count(directions: Directions, count: Amount) -> Directions:
    """Give the first dose without an amount the number that stood before it: ``Norco 2 q6h``."""
    course = directions.courses[0]
    if course.parts[0].amount is not None:
        return directions
    parts = (replace(course.parts[0], amount=count), *course.parts[1:])
    return replace(directions, courses=(replace(course, parts=parts), *directions.courses[1:]))


def _unknown(tables: DrugTables, name: str, out: Resolved, where: str) -> None:
    """A name of none of our medicines: a likely misspelling is an error with a suggestion, anything else a warning."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    known = tables.likeness(name) if len(name) >= SHORTEST_NAME else []
    wanted = " ".join(name.lower().split())
    for shown, _ in known:
        allowed = 2 if len(wanted) > 6 else 1
        if OSA.distance(wanted, shown.lower()) <= allowed:
            out.problems.append(
                LineProblem(where, "no medicine of this name is known", name, None, f"did you mean {shown}?")
            )
            return
    if wanted == "ms" or wanted.startswith("ms "):
        message = "MS may be morphine, magnesium sulfate or multiple sclerosis; write the medicine out"
        out.warnings.append(LineProblem(where, message, name))
        return
    out.warnings.append(LineProblem(where, "an unknown medicine", name))
