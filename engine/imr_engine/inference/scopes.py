"""What is always known of a request: its kind, drug class, ingredients, regions and phase; and what it depends on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from imr_engine.case.model import Case, Request
from imr_engine.dosing import CaseDoses
from imr_engine.inference.values import RequestScope
from imr_engine.rulebook.model import Rulebook

__all__ = ["SERVICE_KINDS_AFTER_MEDICINES", "UNRECOGNISED", "dependencies", "scope_of", "strata"]

UNRECOGNISED = "unrecognised"
"""The kind of a request whose wording no vocabulary knows; no criterion of a kind applies to it."""

SERVICE_KINDS_AFTER_MEDICINES = ("office_visit", "specialist_visit")
"""Kinds whose criteria ask what became of the medicines of the case, so that these are decided first."""


def scope_of(case: Case, request: Request, doses: CaseDoses, rulebook: Rulebook) -> RequestScope:
    """The scope of a request. One that names no region is seen from every region of the case."""
    regions = request.regions or case.regions
    dose = doses.requests.get(request.id)
    if request.service is not None:
        return RequestScope(service_kind(request.service, rulebook), regions=regions)
    if dose is None or not dose.drugs:
        return RequestScope(UNRECOGNISED, regions=regions)
    principal = dose.drugs[0]
    return RequestScope(
        kind=principal.drug_class,
        drug_class=principal.drug_class,
        ingredients=tuple(drug.id for drug in dose.drugs),
        regions=regions,
        phase=dose.phase,
    )


def service_kind(wording: str, rulebook: Rulebook) -> str:
    """The kind of service that a request's words name: the first kind of the vocabulary with a wording in them."""
    words = f" {_plain(wording)} "
    for kind in rulebook.kinds:
        if any(f" {_plain(phrase)} " in words for phrase in kind.wordings):
            return kind.id
    return UNRECOGNISED


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))


def dependencies(case: Case, scopes: Mapping[str, RequestScope]) -> dict[str, frozenset[str]]:
    """For each request, those whose outcomes its facts may read.

    That is what it names in ``depends_on``; and for a visit, the medicines of the case. A medicine that depends on a
    visit, on this one or on another, is left out there, so that no request follows from itself.
    """
    named = {request.id: frozenset(request.depends_on) for request in case.requests}
    direct = dict(named)
    visits = {request.id for request in case.requests if scopes[request.id].kind in SERVICE_KINDS_AFTER_MEDICINES}
    medicines = {request.id for request in case.requests if request.drug is not None}
    leading = {other for other in medicines if visits.isdisjoint(_reachable(other, named))}
    for visit in visits:
        direct[visit] = named[visit] | leading
    return direct


def _reachable(start: str, edges: Mapping[str, frozenset[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting.extend(edges.get(here, ()))
    return seen


def strata(order: Sequence[str], edges: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """The requests in layers, each depending only on earlier ones.

    Raises:
        ValueError: the requests depend on one another in a circle (a case that was checked has none).
    """
    done: set[str] = set()
    layers: list[list[str]] = []
    while len(done) < len(order):
        layer = [name for name in order if name not in done and edges[name] <= done]
        if not layer:
            raise ValueError("the requests depend on one another in a circle")
        layers.append(layer)
        done.update(layer)
    return layers
