"""The laws of whole cases: a case is changed as people would change it, and predicted again by the shipped rules.

Where a law holds the outcomes of the other requests fixed, ``Read.again`` does so and works everything else out anew.
"""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st
from laws.reading import Read, read

from imr_engine.prediction import Outcome, Status
from imr_engine.testing import cases, raised

LAWFUL = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])

THOROUGH = settings(LAWFUL, max_examples=LAWFUL.max_examples * 4)
"""For laws that speak of few of the cases drawn."""

Case = dict[str, Any]


def governed(raw: Case) -> Read:
    found = read(raw)
    assume(found.rules is not None)
    return found


# information

SECTIONS = (
    "documentation.pain", "documentation.function", "documentation.adverse_effects", "documentation.drug_screens",
    "documentation.registry_checks", "documentation.pill_counts", "documentation.aberrant_behaviors",
    "documentation.risk_screens", "documentation.symptoms", "documentation.signs", "documentation.studies",
    "documentation.flares", "treatments", "consultations", "prescriber", "worker", "cancer_or_palliative",
)  # fmt: skip
"""What can be left out of a record. The medicines are not among them: by the dose policy a charted line gives a request
its phase and its directions, so that with another list of medicines another thing is asked for."""


def without(raw: Case, section: str) -> Case | None:
    """The case as it would be if a section had not been recorded; None where it was not."""
    less = deepcopy(raw)
    outer, _, inner = section.rpartition(".")
    holder = less.get(outer, {}) if outer else less
    return None if holder.pop(inner, None) is None else less


@LAWFUL
@given(cases())
def test_information_a_section_that_is_added_leaves_findings_as_they_were(raw: Case):
    """*Information*: whatever section is added to a record that lacked it, with whatever content, every criterion that
    was met stays met and every one that was not met stays not met. The outcomes of the other requests are held fixed.
    """
    governed(raw)
    for section in SECTIONS:
        less = without(raw, section)
        if less is None:
            continue
        before = read(less)
        for request, entry in before.inferred.items():
            after = before.again(raw, request)
            for criterion, status in entry.statuses.items():
                if status in (Status.MET, Status.NOT_MET):
                    assert after.statuses[criterion] is status, (section, request, criterion)


LISTS = (*(f"documentation.{name}" for name in (
    "adverse_effects", "drug_screens", "registry_checks", "pill_counts", "symptoms", "signs", "studies", "flares",
)), "treatments", "consultations")  # fmt: skip
"""Lists whose entries are observations. The account of function is not among them: its best entry is its grade, and
a choice cannot be left half open."""


@LAWFUL
@given(cases(), st.sampled_from(LISTS), st.data())
def test_information_an_entry_that_an_incomplete_list_lacked_leaves_findings_as_they_were(
    raw: Case, section: str, data: st.DataObject
):
    """*Information*: a list that may hold more is given an entry that it lacked. Every criterion that was met stays met
    and every one that was not met stays not met. The outcomes of the other requests are held fixed."""
    outer, _, inner = section.rpartition(".")
    holder = raw.get(outer, {}) if outer else raw
    assume(inner in holder)
    items = holder[inner]["items"] if isinstance(holder[inner], dict) else holder[inner]
    assume(items)
    governed(raw)
    kept = deepcopy(items)
    kept.pop(data.draw(st.integers(0, len(items) - 1)))
    less = deepcopy(raw)
    more = deepcopy(raw)
    for case, entries in ((less, kept), (more, items)):
        (case[outer] if outer else case)[inner] = {"complete": False, "items": entries}
    before = read(less)
    for request, entry in before.inferred.items():
        after = before.again(more, request)
        for criterion, status in entry.statuses.items():
            if status in (Status.MET, Status.NOT_MET):
                assert after.statuses[criterion] is status, (request, criterion)


# dose


def lines_of(case: Case) -> list[dict[str, Any]]:
    """The charted lines, however the list is written."""
    medications = case.get("medications", [])
    return medications["items"] if isinstance(medications, dict) else medications


def is_opioid(line: dict[str, Any]) -> bool:
    return line.get("drug") in {
        "MS Contin",
        "OxyContin",
        "Dilaudid",
        "Norco",
        "Percocet",
        "methadone",
        "Duragesic",
        "Subutex",
    }


def higher_doses(raw: Case) -> list[tuple[str, Case]]:
    """The case with one opioid line at more pieces at a time, at a shorter interval, or with more for the same days."""
    found: list[tuple[str, Case]] = []
    for place, pick in (("requests", lambda case: case["requests"]), ("medications", lines_of)):
        for index, line in enumerate(pick(raw)):
            if not is_opioid(line):
                continue
            changes = [{"directions": more} for more in raised(line.get("directions", ""))]
            if "quantity" in line and "days_supply" in line and "directions" not in line:
                changes.append({"quantity": line["quantity"] * 2})
            for change in changes:
                case = deepcopy(raw)
                pick(case)[index].update(change)
                found.append((f"{place}[{index}]", case))
    return found


def needs_no_dose(found: Read, request: str) -> bool:
    """Whether no criterion with a say on a request is marked as one that a higher dose can meet."""
    return not any(criterion.needs_dose_at_least for criterion in found.applying(request))


@THOROUGH
@given(st.one_of(cases(complete=True), cases()))
def test_dose_more_of_an_opioid_never_turns_the_denial_of_an_opioid_round(raw: Case):
    """*Dose*: raise the daily dose of any opioid, requested or charted, by more pieces at a time, a shorter interval,
    or more pieces over the same days' supply. No request for an opioid turns from upheld to overturned, unless
    through a criterion marked ``needs_dose_at_least``. The outcomes of the other requests are held fixed.

    A taper asks for less than is taken now. Raising what is charted of its own drug makes it more of a taper, so for
    it the law speaks only of the dose that it asks for itself and of the other opioids; the next law has the rest.
    """
    found = governed(raw)
    for request, entry in found.inferred.items():
        if (
            entry.view.scope.drug_class != "opioid"
            or entry.outcome is not Outcome.UPHELD
            or not needs_no_dose(found, request)
        ):
            continue
        own = own_charted_lines(found, request)
        for where, higher in higher_doses(raw):
            if entry.view.scope.phase == "taper" and where in own:
                continue
            assert found.again(higher, request).outcome is not Outcome.OVERTURNED, (request, where)


@THOROUGH
@given(st.one_of(cases(complete=True), cases()))
def test_dose_a_higher_present_dose_never_turns_a_taper_down(raw: Case):
    """*Dose*, for a taper: raise what is charted of the drug that a taper lowers. A taper that was overturned is still
    overturned. The outcomes of the other requests are held fixed."""
    found = governed(raw)
    for request, entry in found.inferred.items():
        if (
            entry.view.scope.drug_class != "opioid"
            or entry.view.scope.phase != "taper"
            or entry.outcome is not Outcome.OVERTURNED
        ):
            continue
        for where, higher in higher_doses(raw):
            if where in own_charted_lines(found, request):
                assert found.again(higher, request).outcome is Outcome.OVERTURNED, (request, where)


def own_charted_lines(found: Read, request: str) -> set[str]:
    """The charted lines of the drug that a request is for."""
    asked = next(entry for entry in found.case.requests if entry.id == request)
    lines = found.case.medications.items if found.case.medications is not None else ()
    return {f"medications[{index}]" for index, line in enumerate(lines) if line.drug == asked.drug}


# course


def longer_courses(raw: Case, request: str) -> list[Case]:
    """The case with more refills, a larger quantity at the same directions, or an earlier first day."""
    found: list[Case] = []
    index = next(index for index, entry in enumerate(raw["requests"]) if entry["id"] == request)

    def change(edit: dict[str, Any], charted: int | None = None) -> None:
        case = deepcopy(raw)
        (case["requests"][index] if charted is None else lines_of(case)[charted]).update(edit)
        found.append(case)

    asked = raw["requests"][index]
    if "quantity" in asked or "days_supply" in asked:
        change({"refills": asked.get("refills", 0) + 1})
    if "quantity" in asked:
        change({"quantity": asked["quantity"] + 1})
        change({"quantity": asked["quantity"] * 3})
    if "since" in asked:
        change({"since": earlier(asked["since"])})
    for place, line in enumerate(lines_of(raw)):
        if "since" in line and line["drug"] == asked.get("drug"):
            change({"since": earlier(line["since"])}, place)
    return found


def earlier(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=25)).isoformat()


@THOROUGH
@given(st.one_of(cases(complete=True), cases()))
def test_course_a_longer_one_never_turns_the_denial_of_a_relaxant_or_sedative_round(raw: Case):
    """*Course*: lengthen the course of a muscle relaxant, a benzodiazepine or a hypnotic by a refill more, a larger
    quantity at the same directions, or an earlier first day of the drug, in the request or in the chart. The request
    does not turn from upheld to overturned. The outcomes of the other requests are held fixed.
    """
    found = governed(raw)
    for request, entry in found.inferred.items():
        if entry.view.scope.drug_class not in ("muscle_relaxant", "benzodiazepine", "hypnotic"):
            continue
        if entry.outcome is Outcome.UPHELD:
            for longer in longer_courses(raw, request):
                assert found.again(longer, request).outcome is not Outcome.OVERTURNED, request


# what the laws speak of


def test_the_laws_have_something_to_speak_of():
    """More of an opioid and a longer course do turn requests down, and a higher present dose does make a taper: so the
    laws above do not hold merely because nothing that they change matters."""
    turned: Counter[str] = Counter()

    @settings(max_examples=20, database=None, suppress_health_check=list(HealthCheck))
    @given(cases())
    def look(raw: Case) -> None:
        found = read(raw)
        for request, entry in found.inferred.items():
            scope, before = entry.view.scope, entry.outcome
            changed = (
                [(where, found.again(case, request).outcome) for where, case in higher_doses(raw)]
                if scope.drug_class == "opioid"
                else []
            )
            own = own_charted_lines(found, request)
            for where, after in changed:
                if scope.phase != "taper" and (before, after) == (Outcome.OVERTURNED, Outcome.UPHELD):
                    turned["down by more of an opioid"] += 1
                if scope.phase == "taper" and where in own and (before, after) == (Outcome.UPHELD, Outcome.OVERTURNED):
                    turned["into a taper by a higher present dose"] += 1
            if scope.drug_class in ("muscle_relaxant", "benzodiazepine") and before is Outcome.OVERTURNED:
                longer = [found.again(case, request).outcome for case in longer_courses(raw, request)]
                turned["down by a longer course"] += longer.count(Outcome.UPHELD)

    for run in range(15):
        seed(run)(look)()
    print(f"\n{dict(turned)}")
    assert {what for what, count in turned.items() if count} == {
        "down by more of an opioid",
        "into a taper by a higher present dose",
        "down by a longer course",
    }
