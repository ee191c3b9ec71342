"""Files of variants are read as they are meant, and refused with their place where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from imr_engine.errors import DataFileError
from imr_engine.verify.variants import changed, read_variants

CASE = """\
schema: imr-variants/1
case:
  id: base
  regions: [neck]
  worker: {age: 40, sex: female}
  requests: [{id: one, drug: Norco}, {id: two, drug: Soma}]
variants:
"""


def variants_of(folder: Path, text: str, head: str = CASE):
    file = folder / "variants.yaml"
    file.write_text(head + text, encoding="utf-8")
    return read_variants(file)


def test_a_variant_is_its_base_with_a_change(tmp_path: Path):
    (first, second) = variants_of(
        tmp_path,
        "  - {id: first, about: one word, change: {worker: {age: 41}, regions: [knee]}, expect: {one: upheld}}\n"
        "  - id: second\n    of: first\n    change: {worker: {sex: null}, requests: {two: null, one: {quantity: 30}}}\n"
        "    expect: {one: upheld}\n",
    )
    assert first.case["worker"] == {"age": 41, "sex": "female"}
    assert first.case["regions"] == ["knee"]
    assert (first.id, first.case["id"], first.about) == ("first", "first", "one word")
    assert second.case["worker"] == {"age": 41}
    assert second.case["requests"] == [{"id": "one", "drug": "Norco", "quantity": 30}]


def test_a_request_can_be_added():
    assert changed({"requests": [{"id": "one"}]}, {"requests": {"two": {"drug": "Soma"}}}) == {
        "requests": [{"id": "one"}, {"id": "two", "drug": "Soma"}]
    }


def test_the_base_may_be_a_case_file_seen_from_the_file_of_variants(tmp_path: Path):
    (tmp_path / "cases").mkdir()
    (tmp_path / "case.yaml").write_text("id: base\nrequests: [{id: one}]\n", encoding="utf-8")
    head = "schema: imr-variants/1\nbase: ../case.yaml\nvariants:\n"
    (found,) = variants_of(tmp_path / "cases", "  - {id: first, expect: {one: upheld}}\n", head)
    assert found.case == {"id": "first", "requests": [{"id": "one"}]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "  - {id: a, expct: {}}\n",
            "8:5: variants[0]: a variant needs a name and an expectation",
        ),
        ("  - {id: a, expect: {}, chnge: {}}\n", "variants[0].chnge: unknown key"),
        ("  - {id: a, expect: {three: upheld}}\n", "variants[0].expect.three: the case has no request of this id"),
        ("  - {id: a, expect: {}}\n  - {id: a, expect: {}}\n", "variants[1].id: the id is already taken"),
        ("  - {id: a, of: b, expect: {}}\n", "variants[0].of: no earlier variant has this id"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, said: str):
    with pytest.raises(DataFileError) as caught:
        variants_of(tmp_path, text)
    assert said in str(caught.value)
    assert "variants.yaml:" in str(caught.value)


@pytest.mark.parametrize("head", ["schema: imr-case/1\nvariants:\n", "schema: imr-variants/1\nvariants:\n", "[]\n#"])
def test_a_file_of_another_form_is_refused(tmp_path: Path, head: str):
    with pytest.raises(DataFileError):
        variants_of(tmp_path, "  - {id: a, expect: {}}\n", head)
