"""Checks whether a case that has the right shape makes sense: dates in order, references that lead somewhere, doses.

Each rule here is one small function; ``check_case`` runs them all, on a case from a file as on one made in code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from imr_engine.case.model import Case, Request
from imr_engine.case.readers import write_score
from imr_engine.case.reference import REFERENCE_DATES, reference_date
from imr_engine.data.suggest import did_you_mean
from imr_engine.dosing import CaseDoses, doses_of
from imr_engine.errors import Place, Problem
from imr_engine.units.interval import Interval

__all__ = ["Checked", "check_case", "check_sure_parts"]

LONGEST_COURSE_YEARS = 75
"""A date further from the injury than this is a slip of the pen: no worker's claim lasts so long."""

LONGEST_PROCEEDINGS_DAYS = 3_650
"""Request, decision and record further apart than ten years are worth a second look."""

DRUG_ONLY = ("strength", "dose", "directions", "quantity", "days_supply", "refills", "form", "route", "indication")
SERVICE_ONLY = ("specialty", "visits", "acquisition", "duration_days", "service_date")


# A problem's ``expected`` may stand in a log, so it never quotes the case; the suggestion does that.


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a case, and what its author should look at again. Places are empty, paths are the case's."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check_case(case: Case, doses: CaseDoses | None = None) -> Checked:
    """Check a case of the right shape for sense.

    A case with problems must not be predicted; warnings are to be shown beside the prediction.

    Args:
        case: The case.
        doses: Its doses by any conversion table, where they are computed already; how lines are read depends on none.
    """
    doses = _doses(case) if doses is None else doses
    return Checked(
        (
            *_date_order(case),
            *_starts(case),
            *_no_reference(case),
            *_kinds(case),
            *_references(case),
            *_dose_problems(doses),
        ),
        (*_late_dates(case), *_pain_order(case), *_authorized(case), *_dose_warnings(doses)),
    )


def check_sure_parts(case: Case, unsure: frozenset[str], original: Callable[[str], str]) -> list[Problem]:
    """The problems of a case that was partly left out, without those that may only follow from what is missing.

    Args:
        case: What is left of it.
        unsure: The paths that were left out or filled in, in the counting of the case as given.
        original: Gives a path of what is left in the counting of the case as given.
    """

    def found(problems: Iterable[Problem]) -> list[Problem]:
        return [replace(problem, path=original(problem.path)) for problem in problems]

    all_ids_known = not any(_is_id(path) for path in unsure)
    problems = found(_references(case, all_ids_known=all_ids_known))
    problems += [problem for problem in found(_kinds(case)) if not unsure.intersection(_kind_paths(problem.path))]
    if not unsure.intersection(("dates", "dates.injury")):
        problems += found(_date_order(case))
    if not unsure.intersection(("dates", *(f"dates.{name}" for name in REFERENCE_DATES))):
        problems += found([*_no_reference(case), *_starts(case)])
    unsure_entries = {_entry(path) for path in unsure}
    problems += [one for one in found(_dose_problems(_doses(case))) if _entry(one.path) not in unsure_entries]
    return problems


def _is_id(path: str) -> bool:
    return path.startswith("requests[") and path.endswith((".id", "]"))


def _kind_paths(path: str) -> tuple[str, str]:
    """The paths that make a request one for a drug or for a service."""
    return f"{_entry(path)}.drug", f"{_entry(path)}.service"


def _entry(path: str) -> str:
    """The entry of a list that a path leads into: ``requests[0]`` of ``requests[0].strength``."""
    return path.partition("]")[0] + "]"


def _problem(
    path: str, message: str, found: str | None = None, expected: str | None = None, suggestion: str | None = None
) -> Problem:
    return Problem(Place(), path, message, found, expected, suggestion)


# -- dates -------------------------------------------------------------------------------------------------------------


def _case_dates(case: Case) -> Iterator[tuple[str, str, date]]:
    """The dates of the proceedings: path, name and day."""
    for name, said in REFERENCE_DATES.items():
        day: date | None = getattr(case.dates, name)
        if day is not None:
            yield f"dates.{name}", said, day
    for index, request in enumerate(case.requests):
        if request.service_date is not None:
            yield f"requests[{index}].service_date", "the service", request.service_date


def _date_order(case: Case) -> Iterator[Problem]:
    """No proceedings before the injury, and none a lifetime after it."""
    injury = case.dates.injury
    for path, said, day in _case_dates(case):
        if day < injury:
            message, expected = f"{said} is dated before the injury", "a date on or after the injury"
            yield _problem(path, message, day.isoformat(), expected, f"the injury is dated {injury.isoformat()}")
        elif day.year - injury.year > LONGEST_COURSE_YEARS:
            message = f"{said} is dated more than {LONGEST_COURSE_YEARS} years after the injury"
            yield _problem(
                path, message, day.isoformat(), None, f"the injury is dated {injury.isoformat()}; check both"
            )
    if case.treatments is not None:
        for index, treatment in enumerate(case.treatments.items):
            if treatment.start is not None and treatment.end is not None and treatment.end < treatment.start:
                message, expected = "the treatment ends before it starts", "a date on or after its start"
                started = f"it starts {treatment.start.isoformat()}"
                yield _problem(f"treatments[{index}].end", message, treatment.end.isoformat(), expected, started)


def _starts(case: Case) -> Iterator[Problem]:
    """A drug that is taken or continued was not started after the reference date."""
    reference = reference_date(case.dates)
    if reference is None:
        return
    day, name = reference
    started = [(f"requests[{index}].since", request.since) for index, request in enumerate(case.requests)]
    if case.medications is not None:
        entries = enumerate(case.medications.items)
        started += [(f"medications[{index}].since", medication.since) for index, medication in entries]
    for path, since in started:
        if since is not None and since > day:
            said = REFERENCE_DATES[name]
            message, expected = f"it was started after {said}", f"a date on or before {said}"
            yield _problem(path, message, since.isoformat(), expected, f"{said} is dated {day.isoformat()}")


def _no_reference(case: Case) -> Iterator[Problem]:
    if reference_date(case.dates) is None:
        names = "request, service, ur_decision or record"
        message = "no date but that of the injury is given, so that no age or duration can be counted"
        yield _problem("dates", message, None, f"at least one of {names}")


def _late_dates(case: Case) -> Iterator[Problem]:
    """What happens, but is more often a slip: a request after the decision on it, findings dated after the request."""
    dates = case.dates
    if dates.request is not None and dates.ur_decision is not None and dates.request > dates.ur_decision:
        message = "the request is dated after the utilization review decision"
        suggestion = f"the decision is dated {dates.ur_decision.isoformat()}; check both dates"
        yield _problem("dates.request", message, dates.request.isoformat(), None, suggestion)
    days = [(path, said, day) for path, said, day in _case_dates(case) if path.startswith("dates.")]
    for path, said, day in days:
        earliest = min(days, key=lambda entry: entry[2])
        if (day - earliest[2]).days > LONGEST_PROCEEDINGS_DAYS:
            message = f"{said} is dated more than ten years after {earliest[1]}"
            yield _problem(path, message, day.isoformat(), None, "check both dates")
    reference = reference_date(dates)
    if reference is None:
        return
    for path, day in _finding_dates(case):
        if day > reference[0]:
            said = REFERENCE_DATES[reference[1]]
            message = f"it is dated after {said}, {reference[0].isoformat()}"
            yield _problem(path, message, day.isoformat(), None, "check both dates")


def _finding_dates(case: Case) -> Iterator[tuple[str, date]]:
    for name in type(case.documentation).model_fields:
        entries = getattr(getattr(case.documentation, name), "items", ())
        for index, entry in enumerate(entries):
            day: date | None = getattr(entry, "date", None)
            if day is not None:
                yield f"documentation.{name}[{index}].date", day
    for index, consultation in enumerate(case.consultations.items if case.consultations else ()):
        if consultation.date is not None:
            yield f"consultations[{index}].date", consultation.date
    for index, treatment in enumerate(case.treatments.items if case.treatments else ()):
        if treatment.start is not None:
            yield f"treatments[{index}].start", treatment.start


# -- requests ----------------------------------------------------------------------------------------------------------


def _kinds(case: Case) -> Iterator[Problem]:
    """A request is for a drug or for a service, and says only what belongs to it."""
    for index, request in enumerate(case.requests):
        path = f"requests[{index}]"
        if request.drug is not None and request.service is not None:
            suggestion = "make two requests of them"
            yield _problem(path, "a request has both a drug and a service", None, "one of the two", suggestion)
        elif request.drug is None and request.service is None:
            yield _problem(path, "a request has neither a drug nor a service", None, "drug: … or service: …")
        elif request.drug is None:
            yield from _out_of_place(request, path, DRUG_ONLY, "a service has no {}")
        else:
            yield from _out_of_place(request, path, SERVICE_ONLY, "a drug has no {}")


def _out_of_place(request: Request, path: str, names: Iterable[str], message: str) -> Iterator[Problem]:
    for name in names:
        if getattr(request, name) is not None:
            suggestion = "write visits if that is meant" if name == "quantity" else None
            yield _problem(f"{path}.{name}", message.format(name), None, None, suggestion)


def _references(case: Case, *, all_ids_known: bool = True) -> Iterator[Problem]:
    """Ids are unique, and each request that another depends on is there and does not depend on that one in turn."""
    first: dict[str, int] = {}
    for index, request in enumerate(case.requests):
        if request.id in first:
            message = "an earlier request has this id already"
            yield _problem(f"requests[{index}].id", message, repr(request.id), "an id of its own for each request")
        first.setdefault(request.id, index)
    for index, request in enumerate(case.requests):
        for position, other in enumerate(request.depends_on):
            path = f"requests[{index}].depends_on[{position}]"
            if other == request.id:
                yield _problem(path, "a request cannot depend on itself", repr(other))
            elif other not in first and all_ids_known:
                others = [name for name in first if name != request.id]
                suggestion = did_you_mean(other, others) or f"the other requests: {', '.join(others)}"
                expected = "the id of another request"
                yield _problem(path, "there is no such request", repr(other), expected, suggestion if others else None)
    yield from _cycles(case, first)


def _cycles(case: Case, position: dict[str, int]) -> Iterator[Problem]:
    """Each ring of requests that depend on one another, once, told at the first of them."""
    parents = {request.id: [name for name in request.depends_on if name != request.id] for request in case.requests}
    told: set[str] = set()
    for start in parents:
        if start in told:
            continue
        ring = _ring(start, parents)
        if ring and not told.intersection(ring):
            told.update(ring)
            chain = " → ".join([*ring, ring[0]])
            path = f"requests[{position[ring[0]]}].depends_on"
            yield _problem(path, "requests depend on one another in a ring", chain, "requests that do not lead back")


def _ring(start: str, parents: dict[str, list[str]]) -> list[str]:
    """The shortest way from a request over what it depends on back to itself; empty where there is none."""
    reached: dict[str, str] = {}
    ahead = [start]
    while ahead:
        behind, ahead = ahead, []
        for name in behind:
            for parent in parents.get(name, ()):
                if parent == start:
                    ring = [name]
                    while ring[-1] != start:
                        ring.append(reached[ring[-1]])
                    return ring[::-1]
                if parent not in reached and parent in parents:
                    reached[parent] = name
                    ahead.append(parent)
    return []


def _authorized(case: Case) -> Iterator[Problem]:
    """The part that utilization review granted fits its decision and the request."""
    for index, request in enumerate(case.requests):
        if request.ur is None or request.ur.authorized is None:
            continue
        path = f"requests[{index}].ur.authorized"
        granted = request.ur.authorized
        asked = request.quantity if request.visits is None else request.visits.high
        if request.ur.decision == "denied":
            yield _problem(path, "a denied request has no authorized part", str(granted), None, "is it modified?")
        elif asked is not None and granted > asked:
            message = "more was authorized than was requested"
            yield _problem(path, message, str(granted), "at most what was requested", f"{asked} was requested")


# -- doses -------------------------------------------------------------------------------------------------------------

_ANY_TABLE = "mtus-2009"


def _doses(case: Case) -> CaseDoses:
    return doses_of(case, _ANY_TABLE)


def _dose_problems(doses: CaseDoses) -> Iterator[Problem]:
    for problem in doses.problems:
        yield replace(problem, path=_canonical(problem.path))


def _dose_warnings(doses: CaseDoses) -> Iterator[Problem]:
    for warning in doses.warnings:
        yield _problem(_canonical(warning.path), warning.text)


def _canonical(path: str) -> str:
    """The path of a list's entry as everywhere else in a case, however the list was written."""
    return path.replace(".items[", "[")


# -- pain --------------------------------------------------------------------------------------------------------------

# The first of each pair is never above the second in a record that makes sense.
_IN_ORDER = (
    ("with_medication", "without_medication", "the score with medication", "the score without"),
    ("least", "current", "the least pain", "the current pain"),
    ("least", "average", "the least pain", "the average pain"),
    ("current", "worst", "the current pain", "the worst pain"),
    ("average", "worst", "the average pain", "the worst pain"),
    ("least", "worst", "the least pain", "the worst pain"),
)


def _pain_order(case: Case) -> Iterator[Problem]:
    pain = case.documentation.pain
    if pain is None:
        return
    for lower, higher, lower_said, higher_said in _IN_ORDER:
        low: Interval | None = getattr(pain, lower)
        high: Interval | None = getattr(pain, higher)
        if low is None or high is None or low.low is None or high.high is None or low.low <= high.high:
            continue
        message = f"{lower_said} is above {higher_said}, {write_score(high)}"
        yield _problem(f"documentation.pain.{lower}", message, write_score(low), None, "check both scores")
