"""Reads the files of a rulebook one by one, and collects everything that is wrong with them.

An entry that does not fit is left out and remembered by name, so that what refers to it is not called unknown as well.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any, Generic, Protocol, TypeVar, get_args

from pydantic import ValidationError

from imr_engine.data.file_text import MAX_BYTES
from imr_engine.data.validation import problems_from
from imr_engine.data.yaml_source import Document, read_yaml
from imr_engine.errors import DataFileError, Place, Problem
from imr_engine.rulebook.raw import Raw

__all__ = ["Declared", "FileRead", "Reading", "Report"]

Shape = TypeVar("Shape", bound=Raw)
Item = TypeVar("Item")

NAMED_BY_ID = re.compile(r"(criteria|editions)\[(\d+)\]")
"""Entries that have an id: a message names them by it, and not by their position."""


class Report(Protocol):
    """Takes what is wrong at a path of one file; ``key`` points at the key and not at its value."""

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
        """Report one problem."""
        ...


@dataclass(frozen=True, slots=True)
class Declared(Generic[Item]):
    """What a file declares, by name.

    Of a ``faulty`` name, or of any unknown one where the file is not ``complete``, nothing more need be said: what is
    wrong with it has been reported already.
    """

    items: Mapping[str, Item]
    faulty: frozenset[str] = frozenset()
    complete: bool = True

    def is_reported(self, name: str) -> bool:
        """Whether a name that is not among the items is accounted for by an earlier problem."""
        return name in self.faulty or not self.complete


@dataclass(frozen=True, slots=True)
class FileRead(Generic[Shape]):
    """A file with those of its entries that fit.

    ``positions`` says where each entry of a list stands in the file; ``left_out`` names the entries that do not fit, by
    their key or their id.
    """

    shape: Shape
    document: Document
    report: Report
    positions: tuple[int, ...] = ()
    left_out: frozenset[str] = frozenset()


@dataclass(slots=True)
class Reading:
    """One reading of one folder: the problems found so far, and a digest of every file that was read."""

    problems: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)

    def file(self, node: Traversable, name: str, shape: type[Shape], entries: str = "") -> FileRead[Shape] | None:
        """A file in its shape, or None where nothing of it can be used; what is wrong is reported either way.

        Args:
            node: the file.
            name: how it is called in messages, relative to the folder of rules.
            shape: its model.
            entries: the key whose entries are independent of one another.
        """
        content = self._content(node, name)
        if content is None:
            return None
        self.digests[name] = hashlib.sha256(content).hexdigest()
        try:
            document = read_yaml(content, name)
        except DataFileError as error:
            self.problems.extend(error.problems)
            return None
        report = self.reporter(document)
        try:
            whole = shape.model_validate(document.value)
        except ValidationError as error:
            for problem in problems_from(error, document, shape):
                self.problems.append(_named(problem, document))
            return _rest(error, document, shape, entries, report)
        given = getattr(whole, entries) if entries else ()
        return FileRead(whole, document, report, tuple(range(len(given))))

    def reporter(self, document: Document) -> Report:
        """A function that takes problems of one file."""

        def report(
            path: str,
            message: str,
            *,
            found: str | None = None,
            expected: str | None = None,
            suggestion: str | None = None,
            key: bool = False,
        ) -> None:
            problem = Problem(document.place(path, key=key), path, message, found, expected, suggestion)
            self.problems.append(_named(problem, document))

        return report

    def digest(self, folder: str = "") -> str:
        """A digest of every file read so far, or of those of one folder: of names and contents, in any order."""
        wanted = sorted(name for name in self.digests if name.startswith(folder))
        listed = "".join(f"{self.digests[name]}  {name}\n" for name in wanted)
        return hashlib.sha256(listed.encode()).hexdigest()

    def about(self, name: str, message: str, suggestion: str | None = None) -> None:
        """Report something about a file as a whole."""
        self.problems.append(Problem(Place(name), "", message, suggestion=suggestion))

    def _content(self, node: Traversable, name: str) -> bytes | None:
        """The bytes of a file, never more than one above the limit, at which ``read_yaml`` refuses them."""
        try:
            with node.open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            self.about(name, "the file is missing")
        except IsADirectoryError:
            self.about(name, "this is a folder, not a file")
        except PermissionError:
            self.about(name, "the file may not be read", "ask for permission to read it")
        except OSError as error:
            reason = error.strerror or "no reason is given"
            self.about(name, f"the file cannot be read: {reason[:1].lower()}{reason[1:]}")
        return None


def _named(problem: Problem, document: Document) -> Problem:
    """The problem with the id of its criterion or edition in the path, where the entry has one that can be read."""

    def by_id(match: re.Match[str]) -> str:
        entry = document.value[match[1]][int(match[2])]
        name = entry.get("id") if isinstance(entry, Mapping) else None
        return name if isinstance(name, str) and name else match[0]

    path = NAMED_BY_ID.sub(by_id, problem.path, count=1) if NAMED_BY_ID.match(problem.path) else problem.path
    return Problem(problem.place, path, problem.message, problem.found, problem.expected, problem.suggestion)


def _rest(
    error: ValidationError, document: Document, shape: type[Shape], entries: str, report: Report
) -> FileRead[Shape] | None:
    """What is left of a file without the entries, keys and constants that do not fit."""
    if not isinstance(document.value, Mapping):
        return None
    value: dict[str, Any] = {key: inner for key, inner in document.value.items() if key != "schema"}
    value["schema"] = get_args(shape.model_fields["schema_"].annotation)[0]
    unfit: dict[str, set[str | int]] = {}
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        top, *inner = item["loc"] or ("",)
        if inner and isinstance(value.get(str(top)), (Mapping, list)):
            unfit.setdefault(str(top), set()).add(inner[0])
        elif item["type"] == "extra_forbidden":
            value.pop(str(top), None)
    for key, out in unfit.items():
        value[key] = _without(value[key], out)
    try:
        left = shape.model_validate(value)
    except ValidationError:
        return None
    given = document.value.get(entries)
    out = unfit.get(entries, set())
    if isinstance(given, list):
        names = [given[index] for index in out if isinstance(index, int)]
        ids = frozenset(str(entry["id"]) for entry in names if isinstance(entry, Mapping) and "id" in entry)
        return FileRead(left, document, report, tuple(i for i in range(len(given)) if i not in out), ids)
    return FileRead(left, document, report, (), frozenset(str(name) for name in out))


def _without(given: Any, out: set[str | int]) -> Any:
    if isinstance(given, Mapping):
        return {key: value for key, value in given.items() if key not in out}
    return [value for index, value in enumerate(given) if index not in out]
