"""How to put each fact on record: one small writer for each, which adds to a draft what gives rise to the fact.

A writer only has to be right for one way in which a fact can come about. Whether the case then says what was wanted is
not left to the writers: ``verify.witness`` works the facts out again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from imr_engine.dosing import load_tables
from imr_engine.inference.facts.care import CONSERVATIVE
from imr_engine.inference.scopes import SERVICE_KINDS_AFTER_MEDICINES
from imr_engine.inference.values import FactState, FactValue
from imr_engine.units.interval import Interval
from imr_engine.verify.draft import CannotWrite, Draft, decimal
from imr_engine.verify.medicines import MEDICINES

__all__ = ["WRITERS"]

Writer = Callable[[Draft, FactValue], None]

REFUSED = {"ur": {"decision": "approved"}}
"""What lets a request be denied again, whatever it is for: utilization review has approved it already."""


def _exact_count(fact: FactValue) -> tuple[int, bool]:
    """A count and whether it is exact, of a known fact."""
    amount = fact.value
    if not isinstance(amount, Interval) or amount.low is None or amount.low.denominator != 1:
        raise CannotWrite(f"{fact.name} is no count")
    return int(amount.low), amount.high is not None


def _entries(draft: Draft, fact: FactValue, section: str, entry: dict[str, object]) -> None:
    """A count of entries of one list."""
    if fact.state is FactState.KNOWN:
        count, is_exact = _exact_count(fact)
        draft.section(section).add(entry, count)
        draft.section(section).close(complete=is_exact)
    else:
        draft.section(section).close(complete=False)


# pain


def _score(field: str) -> Writer:
    def write(draft: Draft, fact: FactValue) -> None:
        if isinstance(fact.value, Interval):
            draft.pain[field] = _range(fact.value, "/10")

    return write


def _time(field: str) -> Writer:
    def write(draft: Draft, fact: FactValue) -> None:
        if isinstance(fact.value, Interval):
            draft.pain[field] = _range(fact.value, " hours")

    return write


def _range(amount: Interval, unit: str) -> str:
    if amount.low is None or amount.high is None:
        raise CannotWrite("a score or a time has two ends")
    if amount.low == amount.high:
        return f"{decimal(amount.low)}{unit}"
    return f"{decimal(amount.low)}-{decimal(amount.high)}{unit}"


def _pain_reduction(draft: Draft, fact: FactValue) -> None:
    reduction = fact.value
    if not isinstance(reduction, Interval) or reduction.low is None or reduction.high is None:
        return
    after = draft.amount("pain_with_medication")
    if after is None or after.low is None or after.high is None:
        high = max(Fraction(0), -reduction.low)
        after = Interval(min(high, 10 - reduction.high), high)
        draft.pain["with_medication"] = _range(after, "/10")
    low, high = after.low or Fraction(0), after.high or Fraction(0)
    draft.pain["without_medication"] = _range(Interval(reduction.low + high, reduction.high + low), "/10")


# function, effects and use

FUNCTION: Mapping[object, dict[str, object] | None] = {
    "specific": {"work_restriction": "reduced"},
    "general": {"statement": "daily activities", "change": "better"},
    "none": None,
}
EFFECTS: Mapping[object, dict[str, object] | None] = {
    "intolerable": {"effect": "constipation", "intolerable": True},
    "tolerated": {"effect": "constipation", "intolerable": False},
    "none": None,
}


def _graded(section: str, entries: Mapping[object, dict[str, object] | None]) -> Writer:
    """A choice that is the worst or the best entry of a list."""

    def write(draft: Draft, fact: FactValue) -> None:
        if fact.state is FactState.KNOWN:
            entry = entries[fact.value]
            if entry is not None:
                draft.section(section).add(entry)
            draft.section(section).close(complete=True)

    return write


def _consistent_use_checks(draft: Draft, fact: FactValue) -> None:
    if fact.state is not FactState.KNOWN:
        draft.section("documentation.pill_counts").close(complete=False)
        return
    count, is_exact = _exact_count(fact)
    draft.section("documentation.pill_counts").add({"agrees_with_prescriptions": True}, count)
    draft.section("documentation.pill_counts").close(complete=is_exact)
    if is_exact:
        for other in ("drug_screens", "registry_checks"):
            draft.section(f"documentation.{other}").close(complete=True)


def _inconsistent_screens(draft: Draft, fact: FactValue) -> None:
    _entries(draft, fact, "documentation.drug_screens", {"agrees_with_prescriptions": False})


def _aberrant_behaviors(draft: Draft, fact: FactValue) -> None:
    _entries(draft, fact, "documentation.aberrant_behaviors", {"behavior": "early refill"})


def _work_status(draft: Draft, fact: FactValue) -> None:
    if fact.state is FactState.KNOWN:
        draft.other["worker"] = {"work_status": fact.value}


def _returned_to_work(draft: Draft, fact: FactValue) -> None:
    if fact.state is FactState.KNOWN and "worker" not in draft.other:
        draft.other["worker"] = {"work_status": "full_duty" if fact.value is True else "off_work"}


# complaints and care


def _pain_management_involved(draft: Draft, fact: FactValue) -> None:
    if fact.state is FactState.KNOWN:
        draft.other["prescriber"] = {"specialty": "pain management" if fact.value is True else "family medicine"}
        if fact.value is not True:
            draft.section("consultations").close(complete=True)


def _failed(drug: str) -> Writer:
    def write(draft: Draft, fact: FactValue) -> None:
        _entries(draft, fact, "treatments", {"kind": "medication", "drug": drug, "response": "none"})

    return write


def _conservative_treatments(draft: Draft, fact: FactValue) -> None:
    kinds = list({words: kind for kind, words in CONSERVATIVE.items()}.values())
    count, is_exact = _exact_count(fact) if fact.state is FactState.KNOWN else (0, False)
    if count > len(kinds):
        raise CannotWrite(f"there are {len(kinds)} kinds of conservative treatment, not {count}")
    for kind in kinds[:count]:
        draft.section("treatments").add({"kind": kind})
    draft.section("treatments").close(complete=is_exact)


def _cancer_or_palliative(draft: Draft, fact: FactValue) -> None:
    if fact.state is FactState.KNOWN:
        draft.other["cancer_or_palliative"] = fact.value


def _days_since_flare(draft: Draft, fact: FactValue) -> None:
    amount = fact.value
    if not isinstance(amount, Interval) or amount.high is None or amount.high.denominator != 1:
        raise CannotWrite("the injury bounds the time since the latest exacerbation")
    draft.days_since_injury = int(amount.high)
    draft.section("documentation.flares").close(complete=amount.low == amount.high)


def _active_symptoms(draft: Draft, fact: FactValue) -> None:
    symptoms = draft.section("documentation.symptoms")
    if fact.value is True:
        current = draft.amount("pain_current")
        is_in_pain = current is not None and current.low is not None and current.low > 0
        if not is_in_pain and not _radiates(draft):
            symptoms.add({"symptom": "pain"})
    elif fact.state is FactState.KNOWN:
        symptoms.close(complete=True)
        draft.pain.setdefault("current", "0/10")
    elif draft.facts.get("radicular_symptoms", fact).state is not FactState.KNOWN:
        symptoms.close(complete=False)


def _radiates(draft: Draft) -> bool:
    return "radicular_symptoms" in draft.facts and draft.facts["radicular_symptoms"].value is True


def _radicular_symptoms(draft: Draft, fact: FactValue) -> None:
    symptoms = draft.section("documentation.symptoms")
    if fact.value is True:
        symptoms.add({"symptom": "radiating_pain", "radiates_to": "left leg"})
    else:
        symptoms.close(complete=fact.state is FactState.KNOWN)


def _lesion_agreed(draft: Draft, fact: FactValue) -> None:
    if fact.value is True:
        draft.section("documentation.signs").add({"sign": "biceps reflex", "level": "C5-6", "result": "reduced"})
        for study in ("MRI", "EMG"):
            shows = ["root compression"]
            draft.section("documentation.studies").add({"study": study, "level": "C5-6", "shows": shows})
    elif fact.state is FactState.KNOWN:
        for section in ("documentation.signs", "documentation.studies"):
            draft.section(section).close(complete=True)


# the request, and the others


def _indication(draft: Draft, fact: FactValue) -> None:
    if fact.state is FactState.KNOWN:
        draft.request["indication"] = fact.value


def _already_authorized(draft: Draft, fact: FactValue) -> None:
    if fact.state is FactState.KNOWN:
        draft.request["ur"] = {"decision": "approved" if fact.value is True else "denied"}


def _parent_denied(draft: Draft, fact: FactValue) -> None:
    """A request that is for nothing known: denied because it is approved already, or else left undetermined."""
    parent = {"id": "parent", "service": "a service of unknown kind"}
    if fact.value is True:
        draft.parents.append({**parent, **REFUSED})
    elif fact.state is FactState.NOT_COMPUTABLE:
        draft.parents.append(parent)


def _taken_medicine_denied(draft: Draft, fact: FactValue) -> None:
    """As for a parent, with a medicine that is neither for pain nor one that must be tapered."""
    medicine = {"id": "medicine", "drug": _harmless(), "phase": "continue"}
    entry = {**medicine, **REFUSED} if fact.value is True else medicine
    if fact.value is True or fact.state is FactState.NOT_COMPUTABLE:
        sees_all = draft.scope.kind in SERVICE_KINDS_AFTER_MEDICINES
        (draft.other_requests if sees_all else draft.parents).append(entry)


def _harmless() -> str:
    drugs = load_tables().drugs.values()
    return next(drug.name for drug in drugs if not (drug.pain_medicine or drug.taper or drug.drug_class == "opioid"))


WRITERS: Mapping[str, Writer] = {
    "days_since_flare": _days_since_flare,
    **MEDICINES,
    "pain_with_medication": _score("with_medication"),
    "pain_reduction": _pain_reduction,
    "pain_current": _score("current"),
    "pain_least": _score("least"),
    "pain_average": _score("average"),
    "time_to_relief": _time("time_to_relief"),
    "relief_duration": _time("relief_lasts"),
    "functional_gain": _graded("documentation.function", FUNCTION),
    "adverse_effects": _graded("documentation.adverse_effects", EFFECTS),
    "consistent_use_checks": _consistent_use_checks,
    "inconsistent_screens": _inconsistent_screens,
    "aberrant_behaviors": _aberrant_behaviors,
    "work_status": _work_status,
    "returned_to_work": _returned_to_work,
    "pain_management_involved": _pain_management_involved,
    "failed_opioid_regimens": _failed("morphine"),
    "failed_nonopioid_trials": _failed("naproxen"),
    "conservative_treatments": _conservative_treatments,
    "cancer_or_palliative": _cancer_or_palliative,
    "radicular_symptoms": _radicular_symptoms,
    "active_symptoms": _active_symptoms,
    "lesion_agreed": _lesion_agreed,
    "indication": _indication,
    "already_authorized": _already_authorized,
    "parent_denied": _parent_denied,
    "taken_medicine_denied": _taken_medicine_denied,
}
"""A writer for every fact but those that the kind of request settles, in the order in which they write."""
