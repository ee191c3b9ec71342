"""However it is installed, the package finds its rules and drug tables, and the very files of the checkout."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("rules", "drug_tables")

# Walks by Traversable methods alone, as the package itself may.
LIST_DATA = """
import hashlib, json
import imr_engine
from imr_engine.data.files import folder

def walk(place, path):
    for entry in place.iterdir():
        if entry.is_dir():
            yield from walk(entry, f"{path}/{entry.name}")
        elif entry.name.endswith(".yaml"):
            yield f"{path}/{entry.name}", hashlib.sha256(entry.read_bytes()).hexdigest()

found = dict(item for name in ("rules", "drug_tables") for item in walk(folder(name), name))
print(json.dumps({"package": imr_engine.__file__, "files": found}))
"""


@dataclass(frozen=True)
class Environment:
    """A new virtual environment that sees this one's packages, yet not an imr-engine installed there."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        return Path(sysconfig.get_path("purelib", vars={"base": str(self.folder), "platbase": str(self.folder)}))

    def run(self, *command: str | Path) -> str:
        """Run a command away from the checkout; its output."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PIP_REQUIRE"))}
        done = subprocess.run(command, cwd=self.folder, env=clean, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    made = Environment(folder)
    # A path file adds the packages of this environment without reading its path files in turn, and so without the
    # checkout that an editable install names there. They come after those of the new environment.
    outer = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (made.packages / "outer.pth").write_text("".join(f"{path}\n" for path in sorted(outer)), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def source_distribution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (made,) = folder.glob("*.tar.gz")
    return made


@pytest.fixture(scope="module", params=["wheel", "editable", "source distribution"])
def installed(
    request: pytest.FixtureRequest, environment: Environment, source_distribution: Path
) -> tuple[str, Environment]:
    """The new environment with the project installed in one of the ways, in place of the way before."""
    what = {
        "wheel": [ROOT],
        "editable": ["--editable", ROOT],
        "source distribution": [source_distribution],
    }[request.param]
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--force-reinstall"]
    environment.run(environment.python, "-m", "pip", "install", *options, *what)
    return request.param, environment


def files_of_the_checkout() -> dict[str, str]:
    return {
        file.relative_to(ROOT).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*.yaml")
    }


def test_an_installed_package_reads_the_rules_and_tables_of_the_checkout(installed: tuple[str, Environment]) -> None:
    how, environment = installed
    found = json.loads(environment.run(environment.python, "-I", "-c", LIST_DATA))
    assert found["files"] == files_of_the_checkout()
    home = ROOT / "engine" if how == "editable" else environment.packages
    assert Path(found["package"]) == home / "imr_engine" / "__init__.py"


def test_an_installed_command_lists_the_rules(installed: tuple[str, Environment]) -> None:
    _, environment = installed
    assert environment.run(environment.python, "-I", "-m", "imr_engine", "rules", "list").strip()
    assert environment.run(environment.folder / "bin" / "imr", "--version").startswith("imr ")


def test_an_installed_package_declares_its_types(installed: tuple[str, Environment]) -> None:
    _, environment = installed
    ask = "from importlib.resources import files; print(files('imr_engine').joinpath('py.typed').is_file())"
    assert environment.run(environment.python, "-I", "-c", ask) == "True\n"


def test_an_editable_install_leaves_no_copy_of_the_rules_to_go_stale(
    environment: Environment,
) -> None:
    environment.run(
        environment.python,
        *("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--force-reinstall"),
        *("--editable", ROOT),
    )
    assert not (environment.packages / "imr_engine").exists()


def test_a_plain_checkout_finds_its_own_rules_and_tables(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIST_DATA],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "engine")},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["files"] == files_of_the_checkout()
    assert Path(found["package"]).parent == ROOT / "engine" / "imr_engine"


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
    assert {name.split("/")[0] for name in names} == {"imr_engine"}
    assert {Path(name).suffix for name in names} == {".py", ".yaml", ".typed"}
    assert {name.removeprefix("imr_engine/") for name in names if name.endswith(".yaml")} >= set(
        files_of_the_checkout()
    )


def test_the_source_distribution_can_be_tested_and_built_from(source_distribution: Path) -> None:
    with tarfile.open(source_distribution) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert set(files_of_the_checkout()) <= names
    assert {"pyproject.toml", "Makefile", "README.md", "engine/hatch_build.py", "tests/conftest.py"} <= names
    assert {"examples/seed-003.yaml", ".ci/run", ".ci/find-python", "bench/run.py"} <= names
    assert [name for name in names if "__pycache__" in name or name.startswith((".venv", ".hypothesis"))] == []
