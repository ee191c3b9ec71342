"""The rules as they stand for an edition on a day: its criteria, with the thresholds of that day in the conditions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache

from imr_engine.rulebook.model import Edition, ParameterValue, Rulebook, Rules, Said, Words
from imr_engine.rulebook.tree import parameters_of, resolved

__all__ = ["rules_for"]


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the rules depend on: the rulebook, the edition, and from when each threshold's value holds."""

    digest: str
    edition: str
    since: tuple[date, ...]
    rulebook: Rulebook = field(compare=False)
    governing: Edition = field(compare=False)
    in_force: Mapping[str, ParameterValue] = field(compare=False)


def rules_for(rulebook: Rulebook, edition: Edition, day: date) -> Rules:
    """The rulebook as it stands for an edition on a day.

    A day before a parameter's first value, which only a chosen ``as_of`` can reach, takes the first value.
    """
    in_force = {name: parameter.at(day) or parameter.values[0] for name, parameter in rulebook.parameters.items()}
    since = tuple(value.start for value in in_force.values())
    return _resolved(_Standing(rulebook.digest, edition.id, since, rulebook, edition, in_force))


@lru_cache(maxsize=16)
def _resolved(standing: _Standing) -> Rules:
    rulebook, edition, in_force = standing.rulebook, standing.governing, standing.in_force
    speaking = {name for order in edition.order.values() for name in order}
    common = frozenset(name for name, guideline in rulebook.guidelines.items() if guideline.common)
    values = {name: (value.value, value.text) for name, value in in_force.items()}
    criteria = tuple(
        replace(criterion, when=resolved(criterion.when, values), words=_words(criterion.words, values))
        for criterion in rulebook.criteria
        if criterion.guideline in speaking or criterion.guideline in common
    )
    used = {name for criterion in criteria for name in parameters_of(criterion.when)}
    # What is compiled depends on the criteria and their thresholds, and on nothing else.
    key = hashlib.sha256(repr((rulebook.digest, edition.id, sorted(values.items()))).encode()).hexdigest()
    return Rules(key, edition, rulebook.facts, criteria, common, {name: in_force[name] for name in sorted(used)})


def _words(words: Words, values: dict[str, tuple[Fraction, str]]) -> Words:
    def said(sentences: tuple[Said, ...]) -> tuple[Said, ...]:
        return tuple(
            sentence if sentence.when is None else Said(sentence.text, resolved(sentence.when, values))
            for sentence in sentences
        )

    return replace(
        words,
        met=said(words.met),
        not_met=said(words.not_met),
        not_documented=said(words.not_documented),
        not_computable=said(words.not_computable),
    )
