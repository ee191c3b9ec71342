"""Reads the golden cases and their variants under tests/cases and examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imr_engine.data.yaml_source import read_yaml

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"
EXAMPLES = ROOT / "examples"
SEEDS = ("seed-000", "seed-001", "seed-002", "seed-003", "seed-004")


@dataclass(frozen=True)
class Golden:
    """A case, and what the rules are expected to say of it."""

    id: str
    case: dict[str, Any]
    expect: Mapping[str, str]
    deciding: Mapping[str, list[str]] = field(default_factory=dict)
    status: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    opioid_dose: Mapping[str, int] | None = None
    table: str | None = None


def read(path: Path) -> Any:
    """A YAML file as plain values."""
    return read_yaml(path, path.name).value


def seed(name: str) -> dict[str, Any]:
    """One of the founding cases, as written."""
    return read(EXAMPLES / f"{name}.yaml")


def changed(base: Any, change: Any) -> Any:
    """``base`` with a change: mappings merge, lists replace, None removes, requests are found by their id."""
    if not isinstance(base, dict) or not isinstance(change, dict):
        return deepcopy(change)
    result = deepcopy(base)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif key == "requests" and isinstance(value, dict):
            result[key] = list(_changed_requests(result.get(key, []), value))
        else:
            result[key] = changed(result.get(key), value)
    return result


def _changed_requests(requests: list[Any], change: Mapping[str, Any]) -> Iterator[Any]:
    for request in requests:
        if request["id"] not in change:
            yield request
        elif change[request["id"]] is not None:
            yield changed(request, change[request["id"]])
    known = {request["id"] for request in requests}
    for name, value in change.items():
        if name not in known:
            yield {"id": name, **value}


def goldens() -> list[Golden]:
    """Every seed as decided, and every variant."""
    found = [
        Golden(entry["case"], seed(entry["case"]), entry["decided"]) for entry in read(CASES / "seeds.yaml")["cases"]
    ]
    for path in sorted(CASES.glob("*.yaml")):
        content = read(path)
        if content["schema"] == "imr-variants/1":
            found.extend(_variants(content))
    return found


def _variants(content: Mapping[str, Any]) -> Iterator[Golden]:
    base = seed(content["base"]) if "base" in content else content["case"]
    cases: dict[str, dict[str, Any]] = {}
    for variant in content["variants"]:
        case = changed(cases[variant["of"]] if "of" in variant else base, variant.get("change", {}))
        case["id"] = variant["id"]
        cases[variant["id"]] = case
        yield Golden(
            variant["id"],
            case,
            variant["expect"],
            variant.get("deciding", {}),
            variant.get("status", {}),
            variant.get("opioid_dose"),
            variant.get("table"),
        )
