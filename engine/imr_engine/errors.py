"""Every error the project raises on purpose, each with the place, what was found, what was expected, and a suggestion.

Concrete errors also inherit the fitting builtin, so that a caller who knows nothing of this package can catch them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    "CaseError",
    "DataFileError",
    "DoseError",
    "EngineUnavailable",
    "ImrError",
    "Place",
    "Problem",
    "ReadingsDisagree",
    "RulebookError",
    "RulesEngineError",
    "SourceError",
    "UnitError",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something stands. Lines and columns count from 1; None where they are not known."""

    file: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.file or "input"]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input.

    ``found`` may quote a value of the case: it is for the screen of whoever gave the case, never for a log
    (``Problem.without_values`` is what a log may hold).
    """

    place: Place
    path: str
    message: str
    found: str | None = None
    expected: str | None = None
    suggestion: str | None = None

    def __str__(self) -> str:
        where = f"{self.place}: {self.path}" if self.path else f"{self.place}"
        text = f"{where}: {self.message}"
        if self.found is not None:
            text += f"; found {self.found}"
        if self.expected is not None:
            text += f"; expected {self.expected}"
        if self.suggestion is not None:
            text += f"; {self.suggestion}"
        return text

    def without_values(self) -> Problem:
        """The same problem with nothing quoted from the input.

        Place and path stay; the wording goes too, since a message may repeat what it speaks of.
        """
        return Problem(self.place, self.path, "invalid value", None, self.expected, None)


class ImrError(Exception):
    """The base of every error of this package."""


class SourceError(ImrError, ValueError):
    """An input could not be accepted; ``problems`` lists everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,)


class DataFileError(SourceError):
    """A YAML or JSON file cannot be read as the plain, safe subset that this package accepts."""


class CaseError(SourceError):
    """A case does not fit the case schema."""


class RulebookError(SourceError):
    """A rulebook or one of its parameters, facts or editions is not well-formed; it does not load."""


class DoseError(SourceError):
    """A drug table, a conversion table or a medication line cannot be used."""


class UnitError(ImrError, ValueError):
    """A quantity is not a number with a known unit, or has the wrong dimension."""


class EngineUnavailable(ImrError, RuntimeError):
    """durable_rules was asked for by name and cannot be imported here."""


class RulesEngineError(ImrError, RuntimeError):
    """durable_rules failed, or was given something it cannot run safely; no prediction was made."""


class ReadingsDisagree(ImrError, RuntimeError):
    """The two readings of the rulebook gave different answers for one case; no prediction was made.

    ``case_digest`` identifies the case without naming the patient; ``differences`` holds both results.
    """

    def __init__(self, case_digest: str, differences: Sequence[str]) -> None:
        self.case_digest = case_digest
        self.differences = tuple(differences)
        super().__init__(case_digest, self.differences)

    def __str__(self) -> str:
        listed = "\n  ".join(self.differences)
        return f"the rete and the plain reading disagree on case {self.case_digest}; no prediction:\n  {listed}"
