"""Reads the topic files of a guideline: scope, condition and words of each criterion, held against what is declared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from typing import get_args

from imr_engine.data.suggest import did_you_mean
from imr_engine.data.validation import listed_words
from imr_engine.prediction import Citation, Effect
from imr_engine.rulebook.conditions import ConditionReader
from imr_engine.rulebook.model import Criterion, FactDeclaration, Parameter, Said, Scope, ServiceKind, Words
from imr_engine.rulebook.raw import CriteriaFile, RawCriterion, RawSaid
from imr_engine.rulebook.reading import Declared, FileRead, Reading, Report
from imr_engine.rulebook.tree import Node, facts_of, parameters_of

__all__ = ["CriteriaReader", "CriterionRead"]

PAGES_ARE_SURE = ("seen", "quoted")
"""Where pages may be cited: the passage was read in a determination or in a reviewer's quotation of it."""

SENTENCES = ("met", "not_met", "not_documented", "not_computable")

_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_DOLLAR = re.compile(r"\$([a-z][a-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class CriterionRead:
    """A criterion as it was found, for the checks over all of them: ``criterion`` is None if its condition is wrong."""

    raw: RawCriterion
    guideline: str
    path: str
    file: FileRead[CriteriaFile]
    criterion: Criterion | None


class CriteriaReader:
    """Reads topic files against the facts, parameters and kinds that are declared."""

    def __init__(
        self,
        reading: Reading,
        facts: Declared[FactDeclaration],
        parameters: Declared[Parameter],
        kinds: Declared[ServiceKind],
    ) -> None:
        self._reading = reading
        self._facts = facts
        self._parameters = parameters
        self._kinds = kinds
        self.left_out: set[str] = set()
        """The ids of criteria that do not fit their shape, and of whole files: they exist, and were reported."""
        self.is_complete = True

    def topic(self, guideline: str, node: Traversable) -> Iterator[CriterionRead]:
        """The criteria of one file."""
        read = self._reading.file(node, f"{guideline}/{node.name}", CriteriaFile, "criteria")
        if read is None:
            self.is_complete = False
            return
        self.left_out |= read.left_out
        topic = node.name.removesuffix(".yaml")
        for position, raw in zip(read.positions, read.shape.criteria, strict=True):
            path = f"criteria[{position}]"
            criterion = self._criterion(raw, guideline, topic, path, read)
            yield CriterionRead(raw, guideline, path, read, criterion)

    def _criterion(
        self, raw: RawCriterion, guideline: str, topic: str, path: str, read: FileRead[CriteriaFile]
    ) -> Criterion | None:
        report = read.report
        reader = ConditionReader(self._facts, self._parameters, report)
        self._check_scope(raw, path, report)
        when = reader.read(raw.when, f"{path}.when")
        _check_form(raw, path, read)
        words = self._words(raw, reader, path, read)
        _check_texts(words, raw, when, path, read)
        if when is None:
            return None
        for fact in raw.both_ways:
            if fact not in facts_of(when):
                report(f"{path}.both_ways.{fact}", f"the condition does not read {fact}", key=True)
        return Criterion(
            id=raw.id,
            title=raw.title,
            guideline=guideline,
            topic=topic,
            scope=_scope(raw),
            effect=Effect(raw.effect),
            when=when,
            citation=Citation(guideline, raw.cite.section, raw.cite.pages, raw.cite.source, raw.cite.confidence),
            words=words,
            excuses=raw.of,
            said_only_if=raw.said_only_if,
            needs_dose_at_least=raw.needs_dose_at_least,
            both_ways=dict(raw.both_ways),
            place=read.document.place(f"{path}.id"),
        )

    def _check_scope(self, raw: RawCriterion, path: str, report: Report) -> None:
        scope = raw.applies_to
        at = f"{path}.applies_to"
        if scope.kind and (scope.class_ or scope.ingredient or scope.phase):
            message = "a service has a kind and a drug has a class, an ingredient and a phase; no request is both"
            report(at, message, suggestion="keep the kind, or leave it out")
        for index, kind in enumerate(scope.kind):
            if kind not in self._kinds.items and not self._kinds.is_reported(kind):
                hint = did_you_mean(kind, self._kinds.items) or "kinds of service are declared in kinds.yaml"
                report(f"{at}.kind[{index}]", f"no kind of service is called {kind!r}", suggestion=hint)
        for index, region in enumerate(scope.region):
            if region not in _regions():
                hint = did_you_mean(region, _regions())
                expected = None if hint else listed_words(_regions())
                report(f"{at}.region[{index}]", f"no region is called {region!r}", expected=expected, suggestion=hint)

    def _words(self, raw: RawCriterion, reader: ConditionReader, path: str, read: FileRead[CriteriaFile]) -> Words:
        said = {label: _sentences(getattr(raw.says, label), reader, f"{path}.says.{label}") for label in SENTENCES}
        rule = _rule(raw.says.rule, read, f"{path}.says.rule")
        return Words(rule=rule, ask=raw.says.ask, **said)


@cache
def _regions() -> tuple[str, ...]:
    # Loaded here, since the model of a case takes long to import and only a scope with a region needs it.
    from imr_engine.case.model import Region

    return get_args(Region)


def _scope(raw: RawCriterion) -> Scope:
    given = raw.applies_to
    return Scope(given.kind, given.class_, given.ingredient, given.region, given.phase)


def _check_form(raw: RawCriterion, path: str, read: FileRead[CriteriaFile]) -> None:
    """Report keys that do not go together with the effect, or with how sure the citation is."""
    report = read.report
    if raw.effect == "excuse" and not raw.of:
        message = "the list is empty" if read.document.has(f"{path}.of") else "is missing"
        report(f"{path}.of", message, expected="the ids of the criteria that this excuse sets aside")
    if raw.effect != "excuse" and raw.of:
        hint = "leave it out, or write effect: excuse"
        report(f"{path}.of", f"a {raw.effect} sets nothing aside; only an excuse does", suggestion=hint, key=True)
    if raw.said_only_if is not None and raw.effect != "note":
        report(f"{path}.said_only_if", "only a note can be kept for one outcome", suggestion="leave it out", key=True)
    if raw.cite.pages is not None and raw.cite.confidence not in PAGES_ARE_SURE:
        expected = f"pages only where confidence is {listed_words(PAGES_ARE_SURE)}"
        found = f"confidence {raw.cite.confidence}"
        report(f"{path}.cite.pages", "pages are cited that nobody has seen", found=found, expected=expected, key=True)


def _sentences(given: tuple[RawSaid, ...], reader: ConditionReader, path: str) -> tuple[Said, ...]:
    return tuple(
        Said(
            sentence.say,
            reader.read(sentence.when, f"{path}[{index}].when") if "when" in sentence.model_fields_set else None,
        )
        for index, sentence in enumerate(given)
    )


def _rule(rule: str | None, read: FileRead[CriteriaFile], path: str) -> str | None:
    """The rule of a criterion; ``$name`` alone stands for a phrase of the file."""
    if rule is None or not rule.startswith("$"):
        return rule
    phrases = read.shape.phrases
    if rule[1:] in phrases:
        return phrases[rule[1:]]
    given: object = read.document.value.get("phrases")
    if not isinstance(given, Mapping) or rule[1:] not in given:
        hint = did_you_mean(rule[1:], phrases) or "phrases are declared at the top of the file"
        read.report(path, f"no phrase is called {rule[1:]!r}", suggestion=hint)
    return None


def _check_texts(words: Words, raw: RawCriterion, when: Node | None, path: str, read: FileRead[CriteriaFile]) -> None:
    """Report names in braces that cannot be filled in, and sentences that ask about what the condition does not read.

    Where the condition itself is wrong (None), only the form of the braces is checked.
    """
    known = None if when is None else {*facts_of(when), *parameters_of(when)}
    report = read.report
    if words.rule is not None:
        _check_braces(words.rule, known, f"{path}.says.rule", report)
    for label in SENTENCES:
        sentences: tuple[Said, ...] = getattr(words, label)
        for index, said in enumerate(sentences):
            at = f"{path}.says.{label}"
            if read.document.has(f"{at}[{index}]"):
                at += f"[{index}].say"
            _check_braces(said.text, known, at, report)
            asked = () if said.when is None or known is None else facts_of(said.when)
            for fact in asked:
                if known is not None and fact not in known:
                    at = f"{path}.says.{label}[{index}].when"
                    report(at, f"the sentence asks about {fact}, which the condition of the criterion does not read")
    for index, ask in enumerate(raw.says.ask):
        if "{" in ask or "}" in ask:
            at = f"{path}.says.ask"
            at += f"[{index}]" if read.document.has(f"{at}[{index}]") else ""
            report(at, "what to document is said as it stands: no names are filled in here")


def _check_braces(text: str, known: set[str] | None, path: str, report: Report) -> None:
    if "{" in _IN_BRACES.sub("", text) or "}" in _IN_BRACES.sub("", text):
        report(path, "a brace stands alone", suggestion="write a name as {name}; a sentence has no other braces")
    for match in _DOLLAR.finditer(text):
        report(
            path,
            f"a name in a sentence stands in braces, not after a dollar: ${match[1]}",
            suggestion=f"write {{{match[1]}}}",
        )
    for match in _IN_BRACES.finditer(text):
        name = match[1]
        if not name.isidentifier():
            expected = "a name alone, such as {course_days}"
            report(path, "only a plain name can stand in braces", found=match[0], expected=expected)
        elif known is not None and name not in known:
            hint = did_you_mean(name, known)
            expected = None if hint else listed_words(sorted(known))
            message = f"{match[0]} names nothing that the condition reads"
            report(path, message, expected=expected, suggestion=hint)
