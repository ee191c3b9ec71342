"""Strategies for whole valid cases and their parts, as the mappings that people write: thorough and sparse records.

They are written by hand, so that what matters comes up often: the edges of every threshold, directions that can and
cannot be read, lists that are missing, empty or incomplete, and requests that follow from one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from imr_engine.testing.records import (
    PROFILES,
    REGIONS,
    Draw,
    Record,
    consultation_of,
    documentation_of,
    treatments_of,
)

__all__ = ["LADDERS", "UNREADABLE", "cases", "documentation", "medications", "raised", "requests", "treatments"]

OPIOIDS = (
    ("MS Contin", "60 mg"), ("MS Contin", "30 mg"), ("MS Contin", "15 mg"), ("OxyContin", "40 mg"),
    ("OxyContin", "20 mg"), ("Dilaudid", "4 mg"), ("Dilaudid", "8 mg"), ("Norco", "10/325 mg"), ("Norco", "5/325 mg"),
    ("Percocet", "10/325 mg"), ("methadone", "10 mg"), ("Duragesic", "25 mcg/hr"),
    ("Subutex", "8 mg"), ("Subutex", "8 mg"),
)  # fmt: skip
RELAXANTS = (
    ("Flexeril", "10 mg"), ("cyclobenzaprine", "5 mg"), ("methocarbamol", "500 mg"), ("Soma", "350 mg"),
    ("baclofen", "10 mg"), ("Zanaflex", "4 mg"),
)  # fmt: skip
BENZODIAZEPINES = (("Klonopin", "1 mg"), ("Xanax", "0.5 mg"), ("Valium", "5 mg"))
HYPNOTICS = (("Ambien", "10 mg"), ("Lunesta", "2 mg"))
OTHERS = (("naproxen", "500 mg"), ("gabapentin", "300 mg"), ("omeprazole", "20 mg"), ("metformin", "500 mg"))
UNKNOWN = (("zigzagol", "5 mg"), ("quuxamine", "20 mg"))

TABLETS = (
    ("one tablet daily", "one tablet every 12 hours", "one tablet every 8 hours", "one tablet every 6 hours",
     "two tablets every 6 hours", "three tablets every 6 hours", "three tablets every 4 hours"),
    ("one tablet daily as needed", "1 by mouth every 8 hours as needed for pain", "1-2 tablets every 6 hours as needed",
     "2 tablets every 4 hours prn"),
    ("qhs", "BID", "TID", "QID"),
    ("every 12 hours", "every 8 hrs", "every 6 hours", "every 4 hours"),
)  # fmt: skip
PATCHES = (("one patch every 72 hours", "two patches every 72 hours", "three patches every 72 hours"),)
LADDERS = (*TABLETS, *PATCHES)
"""Readable directions, each ladder from little to much: a later step is more pieces at a time or a shorter interval."""

UNREADABLE = ("as per the usual zigzag schema", "per quux protocol")
QUANTITIES = (7, 10, 14, 20, 21, 22, 28, 29, 30, 60, 63, 66, 84, 87, 90, 120)
OFFICE_VISITS = ("follow-up visit", "office visit", "re-evaluation")
SPECIALIST_VISITS = (
    "orthopedic surgeon consultation",
    "follow-up visit with an orthopedic specialist",
    "neurosurgical consultation",
)
OTHER_SERVICES = ("aquatic quibbling", "H-wave unit", "lumbar MRI")
INDICATIONS = ("pain", "anxiety", "insomnia", "muscle_spasm", "spasticity", "depression", "opioid_dependence")
FITTING = {
    "relaxant": ("muscle_spasm", "spasticity"),
    "benzodiazepine": ("anxiety", "muscle_spasm"),
    "opioid": ("pain", "opioid_dependence"),
}


def raised(directions: str) -> tuple[str, ...]:
    """The directions of the same ladder that mean more in a day."""
    for ladder in LADDERS:
        if directions in ladder:
            return ladder[ladder.index(directions) + 1 :]
    return ()


@st.composite
def cases(draw: Draw, *, complete: bool = False) -> dict[str, Any]:
    """A whole valid case of one to five requests.

    ``complete`` asks for records in which little is missing, so that doses and courses decide more often.
    """
    reference = _reference(draw)
    care, favour = draw(st.sampled_from(PROFILES[:3] if complete else PROFILES))
    record = Record(draw, reference, care, favour)
    injury = reference - timedelta(days=record.pick((0, 10, 28, 29, 90, 200, 1000, 4000)))
    case: dict[str, Any] = {
        "schema": "imr-case/1",
        "id": "generated",
        "dates": {"injury": injury.isoformat(), **_dates(record, injury)},
        "regions": draw(st.lists(st.sampled_from(REGIONS), unique=True, max_size=2)),
        "requests": _requests(record, complete=complete),
    }
    if record.documented():
        case["worker"] = {
            "work_status": "full_duty" if record.chance(2) else record.pick(("modified_duty", "off_work", "retired"))
        }
    if record.chance(2):
        case["cancer_or_palliative"] = record.good()
    if record.chance(9):
        case["medications"] = _medications(record, case["requests"])
    if record.chance(9):
        case["documentation"] = documentation_of(record)
    if record.documented():
        case["treatments"] = treatments_of(record)
    if record.documented():
        case["prescriber"] = {"specialty": "pain management" if record.good() else "family medicine"}
    if record.documented():
        case["consultations"] = record.several(2, lambda: consultation_of(record))
    return case


def _reference(draw: Draw) -> date:
    """A day in the edition, at its ends, or outside all editions."""
    ordinary = st.dates(date(2010, 1, 1), date(2016, 1, 1))
    at_the_ends = st.sampled_from((date(2009, 7, 18), date(2016, 7, 28)))
    outside = st.sampled_from((date(2009, 7, 17), date(2016, 7, 29), date(2019, 5, 5)))
    which = draw(st.integers(0, 29))
    return draw(outside if which == 29 else at_the_ends if which >= 27 else ordinary)


def _dates(record: Record, injury: date) -> dict[str, str]:
    """The dates of the proceedings, the reference date the first of them."""
    names = ("request", "service", "ur_decision", "record")
    first = record.draw(st.integers(0, 3))
    dates = {names[first]: record.reference.isoformat()}
    for name in names[first + 1 :]:
        if record.chance(3):
            day = record.reference + timedelta(days=record.pick((-20, -1, 0, 5, 30)))
            dates[name] = max(day, injury).isoformat()
    return dates


# requests


def _requests(record: Record, *, complete: bool) -> list[dict[str, Any]]:
    count = record.draw(st.integers(1, 5))
    requests = [_request(record, index) for index in range(count)]
    order = record.draw(st.permutations(range(count)))
    often = 0 if complete else record.pick((0, 0, 0, 0, 2, 9))
    for place, index in enumerate(order):
        if place and record.chance(often):
            parents = record.draw(
                st.lists(st.sampled_from(order[max(0, place - 2) : place]), min_size=1, max_size=2, unique=True)
            )
            requests[index]["depends_on"] = [requests[parent]["id"] for parent in parents]
    return requests


def _request(record: Record, index: int) -> dict[str, Any]:
    kind = record.pick(
        ("opioid",) * 7 + ("relaxant",) * 4 + ("benzodiazepine",) * 3 + ("visit",) * 3 + ("specialist",) * 3
        + ("hypnotic", "other", "unknown", "service")
    )  # fmt: skip
    request: dict[str, Any] = {"id": f"r{index}"}
    if kind in ("visit", "specialist", "service"):
        wordings = {"visit": OFFICE_VISITS, "specialist": SPECIALIST_VISITS, "service": OTHER_SERVICES}[kind]
        request["service"] = record.pick(wordings)
        if record.chance(3):
            request["visits"] = record.pick((1, 6, "3-4"))
    else:
        request.update(_asked_drug(record, kind))
    if record.chance(4):
        request["regions"] = [record.pick(("low back", "neck", "neck") if kind in ("visit", "specialist") else REGIONS)]
    if record.chance(1):
        request["ur"] = {"decision": record.pick(("approved", "modified", "denied"))}
    return request


def _asked_drug(record: Record, kind: str) -> dict[str, Any]:
    table = {"opioid": OPIOIDS, "relaxant": RELAXANTS, "benzodiazepine": BENZODIAZEPINES, "hypnotic": HYPNOTICS,
             "other": OTHERS, "unknown": UNKNOWN}[kind]  # fmt: skip
    drug, strength = record.pick(table)
    request: dict[str, Any] = {
        "drug": drug,
        "strength": strength,
        **_directions(record, drug, unreadable=2 if kind == "opioid" else 4),
    }
    if record.chance(8):
        request["quantity"] = record.pick(QUANTITIES)
    if record.chance(1):
        request["days_supply"] = record.pick((7, 21, 22, 28, 29, 30))
    if record.chance(3):
        request["refills"] = record.pick((0, 1, 3))
    if record.chance(6):
        phases = (
            ("continue", "continue", "continue", "start", "start", "start", "increase", "taper")
            if kind == "opioid"
            else ("start", "start", "continue")
        )
        request["phase"] = record.pick(phases)
    if record.chance(1):
        request["since"] = record.day()
    if record.documented():
        request["indication"] = record.pick(FITTING.get(kind, INDICATIONS) if record.good() else INDICATIONS)
    return request


def _directions(record: Record, drug: str, *, unreadable: int = 2) -> dict[str, str]:
    which = record.draw(st.integers(0, 19))
    if which < unreadable:
        return {"directions": record.pick(UNREADABLE)}
    if which >= 15 + record.care // 2:
        return {}
    ladder = record.pick(PATCHES if drug == "Duragesic" else TABLETS)
    # Mostly from the low end, so that totals lie on both sides of the ceiling and often at it.
    return {"directions": record.pick(ladder[:2] if record.good() else ladder)}


# medicines


def _medications(record: Record, requests: Sequence[dict[str, Any]]) -> Any:
    lines: list[dict[str, Any]] = []
    for request in requests:
        if "drug" in request and record.chance(9 if request.get("phase") == "taper" else 5):
            line = _charted(record, request["drug"], request["strength"])
            higher = raised(request.get("directions", ""))
            if request.get("phase") == "taper" and higher:
                # As much as is asked for, or more: a taper in name only, or one indeed.
                line["directions"] = record.pick((higher[0], request["directions"]))
            lines.append(line)
    further = (*OPIOIDS[2:8], *RELAXANTS[:2], *OTHERS, *OTHERS)
    lines += [_charted(record, *record.pick(further)) for _ in range(record.draw(st.integers(0, 2)))]
    if record.draw(st.integers(0, 19)) == 19:
        lines.append(_charted(record, *record.pick(UNKNOWN)))
    return {"complete": False, "items": lines} if record.open_ended() else lines


def _charted(record: Record, drug: str, strength: str) -> dict[str, Any]:
    line: dict[str, Any] = {"drug": drug}
    if record.chance(9):
        line["strength"] = strength
    line.update(_directions(record, drug))
    if record.chance(5):
        line["since"] = record.day()
    if record.chance(1):
        line["quantity"] = record.pick(QUANTITIES)
    if record.chance(1):
        line["status"] = record.pick(("stopped", "replaced", "alternative"))
    return record.marked(line)


# parts of a case

_DAY = date(2014, 7, 10)
"""A day within the first edition, to which the parts are counted where no other is given."""


@st.composite
def requests(draw: Draw, *, reference: date = _DAY) -> list[dict[str, Any]]:
    """The requests of a case, one to five, of which some may follow from others.

    Args:
        draw: Given by hypothesis.
        reference: The reference date of the case that they are for.
    """
    return _requests(_record(draw, reference), complete=False)


@st.composite
def medications(draw: Draw, *, reference: date = _DAY) -> Any:
    """The medicines of a case: a list, or one that may hold more (``complete: false``).

    Args:
        draw: Given by hypothesis.
        reference: The reference date of the case that they are for.
    """
    return _medications(_record(draw, reference), draw(requests(reference=reference)))


@st.composite
def documentation(draw: Draw, *, reference: date = _DAY) -> dict[str, Any]:
    """The documentation of a case; a section that is left out is not documented.

    Args:
        draw: Given by hypothesis.
        reference: The reference date of the case that it is for.
    """
    return documentation_of(_record(draw, reference))


@st.composite
def treatments(draw: Draw, *, reference: date = _DAY) -> Any:
    """The treatments of a case with their responses: a list, or one that may hold more.

    Args:
        draw: Given by hypothesis.
        reference: The reference date of the case that they are for.
    """
    return treatments_of(_record(draw, reference))


def _record(draw: Draw, reference: date) -> Record:
    return Record(draw, reference, *draw(st.sampled_from(PROFILES)))
