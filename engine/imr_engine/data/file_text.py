"""From a file to its text: bounded reading, UTF-8 only, and no characters that nobody can see.

What the text means (YAML, JSON) is read elsewhere.
"""

from __future__ import annotations

import re
import stat
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from pathlib import Path

from imr_engine.errors import DataFileError, Place, Problem

__all__ = ["MAX_BYTES", "ODD_SPACE", "name_of", "read_text", "space_name"]

MAX_BYTES = 5_000_000
"""The largest file that is read; a case is a few thousand bytes, the largest shipped table some hundred thousand."""

ODD_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
"""Spaces that are not the space bar's: they come along when text is copied from a PDF or a word processor."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Zero-width and text-direction characters and the two Unicode line ends: nobody sees them, yet they make two words
# differ, show a line in another order than it is read, or shift the count of lines.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_NAMES = {
    "\u00a0": "no-break space",
    "\u00ad": "soft hyphen",
    "\u200b": "zero width space",
    "\u2028": "Unicode line separator",
    "\u2029": "Unicode paragraph separator",
    "\ufeff": "byte order mark inside the text",
}
_UTF8 = "text in UTF-8"
_SAVE_AS_UTF8 = "save the file again with the encoding UTF-8"
_SMALLEST_TELLING = 4


def name_of(source: str | bytes | Path | Traversable) -> str:
    """How a source is called in messages when nobody gave it a name."""
    if isinstance(source, (str, bytes)):
        return "input"
    return str(source) if isinstance(source, Path) else source.name


def read_text(source: str | bytes | Path | Traversable, name: str) -> str:
    """The text of a source; a ``str`` is the text itself. Never more than ``MAX_BYTES`` are read.

    Raises:
        DataFileError: The file cannot be opened, is too large, is not UTF-8, or holds a character that cannot be seen.
    """
    if isinstance(source, str):
        if len(source) > MAX_BYTES:
            raise _too_large(name, None)
        text = source.removeprefix("\ufeff")
    else:
        text = _decode(source if isinstance(source, bytes) else _content(source, name), name)
    _refuse_characters(text, name)
    return text


def space_name(space: str) -> str:
    """A character by its code and, where it is a common one, its name."""
    return f"U+{ord(space):04X}" + (f" ({_NAMES[space]})" if space in _NAMES else "")


def _content(source: Path | Traversable, name: str) -> bytes:
    """The bytes of a file. Its size is asked first, so that nothing of a huge file is read."""
    size: int | None = None
    try:
        if isinstance(source, Path):
            status = source.stat()
            is_folder = stat.S_ISDIR(status.st_mode)
            size = status.st_size if stat.S_ISREG(status.st_mode) else None
        else:
            is_folder = source.is_dir()
        if is_folder:
            content = b""
        elif size is not None and size > MAX_BYTES:
            raise _too_large(name, size)
        else:
            with source.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
    except DataFileError:
        raise
    except (OSError, ValueError) as error:
        raise _unreadable(error, source, name) from None
    if is_folder:
        raise _file_problem(name, "this is a folder, not a file")
    return content


def _unreadable(error: OSError | ValueError, source: Path | Traversable, name: str) -> DataFileError:
    """Why a file could not be read, in the operating system's words where we have no clearer ones."""
    if isinstance(error, FileNotFoundError):
        return _file_problem(name, "there is no such file", _neighbour(source))
    if isinstance(error, NotADirectoryError):
        return _file_problem(name, "there is no such file: a part of its path is a file, not a folder")
    if isinstance(error, PermissionError):
        return _file_problem(name, "the file may not be read", "ask for permission to read it")
    if isinstance(error, ValueError):
        # Each Python has its own words for the one thing that a path may not hold.
        return _file_problem(name, "the file cannot be read: its path holds a NUL character")
    reason = error.strerror or type(error).__name__
    return _file_problem(name, f"the file cannot be read: {reason[:1].lower()}{reason[1:]}")


def _file_problem(name: str, message: str, suggestion: str | None = None) -> DataFileError:
    return DataFileError([Problem(Place(name), "", message, suggestion=suggestion)])


def _too_large(name: str, size: int | None) -> DataFileError:
    found = None if size is None else f"{size:,} bytes"
    expected = f"at most {MAX_BYTES:,} bytes"
    return DataFileError([Problem(Place(name), "", "the file is too large", found=found, expected=expected)])


def _neighbour(source: Path | Traversable) -> str | None:
    """A file of the same folder whose name is close to one that does not exist."""
    if not isinstance(source, Path):
        return None
    try:
        names = [entry.name for entry in source.parent.iterdir()]
    except OSError:
        return None
    close = get_close_matches(source.name, names, n=1, cutoff=0.75)
    return f"did you mean '{close[0]}'?" if close else None


def _decode(content: bytes, name: str) -> str:
    """Bytes as text. UTF-8 only, with or without a byte order mark: other encodings are named, not guessed at."""
    if len(content) > MAX_BYTES:
        raise _too_large(name, None)
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise _wrong_encoding(name, "UTF-32")
    head = content[:200]
    # Every second byte of plain English in UTF-16 is NUL, with or without a mark at its beginning.
    every_second = max(head[0::2].count(0), head[1::2].count(0)) * 5 >= len(head) * 2
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or (len(head) >= _SMALLEST_TELLING and every_second):
        raise _wrong_encoding(name, "UTF-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # With a byte order mark the decoder counts from behind it.
        start = error.start + (3 if content.startswith(b"\xef\xbb\xbf") else 0)
        place = _place_of(content[:start].decode("utf-8-sig", "replace"), None, name)
        found = f"byte 0x{content[start]:02X}"
        problem = Problem(place, "", "the file is not UTF-8", found=found, expected=_UTF8, suggestion=_SAVE_AS_UTF8)
        raise DataFileError([problem]) from None


def _wrong_encoding(name: str, encoding: str) -> DataFileError:
    message = f"the file is in {encoding}"
    return DataFileError([Problem(Place(name), "", message, expected=_UTF8, suggestion=_SAVE_AS_UTF8)])


def _refuse_characters(text: str, name: str) -> None:
    for pattern, kind in ((_CONTROL, "a control character"), (_INVISIBLE, "an invisible character")):
        match = pattern.search(text)
        if match is not None:
            place = _place_of(text, match.start(), name)
            found = space_name(match[0])
            problem = Problem(place, "", f"{kind} stands in the text", found=found, suggestion="delete it")
            raise DataFileError([problem])


def _place_of(text: str, index: int | None, name: str) -> Place:
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return Place(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
