"""Draws what a medical record documents: scores, screens, signs, studies and treatments, with care or with gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

__all__ = ["PROFILES", "REGIONS", "Draw", "Record", "consultation_of", "documentation_of", "treatments_of"]

Draw = Callable[[st.SearchStrategy[Any]], Any]

DAYS_BEFORE = (0, 1, 6, 7, 14, 20, 21, 22, 27, 28, 29, 100, 182, 183, 184, 700)
REGIONS = ("low back", "neck", "upper back", "knee", "shoulder")
ANALYTES = ("hydrocodone", "oxycodone", "morphine", "hydromorphone", "opiates", "benzodiazepines", "cocaine")
ACTIVITIES = ("walking", "sitting", "lifting", "sleeping through the night")

PROFILES = ((10, 10), (10, 10), (10, 9), (10, 8), (9, 9), (10, 5), (5, 5), (2, 5))
"""How often out of ten something is on record, and speaks for the request: from complete records to sparse ones."""


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
        """One of several, each as likely."""
        return self.draw(st.sampled_from(choices))

    def chance(self, tenths: int) -> bool:
        """Whether something is so, with a chance of so many tenths."""
        return self.draw(st.integers(0, 9)) >= 10 - tenths

    def documented(self) -> bool:
        """Whether something is on record."""
        return self.chance(self.care)

    def good(self) -> bool:
        """Whether what is on record speaks for the request."""
        return self.chance(self.favour)

    def day(self, days: Sequence[int] = DAYS_BEFORE) -> str:
        """A day so many days before the reference date."""
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


def documentation_of(record: Record) -> dict[str, Any]:
    """What the record documents, section by section; a section that is left out is not documented."""
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


def treatments_of(record: Record) -> Any:
    """The treatments given, with the response."""
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


def consultation_of(record: Record) -> dict[str, Any]:
    """A consultation that took place."""
    consultation: dict[str, Any] = {
        "specialty": "pain management" if record.good() else record.pick(("neurology", "Pain medicine"))
    }
    if record.documented():
        consultation["date"] = record.day((6, 29, 100))
    return consultation
