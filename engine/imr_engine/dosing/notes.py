"""What a reader should know of lines: bad input, odd strengths, doubled classes, too much acetaminophen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from imr_engine.dosing.conversion import RegimenLine
from imr_engine.dosing.model import DoseWarning, ReadLine
from imr_engine.dosing.products import shown_number
from imr_engine.errors import Place, Problem
from imr_engine.units.interval import Interval

__all__ = ["line_notes", "regimen_notes"]

ACETAMINOPHEN = "acetaminophen"
DOUBLED = {"opioid": "opioids", "muscle_relaxant": "muscle relaxants", "benzodiazepine": "benzodiazepines",
           "hypnotic": "hypnotics", "nsaid": "anti-inflammatory drugs"}  # fmt: skip


def line_notes(path: str, line: ReadLine, *, charted: bool) -> tuple[list[Problem], list[DoseWarning]]:
    """The problems and warnings of a line, with paths of the case."""
    problems = [
        Problem(Place(), _inside(path, one.field), one.message, one.found, one.expected, one.suggestion)
        for one in line.problems
    ]
    warnings: list[DoseWarning] = []
    for one in line.warnings:
        if charted and one.message == "not a marketed strength" and _made_up_of_pieces(line):
            # A chart often gives the dose where the strength should stand: 6 mg is three tablets of 2 mg.
            continue
        text = one.message if one.found is None else f"{one.message}: {one.found}"
        if one.expected is not None:
            text += f"; marketed are {one.expected}"
        warnings.append(DoseWarning(_inside(path, one.field), text))
    if line.unread:
        warnings.append(DoseWarning(path, "could not read " + ", ".join(f'"{part}"' for part in line.unread)))
    return problems, warnings


def _inside(path: str, field: str) -> str:
    return path if field == "line" else f"{path}.{field}"


def _made_up_of_pieces(line: ReadLine) -> bool:
    strength = line.strength
    if strength is None or line.quantity is not None or strength.per is not None or len(strength.amounts) > 1:
        return False
    pieces = (
        strength.principal / known.principal
        for product in line.products
        for known in product.all_strengths
        if known.unit == strength.unit
    )
    return any(count <= 4 and (2 * count).denominator == 1 for count in pieces)


def regimen_notes(regimen: Sequence[RegimenLine]) -> Iterable[DoseWarning]:
    """Warnings about the regimen as a whole: two drugs of one class, and acetaminophen beyond its limit."""
    by_class: dict[str, list[RegimenLine]] = {drug_class: [] for drug_class in DOUBLED}
    for line in regimen:
        drugs = line.line.drugs
        if drugs and drugs[0].drug_class in by_class:
            by_class[drugs[0].drug_class].append(line)
    for drug_class, plural in DOUBLED.items():
        alike = by_class[drug_class]
        if drug_class == "opioid":
            # A long-acting opioid with a short-acting one for breakthrough pain is usual.
            yield from _together([line for line in alike if not line.line.long_acting], f"short-acting {plural}")
            yield from _together([line for line in alike if line.line.long_acting], f"long-acting {plural}")
        else:
            yield from _together(alike, plural)
    yield from _acetaminophen(regimen)


def _place_of(sources: Iterable[str]) -> str:
    """Where a warning on several lines stands: in the list that holds them, the charted one first, in any order."""
    lists = {source.partition("[")[0] for source in sources}
    return min(lists, key=lambda name: (not name.startswith("medications"), name))


def _together(alike: Sequence[RegimenLine], plural: str) -> Iterable[DoseWarning]:
    if len(alike) > 1:
        names = ", ".join(sorted(line.line.name for line in alike))
        yield DoseWarning(_place_of(line.source for line in alike), f"{len(alike)} {plural} at once: {names}")


def _acetaminophen(regimen: Sequence[RegimenLine]) -> Iterable[DoseWarning]:
    """Acetaminophen of all lines together against its daily limit (4,000 mg; general knowledge)."""
    taken: list[Interval] = []
    sources: list[str] = []
    limit = None
    for line in regimen:
        strength, estimate = line.line.strength, line.dose.estimate
        if strength is None or estimate is None:
            continue
        for place, drug in enumerate(line.line.drugs):
            if drug.id == ACETAMINOPHEN:
                limit = drug.maximum_mg_per_day
                if place < len(strength.amounts) and strength.unit == "mg":
                    taken.append(estimate.scaled(strength.amounts[place] / strength.amounts[0]))
                    sources.append(line.source)
                break
    total = Interval.sum_of(taken)
    if limit is not None and total.high is not None and total.high > limit:
        high = shown_number(total.high)
        yield DoseWarning(
            _place_of(sources), f"acetaminophen up to {high} mg a day, over its limit of {shown_number(limit)} mg"
        )
