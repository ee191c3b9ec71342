"""A prediction as plain data for JSON, and the JSON Schema of that data."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from imr_engine.prediction import (
    DecidedBy,
    Determination,
    DoseLine,
    DoseTotal,
    Effect,
    Finding,
    Outcome,
    Prediction,
    Status,
)
from imr_engine.units.interval import Interval

__all__ = ["SCHEMA", "prediction_as_data", "prediction_schema"]

SCHEMA = "imr-prediction/1"


def prediction_as_data(prediction: Prediction) -> dict[str, Any]:
    """The prediction as dicts, lists, text, numbers and booleans.

    Amounts are numbers in mg of morphine equivalents a day; one that decimals cannot hold exactly is rounded to six
    places, and its exact fraction stands in the lines as text.
    """
    return {
        "schema": SCHEMA,
        "case": prediction.case,
        "reference_date": prediction.reference_date.isoformat(),
        "reference_from": prediction.reference_from,
        "edition": prediction.edition,
        "guidelines": [
            {"id": guideline.id, "title": guideline.title, "digest": guideline.digest}
            for guideline in prediction.guidelines
        ],
        "tables": {"digest": prediction.tables_digest, "conversion": prediction.conversion_table},
        "engine": {
            "inference": prediction.engine.inference,
            "checked_by": prediction.engine.checked_by,
            "note": prediction.engine.note,
        },
        "opioid_dose": None if prediction.opioid_dose is None else _total(prediction.opioid_dose),
        "determinations": [_determination(entry) for entry in prediction.determinations],
        "warnings": list(prediction.warnings),
        "notice": prediction.notice,
    }


def _determination(entry: Determination) -> dict[str, Any]:
    return {
        "request": entry.request,
        "item": entry.item,
        "kind": entry.kind,
        "outcome": entry.outcome.value,
        "rests_on": entry.rests_on.value,
        "deciding": list(entry.deciding),
        "findings": [_finding(finding) for finding in entry.findings],
        "rationale": [{"text": sentence.text, "criterion": sentence.criterion} for sentence in entry.rationale],
        "missing": list(entry.missing),
        "warnings": list(entry.warnings),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    cited = finding.citation
    return {
        "criterion": finding.criterion,
        "title": finding.title,
        "effect": finding.effect.value,
        "status": finding.status.value,
        "counts": finding.counts,
        "excused_by": list(finding.excused_by),
        "facts": [
            {
                "name": fact.name,
                "state": fact.state,
                "value": fact.value,
                "paths": list(fact.paths),
                "from": list(fact.origins),
            }
            for fact in finding.facts
        ],
        "thresholds": [
            {
                "name": threshold.name,
                "value": threshold.value,
                "source": threshold.source,
                "confidence": threshold.confidence,
            }
            for threshold in finding.thresholds
        ],
        "citation": {
            "guideline": cited.guideline,
            "section": cited.section,
            "pages": cited.pages,
            "source": cited.source,
            "confidence": cited.confidence,
        },
        "missing": list(finding.missing),
    }


def _total(total: DoseTotal) -> dict[str, Any]:
    return {
        "unit": "mg/day oral morphine equivalents",
        "table": total.table,
        "low": _number(total.low),
        "high": None if total.high is None else _number(total.high),
        "low_open": total.low_open,
        "basis": "assumed_30_day" if total.assumed else "as_recorded",
        "lines": [_line(line) for line in total.lines],
        "not_computable": list(total.not_computable),
    }


def _line(line: DoseLine) -> dict[str, Any]:
    return {
        "source": line.source,
        "text": line.text,
        "ingredient": line.ingredient,
        "daily_amount": _interval(line.daily_amount),
        "amount_unit": line.amount_unit,
        "factor": None if line.factor is None else _number(line.factor),
        "mme_per_day": _interval(line.mme_per_day),
        "basis": line.basis,
        "as_needed": line.as_needed,
        "reason": line.reason,
    }


def _interval(amount: Interval | None) -> dict[str, Any] | None:
    if amount is None:
        return None
    return {
        "low": None if amount.low is None else _number(amount.low),
        "high": None if amount.high is None else _number(amount.high),
        "low_open": amount.low_open,
        "high_open": amount.high_open,
    }


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else round(float(value), 6)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def prediction_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of what ``prediction_as_data`` gives."""
    text = {"type": "string"}
    text_or_none = {"type": ["string", "null"]}
    number = {"type": "number"}
    number_or_none = {"type": ["number", "null"]}
    flag = {"type": "boolean"}
    interval = {
        "anyOf": [
            _object({"low": number_or_none, "high": number_or_none, "low_open": flag, "high_open": flag}),
            {"type": "null"},
        ]
    }
    line = _object({
        "source": text, "text": text, "ingredient": text, "daily_amount": interval, "amount_unit": text_or_none,
        "factor": number_or_none, "mme_per_day": interval, "basis": text, "as_needed": flag, "reason": text_or_none,
    })  # fmt: skip
    total = _object({
        "unit": text, "table": text, "low": number, "high": number_or_none, "low_open": flag,
        "basis": {"enum": ["assumed_30_day", "as_recorded"]}, "lines": _list(line), "not_computable": _list(text),
    })  # fmt: skip
    fact = _object({
        "name": text, "state": {"enum": ["known", "not_documented", "not_computable"]}, "value": text,
        "paths": _list(text), "from": _list(text),
    })  # fmt: skip
    citation = _object({
        "guideline": text, "section": text, "pages": text_or_none, "source": text, "confidence": text,
    })  # fmt: skip
    threshold = _object({"name": text, "value": text, "source": text, "confidence": text})
    finding = _object({
        "criterion": text, "title": text, "effect": {"enum": [effect.value for effect in Effect]},
        "status": {"enum": [status.value for status in Status]}, "counts": flag, "excused_by": _list(text),
        "facts": _list(fact), "thresholds": _list(threshold), "citation": citation,
        "missing": _list(text),
    })  # fmt: skip
    determination = _object({
        "request": text, "item": text, "kind": text, "outcome": {"enum": [outcome.value for outcome in Outcome]},
        "rests_on": {"enum": [ground.value for ground in DecidedBy]}, "deciding": _list(text),
        "findings": _list(finding), "rationale": _list(_object({"text": text, "criterion": text_or_none})),
        "missing": _list(text), "warnings": _list(text),
    })  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A prediction of imr-engine",
        **_object({
            "schema": {"const": SCHEMA}, "case": text, "reference_date": {"type": "string", "format": "date"},
            "reference_from": text, "edition": text_or_none,
            "guidelines": _list(_object({"id": text, "title": text, "digest": text})),
            "tables": _object({"digest": text, "conversion": text}),
            "engine": _object({"inference": text, "checked_by": text_or_none, "note": text}),
            "opioid_dose": {"anyOf": [total, {"type": "null"}]},
            "determinations": _list(determination), "warnings": _list(text), "notice": text,
        }),
    }  # fmt: skip
