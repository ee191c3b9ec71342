from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from imr_engine.inference import plain
from imr_engine.inference.operators import FALSE, OPERATORS, TRUE, truth
from imr_engine.inference.rete import ReteEngine, compile_rules
from imr_engine.inference.values import FactState, FactValue, RequestScope, RequestView
from imr_engine.prediction import Effect, Outcome, Status
from imr_engine.rulebook.model import Rules, Scope
from imr_engine.rulebook.tree import AtLeast, Compare, Comparison, Holds, Node, Not, children, leaves
from imr_engine.testing.random_rules import (
    COMMON,
    GUIDELINES,
    amount,
    batches,
    criterion,
    rulebooks,
    rules_of,
    view_with,
)
from imr_engine.units.interval import Interval

ENGINE = ReteEngine()

# On 3.11 and 3.12 durable_rules is a dependency: there its absence is a failure, not a reason to skip.
pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 13) and not ENGINE.available(), reason="durable_rules cannot be imported here"
)


def hold_against_plain(rules: Rules, views: tuple[RequestView, ...]) -> None:
    results = ENGINE.evaluate(compile_rules(rules), views)
    for view, result in zip(views, results, strict=True):
        statuses = plain.statuses(rules, view)
        assert result.request == view.request
        assert list(result.statuses.items()) == list(statuses.items())
        assert result.speaking == plain.speaking(rules, view.scope.kind, statuses)
        assert result.outcome == plain.outcome(rules, view.scope.kind, statuses)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rulebooks(), batches())
def test_both_readings_of_any_rulebook_give_the_same_answers(rules: Rules, views: tuple[RequestView, ...]):
    hold_against_plain(rules, views)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=20)
@given(rulebooks(), batches())
def test_a_request_comes_out_the_same_alone_and_among_others(rules: Rules, views: tuple[RequestView, ...]):
    program = compile_rules(rules)
    together = ENGINE.evaluate(program, views)
    assert together == [result for view in views for result in ENGINE.evaluate(program, [view])]
    assert together[::-1] == ENGINE.evaluate(program, views[::-1])


ANY_STATE = (True, False, FactState.NOT_DOCUMENTED, FactState.NOT_COMPUTABLE)
SIGNS = tuple(Holds(f"sign_{number}") for number in range(5))


def every_combination(scope: RequestScope) -> tuple[RequestView, ...]:
    """Requests for which five criteria of one sign each come to every combination of statuses: 1,024 of them."""
    return tuple(
        view_with({sign.fact: state for sign, state in zip(SIGNS, states, strict=True)}, scope)
        for states in itertools.product(ANY_STATE, repeat=len(SIGNS))
    )


def test_the_readings_agree_on_every_combination_of_statuses_within_a_guideline():
    rules = rules_of(
        criterion("require", Effect.REQUIRE, SIGNS[0]),
        criterion("excuse of the require", Effect.EXCUSE, SIGNS[1], excuses=("require",)),
        criterion("defeat", Effect.DEFEAT, SIGNS[2]),
        criterion("excuse of the defeat", Effect.EXCUSE, SIGNS[3], excuses=("defeat",)),
        criterion("support", Effect.SUPPORT, SIGNS[4]),
    )
    hold_against_plain(rules, every_combination(RequestScope("drug")))


def test_the_readings_agree_on_every_combination_of_two_excuses_of_one_criterion():
    rules = rules_of(
        criterion("require", Effect.REQUIRE, SIGNS[0]),
        criterion("defeat", Effect.DEFEAT, SIGNS[1]),
        criterion("excuse of both", Effect.EXCUSE, SIGNS[2], excuses=("require", "defeat")),
        criterion("another of the require", Effect.EXCUSE, SIGNS[3], excuses=("require",)),
        criterion("support", Effect.SUPPORT, SIGNS[4]),
    )
    hold_against_plain(rules, every_combination(RequestScope("drug")))


@pytest.mark.parametrize("kind", ["drug", "therapy", "office_visit", "surgery"])
def test_the_readings_agree_on_every_combination_of_statuses_across_guidelines(kind: str):
    first, second, _ = GUIDELINES
    rules = rules_of(
        criterion("support of the first", Effect.SUPPORT, SIGNS[0], guideline=first, scope=Scope(kinds=("drug",))),
        criterion("require of the second", Effect.REQUIRE, SIGNS[1], guideline=second, scope=Scope(kinds=("therapy",))),
        criterion("defeat of all", Effect.DEFEAT, SIGNS[2], guideline=COMMON),
        criterion("its excuse", Effect.EXCUSE, SIGNS[3], guideline=COMMON, excuses=("defeat of all",)),
        criterion("support of all", Effect.SUPPORT, SIGNS[4], guideline=COMMON, scope=Scope(kinds=("drug", "surgery"))),
        criterion("support of the second", Effect.SUPPORT, SIGNS[1], guideline=second, scope=Scope(kinds=(kind,))),
        order={"default": GUIDELINES, "therapy": (second, first)},
    )
    hold_against_plain(rules, every_combination(RequestScope(kind)))


def test_the_readings_agree_on_whom_a_criterion_applies_to():
    parts = itertools.product(
        ((), ("drug",), ("drug", "therapy")),
        ((), ("opioid",)),
        ((), ("oxycodone", "clonazepam")),
        ((), ("low back",)),
        ((), ("start",), ("start", "continue")),
    )
    rules = rules_of(
        *(
            criterion(f"c{number}", Effect.SUPPORT, SIGNS[number % 5], scope=Scope(*part))
            for number, part in enumerate(parts)
        )
    )
    requests = itertools.product(
        ("drug", "therapy", "surgery"),
        ("opioid", "hypnotic", ""),
        ((), ("oxycodone",), ("acetaminophen", "oxycodone"), ("acetaminophen",)),
        ((), ("neck", "low back"), ("neck",)),
        ("start", "taper", ""),
    )
    facts = {"sign_0": True, "sign_1": False, "sign_2": FactState.NOT_COMPUTABLE}
    hold_against_plain(rules, tuple(view_with(facts, RequestScope(*parts)) for parts in requests))


@pytest.mark.parametrize("other", [True, FactState.NOT_COMPUTABLE, FactState.NOT_DOCUMENTED, False])
def test_the_readings_agree_on_every_place_of_an_amount_beside_its_limit(other: object):
    comparisons = [Compare("amount_0", comparison, amount(120)) for comparison in Comparison]
    # The count tells apart what may be true from what merely is not settled, which a lone comparison does not.
    conditions = [
        form for leaf in comparisons for form in (leaf, Not(leaf), AtLeast(amount(2), (leaf, SIGNS[0], SIGNS[1])))
    ]
    rules = rules_of(*(criterion(f"c{number}", Effect.REQUIRE, when) for number, when in enumerate(conditions)))
    ends = (
        None,
        Fraction(119),
        120 - Fraction(1, 3_000_000),
        Fraction(120),
        120 + Fraction(1, 3_000_000),
        Fraction(121),
    )
    amounts = [
        Interval(low, high, low_open=low_open, high_open=high_open)
        for low, high in itertools.product(ends, repeat=2)
        for low_open, high_open in itertools.product((False, True), repeat=2)
        if low is None or high is None or low < high or (low == high and not low_open and not high_open)
    ]
    hold_against_plain(
        rules,
        tuple(
            view_with({"amount_0": FactValue("amount_0", state, value), "sign_0": other})
            for state in (FactState.KNOWN, FactState.NOT_COMPUTABLE)
            for value in amounts
        ),
    )


# what the generator reaches


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in children(node):
        yield from nodes(part)


def count_edges(node: AtLeast, view: RequestView) -> Iterator[str]:
    wanted = int(node.count.value or 0)
    parts = [truth(part, view.facts) for part in node.parts]
    if any(len(values) > 1 for values in parts):
        yield "count: a part not computable"
        return
    true = sum(values == {TRUE} for values in parts)
    possible = len(parts) - sum(values == {FALSE} for values in parts)
    if true == wanted:
        yield "count: just reached"
    if true == wanted - 1 and possible >= wanted:
        yield "count: one short, still open"
    if possible == wanted and true < wanted:
        yield "count: only just within reach"
    if possible == wanted - 1:
        yield "count: just out of reach"


def seen_in(rules: Rules, view: RequestView) -> Iterator[str]:
    found = plain.statuses(rules, view)
    by_id = {criterion.id: criterion for criterion in rules.criteria}
    yield from deciding(rules, view.scope.kind, found)
    if len(found) > 40:
        yield "more criteria than one fact of the rules engine holds"
    for name, status in found.items():
        criterion = by_id[name]
        yield f"status: {status}"
        yield f"effect: {criterion.effect}"
        if len(list(leaves(criterion.when))) > 55:
            yield f"condition of more than 55 leaves: {status}"
        for excused in criterion.excuses:
            if status is Status.MET and excused in found:
                target = by_id[excused]
                if target.effect is Effect.REQUIRE and found[excused] in (Status.NOT_MET, Status.NOT_DOCUMENTED):
                    yield "excuse: of a failed require"
                if target.effect is Effect.DEFEAT and found[excused] is Status.MET:
                    yield "excuse: of a met defeat"
        for node in nodes(criterion.when):
            yield f"operator: {type(node).__name__}"
            if isinstance(node, AtLeast):
                yield from count_edges(node, view)
            if isinstance(node, Compare):
                yield f"comparison: {node.comparison}"
                if node.limit.parameter:
                    yield "limit: from a parameter"
                yield from limit_edges(node, view)


def deciding(rules: Rules, kind: str, found: Mapping[str, Status]) -> Iterator[str]:
    speaking = plain.speaking(rules, kind, found)
    outcome = plain.outcome(rules, kind, found)
    yield f"outcome: {outcome}"
    if kind in rules.edition.order:
        yield "an order of its own for the kind"
    heard = {criterion.guideline for criterion in rules.criteria if criterion.id in found}
    if speaking and COMMON in heard:
        yield "a common guideline beside the one that speaks"
    if speaking and heard - {speaking, COMMON}:
        yield "a silenced guideline"
    # Not computable decides where taking it for not documented would settle what is not settled now.
    as_missing = {
        name: Status.NOT_DOCUMENTED if status is Status.NOT_COMPUTABLE else status for name, status in found.items()
    }
    if outcome is Outcome.UNDETERMINED and plain.outcome(rules, kind, as_missing) is not Outcome.UNDETERMINED:
        yield "not computable decides"
    if outcome is not Outcome.UNDETERMINED and Status.NOT_COMPUTABLE in found.values():
        yield "not computable does not matter"


def limit_edges(node: Compare, view: RequestView) -> Iterator[str]:
    fact = view.facts[node.fact]
    limit = node.limit.value
    if fact.state is FactState.NOT_COMPUTABLE and fact.value is not None:
        settled = len(truth(node, view.facts)) == 1
        yield f"limit: not computable, and {'settled' if settled else 'left open'} by its bounds"
    if fact.state is not FactState.KNOWN or not isinstance(fact.value, Interval) or limit is None:
        return
    low, high = fact.value.low, fact.value.high
    if fact.value.is_exact:
        yield "limit: met exactly" if low == limit else "limit: an exact amount beside it"
    if (low == limit and fact.value.low_open) or (high == limit and fact.value.high_open):
        yield "limit: at an open end"
    if low is None or high is None:
        yield "limit: an amount without a bound"
    for end in (low, high):
        if end is not None and 0 < abs(end - limit) * 1_000_000 < 1:
            yield "limit: missed by less than a millionth"


EXPECTED = {
    *(f"operator: {node.__name__}" for node in OPERATORS),
    *(f"comparison: {comparison}" for comparison in Comparison),
    *(f"effect: {effect}" for effect in Effect),
    *(f"status: {status}" for status in Status),
    *(f"outcome: {outcome}" for outcome in Outcome),
    *(f"condition of more than 55 leaves: {status}" for status in Status),
    "a common guideline beside the one that speaks",
    "a silenced guideline",
    "an order of its own for the kind",
    "count: a part not computable",
    "count: just out of reach",
    "count: just reached",
    "count: one short, still open",
    "count: only just within reach",
    "excuse: of a failed require",
    "excuse: of a met defeat",
    "limit: an amount without a bound",
    "limit: an exact amount beside it",
    "limit: at an open end",
    "limit: from a parameter",
    "limit: met exactly",
    "limit: not computable, and left open by its bounds",
    "limit: not computable, and settled by its bounds",
    "limit: missed by less than a millionth",
    "more criteria than one fact of the rules engine holds",
    "not computable decides",
    "not computable does not matter",
}


def test_the_generator_reaches_everything_that_the_readings_could_differ_in():
    requests_with: Counter[str] = Counter()
    strata: Counter[int] = Counter()
    total = 0

    @settings(
        max_examples=300,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(rulebooks(), batches())
    def look(rules: Rules, views: tuple[RequestView, ...]) -> None:
        nonlocal total
        if total < 100:
            strata[len(compile_rules(rules).strata)] += 1
        for view in views:
            total += 1
            requests_with.update(set(seen_in(rules, view)))

    look()
    lines = [f"{requests_with[what] / total:6.1%}  {what}" for what in sorted(EXPECTED)]
    depths = ", ".join(f"{depth}: {strata[depth]}" for depth in sorted(strata))
    sys.stdout.write("\n  ".join((f"\nof {total} requests:", *lines, f"strata of the first rulebooks: {depths}\n")))
    assert {what for what in EXPECTED if requests_with[what] < 3} == set()
    # Statuses, guidelines, outcome: three at least; counts and long conditions add to that.
    assert max(strata) >= 5
