"""A prediction as text for people: outcome first, then why, then what is missing; in 80 columns, without colour."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from imr_engine.prediction import DecidedBy, Determination, DoseTotal, EngineUsed, Outcome, Prediction
from imr_engine.units.interval import Interval
from imr_engine.units.wording import amount_in_words, number_in_words

__all__ = ["prediction_as_text"]

WIDTH = 80

MEANING = {
    Outcome.UPHELD: "a denial would be expected to stand",
    Outcome.OVERTURNED: "a denial would be expected to be reversed",
    Outcome.UNDETERMINED: "no outcome is predicted",
}
REFERENCE = {
    "request": "the request",
    "service": "the service",
    "ur_decision": "the utilization review decision",
    "record": "the latest record",
}


def prediction_as_text(prediction: Prediction) -> str:
    """The whole prediction, each line at most 80 columns wide."""
    return "\n".join(_lines(prediction)) + "\n"


def _lines(prediction: Prediction) -> Iterator[str]:
    count = len(prediction.determinations)
    yield from _wrapped(f"{prediction.case}: {count} {'request' if count == 1 else 'requests'}")
    governing = f"Edition {prediction.edition}" if prediction.edition else "No edition in this rulebook"
    yield from _wrapped(
        f"{governing}; times are counted to {prediction.reference_date.isoformat()}, "
        f"{REFERENCE[prediction.reference_from]}.",
    )
    if prediction.opioid_dose is not None:
        yield ""
        yield from _dose(prediction.opioid_dose)
    for number, determination in enumerate(prediction.determinations, start=1):
        yield ""
        yield from _determination(number, determination)
    if prediction.warnings:
        yield ""
        yield "Please check:"
        for warning in prediction.warnings:
            yield from _bullet(warning, indent=2)
    yield ""
    yield from _wrapped(prediction.notice)
    yield from _wrapped(f"{_engine(prediction.engine)} Conversion table {prediction.conversion_table}.")


def _determination(number: int, determination: Determination) -> Iterator[str]:
    yield from wrap(
        determination.item, WIDTH, initial_indent=f"{number}. ", subsequent_indent="   ", break_on_hyphens=False
    )
    verdict = f"{determination.outcome.value.upper()}: {MEANING[determination.outcome]}"
    if determination.rests_on is not DecidedBy.NOTHING:
        verdict += f" (rests on {determination.rests_on.value})"
    yield from _wrapped(verdict, indent=3)
    yield ""
    yield from _wrapped(" ".join(sentence.text for sentence in determination.rationale), indent=3)
    if determination.missing:
        yield ""
        yield "   What would have to be documented:"
        for text in determination.missing:
            yield from _bullet(text, indent=5)
    for warning in determination.warnings:
        yield from _bullet(f"Please check: {warning}", indent=3)


def _dose(total: DoseTotal) -> Iterator[str]:
    amount = Interval(total.low, total.high, low_open=total.low_open)
    headline = f"All opioids, if every request is granted: {amount_in_words(amount, 'MME/day')}"
    if total.not_computable:
        headline = "All opioids, if every request is granted: cannot be computed"
    if total.assumed:
        headline += ", if each quantity without directions is a 30-day supply"
    yield from _wrapped(headline + ".")
    for line in total.lines:
        if line.mme_per_day is None:
            reason = line.reason or "not computable"
            yield from _bullet(reason if reason.startswith(line.text) else f"{line.text}: {reason}", indent=2)
            continue
        amount_text = amount_in_words(line.mme_per_day, "MME/day")
        working = ""
        if line.daily_amount is not None and line.factor is not None and line.daily_amount.high is not None:
            per = "" if line.amount_unit == "mcg/h" else " a day"
            working = f"{amount_in_words(line.daily_amount, line.amount_unit)}{per} x {number_in_words(line.factor)} = "
        yield from _bullet(f"{line.text}: {working}{amount_text} ({_basis(line.basis)})", indent=2)


def _basis(basis: str) -> str:
    return {
        "directions": "by the directions",
        "charted": "as charted",
        "days_supply": "by quantity and days' supply",
        "assumed_30_day": "assuming 30 days",
        "unknown": "amount unknown",
    }.get(basis, basis)


def _engine(engine: EngineUsed) -> str:
    return engine.note[:1].upper() + engine.note[1:] + "."


def _wrapped(text: str, indent: int = 0) -> list[str]:
    margin = " " * indent
    return wrap(text, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)


def _bullet(text: str, indent: int) -> list[str]:
    margin = " " * indent
    return wrap(text, WIDTH, initial_indent=f"{margin}- ", subsequent_indent=f"{margin}  ", break_on_hyphens=False)
