"""What a YAML file means, where its values stand, and what is refused."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest

from imr_engine.data import yaml_source
from imr_engine.data.document import MAX_DEPTH, MAX_NODES, join_path, split_path
from imr_engine.data.yaml_source import MAX_BYTES, read_yaml
from imr_engine.errors import DataFileError, Place

QUOTE = "write the value out where it is used, or put a text that begins so in quotes"


def refused(text: str | bytes) -> str:
    with pytest.raises(DataFileError) as caught:
        read_yaml(text, "x.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30", 30),
        ("-7", -7),
        ("+7", 7),
        ("0", 0),
        ("0.5", Decimal("0.5")),
        ("12.50", Decimal("12.50")),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'30'", "30"),
        ('""', ""),
    ],
)
def test_a_value_is_a_number_a_truth_or_nothing_only_where_that_is_plain(written: str, meant: object):
    value = read_yaml(f"key: {written}\n").value["key"]
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize(
    "written",
    [
        *("2014-10-22", "2014-09-31", "003", "017", "0o17", "0x1f", "0b1", "1:30", "190:20:30", "1_000", "1e3", "1."),
        *(
            "no",
            "yes",
            "on",
            "off",
            "Y",
            "n",
            ".inf",
            "-.inf",
            ".nan",
            ".5",
            "12e03",
            "=",
            "10/325 mg",
            "5/10",
            "4-6/10",
        ),
    ],
)
def test_what_other_readers_turn_into_something_else_stays_the_text_that_was_written(written: str):
    assert read_yaml(f"key: {written}\n").value == {"key": written}


def test_decimals_are_exact():
    total = read_yaml("[0.1, 0.2]").value
    assert total[0] + total[1] == Decimal("0.3")


def test_keys_are_always_text():
    assert read_yaml("{1: a, true: b, 2009-06-15: c, null: d}").value == {
        "1": "a",
        "true": "b",
        "2009-06-15": "c",
        "null": "d",
    }


def test_every_value_and_key_has_its_line_and_column():
    document = read_yaml("id: x\nrequests:\n  - drug: Norco\n    strength: 10/325 mg\n  - {drug: Soma}\n", "c.yaml")
    assert document.place("requests[0].strength") == Place("c.yaml", 4, 15)
    assert document.place("requests[0].strength", key=True) == Place("c.yaml", 4, 5)
    assert document.place("requests[1].drug") == Place("c.yaml", 5, 12)
    assert document.place("requests[1]") == Place("c.yaml", 5, 5)
    assert document.place(("requests", 0, "drug")) == Place("c.yaml", 3, 11)
    assert document.place("") == Place("c.yaml", 1, 1)


def test_a_path_that_leads_nowhere_has_the_place_of_what_is_around_it():
    document = read_yaml("requests:\n  - drug: Norco\n", "c.yaml")
    assert document.place("requests[0].quantity") == Place("c.yaml", 2, 5)
    assert document.place("requests[7].quantity") == Place("c.yaml", 1, 1)
    assert not document.has("requests[0].quantity")
    assert document.has("requests[0].drug")


def test_columns_count_characters_and_not_bytes():
    assert read_yaml("{é: ü, b: c}", "c.yaml").place("b") == Place("c.yaml", 1, 11)


@pytest.mark.parametrize("parts", [("a",), ("a", 0, "b"), ("a.b", "c"), ("x[0]", 1), ('quote"d', "\\"), ("", "a")])
def test_a_path_written_out_is_read_back_as_its_parts(parts: tuple[str | int, ...]):
    assert split_path(join_path(parts)) == parts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x 1\n", f"x.yaml:1:4: a: anchors are not read; found &x; {QUOTE}"),
        ("a: *x\n", f"x.yaml:1:4: a: aliases are not read; found *x; {QUOTE}"),
        ("{<<: {b: 1}}", "x.yaml:1:2: merge keys are not read; found <<; write the keys out here"),
        ("a: !!str 1", "x.yaml:1:4: a: tags are not read; found !!str; leave the tag out; put text in quotes"),
        ("a: ! 1", "x.yaml:1:4: a: tags are not read; found !; leave the tag out; put text in quotes"),
        ("!e!a b", "x.yaml:1:1: tags are not read; leave the tag out; put text in quotes"),
        ("a: 1\n---\nb: 2", "x.yaml:2:1: a second document begins here; one file holds one document"),
        ("a: 1\n...\nb: 2", "x.yaml:3:1: something follows the end of the document; one file holds one document"),
        ("%YAML 9.0\n---\na: 1", "x.yaml:1:1: the %YAML line names a version that is not known; delete that line"),
        ("? [a]\n: b", "x.yaml:1:3: a bracket stands where a key should be; expected a word"),
        ("'': b", "x.yaml:1:1: a key is empty"),
        ('a: "\\q"', "x.yaml:1:5: a backslash in double quotes begins an unknown escape; use single quotes"),
        ('a: "\\ud800"', "x.yaml:1:7: an escape in double quotes is no character; use single quotes"),
        ("a: - b", "x.yaml:1:4: a list entry cannot begin on this line; begin the list on a new line"),
        (
            "a: {b: c",
            "x.yaml:1:4: a mapping that began with { is not closed; separate entries by commas and end with }",
        ),
        ("a: ]", "x.yaml:1:4: a bracket or comma stands where a value should be"),
        ("a: b\n\tc: d", "x.yaml:2:1: a tab stands in the indentation; indent with spaces"),
        ("\x07", "x.yaml:1:1: a control character stands in the text; found U+0007; delete it"),
        (
            "a: b\u2028",
            "x.yaml:1:5: an invisible character stands in the text; found U+2028 (Unicode line separator); delete it",
        ),
    ],
)
def test_what_misleads_is_refused_with_its_place(text: str, message: str):
    assert refused(text) == message


def test_merge_keys_in_quotes_are_keys_like_any_other():
    assert read_yaml('{"<<": 1}').value == {"<<": 1}


def test_all_keys_that_stand_twice_are_told_at_once():
    assert refused("a: 1\nb: {c: 1, c: 2}\na: 3\n") == (
        "x.yaml:2:11: b.c: the key stands twice; it is already on line 2; keep one of them\n"
        "x.yaml:3:1: a: the key stands twice; it is already on line 1; keep one of them"
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("drug: Norco #120\n", "1:13"),
        ("quantity: #120\n", "1:11"),
        ("{drug: Norco, quantity: #120}\n", "1:25"),
        ("{drug: Norco,\n quantity: #120\n}\n", "2:12"),
        ("- [Norco #120,\n a]", "1:10"),
    ],
)
def test_a_count_that_yaml_would_drop_as_a_comment_is_refused(text: str, place: str):
    message = refused(text)
    assert message.startswith(f"x.yaml:{place}: ")
    assert "YAML takes what follows # for a comment, and would drop it; found #120; " in message


@pytest.mark.parametrize("text", ["drug: Norco # 120\n", "drug: Norco # 120  \nid: a\n", "{drug: Norco # 120}\n"])
def test_a_comment_that_is_nothing_but_a_number_is_taken_for_a_count(text: str):
    assert "YAML takes what follows # for a comment, and would drop it; found # 120; " in refused(text)


@pytest.mark.parametrize("text", ["'Norco #120'", "|\n  Norco #120", "Norco # 120 tablets", "Norco\n#1 comment"])
def test_a_comment_or_a_quoted_count_is_no_loss(text: str):
    assert str(read_yaml(f"drug: {text}\n").value["drug"]).startswith("Norco")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        "{a: " * 1_000_000,
        "- " * 1_000_000,
        "[a: " * 500_000,
        "&a " * 500_000,
        "? " * 1_000_000,
        "[" + "[]," * (MAX_NODES + 1) + "]",
        "a: 1\n" * 500_000,
        "a " * 2_000_000 + ":",
        "'" + "a" * MAX_BYTES,
        "a: b\n" * 50_000 + "c",
    ],
    ids=range(11),
)
def test_what_is_deep_large_or_hostile_is_refused_within_two_seconds(text: str):
    started = time.process_time()
    refused(text)
    assert time.process_time() - started < 2


def test_nesting_is_read_to_its_limit_and_no_deeper():
    assert read_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH).value
    assert "at most 40 levels" in refused("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))


def test_a_file_at_the_limit_is_read_and_one_byte_more_is_not(tmp_path: Path):
    file = tmp_path / "x.yaml"
    file.write_bytes(b"a" * MAX_BYTES)
    assert len(read_yaml(file).value) == MAX_BYTES
    file.write_bytes(b"a" * (MAX_BYTES + 1))
    with pytest.raises(DataFileError, match="5,000,001 bytes"):
        read_yaml(file)


def test_an_endless_file_is_not_read_to_its_end():
    with pytest.raises(DataFileError, match="the file is too large"):
        read_yaml(Path("/dev/zero"))


def test_the_name_given_is_the_name_in_messages(tmp_path: Path):
    file = tmp_path / "x.yaml"
    file.write_text("a: &b 1", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"^rules/x\.yaml:1:4: "):
        read_yaml(file, "rules/x.yaml")
    with pytest.raises(DataFileError) as caught:
        read_yaml(file)
    assert caught.value.problems[0].place.file == str(file)


def without_libyaml(name: str) -> object:
    raise ImportError(name)


def test_without_libyaml_the_same_is_read_with_the_same_places(monkeypatch: pytest.MonkeyPatch):
    text = "a: [1, 2.5, {b: 'x'}]\nc:\n  - d\n  - e: |\n      f\n"
    with_libyaml = read_yaml(text)
    monkeypatch.setattr(yaml_source, "import_module", without_libyaml)
    without = read_yaml(text)
    assert without == with_libyaml
    for path in ("a[2].b", "c[1].e", "c"):
        assert without.place(path) == with_libyaml.place(path)


@pytest.mark.parametrize(
    "text",
    ["a: b: c\n", "a: 'x\n", "a\nb: 1\n", "a: [1,2\n", "a: {b: 1\n", "- a\nb: c\n", "a: - b\n", "a: ]\n", "a: @b\n"],
)
def test_without_libyaml_the_complaints_are_still_our_own(text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(yaml_source, "import_module", without_libyaml)
    assert "this is not well-formed YAML" not in refused(text)
