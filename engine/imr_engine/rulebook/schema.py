"""The JSON Schema of the files of a rulebook, for editors that complete and check while one types.

It describes form, and the names that a rulebook declares; ids, units of limits, dates and excuses are checked at load.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from imr_engine.rulebook.conditions import COMPARISONS, GROUPS, is_same_unit
from imr_engine.rulebook.criteria import PAGES_ARE_SURE, SENTENCES
from imr_engine.rulebook.loader import load_rulebook
from imr_engine.rulebook.model import FactDeclaration, FactType, Rulebook
from imr_engine.rulebook.raw import ID, NAME, Confidence

__all__ = ["rules_schema"]

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_AMOUNT = r"^\s*[0-9.][0-9.,/]*\s*-?\s*[^0-9\s.,+$-]"
"""A number with a unit; which units measure the same thing is left to loading."""

_COMPARED = {
    "at_most": "The amount is at or under the limit.",
    "less_than": "The amount is under the limit.",
    "at_least": "The amount is at or over the limit.",
    "more_than": "The amount is over the limit.",
}
_EFFECTS = {
    "require": "Necessary: if it is not met or not documented, the denial stands.",
    "support": "A ground for the treatment: one of those that apply has to be met.",
    "defeat": "A finding against the treatment: if it is met, the denial stands.",
    "excuse": "When it is met, the requires and defeats named under `of` are set aside.",
    "note": "Is said, and decides nothing.",
}
_SAID = {
    "met": "What the record shows where the condition is met.",
    "not_met": "What the record shows where the condition is not met.",
    "not_documented": "What is missing where the record does not settle the condition.",
    "not_computable": "What could not be worked out, where that is why the condition is not settled.",
}
_SURE = {
    "seen": "read in a determination",
    "quoted": "a reviewer's quotation of the guideline",
    "general_knowledge": "generally known, not read anew",
    "doubtful": "to be verified",
}


def rules_schema(rulebook: Rulebook | None = None) -> Schema:
    """The JSON Schema (draft 2020-12) of every file of a rulebook, told apart by the file's ``schema`` key.

    Conditions complete with the names of facts, the values of choices, and the parameters that have the unit of a fact.

    Args:
        rulebook: whose facts, parameters and kinds of service are known; the one that ships with this package if it is
            left out.

    Raises:
        RulebookError: the shipped rulebook does not load.
    """
    known = load_rulebook() if rulebook is None else rulebook
    files = {
        "imr-criteria/1": "CriteriaFile",
        "imr-editions/1": "EditionsFile",
        "imr-facts/1": "FactsFile",
        "imr-guideline/1": "GuidelineFile",
        "imr-kinds/1": "KindsFile",
        "imr-parameters/1": "ParametersFile",
        "imr-scales/1": "ScalesFile",
    }
    return {
        "$schema": _DIALECT,
        "title": "A file of an imr-engine rulebook",
        "type": "object",
        "properties": {"schema": {"description": "What the file holds.", "enum": list(files)}},
        "required": ["schema"],
        "allOf": [
            {
                "if": {"properties": {"schema": {"const": constant}}, "required": ["schema"]},
                "then": {"$ref": f"#/$defs/{name}"},
            }
            for constant, name in files.items()
        ],
        "$defs": {**_conditions(known), **_criteria(known), **_declarations(), **_guidelines()},
    }


# pieces


def _object(description: str, properties: Mapping[str, Schema], required: Sequence[str] = (), **more: Any) -> Schema:
    """A mapping that is closed to unknown keys."""
    made: Schema = {"description": description, "type": "object", "properties": dict(properties)}
    if required:
        made["required"] = list(required)
    return {**made, "additionalProperties": False, **more}


def _text(description: str) -> Schema:
    return {"description": description, "type": "string", "minLength": 1}


def _pattern(description: str, pattern: str) -> Schema:
    return {"description": description, "type": "string", "pattern": f"^{pattern}$"}


def _id(description: str) -> Schema:
    return _pattern(description, ID.pattern)


def _day(description: str) -> Schema:
    return _pattern(description, r"\d{4}-\d{2}-\d{2}")


def _one_or_many(description: str, item: Schema, least: int = 0) -> Schema:
    listed: Schema = {"type": "array", "items": item, "uniqueItems": True}
    if least:
        listed["minItems"] = least
    return {"description": description, "anyOf": [item, listed]}


def _list(description: str, item: Schema) -> Schema:
    return {"description": description, "type": "array", "items": item, "minItems": 1}


def _named(description: str, item: Schema) -> Schema:
    return {
        "description": description,
        "type": "object",
        "propertyNames": {"pattern": f"^{NAME.pattern}$"},
        "additionalProperties": item,
    }


def _enum(description: str, words: Iterable[str]) -> Schema:
    return {"description": description, "enum": list(words)}


def _confidence() -> Schema:
    words = "; ".join(f"{word}: {meaning}" for word, meaning in _SURE.items())
    return _enum(f"How sure that is. {words}.", get_args(Confidence))


def _file(constant: str, description: str, properties: Mapping[str, Schema], required: Sequence[str]) -> Schema:
    return _object(description, {"schema": {"const": constant}, **properties}, ["schema", *required])


# conditions


def _conditions(rulebook: Rulebook) -> dict[str, Schema]:
    """The recursive grammar of conditions, with one leaf for each fact."""
    condition: Schema = {"$ref": "#/$defs/Condition"}
    many = {"type": "array", "items": condition, "minItems": 1}
    units = dict.fromkeys(fact.unit for fact in rulebook.facts.values() if _is_amount(fact))
    return {
        "Condition": _object(
            "One fact, or one of all, any, at_least, not and documented.",
            {
                "all": {"description": "Every part holds.", **many},
                "any": {"description": "At least one part holds.", **many},
                "at_least": _object(
                    "At least n of the parts hold.",
                    {
                        "n": _limit("How many must hold.", rulebook, None, least=1),
                        "of": {"description": "The parts that are counted.", **many},
                    },
                    ["n", "of"],
                ),
                "not": {
                    "description": "The part does not hold; what is not documented stays so.",
                    "$ref": "#/$defs/Condition",
                },
                "documented": _enum("The fact is on record, whatever its value.", rulebook.facts),
                **{name: _leaf(fact) for name, fact in rulebook.facts.items()},
            },
            minProperties=1,
            maxProperties=1,
        ),
        **{
            _comparison_name(unit): _object(
                f"How the amount in {unit} is compared." if unit else "How the count is compared.",
                {key: _limit(_COMPARED[key], rulebook, unit) for key in COMPARISONS},
                minProperties=1,
                maxProperties=1,
            )
            for unit in units
        },
    }


def _is_amount(fact: FactDeclaration) -> bool:
    return fact.type in (FactType.QUANTITY, FactType.COUNT)


def _comparison_name(unit: str | None) -> str:
    # A slash would have to be escaped in a reference.
    return f"Amount in {unit}".replace("/", " per ").replace(" ", "_") if unit else "Count"


def _leaf(fact: FactDeclaration) -> Schema:
    said = {"description": f"{fact.label}. {fact.meaning}"}
    if _is_amount(fact):
        return {**said, "$ref": f"#/$defs/{_comparison_name(fact.unit)}"}
    if fact.type is FactType.BOOLEAN:
        return {**said, "type": "boolean"}
    values: Schema = {"enum": list(fact.values)}
    listed: Schema = {"type": "array", "items": values, "minItems": 1, "uniqueItems": True}
    return {**_object("", {"is": values, "in": listed}, minProperties=1, maxProperties=1), **said}


def _limit(description: str, rulebook: Rulebook, unit: str | None, least: int = 0) -> Schema:
    """A limit as it may be written: a parameter of the unit, an amount with a unit, or a whole number."""
    names = [f"${name}" for name, known in rulebook.parameters.items() if is_same_unit(known.unit, unit)]
    alone: Schema = {"type": "integer", "minimum": least}
    if unit is not None:
        alone = {"type": "string", "pattern": _AMOUNT, "examples": [f"1 {unit}"]}
    return {"description": description, "anyOf": [*([{"enum": names}] if names else []), alone]}


# criteria


def _criteria(rulebook: Rulebook) -> dict[str, Schema]:
    from imr_engine.case.model import Region

    sentence = _pattern("", r"(?:[^{}$]|\{[a-z][a-z0-9_]*\})+")
    sentence["description"] = "A sentence. Names in braces are facts or parameters of the condition."
    said = _object(
        "A sentence that is said only under a condition of its own.",
        {"when": {"$ref": "#/$defs/Condition"}, "say": {"$ref": "#/$defs/Sentence"}},
        ["say"],
    )
    rule = {
        "description": "What the guideline asks, to stand after its name; $name stands for a phrase of this file.",
        "anyOf": [{"$ref": "#/$defs/Sentence"}, {"type": "string", "pattern": rf"^\${NAME.pattern}$"}],
    }
    ask = _one_or_many("What a provider would have to document, said as it stands.", _pattern("", "[^{}]+"))
    words = {
        label: {
            "description": _SAID[label],
            "anyOf": [{"$ref": "#/$defs/Sentence"}, {"type": "array", "items": {"$ref": "#/$defs/Said"}}],
        }
        for label in SENTENCES
    }
    phases = ["start", "continue", "increase", "taper", "unstated"]
    scope = _object(
        "Whom the criterion applies to; an empty one applies to every request. Every part that is named must fit.",
        {
            "kind": _one_or_many("The kind of service.", _enum("", [kind.id for kind in rulebook.kinds])),
            "class": _one_or_many("The class of the drug.", _text("A class of the drug tables.")),
            "ingredient": _one_or_many("The ingredient of the drug.", _text("An ingredient of the drug tables.")),
            "region": _one_or_many("The part of the body.", _enum("", get_args(Region))),
            "phase": _one_or_many("Where in its course the drug is requested.", _enum("", phases)),
        },
        dependentSchemas={"kind": {"properties": {"class": False, "ingredient": False, "phase": False}}},
    )
    citation = _object(
        "Where the guideline says so.",
        {
            "section": _text("The section, as the guideline calls it."),
            "pages": _pattern("The pages, only where they were seen: '78' or 63-66.", ".+"),
            "source": _text("Where that was read."),
            "confidence": _confidence(),
        },
        ["section", "source", "confidence"],
        **{
            "if": {"properties": {"confidence": {"enum": list(PAGES_ARE_SURE)}}},
            "else": {"properties": {"pages": False}},
        },
    )
    effects = "; ".join(f"{effect}: {meaning}" for effect, meaning in _EFFECTS.items())
    criterion = _object(
        "One rule: whom it applies to, its condition, its one effect, its citation and its words.",
        {
            "id": _id("Its name, which no other criterion has."),
            "title": _text("What it is about, in a few words."),
            "applies_to": {"$ref": "#/$defs/Scope"},
            "effect": _enum(effects, _EFFECTS),
            "of": _one_or_many("The requires and defeats that this excuse sets aside.", _id("A criterion."), least=1),
            "when": {"$ref": "#/$defs/Condition"},
            "cite": {"$ref": "#/$defs/Citation"},
            "says": _object("What a rationale says.", {"rule": rule, **words, "ask": ask}),
            "said_only_if": _enum("The outcome for which a note is kept.", ["upheld", "overturned"]),
            "needs_dose_at_least": {
                "description": "Whether a higher dose may help, against the law that it never does.",
                "type": "boolean",
            },
            "both_ways": _named("Facts that can both help and hurt a request, and why.", _text("Why.")),
        },
        ["id", "title", "applies_to", "effect", "when", "cite"],
        allOf=[
            {
                "if": {"properties": {"effect": {"const": "excuse"}}, "required": ["effect"]},
                "then": {"required": ["of"]},
                "else": {"properties": {"of": False}},
            },
            {
                "if": {"not": {"properties": {"effect": {"const": "note"}}, "required": ["effect"]}},
                "then": {"properties": {"said_only_if": False}},
            },
        ],
    )
    return {
        "CriteriaFile": _file(
            "imr-criteria/1",
            "The criteria of one topic of a guideline.",
            {
                "phrases": _named("Rules that several criteria share, by name.", {"$ref": "#/$defs/Sentence"}),
                "criteria": _list("The criteria.", {"$ref": "#/$defs/Criterion"}),
            },
            ["criteria"],
        ),
        "Criterion": criterion,
        "Scope": scope,
        "Citation": citation,
        "Said": said,
        "Sentence": sentence,
    }


# the other files


def _declarations() -> dict[str, Schema]:
    fact = _object(
        "A fact that criteria may ask about, as it is seen from one request.",
        {
            "type": _enum("What kind of value it has.", [kind.value for kind in FactType]),
            "unit": _text("The unit of a quantity."),
            "values": _one_or_many("The values of a choice.", _text("A value."), least=1),
            "label": _text("What it is called inside a sentence."),
            "meaning": _text("What exactly it is."),
            "document": _text("How a provider puts it on record."),
            "judgement": {"description": "Whether it is judged and not computed from observations.", "type": "boolean"},
        },
        ["type", "label", "meaning"],
        allOf=[
            _goes_with("quantity", "unit"),
            _goes_with("choice", "values"),
        ],
    )
    value = _object(
        "The value from a day on.",
        {
            "from": _day("The first day of this value."),
            "value": {"description": "A whole number, or an amount with its unit.", "type": ["integer", "string"]},
            "source": _text("Where it was read."),
            "confidence": _confidence(),
        },
        ["from", "value", "source", "confidence"],
    )
    facts = _named("Facts.", fact)
    facts["propertyNames"]["not"] = {"enum": list(GROUPS)}
    amount = {"type": "string", "pattern": _AMOUNT}
    parameter = _object(
        "A threshold with its values by date.",
        {
            "unit": _text("The unit; a count has none."),
            "meaning": _text("What exactly it limits."),
            "values": _list("The values from the oldest day to the newest.", value),
        },
        ["meaning", "values"],
        **{
            "if": {"required": ["unit"]},
            "then": {"properties": {"values": {"items": {"properties": {"value": amount}}}}},
            "else": {"properties": {"values": {"items": {"properties": {"value": {"type": "integer"}}}}}},
        },
    )
    kind = _object(
        "A kind of service.",
        {
            "label": _text("What it is called inside a sentence."),
            "wordings": _one_or_many(
                "The words by which a request for it is recognised.", _text("A wording."), least=1
            ),
        },
        ["label", "wordings"],
    )
    scale = _object(
        "A validated scale of function.",
        {
            "label": _text("Its full name."),
            "better": _enum("Which way it improves.", ["lower", "higher"]),
            "names": _one_or_many("The names it goes by.", _text("A name.")),
        },
        ["label", "better"],
    )
    return {
        "FactsFile": _file("imr-facts/1", "The facts of a rulebook.", {"facts": facts}, ["facts"]),
        "ParametersFile": _file(
            "imr-parameters/1", "The thresholds.", {"parameters": _named("Parameters.", parameter)}, ["parameters"]
        ),
        "KindsFile": _file("imr-kinds/1", "The kinds of service.", {"kinds": _named("Kinds.", kind)}, ["kinds"]),
        "ScalesFile": _file("imr-scales/1", "The scales.", {"scales": _named("Scales.", scale)}, ["scales"]),
    }


def _goes_with(kind: str, key: str) -> Schema:
    """A key that facts of one type have, and no others."""
    return {
        "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
        "then": {"required": [key]},
        "else": {"properties": {key: False}},
    }


def _guidelines() -> dict[str, Schema]:
    one = _id("The folder of a guideline.")
    names = _one_or_many("Guidelines, the one that speaks first before the others.", one, least=1)
    edition = _object(
        "The guidelines that govern requests made in a period.",
        {
            "id": _id("Its name."),
            "title": _text("Its title."),
            "from": _day("The first day."),
            "before": _day("The day after the last one; left out while it is in force."),
            "order": {
                "description": "The order of guidelines by kind of service or class of drug; default is for the rest.",
                "type": "object",
                "additionalProperties": names,
                "properties": {"default": names},
                "required": ["default"],
            },
            "conversion_table": _text("The conversion table that its dose limits mean."),
            "source": _text("Where the dates were read."),
        },
        ["id", "title", "from", "order", "conversion_table", "source"],
    )
    return {
        "GuidelineFile": _file(
            "imr-guideline/1",
            "What a guideline is called.",
            {
                "title": _text("Its full title."),
                "short": _text("What a citation calls it."),
                "lead": _text("How a sentence on what it asks begins, such as Under the MTUS of 2009."),
                "common": {
                    "description": "Whether it joins whichever guideline speaks, and never speaks by itself.",
                    "type": "boolean",
                },
            },
            ["title", "short", "lead"],
        ),
        "EditionsFile": _file(
            "imr-editions/1", "The editions.", {"editions": _list("The editions.", edition)}, ["editions"]
        ),
    }
