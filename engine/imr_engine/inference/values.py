"""What the readings of a rulebook work on: the facts of a case seen from one request, and what scopes a criterion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from imr_engine.units.interval import Interval

__all__ = ["FactState", "FactValue", "RequestScope", "RequestView", "Statuses"]


class FactState(StrEnum):
    """Whether a fact is known, is missing from the record, or is one that we failed to compute."""

    KNOWN = "known"
    NOT_DOCUMENTED = "not_documented"
    NOT_COMPUTABLE = "not_computable"


@dataclass(frozen=True, slots=True)
class FactValue:
    """One fact of a request: a yes-or-no, a choice, or an amount in the unit its declaration names.

    ``value`` is None unless the fact is known; of an amount that is not computable it holds what bounds it all the same
    (the other opioids of a total), or None. ``text`` says the value in words. ``paths`` are the places of the case it
    was read from, ``origins`` the parts of the record (header, request, summary, rationale) they were recorded in.
    """

    name: str
    state: FactState
    value: bool | str | Interval | None = None
    text: str = ""
    paths: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()

    @classmethod
    def missing(cls, name: str, text: str = "not documented") -> FactValue:
        """The fact, not documented."""
        return cls(name, FactState.NOT_DOCUMENTED, None, text)


@dataclass(frozen=True, slots=True)
class RequestScope:
    """What is always known of a request. ``drug_class``, ``ingredients`` and ``phase`` are for drugs, else empty."""

    kind: str
    drug_class: str = ""
    ingredients: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    phase: str = ""


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as the rules see it: its scope, and every declared fact."""

    request: str
    scope: RequestScope
    facts: Mapping[str, FactValue] = field(default_factory=dict)


Statuses = Mapping[str, str]
"""The status of every criterion that applies to a request, by criterion id."""
