"""The JSON Schema of a case as people write it, for editors that complete and check while one types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from imr_engine.case.model import Case
from imr_engine.intake.descriptions import KEYS, SECTIONS

__all__ = ["case_schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ORIGIN: Mapping[str, Any] = {
    "enum": ["header", "request", "summary", "rationale"],
    "description": "Where this was read: the header of a letter, the request, the clinical summary, or a rationale.",
}
_FROM = {"$ref": "#/$defs/Origin"}
_SCALARS = ("string", "integer", "number", "boolean")


def case_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a case as people write it.

    It allows what loading allows: ``from`` in every mapping, ``{value: …, from: …}`` for every single value, a plain
    list or ``{complete: …, items: …}`` for every list of the record, and keys without a value. It describes form only;
    dates in order and references between requests are checked when a case is loaded.
    """
    made = Case.model_json_schema(by_alias=True)
    definitions = cast("dict[str, dict[str, Any]]", made.pop("$defs", {}))
    written = {
        name: _object(name, definition, definitions)
        for name, definition in sorted(definitions.items())
        if "items" not in definition["properties"]
    }
    return {
        "$schema": _DIALECT,
        "title": "A case for independent medical review",
        **_object("Case", made, definitions),
        "$defs": {**written, "Origin": dict(_ORIGIN)},
    }


def _object(name: str, definition: Mapping[str, Any], definitions: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A mapping of the case: closed to unknown keys, open to ``from``."""
    properties = cast("Mapping[str, Mapping[str, Any]]", definition["properties"])
    required = cast("list[str]", definition.get("required", []))
    return {
        "description": SECTIONS.get(name) or _one_paragraph(str(definition["description"])),
        "type": "object",
        "properties": {
            **{
                key: {
                    "description": KEYS.get(f"{name}.{key}") or KEYS[key],
                    **_value(schema, definitions, optional=key not in required),
                }
                for key, schema in properties.items()
                if key != "origins"
            },
            "from": _FROM,
        },
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _value(
    schema: Mapping[str, Any], definitions: Mapping[str, Mapping[str, Any]], *, optional: bool = False
) -> dict[str, Any]:
    """A value of a key or of a list, in every form in which it may be written."""
    forms = [form for form in cast("list[Any]", schema.get("anyOf", [schema])) if form.get("type") != "null"]
    written: list[dict[str, Any]] = []
    for form in forms:
        written += _forms({key: value for key, value in form.items() if key not in ("default", "title")}, definitions)
    single = [form for form in written if form.get("type") in _SCALARS or "enum" in form or "const" in form]
    if single:
        alone = single[0] if len(single) == 1 else {"anyOf": single}
        written.append(_closed({"value": alone, "from": _FROM}, ["value", "from"]))
    if optional:
        written.append({"type": "null"})
    return written[0] if len(written) == 1 else {"anyOf": written}


def _forms(form: dict[str, Any], definitions: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    if "anyOf" in form:
        return [inner for choice in cast("list[Any]", form["anyOf"]) for inner in _forms(choice, definitions)]
    if form.get("type") == "array":
        entries = {**form, "items": _value(form["items"], definitions)}
        return [entries, _closed({"value": entries, "from": _FROM}, ["value", "from"])]
    reference = str(form.get("$ref", "")).rpartition("/")[2]
    properties = cast("Mapping[str, Any]", definitions.get(reference, {}).get("properties", {}))
    if "items" not in properties:
        return [form]
    entries = {"type": "array", "items": _value(properties["items"]["items"], definitions)}
    complete = {
        "type": "boolean",
        "description": "Write false where the record may hold more than is listed; a plain list is complete.",
    }
    return [entries, _closed({"items": entries, "complete": complete, "from": _FROM}, ["items"])]


def _closed(properties: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": required,
        "additionalProperties": False,
    }


def _one_paragraph(docstring: str) -> str:
    return " ".join(docstring.replace("``", "").split())
