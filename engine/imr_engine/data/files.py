"""Where the shipped folders of rules and drug tables lie, in a wheel as in a checkout; they are read elsewhere."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from imr_engine.errors import DataFileError, Place, Problem

__all__ = ["FOLDERS", "folder"]

FOLDERS = ("rules", "drug_tables")


def folder(name: str) -> Traversable:
    """Find one of the shipped data folders.

    An installed wheel holds them beside the package's modules; a checkout, editable or not, holds them at its top,
    beside ``pyproject.toml``. Use only ``Traversable`` methods on the result: it need not be a folder of the disk.

    Args:
        name: One of ``FOLDERS``.

    Raises:
        ValueError: There is no shipped folder of this name.
        DataFileError: The installation is broken: the folder is in neither place.
    """
    if name not in FOLDERS:
        raise ValueError(f"the shipped data folders are {' and '.join(FOLDERS)}, not {name!r}")
    return _find(name, files("imr_engine"), Path(__file__).parents[3])


def _find(name: str, package: Traversable, checkout: Path) -> Traversable:
    """The folder beside the package, else in the checkout; a wheel's copy wins, since it belongs to that very code."""
    installed = package / name
    if installed.is_dir():
        return installed
    in_checkout = checkout / name
    # Without pyproject.toml this is no checkout but whatever happens to lie above site-packages.
    if (checkout / "pyproject.toml").is_file() and in_checkout.is_dir():
        return in_checkout
    raise DataFileError(
        [
            Problem(
                Place(name),
                "",
                "the data folder is missing from this installation",
                expected=f"a folder {name} inside the installed package, or beside pyproject.toml in a checkout",
                suggestion="install imr-engine again",
            )
        ]
    )
