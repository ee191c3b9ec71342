"""Loads a case: reads it, validates it, checks it for sense, and tells of everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from imr_engine.case.model import Case
from imr_engine.case.origins import lift_origins
from imr_engine.case.readers import MONTHS, US_DATE
from imr_engine.data.document import Document
from imr_engine.data.validation import shown
from imr_engine.errors import CaseError, Place, Problem
from imr_engine.intake.checks import check_case, check_sure_parts
from imr_engine.intake.partial import partial_case
from imr_engine.intake.source import RawCase, raw_case
from imr_engine.intake.wording import problem_of

__all__ = ["LoadedCase", "load_case"]

_DATE_KEYS = frozenset(
    {"injury", "request", "service", "ur_decision", "record", "date", "since", "start", "end", "service_date"}
)


@dataclass(frozen=True, slots=True)
class LoadedCase:
    """A valid case, and what its author should look at again.

    ``warnings`` are in the order of the file. Like problems, they may quote the case: they are for the screen.
    """

    case: Case
    warnings: tuple[Problem, ...]
    raw: RawCase

    @property
    def document(self) -> Document | None:
        """The file that the case was read from; None for a case that was given as a mapping."""
        return self.raw.document

    def place(self, path: str) -> Place:
        """Where a path of the case, such as ``requests[0].strength``, stands in the file."""
        return self.raw.place(path)


def load_case(source: Path | str | bytes | Mapping[str, Any], name: str | None = None) -> LoadedCase:
    """Load a case from a YAML or JSON file, from text, or from a mapping.

    Args:
        source: A path; the text of a case (a ``str`` of more than one line, or one that begins with ``{``); its bytes;
            or a mapping that is a case already.
        name: How to call the source in messages; the path as given if it is left out.

    Raises:
        DataFileError: The file cannot be read as plain YAML or JSON; nothing more can be said about it.
        CaseError: The case has mistakes. It lists all of them, of shape and of sense, in the order of the file.
    """
    raw = raw_case(source, name)
    if not isinstance(raw.value, Mapping):
        raise CaseError([_no_case(raw)])
    given = cast("Mapping[str, Any]", raw.value)
    if "origins" in given:
        place = raw.place("origins", key=True)
        raise CaseError([Problem(place, "origins", "unknown key", suggestion="write from beside what was read there")])
    lifted = lift_origins(given)
    try:
        case = Case.model_validate(lifted)
    except ValidationError as error:
        raise CaseError(_all_problems(error, lifted, raw)) from None
    checked = check_case(case)
    if checked.problems:
        raise CaseError(_in_order(_placed(checked.problems, raw)))
    warnings = [*_placed(checked.warnings, raw), *_placed(_date_notes(lifted), raw)]
    return LoadedCase(case, tuple(_in_order(warnings)), raw)


def _no_case(raw: RawCase) -> Problem:
    suggestion: str | None = None
    if isinstance(raw.value, str) and ":" in raw.value:
        suggestion = "put a space after each colon"
    expected = "the keys schema, id, dates and requests; see imr new"
    return Problem(raw.place(""), "", "this is not a case", shown(raw.value), expected, suggestion)


def _all_problems(error: ValidationError, lifted: Any, raw: RawCase) -> list[Problem]:
    errors = cast("list[Mapping[str, Any]]", error.errors(include_url=False))
    # A list whose entries do not fit counts as too short for pydantic; it is not its author's mistake.
    problems = [problem_of(item, raw) for item in errors if item["type"] != "too_short" or not item["input"]]
    rest = partial_case(lifted, errors)
    if rest is not None:
        problems += _placed(check_sure_parts(rest.case, rest.unsure, rest.original), raw)
    return _in_order(dict.fromkeys(problems))


def _placed(problems: Iterable[Problem], raw: RawCase) -> list[Problem]:
    return [replace(problem, place=raw.place(problem.path)) for problem in problems]


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.place.line or 0, problem.place.column or 0))


def _date_notes(lifted: Any) -> list[Problem]:
    """How dates were read that could be read in two ways."""
    notes: list[Problem] = []

    def visit(node: Any, path: str) -> None:
        if isinstance(node, Mapping):
            for key, value in cast("Mapping[str, Any]", node).items():
                inner = path if key == "items" and isinstance(value, tuple) else f"{path}.{key}" if path else key
                if key in _DATE_KEYS and isinstance(value, str):
                    _note(value, inner)
                else:
                    visit(value, inner)
        elif isinstance(node, tuple):
            for index, entry in enumerate(cast("tuple[Any, ...]", node)):
                visit(entry, f"{path}[{index}]")

    def _note(text: str, path: str) -> None:
        match = US_DATE.fullmatch(text.strip())
        if match is None or int(match[2]) > len(MONTHS) or int(match[1]) == int(match[2]):
            return
        day = f"{int(match[2])} {MONTHS[int(match[1]) - 1]} {match[3]}"
        notes.append(Problem(Place(), path, f"read month first, as {day}", shown(text)))

    visit(lifted, "")
    return notes
