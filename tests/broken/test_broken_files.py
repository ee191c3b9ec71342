"""Broken files that git or an editor would mend or mangle: made here, and their messages compared word for word."""

from __future__ import annotations

import codecs
import os
import time
from pathlib import Path

import pytest

from imr_engine.errors import SourceError
from imr_engine.intake import load_case

GOOD = """\
schema: imr-case/1
id: case-17
dates: {injury: 2009-07-03, request: 2014-10-22}
medications: []
requests:
  - {id: visit, service: follow-up visit, visits: 3}
"""

UTF8 = "expected text in UTF-8; save the file again with the encoding UTF-8"
INVISIBLE = "an invisible character stands in the text"
ODD_SPACE = (
    "a space that is not an ordinary one stands where YAML needs an ordinary space; found U+00A0 (no-break space); "
    "replace it by a space; it comes with text copied from a PDF or a word processor"
)

BYTES = {
    "utf-16-with-mark": (GOOD.encode("utf-16"), f"case.yaml: the file is in UTF-16; {UTF8}"),
    "utf-16-big-endian": (codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"), f"case.yaml: the file is in UTF-16; {UTF8}"),
    "utf-16-without-mark": (GOOD.encode("utf-16-le"), f"case.yaml: the file is in UTF-16; {UTF8}"),
    "utf-32": (GOOD.encode("utf-32"), f"case.yaml: the file is in UTF-32; {UTF8}"),
    "latin-1": (
        GOOD.replace("follow-up", "café").encode("latin-1"),
        f"case.yaml:6:29: the file is not UTF-8; found byte 0xE9; {UTF8}",
    ),
    "latin-1-behind-a-mark": (
        codecs.BOM_UTF8 + b"schema: \xe9\n",
        f"case.yaml:1:9: the file is not UTF-8; found byte 0xE9; {UTF8}",
    ),
    "mark-inside": (
        GOOD.replace("id: case", "id: \ufeffcase").encode(),
        f"case.yaml:2:5: {INVISIBLE}; found U+FEFF (byte order mark inside the text); delete it",
    ),
    "zero-width-space": (
        GOOD.replace("service:", "service\u200b:").encode(),
        f"case.yaml:6:24: {INVISIBLE}; found U+200B (zero width space); delete it",
    ),
    "nul": (
        GOOD.replace("case-17", "case\x0017").encode(),
        "case.yaml:2:9: a control character stands in the text; found U+0000; delete it",
    ),
    "escaped-nul": (
        GOOD.replace("case-17", '"case\\017"').encode(),
        "case.yaml:2:5: id: a control character is written as an escape; delete it",
    ),
    "no-break-space-in-the-indentation": (
        GOOD.replace("  - {id", "\u00a0\u00a0- {id").encode(),
        f"case.yaml:6:1: {ODD_SPACE}",
    ),
    "no-break-space-behind-a-colon": (
        GOOD.replace("id: case-17", "id:\u00a0case-17").encode(),
        f"case.yaml:2:4: {ODD_SPACE}",
    ),
    "no-break-space-in-a-list": (
        GOOD.replace("medications: []", "diagnoses:\n-\u00a0lumbago").encode(),
        f"case.yaml:5:2: {ODD_SPACE}",
    ),
    "tab-before-a-key": (
        GOOD.replace("  - {id: visit", "  - id: mri\n\tservice: MRI\n  - {id: visit").encode(),
        "case.yaml:7:1: a tab stands in the indentation; indent with spaces",
    ),
    "empty": (b"", "case.yaml: the file is empty"),
    "only-a-mark": (codecs.BOM_UTF8, "case.yaml: the file is empty"),
    "only-comments": (b"# nothing yet\n\n", "case.yaml: the file is empty"),
    "binary": (bytes(range(256)), "case.yaml:3:115: the file is not UTF-8; found byte 0x80; " + UTF8),
}


def the_message(source: Path) -> str:
    with pytest.raises(SourceError) as caught:
        load_case(source, source.name)
    return str(caught.value)


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_no_plain_text_are_named_for_what_they_are(name: str, tmp_path: Path):
    content, expected = BYTES[name]
    file = tmp_path / "case.yaml"
    file.write_bytes(content)
    assert the_message(file) == expected


@pytest.mark.parametrize("content", [codecs.BOM_UTF8 + GOOD.encode(), GOOD.replace("\n", "\r\n").encode()])
def test_what_windows_editors_add_is_read_all_the_same(content: bytes, tmp_path: Path):
    file = tmp_path / "case.yaml"
    file.write_bytes(content)
    assert load_case(file).case.id == "case-17"


def test_a_no_break_space_inside_a_text_is_read_as_a_space():
    assert (
        load_case(GOOD.replace("follow-up visit", "follow-up\u00a0visit")).case.requests[0].service == "follow-up visit"
    )


def test_a_file_that_is_not_there_is_said_to_be_missing_with_the_closest_name(tmp_path: Path):
    (tmp_path / "case.yaml").write_text(GOOD, encoding="utf-8")
    assert the_message(tmp_path / "case.yml") == "case.yml: there is no such file; did you mean 'case.yaml'?"
    assert the_message(tmp_path / "other.yaml") == "other.yaml: there is no such file"
    assert (
        the_message(tmp_path / "case.yaml" / "inner.yaml")
        == "inner.yaml: there is no such file: a part of its path is a file, not a folder"
    )


def test_a_folder_is_not_a_file(tmp_path: Path):
    assert the_message(tmp_path) == f"{tmp_path.name}: this is a folder, not a file"


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "case.yaml"
    file.write_text(GOOD, encoding="utf-8")
    file.chmod(0)
    if os.access(file, os.R_OK):
        # Root may read everything, so for root the refusal has to be made.
        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    assert the_message(file) == "case.yaml: the file may not be read; ask for permission to read it"


def test_a_file_of_a_hundred_megabytes_is_refused_without_being_read(tmp_path: Path):
    file = tmp_path / "case.yaml"
    with file.open("wb") as out:
        out.truncate(100_000_000)
    started = time.perf_counter()
    message = the_message(file)
    assert time.perf_counter() - started < 0.1
    assert message == "case.yaml: the file is too large; found 100,000,000 bytes; expected at most 5,000,000 bytes"


def test_a_loop_of_links_is_told_in_the_words_of_the_system(tmp_path: Path):
    (tmp_path / "case.yaml").symlink_to(tmp_path / "other.yaml")
    (tmp_path / "other.yaml").symlink_to(tmp_path / "case.yaml")
    assert the_message(tmp_path / "case.yaml").startswith("case.yaml: the file cannot be read: too many levels")


def test_a_path_with_a_nul_is_an_error_of_the_input():
    with pytest.raises(SourceError, match="the file cannot be read: its path holds a NUL character"):
        load_case(Path("a\0b.yaml"))
