"""Leaves out of a raw case what was read in certain places, to see what a case comes to without it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from imr_engine.case.origins import is_listed_form, is_value_form
from imr_engine.data.document import Document

__all__ = ["without_origin"]

_GONE: Final = object()


def without_origin(raw: Mapping[str, Any] | Document, origins: Collection[str]) -> dict[str, Any]:
    """Drop everything that was read in one of the given places, such as ``{"rationale"}``.

    A ``from`` holds for all that lies within, up to another ``from`` there. What is left says no more than its own
    sources do: a section or list all of whose entries are dropped becomes a key that is missing, *not documented*, and
    not an empty list, which would claim that the record was looked through. Of a list that loses some of its entries
    the others stay. A list that was empty from the first stays so unless its own origin is dropped.

    Args:
        raw: A case as people write it, or the document it was read from; it is left as it is.
        origins: Any of ``header``, ``request``, ``summary`` and ``rationale``.

    Returns:
        A raw case for ``load_case``. It does not load if something that every case needs was dropped.
    """
    kept = _kept(raw.value if isinstance(raw, Document) else raw, None, frozenset(origins))
    return cast("dict[str, Any]", kept) if isinstance(kept, dict) else {}


def _kept(node: Any, inherited: Any, dropped: frozenset[str]) -> Any:
    if isinstance(node, Mapping):
        return _kept_mapping(cast("Mapping[str, Any]", node), inherited, dropped)
    if isinstance(node, (list, tuple)):
        entries = cast("list[Any] | tuple[Any, ...]", node)
        kept = [entry for entry in (_kept(entry, inherited, dropped) for entry in entries) if entry is not _GONE]
        if entries:
            return kept or _GONE
    return _GONE if isinstance(inherited, str) and inherited in dropped else node


def _kept_mapping(node: Mapping[str, Any], inherited: Any, dropped: frozenset[str]) -> Any:
    origin = node.get("from", inherited)
    if is_value_form(node):
        value = _kept(node["value"], origin, dropped)
        return _GONE if value is _GONE else {"value": value, "from": node["from"]}
    inner = {key: _kept(value, origin, dropped) for key, value in node.items() if key != "from"}
    kept = {key: value for key, value in inner.items() if value is not _GONE}
    if is_listed_form(node) and "items" not in kept:
        return _GONE
    if not kept:
        # A mapping that was empty, and whose origin is not dropped, says as little as before.
        return _GONE if node or (isinstance(origin, str) and origin in dropped) else {}
    if "complete" in node and is_listed_form(node):
        kept["complete"] = node["complete"]
    return {**kept, "from": node["from"]} if "from" in node else kept
