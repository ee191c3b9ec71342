"""How a request is named: the item as a person would write it on a request for authorization."""

from __future__ import annotations

from imr_engine.case.model import Request
from imr_engine.dosing import CaseDoses
from imr_engine.rulebook.model import Rulebook
from imr_engine.units.wording import number_in_words

__all__ = ["describe_class", "describe_item", "describe_kind"]

CLASS_WORDS = {
    "opioid": "an opioid",
    "muscle_relaxant": "a muscle relaxant",
    "benzodiazepine": "a benzodiazepine",
    "hypnotic": "a hypnotic",
    "nsaid": "a nonsteroidal anti-inflammatory drug",
    "anticonvulsant": "an anticonvulsant",
    "antidepressant": "an antidepressant",
    "gi_protectant": "a gastrointestinal protectant",
    "topical": "a topical medicine",
    "analgesic": "an analgesic",
}


def describe_item(request: Request) -> str:
    """The item on one line: ``Klonopin 1 mg, #90, 3 refills``."""
    if request.service is not None:
        parts = [request.service]
        visits = request.visits
        if visits is not None and visits.low is not None and visits.high is not None:
            count = number_in_words(visits.low)
            if visits.high != visits.low:
                count += f" to {number_in_words(visits.high)}"
            parts.append(f"{count} {'visit' if visits.high == 1 else 'visits'}")
        return ", ".join(parts)
    parts = [" ".join(part for part in (request.drug, request.strength) if part)]
    if request.directions:
        parts.append(request.directions)
    if request.quantity is not None:
        parts.append(f"#{request.quantity}")
    if request.refills:
        parts.append(f"{request.refills} {'refill' if request.refills == 1 else 'refills'}")
    return ", ".join(parts)


def describe_class(drug_class: str) -> str:
    """``an opioid``: the class of a drug, to stand after "is"."""
    return CLASS_WORDS.get(drug_class, "a medicine")


def describe_kind(request: Request, kind: str, doses: CaseDoses, rulebook: Rulebook) -> str:
    """The opening of a rationale: what the item is."""
    if request.service is not None:
        label = next((entry.label for entry in rulebook.kinds if entry.id == kind), None)
        if label is None:
            return f"{_capital(request.service)} is a service that this rulebook does not know."
        return f"The request is for {label}."
    dose = doses.requests.get(request.id)
    if dose is None or not dose.drugs:
        return f"{_capital(request.drug or '')} is a medicine that the drug tables do not hold."
    drug = dose.drugs[0]
    written = (request.drug or "").strip()
    named = drug.name.casefold() in written.casefold()
    if named:
        return f"{_capital(written)} is {describe_class(drug.drug_class)}."
    return f"{_capital(written)} is {drug.name}, {describe_class(drug.drug_class)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
