"""What keys a case has, read off its model, for messages about keys that it does not have."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from imr_engine.case.model import Case, Listed, Record

__all__ = ["homes_of", "is_list", "keys_at", "known_sections"]


def keys_at(parts: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that may stand in the mapping at a path of the case; none where there is no mapping."""
    model = _model_at(parts)
    return () if model is None else tuple(_keys(model))


def is_list(parts: Sequence[str | int]) -> bool:
    """Whether a list stands at a path of the case."""
    *before, last = parts
    parent = _model_at(before)
    if parent is None or not isinstance(last, str):
        return False
    return last in _keys(parent) and _unwrapped(_keys(parent)[last])[1]


@cache
def known_sections() -> dict[str, type[Record]]:
    """Every part of a case by its path, with ``[]`` for the entries of a list: ``medications[]``."""
    found: dict[str, type[Record]] = {}

    def visit(model: type[Record], way: str) -> None:
        found[way] = model
        for key, annotation in _keys(model).items():
            inner, many = _unwrapped(annotation)
            if inner is not None:
                visit(inner, (f"{way}.{key}" if way else key) + ("[]" if many else ""))

    visit(Case, "")
    return found


def homes_of(key: str) -> tuple[str, ...]:
    """The sections of a case that have this key."""
    return tuple(way for way, model in known_sections().items() if key in _keys(model))


def _model_at(parts: Sequence[str | int]) -> type[Record] | None:
    spelt = ""
    for part in parts:
        spelt += "[]" if isinstance(part, int) else f".{part}" if spelt else part
    return known_sections().get(spelt)


@cache
def _keys(model: type[Record]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items() if name != "origins"}


def _unwrapped(annotation: Any) -> tuple[type[Record] | None, bool]:
    """The model within an annotation, if there is one, and whether a list of it is meant."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        inner = [argument for argument in get_args(annotation) if argument is not type(None)]
        return _unwrapped(inner[0])
    if origin is Annotated:
        return _unwrapped(get_args(annotation)[0])
    if origin is tuple:
        return _unwrapped(get_args(annotation)[0])[0], True
    if isinstance(annotation, type) and issubclass(annotation, Listed):
        return _unwrapped(annotation.model_fields["items"].annotation)[0], True
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation, False
    return None, False
