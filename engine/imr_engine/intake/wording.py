"""What does not fit the shape of a case, in our own sentences: what is wrong, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from imr_engine.case.readers import Misread
from imr_engine.data.document import join_path, split_path
from imr_engine.data.suggest import did_you_mean
from imr_engine.data.validation import clipped, listed_words, shown
from imr_engine.errors import Problem
from imr_engine.intake.shape import homes_of, is_list, keys_at
from imr_engine.intake.source import RawCase

__all__ = ["case_path", "problem_of"]

# How like a known word one must be to be suggested; how many homes of a key are named; how many keys are listed.
_SURE, _FEW, _MANY = 75, 2, 14

# What people call a key elsewhere; each is only suggested where the key it stands for may be written.
_OTHER_NAMES = {
    "sig": "directions",
    "frequency": "directions",
    "instructions": "directions",
    "qty": "quantity",
    "count": "quantity",
    "name": "drug",
    "medication": "drug",
    "medicine": "drug",
    "dosage": "strength",
    "start_date": "since",
    "started": "since",
    "gender": "sex",
    "side_effects": "adverse_effects",
    "urine_drug_screens": "drug_screens",
    "meds": "medications",
    "cures": "registry_checks",
    "pdmp": "registry_checks",
}
# The same for values of a closed list.
_OTHER_WORDS = {
    "f": "female",
    "m": "male",
    "lumbar": "low back",
    "lower back": "low back",
    "lumbar spine": "low back",
    "cervical": "neck",
    "cervical spine": "neck",
    "thoracic": "upper back",
    "mid back": "upper back",
    "bilateral": "both",
    "l": "left",
    "r": "right",
    "continuation": "continue",
    "refill": "continue",
    "initial": "start",
    "new": "start",
    "wean": "taper",
    "temporarily totally disabled": "off_work",
    "ttd": "off_work",
    "light_duty": "modified_duty",
    "pt": "physical_therapy",
    "chiropractic": "manipulation",
    "esi": "epidural_injection",
    "spasm": "muscle_spasm",
    "sleep": "insomnia",
    "failed": "none",
    "discontinued": "stopped",
    "active": "current",
    "no": "none",
    "improved": "better",
}
_HYPHENS = "put a hyphen before each entry, or leave the section out"
# How a section is filled in where the record says that there is nothing of it.
_NOTHING = ("none", "no", "n/a", "na", "nil", "nothing", "denies", "negative")

_EXPECTED_WHERE_MISSING = {
    "schema": "schema: imr-case/1",
    "id": "a short name, such as case-17",
    "dates": "the date of injury and at least one later date",
    "injury": "the date of injury, such as 2009-07-03",
    "requests": "at least one request",
    "drug": "the name of the drug",
    "date": "a date such as 2014-10-22",
    "items": "the entries of the list, or [] if there are none",
}
_EXPECTED_ID = {
    "case": "letters, digits, points, hyphens and underscores, such as case-17",
    "request": "lower-case letters, digits and hyphens, such as ms-contin",
}


def case_path(error: Mapping[str, Any]) -> tuple[str | int, ...]:
    """The path of the case that a validation error speaks of: the inner form of lists and origins is not shown."""
    location: tuple[str | int, ...] = error["loc"]
    if location[:1] == ("origins",):
        where = str(location[1]) if len(location) > 1 else ""
        return (*split_path(where), "from")
    parts: list[str | int] = []
    for index, part in enumerate(location):
        following = location[index + 1] if index + 1 < len(location) else None
        is_last = following is None and error["type"] != "missing"
        if part == "items" and index and (is_last or isinstance(following, int)):
            continue
        parts.append(part)
    return tuple(parts)


def problem_of(error: Mapping[str, Any], raw: RawCase) -> Problem:
    """The sentence for one error that pydantic reports."""
    parts = case_path(error)
    kind: str = error["type"]
    value = error.get("input")
    context: Mapping[str, Any] = error.get("ctx") or {}
    if kind == "missing":
        return _missing(parts, raw)
    if kind == "extra_forbidden":
        return _unknown_key(parts, raw)
    if kind == "value_error" and isinstance(context.get("error"), Misread):
        return _misread(parts, raw, value, cast("Misread", context["error"]))
    if kind == "literal_error":
        return _not_of_the_list(parts, raw, value, str(context.get("expected", "")))
    if kind in _OF_A_KIND:
        return _OF_A_KIND[kind](parts, raw, value)
    if kind == "string_too_long":
        return _problem(parts, raw, "the text is too long", None, f"at most {context.get('max_length')} characters")
    if kind == "too_long":
        return _problem(parts, raw, "the list is too long", None, f"at most {context.get('max_length')} entries")
    return _problem(parts, raw, "this value does not fit here", value)


def _problem(
    parts: tuple[str | int, ...],
    raw: RawCase,
    message: str,
    value: Any = None,
    expected: str | None = None,
    suggestion: str | None = None,
) -> Problem:
    found = None if value is None else shown(value)
    return Problem(raw.place(parts), join_path(parts), message, found, expected, suggestion)


def _misread(parts: tuple[str | int, ...], raw: RawCase, value: Any, misread: Misread) -> Problem:
    if isinstance(value, (Mapping, list, tuple)):
        return _not_single(parts, raw, value, misread.expected)
    return _problem(parts, raw, misread.message, value, misread.expected, misread.suggestion)


def _not_single(parts: tuple[str | int, ...], raw: RawCase, value: Any, expected: str | None = None) -> Problem:
    suggestion = "write the value alone, or {value: …, from: …}" if isinstance(value, Mapping) else None
    return _problem(parts, raw, "a single value belongs here", value, expected, suggestion)


def _missing(parts: tuple[str | int, ...], raw: RawCase) -> Problem:
    name = str(parts[-1])
    expected = _EXPECTED_WHERE_MISSING.get(name)
    if name in raw.keys_given(parts[:-1]):
        return Problem(raw.place(parts, key=True), join_path(parts), "is empty", None, expected)
    return Problem(raw.place(parts[:-1]), join_path(parts), "is missing", None, expected)


def _unknown_key(parts: tuple[str | int, ...], raw: RawCase) -> Problem:
    around, key = parts[:-1], str(parts[-1])
    known = keys_at(around)
    if around and is_list(around):
        known = ("complete", "items")
        if not any(name in known for name in raw.keys_given(around)):
            return _one_entry(around, raw)
    place = raw.place(parts, key=True)
    if not known:
        return Problem(place, join_path(parts), "unknown key")
    other = _OTHER_NAMES.get(key.lower().replace("-", "_").replace(" ", "_"))
    suggestion = f"did you mean '{other}'?" if other in known else did_you_mean(key, [*known, "from"], _SURE)
    homes = [home for home in homes_of(key) if home]
    if suggestion is None and 0 < len(homes) <= _FEW:
        suggestion = f"it belongs under {' or '.join(home.removesuffix('[]') for home in homes)}"
    expected = "one of " + ", ".join(known) if suggestion is None and len(known) <= _MANY else None
    return Problem(place, join_path(parts), "unknown key", None, expected, suggestion)


def _one_entry(parts: tuple[str | int, ...], raw: RawCase) -> Problem:
    return _problem(parts, raw, "a list belongs here", {}, None, _HYPHENS)


def _not_of_the_list(parts: tuple[str | int, ...], raw: RawCase, value: Any, expected: str) -> Problem:
    """A value that is none of a closed list; ``expected`` is written ``'a', 'b' or 'c'``."""
    words = re.findall(r"'((?:[^'\\]|\\.)*)'", expected)
    if isinstance(value, (Mapping, list, tuple)):
        return _not_single(parts, raw, value, _one_of(words))
    suggestion: str | None = None
    if isinstance(value, str):
        said = value.strip().lower()
        spelt = said.replace(" ", "_").replace("-", "_")
        meant = next(
            (word for word in (said, spelt, _OTHER_WORDS.get(said), _OTHER_WORDS.get(spelt)) if word in words), None
        )
        suggestion = f"did you mean '{meant}'?" if meant else did_you_mean(said, words, _SURE)
    if parts == ("schema",):
        return _problem(parts, raw, "this version of the case format is not known", value, words[0])
    return _problem(parts, raw, "this is not one of the words known here", value, _one_of(words), suggestion)


def _one_of(words: Sequence[str]) -> str | None:
    return listed_words(words) if words else None


def _not_text(parts: tuple[str | int, ...], raw: RawCase, value: Any) -> Problem:
    if isinstance(value, (Mapping, list, tuple)):
        return _not_single(parts, raw, value)
    if parts[-1] in ("strength", "dose") and not isinstance(value, bool):
        return _problem(parts, raw, "the unit is missing", value, "an amount with its unit, such as 6 mg")
    return _problem(parts, raw, "this must be text", value, None, "put it in quotes if it is meant")


def _empty_text(parts: tuple[str | int, ...], raw: RawCase, value: Any) -> Problem:
    del value
    return _problem(parts, raw, "the text is empty", None, None, "leave the key out if it is not documented")


def _wrong_pattern(parts: tuple[str | int, ...], raw: RawCase, value: Any) -> Problem:
    which = "case" if parts == ("id",) else "request"
    plain = re.sub(r"[^a-z0-9]+", "-", str(value).lower()).strip("-")
    suggestion = f"write {plain}" if plain else None
    return _problem(parts, raw, "an id cannot be written so", value, _EXPECTED_ID[which], suggestion)


def _not_true_or_false(parts: tuple[str | int, ...], raw: RawCase, value: Any) -> Problem:
    said = shown(value).strip("' ").lower()
    meant = "true" if said in ("yes", "y", "true", "1") else "false" if said in ("no", "n", "false", "0") else None
    suggestion = f"write {meant}, without quotes" if meant else None
    return _problem(parts, raw, "this is neither true nor false", value, "true or false", suggestion)


def _not_a_mapping(parts: tuple[str | int, ...], raw: RawCase, value: Any) -> Problem:
    if parts and (is_list(parts)):
        return _not_a_list(parts, raw, value)
    if value is None:
        return _problem(parts, raw, "the entry is empty", None, None, "delete the hyphen, or fill the entry in")
    keys = keys_at(parts)
    expected = f"some of {', '.join(keys)}" if 0 < len(keys) <= _MANY else None
    suggestion = None
    if isinstance(value, str) and re.match(r"[a-z_]+:\S", value):
        suggestion = "put a space after the colon"
    return _problem(parts, raw, "keys with values belong here", value, expected, suggestion)


def _not_a_list(parts: tuple[str | int, ...], raw: RawCase, value: Any) -> Problem:
    return _problem(parts, raw, "a list belongs here", value, None, _how_to_list(parts, value))


def _how_to_list(parts: tuple[str | int, ...], value: Any) -> str | None:
    if isinstance(value, Mapping):
        return _HYPHENS
    if not isinstance(value, str):
        return None
    if value.strip().lower() in _NOTHING:
        return "write [] if the record says that there are none"
    if keys_at((*parts, 0)):
        return "put each entry behind a hyphen, with its keys"
    return f"write [{clipped(value.strip())}]"


def _empty_list(parts: tuple[str | int, ...], raw: RawCase, value: Any) -> Problem:
    del value
    return _problem(parts, raw, "the list is empty", None, _EXPECTED_WHERE_MISSING.get(str(parts[-1])))


_OF_A_KIND = {
    "string_type": _not_text,
    "string_too_short": _empty_text,
    "string_pattern_mismatch": _wrong_pattern,
    "bool_type": _not_true_or_false,
    "model_type": _not_a_mapping,
    "model_attributes_type": _not_a_mapping,
    "mapping_type": _not_a_mapping,
    "dict_type": _not_a_mapping,
    "tuple_type": _not_a_list,
    "list_type": _not_a_list,
    "too_short": _empty_list,
}
