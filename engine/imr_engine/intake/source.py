"""A raw case, from a file or from a mapping, and where in it a path of the case stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any, cast

from imr_engine.data.document import MAX_DEPTH, MAX_NODES, Document, Node, join_path, split_path
from imr_engine.data.yaml_source import read_yaml
from imr_engine.errors import CaseError, Place, Problem

__all__ = ["RawCase", "raw_case"]


@dataclass(frozen=True, slots=True)
class RawCase:
    """The plain values of a case before validation; ``document`` is None for a case that was given as a mapping."""

    value: Any
    name: str | None
    document: Document | None

    def place(self, path: str | Sequence[str | int], *, key: bool = False) -> Place:
        """Where a path of the case stands, however its lists and values are written (``{items: …}``, ``{value: …}``).

        Args:
            path: A path of the case, such as ``documentation.drug_screens[0].date``.
            key: Ask for the place of the key rather than of the value.
        """
        if self.document is None:
            return Place(self.name)
        node = self.document.root
        for part in split_path(path) if isinstance(path, str) else path:
            inner = _inner(node, part)
            if inner is None:
                return _key_place(self.document.name, node)
            node = inner
        if key:
            return _key_place(self.document.name, node)
        if node.keys is not None and node.keys.keys() == {"value", "from"}:
            node = node.keys["value"]
        return Place(self.document.name, node.line, node.column)

    def keys_given(self, parts: Sequence[str | int]) -> tuple[str, ...]:
        """The keys of the mapping that stands at a path; none where no mapping does."""
        value = self.value
        for part in parts:
            entries = value if isinstance(part, str) and isinstance(value, Mapping) else None
            if isinstance(part, int) and isinstance(value, list):
                entries = dict(enumerate(cast("list[Any]", value)))
            value = None if entries is None else cast("Mapping[Any, Any]", entries).get(part)
        return tuple(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else ()


def _inner(node: Node, part: str | int) -> Node | None:
    inner = node.child(part)
    while inner is None and node.keys is not None:
        wrapped = node.keys.get("items") if isinstance(part, int) else None
        wrapped = wrapped or (node.keys.get("value") if "from" in node.keys else None)
        if wrapped is None:
            return None
        node, inner = wrapped, wrapped.child(part)
    return inner


def _key_place(name: str, node: Node) -> Place:
    return Place(name, node.key_line or node.line, node.key_column or node.column)


def raw_case(source: Path | str | bytes | Mapping[str, Any], name: str | None = None) -> RawCase:
    """Read a case's plain values.

    Args:
        source: A path; the text of a case (a ``str`` of more than one line, or one that begins with ``{``); its bytes;
            or a mapping that is a case already.
        name: How to call the source in messages.

    Raises:
        DataFileError: The file or text cannot be read as plain YAML or JSON.
        CaseError: The mapping is too deep or too large, or holds something that no case can hold.
    """
    if isinstance(source, Mapping):
        return RawCase(_plain(source, name), name, None)
    if isinstance(source, str):
        is_text = "\n" in source or source.lstrip().startswith("{")
        source = source if is_text else Path(source)
    document = read_yaml(source, name)
    return RawCase(document.value, document.name, document)


def _plain(source: Mapping[str, Any], name: str | None) -> Any:
    """The mapping copied into plain values: floats made exact, keys made sure to be text, size and depth bounded."""
    count = 0

    def refuse(way: tuple[str | int, ...], message: str, expected: str | None = None) -> CaseError:
        return CaseError([Problem(Place(name), join_path(way), message, expected=expected)])

    def copy(node: Any, way: tuple[str | int, ...]) -> Any:
        nonlocal count
        count += 1
        if count > MAX_NODES:
            raise refuse((), "the case holds too much", f"at most {MAX_NODES:,} keys and values")
        if len(way) > MAX_DEPTH:
            raise refuse((), "lists and mappings stand too deep inside one another", f"at most {MAX_DEPTH} levels")
        if isinstance(node, Mapping):
            mapping = cast("Mapping[Any, Any]", node)
            for key in mapping:
                if not isinstance(key, str):
                    raise refuse(way, "a key is not text")
            return {key: copy(value, (*way, key)) for key, value in mapping.items()}
        if isinstance(node, (list, tuple)):
            entries = cast("list[Any] | tuple[Any, ...]", node)
            return [copy(entry, (*way, index)) for index, entry in enumerate(entries)]
        if isinstance(node, float):
            # The shortest decimal that means this float is what its author wrote.
            return Decimal(repr(node)) if isfinite(node) else repr(node)
        return node

    return copy(source, ())
