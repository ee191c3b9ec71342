"""A prepared case is told the same by many rulebooks as it is told by ``predict``."""

from __future__ import annotations

import pytest
from golden import Golden, goldens, seed

from imr_engine import Case, load_rulebook, predict
from imr_engine.errors import CaseError
from imr_engine.verify.judging import PreparedCase, disagreement

GOLDENS = goldens()


def test_a_prepared_case_is_answered_as_by_predict():
    rulebook = load_rulebook()
    for golden in GOLDENS:
        case = Case.model_validate(golden.case)
        answers = PreparedCase(case, rulebook, golden.table).answers(rulebook)
        for entry in predict(case, table=golden.table, engine="plain").determinations:
            assert answers.outcome(entry.request) is entry.outcome, golden.id
            assert answers.deciding(entry.request) == entry.deciding, golden.id
            for finding in entry.findings:
                assert answers.status(entry.request, finding.criterion) is finding.status, golden.id


def test_a_case_can_be_asked_again_and_again():
    rulebook = load_rulebook()
    case = PreparedCase(Case.model_validate(seed("seed-003")), rulebook)
    first, second = case.answers(rulebook), case.answers(rulebook)
    assert first == second
    assert case.requests == ("klonopin", "oxycontin", "dilaudid")


def test_one_request_is_asked_again_with_the_outcomes_of_the_others_held():
    rulebook = load_rulebook()
    before = next(golden for golden in GOLDENS if golden.id == "003-knee-visit-for-a-change-of-medicine")
    answers = PreparedCase(Case.model_validate(before.case), rulebook).answers(rulebook)
    granted = {**before.case, "requests": [dict(request) for request in before.case["requests"]]}
    granted["requests"][0].update(directions="one tablet daily", quantity=7, refills=0, since="2014-10-15")
    changed = PreparedCase(Case.model_validate(granted), rulebook)
    anew = changed.answers(rulebook)
    assert (anew.outcome("klonopin"), anew.outcome("visit")) == ("overturned", "upheld")
    assert changed.answer(answers, "visit").outcome == "overturned"


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"expect": {"klonopin": "overturned"}}, "seed-003: klonopin is upheld, expected overturned"),
        (
            {"deciding": {"klonopin": ["weaning"]}},
            "seed-003: klonopin is decided by ['benzodiazepine-four-weeks'], expected ['weaning']",
        ),
        (
            {"status": {"klonopin": {"opioid-taper": "met"}}},
            "seed-003: opioid-taper of klonopin is None, expected met",
        ),
        ({"status": {"klonopin": {"weaning": "met", "opioid-taper": None}}}, None),
    ],
)
def test_the_first_disagreement_is_told(expected: dict[str, dict[str, object]], said: str | None):
    rulebook = load_rulebook()
    raw = seed("seed-003")
    answers = PreparedCase(Case.model_validate(raw), rulebook).answers(rulebook)
    golden = Golden("seed-003", raw, **{"expect": {}, **expected})
    assert disagreement(golden, answers) == said


def test_a_case_without_a_date_is_refused():
    raw = {**seed("seed-003"), "dates": {"injury": "2009-07-03"}}
    with pytest.raises(CaseError, match="no date to count to"):
        PreparedCase(Case.model_validate(raw), load_rulebook())
