"""The doses of a case: the regimen if all requests were granted, by the policy of design.md section 9."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from imr_engine.case.model import Case, Medication, Request
from imr_engine.dosing.conversion import RegimenLine, total_of
from imr_engine.dosing.daily import LineDose, line_dose, pieces_a_day, with_frequency_of
from imr_engine.dosing.lines import read_line
from imr_engine.dosing.model import CaseDoses, DoseWarning, MedicationDose, ReadLine, RequestDose
from imr_engine.dosing.notes import line_notes, regimen_notes
from imr_engine.dosing.tables import load_tables
from imr_engine.errors import Problem
from imr_engine.units.interval import Interval

__all__ = ["doses_of"]

CURRENT = "current"


@dataclass(frozen=True, slots=True)
class _Charted:
    index: int
    path: str
    record: Medication
    line: ReadLine
    dose: LineDose

    @property
    def current(self) -> bool:
        # The name may say it as well: "stopped Norco".
        return self.record.status == CURRENT and self.line.status is None


@dataclass(frozen=True, slots=True)
class _Asked:
    index: int
    path: str
    record: Request
    line: ReadLine


def doses_of(case: Case, table: str, fallback: str | None = None) -> CaseDoses:
    """The daily doses of a case and the morphine equivalents of its opioids.

    Args:
        case: The case.
        table: The conversion table, such as ``mtus-2009``.
        fallback: A table for drugs that the first has no factor for; what it gives is named and does not decide.

    Raises:
        DoseError: There is no such table.
    """
    tables = load_tables()
    conversion = tables.conversion_table(table)
    second = tables.conversion_table(fallback) if fallback is not None else None
    charted = _charted(case)
    asked = [
        _Asked(index, f"requests[{index}]", request, read_line(request))
        for index, request in enumerate(case.requests)
        if request.drug is not None
    ]
    continues = _continued(asked, charted)
    reference = _reference_date(case)
    requests: dict[str, RequestDose] = {}
    regimen: list[RegimenLine] = []
    for one in asked:
        found = continues.get(one.index)
        phase = _phase(one, found, charted, case, reference)
        replaces = found if phase != "start" else None
        dose, pieces = _request_dose(one, replaces, phase)
        requests[one.record.id] = _shown(one, replaces, phase, dose, pieces)
        regimen.append(RegimenLine(one.path, one.line, dose))
    replaced = {requests[one.record.id].medication for one in asked}
    regimen += [
        RegimenLine(one.path, one.line, one.dose) for one in charted if one.current and one.index not in replaced
    ]
    medications = tuple(
        MedicationDose(
            one.line.drugs, one.dose.daily, one.dose.unit, one.dose.basis, one.dose.as_needed, one.record.status
        )
        for one in charted
    )
    warnings: list[DoseWarning] = []
    problems: list[Problem] = []
    for one in (*charted, *asked):
        found_problems, found_warnings = line_notes(one.path, one.line, charted=isinstance(one, _Charted))
        problems += found_problems
        warnings += found_warnings
    warnings += regimen_notes(regimen)
    known_opioids = any(line.is_opioid for line in regimen)
    unknown = [one.line for one in (*asked, *(line for line in charted if line.current)) if not one.line.drugs]
    open_ended = case.medications is None or not case.medications.complete or bool(unknown)
    total = total_of(regimen, conversion, second)
    firm = total.firm
    if open_ended:
        if firm is not None:
            firm = Interval(firm.low, None, low_open=firm.low_open)
        if known_opioids:
            warnings.append(DoseWarning("medications", _open_text(case, unknown)))
    return CaseDoses(
        total=total.estimate if known_opioids else None,
        firm_total=firm,
        not_computable=total.estimate.not_computable,
        requests=requests,
        medications=medications,
        warnings=tuple(warnings),
        problems=tuple(problems),
    )


def _charted(case: Case) -> list[_Charted]:
    if case.medications is None:
        return []
    # A list that may hold more is written as a mapping with its lines under `items`.
    where = "medications" if case.medications.complete else "medications.items"
    charted: list[_Charted] = []
    for index, record in enumerate(case.medications.items):
        line = read_line(record)
        charted.append(_Charted(index, f"{where}[{index}]", record, line, line_dose(line)))
    return charted


def _reference_date(case: Case) -> date:
    dates = case.dates
    return dates.request or dates.service or dates.ur_decision or dates.record or dates.injury


def _open_text(case: Case, unknown: Sequence[ReadLine]) -> str:
    if case.medications is None:
        return "the current medications are not documented, so the total is a lower bound"
    if unknown:
        names = ", ".join(sorted({line.name for line in unknown}))
        return f"{names} may be an opioid or not, so the total is a lower bound"
    return "the list of medications may hold more, so the total is a lower bound"


# -- which charted line a request continues ---------------------------------------------------------------------------


def _continued(asked: Sequence[_Asked], charted: Sequence[_Charted]) -> dict[int, _Charted]:
    """For each request, by its index, the current charted line of the same ingredient that it continues.

    A line is continued by one request at most. The likest pair goes first, then the line of the largest dose, so that
    the regimen never becomes smaller because more of a drug is charted. Neither the order of the lists nor the dose
    asked for decides: among requests that are alike the id does.
    """
    pairs = [(one, line) for one in asked for line in charted if line.current and _same_medicine(one, line, charted)]
    pairs.sort(key=lambda pair: _preference(*pair))
    found: dict[int, _Charted] = {}
    taken: set[int] = set()
    for one, line in pairs:
        if one.index not in found and line.index not in taken:
            found[one.index] = line
            taken.add(line.index)
    return found


def _preference(one: _Asked, line: _Charted) -> tuple[tuple[bool, bool, bool], bool, Fraction, str, str]:
    daily = line.dose.daily
    most = None if daily is None else daily.high
    content = f"{_content(line.line)} {line.record.since}"
    return _unlikeness(one.line, line.line), most is not None, -(most or Fraction(0)), content, one.record.id


def _same_medicine(one: _Asked, line: _Charted, charted: Sequence[_Charted]) -> bool:
    drug = one.line.drug
    if drug is None or line.line.drug is None or drug.id != line.line.drug.id:
        return False
    if one.line.release is None or line.line.release is None or one.line.release == line.line.release:
        return True
    # A short-acting drug beside the charted long-acting one is a further medicine, not the same one continued, unless
    # the request itself says that it continues and nothing else is charted that it could mean.
    alike = [
        other for other in charted if other.current and other.line.drug is not None and other.line.drug.id == drug.id
    ]
    return one.record.phase in ("continue", "increase", "taper") and len(alike) == 1


def _unlikeness(asked: ReadLine, charted: ReadLine) -> tuple[bool, bool, bool]:
    return (
        asked.release != charted.release,
        {product.partners for product in asked.products} != {product.partners for product in charted.products},
        asked.strength != charted.strength,
    )


def _content(line: ReadLine) -> str:
    return f"{line.text} {line.quantity} {line.days_supply} {line.refills}"


def _phase(one: _Asked, found: _Charted | None, charted: Sequence[_Charted], case: Case, reference: date) -> str:
    """The stated phase, else what the chart shows."""
    if one.record.phase is not None:
        return one.record.phase
    if found is not None:
        return "increase" if _larger(one.line, found.line) else "continue"
    drug = one.line.drug
    if drug is not None and any(
        line.current and line.line.drug is not None and line.line.drug.id == drug.id for line in charted
    ):
        # Charted, but that line is another release or is continued by another request.
        return "unstated"
    if one.record.since is not None and one.record.since < reference:
        return "continue"
    if (
        drug is not None
        and case.medications is not None
        and case.medications.complete
        and all(line.line.drugs for line in charted)
    ):
        return "start"
    return "unstated"


def _larger(asked: ReadLine, charted: ReadLine) -> bool:
    """Whether the requested piece holds more of the drug than the charted one."""
    if asked.strength is None or charted.strength is None or asked.strength.unit != charted.strength.unit:
        return False
    return asked.strength.principal > charted.strength.principal


# -- the dose of a request --------------------------------------------------------------------------------------------


def _request_dose(one: _Asked, found: _Charted | None, phase: str) -> tuple[LineDose, Interval | None]:
    """The daily dose of a request, and how many pieces of it a day uses up."""
    own = line_dose(one.line)
    if own.basis == "directions" or own.daily is None or found is None or phase not in ("continue", "increase"):
        return own, pieces_a_day(one.line, own)
    chart = found.dose
    if phase == "increase":
        increased = with_frequency_of(found.line, one.line)
        if increased is not None and one.line.strength is not None:
            dose = line_dose(increased)
            if dose.daily is not None:
                return replace(dose, basis="charted"), pieces_a_day(increased, dose)
    elif chart.known and chart.unit == own.unit:
        return replace(chart, basis="charted"), _pieces_of(one.line, found.line, chart)
    if own.basis == "days_supply":
        return own, pieces_a_day(one.line, own)
    if chart.daily is None:
        return replace(own, daily=None, estimate=None, basis="unknown", reason=chart.reason), None
    if own.basis == "unknown" and chart.assumed and phase == "continue":
        return chart, None
    return own, pieces_a_day(one.line, own)


def _pieces_of(line: ReadLine, charted: ReadLine, chart: LineDose) -> Interval | None:
    """How many of the requested pieces the charted dose uses up in a day."""
    if chart.unit == "mcg/h":
        return pieces_a_day(charted, chart)
    if line.strength is None or chart.daily is None or line.strength.unit != chart.unit:
        return None
    return chart.daily.scaled(1 / line.strength.principal)


def _shown(one: _Asked, found: _Charted | None, phase: str, dose: LineDose, pieces: Interval | None) -> RequestDose:
    return RequestDose(
        drugs=one.line.drugs,
        phase=phase,
        medication=None if found is None else found.index,
        daily=dose.daily,
        charted_daily=None if found is None else found.dose.daily,
        unit=dose.unit,
        supply_days=_supply_days(one.line, pieces),
        basis=dose.basis,
        as_needed=dose.as_needed,
        strength_text=one.line.strength_text,
        long_acting=one.line.long_acting,
    )


def _supply_days(line: ReadLine, pieces: Interval | None) -> Interval:
    """The days a request would cover with its refills; never from the assumed 30 days."""
    fills = 1 + (line.refills or 0)
    if line.quantity is not None and pieces is not None and pieces.high is not None and pieces.high > 0:
        shortest = line.quantity * fills / pieces.high
        longest = line.quantity * fills / pieces.low if pieces.low else None
        return Interval(shortest, longest)
    if line.days_supply is not None:
        return line.days_supply.scaled(fills)
    return Interval.more_than(0)
