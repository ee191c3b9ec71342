"""Reads the golden cases and their variants under tests/cases and examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from imr_engine.data.yaml_source import read_yaml
from imr_engine.verify.variants import Variant, changed, read_variants

__all__ = ["CASES", "EXAMPLES", "ROOT", "SEEDS", "Golden", "changed", "goldens", "read", "seed"]

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"
EXAMPLES = ROOT / "examples"
SEEDS = ("seed-000", "seed-001", "seed-002", "seed-003", "seed-004")

Golden = Variant
"""A case, and what the rules are expected to say of it."""


def read(path: Path) -> Any:
    """A YAML file as plain values."""
    return read_yaml(path, path.name).value


def seed(name: str) -> dict[str, Any]:
    """One of the founding cases, as written."""
    return read(EXAMPLES / f"{name}.yaml")


def goldens() -> list[Golden]:
    """Every seed as decided, and every variant."""
    found = [
        Golden(entry["case"], seed(entry["case"]), entry["decided"]) for entry in read(CASES / "seeds.yaml")["cases"]
    ]
    for path in sorted(CASES.glob("*.yaml")):
        if path.name != "seeds.yaml":
            found.extend(read_variants(path))
    return found
