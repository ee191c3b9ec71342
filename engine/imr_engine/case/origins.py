"""Where each value of a case was read: how ``from`` is lifted out of a raw case, and how an origin is looked up.

Paths are written ``documentation.drug_screens[0].date`` whether a list was given plainly or as ``{complete, items}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

__all__ = ["is_listed_form", "is_value_form", "lift_origins", "origin_of"]

_LISTED_KEYS = frozenset({"items", "complete", "from"})
_VALUE_KEYS = frozenset({"value", "from"})

# The way to a node as a chain from the inside out; written out only for the few nodes that carry an origin.
_Way = tuple["_Way", str | int] | None


def is_listed_form(node: Mapping[Any, Any]) -> bool:
    """Whether a mapping is a list of the record written as ``{complete: false, items: […]}``."""
    return "items" in node and node.keys() <= _LISTED_KEYS


def is_value_form(node: Mapping[Any, Any]) -> bool:
    """Whether a mapping is a single value with its origin, ``{value: 5, from: summary}``."""
    return len(node) == len(_VALUE_KEYS) and "value" in node and "from" in node


def lift_origins(raw: Any) -> Any:
    """Move every ``from`` of a raw case into ``origins``, by path, and leave out the keys that have no value.

    A key without a value says no more than a key that is left out. Lists become tuples. What is no mapping is given
    back as it is.
    """
    if not isinstance(raw, Mapping):
        return raw
    case = cast("Mapping[Any, Any]", raw)
    origins: dict[str, Any] = {}
    given = case.get("origins")
    if isinstance(given, Mapping):
        origins.update(cast("Mapping[str, Any]", given))
        case = {key: value for key, value in case.items() if key != "origins"}
    lifted = _lift(case, None, origins)
    # What stands in the place of the origins and is none is left for validation to refuse.
    if given is None or isinstance(given, Mapping):
        lifted["origins"] = origins
    return lifted


def _lift(node: Any, way: _Way, origins: dict[str, Any]) -> Any:
    if isinstance(node, Mapping):
        mapping = cast("Mapping[Any, Any]", node)
        if "from" in mapping:
            origins[_written(way)] = mapping["from"]
            if is_value_form(mapping):
                return _lift(mapping["value"], way, origins)
        if is_listed_form(mapping):
            rest = {key: value for key, value in mapping.items() if key == "complete" and value is not None}
            return {"items": _lift(mapping["items"], way, origins), **rest}
        return {
            key: _lift(value, (way, key), origins)
            for key, value in mapping.items()
            if value is not None and key != "from"
        }
    if isinstance(node, (list, tuple)):
        entries = cast("list[Any] | tuple[Any, ...]", node)
        return tuple([_lift(entry, (way, index), origins) for index, entry in enumerate(entries)])
    return node


def _written(way: _Way) -> str:
    text = ""
    while way is not None:
        way, part = way
        text = (f"[{part}]" if isinstance(part, int) else f".{part}") + text
    return text.removeprefix(".")


def origin_of(origins: Mapping[str, Any], path: str) -> Any:
    """Where the value at a path was read: its own origin, else that of the nearest thing around it, else None."""
    while path:
        if path in origins:
            return origins[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return origins.get("")
