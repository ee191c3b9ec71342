"""Whatever is handed in, loading answers with a case or with our own errors, and with nothing else."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_engine.data.yaml_source import read_yaml
from imr_engine.errors import CaseError, DataFileError, SourceError
from imr_engine.intake import LoadedCase, load_case
from imr_engine.intake.shape import known_sections

EXAMPLES = [
    path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
]
RAW_EXAMPLES: list[Any] = [read_yaml(text).value for text in EXAMPLES]
KEYS = sorted({key for model in known_sections().values() for key in model.model_fields} | {"items", "from", "value"})

YAML_WORDS = st.sampled_from(
    [
        *("a", "schema", "imr-case/1", "requests", "Norco", "10/325 mg", "5", "0.5", "true", "null", "~", "2014-10-22"),
        *(": ", ":", "- ", "\n", "\n  ", "\n    ", " ", "\t", "[", "]", "{", "}", ", ", "'", '"', "|", ">", "#", " #1"),
        *(
            "&a ",
            "*a",
            "<<",
            "!!str ",
            "---\n",
            "...\n",
            "%YAML 1.1\n",
            "? ",
            "@",
            "`",
            "\\",
            "\r\n",
            "\u00a0",
            "é",
            "\\u0",
        ),
    ]
)
ODD_VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["", "none", "11/10", "2014-13-01", "07/03/09", "a" * 3000, "Norco and Soma", "5 mg", "start"])
    | st.just([])
    | st.just({})
    | st.builds(lambda value: [value], st.integers() | st.none())
    | st.builds(lambda key, value: {key: value}, st.sampled_from(KEYS), st.integers() | st.text(max_size=3))
    | st.builds(lambda origin: {"value": 5, "from": origin}, st.sampled_from(["header", "nowhere", 5, None]))
)


def answer(source: Any, name: str | None = None) -> LoadedCase | str:
    """The loaded case, or all that is wrong with it."""
    try:
        return load_case(source, name)
    except (CaseError, DataFileError) as error:
        return str(error)


def ours(text: str) -> bool:
    return not any(word in text for word in ("pydantic", "https://", "Traceback", "Input should", "[type="))


@given(st.binary(max_size=300), st.sampled_from(["case.yaml", "case.json"]))
def test_any_bytes_get_an_answer(content: bytes, name: str):
    answer(content, name)


@given(st.lists(YAML_WORDS, max_size=60).map("".join), st.sampled_from(["case.yaml", "case.json"]))
def test_anything_that_looks_like_yaml_gets_an_answer(text: str, name: str):
    with suppress(DataFileError):
        read_yaml(text, name)
    answer(text.encode("utf-8", "surrogatepass"), name)


@given(st.text(max_size=200))
def test_any_text_in_a_case_gets_an_answer(text: str):
    answer(EXAMPLES[0].replace("Dilaudid", text).replace("seed-000", text).encode("utf-8", "surrogatepass"))


@st.composite
def damaged_cases(draw: st.DrawFn) -> Any:
    """A shipped example with some of its values changed, removed, doubled or put elsewhere."""
    raw = copy.deepcopy(draw(st.sampled_from(RAW_EXAMPLES)))
    for _ in range(draw(st.integers(1, 4))):
        node = raw
        while True:
            inner = list(node.values()) if isinstance(node, dict) else node
            deeper = [one for one in inner if isinstance(one, (dict, list)) and one]
            if not deeper or draw(st.integers(0, 3)) == 0:
                break
            node = draw(st.sampled_from(deeper))
        if not node:
            continue
        places = list(node) if isinstance(node, dict) else list(range(len(node)))
        place = draw(st.sampled_from(places))
        change = draw(st.sampled_from(["replace", "remove", "add", "double"]))
        if change == "replace":
            node[place] = draw(ODD_VALUES)
        elif change == "remove":
            del node[place]
        elif change == "double" and isinstance(node, list):
            node.append(copy.deepcopy(node[place]))
        elif isinstance(node, dict):
            node[draw(st.sampled_from(KEYS) | st.text(max_size=4))] = draw(ODD_VALUES)
    return raw


@given(damaged_cases())
def test_a_damaged_case_loads_or_is_told_what_is_wrong_in_our_own_words(raw: Any):
    told = answer(raw)
    assert isinstance(told, LoadedCase) or ours(told)


@given(damaged_cases())
def test_a_damaged_case_gets_the_same_answer_from_a_file_with_every_problem_on_a_line(raw: Any):
    try:
        text = json.dumps(raw, allow_nan=False)
    except ValueError:
        text = json.dumps(raw).replace("NaN", "null").replace("-Infinity", "null").replace("Infinity", "null")
    try:
        load_case(text, "case.json")
    except DataFileError:
        return
    except CaseError as error:
        problems = error.problems
    else:
        return
    assert [problem for problem in problems if problem.place.line is None] == []
    with pytest.raises(SourceError) as again:
        load_case(read_yaml(text, "case.json").value)
    assert {(one.path, one.message) for one in problems} == {(one.path, one.message) for one in again.value.problems}


@given(damaged_cases())
def test_an_answer_is_the_same_every_time(raw: Any):
    first, second = answer(copy.deepcopy(raw)), answer(raw)
    if isinstance(first, LoadedCase) and isinstance(second, LoadedCase):
        assert (first.case, first.warnings) == (second.case, second.warnings)
    else:
        assert first == second
