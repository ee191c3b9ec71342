"""Facts about doses, courses and what else is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import chain

from imr_engine.inference.facts.context import RequestContext, days_between
from imr_engine.inference.facts.phrases import listing
from imr_engine.inference.values import FactState, FactValue
from imr_engine.prediction import DoseTotal
from imr_engine.units.interval import Interval
from imr_engine.units.wording import amount_in_words

__all__ = ["FACTS"]

UNKNOWN = Interval(Fraction(0), None)


def _opioid_dose_total(context: RequestContext) -> FactValue:
    name = "opioid_dose_total"
    doses = context.doses
    if doses.total is None:
        return context.amount(name, Interval.exact(0), "MME/day", ["medications"])
    paths = [line.source for line in doses.total.lines]
    if doses.firm_total is None:
        reasons, sure = listing(doses.not_computable), _sure_part(doses.total)
        if sure.low:
            reasons = f"{amount_in_words(sure, 'MME/day')}, and a part that is open ({reasons})"
        return replace(context.failed(name, reasons, paths), value=sure)
    estimate = amount_in_words(Interval(doses.total.low, doses.total.high, low_open=doses.total.low_open), "MME/day")
    if doses.total.assumed:
        estimate += " on the assumption that each quantity without directions is a 30-day supply"
    elif not context.medications_complete:
        estimate += " from the lines on record, without a complete list of medicines"
    elif doses.total.high is not None and doses.firm_total.high is None:
        # Only a medicine that we do not know leaves it open: our failure, not a gap of the record.
        unknown, found = _unknown_medicines(context)
        reason = f"{estimate}, and {listing(unknown)} may be opioids too, which the drug tables do not hold"
        return replace(context.failed(name, reason, [*paths, *found]), value=doses.firm_total)
    if _says_nothing(doses.firm_total):
        return FactValue(name, FactState.NOT_DOCUMENTED, None, estimate, tuple(paths))
    return context.amount(name, doses.firm_total, "MME/day", paths, estimate)


def _unknown_medicines(context: RequestContext) -> tuple[list[str], list[str]]:
    """The medicines taken or requested that the drug tables do not hold: their names as written, and their paths."""
    found = [
        (request.drug, f"requests[{index}]")
        for index, request in enumerate(context.case.requests)
        if request.drug is not None and not context.doses.requests[request.id].drugs
    ]
    if context.case.medications is not None:
        lines = zip(context.case.medications.items, context.doses.medications, strict=True)
        found += [
            (line.drug, f"medications[{index}]")
            for index, (line, dose) in enumerate(lines)
            if dose.status == "current" and not dose.drugs
        ]
    return [drug for drug, _ in found], [path for _, path in found]


def _sure_part(total: DoseTotal) -> Interval:
    """At least what the lines come to that could be computed and assume nothing, whatever the others may add."""
    sure = (
        line.mme_per_day
        for line in total.lines
        if line.mme_per_day is not None and line.basis not in {"assumed_30_day", "unknown"}
    )
    return Interval(sum((amount.low or Fraction(0) for amount in sure), Fraction(0)), None)


def _says_nothing(amount: Interval) -> bool:
    return amount.high is None and (amount.low is None or amount.low == 0)


def _course_days(context: RequestContext) -> FactValue:
    name = "course_days"
    dose = context.dose
    if dose is None:
        return FactValue.missing(name)
    paths = [context.path]
    so_far = UNKNOWN
    since = context.request.since
    if since is None and dose.medication is not None and context.case.medications is not None:
        since = context.case.medications.items[dose.medication].since
        paths.append(f"medications[{dose.medication}]")
    if since is not None:
        so_far = Interval.exact(max(0, days_between(since, context.reference)))
    elif dose.phase == "start":
        so_far = Interval.exact(0)
    total = so_far + dose.supply_days
    if dose.daily is None and dose.supply_days.high is None and context.request.quantity is not None:
        # The count is on record and the directions are too, but we could not read them: our failure, not a gap.
        failed = context.failed(name, "how long the quantity lasts could not be worked out from the directions", paths)
        return replace(failed, value=Interval(total.low, None))
    if _says_nothing(total):
        return FactValue(
            name, FactState.NOT_DOCUMENTED, None, "neither its first day nor the days supplied are on record"
        )
    text = amount_in_words(total, "days")
    if total.high is None:
        text += " in all"
    return context.amount(name, total, "days", paths, text)


def _opioid_use_days(context: RequestContext) -> FactValue:
    name = "opioid_use_days"
    starts: list[tuple[date, str]] = []
    every_start_known = context.medications_complete
    if context.case.medications is not None:
        for index, line in enumerate(context.doses.medications):
            since = context.case.medications.items[index].since
            if line.status != "current" or not any(drug.drug_class == "opioid" for drug in line.drugs):
                continue
            if since is None:
                every_start_known = False
            else:
                starts.append((since, f"medications[{index}].since"))
    for index, request in enumerate(context.case.requests):
        dose = context.doses.requests.get(request.id)
        if request.since is not None and dose is not None and dose.drugs and dose.drugs[0].drug_class == "opioid":
            starts.append((request.since, f"requests[{index}].since"))
    if not starts:
        return FactValue.missing(name)
    first = min(since for since, _ in starts)
    days = Interval.exact(max(0, days_between(first, context.reference)))
    if not every_start_known:
        # The first day on record is a lower bound: another opioid may have been taken before it.
        days = Interval(days.low, None)
    return context.amount(name, days, "days", [path for since, path in starts if since == first])


def _dose_is_reduced(context: RequestContext) -> FactValue:
    name = "dose_is_reduced"
    dose = context.dose
    if dose is None or dose.daily is None or dose.charted_daily is None:
        return FactValue.missing(name)
    paths = [context.path, f"medications[{dose.medication}]"]
    requested, charted = dose.daily, dose.charted_daily
    if requested.high is not None and charted.low is not None and requested.high < charted.low:
        return context.yes(name, "the requested daily dose is lower than the present one", paths)
    if charted.high is not None and requested.low is not None and requested.low >= charted.high:
        return context.no(name, "the requested daily dose is not lower than the present one", paths)
    return FactValue.missing(name)


def _drug_requested(context: RequestContext) -> FactValue:
    wanted = context.request.drug is not None
    return context.fact("drug_requested", wanted, "a medicine" if wanted else "a service", [context.path])


def _must_be_tapered(context: RequestContext) -> FactValue:
    name = "must_be_tapered"
    dose = context.dose
    if dose is None or not dose.drugs or not dose.drugs[0].taper:
        return context.no(name, "nothing that needs a taper", [context.path])
    drug = dose.drugs[0]
    text = f"{drug.name} is being taken and must not be stopped abruptly"
    if dose.medication is not None:
        return context.yes(name, text, [f"medications[{dose.medication}]"])
    if dose.phase in ("continue", "increase", "taper"):
        return context.yes(name, text, [context.path])
    if dose.phase == "start":
        return context.no(name, "a first prescription", [context.path])
    return FactValue.missing(name)


def _indication(context: RequestContext) -> FactValue:
    value = context.request.indication
    if value is None:
        return FactValue.missing("indication")
    return context.fact("indication", value, value.replace("_", " "), [f"{context.path}.indication"])


def _other_pain_medicines(context: RequestContext) -> FactValue:
    name = "other_pain_medicines"
    found: dict[str, list[str]] = {}
    for path, drug in (*context.current_drugs(), *context.requested_drugs()):
        if drug.id not in context.scope.ingredients and (drug.pain_medicine or drug.drug_class == "muscle_relaxant"):
            found.setdefault(drug.name, []).append(path)
    if not found and not context.medications_complete:
        return FactValue.missing(name)
    count = Interval.exact(len(found))
    if not context.medications_complete:
        count = Interval(count.low, None)
    words = listing(found) or "no other such medicine"
    return context.amount(name, count, None, chain.from_iterable(found.values()), words)


FACTS: Mapping[str, Callable[[RequestContext], FactValue]] = {
    "opioid_dose_total": _opioid_dose_total,
    "course_days": _course_days,
    "opioid_use_days": _opioid_use_days,
    "dose_is_reduced": _dose_is_reduced,
    "drug_requested": _drug_requested,
    "must_be_tapered": _must_be_tapered,
    "indication": _indication,
    "other_pain_medicines": _other_pain_medicines,
}
