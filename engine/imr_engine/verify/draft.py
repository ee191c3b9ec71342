"""A case while it is being written: its sections, each open or complete, and the request that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from imr_engine.dosing import Drug, load_tables
from imr_engine.inference.values import FactState, FactValue, RequestScope
from imr_engine.rulebook.model import Rules
from imr_engine.units.interval import Interval

__all__ = ["REQUEST", "CannotWrite", "Draft", "Section", "decimal"]

REQUEST = "request"
"""The id of the request that a written case is about."""

MOST_ENTRIES = 200
"""A list longer than this is no example that anyone would read."""


class CannotWrite(Exception):
    """No case is known to be writable for a fact; the text says why."""


def decimal(value: Fraction) -> str:
    """A number as one writes it, exact.

    Raises:
        CannotWrite: It has no end in decimals, or is too long.
    """
    for places in range(7):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(abs(int(scaled))).rjust(places + 1, "0")
            text = digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}"
            return f"-{text}" if value < 0 else text
    raise CannotWrite(f"{value} cannot be written in decimals")


@dataclass(slots=True)
class Section:
    """A list of the record. ``complete`` is None until some fact asks for it to be complete, or to be open."""

    name: str
    entries: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    complete: bool | None = None

    def close(self, *, complete: bool) -> None:
        """Settle whether the list holds all there is.

        Raises:
            CannotWrite: Another fact needs it otherwise.
        """
        if self.complete is (not complete):
            raise CannotWrite(f"{self.name} would have to be complete for one fact and open for another")
        self.complete = complete

    def add(self, entry: dict[str, Any], times: int = 1) -> None:
        """Add an entry, so many times."""
        if len(self.entries) + times > MOST_ENTRIES:
            raise CannotWrite(f"{self.name} would have more than {MOST_ENTRIES} entries")
        self.entries.extend(dict(entry) for _ in range(times))

    @property
    def written(self) -> Any:
        """The list as a case holds it; None where it stays out."""
        if self.complete:
            return list(self.entries)
        return {"complete": False, "items": list(self.entries)} if self.entries else None


@dataclass(slots=True)
class Draft:
    """A case in the making. ``facts`` are those it has to give rise to, ``day`` is its reference date."""

    rules: Rules
    scope: RequestScope
    day: date
    facts: Mapping[str, FactValue]
    request: dict[str, Any]
    days_since_injury: int = 400
    pain: dict[str, Any] = field(default_factory=dict[str, Any])
    other: dict[str, Any] = field(default_factory=dict[str, Any])
    parents: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    other_requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    sections: dict[str, Section] = field(default_factory=dict[str, Section])

    @property
    def drug(self) -> Drug | None:
        """The principal drug of the request."""
        return load_tables().drugs.get(self.scope.ingredients[0]) if self.scope.ingredients else None

    @property
    def is_opioid(self) -> bool:
        """Whether an opioid is requested."""
        return self.scope.drug_class == "opioid"

    @property
    def continues(self) -> bool:
        """Whether the requested drug is one that the worker takes, by its phase."""
        return self.scope.phase in ("continue", "increase", "taper")

    def section(self, name: str) -> Section:
        """A list of the record, by its path in the case."""
        return self.sections.setdefault(name, Section(name))

    def ago(self, days: Fraction | int) -> str:
        """The date so many days before the reference date.

        Raises:
            CannotWrite: It is no whole number of days, or too many.
        """
        if Fraction(days).denominator != 1 or not 0 <= days <= 25_000:
            raise CannotWrite(f"no date lies {days} days back")
        return (self.day - timedelta(days=int(days))).isoformat()

    def is_known(self, fact: str) -> bool:
        """Whether a fact is among those wanted, and known."""
        return fact in self.facts and self.facts[fact].state is FactState.KNOWN

    def amount(self, fact: str) -> Interval | None:
        """The amount of a fact that is wanted and known."""
        value = self.facts[fact].value if self.is_known(fact) else None
        return value if isinstance(value, Interval) else None

    def as_mapping(self, case_id: str) -> dict[str, Any]:
        """The case, as YAML would hold it."""
        injury = self.ago(self.days_since_injury)
        if self.scope.phase == "unstated" and self.sections.get("medications", Section("")).complete:
            # A complete list of known medicines would make a request that is not on it a first prescription.
            self.section("medications").add({"drug": "a medicine of unknown name", "status": "stopped"})
        request = {"id": REQUEST, **self.request}
        if self.scope.regions:
            request["regions"] = list(self.scope.regions)
        if self.scope.phase not in ("", "unstated"):
            request["phase"] = self.scope.phase
        if self.parents:
            request["depends_on"] = [parent["id"] for parent in self.parents]
        case: dict[str, Any] = {
            "schema": "imr-case/1",
            "id": case_id,
            "dates": {"injury": injury, "request": self.day.isoformat()},
            **self.other,
            "requests": [request, *self.parents, *self.other_requests],
        }
        documentation: dict[str, Any] = {"pain": self.pain} if self.pain else {}
        for name, section in self.sections.items():
            if section.written is not None:
                outer, _, inner = name.rpartition(".")
                (documentation if outer else case)[inner] = section.written
        return {**case, "documentation": documentation} if documentation else case
