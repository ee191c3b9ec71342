"""From statuses to findings and determinations: what decided, what was set aside, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imr_engine.inference.engine import Inferred
from imr_engine.inference.values import FactState, RequestView
from imr_engine.prediction import Citation, DecidedBy, Effect, FactUsed, Finding, Outcome, Status, ThresholdUsed
from imr_engine.rulebook.model import Criterion, Rulebook, Rules

__all__ = ["Decision", "decide", "stands_against"]

FAILED = (Status.NOT_MET, Status.NOT_DOCUMENTED)


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one request, with all that it was worked out from.

    ``deciding`` names the criteria that made the outcome, ``rests_on`` says whether they are findings or gaps.
    """

    rulebook: Rulebook
    rules: Rules
    inferred: Inferred
    findings: tuple[Finding, ...]
    deciding: tuple[str, ...]
    rests_on: DecidedBy


def decide(rulebook: Rulebook, rules: Rules, inferred: Inferred) -> Decision:
    """Turn what the rules say of a request into findings, and tell which of them decided."""
    findings = _findings(rulebook, rules, inferred)
    deciding = _deciding(findings, inferred.outcome)
    return Decision(rulebook, rules, inferred, findings, deciding, _rests_on(findings, inferred.outcome, deciding))


def _findings(rulebook: Rulebook, rules: Rules, inferred: Inferred) -> tuple[Finding, ...]:
    """A finding for every criterion that applies, in the order of the rulebook.

    A criterion of a guideline that does not speak for this request is kept, as one that does not count.
    """
    excused = _excused(rules, inferred)
    findings: list[Finding] = []
    for criterion in rules.criteria:
        status = inferred.statuses.get(criterion.id)
        if status is None:
            continue
        findings.append(
            Finding(
                criterion=criterion.id,
                title=criterion.title,
                effect=criterion.effect,
                status=status,
                citation=Citation(
                    rulebook.guidelines[criterion.guideline].short,
                    criterion.citation.section,
                    criterion.citation.pages,
                    criterion.citation.source,
                    criterion.citation.confidence,
                ),
                facts=tuple(_used(inferred.view, name) for name in rules.reads[criterion.id]),
                thresholds=tuple(_threshold(rules, name) for name in rules.uses[criterion.id]),
                counts=_counts(rules, criterion, inferred.speaking),
                excused_by=tuple(excused.get(criterion.id, ())),
                missing=_missing(criterion, rules, inferred) if status is Status.NOT_DOCUMENTED else (),
            )
        )
    return tuple(findings)


def _counts(rules: Rules, criterion: Criterion, speaking: str | None) -> bool:
    """Whether a criterion has a say: its guideline speaks for the request, or is common to all."""
    return criterion.effect is not Effect.NOTE and (
        criterion.guideline == speaking or criterion.guideline in rules.common
    )


def _excused(rules: Rules, inferred: Inferred) -> dict[str, list[str]]:
    excused: dict[str, list[str]] = {}
    for criterion in rules.criteria:
        if criterion.effect is Effect.EXCUSE and inferred.statuses.get(criterion.id) is Status.MET:
            for name in criterion.excuses:
                excused.setdefault(name, []).append(criterion.id)
    return excused


def _used(view: RequestView, name: str) -> FactUsed:
    fact = view.facts[name]
    return FactUsed(name, fact.state.value, fact.text, fact.paths, fact.origins)


def _threshold(rules: Rules, name: str) -> ThresholdUsed:
    value = rules.thresholds[name]
    return ThresholdUsed(name, value.text, value.source, value.confidence)


def _missing(criterion: Criterion, rules: Rules, inferred: Inferred) -> tuple[str, ...]:
    """What to document: the criterion's own words, else what its facts say of themselves where they are not known."""
    if criterion.words.ask:
        return criterion.words.ask
    read = rules.reads[criterion.id]
    unknown = [name for name in read if inferred.view.facts[name].state is not FactState.KNOWN]
    asked = (rules.facts[name].document for name in unknown or read)
    return tuple(dict.fromkeys(text for text in asked if text is not None))


def _deciding(findings: tuple[Finding, ...], outcome: Outcome) -> tuple[str, ...]:
    """The criteria that made the outcome.

    Upheld: every met defeat and failed require that no excuse sets aside, else the supports that are not met.
    Overturned: every met support, and the excuses that were needed. Undetermined: what could not be computed.
    """
    having_a_say = [finding for finding in findings if finding.counts]
    if outcome is Outcome.UPHELD:
        against = [finding.criterion for finding in having_a_say if stands_against(finding)]
        return tuple(against or [f.criterion for f in having_a_say if f.effect is Effect.SUPPORT])
    if outcome is Outcome.OVERTURNED:
        needed = {name for finding in having_a_say if _needs_excuse(finding) for name in finding.excused_by}
        return tuple(
            finding.criterion
            for finding in having_a_say
            if finding.status is Status.MET and (finding.effect is Effect.SUPPORT or finding.criterion in needed)
        )
    return tuple(finding.criterion for finding in having_a_say if finding.status is Status.NOT_COMPUTABLE)


def _fails(finding: Finding) -> bool:
    if finding.effect is Effect.DEFEAT:
        return finding.status is Status.MET
    return finding.effect is Effect.REQUIRE and finding.status in FAILED


def _needs_excuse(finding: Finding) -> bool:
    """Whether only an excuse keeps a finding from upholding the denial, or from leaving the outcome open."""
    uncertain = finding.status is Status.NOT_COMPUTABLE and finding.effect in {Effect.REQUIRE, Effect.DEFEAT}
    return uncertain or _fails(finding)


def stands_against(finding: Finding) -> bool:
    """Whether a finding alone upholds the denial."""
    return finding.counts and _fails(finding) and not finding.excused_by


def _rests_on(findings: tuple[Finding, ...], outcome: Outcome, decided: tuple[str, ...]) -> DecidedBy:
    """Whether a determination rests on findings in the record, on missing documentation, or on both."""
    if outcome is Outcome.UNDETERMINED:
        return DecidedBy.NOT_COMPUTABLE if decided else DecidedBy.NOTHING
    if outcome is Outcome.OVERTURNED:
        return DecidedBy.RECORD
    by_id: Mapping[str, Finding] = {finding.criterion: finding for finding in findings}
    missing = [by_id[name].status is Status.NOT_DOCUMENTED for name in decided]
    if all(missing):
        return DecidedBy.MISSING
    return DecidedBy.BOTH if any(missing) else DecidedBy.RECORD
