"""Turns what pydantic reports about a YAML document into problems with a line, in our own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_engine.data.suggest import did_you_mean
from imr_engine.errors import Problem

if TYPE_CHECKING:
    from pydantic import ValidationError

    from imr_engine.data.document import Document

__all__ = ["problems_from"]


def problems_from(error: ValidationError, document: Document) -> list[Problem]:
    """One problem for each thing that does not fit the expected shape, in the order of the file."""
    problems: list[Problem] = []
    for item in error.errors(include_url=False, include_context=True, include_input=True):
        path = ""
        for part in item["loc"]:
            path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
        parent, _, key = path.rpartition(".")
        match item["type"]:
            case "missing":
                problems.append(Problem(document.place(parent), path, "is missing"))
            case "extra_forbidden":
                allowed = [str(name) for name in item.get("ctx", {}).get("allowed", ())]
                problems.append(
                    Problem(document.place(path), path, f"unknown key {key or path}", suggestion=did_you_mean(key, allowed))
                )
            case "literal_error":
                expected = str(item.get("ctx", {}).get("expected", ""))
                names = [name.strip().strip("'") for name in expected.replace(" or ", ", ").split(",")]
                found = repr(item["input"])
                hint = did_you_mean(str(item["input"]), names)
                problems.append(
                    Problem(document.place(path), path, "unknown value", found, ", ".join(names), hint)
                )
            case _:
                message = item["msg"].removeprefix("Value error, ")
                problems.append(Problem(document.place(path), path, message, repr(item["input"])[:80]))
    return problems
