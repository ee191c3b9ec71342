"""Words a determination: what the item is, what the guideline asks, what the record shows, what follows.

Every sentence but the first and the conclusion belongs to a criterion and is filled from the facts and thresholds of
that criterion alone, so that nothing is said which is not a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from imr_engine.inference.determination import Decision, stands_against
from imr_engine.inference.operators import SURELY_TRUE, truth
from imr_engine.prediction import Effect, Finding, Outcome, Sentence, Status
from imr_engine.rulebook.model import Criterion, Said

__all__ = ["missing_documentation", "rationale"]

UNSURE = {
    "quoted": "as a reviewer quotes it",
    "general_knowledge": "from general knowledge, not re-read",
    "doubtful": "doubtful, to be verified",
}


AGAIN = ("The guideline adds that", "It further holds that", "It also states that")
"""How a second, third and fourth rule of one guideline is opened."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A finding with its criterion."""

    finding: Finding
    criterion: Criterion


def rationale(opening: str, item: str, decision: Decision) -> tuple[Sentence, ...]:
    """The rationale of one determination, sentence by sentence.

    Args:
        opening: the sentence that says what the item is.
        item: the item, to be named in the conclusion.
        decision: what became of the request.
    """
    words = _Words(decision)
    outcome = decision.inferred.outcome
    criteria = {criterion.id: criterion for criterion in decision.rules.criteria}
    known = [_Told(finding, criteria[finding.criterion]) for finding in decision.findings]
    sentences = [Sentence(opening)]
    before: list[str] = []
    for rule, told in _by_rule(_told(known, outcome, decision.deciding)):
        if rule is not None:
            sentences.append(Sentence(words.rule(told[0], before), told[0].criterion.id))
            before.append(told[0].criterion.guideline)
        for entry in told:
            sentences.extend(Sentence(text, entry.criterion.id) for text in words.record(entry))
    sentences.append(Sentence(_conclusion(item, outcome, decision.deciding)))
    for entry in known:
        if entry.criterion.said_only_if == outcome.value:
            for text in words.record(entry):
                cited = f"{text.removesuffix('.')} ({words.citation(entry)})."
                sentences.append(Sentence(cited, entry.criterion.id))
    return tuple(sentences)


def missing_documentation(decision: Decision) -> tuple[str, ...]:
    """What to document so that the criteria which now stand against the request could be met, each once."""
    if decision.inferred.outcome is not Outcome.UPHELD:
        return ()
    asks = {criterion.id: criterion.words.ask for criterion in decision.rules.criteria}
    wanted: list[str] = []
    for finding in decision.findings:
        if finding.criterion not in decision.deciding:
            continue
        wanted.extend(finding.missing or asks[finding.criterion])
    return tuple(dict.fromkeys(wanted))


def _told(known: Sequence[_Told], outcome: Outcome, decided: Sequence[str]) -> list[_Told]:
    """The findings that a reader wants.

    That is what decided; what was found in favour under the same heads; the exceptions that were looked for; and, for a
    request that is granted, every requirement it meets.
    """
    rules_that_decided = {entry.criterion.words.rule for entry in known if entry.criterion.id in decided}
    # An exception is looked for where the record stands against the request, not where it is merely silent.
    failed = {
        entry.criterion.id
        for entry in known
        if stands_against(entry.finding) and entry.finding.status is not Status.NOT_DOCUMENTED
    }
    excused = {name for entry in known for name in entry.finding.excused_by}
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
            wanted = criterion.id in excused or (
                criterion.words.rule is not None and bool(failed & set(criterion.excuses))
            )
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

    def __init__(self, decision: Decision) -> None:
        self._rules = decision.rules
        self._guidelines = decision.rulebook.guidelines
        self._facts = decision.inferred.view.facts

    def rule(self, entry: _Told, before: Sequence[str]) -> str:
        """What the guideline asks, with its citation.

        ``before`` lists the guidelines of the rules stated so far; one that has just been named is not named again.
        """
        guideline = entry.criterion.guideline
        lead = f"{self._guidelines[guideline].lead},"
        if before and before[-1] == guideline:
            lead = AGAIN[(len(before) - 1) % len(AGAIN)]
        text = self._filled(entry.criterion.words.rule or "", entry.criterion)
        return f"{lead} {text} ({self.citation(entry, named=True)})."

    def citation(self, entry: _Told, *, named: bool = False) -> str:
        """Section and pages, and how sure that is where it is not; ``named`` where the sentence names the guideline."""
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
        fitting = [
            sentence
            for sentence in said
            if sentence.when is not None and truth(sentence.when, self._facts) == SURELY_TRUE
        ]
        for sentence in fitting or [sentence for sentence in said if sentence.when is None]:
            yield _sentence(self._filled(sentence.text, entry.criterion))

    def _filled(self, text: str, criterion: Criterion) -> str:
        if "{" not in text:
            return text
        values = {name: self._facts[name].text for name in self._rules.reads[criterion.id]}
        values.update((name, self._rules.thresholds[name].text) for name in self._rules.uses[criterion.id])
        # The loader has checked that only plain names stand in braces, and that the condition reads each of them.
        return text.format_map(values)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _conclusion(item: str, outcome: Outcome, decided: Sequence[str]) -> str:
    match outcome:
        case Outcome.UPHELD:
            return (
                f"On this record, the request for {item} is not shown to be medically necessary, and a denial would be "
                "expected to be upheld."
            )
        case Outcome.OVERTURNED:
            return (
                f"On this record, the request for {item} meets the criteria for medical necessity, and a denial would "
                "be expected to be overturned."
            )
        case Outcome.UNDETERMINED if decided:
            return f"What could not be computed stands between the two outcomes, so none is predicted for {item}."
        case _:
            return f"No criterion of this rulebook speaks to {item}, so no outcome is predicted."
