"""Facts about function, side effects, and whether medicines are used as prescribed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction

from imr_engine.case.model import DrugScreen, Function
from imr_engine.dosing import Drug
from imr_engine.inference.facts.context import RequestContext, Sources
from imr_engine.inference.facts.phrases import date_in_words, listing
from imr_engine.inference.values import FactValue
from imr_engine.units.interval import Interval
from imr_engine.units.wording import number_in_words

__all__ = ["FACTS"]


def _functional_gain(context: RequestContext) -> FactValue:
    name = "functional_gain"
    entries = Sources(context.case.documentation.function, "documentation.function")
    graded: dict[str, list[tuple[str, str]]] = {"specific": [], "general": [], "none": []}
    for path, entry in entries:
        grade, text = _grade(context, entry)
        graded[grade].append((path, text))
    for grade, found in graded.items():
        # That there was no gain can be said only of a record that is known to hold no other entry.
        if found and (grade != "none" or entries.closed):
            return context.fact(name, grade, listing(text for _, text in found), [path for path, _ in found])
    if entries.closed:
        return context.fact(name, "none", "no gain in function is reported", ["documentation.function"])
    return FactValue.missing(name)


def _grade(context: RequestContext, entry: Function) -> tuple[str, str]:
    """How much a record of function says, and its words.

    A gain is specific if it can be checked at the next visit: an activity with its amount, a scale with two scores, or
    fewer work restrictions. Words alone are a general statement.
    """
    if entry.work_restriction == "reduced":
        return "specific", "work restrictions were reduced"
    if entry.scale is not None and entry.before is not None and entry.after is not None:
        return _grade_scale(context, entry)
    what = entry.activity or entry.statement or "function"
    if entry.activity is not None:
        if entry.before is not None and entry.after is not None:
            text = f"{entry.activity} went from {number_in_words(entry.before)} to {number_in_words(entry.after)}"
            return ("specific", text) if entry.after > entry.before else ("none", text)
        if entry.amount is not None and entry.change == "better":
            return "specific", f"{entry.activity} is better, {entry.amount}"
    if entry.change == "better":
        return "general", f"the record states a gain in general terms ({what})"
    return "none", f"no gain is recorded ({what})"


def _grade_scale(context: RequestContext, entry: Function) -> tuple[str, str]:
    wanted = (entry.scale or "").casefold()
    before, after = entry.before or Fraction(0), entry.after or Fraction(0)
    for scale in context.shared.rulebook.scales:
        if wanted in (scale.id, scale.label.casefold(), *(name.casefold() for name in scale.names)):
            text = f"the {scale.label} went from {number_in_words(before)} to {number_in_words(after)}"
            better = after < before if scale.better == "lower" else after > before
            return ("specific", text) if better else ("none", text)
    # Which way an unknown scale improves is not guessed; the record's own word on the change is all there is.
    text = f"{entry.scale} went from {number_in_words(before)} to {number_in_words(after)}"
    return ("general", text) if entry.change == "better" else ("none", text)


def _adverse_effects(context: RequestContext) -> FactValue:
    name = "adverse_effects"
    section = context.case.documentation.adverse_effects
    if section is None or (not section.items and not section.complete):
        return FactValue.missing(name)
    path = ["documentation.adverse_effects"]
    if not section.items:
        return context.fact(name, "none", "none are reported", path)
    worst = "intolerable" if any(effect.intolerable for effect in section.items) else "tolerated"
    return context.fact(name, worst, f"{listing(effect.effect for effect in section.items)} ({worst})", path)


def _checks(context: RequestContext) -> Iterator[tuple[str, str, bool | None, bool]]:
    """Path, words, whether it agrees with the prescriptions, and whether a conflict is explained, of each check."""
    record = context.case.documentation
    for path, entry in Sources(record.drug_screens, "documentation.drug_screens"):
        yield path, _dated("a drug screen", entry.date), _agrees(context, entry), entry.explained is not None
    for path, entry in Sources(record.registry_checks, "documentation.registry_checks"):
        yield path, _dated("a registry check", entry.date), entry.agrees_with_prescriptions, False
    for path, entry in Sources(record.pill_counts, "documentation.pill_counts"):
        yield path, _dated("a pill count", entry.date), entry.agrees_with_prescriptions, False


def _dated(what: str, day: date | None) -> str:
    return what if day is None else f"{what} of {date_in_words(day)}"


def _agrees(context: RequestContext, screen: DrugScreen) -> bool | None:
    """Whether a screen agrees with what is prescribed: by its results where they are given, else by the record's word.

    A drug taken regularly that one of the tested analytes would show and none does is a conflict, and so is a positive
    analyte that no charted drug explains; but where the list of medicines may hold more, or a medicine that is unknown
    here, something may explain it, and the record's word is all there is.
    """
    if not screen.results:
        return screen.agrees_with_prescriptions
    explaining = [line.drugs[0] for line in context.doses.medications if line.drugs]
    explaining += [drug for _, drug in context.requested_drugs("continue", "increase", "taper", "unstated")]
    all_known = context.medications_complete and all(line.drugs for line in context.doses.medications)
    found = _results(screen)
    unexplained = any(
        positive and not any(analyte in _analytes(drug) for drug in explaining) for analyte, positive in found.items()
    )
    if any(_absent(drug, found) for drug in context.regular_drugs()) or (unexplained and all_known):
        return False
    shown = any(positive for positive in found.values())
    return True if shown and not unexplained else screen.agrees_with_prescriptions


def _results(screen: DrugScreen) -> dict[str, bool]:
    """Whether each analyte was found; one that is reported both ways says nothing."""
    reported: dict[str, set[bool]] = {}
    for result in screen.results:
        reported.setdefault(result.analyte.casefold(), set()).add(result.result == "positive")
    return {analyte: results.pop() for analyte, results in reported.items() if len(results) == 1}


def _analytes(drug: Drug) -> set[str]:
    return {name.casefold() for name in (*drug.screen_analytes, drug.id, drug.name)}


def _absent(drug: Drug, found: Mapping[str, bool]) -> bool:
    shown = any(positive for analyte, positive in found.items() if analyte in _analytes(drug))
    telling = _analytes(drug) - {name.casefold() for name in drug.screen_often_missed}
    return not shown and any(analyte in telling for analyte in found)


def _consistent_use_checks(context: RequestContext) -> FactValue:
    name = "consistent_use_checks"
    checks = list(_checks(context))
    record = context.case.documentation
    sections = (record.drug_screens, record.registry_checks, record.pill_counts)
    if all(section is None for section in sections):
        return FactValue.missing(name)
    agreeing = [(path, text) for path, text, agrees, _ in checks if agrees]
    unsure = any(agrees is None for _, _, agrees, _ in checks)
    # Only where every kind of check was looked for is the count known to be no higher.
    closed = not unsure and all(section is not None and section.complete for section in sections)
    text = f"{listing(text for _, text in agreeing)} in agreement with the prescriptions" if agreeing else "none"
    low = Interval.exact(len(agreeing))
    if not agreeing and not closed:
        return FactValue.missing(name)
    return context.amount(name, low if closed else Interval(low.low, None), None, [path for path, _ in agreeing], text)


def _inconsistent_screens(context: RequestContext) -> FactValue:
    name = "inconsistent_screens"
    section = context.case.documentation.drug_screens
    screens = Sources(section, "documentation.drug_screens")
    found: list[tuple[str, DrugScreen]] = []
    unsure = False
    for path, entry in screens:
        agrees = _agrees(context, entry)
        unsure = unsure or agrees is None
        if agrees is False and entry.explained is None:
            found.append((path, entry))
    if not found and (unsure or not screens.closed):
        return FactValue.missing(name)
    count = Interval(Interval.exact(len(found)).low, None) if unsure else screens.count(len(found))
    days = sorted(entry.date for _, entry in found if entry.date is not None)
    dates = listing((date_in_words(day) for day in days), in_order=True)
    which = ("the drug screen" if len(found) == 1 else "the drug screens") + (f" of {dates}" if dates else "")
    verb = "conflicts" if len(found) == 1 else "conflict"
    text = f"{which} {verb} with the prescriptions" if found else "no drug screen conflicts with the prescriptions"
    return context.amount(name, count, None, [path for path, _ in found] or [screens.path], text)


def _aberrant_behaviors(context: RequestContext) -> FactValue:
    name = "aberrant_behaviors"
    section = Sources(context.case.documentation.aberrant_behaviors, "documentation.aberrant_behaviors")
    found = [(path, entry.behavior) for path, entry in section]
    if not found:
        if not section.closed:
            return FactValue.missing(name)
        return context.amount(name, Interval.exact(0), None, [section.path], "no sign of misuse is reported")
    verb = "is" if len(found) == 1 else "are"
    text = f"{listing(words for _, words in found)} {verb} on record"
    return context.amount(name, section.count(len(found)), None, [path for path, _ in found], text)


def _work_status(context: RequestContext) -> FactValue:
    value = context.case.worker.work_status
    if value is None:
        return FactValue.missing("work_status")
    return context.fact("work_status", value, value.replace("_", " "), ["worker.work_status"])


def _returned_to_work(context: RequestContext) -> FactValue:
    value = context.case.worker.work_status
    if value is None:
        return FactValue.missing("returned_to_work")
    working = value in ("full_duty", "modified_duty")
    return context.fact("returned_to_work", working, value.replace("_", " "), ["worker.work_status"])


FACTS: Mapping[str, Callable[[RequestContext], FactValue]] = {
    "functional_gain": _functional_gain,
    "adverse_effects": _adverse_effects,
    "consistent_use_checks": _consistent_use_checks,
    "inconsistent_screens": _inconsistent_screens,
    "aberrant_behaviors": _aberrant_behaviors,
    "work_status": _work_status,
    "returned_to_work": _returned_to_work,
}
