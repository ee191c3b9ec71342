"""The rules as they stand, once for every edition and every set of thresholds that comes into force under it."""

from __future__ import annotations

from collections.abc import Iterator

from imr_engine.inference.standing import rules_for
from imr_engine.rulebook.model import Rulebook, Rules

__all__ = ["standings"]


def standings(rulebook: Rulebook) -> Iterator[Rules]:
    """The rules on the first day of each edition, and on each later day of it on which some threshold changes."""
    changes = {value.start for parameter in rulebook.parameters.values() for value in parameter.values}
    for edition in rulebook.editions:
        yield rules_for(rulebook, edition, edition.start)
        for day in sorted(changes):
            if edition.start < day and (edition.end is None or day < edition.end):
                yield rules_for(rulebook, edition, day)
