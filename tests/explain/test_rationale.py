"""What a rationale says: every number and date comes from a finding, and every sentence has its criterion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from golden import Golden, changed, goldens, seed
from hypothesis import HealthCheck, given, settings

from imr_engine import predict
from imr_engine.prediction import Determination, Finding, Outcome, Prediction, Sentence, Status
from imr_engine.testing import cases

LAWFUL = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
GOLDENS = goldens()

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
DATE = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}, \d{4}"
)
ABSENCE = re.compile(
    r"\b(?:not|no|none|neither|nor|nothing|unknown)\b|on the assumption that|without a complete list", re.IGNORECASE
)
"""How the value of a fact that is not documented is worded: that it is absent, or what the figure given lacks."""


def predictions_of(golden: Golden) -> Prediction:
    return predict(golden.case, table=golden.table, engine="plain")


def figures(text: str) -> set[str]:
    """The dates of a text, and the numbers outside them."""
    return {*DATE.findall(text), *NUMBER.findall(DATE.sub(" ", text))}


def may_say(determination: Determination, finding: Finding) -> set[str]:
    """The figures that a sentence of a criterion may hold: those of its finding, and of the item itself."""
    cited = finding.citation
    sources = (
        determination.item,
        *(fact.value for fact in finding.facts),
        *(threshold.value for threshold in finding.thresholds),
        cited.guideline,
        cited.section,
        cited.pages or "",
    )
    return {figure for source in sources for figure in figures(source)}


def finding_of(determination: Determination, criterion: str) -> Finding:
    return next(finding for finding in determination.findings if finding.criterion == criterion)


def said_for(determination: Determination, criterion: str) -> list[str]:
    return [sentence.text for sentence in determination.rationale if sentence.criterion == criterion]


def unfounded(determination: Determination) -> Iterator[str]:
    """Figures in a rationale that stand in no finding."""
    for sentence in determination.rationale:
        if sentence.criterion is None:
            allowed = figures(determination.item)
        else:
            allowed = may_say(determination, finding_of(determination, sentence.criterion))
        yield from (f"{figure} in: {sentence.text}" for figure in figures(sentence.text) - allowed)


def misplaced(determination: Determination) -> Iterator[str]:
    """Sentences without a criterion that are neither the opening nor the conclusion, and criteria without a finding."""
    alone = [sentence for sentence in determination.rationale if sentence.criterion is None]
    if alone[:1] != list(determination.rationale[:1]) or len(alone) != 2:
        yield f"sentences without a criterion: {alone}"
    known = {finding.criterion for finding in determination.findings}
    yield from (
        f"no finding: {sentence}" for sentence in determination.rationale if sentence.criterion not in {None, *known}
    )
    yield from (
        f"decides without a word: {name}" for name in determination.deciding if not said_for(determination, name)
    )


def unsightly(sentence: Sentence) -> Iterator[str]:
    text = sentence.text
    faults = {
        "a brace": re.search(r"[{}]", text),
        "a double space": "  " in text,
        "None": re.search(r"\bNone\b", text),
        "a doubled stop": re.search(r"\.\.|,,|,\.|\.\)\.|\(\)|: *\.", text),
        "no stop at the end": not text.endswith("."),
        "a small letter at the start": text[:1].islower(),
        "a space before a stop": re.search(r" [.,;:)]", text),
        "an underscore": "_" in text,
    }
    yield from (f"{fault}: {text}" for fault, found in faults.items() if found)


def assumed_present(determination: Determination) -> Iterator[str]:
    """Facts that are not documented, and of which something other than that is said."""
    for finding in determination.findings:
        for fact in finding.facts:
            if fact.state == "not_documented" and not ABSENCE.search(fact.value):
                yield f"{fact.name} is not documented, yet: {fact.value}"
        if finding.status is Status.MET and not any(fact.state == "known" for fact in finding.facts):
            yield f"{finding.criterion} is met by nothing that is known"


def faults_of(prediction: Prediction) -> list[str]:
    found: list[str] = []
    for determination in prediction.determinations:
        if prediction.edition is not None:
            found += misplaced(determination)
            found += unfounded(determination)
            found += assumed_present(determination)
        for sentence in determination.rationale:
            found += unsightly(sentence)
    return found


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: golden.id)
def test_the_rationales_of_a_golden_case_say_what_its_findings_say(golden: Golden):
    assert faults_of(predictions_of(golden)) == []


@LAWFUL
@given(cases())
def test_the_rationales_of_any_case_say_what_its_findings_say(raw: dict[str, Any]):
    found = faults_of(predict(raw, engine="plain"))
    assert not found, "\n".join(found)


def taper_faults(prediction: Prediction) -> Iterator[str]:
    for determination in prediction.determinations:
        weaning = [finding for finding in determination.findings if finding.criterion == "weaning"]
        said = said_for(determination, "weaning")
        wanted = determination.outcome is Outcome.UPHELD and weaning and weaning[0].status is not Status.NOT_MET
        if bool(said) is not bool(wanted):
            yield f"{determination.item}: {determination.outcome}, {weaning}, {said}"
        if said and weaning[0].status is Status.NOT_DOCUMENTED and not said[0].startswith("If "):
            yield f"{determination.item}: whether it is taken is not on record, yet {said[0]}"


@LAWFUL
@given(cases())
def test_a_taper_is_spoken_of_where_what_is_denied_may_be_taken_and_nowhere_else(raw: dict[str, Any]):
    assert list(taper_faults(predict(raw, engine="plain"))) == []


def of_request(raw: dict[str, Any], request: str) -> Determination:
    return next(entry for entry in predict(raw, engine="plain").determinations if entry.request == request)


def test_a_denied_drug_that_is_taken_and_must_not_be_stopped_abruptly_is_to_be_tapered():
    klonopin = of_request(seed("seed-003"), "klonopin")
    assert klonopin.outcome is Outcome.UPHELD
    (said,) = said_for(klonopin, "weaning")
    assert "taper" in said
    assert "clonazepam" in said
    assert "p. 124" in said


def first_prescription() -> dict[str, Any]:
    request = {"phase": "start", "directions": "one tablet daily", "quantity": 60, "refills": 0}
    return changed(
        seed("seed-003"), {"medications": [], "requests": {"klonopin": request, "oxycontin": None, "dilaudid": None}}
    )


def test_a_first_prescription_that_is_denied_has_nothing_to_taper():
    klonopin = of_request(first_prescription(), "klonopin")
    assert klonopin.outcome is Outcome.UPHELD
    assert said_for(klonopin, "weaning") == []


def test_a_drug_that_may_be_stopped_at_once_has_nothing_to_taper():
    flexeril = of_request(seed("seed-000"), "flexeril")
    assert flexeril.outcome is Outcome.UPHELD
    assert said_for(flexeril, "weaning") == []


def test_a_drug_of_which_nobody_knows_whether_it_is_taken_is_tapered_only_if_it_is():
    case = deepcopy(first_prescription())
    del case["medications"], case["requests"][0]["phase"]
    klonopin = of_request(case, "klonopin")
    assert klonopin.outcome is Outcome.UPHELD
    (said,) = said_for(klonopin, "weaning")
    assert said.startswith("If the worker already takes it")


def test_a_drug_that_is_granted_is_not_spoken_of_as_one_to_stop():
    oxycontin = of_request(seed("seed-003"), "oxycontin")
    assert oxycontin.outcome is Outcome.OVERTURNED
    assert "taper" not in " ".join(sentence.text for sentence in oxycontin.rationale)


def test_the_opening_names_the_drug_and_its_class_and_the_conclusion_the_item():
    for determination in predict(seed("seed-003"), engine="plain").determinations:
        opening, *_ = determination.rationale
        assert re.search(r" is \w+, (?:an opioid|a benzodiazepine)\.", opening.text)
        conclusion = [sentence.text for sentence in determination.rationale if sentence.criterion is None][-1]
        assert determination.item in conclusion
        assert str(determination.outcome) in conclusion


def test_a_page_is_cited_only_where_it_is_sure():
    for golden in GOLDENS:
        for determination in predictions_of(golden).determinations:
            for finding in determination.findings:
                if finding.citation.pages is None:
                    assert not [
                        text for text in said_for(determination, finding.criterion) if re.search(r"\bpp?\. \d", text)
                    ]


def test_what_is_missing_is_asked_for_in_a_denial_only():
    for golden in GOLDENS:
        for determination in predictions_of(golden).determinations:
            if determination.outcome is not Outcome.UPHELD:
                assert determination.missing == ()
            assert len(set(determination.missing)) == len(determination.missing)
