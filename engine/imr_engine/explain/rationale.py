"""Words a determination: what the item is, what the guideline asks, what the record shows, what follows.

Every sentence but the first and the conclusion belongs to a criterion and is filled from the facts and thresholds of
that criterion alone, so that nothing is said which is not a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from imr_engine.inference.determination import stands_against
from imr_engine.inference.engine import Inferred
from imr_engine.inference.operators import SURELY_TRUE, truth
from imr_engine.prediction import Effect, Finding, Outcome, Sentence, Status
from imr_engine.rulebook.model import Criterion, Guideline, ParameterValue, Rulebook, Rules, Said
from imr_engine.rulebook.tree import facts_of, parameters_of

__all__ = ["missing_documentation", "rationale"]

UNSURE = {
    "quoted": "as a reviewer quotes it",
    "general_knowledge": "from general knowledge, not re-read",
    "doubtful": "doubtful, to be verified",
}


@dataclass(frozen=True, slots=True)
class _Told:
    """A finding with its criterion."""

    finding: Finding
    criterion: Criterion


def rationale(
    opening: str,
    item: str,
    rules: Rules,
    rulebook: Rulebook,
    inferred: Inferred,
    findings: Sequence[Finding],
    decided: Sequence[str],
) -> tuple[Sentence, ...]:
    """The rationale of one determination, sentence by sentence.

    Args:
        opening: the sentence that says what the item is.
        item: the item, to be named in the conclusion.
        decided: the criteria that made the outcome.
    """
    words = _Words(rules, rulebook, inferred)
    criteria = {criterion.id: criterion for criterion in rules.criteria}
    known = [_Told(finding, criteria[finding.criterion]) for finding in findings]
    sentences = [Sentence(opening)]
    for rule, told in _by_rule(_told(known, inferred.outcome, decided)):
        if rule is not None:
            sentences.append(Sentence(words.rule(told[0]), told[0].criterion.id))
        for entry in told:
            sentences.extend(Sentence(text, entry.criterion.id) for text in words.record(entry))
    sentences.append(Sentence(_conclusion(item, inferred, decided)))
    for entry in known:
        if entry.criterion.said_only_if == inferred.outcome.value:
            for text in words.record(entry):
                cited = f"{text.removesuffix('.')} ({words.citation(entry)})."
                sentences.append(Sentence(cited, entry.criterion.id))
    return tuple(sentences)


def missing_documentation(
    findings: Sequence[Finding], rules: Rules, decided: Sequence[str], outcome: Outcome
) -> tuple[str, ...]:
    """What to document so that the criteria which now stand against the request could be met, each once."""
    if outcome is not Outcome.UPHELD:
        return ()
    asks = {criterion.id: criterion.words.ask for criterion in rules.criteria}
    wanted: list[str] = []
    for finding in findings:
        if finding.criterion not in decided:
            continue
        if finding.missing is not None:
            wanted.append(finding.missing)
        elif (ask := asks[finding.criterion]) is not None:
            wanted.append(ask)
    return tuple(dict.fromkeys(wanted))


def _told(known: Sequence[_Told], outcome: Outcome, decided: Sequence[str]) -> list[_Told]:
    """The findings that a reader wants: what decided; what was found in favour under the same heads; the exceptions
    that were looked for; and, for a request that is granted, every requirement it meets."""
    rules_that_decided = {entry.criterion.words.rule for entry in known if entry.criterion.id in decided}
    failed = {entry.criterion.id for entry in known if stands_against(entry.finding)}
    told: list[_Told] = []
    for entry in known:
        finding, criterion = entry.finding, entry.criterion
        if finding.effect is Effect.NOTE:
            wanted = finding.status is Status.MET and criterion.said_only_if is None
        elif not finding.counts:
            wanted = False
        elif finding.criterion in decided:
            wanted = True
        elif finding.effect is Effect.EXCUSE:
            wanted = criterion.words.rule is not None and bool(failed & set(criterion.excuses))
        elif outcome is Outcome.OVERTURNED:
            wanted = finding.effect is Effect.REQUIRE
        else:
            wanted = finding.effect is Effect.REQUIRE and criterion.words.rule in rules_that_decided
        if wanted:
            told.append(entry)
    return told


def _by_rule(told: Sequence[_Told]) -> list[tuple[str | None, list[_Told]]]:
    """Findings that state one rule stand together, the good news before the bad."""
    groups: dict[str, list[_Told]] = {}
    for entry in told:
        groups.setdefault(entry.criterion.words.rule or f"\0{entry.criterion.id}", []).append(entry)
    return [
        (None if rule.startswith("\0") else rule, sorted(entries, key=lambda entry: stands_against(entry.finding)))
        for rule, entries in groups.items()
    ]


class _Words:
    """Fills the sentences of criteria for one request."""

    def __init__(self, rules: Rules, rulebook: Rulebook, inferred: Inferred) -> None:
        self._thresholds: Mapping[str, ParameterValue] = rules.thresholds
        self._guidelines: Mapping[str, Guideline] = rulebook.guidelines
        self._inferred = inferred

    def rule(self, entry: _Told) -> str:
        """What the guideline asks, with its citation."""
        lead = self._guidelines[entry.criterion.guideline].lead
        text = self._filled(entry.criterion.words.rule or "", entry.criterion)
        return f"{lead}, {text} ({self.citation(entry, named=True)})."

    def citation(self, entry: _Told, *, named: bool = False) -> str:
        """Section and pages, and how sure that is where it is not sure.

        Args:
            named: the sentence already names the guideline.
        """
        cited = entry.finding.citation
        parts = [] if named else [cited.guideline]
        parts.append(cited.section)
        if cited.pages is not None:
            parts.append(f"{'pp.' if '-' in cited.pages else 'p.'} {cited.pages}")
        text = ", ".join(parts)
        return f"{text}; {UNSURE[cited.confidence]}" if cited.confidence in UNSURE else text

    def record(self, entry: _Told) -> Iterator[str]:
        """What the record shows for a criterion, in the words for its status."""
        words = entry.criterion.words
        said: tuple[Said, ...] = {
            Status.MET: words.met,
            Status.NOT_MET: words.not_met,
            Status.NOT_DOCUMENTED: words.not_documented,
            Status.NOT_COMPUTABLE: words.not_computable,
        }[entry.finding.status]
        for sentence in said:
            if sentence.when is None or truth(sentence.when, self._inferred.view.facts) == SURELY_TRUE:
                yield _sentence(self._filled(sentence.text, entry.criterion))

    def _filled(self, text: str, criterion: Criterion) -> str:
        values = {name: self._inferred.view.facts[name].text for name in facts_of(criterion.when)}
        values.update((name, self._thresholds[name].text) for name in parameters_of(criterion.when))
        # The loader has checked that only plain names stand in braces, and that the condition reads each of them.
        return text.format_map(values)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _conclusion(item: str, inferred: Inferred, decided: Sequence[str]) -> str:
    match inferred.outcome:
        case Outcome.UPHELD:
            return f"On this record, {item} is not shown to be medically necessary; a denial would be expected to be upheld."
        case Outcome.OVERTURNED:
            return f"On this record, {item} meets the criteria; a denial would be expected to be overturned."
        case Outcome.UNDETERMINED if decided:
            return f"What could not be computed stands between the two outcomes, so none is predicted for {item}."
        case _:
            return f"No criterion of this rulebook speaks to {item}, so no outcome is predicted."
