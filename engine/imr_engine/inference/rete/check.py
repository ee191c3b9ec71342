"""Checks at load that every edition of a rulebook can be compiled for the rules engine, on every date it governs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from imr_engine.errors import Problem
from imr_engine.inference.rete.compiler import problems_of
from imr_engine.inference.standing import rules_for
from imr_engine.rulebook.model import Edition, Rulebook

__all__ = ["check_compilable"]


def check_compilable(rulebook: Rulebook) -> list[Problem]:
    """What the rules engine could not run, for any edition and any day on which a threshold changes; best empty.

    These are all the reasons for which ``compile_rules`` refuses rules; whatever else is too long or too many for the
    engine, the compiler splits. It needs no durable_rules, so a rulebook is refused alike wherever it is loaded.
    """
    problems: dict[Problem, None] = {}
    for edition in rulebook.editions:
        for day in _days_of_change(rulebook, edition):
            problems.update(dict.fromkeys(problems_of(rules_for(rulebook, edition, day))))
    return list(problems)


def _days_of_change(rulebook: Rulebook, edition: Edition) -> Iterator[date]:
    changes = {value.start for parameter in rulebook.parameters.values() for value in parameter.values}
    yield edition.start
    yield from sorted(day for day in changes if edition.start < day and (edition.end is None or day < edition.end))
