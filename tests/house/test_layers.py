"""Imports go down only, and the check that says so would notice one that goes up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def check_layers(source_root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter with the project's contracts on the package below a source root."""
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=source_root.parent,
        env={**os.environ, "PYTHONPATH": str(source_root), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The source root of a copy of the package, with the project's contracts beside it."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "engine" / "imr_engine", tmp_path / "engine" / "imr_engine")
    return tmp_path / "engine"


def test_imports_go_down_only() -> None:
    done = check_layers(ROOT / "engine")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("units/interval.py", "imr_engine.case.model"),
        ("case/model.py", "imr_engine.dosing"),
        ("dosing/__init__.py", "imr_engine.rulebook"),
        ("rulebook/__init__.py", "imr_engine.dosing"),
        ("inference/__init__.py", "imr_engine.explain"),
        ("explain/__init__.py", "imr_engine.intake"),
        ("intake/__init__.py", "imr_engine.cli"),
        ("explain/__init__.py", "click"),
        ("rulebook/__init__.py", "durable_rules_engine"),
        ("api.py", "hypothesis"),
        ("api.py", "imr_engine.testing"),
    ],
)
def test_an_import_that_goes_up_breaks_the_contract(copy: Path, module: str, imported: str) -> None:
    file = copy / "imr_engine" / module
    file.write_text(f"{file.read_text(encoding='utf-8')}\nimport {imported}\n", encoding="utf-8")
    done = check_layers(copy)
    assert done.returncode == 1
    importer = "imr_engine." + module.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
    assert f"{importer} -> {imported}" in done.stdout


def test_a_new_room_has_to_be_given_its_layer(copy: Path) -> None:
    room = copy / "imr_engine" / "attic"
    room.mkdir()
    (room / "__init__.py").touch()
    done = check_layers(copy)
    assert done.returncode == 1
    assert "attic" in done.stdout
