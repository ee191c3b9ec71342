from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from imr_engine.errors import Place, RulebookError
from imr_engine.inference.formula import And, Atom, Count, Or, always, never
from imr_engine.inference.rete import check_compilable, compile_rules
from imr_engine.inference.rete.folding import fold
from imr_engine.inference.rete.planner import LEAVES_PER_SHARD, RULES_PER_SHARD
from imr_engine.prediction import Effect
from imr_engine.rulebook.model import Guideline, Parameter, ParameterValue, Rulebook, Rules
from imr_engine.rulebook.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Comparison,
    Documented,
    Holds,
    IsOneOf,
    Limit,
    Not,
)
from imr_engine.testing.random_rules import (
    COMMON,
    FACTS,
    GUIDELINES,
    amount,
    criterion,
    rulebooks,
    rules_of,
)

A, B, C = (Atom(name, "==", "t") for name in "abc")


def expressions(condition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield condition
    for key in ("$and", "$or"):
        for part in condition.get(key, ()):
            yield from expressions(part)


def assert_safe_for_durable_rules(ruleset: dict[str, Any]) -> None:
    assert len(ruleset) <= 4_096
    leaves_of: Counter[str] = Counter()
    rules_of_shard: Counter[str] = Counter()
    names_of: dict[str, set[str]] = {}
    for name, rule in ruleset.items():
        (pattern,) = rule["all"]
        condition = pattern["m"]
        if name == "z":
            assert condition == {"k": "end"}
            assert rule["pri"] == 1000
            continue
        shard = condition["$and"][0]["k"]
        groups = 0
        rules_of_shard[shard] += 1
        for part in expressions(condition):
            (key, body), *more = part.items()
            assert not more
            if key in ("$and", "$or"):
                groups += 1
                assert len(body) > 1, "an empty group hangs the engine, a group of one is waste"
                continue
            leaves_of[shard] += 1
            if key.startswith("$"):
                ((key, body),) = body.items()
            assert isinstance(body, (str, int))
            assert not isinstance(body, bool)
            assert isinstance(body, str) or -(2**63) < body < 2**63
            if key != "k":
                assert key[0] == "a"
                assert key[1:].isdecimal(), "a name with a dot would mean nesting"
                names_of.setdefault(shard, set()).add(key)
        assert groups <= 15
    assert len(rules_of_shard) <= 512
    assert max(rules_of_shard.values()) <= RULES_PER_SHARD < 64
    assert max(leaves_of.values()) <= LEAVES_PER_SHARD <= 55
    assert max(len(names) for names in names_of.values()) <= 252


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rulebooks())
def test_whatever_is_compiled_stays_within_what_durable_rules_can_run(rules: Rules):
    for stratum in compile_rules(rules).strata:
        for bank in stratum.banks:
            ruleset = json.loads(bank.ruleset)
            assert_safe_for_durable_rules(ruleset)
            assert set(bank.rules) == set(ruleset) - {"z"}


def test_a_rulebook_of_a_thousand_criteria_is_spread_over_several_rulesets():
    many = [
        criterion(f"limit-{number}", Effect.REQUIRE, Compare("amount_0", Comparison.AT_MOST, amount(number)))
        for number in range(1_000)
    ]
    program = compile_rules(rules_of(*many))
    assert program.rule_count > 2_000
    for stratum in program.strata:
        for bank in stratum.banks:
            assert_safe_for_durable_rules(json.loads(bank.ruleset))


def test_a_count_is_taken_in_a_stratum_of_its_own():
    parts = tuple(Holds(f"sign_{number}") for number in range(5))
    plain_condition = compile_rules(rules_of(criterion("all", Effect.REQUIRE, AllOf(parts))))
    count = compile_rules(rules_of(criterion("most", Effect.REQUIRE, AtLeast(amount(3), parts))))
    of_counts = AtLeast(amount(2), (AtLeast(amount(3), parts), AtLeast(amount(2), parts[1:]), parts[0]))
    counts = compile_rules(rules_of(criterion("counts", Effect.REQUIRE, of_counts)))
    assert [len(program.strata) for program in (plain_condition, count, counts)] == [3, 4, 5]
    # Met at three true, not met at three false; possibly met at three possible.
    assert [len(findings) for _, findings in count.strata[0].counts] == [5, 5, 5]


def test_a_count_of_one_or_of_all_needs_no_stratum():
    parts = tuple(Holds(f"sign_{number}") for number in range(5))
    for wanted in (1, 5):
        program = compile_rules(rules_of(criterion("c", Effect.REQUIRE, AtLeast(amount(wanted), parts))))
        assert len(program.strata) == 3


def test_constants_are_folded_and_never_reach_the_engine():
    assert fold(And((A, always(), And((B, A))))) == And((A, B))
    assert fold(Or((A, never(), Or((B,))))) == Or((A, B))
    assert fold(And((A, never()))) == never()
    assert fold(Or((A, always()))) == always()
    assert fold(And(())) == always()
    assert fold(Or((Or(()), And((never(), A))))) == never()
    assert fold(Count((A, B, C), 0)) == always()
    assert fold(Count((A, B, C), 4)) == never()
    assert fold(Count((A, always(), B, C), 3)) == Count((A, B, C), 2)
    assert fold(Count((A, never(), B), 2)) == And((A, B))
    assert fold(Count((A, B, A), 2)) == Count((A, B, A), 2)


def test_documented_can_not_be_found_not_met():
    program = compile_rules(rules_of(criterion("written", Effect.REQUIRE, Documented("visits"))))
    concluded = {finding for stratum in program.strata for bank in stratum.banks for finding, _ in bank.rules.values()}
    (findings,) = program.criteria
    assert findings.met in concluded
    assert findings.not_met not in concluded


# the cache


def test_the_same_rules_are_compiled_once():
    rules = rules_of(criterion("one", Effect.SUPPORT, Holds("sign_0")), key="kept")
    assert compile_rules(rules) is compile_rules(rules)
    assert compile_rules(rules) is compile_rules(replace(rules))


def test_a_key_that_two_rulebooks_share_misleads_nobody():
    one = rules_of(criterion("one", Effect.SUPPORT, Holds("sign_0")), key="shared")
    other = rules_of(criterion("other", Effect.SUPPORT, Holds("sign_1")), key="shared")
    assert [c.id for c in compile_rules(one).criteria] == ["one"]
    assert [c.id for c in compile_rules(other).criteria] == ["other"]


# what is refused


def refusal(rules: Rules) -> str:
    with pytest.raises(RulebookError) as caught:
        compile_rules(rules)
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("when", "message"),
    [
        (
            Compare("amount_0", Comparison.AT_MOST, amount(10**12)),
            "the limit 1000000000000 of amount_0 cannot be compared exactly by the rules engine",
        ),
        (
            AnyOf((Not(Compare("visits", Comparison.MORE_THAN, amount(Fraction(1, 3)))), Holds("sign_0"))),
            "the limit 1/3 of visits cannot be compared exactly by the rules engine",
        ),
        (
            Compare("amount_1", Comparison.AT_MOST, Limit(None, "ceiling")),
            "the limit of amount_1 has no value on this date",
        ),
        (AtLeast(amount(Fraction(3, 2)), (Holds("sign_0"), Holds("sign_1"))), "a count is a whole number, not 3/2"),
        (AllOf((Holds("sign_0"), IsOneOf("moon", ("full",)))), "it reads moon, which is not declared"),
    ],
)
def test_what_cannot_be_compiled_is_refused_with_its_criterion_and_line(when: Any, message: str):
    bad = replace(criterion("bad", Effect.REQUIRE, when), place=Place("topic.yaml", 12, 5))
    good = criterion("good", Effect.REQUIRE, Holds("sign_0"))
    assert refusal(rules_of(good, bad)) == f"topic.yaml:12:5: bad: {message}"


def test_an_excuse_across_guidelines_is_refused():
    target = criterion("target", Effect.REQUIRE, Holds("sign_0"), guideline=GUIDELINES[1])
    excuse = criterion("excuse", Effect.EXCUSE, Holds("sign_1"), excuses=("target",))
    assert refusal(rules_of(target, excuse)) == "input: excuse: it excuses target, which another guideline states"


def test_every_edition_and_every_day_on_which_a_threshold_changes_is_checked():
    def parameter(later: int) -> Parameter:
        values = tuple(
            ParameterValue(date(year, 1, 1), Fraction(value), str(value), "made for a test", "seen")
            for year, value in ((2000, 120), (2012, later))
        )
        return Parameter("ceiling", "mg/day", "for tests", values)

    when = Compare("amount_0", Comparison.AT_MOST, Limit(None, "ceiling"))
    limit = replace(criterion("limit", Effect.REQUIRE, when), place=Place("topic.yaml", 3, 5))
    rules = rules_of(limit)
    guidelines = {
        name: Guideline(id=name, title=name, short=name, lead=name, common=name == COMMON, digest="", criteria=())
        for name in (*GUIDELINES, COMMON)
    }
    guidelines["chapter"] = replace(guidelines["chapter"], criteria=(limit,))
    book = Rulebook(
        facts=FACTS,
        parameters={"ceiling": parameter(later=90)},
        guidelines=guidelines,
        editions=(rules.edition,),
        kinds=(),
        scales=(),
        digest="digest",
    )
    assert check_compilable(book) == []
    other = replace(book, parameters={"ceiling": parameter(later=10**12)}, digest="another digest")
    problems = check_compilable(other)
    assert list(map(str, problems)) == [
        "topic.yaml:3:5: limit: the limit 1000000000000 of amount_0 cannot be compared exactly by the rules engine"
    ]
