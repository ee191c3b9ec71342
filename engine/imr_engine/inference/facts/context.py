"""What a fact may be worked out from: the case, one request of it, its doses, and the outcomes of other requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from imr_engine.case.model import Case, Listed, Region, Request
from imr_engine.case.origins import origin_of
from imr_engine.dosing import CaseDoses, Drug, RequestDose
from imr_engine.inference.values import FactState, FactValue, RequestScope
from imr_engine.prediction import Outcome
from imr_engine.rulebook.model import Rulebook
from imr_engine.units.interval import Interval
from imr_engine.units.wording import amount_in_words

Entry = TypeVar("Entry")

__all__ = ["CaseContext", "RequestContext", "Sources", "days_between"]


def days_between(start: date, end: date) -> int:
    """Whole days from one date to another."""
    return (end - start).days


@dataclass(frozen=True)
class CaseContext:
    """What all requests of a case share."""

    case: Case
    rulebook: Rulebook
    doses: CaseDoses
    reference: date

    def origin(self, path: str) -> str | None:
        """Where a path was recorded: by its own mark, else by that of the nearest part around it."""
        return origin_of(self.case.origins, path)


@dataclass(frozen=True)
class RequestContext:
    """One request in its case. ``outcomes`` holds the requests that this one may follow from, as far as decided."""

    shared: CaseContext
    request: Request
    index: int
    scope: RequestScope
    outcomes: Mapping[str, Outcome]

    @property
    def case(self) -> Case:
        """The whole case."""
        return self.shared.case

    @property
    def reference(self) -> date:
        """The date to which ages and durations are counted."""
        return self.shared.reference

    @property
    def doses(self) -> CaseDoses:
        """The doses of the whole case."""
        return self.shared.doses

    @property
    def path(self) -> str:
        """Where the request stands in the case."""
        return f"requests[{self.index}]"

    @property
    def dose(self) -> RequestDose | None:
        """The dose of the request, if it is for a drug."""
        return self.doses.requests.get(self.request.id)

    def concerns(self, region: Region | None) -> bool:
        """Whether something recorded for a region (None: for none in particular) is about this request."""
        return region is None or not self.scope.regions or region in self.scope.regions

    def fact(self, name: str, value: bool | str | Interval, text: str, paths: Iterable[str]) -> FactValue:  # noqa: FBT001 - a fact's value
        """A known fact, with the origins of the paths it was read from."""
        read = tuple(dict.fromkeys(paths))
        origins = tuple(dict.fromkeys(origin for path in read if (origin := self.shared.origin(path))))
        return FactValue(name, FactState.KNOWN, value, text, read, origins)

    def yes(self, name: str, text: str, paths: Iterable[str]) -> FactValue:
        """A yes-or-no fact that is true."""
        return self.fact(name, True, text, paths)  # noqa: FBT003 - the value of the fact

    def no(self, name: str, text: str, paths: Iterable[str]) -> FactValue:
        """A yes-or-no fact that is false."""
        return self.fact(name, False, text, paths)  # noqa: FBT003 - the value of the fact

    def amount(self, name: str, value: Interval, unit: str | None, paths: Iterable[str], text: str = "") -> FactValue:
        """A known amount, in words unless the words are given."""
        return self.fact(name, value, text or amount_in_words(value, unit), paths)

    def failed(self, name: str, reason: str, paths: Iterable[str] = ()) -> FactValue:
        """A fact that we could not compute, and why."""
        return FactValue(name, FactState.NOT_COMPUTABLE, None, reason, tuple(paths))

    def current_drugs(self) -> Iterator[tuple[str, Drug]]:
        """The path and the principal drug of each line taken now; unknown medicines are left out."""
        for index, line in enumerate(self.doses.medications):
            if line.status == "current" and line.drugs:
                yield f"medications[{index}]", line.drugs[0]

    def requested_drugs(self, *phases: str) -> Iterator[tuple[str, Drug]]:
        """The path and the principal drug of each request for a known drug in one of these phases (none: in any)."""
        for index, request in enumerate(self.case.requests):
            dose = self.doses.requests.get(request.id)
            if dose is not None and dose.drugs and (not phases or dose.phase in phases):
                yield f"requests[{index}]", dose.drugs[0]

    def regular_drugs(self) -> Iterator[Drug]:
        """The principal drug of each current line, and of each request that continues one, taken whether needed or not.

        What is taken only as needed may rightly be missing from a drug screen.
        """
        for line in self.doses.medications:
            if line.status == "current" and line.drugs and not line.as_needed:
                yield line.drugs[0]
        charted_as_needed = {drug.id for line in self.doses.medications if line.as_needed for drug in line.drugs[:1]}
        for dose in self.doses.requests.values():
            continues = dose.phase in ("continue", "increase", "taper")
            if continues and dose.drugs and not dose.as_needed and dose.drugs[0].id not in charted_as_needed:
                yield dose.drugs[0]

    def taken_drugs(self) -> Iterator[tuple[str, Drug]]:
        """The path and the principal drug of each line taken now, and of each request that continues one."""
        yield from self.current_drugs()
        yield from self.requested_drugs("continue", "increase", "taper")

    @property
    def medications_complete(self) -> bool:
        """Whether the list of medicines says all that is taken."""
        return self.case.medications is not None and self.case.medications.complete


class Sources(Generic[Entry]):
    """A section of the record: its entries with their paths, and whether it may hold more."""

    def __init__(self, section: Listed[Entry] | None, path: str) -> None:
        self.documented = section is not None
        self.closed = section is not None and section.complete
        self.path = path
        self._entries: tuple[Entry, ...] = section.items if section is not None else ()

    def __iter__(self) -> Iterator[tuple[str, Entry]]:
        for index, entry in enumerate(self._entries):
            yield f"{self.path}[{index}]", entry

    def count(self, found: int) -> Interval:
        """The count of what was found, open upward where the section may hold more."""
        exact = Interval.exact(found)
        return exact if self.closed else Interval(exact.low, None)
