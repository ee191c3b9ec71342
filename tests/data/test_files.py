"""The shipped folders are found beside the package, else in the checkout, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from imr_engine.data.files import FOLDERS, _find, folder
from imr_engine.errors import DataFileError


@pytest.mark.parametrize("name", FOLDERS)
def test_each_shipped_folder_is_found_from_here(name: str):
    assert folder(name).is_dir()


def test_a_folder_that_is_not_shipped_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="the shipped data folders are rules and drug_tables, not 'tests'"):
        folder("tests")


def test_the_folder_of_a_wheel_wins_over_one_in_a_checkout(tmp_path: Path):
    package, checkout = tmp_path / "package", tmp_path / "checkout"
    for place in (package, checkout):
        (place / "rules").mkdir(parents=True)
    (checkout / "pyproject.toml").touch()
    assert _find("rules", package, checkout) == package / "rules"


def test_a_folder_above_site_packages_is_not_taken_for_a_checkout(tmp_path: Path):
    (tmp_path / "lib" / "rules").mkdir(parents=True)
    with pytest.raises(DataFileError) as caught:
        _find("rules", tmp_path / "package", tmp_path / "lib")
    assert str(caught.value).startswith("rules: the data folder is missing from this installation; expected ")
    (tmp_path / "lib" / "pyproject.toml").touch()
    assert _find("rules", tmp_path / "package", tmp_path / "lib") == tmp_path / "lib" / "rules"
