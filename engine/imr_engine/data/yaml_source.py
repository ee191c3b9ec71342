"""Files are read here, as a plain and safe subset of YAML or as JSON, with the line and column of every value.

What is left out of YAML is what misleads people or harms machines: aliases, merge keys, tags, several documents, keys
that stand twice, and guesses about types. Dates, times and codes with leading zeros stay the text that was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from imr_engine.data.document import MAX_DIGITS, Document, DocumentBuilder, Scalar
from imr_engine.data.file_text import MAX_BYTES, ODD_SPACE, name_of, read_text
from imr_engine.data.json_source import build_from_json
from imr_engine.data.yaml_complaints import LOST_NUMBER, explain, refuse_lost_number, refuse_odd_space
from imr_engine.errors import DataFileError, Place, Problem

__all__ = ["MAX_BYTES", "Document", "read_yaml"]

_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+")
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_QUOTE = "write the value out where it is used, or put a text that begins so in quotes"
_ESCAPED_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ODD_STRUCTURE = re.compile("^[\u00a0\u2000-\u200a\u202f\u205f\u3000]|[:?-][\u00a0\u2000-\u200a\u202f\u205f\u3000]")


def read_yaml(source: str | bytes | Path | Traversable, name: str | None = None) -> Document:
    """Read a YAML or JSON file into plain values, each with its place.

    ``true`` and ``false`` are booleans, ``null``, ``~`` and nothing are None, ``30`` is an ``int``, ``0.5`` an exact
    ``Decimal``; whatever else is not quoted is text as written: ``2014-10-22``, ``003``, ``1:30``, ``no``, ``0x1f``,
    ``.inf``, ``1e3``. Keys are always text. A file whose name ends in ``.json`` is read as JSON, any other as YAML.

    Args:
        source: A path, a ``Traversable``, the bytes of a file, or (a ``str``) the text itself.
        name: How to call the file in messages; the path as given if it is left out.

    Raises:
        DataFileError: The file cannot be opened, is too large, or is not of the plain subset.
    """
    called = name if name is not None else name_of(source)
    text = read_text(source, called)
    builder = DocumentBuilder(called)
    if called.lower().endswith(".json"):
        build_from_json(text, builder)
    else:
        _build_from_yaml(text, builder)
    return builder.document()


def _build_from_yaml(text: str, builder: DocumentBuilder) -> None:
    """Feed the events of the YAML parser to the builder; events, since composing nodes would recurse."""
    documents = 0
    lost = _number_comments(text)
    try:
        for event in _events(text):
            kind: Any = event.__class__
            if kind is yaml.ScalarEvent:
                if lost and not event.style:
                    _refuse_lost_number(event, lost, builder)
                _take_scalar(event, builder)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                _start_collection(event, builder, is_mapping=kind is yaml.MappingStartEvent)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                builder.end()
            elif kind is yaml.AliasEvent:
                raise _refuse(builder, event, "aliases are not read", f"*{event.anchor}", _QUOTE)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise _refuse(builder, event, "a second document begins here", None, "one file holds one document")
    except yaml.YAMLError as error:
        raise explain(error, text, builder) from None
    if not documents:
        raise DataFileError([Problem(Place(builder.name), "", "the file is empty")])


def _parser_class() -> Any:
    """The parser of libyaml; where PyYAML was installed without it, PyYAML's own: the same events, ten times slower."""
    try:
        return import_module("yaml.cyaml").CParser
    except ImportError:
        return yaml.SafeLoader


def _events(text: str) -> Iterator[Any]:
    parser = _parser_class()(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


def _refuse(
    builder: DocumentBuilder, event: Any, message: str, found: str | None, suggestion: str | None
) -> DataFileError:
    mark = event.start_mark
    return builder.refuse(mark.line + 1, mark.column + 1, message, found=found, suggestion=suggestion)


def _refuse_decoration(event: Any, builder: DocumentBuilder) -> None:
    """Refuse an anchor or a tag before a value."""
    if event.anchor is not None:
        raise _refuse(builder, event, "anchors are not read", f"&{event.anchor}", _QUOTE)
    if event.tag is not None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        raise _refuse(builder, event, "tags are not read", tag, "leave the tag out; put text in quotes")


def _start_collection(event: Any, builder: DocumentBuilder, *, is_mapping: bool) -> None:
    _refuse_decoration(event, builder)
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    if builder.wants_key:
        raise builder.refuse(line, column, "a bracket stands where a key should be", expected="a word")
    if is_mapping:
        builder.start_mapping(line, column)
    else:
        builder.start_list(line, column)


def _take_scalar(event: Any, builder: DocumentBuilder) -> None:
    _refuse_decoration(event, builder)
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    text = (_quoted if event.style else _plain)(event.value, line, column, builder)
    if not builder.wants_key:
        builder.scalar(text if event.style else _resolve(text, line, column, builder), line, column)
    elif text == "<<" and not event.style:
        raise _refuse(builder, event, "merge keys are not read", "<<", "write the keys out here")
    elif not text:
        raise _refuse(builder, event, "a key is empty", None, None)
    else:
        builder.key(text, line, column)


def _number_comments(text: str) -> dict[int, tuple[str, int]]:
    """Lines on which a number follows a ``#`` that YAML takes for a comment, with the column of that ``#``.

    Prescriptions write counts so: ``Norco 10/325 #120``. Dropping the count in silence would change the dose.
    """
    if not LOST_NUMBER.search(text):
        return {}
    found: dict[int, tuple[str, int]] = {}
    for number, line in enumerate(text.splitlines()):
        match = LOST_NUMBER.search(line)
        if match:
            found[number] = (line, match.start())
    return found


def _refuse_lost_number(event: Any, lost: dict[int, tuple[str, int]], builder: DocumentBuilder) -> None:
    # The parser puts a value that is missing at the next thing it meets; its key shows where it would have stood.
    number, end, between = event.end_mark.line, event.end_mark.column, ""
    if not event.value and builder.waiting is not None:
        number, end, between = builder.waiting[1] - 1, builder.waiting[2] - 1 + len(builder.waiting[0]), ":"
    line, start = lost.get(number, ("", -1))
    if start >= end and line[end:start].strip() == between:
        raise refuse_lost_number(line, number + 1, builder)


def _plain(text: str, line: int, column: int, builder: DocumentBuilder) -> str:
    """An unquoted scalar with ordinary spaces only; refused where an odd one was meant to separate key and value."""
    if not ODD_SPACE.search(text):
        return text
    odd = _ODD_STRUCTURE.search(text)
    if odd:
        at = odd.end() - 1
        raise refuse_odd_space(text[at], line, column + at, builder)
    return ODD_SPACE.sub(" ", text)


def _quoted(text: str, line: int, column: int, builder: DocumentBuilder) -> str:
    if _ESCAPED_CONTROL.search(text):
        message = "a control character is written as an escape"
        raise builder.refuse(line, column, message, suggestion="delete it")
    return text


def _resolve(text: str, line: int, column: int, builder: DocumentBuilder) -> Scalar:
    """What an unquoted scalar means; everything that is not plainly something else is text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in "+-0123456789":
        return text
    whole = _WHOLE.fullmatch(text)
    if not whole and not _DECIMAL.fullmatch(text):
        return text
    if len(text) > MAX_DIGITS:
        raise builder.refuse(line, column, f"a number has more than {MAX_DIGITS} digits", found=text[:12] + "…")
    return int(text) if whole else Decimal(text)
