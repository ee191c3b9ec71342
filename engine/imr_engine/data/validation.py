"""Says in our own words what pydantic finds wrong with a file, each thing with its line, column and a suggestion.

It serves every kind of file that is described by a model; what a model cannot say is checked where it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, cast, get_args, get_origin

from imr_engine.data.document import join_path
from imr_engine.data.suggest import did_you_mean
from imr_engine.errors import Problem

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from imr_engine.data.document import Document

__all__ = ["clipped", "keys_at", "listed_words", "problems_from", "shown"]

LONGEST_SHOWN = 60
"""How many characters of a value a message quotes."""

SURE = 75
"""How close a key or word must be to be suggested; below it, the list of what is known helps more."""

Parts = tuple[str | int, ...]


def problems_from(error: ValidationError, document: Document, shape: type[BaseModel] | None = None) -> list[Problem]:
    """One problem for each thing that does not fit the expected shape, in the order of the file.

    Args:
        error: what pydantic reports.
        document: the file.
        shape: the model that the file was held against; with it, unknown keys get a suggestion.
    """
    problems: dict[Parts, Problem] = {}
    for item in error.errors(include_url=False):
        parts = _in_document(item["loc"], str(item["type"]), document)
        # A value that fits none of several forms is reported once for each form; the first says enough.
        problems.setdefault(parts, _problem(parts, cast("Mapping[str, Any]", item), document, shape))
    return sorted(problems.values(), key=lambda problem: (problem.place.line or 0, problem.place.column or 0))


def keys_at(shape: type[BaseModel], parts: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that a model knows in the mapping at a path, as they are written; none where any key may stand."""
    model = _model(_annotation_at(shape, parts))
    return () if model is None else tuple(_keys(model))


def shown(value: Any) -> str:
    """A value as a message quotes it: short, on one line, with quotes only where they tell text from a number."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() if value.bit_length() > LONGEST_SHOWN * 3:
            # Python refuses to write a number of thousands of digits.
            return "a very long number"
        case int() | float() | Decimal():
            return clipped(str(value))
        case str():
            return repr(clipped(value))
        case Mapping():
            return "keys and values"
        case list() | tuple():
            return "a list"
        case _:
            return f"a value of the type {type(value).__name__}"


def listed_words(words: Sequence[str], last: str = "or") -> str:
    """Words as a sentence lists them: ``a, b or c``."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def clipped(text: str) -> str:
    """A text as far as a message quotes it."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _in_document(location: Sequence[str | int], kind: str, document: Document) -> Parts:
    """The path in the file that an error speaks of, without the forms of a value that pydantic names inside it."""
    parts = tuple(location)
    if parts and parts[-1] == "[key]":
        return parts[:-1]
    if kind == "missing":
        return parts
    while parts and not document.has(parts):
        parts = parts[:-1]
    return parts


def _problem(parts: Parts, item: Mapping[str, Any], document: Document, shape: type[BaseModel] | None) -> Problem:
    kind, value = str(item["type"]), item.get("input")
    context: Mapping[str, Any] = item.get("ctx") or {}
    path = join_path(parts)
    # In {…}, what follows a comma is a key: one of several words and without a value is the rest of a text.
    is_rest = bool(parts) and " " in str(parts[-1]) and _value_at(document, parts) is None
    comma = "put a text that holds a comma in quotes" if is_rest else None
    if tuple(item["loc"])[-1:] == ("[key]",):
        message = _own_words(context, "a name cannot be written so")
        return Problem(document.place(parts, key=True), path, message, None, None, comma)
    if kind == "missing":
        wanted = None if shape is None else _expected_of(_annotation_at(shape, parts))
        return Problem(document.place(parts[:-1]), path, "is missing", None, wanted)
    if kind == "extra_forbidden":
        known = () if shape is None else keys_at(shape, parts[:-1])
        hint = comma or did_you_mean(str(parts[-1]), known, SURE)
        expected = f"one of {', '.join(known)}" if known and hint is None else None
        return Problem(document.place(parts, key=True), path, "unknown key", None, expected, hint)
    if value is None:
        wanted = None if shape is None else _expected_of(_annotation_at(shape, parts))
        return Problem(document.place(parts, key=True), path, "is empty", None, wanted, comma)
    place = document.place(parts)
    if kind == "literal_error":
        words = [word.replace("\\'", "'") for word in re.findall(r"'((?:[^'\\]|\\.)*)'", str(context.get("expected")))]
        hint = did_you_mean(value, words, SURE) if isinstance(value, str) else None
        expected = listed_words(words) if words else None
        return Problem(place, path, "this is not one of the words known here", shown(value), expected, hint)
    if kind == "value_error":
        return Problem(place, path, _own_words(context, "this value does not fit here"), shown(value))
    message, expected, hint = _MEANINGS.get(kind, _anything)(value, context)
    found = None if kind in _NOTHING_TO_SHOW else shown(value)
    return Problem(place, path, message, found, expected, hint)


def _value_at(document: Document, parts: Parts) -> Any:
    value = document.value
    for part in parts:
        value = value[part]
    return value


def _own_words(context: Mapping[str, Any], otherwise: str) -> str:
    """The words of a validator of ours, without what pydantic puts before them."""
    return str(context["error"]) if isinstance(context.get("error"), ValueError) else otherwise


# Gives message, expectation and suggestion for a value and what pydantic says of it.
Meaning = Callable[[Any, Mapping[str, Any]], tuple[str, str | None, str | None]]


def _not_text(value: Any, context: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    del context
    if isinstance(value, (Mapping, list, tuple)):
        return "a single text belongs here", None, None
    return "this must be text", None, "put it in quotes if it is meant"


_YES, _NO = ("yes", "y", "true", "1", "on"), ("no", "n", "false", "0", "off")


def _not_true_or_false(value: Any, context: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    del context
    said = str(value).strip().lower()
    meant = "true" if said in _YES else "false" if said in _NO else None
    return "this is neither true nor false", "true or false", f"write {meant}, without quotes" if meant else None


def _not_a_list(value: Any, context: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    del context
    if isinstance(value, Mapping):
        return "a list belongs here", None, "put a hyphen before each entry"
    return "a list belongs here", None, f"write [{clipped(str(value))}]"


def _anything(value: Any, context: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    del value, context
    return "this value does not fit here", None, None


def _always(message: str, expected: str | None = None) -> Meaning:
    return lambda _value, _context: (message, expected, None)


_WHOLE_NUMBER = _always("this is not a whole number", "a number such as 3")
_NUMBER = _always("this is not a number", "a number such as 0.5")
_DATE = _always("this is not a date", "a date such as 2014-10-22")
_KEYS = _always("keys with values belong here")
_MEANINGS: Mapping[str, Meaning] = {
    "string_type": _not_text,
    "string_too_short": _always("the text is empty"),
    "string_too_long": lambda _value, context: (
        "the text is too long",
        f"at most {context['max_length']} characters",
        None,
    ),
    "string_pattern_mismatch": _always("this is not written as it should be"),
    "bool_type": _not_true_or_false,
    "bool_parsing": _not_true_or_false,
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "date_type": _DATE,
    "date_from_datetime_parsing": _DATE,
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "mapping_type": _KEYS,
    "dict_type": _KEYS,
    "tuple_type": _not_a_list,
    "list_type": _not_a_list,
    "too_short": _always("the list is empty"),
    "greater_than": lambda _value, context: ("this is out of range", f"more than {context['gt']}", None),
    "greater_than_equal": lambda _value, context: ("this is out of range", f"at least {context['ge']}", None),
    "less_than": lambda _value, context: ("this is out of range", f"less than {context['lt']}", None),
    "less_than_equal": lambda _value, context: ("this is out of range", f"at most {context['le']}", None),
}
_NOTHING_TO_SHOW = ("string_too_short", "too_short")


# walking a model


def _annotation_at(shape: type[BaseModel], parts: Sequence[str | int]) -> Any:
    """The type at a path of a model; None where the path leaves it."""
    annotation: Any = shape
    for part in parts:
        annotation = _step(annotation, part)
    return annotation


def _step(annotation: Any, part: str | int) -> Any:
    for form in _forms(annotation):
        model = _model(form)
        if model is not None:
            field = _keys(model).get(str(part))
            if field is not None:
                return field
        arguments = get_args(form)
        if get_origin(form) in (dict, Mapping) and isinstance(part, str):
            return arguments[1]
        if get_origin(form) in (tuple, list) and isinstance(part, int):
            return arguments[0]
    return None


def _forms(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of a type, without what Annotated adds and without None."""
    if get_origin(annotation) is Annotated:
        return _forms(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return tuple(form for inner in get_args(annotation) if inner is not type(None) for form in _forms(inner))
    return (annotation,)


def _model(annotation: Any) -> type[BaseModel] | None:
    for form in _forms(annotation):
        if isinstance(form, type) and hasattr(form, "model_fields"):
            return cast("type[BaseModel]", form)
    return None


def _keys(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _expected_of(annotation: Any) -> str | None:
    """What belongs where something is missing, as far as its type tells."""
    for form in _forms(annotation):
        if get_origin(form) is Literal:
            return listed_words([str(word) for word in get_args(form)])
        if get_origin(form) in (tuple, list):
            return "a list"
    model = _model(annotation)
    if model is None:
        return None
    needed = [field.alias or name for name, field in model.model_fields.items() if field.is_required()]
    return listed_words(needed, "and") if needed else None
