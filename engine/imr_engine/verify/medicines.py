"""The writers of facts about doses, courses and the medicines that are taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from imr_engine.dosing import Drug, load_tables
from imr_engine.inference.values import FactState, FactValue
from imr_engine.units.interval import Interval
from imr_engine.verify.draft import CannotWrite, Draft, decimal

__all__ = ["MEDICINES", "ask_for"]

UNREADABLE = "as per the usual protocol"
DAILY = "once daily"
OTHER_OPIOID = "Hysingla ER"
"""An opioid beside the requested one: hydrocodone, of which a milligram is one MME by every table here."""

MOST_PIECES = 12
"""More pieces a day than this are not written."""

STAND_IN = "MS Contin"
"""The other opioid where hydrocodone itself is requested."""


def ask_for(draft: Draft) -> None:
    """Name the drug of the request, as a line would."""
    drug = draft.drug
    if drug is None:
        raise CannotWrite("the drug tables have no such drug")
    partners = draft.scope.ingredients[1:]
    draft.request["drug"] = "/".join((drug.name, *partners))


def _milligrams(draft: Draft, drug: Drug, equivalents: Fraction) -> str:
    """The daily amount of a drug that comes to so many morphine equivalents."""
    table = load_tables().conversion_table(draft.rules.edition.conversion_table)
    factors = {table.factors.get(product.conversion) for product in drug.products}
    factor = factors.pop() if len(factors) == 1 else None
    if factor is None or factor.unit != "MME/mg" or len(factor.bands) != 1:
        raise CannotWrite(f"a dose of {drug.name} in milligrams has no one factor")
    return decimal(equivalents / factor.bands[0][1])


def _other_opioid(draft: Draft, **line: str) -> None:
    """Chart an opioid beside the one that is requested."""
    requested = draft.drug
    name = STAND_IN if requested is not None and requested.id == "hydrocodone" else OTHER_OPIOID
    draft.section("medications").add({"drug": name, **line})


def _opioid_dose_total(draft: Draft, fact: FactValue) -> None:
    amount = fact.value if isinstance(fact.value, Interval) else Interval(Fraction(0), None)
    low = amount.low or Fraction(0)
    if amount.high is not None:
        draft.section("medications").close(complete=True)
    elif fact.state is FactState.KNOWN:
        draft.section("medications").close(complete=False)
    if not draft.is_opioid or draft.drug is None:
        _total_of_others(draft, fact, amount)
    elif fact.state is FactState.NOT_COMPUTABLE:
        draft.request["directions"] = UNREADABLE
        if low > 0:
            _other_opioid(draft, dose=f"{decimal(low)} mg", directions=DAILY)
        elif _needs_another(draft):
            _other_opioid(draft, directions=UNREADABLE)
    elif fact.state is FactState.NOT_DOCUMENTED:
        if _needs_another(draft):
            _other_opioid(draft)
    else:
        _known_total(draft, draft.drug, amount)


def _total_of_others(draft: Draft, fact: FactValue, amount: Interval) -> None:
    if fact.state is not FactState.KNOWN:
        _other_opioid(draft, **({} if fact.state is FactState.NOT_DOCUMENTED else {"directions": UNREADABLE}))
    elif amount.high is None or amount.high > 0:
        _other_opioid(draft, **_line(decimal(amount.low or Fraction(0)), amount))


def _known_total(draft: Draft, drug: Drug, amount: Interval) -> None:
    low = amount.low or Fraction(0)
    if amount.low_open or amount.high_open:
        if amount.high is not None:
            raise CannotWrite("a total with two ends has no open one here")
        # The requested amount is not on record: more than nothing, beside an opioid whose amount is.
        _other_opioid(draft, dose=f"{decimal(low)} mg", directions=DAILY)
        return
    if _needs_another(draft):
        half = low / 2
        _other_opioid(draft, dose=f"{decimal(half)} mg", directions=DAILY)
        amount = Interval(low - half, None if amount.high is None else amount.high - half)
    if amount.high == 0:
        raise CannotWrite("a requested opioid comes to more than nothing")
    draft.request.update(_line(_milligrams(draft, drug, amount.low or Fraction(0)), amount, drug, draft))


def _line(low: str, amount: Interval, drug: Drug | None = None, draft: Draft | None = None) -> dict[str, str]:
    """Dose and directions of a line: one amount, a range, or at most so much."""
    if amount.high is None or amount.high == amount.low:
        return {"dose": f"{low} mg", "directions": DAILY}
    high = decimal(amount.high) if drug is None or draft is None else _milligrams(draft, drug, amount.high)
    if amount.low == 0:
        return {"dose": f"{high} mg", "directions": f"{DAILY} as needed"}
    return {"dose": f"{low}-{high} mg", "directions": DAILY}


def _needs_another(draft: Draft) -> bool:
    """Whether the time on opioids has to be shown by another line: a first day would tell the phase of this one."""
    return draft.scope.phase == "unstated" and draft.is_known("opioid_use_days")


def _opioid_use_days(draft: Draft, fact: FactValue) -> None:
    amount = fact.value
    if not isinstance(amount, Interval) or amount.low is None:
        return
    since = draft.ago(amount.low)
    lines = draft.section("medications")
    lines.close(complete=amount.high is not None)
    if draft.is_opioid and draft.scope.phase != "unstated":
        draft.request["since"] = since
    elif not lines.entries:
        _other_opioid(draft)
    for line in lines.entries:
        line["since"] = since


def _dose_is_reduced(draft: Draft, fact: FactValue) -> None:
    if fact.state is not FactState.KNOWN:
        return
    if draft.is_known("opioid_dose_total"):
        raise CannotWrite("the charted dose is not written beside a total")
    draft.request.update(dose="10 mg", directions=DAILY)
    charted = "20 mg" if fact.value is True else "5 mg"
    draft.section("medications").add({"drug": draft.request["drug"], "dose": charted, "directions": DAILY})


def _course_days(draft: Draft, fact: FactValue) -> None:
    if fact.state is FactState.NOT_DOCUMENTED:
        return
    amount = fact.value if isinstance(fact.value, Interval) else Interval(Fraction(0), None)
    low, has_first_day = amount.low or Fraction(0), draft.scope.phase != "unstated"
    if fact.state is FactState.NOT_COMPUTABLE:
        draft.request.update(directions=UNREADABLE, quantity=30)
        if low > 0:
            draft.request["since"] = _since(draft, low)
    elif amount.high is None:
        _open_course(draft, low, is_open=amount.low_open)
    elif amount.high == low and low >= 1 and low.denominator == 1:
        draft.request["since"] = _since(draft, low - 1) if has_first_day else draft.ago(0)
        draft.request["days_supply"] = _pieces(Fraction(1) if has_first_day else low)
    else:
        _spread_course(draft, low, amount.high)


def _since(draft: Draft, days: Fraction) -> str:
    if draft.scope.phase == "unstated" and days > 0:
        raise CannotWrite("a first day in the past would tell the phase of the request")
    return draft.ago(days)


def _open_course(draft: Draft, low: Fraction, *, is_open: bool) -> None:
    """A first day without a supply is more than the days so far; a supply without a first day is at least its days."""
    if is_open:
        draft.request["since"] = _since(draft, low)
    elif draft.scope.phase == "start":
        draft.request.update(directions="1 tablet daily as needed", quantity=_pieces(low))
    else:
        draft.request["days_supply"] = _pieces(low)


def _spread_course(draft: Draft, low: Fraction, high: Fraction) -> None:
    """A quantity that lasts longer or shorter by how many pieces of it are taken, after so many days of the drug."""
    so_far = range(1) if draft.scope.phase == "unstated" else range(min(int(low), 400) + 1)
    for days in so_far:
        shortest, longest = low - days, high - days
        if shortest <= 0:
            break
        ratio = longest / shortest
        quantity = shortest * ratio.numerator
        # As many more pieces at a time as make the quantity a whole number.
        times = quantity.denominator
        fewest, most = ratio.denominator * times, ratio.numerator * times
        if most <= MOST_PIECES:
            taken = f"{fewest}" if fewest == most else f"{fewest}-{most}"
            draft.request.update(directions=f"{taken} tablets daily", quantity=_pieces(quantity * times))
            draft.request["since"] = draft.ago(days)
            return
    raise CannotWrite(f"no quantity is known to last {low} to {high} days")


def _pieces(count: Fraction) -> int:
    if count.denominator != 1 or not 1 <= count <= 100_000:
        raise CannotWrite(f"{count} is no number of pieces or days")
    return int(count)


# what is taken


def _takes_opioid(draft: Draft, fact: FactValue) -> None:
    lines = draft.section("medications")
    if fact.value is True:
        if not (draft.is_opioid and draft.continues) and not _charted(draft, "opioid"):
            _other_opioid(draft)
    else:
        lines.close(complete=fact.state is FactState.KNOWN)


def _charted(draft: Draft, drug_class: str | None = None) -> list[str]:
    """The charted drugs for pain or spasm, or of a class, each once."""
    found: dict[str, None] = {}
    for line in draft.section("medications").entries:
        drug = load_tables().find(line["drug"])
        if drug is None or line.get("status", "current") != "current":
            continue
        wanted = drug.drug_class == drug_class if drug_class else _relieves(drug)
        if wanted:
            found[drug.id] = None
    return list(found)


def _relieves(drug: Drug) -> bool:
    return drug.pain_medicine or drug.drug_class == "muscle_relaxant"


def _other_pain_medicines(draft: Draft, fact: FactValue) -> None:
    lines = draft.section("medications")
    amount = fact.value
    lines.close(complete=isinstance(amount, Interval) and amount.high is not None)
    if not isinstance(amount, Interval) or amount.low is None:
        return
    there = [name for name in _charted(draft) if name not in draft.scope.ingredients]
    more = int(amount.low) - len(there)
    free = [
        drug.name
        for drug in load_tables().drugs.values()
        if _relieves(drug) and drug.drug_class == "nsaid" and drug.id not in (*there, *draft.scope.ingredients)
    ]
    if not 0 <= more <= len(free):
        raise CannotWrite(f"{amount.low} other medicines for pain cannot be charted")
    for name in free[:more]:
        lines.add({"drug": name})


def _takes_pain_medicine(draft: Draft, fact: FactValue) -> None:
    treatments = draft.section("treatments")
    if fact.value is True:
        drug = draft.drug
        if not (drug is not None and _relieves(drug) and draft.continues) and not _charted(draft):
            # Unnamed, it is no medicine that another fact would count.
            treatments.add({"kind": "medication"})
    elif fact.state is FactState.KNOWN:
        draft.section("medications").close(complete=True)
        treatments.close(complete=True)
    elif draft.section("medications").complete:
        treatments.close(complete=False)
    else:
        draft.section("medications").close(complete=False)


MEDICINES: Mapping[str, Callable[[Draft, FactValue], None]] = {
    "opioid_dose_total": _opioid_dose_total,
    "opioid_use_days": _opioid_use_days,
    "dose_is_reduced": _dose_is_reduced,
    "course_days": _course_days,
    "takes_opioid": _takes_opioid,
    "other_pain_medicines": _other_pain_medicines,
    "takes_pain_medicine": _takes_pain_medicine,
}
"""These writers by fact, in the order in which they write."""
