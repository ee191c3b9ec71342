"""What a rulebook says of a case that is given as people write it, and whether it is one at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from imr_engine.case.model import Case
from imr_engine.errors import ImrError
from imr_engine.rulebook.model import Rulebook
from imr_engine.verify.judging import Answers, PreparedCase

__all__ = ["Accepts", "answers_of", "anything"]

Accepts = Callable[[Mapping[str, Any]], bool]
"""Whether a mapping is a case that can be predicted: handed in, since what reads cases lives beside this room."""


def anything(_case: Mapping[str, Any]) -> bool:
    """Accept whatever has the form of a case."""
    return True


def answers_of(case: Mapping[str, Any], rulebook: Rulebook) -> Answers | None:
    """What a rulebook says of a case; None where it is no case."""
    try:
        return PreparedCase(Case.model_validate(case), rulebook).answers(rulebook)
    except (ValueError, ImrError):
        # What intake would refuse as well: a value that does not fit, or requests that depend on one another.
        return None
