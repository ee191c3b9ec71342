"""Strategies for whole valid cases, as the mappings that people write: thorough, middling and sparse records.

They are written by hand, so that what matters comes up often: the edges of every threshold, directions that can and
cannot be read, lists that are missing, empty or incomplete, and requests that follow from one another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

__all__ = ["LADDERS", "UNREADABLE", "cases", "raised"]

Draw = Callable[[st.SearchStrategy[Any]], Any]

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
DAYS_BEFORE = (0, 1, 6, 7, 14, 20, 21, 22, 27, 28, 29, 100, 182, 183, 184, 700)
REGIONS = ("low back", "neck", "upper back", "knee", "shoulder")
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
ANALYTES = ("hydrocodone", "oxycodone", "morphine", "hydromorphone", "opiates", "benzodiazepines", "cocaine")
ACTIVITIES = ("walking", "sitting", "lifting", "sleeping through the night")


PROFILES = ((10, 10), (10, 10), (10, 9), (10, 8), (9, 9), (10, 5), (5, 5), (2, 5))
"""How often out of ten something is on record, and speaks for the request: from complete records to sparse ones."""


def raised(directions: str) -> tuple[str, ...]:
    """The directions of the same ladder that mean more in a day."""
    for ladder in LADDERS:
        if directions in ladder:
            return ladder[ladder.index(directions) + 1 :]
    return ()


@dataclass(frozen=True)
class Record:
    """What the parts of one case are drawn with.

    ``care`` says out of ten how often something is on record, ``favour`` how often it speaks for the request.
    """

    draw: Draw
    reference: date
    care: int
    favour: int

    def pick(self, choices: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(choices))

    def chance(self, tenths: int) -> bool:
        return self.draw(st.integers(0, 9)) >= 10 - tenths

    def documented(self) -> bool:
        return self.chance(self.care)

    def good(self) -> bool:
        return self.chance(self.favour)

    def day(self, days: Sequence[int] = DAYS_BEFORE) -> str:
        return (self.reference - timedelta(days=self.pick(days))).isoformat()

    def several(self, most: int, entry: Callable[[], dict[str, Any]], least: int = 0) -> Any:
        """A list of the record: plain, or as one that may hold more."""
        entries = [entry() for _ in range(self.draw(st.integers(least, most)))]
        return {"complete": False, "items": entries} if self.open_ended() else entries

    def open_ended(self) -> bool:
        """Whether a list may hold more than it lists: seldom in a record kept with care."""
        return self.chance(1 if self.care == 10 else 3)

    def marked(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Now and then an entry says in which part of the letter it was read."""
        return {**entry, "from": self.pick(("summary", "rationale"))} if self.chance(2) else entry


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
        case["documentation"] = _documentation(record)
    if record.documented():
        case["treatments"] = _treatments(record)
    if record.documented():
        case["prescriber"] = {"specialty": "pain management" if record.good() else "family medicine"}
    if record.documented():
        case["consultations"] = record.several(2, lambda: _consultation(record))
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


# documentation


def _documentation(record: Record) -> dict[str, Any]:
    sections: dict[str, Callable[[], Any]] = {
        "pain": lambda: _pain(record),
        "function": lambda: record.several(2, lambda: _function(record)),
        "adverse_effects": lambda: record.several(2, lambda: _effect(record)),
        "drug_screens": lambda: record.several(2, lambda: _screen(record), least=1 if record.good() else 0),
        "registry_checks": lambda: record.several(1, lambda: _check(record)),
        "pill_counts": lambda: record.several(1, lambda: _check(record)),
        "aberrant_behaviors": lambda: record.several(0 if record.good() else 1, lambda: {"behavior": "early refill"}),
        "risk_screens": lambda: record.several(1, lambda: {"tool": "ORT", "risk": "low"}),
        "symptoms": lambda: record.several(3, lambda: _symptom(record)),
        "signs": lambda: record.several(2, lambda: _sign(record)),
        "studies": lambda: record.several(3, lambda: _study(record)),
        "flares": lambda: record.several(2, lambda: _flare(record)),
    }
    found = {name: section() for name, section in sections.items() if record.documented()}
    if record.care == 10 and record.chance(3):
        found["signs"] = [{"sign": "biceps reflex", "level": "C5-6", "result": "reduced"}]
        found["studies"] = [{"study": name, "level": "C5-6", "shows": ["root compression"]} for name in ("MRI", "EMG")]
    return {**found, "from": "summary"} if found and record.chance(2) else found


def _pain(record: Record) -> dict[str, Any]:
    pain: dict[str, Any] = {}
    if record.documented():
        high, low = (9, 4) if record.good() else record.pick(((9, 9), (4, 6), (6, 5)))
        pain.update(without_medication=f"{high}/10", with_medication=low)
    scores: dict[str, tuple[Any, ...]] = {
        "current": ("7/10", 4, "3-5/10", 3, 0),
        "least": (1, 3),
        "average": (5, "4-6/10"),
    }
    for name, values in scores.items():
        if record.documented():
            pain[name] = record.pick(values)
    if record.documented():
        pain["time_to_relief"] = record.pick(("30 minutes", "1 hour"))
    if record.documented():
        pain["relief_lasts"] = record.pick(("4 hours", "4-6 hours"))
    return pain


def _function(record: Record) -> dict[str, Any]:
    good = record.good()
    change = "better" if good else record.pick(("same", "worse"))
    before, after = (50, 30) if good else (30, 40)
    return record.marked(
        record.pick((
            {"activity": record.pick(ACTIVITIES), "amount": "20 minutes", "change": change},
            {"activity": record.pick(ACTIVITIES), "before": after, "after": before},
            {"scale": record.pick(("ODI", "NDI")), "before": before, "after": after},
            {"scale": "Zigzag Scale", "before": before, "after": after, "change": change},
            {"work_restriction": "reduced" if good else "same"},
            {"statement": "activities of daily living", "change": change},
        ))
    )  # fmt: skip


def _effect(record: Record) -> dict[str, Any]:
    effect: dict[str, Any] = {"effect": record.pick(("constipation", "drowsiness"))}
    if record.documented():
        effect["intolerable"] = not record.good()
    return effect


def _screen(record: Record) -> dict[str, Any]:
    screen: dict[str, Any] = {}
    if record.documented():
        screen["date"] = record.day((0, 6, 29, 100))
    if record.good():
        screen["agrees_with_prescriptions"] = True
        return screen
    if record.chance(5):
        screen["agrees_with_prescriptions"] = record.good()
    if record.chance(6):
        names = record.draw(st.lists(st.sampled_from(ANALYTES), unique=True, min_size=1, max_size=3))
        screen["results"] = [{"analyte": name, "result": record.pick(("positive", "negative"))} for name in names]
    if record.chance(2):
        screen["explained"] = "out of medication for five days"
    return screen


def _check(record: Record) -> dict[str, Any]:
    check: dict[str, Any] = {}
    if record.documented():
        check["date"] = record.day((0, 6, 29, 100))
    if record.documented():
        check["agrees_with_prescriptions"] = record.good()
    return check


def _symptom(record: Record) -> dict[str, Any]:
    symptom: dict[str, Any] = {
        "symptom": record.pick(("radiating_pain", "radiating_pain", "pain", "numbness", "tingling", "spasm", "anxiety"))
    }
    if record.chance(8):
        symptom["region"] = record.pick(("neck", "neck", *REGIONS))
    if symptom["symptom"] != "pain" and record.chance(5):
        symptom["radiates_to"] = record.pick(("left arm", "both legs"))
    if record.chance(3):
        symptom["score"] = record.pick((3, "7/10"))
    return record.marked(symptom)


def _sign(record: Record) -> dict[str, Any]:
    sign: dict[str, Any] = {"sign": record.pick(("biceps reflex", "straight leg raise"))}
    if record.chance(5):
        sign["region"] = record.pick(("neck", "low back"))
    if record.chance(8):
        sign["level"] = record.pick(("C5-6", "C5-6", "L4-5"))
    if record.chance(9):
        sign["result"] = record.pick(("positive", "reduced", "reduced", "normal"))
    return sign


def _study(record: Record) -> dict[str, Any]:
    study: dict[str, Any] = {"study": record.pick(("MRI", "EMG", "CT", "nerve conduction study"))}
    if record.chance(5):
        study["region"] = record.pick(("neck", "low back"))
    if record.chance(8):
        study["level"] = record.pick(("C5-6", "C5-6", "L4-5"))
    if record.chance(8):
        study["shows"] = record.draw(
            st.lists(st.sampled_from(("disc herniation", "denervation", "stenosis")), unique=True)
        )
    return study


def _flare(record: Record) -> dict[str, Any]:
    flare: dict[str, Any] = {"date": record.day((0, 5, 27, 28) if record.good() else (29, 40, 200))}
    if record.chance(5):
        flare["region"] = record.pick(REGIONS)
    return flare


def _treatments(record: Record) -> Any:
    treatments = record.several(4, lambda: _treatment(record))
    if isinstance(treatments, list) and record.care == 10 and record.chance(4):
        treatments.append({"kind": "medication", "drug": "naproxen", "response": "partial"})
        treatments.append({"kind": "physical_therapy", "region": "neck", "response": "none"})
    return treatments


def _treatment(record: Record) -> dict[str, Any]:
    kind = record.pick(("medication",) * 5 + ("physical_therapy", "acupuncture", "epidural_injection", "surgery"))
    treatment: dict[str, Any] = {"kind": kind}
    if kind == "medication" and record.chance(8):
        treatment["drug"] = record.pick(("naproxen", "gabapentin", "morphine", "Norco", "Dilaudid", "zigzagol"))
    elif kind != "medication" and record.chance(4):
        treatment["region"] = record.pick(REGIONS)
    if record.chance(2):
        treatment["end"] = record.day((0, 100))
    if record.chance(8):
        treatment["response"] = (
            record.pick(("none", "partial", "worse")) if record.good() else record.pick(("better", "not_tolerated"))
        )
    return record.marked(treatment)


def _consultation(record: Record) -> dict[str, Any]:
    consultation: dict[str, Any] = {
        "specialty": "pain management" if record.good() else record.pick(("neurology", "Pain medicine"))
    }
    if record.documented():
        consultation["date"] = record.day((6, 29, 100))
    return consultation
