"""The prediction of a case, end to end: doses, facts, rules, determinations, rationale."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from imr_engine.case.model import Case
from imr_engine.case.reference import reference_date
from imr_engine.dosing import CaseDoses, doses_of, load_tables
from imr_engine.errors import CaseError
from imr_engine.explain.items import describe_item, describe_kind
from imr_engine.explain.rationale import missing_documentation, rationale
from imr_engine.inference.determination import deciding, findings_of, rests_on
from imr_engine.inference.engine import Inferred, infer, rules_for
from imr_engine.inference.scopes import UNRECOGNISED
from imr_engine.intake import check_case, load_case
from imr_engine.prediction import DecidedBy, Determination, GuidelineUsed, Inference, Outcome, Prediction, Sentence
from imr_engine.rulebook import Edition, Rulebook, Rules, load_rulebook

__all__ = ["NOTICE", "predict"]

NOTICE = (
    "Advice to a clinician, not a decision: it says which criteria a structured record meets and what Independent "
    "Medical Review would be expected to say if the item were denied. It denies nothing, and says nothing of how likely "
    "a denial is."
)


DEFAULT_TABLE = "mtus-2009"
"""The conversion table where no edition governs the case; its figures then decide nothing."""


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
    checked = check_case(case)
    dated = reference_date(case.dates)
    if checked.problems or dated is None:
        raise CaseError(checked.problems)
    reference, reference_from = dated
    edition = book.edition_on(as_of or reference)
    tables = load_tables()
    table_name = table or (edition.conversion_table if edition is not None else DEFAULT_TABLE)
    doses = doses_of(case, table_name)
    if doses.problems:
        raise CaseError(doses.problems)
    guidelines: tuple[GuidelineUsed, ...] = ()
    own = tuple(f"requests[{index}]" for index in range(len(case.requests)))
    warnings = [f"{warning.path}: {warning.message}" for warning in checked.warnings]
    warnings += [f"{warning.path}: {warning.text}" for warning in doses.warnings if not warning.path.startswith(own)]
    if edition is None:
        determinations = tuple(_ungoverned(case, index, as_of or reference) for index in range(len(case.requests)))
        warnings.append(f"No edition in this rulebook governs requests of {(as_of or reference).isoformat()}.")
        inference = Inference("none", None, "no edition governs the case, so no rule was evaluated")
    else:
        rules = rules_for(book, edition, as_of or reference)
        found, inference = infer(case, book, rules, doses, reference, engine)
        determinations = tuple(
            _determination(case, index, book, rules, doses, found[request.id]) for index, request in enumerate(case.requests)
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
        inference=inference,
        determinations=determinations,
        warnings=tuple(warnings),
        notice=NOTICE,
    )


def _determination(
    case: Case, index: int, book: Rulebook, rules: Rules, doses: CaseDoses, inferred: Inferred
) -> Determination:
    request = case.requests[index]
    kind = inferred.view.scope.kind
    item = describe_item(request)
    findings = findings_of(rules, book, inferred)
    decided = deciding(findings, inferred.outcome)
    opening = describe_kind(request, kind, doses, book)
    words = rationale(opening, item, rules, book, inferred, findings, decided)
    path = f"requests[{index}]"
    warnings = tuple(warning.text for warning in doses.warnings if warning.path.startswith(path))
    return Determination(
        request=request.id,
        item=item,
        kind=kind,
        outcome=inferred.outcome,
        rests_on=rests_on(findings, inferred.outcome, decided),
        deciding=decided,
        findings=findings,
        rationale=words,
        missing=missing_documentation(findings, rules, decided, inferred.outcome),
        warnings=warnings,
    )


def _ungoverned(case: Case, index: int, day: date) -> Determination:
    request = case.requests[index]
    item = describe_item(request)
    text = f"No edition of the guidelines in this rulebook governs requests of {day.isoformat()}, so none is predicted for {item}."
    return Determination(
        request.id, item, UNRECOGNISED, Outcome.UNDETERMINED, DecidedBy.NOTHING, (), (), (Sentence(text),)
    )


def _guidelines(book: Rulebook, edition: Edition) -> tuple[GuidelineUsed, ...]:
    named = dict.fromkeys(name for order in edition.order.values() for name in order)
    common = (name for name, guideline in book.guidelines.items() if guideline.common)
    return tuple(
        GuidelineUsed(name, book.guidelines[name].title, book.guidelines[name].digest) for name in (*named, *common)
    )
