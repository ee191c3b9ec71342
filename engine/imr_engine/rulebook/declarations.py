"""Reads what the criteria refer to: facts, parameters, kinds of service and scales, each from its file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.resources.abc import Traversable

from imr_engine.data.suggest import did_you_mean
from imr_engine.rulebook.conditions import GROUPS, read_limit
from imr_engine.rulebook.model import (
    FactDeclaration,
    FactType,
    Parameter,
    ParameterValue,
    Scale,
    ServiceKind,
)
from imr_engine.rulebook.raw import FactsFile, KindsFile, ParametersFile, RawFact, RawParameter, ScalesFile
from imr_engine.rulebook.reading import Declared, Reading, Report
from imr_engine.units.registry import vocabulary

__all__ = ["read_facts", "read_kinds", "read_parameters", "read_scales"]


def read_facts(reading: Reading, root: Traversable) -> Declared[FactDeclaration]:
    """The facts that criteria may ask about."""
    read = reading.file(root / "facts.yaml", "facts.yaml", FactsFile, "facts")
    if read is None:
        return Declared({}, complete=False)
    facts: dict[str, FactDeclaration] = {}
    faulty = set(read.left_out)
    for name, raw in read.shape.facts.items():
        path = f"facts.{name}"
        if not _is_sound(name, raw, path, read.report):
            faulty.add(name)
            continue
        place = read.document.place(path)
        facts[name] = FactDeclaration(
            name, FactType(raw.type), raw.label, raw.meaning, raw.unit, raw.values, raw.document, raw.judgement, place
        )
    return Declared(facts, frozenset(faulty))


def _is_sound(name: str, raw: RawFact, path: str, report: Report) -> bool:
    """Whether a fact's type, unit and values go together; what does not is reported."""
    before = len(faults := _Faults(report))
    if name in GROUPS:
        faults(path, f"{name} is an operator of conditions, and cannot name a fact", key=True)
    if raw.type == "quantity" and raw.unit is None:
        faults(f"{path}.unit", "is missing", expected="the unit of the quantity, such as days")
    if raw.type != "quantity" and raw.unit is not None:
        faults(
            f"{path}.unit", f"a {raw.type} has no unit", suggestion="leave it out, or write type: quantity", key=True
        )
    if raw.unit is not None and raw.type == "quantity":
        _check_unit(raw.unit, f"{path}.unit", faults)
    if raw.type == "choice" and not raw.values:
        faults(f"{path}.values", "is missing", expected="the list of the values that can be chosen")
    if raw.type != "choice" and raw.values:
        faults(
            f"{path}.values",
            f"a {raw.type} has no values",
            suggestion="leave them out, or write type: choice",
            key=True,
        )
    for index, value in enumerate(raw.values):
        if value in raw.values[:index]:
            faults(f"{path}.values[{index}]", "the value stands twice", found=repr(value))
    return len(faults) == before


class _Faults:
    """Reports, and counts what it reports."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __call__(
        self,
        path: str,
        message: str,
        *,
        found: str | None = None,
        expected: str | None = None,
        suggestion: str | None = None,
        key: bool = False,
    ) -> None:
        self._count += 1
        self._report(path, message, found=found, expected=expected, suggestion=suggestion, key=key)


def _check_unit(unit: str, path: str, report: Report) -> None:
    known = vocabulary()
    if known.name_of(unit) is None:
        # The shortest spellings, d and h, are a part of any word and would be found close to it.
        hint = did_you_mean(unit, [name for name in known.names if len(name) > 2])
        hint = hint or "units are defined in drug_tables/units.yaml"
        report(path, f"no unit is called {unit!r}", suggestion=hint)


def read_parameters(
    reading: Reading, root: Traversable, facts: Declared[FactDeclaration]
) -> tuple[Declared[Parameter], Report | None]:
    """The thresholds with their values by date, and what reports problems of their file, for the checks that follow."""
    read = reading.file(root / "parameters.yaml", "parameters.yaml", ParametersFile, "parameters")
    if read is None:
        return Declared({}, complete=False), None
    parameters: dict[str, Parameter] = {}
    faulty = set(read.left_out)
    for name, raw in read.shape.parameters.items():
        path = f"parameters.{name}"
        faults = _Faults(read.report)
        if name in facts.items:
            faults(path, f"a fact is called {name} too, and a sentence could mean either", key=True)
        if raw.unit is not None:
            _check_unit(raw.unit, f"{path}.unit", faults)
        values = () if len(faults) else _values(raw, path, faults)
        if len(faults):
            faulty.add(name)
        else:
            parameters[name] = Parameter(name, raw.unit, raw.meaning, values, read.document.place(path))
    return Declared(parameters, frozenset(faulty)), read.report


def _values(raw: RawParameter, path: str, report: Report) -> tuple[ParameterValue, ...]:
    values: list[ParameterValue] = []
    for index, value in enumerate(raw.values):
        at = f"{path}.values[{index}]"
        amount = read_limit(value.value, raw.unit)
        if index and value.start <= raw.values[index - 1].start:
            expected = f"a day after {raw.values[index - 1].start}, from which the value before it holds"
            report(
                f"{at}.from",
                "the values do not stand in the order of their dates",
                found=str(value.start),
                expected=expected,
            )
        if isinstance(amount, str):
            report(f"{at}.value", amount)
        else:
            values.append(ParameterValue(value.start, amount, str(value.value), value.source, value.confidence))
    return tuple(values)


def read_kinds(reading: Reading, root: Traversable) -> Declared[ServiceKind]:
    """The kinds of service, with the words by which a request for one is recognised."""
    read = reading.file(root / "kinds.yaml", "kinds.yaml", KindsFile, "kinds")
    if read is None:
        return Declared({}, complete=False)
    lists = {name: kind.wordings for name, kind in read.shape.kinds.items()}
    _check_once(lists, "kinds.{}.wordings[{}]", "wording", read.report, _words_alone)
    kinds = {name: ServiceKind(name, kind.label, kind.wordings) for name, kind in read.shape.kinds.items()}
    return Declared(kinds, read.left_out)


def read_scales(reading: Reading, root: Traversable) -> tuple[Scale, ...]:
    """The validated scales of function."""
    read = reading.file(root / "scales.yaml", "scales.yaml", ScalesFile, "scales")
    if read is None:
        return ()
    lists = {name: scale.names for name, scale in read.shape.scales.items()}
    _check_once(lists, "scales.{}.names[{}]", "name", read.report, str.casefold)
    return tuple(Scale(name, scale.label, scale.better, scale.names) for name, scale in read.shape.scales.items())


def _check_once(
    lists: Mapping[str, tuple[str, ...]], path: str, what: str, report: Report, compared: Callable[[str], str]
) -> None:
    """Report texts that stand twice in these lists, in the form in which a case's words are compared with them."""
    seen: dict[str, str] = {}
    for name, texts in lists.items():
        for index, text in enumerate(texts):
            plain = compared(text)
            if plain in seen:
                message = f"the {what} {text!r} already stands under {seen[plain]}"
                report(path.format(name, index), message, suggestion="keep one of them")
            seen.setdefault(plain, name)


def _words_alone(text: str) -> str:
    """A wording as a request is searched for it: without capitals, hyphens and punctuation."""
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))
