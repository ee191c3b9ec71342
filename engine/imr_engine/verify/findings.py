"""What a check of a rulebook finds, as frozen data: each finding with its code, place, severity and, if any, its case.

What the codes mean and why each matters is told here once; how findings are made and printed lives elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from imr_engine.errors import Place

__all__ = ["CODES", "Code", "Report", "RulebookFinding", "Severity", "in_order"]


class Severity(StrEnum):
    """How much a finding weighs: an error makes the rulebook wrong, a warning probably does, a note is to be known."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding: its severity, what it says in general, and why it matters to a patient or an author."""

    severity: Severity
    title: str
    why: str


_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

CODES: Mapping[str, Code] = {
    # the files
    "does-not-load": Code(
        _ERROR,
        "The rulebook does not load",
        "nothing is predicted by a rulebook that does not load",
    ),
    "not-compilable": Code(
        _ERROR,
        "The rules engine cannot run the condition exactly",
        "the second reading of the rules could not be compared with the first, so nothing is predicted",
    ),
    "unknown-class": Code(
        _ERROR,
        "A scope names a class that no drug has",
        "the criterion is never asked about the drugs it was meant for",
    ),
    "unknown-ingredient": Code(
        _ERROR,
        "A scope names an ingredient that the drug tables do not hold",
        "the criterion is never asked about the drug it was meant for",
    ),
    "scope-without-requests": Code(
        _ERROR,
        "No drug of the tables fits the class together with the ingredient",
        "the criterion never applies to any request",
    ),
    "excuse-beside-its-target": Code(
        _ERROR,
        "An excuse never applies where what it sets aside does",
        "the exception that was meant is never granted",
    ),
    "unknown-conversion-table": Code(
        _ERROR,
        "An edition names a conversion table that does not exist",
        "no case of that edition gets a prediction",
    ),
    "unknown-kind-in-order": Code(
        _ERROR,
        "An edition orders guidelines for a kind that no request has",
        "the requests that were meant follow the default order",
    ),
    "unused-fact": Code(
        _WARNING,
        "A fact that no criterion asks about",
        "a provider may be asked to document what decides nothing, or a criterion has lost its condition",
    ),
    "unused-parameter": Code(
        _WARNING,
        "A threshold that no criterion uses",
        "changing it changes nothing, and the number that does decide stands elsewhere",
    ),
    "unused-phrase": Code(
        _WARNING,
        "A phrase that no criterion of its file says",
        "a rule that was written is not stated in any rationale",
    ),
    "silent-guideline": Code(
        _WARNING,
        "A guideline that stands in no edition's order",
        "none of its criteria is ever asked",
    ),
    "value-never-in-force": Code(
        _WARNING,
        "A dated value that no edition ever uses",
        "the number was meant for some cases and governs none",
    ),
    "implausible-threshold": Code(
        _WARNING,
        "A threshold far from any that is known of its kind",
        "a slip of unit or of a digit turns every decision that rests on it",
    ),
    "words-missing": Code(
        _WARNING,
        "No words for a status by which the criterion can decide",
        "the rationale would not say why the request is decided as it is",
    ),
    "rule-without-words": Code(
        _WARNING,
        "A criterion that can decide does not say what the guideline asks",
        "the rationale would state the decision without the rule and its citation",
    ),
    "nothing-to-document": Code(
        _NOTE,
        "Nothing says how to document what is missing",
        "a provider is told that documentation is missing, and not which",
    ),
    "sentence-never-said": Code(
        _WARNING,
        "A sentence whose condition never holds together with its status",
        "the rationale never says what was written for this situation",
    ),
    "doubtful-citation": Code(
        _NOTE,
        "A criterion that can turn a request down rests on a doubtful citation",
        "the rationale marks it as doubtful; it should be read at its source",
    ),
    "doubtful-threshold": Code(
        _NOTE,
        "A threshold by which a request can be turned down is doubtful",
        "the number decides, and should be read at its source",
    ),
    # effects that do not fit
    "limit-as-defeat": Code(
        _WARNING,
        "A limit is written as a defeat",
        "a request that documents nothing passes a limit that one with a record may fail",
    ),
    "absence-as-support": Code(
        _WARNING,
        "A ground for the treatment is only that nothing was found",
        "a request would be granted for what a worker does not have",
    ),
    # what the bands of a fact leave open or cover twice
    "hole-at-edge": Code(
        _WARNING,
        "Two criteria meet at a limit that belongs to neither",
        "a patient exactly at the limit falls between the two",
    ),
    "overlapping-bands": Code(
        _WARNING,
        "Two opposed criteria both hold in one range of a fact",
        "a patient in that range is granted by one criterion and turned down by the other",
    ),
    # gaps
    "kind-without-criteria": Code(
        _WARNING,
        "A kind of request that no criterion speaks to",
        "requests of that kind are left undetermined",
    ),
    "classes-without-criteria": Code(
        _NOTE,
        "Classes of drugs that no criterion speaks to",
        "requests for these drugs are left undetermined",
    ),
    "short-gap": Code(
        _WARNING,
        "No edition governs a few days between two editions",
        "requests made on those days are left undetermined",
    ),
    "ungoverned-period": Code(
        _NOTE,
        "No edition governs a period between two editions",
        "requests of that period are left undetermined",
    ),
    # behaviour
    "never-met": Code(
        _ERROR,
        "No possible case meets the criterion",
        "a require that is never met turns down every request, and anything else has no effect",
    ),
    "never-fails": Code(
        _ERROR,
        "Every possible case meets the criterion, or its exception",
        "what looks like a requirement asks for nothing",
    ),
    "excuse-always-met": Code(
        _ERROR,
        "An excuse that every possible case meets",
        "what it sets aside never binds anybody",
    ),
    "never-decides": Code(
        _WARNING,
        "The criterion changes the outcome of no possible case",
        "an author relies on a rule that has no effect",
    ),
    "always-beaten": Code(
        _WARNING,
        "Whenever the criterion is met, another turns the request down",
        "what was written as a ground for the treatment never grants it",
    ),
    "shadowed": Code(
        _WARNING,
        "Another criterion decides whenever this one does",
        "the criterion could be removed without any case changing its outcome",
    ),
    "duplicate": Code(
        _WARNING,
        "Two criteria ask the same of the same requests with the same effect",
        "one of them will be changed some day and the other forgotten",
    ),
    "contradiction": Code(
        _ERROR,
        "Two criteria cannot both be satisfied",
        "every request to which both apply is turned down, whatever is documented",
    ),
    "law-fails": Code(
        _ERROR,
        "A law of honest rules does not hold",
        "more documentation, or less of a drug, could count against a patient, or more of it in favour",
    ),
    "one-outcome-only": Code(
        _ERROR,
        "A kind of request can come to one outcome only, or a criterion to no decision",
        "what is documented makes no difference to these requests",
    ),
    "behaviour-not-checked": Code(
        _WARNING,
        "The behaviour of the rules was not checked",
        "contradictions, criteria without effect and broken laws would go unnoticed",
    ),
    "not-proved": Code(
        _WARNING,
        "The solver reached no answer",
        "what was asked may hold or not",
    ),
}
"""Every code that a finding may have. A severity is part of the code, so that --strict means the same everywhere."""


@dataclass(frozen=True, slots=True)
class RulebookFinding:
    """One thing that is wrong with a rulebook, or to be known about it.

    ``rule`` names the criterion, fact, parameter, guideline or edition. ``case`` is a case, as ``imr predict`` takes
    it, that shows the behaviour, and ``shows`` says what to look at in it.
    """

    code: str
    rule: str
    place: Place
    message: str
    suggestion: str | None = None
    case: Mapping[str, Any] | None = None
    shows: str | None = None

    @property
    def severity(self) -> Severity:
        """The severity of the code."""
        return CODES[self.code].severity

    @property
    def why(self) -> str:
        """Why findings of this code matter."""
        return CODES[self.code].why


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one rulebook, in the order of its files, and what was checked.

    ``loaded`` is False where the files could not be read as a rulebook; then nothing but that was checked.
    ``behaviour`` says whether the solver has checked the behaviour over all cases, ``covers`` what its proofs rest on.
    """

    findings: tuple[RulebookFinding, ...]
    criteria: int
    loaded: bool
    behaviour: bool
    covers: tuple[str, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings have a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def passes(self, *, strict: bool = False) -> bool:
        """Whether there is no error and, if strict, no warning either."""
        return not self.count(Severity.ERROR) and not (strict and self.count(Severity.WARNING))


def in_order(findings: list[RulebookFinding]) -> tuple[RulebookFinding, ...]:
    """Each finding once, by file, line and column."""
    return tuple(
        sorted(
            {(f.code, f.rule, f.place, f.message): f for f in findings}.values(),
            key=lambda f: (f.place.file or "", f.place.line or 0, f.place.column or 0, f.code, f.message),
        )
    )
