"""Validates as much of a case as can be: what does not fit is left out, so that the rest is still checked for sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from pydantic import ValidationError

from imr_engine.case.model import Case
from imr_engine.data.document import join_path, split_path
from imr_engine.intake.wording import case_path

__all__ = ["PartialCase", "partial_case"]

_GONE: Final = object()
# Each round leaves something out, and what is left out makes at most its surroundings unfit.
_ROUNDS = 12
_LONG_AGO = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class PartialCase:
    """What is left of a case when everything unfit is left out.

    ``unsure`` holds the paths that were left out or filled in, in the original case's counting; nothing may be
    concluded from what stands there.
    """

    case: Case
    unsure: frozenset[str]
    _kept: Mapping[tuple[str | int, ...], Sequence[int]]

    def original(self, path: str) -> str:
        """The path in the case as given: entries that were left out are counted again."""
        mended: list[str | int] = []
        here: tuple[str | int, ...] = ()
        for part in split_path(path):
            kept = self._kept.get(here) if isinstance(part, int) else None
            mended.append(kept[part] if kept is not None and isinstance(part, int) else part)
            here = (*here, part)
        return join_path(mended)


def partial_case(lifted: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> PartialCase | None:
    """Leave out what the errors name, and what thereby loses a necessary part, until the rest is a case.

    Args:
        lifted: The raw case, with its origins lifted.
        errors: What pydantic found wrong with it.

    Returns:
        None where no case is left, since no request is.
    """
    tree = cast("dict[str, Any]", _copied(lifted))
    unsure: set[str] = set()
    kept: dict[tuple[str | int, ...], Sequence[int]] = {}
    for _ in range(_ROUNDS):
        if any(error["loc"] == ("requests",) and error["type"] != "too_short" for error in errors):
            return None
        for error in errors:
            # Entries that do not fit make their list too short; it is they that are left out.
            if error["type"] != "too_short":
                _mend(tree, error, kept, unsure)
        kept = {}
        tidy = _compacted(tree, (), kept)
        if not tidy.get("requests"):
            return None
        try:
            return PartialCase(Case.model_validate(tidy), frozenset(unsure), kept)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_input=False)
    return None


def _mend(
    tree: dict[str, Any],
    error: Mapping[str, Any],
    kept: Mapping[tuple[str | int, ...], Sequence[int]],
    unsure: set[str],
) -> None:
    """Leave out the value that an error names; what every case must have is filled in instead."""
    parts = _counted_again(case_path(error), kept)
    if not parts:
        return
    if error["loc"][:1] == ("origins",):
        tree["origins"].pop(error["loc"][1] if len(error["loc"]) > 1 else "", None)
        return
    unsure.add(join_path(parts))
    filling = _filling(parts)
    if filling is not None:
        *before, last = parts
        around = _at(tree, before)
        if isinstance(around, dict):
            around[last] = filling
    elif error["type"] == "missing":
        unsure.add(join_path(parts[:-1]))
        _remove(tree, parts[:-1])
    else:
        _remove(tree, parts)


def _filling(parts: tuple[str | int, ...]) -> Any:
    match parts:
        case ("schema",):
            return "imr-case/1"
        case ("id",):
            return "case"
        case ("dates",):
            return {"injury": _LONG_AGO}
        case ("dates", "injury"):
            return _LONG_AGO
        case ("requests", int(index), "id"):
            return f"request-{index}"
        case ("worker" | "documentation" | "prescriber",):
            return {}
        case _:
            return None


def _counted_again(
    parts: tuple[str | int, ...], kept: Mapping[tuple[str | int, ...], Sequence[int]]
) -> tuple[str | int, ...]:
    mended: list[str | int] = []
    for index, part in enumerate(parts):
        indices = kept.get(parts[:index]) if isinstance(part, int) else None
        mended.append(indices[part] if indices is not None and isinstance(part, int) else part)
    return tuple(mended)


def _entries(node: Any) -> list[Any] | None:
    """The entries of a list, whether it is given plainly or as ``{complete, items}``."""
    if isinstance(node, dict):
        node = cast("dict[str, Any]", node).get("items")
    return cast("list[Any]", node) if isinstance(node, list) else None


def _at(tree: Any, parts: Sequence[str | int]) -> Any:
    for part in parts:
        if isinstance(part, int):
            entries = _entries(tree)
            tree = entries[part] if entries is not None and part < len(entries) else None
        else:
            tree = cast("dict[str, Any]", tree).get(part) if isinstance(tree, dict) else None
    return tree


def _remove(tree: Any, parts: Sequence[str | int]) -> None:
    if not parts:
        return
    *before, last = parts
    around = _at(tree, before)
    if isinstance(last, int):
        entries = _entries(around)
        if entries is not None and last < len(entries):
            entries[last] = _GONE
    elif isinstance(around, dict):
        cast("dict[str, Any]", around).pop(last, None)


def _copied(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _copied(value) for key, value in cast("Mapping[str, Any]", node).items()}
    if isinstance(node, (list, tuple)):
        return [_copied(entry) for entry in cast("Sequence[Any]", node)]
    return node


def _compacted(node: Any, way: tuple[str | int, ...], kept: dict[tuple[str | int, ...], Sequence[int]]) -> Any:
    """The tree without the entries that were left out, and which entries of each list are still there."""
    if isinstance(node, dict):
        mapping = cast("dict[str, Any]", node)
        return {
            key: _compacted(value, way if key == "items" and isinstance(value, list) else (*way, key), kept)
            for key, value in mapping.items()
        }
    if isinstance(node, list):
        entries = cast("list[Any]", node)
        indices = [index for index, entry in enumerate(entries) if entry is not _GONE]
        kept[way] = indices
        return tuple(_compacted(entries[index], (*way, position), kept) for position, index in enumerate(indices))
    return node
