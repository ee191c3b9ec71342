"""The strategies of ``imr_engine.testing`` make what a case can hold; the module is light where they are not used."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings

import imr_engine.testing
from imr_engine import load_case
from imr_engine.inference import plain
from imr_engine.inference.values import RequestView
from imr_engine.rulebook.model import Rules
from imr_engine.testing import cases, documentation, medications, requests, rulebooks, treatments, views

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2012, 3, 4)
MODEST = settings(max_examples=40, suppress_health_check=list(HealthCheck))


@MODEST
@given(cases())
def test_a_case_is_valid(case: dict[str, Any]):
    assert load_case(case).case.id == "generated"


@MODEST
@given(requests(reference=DAY), medications(reference=DAY), documentation(reference=DAY), treatments(reference=DAY))
def test_parts_put_together_make_a_valid_case(asked: Any, taken: Any, recorded: Any, given_before: Any):
    case = {
        "schema": "imr-case/1",
        "id": "put-together",
        "dates": {"injury": "2001-01-01", "request": DAY.isoformat()},
        "requests": asked,
        "medications": taken,
        "documentation": recorded,
        "treatments": given_before,
    }
    assert len(load_case(case).case.requests) == len(asked)


@MODEST
@given(rulebooks(), views())
def test_any_rules_say_something_of_any_request(rules: Rules, view: RequestView):
    statuses = plain.statuses(rules, view)
    assert plain.outcome(rules, view.scope.kind, statuses) in ("upheld", "overturned", "undetermined")


def test_the_edges_of_the_thresholds_come_up():
    quick = settings(max_examples=2000, database=None, suppress_health_check=list(HealthCheck))
    found = find(requests(), lambda asked: any(entry.get("quantity") == 29 for entry in asked), settings=quick)
    assert found


@pytest.mark.parametrize("name", imr_engine.testing.__all__)
def test_every_public_name_is_there_and_listed(name: str):
    assert getattr(imr_engine.testing, name) is not None
    assert name in dir(imr_engine.testing)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="assert_truth"):
        _ = imr_engine.testing.assert_truth


def test_assertions_serve_without_hypothesis():
    program = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from imr_engine.testing import assert_outcome\n"
        "assert_outcome('examples/seed-003.yaml', 'klonopin', 'upheld')\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, check=True)
