"""Loads a folder of rules into a ``Rulebook``, or reports everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Formatter
from typing import TypeVar

from pydantic import ValidationError

from imr_engine.data.files import folder
from imr_engine.data.suggest import did_you_mean
from imr_engine.data.validation import problems_from
from imr_engine.data.yaml_source import Document, read_yaml
from imr_engine.errors import DataFileError, Place, Problem, RulebookError
from imr_engine.prediction import Citation, Effect
from imr_engine.rulebook.conditions import ConditionReader, read_limit
from imr_engine.rulebook.model import (
    Criterion,
    Edition,
    FactDeclaration,
    FactType,
    Guideline,
    Parameter,
    ParameterValue,
    Rulebook,
    Said,
    Scale,
    Scope,
    ServiceKind,
    Words,
)
from imr_engine.rulebook.polarity import both_ways_without_reason
from imr_engine.rulebook.raw import (
    CriteriaFile,
    EditionsFile,
    FactsFile,
    GuidelineFile,
    KindsFile,
    ParametersFile,
    Raw,
    RawCriterion,
    RawSaid,
    ScalesFile,
)
from imr_engine.rulebook.tree import Node, facts_of, parameters_of

__all__ = ["load_rulebook", "rulebook_from"]

Shape = TypeVar("Shape", bound=Raw)


@lru_cache(maxsize=4)
def load_rulebook(directory: Path | None = None) -> Rulebook:
    """The rulebook in a folder; without one, the rulebook that ships with this package.

    Args:
        directory: a folder laid out as ``rules/`` is.

    Raises:
        RulebookError: anything is missing, misspelt, of the wrong type or unit, or contradicts the rulebook's form;
            all problems are reported at once.
    """
    return rulebook_from(folder("rules") if directory is None else directory)


def rulebook_from(root: Traversable) -> Rulebook:
    """As ``load_rulebook``, from anything that can be read like a folder, and read anew each time."""
    return _Loader(root).load()


class _Loader:
    """One reading of one folder. Problems are collected, so that an author sees all of them at once."""

    def __init__(self, root: Traversable) -> None:
        self._root = root
        self._problems: list[Problem] = []
        self._digest = hashlib.sha256()

    def load(self) -> Rulebook:
        if not self._root.is_dir():
            raise RulebookError([Problem(Place(str(self._root)), "", "there is no such folder of rules")])
        facts = self._facts()
        parameters = self._parameters()
        kinds = self._kinds()
        scales = self._scales()
        guidelines = self._guidelines(facts, parameters)
        editions = self._editions(guidelines)
        for problem in _check_whole(guidelines, parameters, editions):
            self._problems.append(problem)
        if self._problems:
            raise RulebookError(sorted(set(self._problems), key=_reading_order))
        return Rulebook(facts, parameters, guidelines, editions, kinds, scales, self._digest.hexdigest())

    # reading files

    def _file(self, node: Traversable, name: str, shape: type[Shape]) -> tuple[Shape, Document] | None:
        try:
            content = node.read_bytes()
        except (OSError, FileNotFoundError) as error:
            self._problems.append(Problem(Place(name), "", f"cannot be read: {type(error).__name__}"))
            return None
        # Names and bytes, each with its length, so that no two rulebooks share a digest by accident of concatenation.
        self._digest.update(f"{len(name)}:{name}{len(content)}:".encode() + content)
        try:
            document = read_yaml(content, name)
        except DataFileError as error:
            self._problems.extend(error.problems)
            return None
        try:
            return shape.model_validate(document.value), document
        except ValidationError as error:
            self._problems.extend(problems_from(error, document))
            return None

    def _facts(self) -> dict[str, FactDeclaration]:
        read = self._file(self._root / "facts.yaml", "facts.yaml", FactsFile)
        if read is None:
            return {}
        file, document = read
        facts: dict[str, FactDeclaration] = {}
        for name, raw in file.facts.items():
            place = document.place(f"facts.{name}")
            fact = FactDeclaration(
                name, FactType(raw.type), raw.label, raw.meaning, raw.unit, raw.values, raw.document, raw.judgement, place
            )
            if (fact.type is FactType.QUANTITY) != (fact.unit is not None):
                self._problem(document, f"facts.{name}", "a quantity has a unit, and only a quantity has one")
            if (fact.type is FactType.CHOICE) != bool(fact.values):
                self._problem(document, f"facts.{name}", "a choice lists its values, and only a choice has any")
            facts[name] = fact
        return facts

    def _parameters(self) -> dict[str, Parameter]:
        read = self._file(self._root / "parameters.yaml", "parameters.yaml", ParametersFile)
        if read is None:
            return {}
        file, document = read
        parameters: dict[str, Parameter] = {}
        for name, raw in file.parameters.items():
            values: list[ParameterValue] = []
            for index, value in enumerate(raw.values):
                path = f"parameters.{name}.values[{index}].value"
                amount = read_limit(value.value, raw.unit)
                if isinstance(amount, str):
                    self._problem(document, path, amount)
                    amount = Fraction(0)
                if values and value.start <= values[-1].start:
                    self._problem(document, path, "the values of a parameter run from the oldest date to the newest")
                values.append(ParameterValue(value.start, amount, str(value.value), value.source, value.confidence))
            place = document.place(f"parameters.{name}")
            parameters[name] = Parameter(name, raw.unit, raw.meaning, tuple(values), place)
        return parameters

    def _kinds(self) -> tuple[ServiceKind, ...]:
        read = self._file(self._root / "kinds.yaml", "kinds.yaml", KindsFile)
        if read is None:
            return ()
        file, document = read
        seen: dict[str, str] = {}
        for name, kind in file.kinds.items():
            for wording in kind.wordings:
                if wording in seen:
                    self._problem(document, f"kinds.{name}", f"the wording {wording!r} already stands for {seen[wording]}")
                seen[wording] = name
        return tuple(ServiceKind(name, kind.label, kind.wordings) for name, kind in file.kinds.items())

    def _scales(self) -> tuple[Scale, ...]:
        read = self._file(self._root / "scales.yaml", "scales.yaml", ScalesFile)
        if read is None:
            return ()
        file, _ = read
        return tuple(Scale(name, scale.label, scale.better, scale.names) for name, scale in file.scales.items())

    def _guidelines(
        self, facts: Mapping[str, FactDeclaration], parameters: Mapping[str, Parameter]
    ) -> dict[str, Guideline]:
        guidelines: dict[str, Guideline] = {}
        for child in sorted((node for node in self._root.iterdir() if node.is_dir()), key=lambda node: node.name):
            if child.name.startswith((".", "_")):
                continue
            head = self._file(child / "guideline.yaml", f"{child.name}/guideline.yaml", GuidelineFile)
            before = self._digest.copy()
            criteria: list[Criterion] = []
            for topic in sorted(_topics(child), key=lambda node: node.name):
                criteria.extend(self._topic(child.name, topic, facts, parameters))
            if head is not None:
                file, _ = head
                digest = hashlib.sha256(before.digest() + self._digest.digest()).hexdigest()
                guidelines[child.name] = Guideline(
                    child.name, file.title, file.short, file.lead, file.common, digest, tuple(criteria)
                )
        return guidelines

    def _topic(
        self,
        guideline: str,
        node: Traversable,
        facts: Mapping[str, FactDeclaration],
        parameters: Mapping[str, Parameter],
    ) -> Iterator[Criterion]:
        name = f"{guideline}/{node.name}"
        read = self._file(node, name, CriteriaFile)
        if read is None:
            return
        file, document = read

        def report(path: str, message: str) -> None:
            self._problem(document, path, message)

        reader = ConditionReader(facts, parameters, report)
        for index, raw in enumerate(file.criteria):
            path = f"criteria[{index}]"
            when = reader.read(raw.when, f"{path}.when")
            if (raw.effect == "excuse") != bool(raw.of):
                report(f"{path}.of", "an excuse names the criteria it sets aside, and only an excuse does")
            if raw.said_only_if is not None and raw.effect != "note":
                report(f"{path}.said_only_if", "only a note can be kept for one outcome")
            if raw.applies_to.kind and any((raw.applies_to.class_, raw.applies_to.ingredient, raw.applies_to.phase)):
                report(f"{path}.applies_to", "a service has a kind; a drug has a class, an ingredient and a phase")
            if when is None:
                continue
            words = _words(self._with_phrase(raw, file.phrases, document, f"{path}.says.rule"), reader, f"{path}.says")
            topic = node.name.removesuffix(".yaml")
            criterion = _criterion(raw, guideline, topic, when, words, document.place(f"{path}.id"))
            for label, problem in _check_words(criterion):
                report(f"{path}.says.{label}", problem)
            for fact in criterion.both_ways:
                if fact not in facts_of(when):
                    report(f"{path}.both_ways", f"the condition does not read {fact}")
            yield criterion

    def _with_phrase(
        self, raw: RawCriterion, phrases: Mapping[str, str], document: Document, path: str
    ) -> RawCriterion:
        rule = raw.says.rule
        if rule is None or not rule.startswith("$"):
            return raw
        if rule[1:] not in phrases:
            hint = did_you_mean(rule[1:], phrases)
            self._problem(document, path, f"no phrase is called {rule[1:]!r}" + (f"; {hint}" if hint else ""))
            return raw
        return raw.model_copy(update={"says": raw.says.model_copy(update={"rule": phrases[rule[1:]]})})

    def _editions(self, guidelines: Mapping[str, Guideline]) -> tuple[Edition, ...]:
        read = self._file(self._root / "editions.yaml", "editions.yaml", EditionsFile)
        if read is None:
            return ()
        file, document = read
        editions: list[Edition] = []
        for index, raw in enumerate(file.editions):
            path = f"editions[{index}]"
            if "default" not in raw.order:
                self._problem(document, f"{path}.order", "the order of guidelines has a default")
            for kind, order in raw.order.items():
                for guideline in order:
                    if guideline not in guidelines:
                        hint = did_you_mean(guideline, guidelines)
                        self._problem(
                            document,
                            f"{path}.order.{kind}",
                            f"no guideline is called {guideline!r}" + (f"; {hint}" if hint else ""),
                        )
                    elif guidelines[guideline].common:
                        self._problem(document, f"{path}.order.{kind}", f"{guideline} is common and has no place in an order")
            if raw.before is not None and raw.before <= raw.start:
                self._problem(document, f"{path}.before", "an edition ends after it begins")
            editions.append(
                Edition(
                    raw.id, raw.title, raw.start, raw.before, dict(raw.order), raw.conversion_table, raw.source
                )
            )
        editions.sort(key=lambda edition: edition.start)
        for earlier, later in zip(editions, editions[1:], strict=False):
            if earlier.end is None or earlier.end > later.start:
                self._problem(document, "editions", f"{earlier.id} and {later.id} both govern {later.start}")
        return tuple(editions)

    def _problem(self, document: Document, path: str, message: str) -> None:
        self._problems.append(Problem(document.place(path), path, message))


def _topics(child: Traversable) -> Iterator[Traversable]:
    for node in child.iterdir():
        if node.is_file() and node.name.endswith(".yaml") and node.name != "guideline.yaml":
            yield node


def _words(raw: RawCriterion, reader: ConditionReader, path: str) -> Words:
    def said(label: str, sentences: tuple[RawSaid, ...]) -> tuple[Said, ...]:
        return tuple(
            Said(sentence.say, None if sentence.when is None else reader.read(sentence.when, f"{path}.{label}[{index}].when"))
            for index, sentence in enumerate(sentences)
        )

    says = raw.says
    return Words(
        rule=says.rule,
        met=said("met", says.met),
        not_met=said("not_met", says.not_met),
        not_documented=said("not_documented", says.not_documented),
        not_computable=said("not_computable", says.not_computable),
        ask=says.ask,
    )


def _criterion(raw: RawCriterion, guideline: str, topic: str, when: Node, words: Words, place: Place) -> Criterion:
    scope = Scope(
        raw.applies_to.kind,
        raw.applies_to.class_,
        raw.applies_to.ingredient,
        raw.applies_to.region,
        raw.applies_to.phase,
    )
    citation = Citation(guideline, raw.cite.section, raw.cite.pages, raw.cite.source, raw.cite.confidence)
    return Criterion(
        raw.id, raw.title, guideline, topic, scope, Effect(raw.effect), when, citation, words,
        raw.of, raw.said_only_if, raw.needs_dose_at_least, dict(raw.both_ways), place,
    )  # fmt: skip


def _check_words(criterion: Criterion) -> Iterator[tuple[str, str]]:
    """The label of a sentence and what is wrong with it, for every name that the condition does not read."""
    known = {*facts_of(criterion.when), *parameters_of(criterion.when)}
    words = criterion.words
    texts = [("rule", words.rule), *(("ask", text) for text in words.ask)]
    for label in ("met", "not_met", "not_documented", "not_computable"):
        for said in getattr(words, label):
            texts.append((label, said.text))
            if said.when is not None:
                for fact in facts_of(said.when):
                    if fact not in known:
                        yield label, f"the sentence asks about {fact}, which the condition does not read"
    for label, text in texts:
        for problem in _check_names(text or "", known):
            yield label, problem


def _check_names(text: str, known: set[str]) -> Iterator[str]:
    try:
        fields = list(Formatter().parse(text))
    except ValueError as error:
        yield f"it cannot be read as a sentence with names in braces: {error}"
        return
    for _, name, form, conversion in fields:
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            yield f"plain names only may stand in braces, not {{{name}}}"
        elif name not in known:
            hint = did_you_mean(name, known)
            yield f"{{{name}}} is not read by the condition" + (f"; {hint}" if hint else "")


def _check_whole(
    guidelines: Mapping[str, Guideline], parameters: Mapping[str, Parameter], editions: tuple[Edition, ...]
) -> Iterator[Problem]:
    criteria = [criterion for guideline in guidelines.values() for criterion in guideline.criteria]
    by_id: dict[str, Criterion] = {}
    for criterion in criteria:
        if criterion.id in by_id:
            other = by_id[criterion.id].place
            yield _about(criterion, f"the id {criterion.id} is already taken, at {other.file}:{other.line}")
        by_id.setdefault(criterion.id, criterion)
    for criterion in criteria:
        for excused in criterion.excuses:
            target = by_id.get(excused)
            if target is None:
                hint = did_you_mean(excused, by_id)
                yield _about(criterion, f"it excuses {excused!r}, which does not exist" + (f"; {hint}" if hint else ""))
            elif target.effect is Effect.EXCUSE:
                yield _about(criterion, f"it excuses {excused}, which is an excuse itself; an excuse has no excuse")
            elif target.effect not in (Effect.REQUIRE, Effect.DEFEAT):
                yield _about(criterion, f"it excuses {excused}, a {target.effect}; only requires and defeats are excused")
            elif target.guideline != criterion.guideline:
                yield _about(criterion, f"it excuses {excused} of another guideline, {target.guideline}")
        for name in parameters_of(criterion.when):
            for edition in editions:
                if parameters[name].at(edition.start) is None and _governed_by(criterion, edition, guidelines):
                    yield _about(criterion, f"${name} has no value yet when edition {edition.id} begins")
    for criterion, fact in both_ways_without_reason(criteria):
        yield _about(
            criterion,
            f"{fact} can help in one criterion and hurt in another for the same request; "
            f"state why in both_ways of one of them",
        )


def _governed_by(criterion: Criterion, edition: Edition, guidelines: Mapping[str, Guideline]) -> bool:
    return guidelines[criterion.guideline].common or any(
        criterion.guideline in order for order in edition.order.values()
    )


def _about(criterion: Criterion, message: str) -> Problem:
    return Problem(criterion.place, criterion.id, message)


def _reading_order(problem: Problem) -> tuple[str, int, int, str, str]:
    place = problem.place
    return (place.file or "", place.line or 0, place.column or 0, problem.path, problem.message)
