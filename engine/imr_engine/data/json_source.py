"""JSON text is read here into a document with places; the standard library's reader keeps no lines and recurses."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from imr_engine.data.document import MAX_DIGITS, DocumentBuilder, Scalar
from imr_engine.errors import DataFileError, Place, Problem

__all__ = ["build_from_json"]

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
        (?P<string>"[^"\\\n]*(?:\\.[^"\\\n]*)*")
      | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?![0-9.eE]))
      | (?P<word>true|false|null)\b
      | (?P<mark>[\[\]{},:])
    )""",
    re.VERBOSE,
)
_SPACE = re.compile(r"[ \t\r\n]*")
_NOT_JSON = re.compile(r"[^\s,\]}]{1,40}|.")
_ESCAPED_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}

_VALUE, _FIRST_ITEM, _KEY, _FIRST_KEY = (
    "a value",
    "a value or ]",
    "a key in double quotes",
    "a key in double quotes or }",
)
_COLON, _MORE_ITEMS, _MORE_KEYS, _END = "a colon", "a comma or ]", "a comma or }", "the end"

# What is expected, and the mark that is found, give what is expected next; opening and closing marks are not here.
_STEPS = {(_COLON, ":"): _VALUE, (_MORE_KEYS, ","): _KEY, (_MORE_ITEMS, ","): _VALUE}
_CLOSES = {(_FIRST_KEY, "}"), (_MORE_KEYS, "}"), (_FIRST_ITEM, "]"), (_MORE_ITEMS, "]")}


def build_from_json(text: str, builder: DocumentBuilder) -> None:
    """Feed JSON text to a builder.

    Whole numbers are ``int``, those with a point ``Decimal``; exponents are refused, since no amount in a case needs
    one and a large one would exhaust memory later.

    Raises:
        DataFileError: The text is not JSON, or the builder refuses it.
    """
    if not text.strip(" \t\r\n"):
        raise DataFileError([Problem(Place(builder.name), "", "the file is empty")])
    _Reader(text, builder).run()


class _Reader:
    """Walks over the text; what may come next is known from the last thing read and the innermost bracket."""

    def __init__(self, text: str, builder: DocumentBuilder) -> None:
        self._text = text
        self._builder = builder
        self._position = 0
        self._line = 1
        self._line_start = 0
        self._counted = 0
        self._brackets: list[str] = []

    def run(self) -> None:
        expected = _VALUE
        while expected != _END:
            kind, written, start = self._next(expected)
            line, column = self._place(start)
            step = self._step(expected, kind, written, line, column)
            if step is None:
                raise self._builder.refuse(line, column, "this is not JSON", found=written[:40], expected=expected)
            expected = step
        rest = self._after_space()
        if rest < len(self._text):
            line, column = self._place(rest)
            raise self._builder.refuse(line, column, "something follows the end of the document")

    def _step(self, expected: str, kind: str, written: str, line: int, column: int) -> str | None:
        """Take one thing; what is expected after it, or None where it does not belong here."""
        if kind == "mark":
            return self._mark(expected, written, line, column)
        if expected in (_VALUE, _FIRST_ITEM):
            self._builder.scalar(self._scalar(kind, written, line, column), line, column)
            return self._after_value()
        if expected in (_KEY, _FIRST_KEY) and kind == "string":
            self._builder.key(self._string(written, line, column), line, column)
            return _COLON
        return None

    def _mark(self, expected: str, mark: str, line: int, column: int) -> str | None:
        if (expected, mark) in _CLOSES:
            self._brackets.pop()
            self._builder.end()
            return self._after_value()
        if mark not in "[{" or expected not in (_VALUE, _FIRST_ITEM):
            return _STEPS.get((expected, mark))
        self._brackets.append(mark)
        if mark == "{":
            self._builder.start_mapping(line, column)
            return _FIRST_KEY
        self._builder.start_list(line, column)
        return _FIRST_ITEM

    def _after_value(self) -> str:
        if not self._brackets:
            return _END
        return _MORE_KEYS if self._brackets[-1] == "{" else _MORE_ITEMS

    def _after_space(self) -> int:
        space = _SPACE.match(self._text, self._position)
        return space.end() if space is not None else self._position

    def _next(self, expected: str) -> tuple[str, str, int]:
        """The kind, the text and the position of what comes next."""
        match = _TOKEN.match(self._text, self._position)
        if match is not None and match.lastgroup is not None:
            self._position = match.end()
            return match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)
        start = self._after_space()
        line, column = self._place(start)
        if start >= len(self._text):
            raise self._builder.refuse(line, column, "the file ends too early", expected=expected)
        if self._text[start] == '"':
            raise self._builder.refuse(line, column, "a quote is opened and not closed on its line")
        unknown = _NOT_JSON.match(self._text, start)
        found = unknown[0] if unknown is not None else None
        if self._text[start] in "-0123456789":
            wanted = "digits, with a point if need be, such as 30 or 0.5"
            raise self._builder.refuse(line, column, "a number is not written as one", found=found, expected=wanted)
        raise self._builder.refuse(line, column, "this is not JSON", found=found, expected=expected)

    def _scalar(self, kind: str, written: str, line: int, column: int) -> Scalar:
        if kind == "string":
            return self._string(written, line, column)
        if kind == "word":
            return _WORDS[written]
        if len(written) > MAX_DIGITS:
            found = written[:12] + "…"
            raise self._builder.refuse(line, column, f"a number has more than {MAX_DIGITS} digits", found=found)
        return Decimal(written) if "." in written else int(written)

    def _string(self, written: str, line: int, column: int) -> str:
        try:
            text: str = json.loads(written)
        except ValueError:
            raise self._builder.refuse(line, column, "a text in quotes holds an unknown escape") from None
        if _ESCAPED_CONTROL.search(text):
            message = "a control character is written as an escape"
            raise self._builder.refuse(line, column, message, suggestion="delete it")
        return text

    def _place(self, index: int) -> tuple[int, int]:
        # Each stretch is counted once, so that a large file is not counted over and over.
        stretch = self._text.count("\n", self._counted, index)
        if stretch:
            self._line += stretch
            self._line_start = self._text.rfind("\n", self._counted, index) + 1
        self._counted = index
        return self._line, index - self._line_start + 1
