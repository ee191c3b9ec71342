"""A document that was read from a file: plain values, and the line and column at which each of them stands.

How files are read and refused lives in ``yaml_source``; this module only builds and holds what they say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from imr_engine.errors import DataFileError, Place, Problem

__all__ = [
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_NODES",
    "Document",
    "DocumentBuilder",
    "Node",
    "Scalar",
    "join_path",
    "split_path",
]

MAX_DEPTH = 40
"""How many lists and mappings may stand inside one another: a case needs 6, a rule fewer than 20."""

MAX_NODES = 200_000
"""How many values and keys a file may hold: the largest shipped drug table has a tenth of it."""

MAX_DIGITS = 30
"""How many digits a number may have: more is no amount of anything, and would be slow to compute with."""

_MAX_PROBLEMS = 50

Scalar = str | int | Decimal | bool | None

_PART = re.compile(r"\[(\d+)\]|\[\"((?:[^\"\\]|\\.)*)\"\]|([^.\[\]]+)")
_PLAIN_KEY = re.compile(r"[^.\[\]\"]+")


def join_path(parts: Sequence[str | int]) -> str:
    """Write the way to a value as people read it: ``("requests", 0, "strength")`` is ``requests[0].strength``."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            escaped = part.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{escaped}"]'
    return text


def split_path(path: str) -> tuple[str | int, ...]:
    """The parts of a path that ``join_path`` wrote."""
    parts: list[str | int] = []
    for match in _PART.finditer(path):
        if match[1] is not None:
            parts.append(int(match[1]))
        elif match[2] is not None:
            parts.append(re.sub(r"\\(.)", r"\1", match[2]))
        else:
            parts.append(match[3])
    return tuple(parts)


@dataclass(slots=True)
class Node:
    """Where one value stands, and what lies inside it. Lines and columns count from 1."""

    line: int
    column: int
    key_line: int = 0
    key_column: int = 0
    keys: dict[str, Node] | None = None
    items: list[Node] | None = None

    def child(self, part: str | int) -> Node | None:
        """The node of a key or of a position, if there is one."""
        if isinstance(part, int):
            return self.items[part] if self.items is not None and 0 <= part < len(self.items) else None
        return self.keys.get(part) if self.keys is not None else None


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, as plain values, and where it says it.

    ``value`` holds only dicts with text keys, lists, text, whole numbers (``int``), decimals (``decimal.Decimal``),
    ``True``, ``False`` and ``None``. ``name`` is how the file is called in messages.
    """

    value: Any
    name: str
    root: Node = field(repr=False, compare=False)

    def place(self, path: str | Sequence[str | int] = "", *, key: bool = False) -> Place:
        """Where a value stands, or with ``key`` where its key does.

        A path that leads nowhere (a key that is missing) gives the place of the nearest thing around it.
        """
        node = self.root
        for part in split_path(path) if isinstance(path, str) else path:
            inner = node.child(part)
            if inner is None:
                return Place(self.name, node.key_line or node.line, node.key_column or node.column)
            node = inner
        if key and node.key_line:
            return Place(self.name, node.key_line, node.key_column)
        return Place(self.name, node.line, node.column)

    def has(self, path: str | Sequence[str | int]) -> bool:
        """Whether the file itself holds a value at this path."""
        node: Node | None = self.root
        for part in split_path(path) if isinstance(path, str) else path:
            node = node.child(part)
            if node is None:
                return False
        return True


class DocumentBuilder:
    """Builds a document from the events of a reader, without recursion, and refuses what is too deep or too large.

    Keys that stand twice in one mapping are collected, so that one reading tells of all of them.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self._nodes = 0
        self._root: Node | None = None
        self._value: Any = None
        # One entry for each open list or mapping: its value, its node, and its own key or position.
        self._open: list[tuple[Any, Node, str | int]] = []
        # The key of the innermost mapping that waits for its value, with its line and column.
        self.waiting: tuple[str, int, int] | None = None

    @property
    def wants_key(self) -> bool:
        """Whether the next value is a key of the innermost mapping."""
        return self.waiting is None and bool(self._open) and self._open[-1][1].keys is not None

    def path(self) -> str:
        """The way to the value that comes next."""
        parts = [part for _, _, part in self._open[1:]]
        if self.waiting is not None:
            parts.append(self.waiting[0])
        elif self._open and (items := self._open[-1][1].items) is not None:
            parts.append(len(items))
        return join_path(parts)

    def refuse(
        self, line: int, column: int, message: str, *, path: str | None = None, **said: str | None
    ) -> DataFileError:
        """The error for something that cannot be read at all, after whatever was already found."""
        way = self.path() if path is None else path
        return DataFileError([*self.problems, Problem(Place(self.name, line, column), way, message, **said)])

    def key(self, name: str, line: int, column: int) -> None:
        """Take a key of the innermost mapping."""
        self._count(line, column)
        keys = self._open[-1][1].keys
        earlier = keys.get(name) if keys is not None else None
        self.waiting = (name, line, column)
        if earlier is not None:
            if len(self.problems) >= _MAX_PROBLEMS:
                raise DataFileError(self.problems)
            self.problems.append(
                Problem(
                    Place(self.name, line, column),
                    self.path(),
                    f"the key stands twice; it is already on line {earlier.key_line}",
                    suggestion="keep one of them",
                )
            )

    def scalar(self, value: Scalar, line: int, column: int) -> None:
        """Take a single value."""
        self._count(line, column)
        self._place(value, Node(line, column))

    def start_mapping(self, line: int, column: int) -> None:
        """Open a mapping."""
        self._start({}, Node(line, column, keys={}))

    def start_list(self, line: int, column: int) -> None:
        """Open a list."""
        self._start([], Node(line, column, items=[]))

    def end(self) -> None:
        """Close the innermost list or mapping."""
        self._open.pop()

    def document(self) -> Document:
        """The finished document.

        Raises:
            DataFileError: Some key stands twice.
        """
        if self.problems or self._root is None:
            raise DataFileError(self.problems)
        return Document(self._value, self.name, self._root)

    def _start(self, value: Any, node: Node) -> None:
        self._count(node.line, node.column)
        if len(self._open) >= MAX_DEPTH:
            raise self.refuse(
                node.line,
                node.column,
                "lists and mappings stand too deep inside one another",
                path="",
                expected=f"at most {MAX_DEPTH} levels",
            )
        part = self._place(value, node)
        self._open.append((value, node, part))

    def _place(self, value: Any, node: Node) -> str | int:
        """Put a value where it belongs; its key or its position there."""
        if not self._open:
            self._root, self._value = node, value
            return 0
        around, parent, _ = self._open[-1]
        waiting, self.waiting = self.waiting, None
        if waiting is None:
            around.append(value)
            if parent.items is not None:
                parent.items.append(node)
            return len(around) - 1
        name, node.key_line, node.key_column = waiting
        around[name] = value
        if parent.keys is not None:
            parent.keys[name] = node
        return name

    def _count(self, line: int, column: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            limit = f"at most {MAX_NODES:,} keys and values"
            raise self.refuse(line, column, "the file holds too much", path="", expected=limit)
