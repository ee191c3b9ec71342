"""One answer, whoever computes it, in whatever order the record lists things, and whenever and wherever it is asked."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from golden import EXAMPLES, ROOT, SEEDS, goldens, seed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imr_engine import predict
from imr_engine.explain.as_data import prediction_as_data
from imr_engine.inference.rete import ReteEngine
from imr_engine.testing import cases

LAWFUL = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])

Case = dict[str, Any]


@pytest.mark.skipif(
    sys.version_info >= (3, 13) and not ReteEngine().available(), reason="durable_rules cannot be imported here"
)
@LAWFUL
@given(cases())
def test_both_readings_give_one_answer(raw: Case):
    """*One answer*: of any valid case, the rules engine and the plain reading say the same of every criterion, of who
    speaks and of the outcome of every request; ``predict`` answers, and never refuses because they disagree."""
    assert predict(raw, engine="both").engine.checked_by == "plain" or predict(raw).edition is None


# order

LIST_PATH = re.compile(r"(requests|medications|treatments|consultations|documentation\.\w+)(?:\.items)?\[(\d+)\]")


def entries_of(case: Case, name: str) -> list[Any] | None:
    """A list of the record by its path, however it is written."""
    holder: Any = case
    for key in name.split("."):
        holder = holder.get(key) if isinstance(holder, dict) else None
    entries = holder["items"] if isinstance(holder, dict) and "items" in holder else holder
    return entries if isinstance(entries, list) else None


@st.composite
def permuted(draw: Any, raw: Case) -> tuple[Case, dict[str, list[int]]]:
    """The case with every list of it in another order, and where each entry stood before."""
    case = deepcopy(raw)
    names = [
        "requests",
        "medications",
        "treatments",
        "consultations",
        *(f"documentation.{key}" for key in case.get("documentation", {})),
    ]
    moved: dict[str, list[int]] = {}
    for name in names:
        entries = entries_of(case, name)
        if entries is None:
            continue
        moved[name] = draw(st.permutations(range(len(entries))))
        entries[:] = [entries[index] for index in moved[name]]
        for entry in entries:
            for key in ("depends_on", "results", "shows", "regions"):
                if isinstance(entry, dict) and key in entry:
                    entry[key] = draw(st.permutations(entry[key]))
    case["regions"] = draw(st.permutations(case["regions"]))
    return case, moved


def put_back(node: Any, moved: Mapping[str, Sequence[int]]) -> Any:
    """Prediction data with its paths counted as before the permutation; unordered lists sorted."""
    if isinstance(node, str):
        return LIST_PATH.sub(lambda match: f"{match[1]}[{moved[match[1]][int(match[2])]}]", node)
    if isinstance(node, list):
        return [put_back(entry, moved) for entry in node]
    if isinstance(node, dict):
        found = {key: put_back(value, moved) for key, value in node.items()}
        for key in ("paths", "from", "warnings", "not_computable", "lines"):
            if isinstance(found.get(key), list):
                found[key] = sorted(found[key], key=lambda entry: json.dumps(entry, sort_keys=True))
        return found
    return node


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Where two pieces of data differ, and in what."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from differences(one[key], other[key], f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{path}[{index}]")
    elif one != other:
        yield f"{path}: {one} before, {other} after"


def unmoved(raw: Case) -> dict[str, list[int]]:
    names = [
        "requests",
        "medications",
        "treatments",
        "consultations",
        *(f"documentation.{key}" for key in raw.get("documentation", {})),
    ]
    return {name: list(range(len(entries))) for name in names if (entries := entries_of(raw, name)) is not None}


@LAWFUL
@given(cases(), st.data())
def test_order_of_a_record_changes_nothing_but_the_order_of_the_answers(raw: Case, data: st.DataObject):
    """*Order*: put the requests, the medicines, the treatments, the consultations, every list of the documentation, and
    the lists inside their entries in any other order. The determinations come in the order of the requests, and each
    is what it was, to the last word: outcome, findings, facts, rationale, what is missing, warnings. The dose lines
    are the same lines. Paths name the same entries; where a fact was read from several, they are compared as sets.
    """
    case, moved = data.draw(permuted(raw))
    before = prediction_as_data(predict(raw, engine="plain"))
    after = prediction_as_data(predict(case, engine="plain"))
    assert [entry["request"] for entry in after["determinations"]] == [request["id"] for request in case["requests"]]
    after["determinations"] = [
        after["determinations"][moved["requests"].index(index)] for index in range(len(raw["requests"]))
    ]
    found = list(differences(put_back(before, unmoved(raw)), put_back(after, moved)))
    assert not found, "\n".join(found)


# same bytes


@pytest.mark.parametrize("golden", goldens(), ids=lambda golden: golden.id)
def test_the_same_case_gives_the_same_bytes_twice(golden: Any):
    first, second = (json.dumps(prediction_as_data(predict(deepcopy(golden.case)))) for _ in range(2))
    assert first == second


def test_the_same_case_gives_the_same_bytes_in_any_process():
    """*Same bytes*: the JSON of the examples is the same in every process, whatever the seed by which strings are
    hashed.
    """
    outputs: set[bytes] = set()
    for hash_seed in ("0", "1", "4711"):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "imr_engine",
                "predict",
                "--format",
                "json",
                *(str(path) for path in sorted(EXAMPLES.glob("*.yaml"))),
            ],
            env={**os.environ, "PYTHONPATH": str(ROOT / "engine"), "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert all(name.encode() in outputs.copy().pop() for name in SEEDS)


def test_a_case_in_memory_gives_what_its_file_gives(tmp_path: Path):
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(seed("seed-004"), default=str))
    done = subprocess.run(
        [sys.executable, "-m", "imr_engine", "predict", "--format", "json", str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "engine")},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == prediction_as_data(predict(seed("seed-004")))
