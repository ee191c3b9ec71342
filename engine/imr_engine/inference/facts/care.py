"""Facts about complaints, findings and the care given so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import chain

from imr_engine.case.model import Symptom, Treatment
from imr_engine.dosing import Drug, load_tables
from imr_engine.inference.facts.context import RequestContext, Sources, days_between
from imr_engine.inference.facts.phrases import date_in_words, listing, plural, score_in_words
from imr_engine.inference.values import FactValue
from imr_engine.units.interval import Interval

__all__ = ["FACTS"]

UNANSWERED = ("none", "partial", "worse", "not_tolerated")
"""Responses that leave a treatment without adequate effect."""

CONSERVATIVE = {
    "physical_therapy": "physical therapy",
    "manipulation": "chiropractic care",
    "acupuncture": "acupuncture",
    "home_exercise": "home exercise",
    "activity_change": "activity modification",
    "injection": "injections",
    "epidural_injection": "epidural steroid injections",
    "brace": "bracing",
}
"""Kinds of treatment short of surgery, in words. Medicines are left out: a visit for them is another criterion."""

RADIATING = ("radiating_pain", "numbness", "tingling")
ELECTRODIAGNOSTIC = ("emg", "ncs", "nerve conduction", "electromyogra", "electrodiagnostic")


def _pain_management_involved(context: RequestContext) -> FactValue:
    name = "pain_management_involved"
    specialty = context.case.prescriber.specialty
    if specialty is not None and _is_pain_management(specialty):
        return context.yes(name, "a pain-management physician prescribes", ["prescriber.specialty"])
    consultations = Sources(context.case.consultations, "consultations")
    found = [(path, entry.date) for path, entry in consultations if _is_pain_management(entry.specialty)]
    if found:
        days = sorted({day for _, day in found if day is not None})
        dated = f" of {listing((date_in_words(day) for day in days), in_order=True)}" if days else ""
        which = plural(days, f"a pain-management consultation{dated} is", f"pain-management consultations{dated} are")
        text = f"{which if days else 'a pain-management consultation is'} on record"
        return context.yes(name, text, [path for path, _ in found])
    if specialty is not None and consultations.closed:
        text = "no pain-management specialist is involved"
        return context.no(name, text, ["prescriber.specialty", "consultations"])
    return FactValue.missing(name, "no pain-management consultation is on record")


def _is_pain_management(specialty: str) -> bool:
    return "pain" in specialty.casefold().replace("-", " ").split()


def _failed_medicines(
    context: RequestContext, wanted: Callable[[Drug], bool]
) -> tuple[Sources[Treatment], list[tuple[str, str]]]:
    """The medicines among the treatments that satisfy ``wanted`` and did not answer: path and words of each."""
    treatments = Sources(context.case.treatments, "treatments")
    tables = load_tables()
    failed: list[tuple[str, str]] = []
    for path, entry in treatments:
        if entry.kind != "medication" or entry.response not in UNANSWERED:
            continue
        drug = tables.find(entry.drug) if entry.drug is not None else None
        if drug is not None and wanted(drug):
            failed.append((path, f"{entry.drug} at a {entry.dose_tried} dose" if entry.dose_tried else str(entry.drug)))
    return treatments, failed


def _failed_opioid_regimens(context: RequestContext) -> FactValue:
    name = "failed_opioid_regimens"
    treatments, failed = _failed_medicines(context, lambda drug: drug.drug_class == "opioid")
    if not failed and not (treatments.closed):
        return FactValue.missing(name, "no failed lower dose or other opioid is on record")
    text = "no lower dose or other opioid is recorded as failed"
    if failed:
        text = f"{listing(words for _, words in failed)} did not bring adequate relief"
    return context.amount(name, treatments.count(len(failed)), None, [path for path, _ in failed], text)


def _failed_nonopioid_trials(context: RequestContext) -> FactValue:
    name = "failed_nonopioid_trials"
    treatments, failed = _failed_medicines(context, lambda drug: drug.pain_medicine and drug.drug_class != "opioid")
    if not failed and not (treatments.closed):
        return FactValue.missing(name)
    text = "no non-opioid medicine is recorded as failed"
    if failed:
        text = f"{listing(words for _, words in failed)} did not bring adequate relief"
    return context.amount(name, treatments.count(len(failed)), None, [path for path, _ in failed], text)


def _cancer_or_palliative(context: RequestContext) -> FactValue:
    name = "cancer_or_palliative"
    value = context.case.cancer_or_palliative
    if value is None:
        return FactValue.missing(name)
    return context.fact(name, value, "cancer pain or palliative care" if value else "not for cancer", [name])


def _days_since_flare(context: RequestContext) -> FactValue:
    """Counted from the latest exacerbation; the injury itself is the first, so the time since it bounds the answer."""
    name = "days_since_flare"
    flares = Sources(context.case.documentation.flares, "documentation.flares")
    since_injury = max(0, days_between(context.case.dates.injury, context.reference))
    found = [
        (days_between(entry.date, context.reference), path)
        for path, entry in flares
        if context.concerns(entry.region) and context.case.dates.injury <= entry.date <= context.reference
    ]
    if found:
        days = min(days for days, _ in found)
        # A list that may hold more may hold a later one.
        since = Interval.exact(days) if flares.closed else Interval(Fraction(0), Fraction(days))
        return context.amount(name, since, "days", [path for ago, path in found if ago == days])
    if flares.closed:
        return context.amount(name, Interval.exact(since_injury), "days", ["dates.injury"])
    between = Interval(Fraction(0), Fraction(since_injury))
    return context.amount(name, between, "days", ["dates.injury"])


def _about(context: RequestContext) -> tuple[Sources[Symptom], list[tuple[str, Symptom]]]:
    symptoms = Sources(context.case.documentation.symptoms, "documentation.symptoms")
    return symptoms, [(path, entry) for path, entry in symptoms if context.concerns(entry.region)]


def _active_symptoms(context: RequestContext) -> FactValue:
    """By a complaint, or by pain above 0; that there is none is known only where both were looked for."""
    name = "active_symptoms"
    symptoms, found = _about(context)
    if found:
        words = listing(_symptom_in_words(entry) for _, entry in found)
        return context.yes(name, words, [path for path, _ in found])
    pain = context.case.documentation.pain
    current = None if pain is None else pain.current
    if current is not None and current.low is not None and current.low > 0:
        return context.yes(name, f"pain {score_in_words(current)}", ["documentation.pain.current"])
    if symptoms.closed and current is not None and current.high == 0:
        return context.no(name, "no present complaint", ["documentation.symptoms", "documentation.pain.current"])
    return FactValue.missing(name)


def _symptom_in_words(symptom: Symptom) -> str:
    words = "" if symptom.region is None else f"{symptom.region} "
    words += symptom.symptom.replace("_", " ")
    if symptom.score is not None:
        words += f" {score_in_words(symptom.score)}"
    return words


def _radicular_symptoms(context: RequestContext) -> FactValue:
    name = "radicular_symptoms"
    symptoms, found = _about(context)
    radiating = [
        (path, entry)
        for path, entry in found
        if entry.symptom == "radiating_pain" or (entry.symptom in RADIATING and entry.radiates_to is not None)
    ]
    if radiating:
        words = listing(_radiation_in_words(entry) for _, entry in radiating)
        return context.yes(name, words, [path for path, _ in radiating])
    if symptoms.closed:
        return context.no(name, "no symptom radiates", ["documentation.symptoms"])
    return FactValue.missing(name)


def _radiation_in_words(symptom: Symptom) -> str:
    where = "" if symptom.region is None else f"{symptom.region} "
    what = "pain" if symptom.symptom == "radiating_pain" else symptom.symptom
    return f"{where}{what} radiates" + (f" to the {symptom.radiates_to}" if symptom.radiates_to else "")


def _conservative_treatments(context: RequestContext) -> FactValue:
    name = "conservative_treatments"
    treatments = Sources(context.case.treatments, "treatments")
    found: dict[str, list[str]] = {}
    for path, entry in treatments:
        if entry.kind in CONSERVATIVE and context.concerns(entry.region):
            found.setdefault(CONSERVATIVE[entry.kind], []).append(path)
    if not found and not (treatments.closed):
        return FactValue.missing(name)
    text = listing(found) or "no conservative treatment"
    return context.amount(name, treatments.count(len(found)), None, chain.from_iterable(found.values()), text)


def _lesion_agreed(context: RequestContext) -> FactValue:
    name = "lesion_agreed"
    signs = Sources(context.case.documentation.signs, "documentation.signs")
    studies = Sources(context.case.documentation.studies, "documentation.studies")
    levels: dict[str, dict[str, list[str]]] = {"sign": {}, "imaging": {}, "electrodiagnostic": {}}
    for path, entry in signs:
        shows = entry.level is not None and entry.result in ("positive", "reduced")
        if shows and context.concerns(entry.region):
            levels["sign"].setdefault(_level(entry.level), []).append(path)
    for path, entry in studies:
        if entry.level is not None and entry.shows and context.concerns(entry.region):
            kind = "electrodiagnostic" if _is_electrodiagnostic(entry.study) else "imaging"
            levels[kind].setdefault(_level(entry.level), []).append(path)
    common = sorted(set(levels["sign"]) & set(levels["imaging"]) & set(levels["electrodiagnostic"]))
    if common:
        paths = [path for level in common for found in levels.values() for path in found[level]]
        return context.yes(name, listing(common).upper(), paths)
    if signs.closed and studies.closed:
        return context.no(name, "no level on which all three agree", [signs.path, studies.path])
    return FactValue.missing(name)


def _level(text: str | None) -> str:
    return (text or "").casefold().replace(" ", "")


def _is_electrodiagnostic(study: str) -> bool:
    return any(word in study.casefold() for word in ELECTRODIAGNOSTIC)


def _takes(name: str, wanted: Callable[[Drug], bool], nothing: str) -> Callable[[RequestContext], FactValue]:
    def fact(context: RequestContext) -> FactValue:
        found = [(path, drug.name) for path, drug in context.taken_drugs() if wanted(drug)]
        if found:
            names = listing(words for _, words in found)
            return context.yes(name, f"the worker takes {names}", [path for path, _ in found])
        if context.medications_complete:
            return context.no(name, nothing, ["medications"])
        return FactValue.missing(name)

    return fact


_takes_named_pain_medicine = _takes(
    "takes_pain_medicine",
    lambda drug: drug.pain_medicine or drug.drug_class == "muscle_relaxant",
    "no pain medicine is taken",
)


def _takes_pain_medicine(context: RequestContext) -> FactValue:
    """By the lines taken now; else by a record that names medication as the treatment, without saying which.

    That none is taken is known only where both the medicines and the treatments were looked for.
    """
    named = _takes_named_pain_medicine(context)
    if named.value is True:
        return named
    treatments = Sources(context.case.treatments, "treatments")
    unnamed = [
        path for path, entry in treatments if entry.kind == "medication" and entry.end is None and entry.drug is None
    ]
    if unnamed:
        return context.yes(named.name, "the record names medication as the treatment", unnamed)
    return named if treatments.closed else FactValue.missing(named.name)


FACTS: Mapping[str, Callable[[RequestContext], FactValue]] = {
    "pain_management_involved": _pain_management_involved,
    "failed_opioid_regimens": _failed_opioid_regimens,
    "failed_nonopioid_trials": _failed_nonopioid_trials,
    "cancer_or_palliative": _cancer_or_palliative,
    "days_since_flare": _days_since_flare,
    "active_symptoms": _active_symptoms,
    "radicular_symptoms": _radicular_symptoms,
    "conservative_treatments": _conservative_treatments,
    "lesion_agreed": _lesion_agreed,
    "takes_pain_medicine": _takes_pain_medicine,
    "takes_opioid": _takes("takes_opioid", lambda drug: drug.drug_class == "opioid", "no opioid is taken"),
}
