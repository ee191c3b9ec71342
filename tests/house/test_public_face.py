"""The public face is light to import, complete and typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import imr_engine
from imr_engine._version import __version__

ROOT = Path(__file__).resolve().parents[2]


def modules_loaded_by(statement: str) -> set[str]:
    """What a new interpreter loads for a statement, beside the standard library."""
    program = (
        "import json, sys\n"
        "before = set(sys.modules)\n"
        f"{statement}\n"
        "new = set(sys.modules) - before\n"
        "print(json.dumps([name for name in new if name.partition('.')[0] not in sys.stdlib_module_names]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT / "engine")},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout))


def test_importing_the_package_loads_no_other_package_and_no_room_of_its_own() -> None:
    assert modules_loaded_by("import imr_engine") <= {"imr_engine", "imr_engine._version"}


def test_importing_every_module_loads_neither_units_nor_rules_engine_nor_suggestions() -> None:
    statement = (
        "import pkgutil, importlib, imr_engine\n"
        "names = [module.name for module in pkgutil.walk_packages(imr_engine.__path__, 'imr_engine.')\n"
        "         if not module.name.startswith('imr_engine.testing.')]\n"
        "assert 'imr_engine.units.registry' in names\n"
        "[importlib.import_module(name) for name in names]"
    )
    loaded = {name.partition(".")[0] for name in modules_loaded_by(statement)}
    assert loaded & {"pint", "rapidfuzz", "durable", "durable_rules_engine", "hypothesis", "rich"} == set()


@pytest.mark.parametrize("name", imr_engine.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(imr_engine, name)
    assert isinstance(value, str) or value.__doc__


def test_the_public_names_are_listed() -> None:
    assert {"Case", "Prediction", "load_rulebook", "morphine_equivalents", "predict"} <= set(imr_engine.__all__)
    assert set(imr_engine.__all__) <= set(dir(imr_engine))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="prediction_of"):
        _ = imr_engine.prediction_of


def test_the_version_is_the_installed_distribution_s() -> None:
    try:
        installed = version("imr-engine")
    except PackageNotFoundError:
        pytest.skip("a plain checkout has no distribution to compare with")
    assert installed == __version__
