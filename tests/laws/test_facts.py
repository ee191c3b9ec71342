"""The laws of rules that are honest about what they do not know, at the level of facts.

One fact is exchanged for another in the view of a request; the outcomes of the other requests stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from laws.reading import Read, known_values, narrower, outcome_of, read, statuses_of, with_fact

from imr_engine.inference.values import FactState, FactValue
from imr_engine.prediction import Outcome, Status
from imr_engine.rulebook.model import FactType
from imr_engine.rulebook.polarity import Direction, directions, supporting_leaves
from imr_engine.rulebook.tree import Compare, Comparison, IsOneOf
from imr_engine.testing import cases
from imr_engine.units.interval import Interval

LAWFUL = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])


def governed(raw: dict[str, Any]) -> Read:
    found = read(raw)
    assume(found.rules is not None)
    return found


@LAWFUL
@given(cases())
def test_information_leaves_what_was_found_as_it_was(raw: dict[str, Any]):
    """*Information*: whatever comes to be known of a fact that was not documented, or comes to be known more closely
    within the bounds of an amount, every criterion that was met stays met and every one that was not met stays not
    met.
    """
    found = governed(raw)
    rules = found.rules
    assert rules is not None
    for entry in found.inferred.values():
        settled = {name: status for name, status in entry.statuses.items() if status in (Status.MET, Status.NOT_MET)}
        for name in sorted({fact for criterion in entry.statuses for fact in rules.reads[criterion]}):
            fact = entry.view.facts[name]
            for further in narrower(rules, rules.facts[name], fact):
                after = statuses_of(rules, with_fact(entry.view, further))
                assert {name: after[name] for name in settled} == settled, further


def supporting(found: Read, request: str, name: str) -> list[bool | str | Interval]:
    """The values of a fact with which every condition that it can help in is helped."""
    assert found.rules is not None
    declaration = found.rules.facts[name]
    read_by = [
        (leaf, helps)
        for criterion in found.applying(request)
        for leaf, helps in supporting_leaves(criterion)
        if leaf.fact == name
    ]
    match declaration.type:
        case FactType.BOOLEAN:
            return [helps for _, helps in read_by][:1]
        case FactType.CHOICE:
            helping = [set(leaf.values) for leaf, helps in read_by if isinstance(leaf, IsOneOf) and helps]
            hurting = [set(leaf.values) for leaf, helps in read_by if isinstance(leaf, IsOneOf) and not helps]
            return [
                value
                for value in declaration.values
                if all(value in one for one in helping) and not any(value in one for one in hurting)
            ]
        case FactType.QUANTITY | FactType.COUNT:
            amounts = (value for value in known_values(found.rules, declaration) if isinstance(value, Interval))
            return [
                value
                for value in amounts
                if all(settles(leaf, value) is helps for leaf, helps in read_by if isinstance(leaf, Compare))
            ]


def settles(leaf: Compare, amount: Interval) -> bool | None:
    """Whether every amount within these bounds is on the stated side of the limit (True), or none (False)."""
    limit = leaf.limit.value
    assert limit is not None
    below = amount.high is not None and (amount.high < limit or (amount.high == limit and amount.high_open))
    at_most = amount.high is not None and amount.high <= limit
    above = amount.low is not None and (amount.low > limit or (amount.low == limit and amount.low_open))
    at_least = amount.low is not None and amount.low >= limit
    true, false = {
        Comparison.AT_MOST: (at_most, above),
        Comparison.MORE_THAN: (above, at_most),
        Comparison.LESS_THAN: (below, at_least),
        Comparison.AT_LEAST: (at_least, below),
    }[leaf.comparison]
    return True if true else False if false else None


@LAWFUL
@given(cases())
def test_support_never_turns_a_request_down(raw: dict[str, Any]):
    """*Support*: take a request that is overturned, and a fact of it that is not documented and that, by the criteria
    which have a say on the request, can move it one way only. With a value of that fact which supports the request in
    the place of *not documented*, the request is still overturned.
    """
    found = governed(raw)
    rules = found.rules
    assert rules is not None
    for request, entry in found.inferred.items():
        if entry.outcome is not Outcome.OVERTURNED:
            continue
        for name, way in directions(found.applying(request)).items():
            fact = entry.view.facts[name]
            if fact.state is not FactState.NOT_DOCUMENTED or way not in (Direction.UP, Direction.DOWN):
                continue
            for value in supporting(found, request, name):
                further = replace(fact, state=FactState.KNOWN, value=value)
                assert outcome_of(rules, with_fact(entry.view, further)) is Outcome.OVERTURNED, further


@LAWFUL
@given(cases(), st.data())
def test_support_only_ever_helps(raw: dict[str, Any], data: st.DataObject):
    """*Support*, the other way about: where a fact can move a request one way only, a supporting value never gives a
    worse outcome than an opposing one, whatever the state of the rest: not upheld where the opposing one is
    overturned.
    """
    found = governed(raw)
    rules = found.rules
    assert rules is not None
    request = data.draw(st.sampled_from(sorted(found.inferred)))
    view = found.inferred[request].view
    for name, way in directions(found.applying(request)).items():
        if way not in (Direction.UP, Direction.DOWN):
            continue
        values = list(known_values(rules, rules.facts[name]))
        outcomes = [
            outcome_of(rules, with_fact(view, replace(view.facts[name], state=FactState.KNOWN, value=value)))
            for value in values
        ]
        best = supporting(found, request, name)
        if Outcome.OVERTURNED in outcomes and best:
            assert {outcomes[values.index(value)] for value in best} == {Outcome.OVERTURNED}, name


@LAWFUL
@given(cases(), st.data())
def test_what_cannot_be_computed_never_counts_against_a_request(raw: dict[str, Any], data: st.DataObject):
    """*Not computable*: put a fact that we fail to compute in the place of any fact. If the request is then still
    upheld or overturned, it is so with every value that the fact could have, and with the fact not documented: our
    failure has decided nothing. Where its values make a difference, the request is undetermined."""
    found = governed(raw)
    rules = found.rules
    assert rules is not None
    request = data.draw(st.sampled_from(sorted(found.inferred)))
    view = found.inferred[request].view
    for name in sorted({fact for criterion in found.applying(request) for fact in rules.reads[criterion.id]}):
        failed = outcome_of(rules, with_fact(view, FactValue(name, FactState.NOT_COMPUTABLE)))
        if failed is Outcome.UNDETERMINED:
            continue
        for value in known_values(rules, rules.facts[name]):
            assert outcome_of(rules, with_fact(view, FactValue(name, FactState.KNOWN, value))) is failed, (name, value)
        assert outcome_of(rules, with_fact(view, FactValue.missing(name))) is failed, name


@LAWFUL
@given(cases())
def test_what_cannot_be_computed_at_all_leaves_its_bounds_their_say(raw: dict[str, Any]):
    """*Not computable*: bounds that hold for an amount all the same settle what they settle for a known amount; what
    they leave open is not computable, never not met and never not documented."""
    found = governed(raw)
    rules = found.rules
    assert rules is not None
    for entry in found.inferred.values():
        for name in sorted({fact for criterion in entry.statuses for fact in rules.reads[criterion]}):
            for value in known_values(rules, rules.facts[name]):
                if not isinstance(value, Interval):
                    continue
                known = statuses_of(rules, with_fact(entry.view, FactValue(name, FactState.KNOWN, value)))
                bounded = statuses_of(rules, with_fact(entry.view, FactValue(name, FactState.NOT_COMPUTABLE, value)))
                for criterion, status in bounded.items():
                    if status in (Status.MET, Status.NOT_MET):
                        assert known[criterion] is status
