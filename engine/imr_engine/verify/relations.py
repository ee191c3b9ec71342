"""What is true of the facts of every possible case, whatever the rules ask: the assumptions that a proof rests on.

Facts that are worked out from the same observations move together. Each relation says for which facts it holds, what
holds, and why, in words that stand in the report of a proof. A test holds all of them against the facts of generated
cases: a relation that a real case could break would make a proof worthless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from imr_engine.inference.scopes import SERVICE_KINDS_AFTER_MEDICINES
from imr_engine.inference.values import RequestScope
from imr_engine.verify.terms import Amount, Formula, ViewTerms, every, implied, negated, number, same, some, whole

__all__ = ["RELATIONS", "Kind", "Relation"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What the drug tables and the request say of the requests of a space, beside their scope.

    ``tapers``: the drug must not be stopped abruptly. ``pain_medicine``: it is one taken for pain or spasm.
    ``has_factor``: the conversion table has a factor for it; None where that depends on the product, or is not asked.
    """

    scope: RequestScope
    tapers: bool = False
    pain_medicine: bool = False
    has_factor: bool | None = None

    @property
    def is_drug(self) -> bool:
        """Whether a medicine is requested."""
        return bool(self.scope.drug_class)

    @property
    def continues(self) -> bool:
        """Whether the worker takes the drug now, by the phase of the request."""
        return self.scope.phase in ("continue", "increase", "taper")


@dataclass(frozen=True, slots=True)
class Relation:
    """Something that holds of facts, and why. It is used where the rulebook declares all of the facts.

    ``together``: one observation makes all of the facts known, so that none of them comes to be known alone.
    """

    facts: tuple[str, ...]
    reason: str
    holds: Callable[[ViewTerms, Kind], Formula]
    together: bool = False


def _known_or_missing(*facts: str) -> Iterator[Relation]:
    for fact in facts:
        yield Relation((fact,), f"{fact} is known or not documented", lambda v, _, f=fact: negated(v.facts[f].failed))


def _scores(*facts: str) -> Iterator[Relation]:
    for fact in facts:
        reason = f"{fact} is a score, or a range of scores, from 0 to 10"
        yield Relation(
            (fact,), reason, lambda v, _, f=fact: implied(v.facts[f].known, _bounded(v.facts[f].amount, 0, 10))
        )


def _times(*facts: str) -> Iterator[Relation]:
    for fact in facts:
        reason = f"{fact} is a time, or a range of times, and not negative"
        yield Relation(
            (fact,), reason, lambda v, _, f=fact: implied(v.facts[f].known, _bounded(v.facts[f].amount, 0, None))
        )


def _counts(*facts: str) -> Iterator[Relation]:
    for fact in facts:
        reason = f"{fact} is a whole number; where there may be more, there is at least one"
        yield Relation((fact,), reason, lambda v, _, f=fact: implied(v.facts[f].known, _count(v.facts[f].amount)))


def _bounded(amount: Amount, least: int, most: int | None) -> Formula:
    parts = [amount.has_low, amount.has_high, amount.closed, amount.low >= number(least)]
    return every(*parts, *([] if most is None else [amount.high <= number(most)]))


def _count(amount: Amount) -> Formula:
    open_upward = every(negated(amount.has_high), amount.low >= number(1))
    exact = every(amount.has_high, same(amount.high, amount.low))
    return every(amount.has_low, amount.closed, amount.low >= number(0), whole(amount.low), some(exact, open_upward))


def _closed(view: ViewTerms, section: str) -> Formula:
    """The section of the record is a list that holds all there is."""
    return view.hidden(f"the list of {section} is complete")


def _exact(view: ViewTerms, fact: str) -> Formula:
    return every(view.facts[fact].known, view.facts[fact].amount.is_exact)


def _true(view: ViewTerms, fact: str) -> Formula:
    return every(view.facts[fact].known, view.facts[fact].holds)


def _false(view: ViewTerms, fact: str) -> Formula:
    return every(view.facts[fact].known, negated(view.facts[fact].holds))


# doses and courses


def _dose_total(view: ViewTerms, kind: Kind) -> Formula:
    del kind
    fact = view.facts["opioid_dose_total"]
    amount = fact.amount
    says_something = some(amount.has_high, amount.low > number(0))
    known = every(amount.has_low, amount.low >= number(0), says_something)
    failed = every(amount.has_low, amount.low >= number(0), negated(amount.has_high))
    return every(implied(fact.known, known), implied(fact.failed, failed))


def _dose_total_of_opioid(view: ViewTerms, kind: Kind) -> Formula:
    if kind.scope.drug_class != "opioid":
        return every()
    fact = view.facts["opioid_dose_total"]
    has_end = every(fact.known, fact.amount.has_high)
    return implied(has_end, every(fact.amount.high > number(0), _closed(view, "medicines")))


def _dose_without_factor(view: ViewTerms, kind: Kind) -> Formula:
    return view.facts["opioid_dose_total"].failed if kind.has_factor is False else every()


def _course(view: ViewTerms, kind: Kind) -> Formula:
    fact = view.facts["course_days"]
    amount = fact.amount
    if not kind.is_drug:
        return fact.missing
    known = every(amount.has_low, amount.low > number(0))
    failed = every(amount.has_low, amount.low >= number(0), negated(amount.has_high))
    return every(implied(fact.known, known), implied(fact.failed, failed))


def _use_days(view: ViewTerms, kind: Kind) -> Formula:
    del kind
    fact = view.facts["opioid_use_days"]
    amount = fact.amount
    days = every(amount.has_low, amount.closed, amount.low >= number(0), whole(amount.low))
    exact_or_open = some(negated(amount.has_high), every(same(amount.high, amount.low), _closed(view, "medicines")))
    return implied(fact.known, every(days, exact_or_open))


def _dose_reduced(view: ViewTerms, kind: Kind) -> Formula:
    no_chart = not kind.is_drug or kind.scope.phase in ("start", "unstated")
    return view.facts["dose_is_reduced"].missing if no_chart else every()


def _requested(view: ViewTerms, kind: Kind) -> Formula:
    return _true(view, "drug_requested") if kind.is_drug else _false(view, "drug_requested")


def _tapered(view: ViewTerms, kind: Kind) -> Formula:
    name = "must_be_tapered"
    if not kind.is_drug or not kind.tapers or kind.scope.phase == "start":
        return _false(view, name)
    if kind.continues:
        return _true(view, name)
    return view.facts[name].missing


def _indicated(view: ViewTerms, kind: Kind) -> Formula:
    return every() if kind.is_drug else view.facts["indication"].missing


# pain


def _reduction(view: ViewTerms, kind: Kind) -> Formula:
    del kind
    reduction, after = view.facts["pain_reduction"], view.facts["pain_with_medication"]
    # From the reduction and the score with medication follows the score without: a range of the same scale.
    low = reduction.amount.low + after.amount.high
    high = reduction.amount.high + after.amount.low
    before = every(low >= number(0), high <= number(10), low <= high)
    return implied(reduction.known, every(after.known, before))


def _reduction_alone(view: ViewTerms, kind: Kind) -> Formula:
    del kind
    fact = view.facts["pain_reduction"]
    return implied(fact.known, _bounded(fact.amount, -10, 10))


# use, work, complaints


def _work(view: ViewTerms, kind: Kind) -> Formula:
    del kind
    status, returned = view.facts["work_status"], view.facts["returned_to_work"]
    at_work = some(*(term for value, term in status.values.items() if value in ("full_duty", "modified_duty")))
    return every(same(status.known, returned.known), same(returned.holds, at_work))


def _checks(view: ViewTerms, kind: Kind) -> Formula:
    del kind
    return implied(_exact(view, "consistent_use_checks"), _exact(view, "inconsistent_screens"))


def _symptoms(view: ViewTerms, kind: Kind) -> Formula:
    del kind
    active, pain = view.facts["active_symptoms"], view.facts["pain_current"]
    closed = _closed(view, "symptoms")
    no_pain = every(pain.known, same(pain.amount.high, number(0)))
    return every(
        implied(every(pain.known, pain.amount.low > number(0)), _true(view, "active_symptoms")),
        implied(_false(view, "active_symptoms"), every(closed, no_pain)),
        implied(every(closed, no_pain), active.known),
    )


def _radiating(view: ViewTerms, kind: Kind) -> Formula:
    del kind
    closed = _closed(view, "symptoms")
    return every(
        implied(_false(view, "radicular_symptoms"), closed),
        implied(closed, view.facts["radicular_symptoms"].known),
    )


def _radiating_is_active(view: ViewTerms, kind: Kind) -> Formula:
    del kind
    return every(
        implied(_true(view, "radicular_symptoms"), _true(view, "active_symptoms")),
        implied(_false(view, "active_symptoms"), _false(view, "radicular_symptoms")),
    )


def _flare(view: ViewTerms, kind: Kind) -> Formula:
    del kind
    fact = view.facts["days_since_flare"]
    amount = fact.amount
    days = every(amount.has_low, amount.has_high, amount.closed, whole(amount.low), whole(amount.high))
    exact_or_at_most = some(same(amount.low, amount.high), same(amount.low, number(0)))
    return every(fact.known, days, amount.low >= number(0), exact_or_at_most)


# treatments and medicines


def _of_treatments(*facts: str) -> Iterator[Relation]:
    for fact in facts:
        reason = f"{fact} counts entries of the treatments, and is exact where that list is complete, and only there"
        yield Relation((fact,), reason, lambda v, _, f=fact: same(_exact(v, f), _closed(v, "treatments")))


def _other_medicines(view: ViewTerms, kind: Kind) -> Formula:
    del kind
    return same(_exact(view, "other_pain_medicines"), _closed(view, "medicines"))


def _opioid_taken(view: ViewTerms, kind: Kind) -> Formula:
    closed = _closed(view, "medicines")
    parts = [
        implied(_false(view, "takes_opioid"), closed),
        implied(closed, view.facts["takes_opioid"].known),
    ]
    if kind.scope.drug_class == "opioid" and kind.continues:
        parts.append(_true(view, "takes_opioid"))
    return every(*parts)


def _pain_medicine_taken(view: ViewTerms, kind: Kind) -> Formula:
    closed = every(_closed(view, "medicines"), _closed(view, "treatments"))
    parts = [
        implied(_false(view, "takes_pain_medicine"), closed),
        implied(closed, view.facts["takes_pain_medicine"].known),
    ]
    if kind.pain_medicine and kind.continues:
        parts.append(_true(view, "takes_pain_medicine"))
    return every(*parts)


def _opioid_is_pain_medicine(view: ViewTerms, kind: Kind) -> Formula:
    del kind
    return implied(_true(view, "takes_opioid"), _true(view, "takes_pain_medicine"))


def _counted_opioid(view: ViewTerms, kind: Kind) -> Formula:
    if kind.is_drug:
        return every()
    others = view.facts["other_pain_medicines"]
    return implied(_true(view, "takes_opioid"), every(others.known, others.amount.low >= number(1)))


# other requests


def _outcomes_of_others(fact: str) -> Relation:
    reason = f"{fact} follows the outcomes of the other requests, and is known or not computable"
    return Relation((fact,), reason, lambda v, _, f=fact: negated(v.facts[f].missing))


def _denied_is_parent(view: ViewTerms, kind: Kind) -> Formula:
    if kind.scope.kind in SERVICE_KINDS_AFTER_MEDICINES:
        return every()
    return implied(_true(view, "taken_medicine_denied"), _true(view, "parent_denied"))


COUNTS = (
    "other_pain_medicines", "consistent_use_checks", "aberrant_behaviors", "inconsistent_screens",
    "failed_opioid_regimens", "failed_nonopioid_trials", "conservative_treatments",
)  # fmt: skip
SCORES = ("pain_current", "pain_least", "pain_average", "pain_with_medication")
TIMES = ("time_to_relief", "relief_duration")

RELATIONS: tuple[Relation, ...] = (
    *_known_or_missing(
        *COUNTS, *SCORES, *TIMES, "pain_reduction", "opioid_use_days", "dose_is_reduced", "must_be_tapered",
        "indication",
        "functional_gain", "adverse_effects", "work_status", "returned_to_work", "pain_management_involved",
        "cancer_or_palliative", "active_symptoms", "radicular_symptoms", "lesion_agreed", "takes_pain_medicine",
        "takes_opioid", "already_authorized",
    ),
    *_counts(*COUNTS),
    *_scores(*SCORES),
    *_times(*TIMES),
    Relation(
        ("opioid_dose_total",),
        "opioid_dose_total is not negative; what says no more than that is not documented, what is not computable has "
        "at most a low end",
        _dose_total,
    ),
    Relation(
        ("opioid_dose_total",),
        "the total with a requested opioid is more than nothing, and has a high end only if all medicines are listed",
        _dose_total_of_opioid,
    ),
    Relation(
        ("opioid_dose_total",),
        "the total with an opioid that the edition's conversion table gives no factor is not computable",
        _dose_without_factor,
    ),
    Relation(
        ("course_days",),
        "course_days is a drug's alone and more than nothing; what says no more is not documented, what is not "
        "computable has at most a low end",
        _course,
    ),
    Relation(
        ("opioid_use_days",),
        "opioid_use_days is a whole number, exact only where the list of medicines is complete, else a low end",
        _use_days,
    ),
    Relation(
        ("dose_is_reduced",), "only a request that goes on with a charted drug can reduce its dose", _dose_reduced
    ),
    Relation(("drug_requested",), "drug_requested is always known, by the kind of request", _requested),
    Relation(
        ("must_be_tapered",),
        "must_be_tapered follows from the drug and the phase, and is false for a service and a first prescription",
        _tapered,
    ),
    Relation(("indication",), "a service has no indication", _indicated),
    Relation(("pain_reduction",), "pain_reduction is the difference of two scores from 0 to 10", _reduction_alone),
    Relation(
        ("pain_reduction", "pain_with_medication"),
        "pain_reduction is known only where the score with medication is, and leads from a score of 0 to 10 to it",
        _reduction,
        together=True,
    ),
    Relation(("work_status", "returned_to_work"), "returned_to_work follows from work_status", _work, together=True),
    Relation(
        ("consistent_use_checks", "inconsistent_screens"),
        "where all checks of use are known to agree or not, so are all drug screens",
        _checks,
    ),
    Relation(
        ("active_symptoms", "pain_current"),
        "current pain above 0 is an active symptom; that there is none is known where both were looked for",
        _symptoms,
    ),
    Relation(
        ("radicular_symptoms",),
        "that no symptom radiates is known where the list of symptoms is complete, and only there",
        _radiating,
    ),
    Relation(
        ("radicular_symptoms", "active_symptoms"),
        "a symptom that radiates is active",
        _radiating_is_active,
        together=True,
    ),
    Relation(
        ("days_since_flare",),
        "days_since_flare is always known, since the injury bounds it: a whole number of days, or at most so many",
        _flare,
    ),
    *_of_treatments("failed_opioid_regimens", "failed_nonopioid_trials", "conservative_treatments"),
    Relation(
        ("other_pain_medicines",),
        "other_pain_medicines is exact where the list of medicines is complete, and only there",
        _other_medicines,
    ),
    Relation(
        ("takes_opioid",),
        "that no opioid is taken is known where the list of medicines is complete; one that is continued is taken",
        _opioid_taken,
    ),
    Relation(
        ("takes_pain_medicine",),
        "that no pain medicine is taken is known where the lists of medicines and treatments are complete; one that is "
        "continued is taken",
        _pain_medicine_taken,
    ),
    Relation(
        ("takes_opioid", "takes_pain_medicine"), "an opioid is a pain medicine", _opioid_is_pain_medicine
    ),
    Relation(
        ("takes_opioid", "other_pain_medicines"),
        "seen from a service, an opioid that is taken is one of the pain medicines",
        _counted_opioid,
    ),
    _outcomes_of_others("parent_denied"),
    _outcomes_of_others("taken_medicine_denied"),
    Relation(
        ("parent_denied", "taken_medicine_denied"),
        "all but visits see only the outcomes of the requests that they depend on",
        _denied_is_parent,
    ),
)  # fmt: skip
"""Every relation, in the order in which a report lists them."""
