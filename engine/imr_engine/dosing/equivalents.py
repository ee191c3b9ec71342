"""``morphine_equivalents``: the public call that turns drug lines into oral morphine equivalents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from imr_engine.dosing.conversion import RegimenLine, total_of
from imr_engine.dosing.daily import line_dose
from imr_engine.dosing.lines import DrugRecord, read_line
from imr_engine.dosing.model import DoseWarning, MorphineEquivalents
from imr_engine.dosing.notes import line_notes, regimen_notes
from imr_engine.dosing.tables import load_tables
from imr_engine.errors import DoseError, Place, Problem
from imr_engine.units.interval import Interval

__all__ = ["morphine_equivalents"]


def morphine_equivalents(
    lines: Iterable[str | DrugRecord | Mapping[str, Any]], table: str = "mtus-2009", fallback: str | None = None
) -> MorphineEquivalents:
    """The oral morphine equivalents of drug lines, each to a daily dose and all of them together.

    Args:
        lines: Texts such as ``"Norco 10/325 mg, 1 tab q6h prn"``, ``DrugLine`` records, or mappings of their fields.
        table: The name of the conversion table.
        fallback: A second table, for drugs that the first has no factor for. What it gives is named in the result.

    Returns:
        The lines with their arithmetic, and ``mme_per_day`` with ``low`` and ``high`` (as needed: from 0 to the most
        the directions allow). It is None where a line cannot be computed: an opioid without a factor is never zero.

    Raises:
        DoseError: A line is wrong (a misspelt name, a strength that cannot be), or there is no such table.
    """
    tables = load_tables()
    conversion = tables.conversion_table(table)
    second = tables.conversion_table(fallback) if fallback is not None else None
    regimen: list[RegimenLine] = []
    problems: list[Problem] = []
    warnings: list[DoseWarning] = []
    unknown = False
    for index, line in enumerate(lines):
        read = read_line(line)
        path = f"lines[{index}]"
        if read.remarkable:
            found, notes = line_notes(path, read, charted=True)
            place = Place(f'line {index + 1}, "{read.text}"')
            problems += [replace(one, place=place, path=one.path.removeprefix(path).removeprefix(".")) for one in found]
            warnings += notes
        unknown = unknown or not read.drugs
        if read.status is None:
            regimen.append(RegimenLine(path, read, line_dose(read)))
        else:
            warnings.append(DoseWarning(path, f"{read.name} is stopped and does not add to the total"))
    if problems:
        raise DoseError(problems)
    warnings += regimen_notes(regimen)
    total = total_of(regimen, conversion, second)
    estimate = total.estimate
    mme = None
    if total.firm is not None or (second is not None and estimate.high is not None):
        high = None if unknown else estimate.high
        mme = Interval(estimate.low, high, low_open=estimate.low_open)
    used = second is not None and estimate.table != conversion.name
    return MorphineEquivalents(
        lines=estimate.lines,
        mme_per_day=mme,
        table=conversion.name,
        assumed=estimate.assumed,
        warnings=tuple(warnings),
        not_computable=estimate.not_computable,
        fallback=second.name if used and second is not None else None,
    )
