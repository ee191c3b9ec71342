"""What the YAML parser complains of, said in sentences that tell a person what to change."""

from __future__ import annotations

import re
from typing import Any

import yaml

from imr_engine.data.document import DocumentBuilder
from imr_engine.data.file_text import ODD_SPACE, space_name
from imr_engine.errors import DataFileError

__all__ = ["explain", "refuse_lost_number", "refuse_odd_space"]

LOST_NUMBER = re.compile(r"(?<=[ \t])#(?:[0-9][^\s,}\]]*|[ \t]+[0-9]+(?=[ \t}\],]*$))", re.MULTILINE)
"""A number behind a ``#``, or a comment that is nothing but a number: prescriptions write counts so."""

_NO_SPACE = re.compile(r"\s*(?:- )?([A-Za-z_]+):(?=\S)")

_NOT_A_LIST = ("a list entry cannot begin on this line", "begin the list on a new line")
_OPEN_LIST = ("a list that began with [ is not closed", "separate entries by commas and end with ]")
_OPEN_MAPPING = ("a mapping that began with { is not closed", "separate entries by commas and end with }")
_ONE_DOCUMENT = ("something follows the end of the document", "one file holds one document")
_STRAY = (
    "something stands where a key should be",
    "indent the keys of one mapping alike, and close every quote and bracket",
)
_STRAY_ENTRY = (
    "something stands where a list entry should be",
    "begin each entry of the list with a hyphen in the same column",
)
_NO_COLON = ("this is no key: it has no colon", "write key: value, or put a text of several lines in quotes")
_COLON = (
    "a colon stands where no key can be",
    'put a value that holds ": " in quotes, and indent the keys of one mapping alike',
)

# A part of what libyaml says (and of what PyYAML's own parser says, where they differ), and what it means.
_MEANINGS: tuple[tuple[str, tuple[str, str | None]], ...] = (
    ("mapping values are not allowed", _COLON),
    ("could not find expected ':'", _NO_COLON),
    ("sequence entries are not allowed", _NOT_A_LIST),
    ("did not find expected key", _STRAY),
    ("expected <block end>", _STRAY),
    ("did not find expected '-' indicator", _STRAY_ENTRY),
    ("expected ',' or ']'", _OPEN_LIST),
    ("expected ',' or '}'", _OPEN_MAPPING),
    ("found unexpected end of stream", ("a quote is opened and never closed", "close it with the same quote")),
    ("unknown escape character", ("a backslash in double quotes begins an unknown escape", "use single quotes")),
    ("Unicode character escape", ("an escape in double quotes is no character", "use single quotes")),
    ("expected node content", ("a bracket or comma stands where a value should be", None)),
    ("expected the node content", ("a bracket or comma stands where a value should be", None)),
    ("<document start>", _ONE_DOCUMENT),
    ("incompatible YAML document", ("the %YAML line names a version that is not known", "delete that line")),
    ("tab character that violates", ("a tab stands in the indentation", "indent with spaces")),
    ("undefined tag handle", ("tags are not read", "leave the tag out; put text in quotes")),
)
_BRACKET_OPEN = ("expected ','", "expected node content", "expected the node content")
_LOOK_BACK = 3
# The end of the file is where these were noticed; where the quote or bracket opens is where to look.
_BEGIN_EARLIER = ("end of stream", "expected ':'", "expected ','")


def refuse_odd_space(
    space: str, line: int, column: int, builder: DocumentBuilder, path: str | None = None
) -> DataFileError:
    """The error for a no-break or other odd space where the structure of the file needs an ordinary one."""
    return builder.refuse(
        line,
        column,
        "a space that is not an ordinary one stands where YAML needs an ordinary space",
        path=path,
        found=space_name(space),
        suggestion="replace it by a space; it comes with text copied from a PDF or a word processor",
    )


def refuse_lost_number(line: str, number: int, builder: DocumentBuilder, path: str | None = None) -> DataFileError:
    """The error for a count such as ``#120`` that YAML would take for a comment and drop."""
    match = LOST_NUMBER.search(line)
    start, found = (match.start(), match[0]) if match else (0, "#")
    return builder.refuse(
        number,
        start + 1,
        "YAML takes what follows # for a comment, and would drop it",
        path=path,
        found=found,
        suggestion="put a text that holds # in quotes; write a quantity as a number alone",
    )


def explain(error: yaml.YAMLError, text: str, builder: DocumentBuilder) -> DataFileError:
    """Turn the parser's complaint into an error with a place, a meaning, and what to do about it.

    The error names no path of the document: the parser looks ahead, so that none is sure.
    """
    problem = str(getattr(error, "problem", None) or "it cannot be read")
    mark: Any = getattr(error, "problem_mark", None)
    context: Any = getattr(error, "context_mark", None)
    if context is not None and any(words in problem for words in _BEGIN_EARLIER):
        mark = context
    line, column = (0, 0) if mark is None else (int(mark.line), int(mark.column))
    lines = text.splitlines()
    here = lines[line] if line < len(lines) else ""
    odd = ODD_SPACE.search(here)
    if odd:
        return refuse_odd_space(odd[0], line + 1, odd.start() + 1, builder, "")
    if any(words in problem for words in _BRACKET_OPEN):
        # A comment may have swallowed the closing bracket, on this line or on one shortly before.
        for number in range(max(0, line - _LOOK_BACK), min(line + 1, len(lines))):
            if LOST_NUMBER.search(lines[number]):
                return refuse_lost_number(lines[number], number + 1, builder, "")
    column, message, suggestion = _meaning(problem, here, column)
    return builder.refuse(line + 1, column + 1, message, path="", suggestion=suggestion)


def _meaning(problem: str, here: str, column: int) -> tuple[int, str, str | None]:
    """The column, the message and the suggestion for a complaint about one line."""
    tab = here[: len(here) - len(here.lstrip())].find("\t")
    if tab >= 0:
        return tab, "a tab stands in the indentation", "indent with spaces"
    close = _NO_SPACE.match(here)
    if close and "expected ':'" in problem:
        return close.end() - 1, "a colon needs a space after it", f"write {close[1]}: {here[close.end() :].strip()}"
    if "cannot start any token" in problem:
        return column, f"a value cannot begin with {here[column : column + 1]}", "put the value in quotes"
    for words, (message, suggestion) in _MEANINGS:
        if words in problem:
            return column, message, suggestion
    return column, f"this is not well-formed YAML: {problem}", None
