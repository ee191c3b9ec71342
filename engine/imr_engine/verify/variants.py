"""Reads files of variants: a case, changes to it one by one, and what the rules are expected to say of each.

The form is YAML that a clinician can read. A variant changes the base of its file, or another variant (``of``): a
mapping is merged, a list replaced, null removes, and requests are named by their id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from imr_engine.data.document import Document
from imr_engine.data.suggest import did_you_mean
from imr_engine.data.yaml_source import read_yaml
from imr_engine.errors import DataFileError, Place, Problem

__all__ = ["SCHEMA", "Variant", "changed", "read_variants"]

SCHEMA = "imr-variants/1"

_FILE_KEYS = ("schema", "base", "case", "variants")
_VARIANT_KEYS = ("id", "about", "of", "change", "expect", "deciding", "status", "opioid_dose", "table")


@dataclass(frozen=True, slots=True)
class Variant:
    """A case, as the mapping that people write, and what the rules are expected to say of it.

    ``expect`` is the outcome by request, ``deciding`` the exact list of criteria that decide, ``status`` what some
    criteria come to (None: it does not apply), ``opioid_dose`` the low and the high end in MME a day. ``table`` is a
    conversion table other than that of the edition.
    """

    id: str
    case: dict[str, Any]
    expect: Mapping[str, str]
    deciding: Mapping[str, list[str]] = field(default_factory=dict)
    status: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    opioid_dose: Mapping[str, int] | None = None
    table: str | None = None
    about: str = ""


def read_variants(path: Path | str) -> list[Variant]:
    """The variants of a file, in its order.

    The file has ``schema: imr-variants/1``, either ``base`` (the path of a case file, seen from this one) or ``case``
    (a whole case), and ``variants``.

    Raises:
        DataFileError: The file, or the base it names, cannot be read, or is not of this form.
    """
    document = read_yaml(Path(path))
    content = document.value
    if not isinstance(content, Mapping):
        raise _refused(document, "", "this is no file of variants", expected=f"schema: {SCHEMA}")
    _check_keys(document, "", content, _FILE_KEYS)
    if content.get("schema") != SCHEMA:
        raise _refused(document, "schema", "this is no file of variants", expected=f"schema: {SCHEMA}")
    if ("base" in content) == ("case" in content):
        raise _refused(document, "", "the variants need one case to start from", expected="either base or case")
    base = content["case"] if "case" in content else read_yaml(Path(path).parent / str(content["base"])).value
    if not isinstance(base, dict):
        raise _refused(document, "base" if "base" in content else "case", "this is not a case")
    if not isinstance(content.get("variants"), list):
        raise _refused(document, "", "there is no list of variants", expected="variants: […]")
    return list(_variants(document, cast("dict[str, Any]", base), content["variants"]))


def _variants(document: Document, base: dict[str, Any], entries: list[Any]) -> Iterator[Variant]:
    cases: dict[str, dict[str, Any]] = {}
    for index, entry in enumerate(entries):
        path = f"variants[{index}]"
        if not isinstance(entry, dict) or not {"id", "expect"} <= entry.keys():
            raise _refused(document, path, "a variant needs a name and an expectation", expected="id and expect")
        _check_keys(document, path, entry, _VARIANT_KEYS)
        if entry["id"] in cases:
            raise _refused(document, f"{path}.id", "the id is already taken")
        if "of" in entry and entry["of"] not in cases:
            hint = did_you_mean(entry["of"], cases)
            raise _refused(document, f"{path}.of", "no earlier variant has this id", hint=hint)
        case = changed(cases[entry["of"]] if "of" in entry else base, entry.get("change", {}))
        case["id"] = entry["id"]
        cases[entry["id"]] = case
        _check_requests(document, path, entry, case)
        yield Variant(
            entry["id"],
            case,
            entry["expect"],
            entry.get("deciding", {}),
            entry.get("status", {}),
            entry.get("opioid_dose"),
            entry.get("table"),
            entry.get("about", ""),
        )


def changed(base: Any, change: Any) -> Any:
    """``base`` with a change: mappings merge, lists replace, None removes, requests are found by their id."""
    if not isinstance(base, dict) or not isinstance(change, dict):
        return deepcopy(change)
    result: dict[str, Any] = deepcopy(base)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif key == "requests" and isinstance(value, dict):
            result[key] = list(_changed_requests(result.get(key, []), cast("dict[str, Any]", value)))
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
        if name not in known and value is not None:
            yield {"id": name, **value}


def _check_keys(document: Document, path: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in given:
        if key not in known:
            at = f"{path}.{key}" if path else key
            raise _refused(document, at, "unknown key", expected=", ".join(known), hint=did_you_mean(key, known))


def _check_requests(document: Document, path: str, entry: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    """Refuse an expectation of a request that the case does not have: it would hold of nothing."""
    requests = [request["id"] for request in case.get("requests", [])]
    for section in ("expect", "deciding", "status"):
        for name in entry.get(section, {}):
            if name not in requests:
                at = f"{path}.{section}.{name}"
                raise _refused(document, at, "the case has no request of this id", hint=did_you_mean(name, requests))


def _refused(
    document: Document, path: str, message: str, *, expected: str | None = None, hint: str | None = None
) -> DataFileError:
    place = document.place(path) if path else Place(document.name)
    return DataFileError([Problem(place, path, message, None, expected, hint)])
