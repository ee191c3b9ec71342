"""Morphine equivalents of daily doses under one table: factors by product, bands by the whole dose, and the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from imr_engine.dosing.daily import LineDose
from imr_engine.dosing.model import ConversionTable, Factor, ReadLine
from imr_engine.prediction import DoseLine, DoseTotal
from imr_engine.units.interval import Interval

__all__ = ["OPIOID", "RegimenLine", "Total", "total_of"]

OPIOID = "opioid"


@dataclass(frozen=True, slots=True)
class RegimenLine:
    """A line of the regimen: where it stands, its text, how it was read, and its daily dose."""

    source: str
    line: ReadLine
    dose: LineDose

    @property
    def is_opioid(self) -> bool:
        """Whether the line is of an opioid, alone or in a combination."""
        return OPIOID in [drug.drug_class for drug in self.line.drugs]


@dataclass(frozen=True, slots=True)
class Total:
    """The estimate with its lines, and the firm total, None where it is not computable."""

    estimate: DoseTotal
    firm: Interval | None


@dataclass(slots=True)
class _Counted:
    """What a line puts under a factor: its key, and firm and estimated amounts in the factor's unit."""

    key: str
    factor: Factor | None
    firm: Interval
    estimate: Interval
    fallback: bool


def total_of(lines: Sequence[RegimenLine], table: ConversionTable, fallback: ConversionTable | None = None) -> Total:
    """The morphine equivalents of the opioids among the lines.

    A line without a factor, or one whose amount cannot be computed, leaves the firm total None and the estimate without
    an upper bound. A factor of the fallback table leaves the firm total None too, since it may not decide alone.
    """
    opioids = [line for line in lines if line.is_opioid]
    counted = [_count(line, table, fallback) for line in opioids]
    by_key: dict[str, list[_Counted]] = {}
    for one in counted:
        if isinstance(one, _Counted) and one.factor is not None:
            by_key.setdefault(one.key, []).append(one)
    firm_sums = {key: Interval.sum_of(one.firm for one in alike) for key, alike in by_key.items()}
    sums = {key: Interval.sum_of(one.estimate for one in alike) for key, alike in by_key.items()}
    shown: list[DoseLine] = []
    reasons: list[str] = []
    firm = estimate = Interval.exact(0)
    done: set[str] = set()
    for line, one in zip(opioids, counted, strict=True):
        if isinstance(one, str):
            reasons.append(one)
            shown.append(_shown(line, None, None, one))
            continue
        if one.factor is None:
            reason = f"{table.name} gives {line.line.drugs[0].name} no factor on purpose: {table.none[one.key]}"
            shown.append(_shown(line, None, Interval.exact(0), reason))
            continue
        if one.key not in done:
            done.add(one.key)
            firm += _converted(one.factor, firm_sums[one.key])
            estimate += _converted(one.factor, sums[one.key])
        if one.fallback and fallback is not None:
            reasons.append(f"{line.line.text}: the factor is not of {table.name} but of {fallback.name}")
        factor, equivalents = _of_line(one.factor, one.estimate, sums[one.key])
        shown.append(
            _shown(line, factor, equivalents, f"factor of {fallback.name}" if one.fallback and fallback else None)
        )
    if any(isinstance(one, str) for one in counted):
        estimate = Interval(estimate.low, None, low_open=True)
    total = DoseTotal(
        table=table.name
        if not any(isinstance(one, _Counted) and one.fallback for one in counted) or fallback is None
        else f"{table.name}, and {fallback.name} where it has no factor",
        low=estimate.low or Fraction(0),
        high=estimate.high,
        low_open=estimate.low_open,
        assumed=any(line.dose.assumed for line in opioids),
        lines=tuple(shown),
        not_computable=tuple(sorted(set(reasons))),
    )
    return Total(total, None if reasons else firm)


def _count(line: RegimenLine, table: ConversionTable, fallback: ConversionTable | None) -> _Counted | str:
    dose = line.dose
    if dose.daily is None or dose.estimate is None:
        return dose.reason or f"{line.line.text}: no daily dose"
    drugs = {drug.id for drug in line.line.drugs}
    keys = {product.conversion for product in line.line.products if product.drug in drugs}
    if len(keys) != 1:
        name = line.line.drugs[0].name
        return f"{line.line.text}: the form of {name} is not stated, and its factor depends on it"
    key = next(iter(keys))
    if key in table.none:
        return _Counted(key, None, dose.daily, dose.estimate, fallback=False)
    factor, used = table.factors.get(key), False
    if factor is None and fallback is not None:
        factor, used = fallback.factors.get(key), True
    if factor is None:
        where = table.name if fallback is None else f"{table.name} nor in {fallback.name}"
        return f"{line.line.text}: {key.replace('-', ' ')} has no factor in {where}"
    firm = _in_unit(factor, dose, dose.daily)
    estimate = firm if dose.estimate is dose.daily else _in_unit(factor, dose, dose.estimate)
    if firm is None or estimate is None:
        return f"{line.line.text}: its amount is not in the unit of the factor, {factor.unit}"
    return _Counted(key, factor, firm, estimate, used)


def _in_unit(factor: Factor, dose: LineDose, amount: Interval) -> Interval | None:
    """A daily amount as the factor counts it: mg, mcg, mcg/h worn, or mcg/h times patches a day."""
    match factor.unit, dose.unit:
        case ("MME/mg", "mg") | ("MME/mcg", "mcg") | ("MME/day/patch_rate", "mcg/h"):
            return amount
        case ("MME/mg", "mcg"):
            return amount.scaled(Fraction(1, 1000))
        case ("MME/mcg", "mg"):
            return amount.scaled(1000)
        case ("MME/patch_rate/patch", "mcg/h"):
            if amount.high is None or dose.patch_use is None:
                return amount
            return Interval(Fraction(0), dose.patch_use.high) if dose.as_needed else dose.patch_use
        case _:
            return None


def _converted(factor: Factor, amount: Interval) -> Interval:
    """The equivalents of a whole daily amount; bands never fall, so the ends of the one give the ends of the other."""
    if len(factor.bands) == 1:
        return amount.scaled(factor.bands[0][1])
    low = None if amount.low is None else amount.low * factor.at(amount.low, just_above=amount.low_open)
    high = None if amount.high is None else amount.high * factor.at(amount.high)
    return Interval(low, high, low_open=amount.low_open and low is not None, high_open=False)


def _of_line(factor: Factor, amount: Interval, whole: Interval) -> tuple[Fraction | None, Interval]:
    """A line's share: the factor of the whole dose of its drug, where the whole lies within one band."""
    if len(factor.bands) == 1:
        return factor.bands[0][1], amount.scaled(factor.bands[0][1])
    low = factor.bands[0][1] if whole.low is None else factor.at(whole.low, just_above=whole.low_open)
    high = factor.bands[-1][1] if whole.high is None else factor.at(whole.high)
    share = Interval(
        None if amount.low is None else amount.low * low,
        None if amount.high is None else amount.high * high,
        low_open=amount.low_open,
    )
    return (low if low == high or len(factor.bands) == 1 else None), share


def _shown(line: RegimenLine, factor: Fraction | None, equivalents: Interval | None, reason: str | None) -> DoseLine:
    return DoseLine(
        source=line.source,
        text=line.line.text,
        ingredient=line.line.drugs[0].name,
        daily_amount=line.dose.estimate,
        amount_unit=line.dose.unit,
        factor=factor,
        mme_per_day=equivalents,
        basis=line.dose.basis,
        as_needed=line.dose.as_needed,
        reason=reason,
    )
