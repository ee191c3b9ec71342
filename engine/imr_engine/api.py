"""The prediction of a case, end to end: doses, facts, rules, determinations, rationale."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from imr_engine.case.model import Case, Request
from imr_engine.case.reference import reference_date
from imr_engine.dosing import CaseDoses, doses_of, load_tables
from imr_engine.errors import CaseError, Problem, RulebookError
from imr_engine.explain.items import describe_item, describe_kind
from imr_engine.explain.rationale import missing_documentation, rationale
from imr_engine.inference.determination import Decision, decide
from imr_engine.inference.engine import Question, infer
from imr_engine.inference.facts import check_declared
from imr_engine.inference.rete import check_compilable
from imr_engine.inference.scopes import UNRECOGNISED
from imr_engine.inference.standing import rules_for
from imr_engine.intake import check_case, load_case
from imr_engine.prediction import DecidedBy, Determination, EngineUsed, GuidelineUsed, Outcome, Prediction, Sentence
from imr_engine.rulebook import Edition, Rulebook
from imr_engine.rulebook import load_rulebook as read_rulebook

__all__ = ["NOTICE", "load_rulebook", "predict"]

NOTICE = (
    "Advice to a clinician, not a decision: it says which criteria a structured record meets and what Independent "
    "Medical Review would be expected to say if the item were denied. It denies nothing, and says nothing of how "
    "likely a denial is."
)


REQUEST_PATH = re.compile(r"requests\[(\d+)\]")

DEFAULT_TABLE = "mtus-2009"
"""The conversion table where no edition governs the case; its figures then decide nothing."""


@lru_cache(maxsize=8)
def load_rulebook(directory: Path | None = None) -> Rulebook:
    """The rulebook of a folder, checked as a whole; without a folder, the one that ships with this package.

    Args:
        directory: A folder laid out as ``rules/`` is.

    Raises:
        RulebookError: Something in it is missing, misspelt or of the wrong type or unit, no fact of a name it declares
            can be worked out, or the rules engine could not run a condition. All problems are listed.
    """
    rulebook = read_rulebook(directory)
    if problems := [*check_declared(rulebook), *check_compilable(rulebook)]:
        raise RulebookError(problems)
    return rulebook


def predict(
    case: Case | Mapping[str, Any],
    *,
    rulebook: Rulebook | None = None,
    table: str | None = None,
    as_of: date | None = None,
    engine: str | None = None,
) -> Prediction:
    """Predict what Independent Medical Review would say of every request of a case if it were denied.

    Args:
        case: a case, or a mapping of the same shape.
        rulebook: the rules to apply; without one, those that ship with this package.
        table: the conversion table for morphine equivalents; without one, the table of the governing edition.
        as_of: the date by which the edition and its thresholds are chosen; without one, the case's reference date.
        engine: ``both`` readings compared (needs durable_rules), ``plain`` alone, or None: both where it is possible.

    Raises:
        CaseError: the case is not valid; all that is wrong with it is listed.
        DoseError: the conversion table does not exist.
        ReadingsDisagree, RulesEngineError, EngineUnavailable: see ``imr_engine.errors``. No prediction is made.
    """
    if not isinstance(case, Case):
        case = load_case(case).case
    book = rulebook or load_rulebook()
    dated = reference_date(case.dates)
    if dated is None:
        raise CaseError(check_case(case).problems)
    reference, reference_from = dated
    edition = book.edition_on(as_of or reference)
    tables = load_tables()
    table_name = table or (edition.conversion_table if edition is not None else DEFAULT_TABLE)
    doses = doses_of(case, table_name)
    checked = check_case(case, doses)
    if checked.problems:
        raise CaseError(checked.problems)
    guidelines: tuple[GuidelineUsed, ...] = ()
    warnings = [
        f"{warning.path}: {warning.message}" for warning in checked.warnings if _request_of(warning.path) is None
    ]
    requests = _asked(case, doses, checked.warnings)
    day = as_of or reference
    if edition is None:
        determinations = tuple(_ungoverned(asked, day) for asked in requests)
        warnings.append(f"No edition in this rulebook governs requests of {day.isoformat()}.")
        used = EngineUsed("none", None, "no edition governs the case, so no rule was evaluated")
    else:
        rules = rules_for(book, edition, day)
        found, used = infer(Question(case, book, rules, doses, reference), engine)
        determinations = tuple(
            _determination(asked, decide(book, rules, found[asked.request.id])) for asked in requests
        )
        guidelines = _guidelines(book, edition)
    return Prediction(
        case=case.id,
        reference_date=reference,
        reference_from=reference_from,
        edition=None if edition is None else edition.id,
        guidelines=guidelines,
        tables_digest=tables.digest,
        conversion_table=table_name,
        opioid_dose=doses.total,
        engine=used,
        determinations=determinations,
        warnings=tuple(warnings),
        notice=NOTICE,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request, its place in the case, and what its author should look at again."""

    request: Request
    item: str
    doses: CaseDoses
    warnings: tuple[str, ...]


def _determination(asked: _Asked, decision: Decision) -> Determination:
    inferred = decision.inferred
    kind = inferred.view.scope.kind
    opening = describe_kind(asked.request, kind, asked.doses, decision.rulebook)
    return Determination(
        request=asked.request.id,
        item=asked.item,
        kind=kind,
        outcome=inferred.outcome,
        rests_on=decision.rests_on,
        deciding=decision.deciding,
        findings=decision.findings,
        rationale=rationale(opening, asked.item, decision),
        missing=missing_documentation(decision),
        warnings=asked.warnings,
    )


def _asked(case: Case, doses: CaseDoses, noted: Sequence[Problem]) -> list[_Asked]:
    by_request: dict[int, list[str]] = {}
    for warning in noted:
        index = _request_of(warning.path)
        if index is not None:
            by_request.setdefault(index, []).append(warning.message)
    return [
        _Asked(request, describe_item(request), doses, tuple(by_request.get(index, ())))
        for index, request in enumerate(case.requests)
    ]


def _request_of(path: str) -> int | None:
    """The index of the request that a path leads into, None for any other path."""
    match = REQUEST_PATH.match(path)
    return None if match is None else int(match[1])


def _ungoverned(asked: _Asked, day: date) -> Determination:
    text = (
        f"No edition of the guidelines in this rulebook governs requests of {day.isoformat()}, so no outcome is "
        f"predicted for {asked.item}."
    )
    return Determination(
        request=asked.request.id,
        item=asked.item,
        kind=UNRECOGNISED,
        outcome=Outcome.UNDETERMINED,
        rests_on=DecidedBy.NOTHING,
        deciding=(),
        findings=(),
        rationale=(Sentence(text),),
        warnings=asked.warnings,
    )


def _guidelines(book: Rulebook, edition: Edition) -> tuple[GuidelineUsed, ...]:
    named = dict.fromkeys(name for order in edition.order.values() for name in order)
    common = (name for name, guideline in book.guidelines.items() if guideline.common)
    return tuple(
        GuidelineUsed(name, book.guidelines[name].title, book.guidelines[name].digest) for name in (*named, *common)
    )
