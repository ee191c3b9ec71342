"""Every sort of mutation makes what it says, and the golden cases notice what is made of the shipped rules."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import mutate
import pytest
from golden import goldens

from imr_engine import Case, load_rulebook
from imr_engine.prediction import Citation, Effect
from imr_engine.rulebook.model import (
    Criterion,
    Edition,
    FactDeclaration,
    FactType,
    Guideline,
    Parameter,
    ParameterValue,
    Rulebook,
    Scope,
    Words,
)
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
    Node,
    Not,
)
from imr_engine.verify.mutation import condition_mutants, criterion_mutants, mutants, try_mutants

FACTS = {
    name: FactDeclaration(name, kind, name, "for a test", unit, values)
    for name, kind, unit, values in (
        ("at_work", FactType.BOOLEAN, None, ()),
        ("gain", FactType.CHOICE, None, ("none", "general", "specific")),
        ("dose", FactType.QUANTITY, "MME/day", ()),
        ("checks", FactType.COUNT, None, ()),
    )
}
AT_WORK, GAIN, ON_RECORD = Holds("at_work"), IsOneOf("gain", ("general",)), Documented("dose")


def amount(value: int | Fraction) -> Limit:
    return Limit(Fraction(value), None, str(value))


def made(operator: str, node: Node) -> list[Node]:
    return [changed for sort, _, changed in condition_mutants(node, FACTS) if sort == operator]


def test_a_comparison_becomes_each_of_the_other_three():
    node = Compare("dose", Comparison.AT_MOST, amount(120))
    assert {changed.comparison for changed in made("comparison", node)} == set(Comparison) - {Comparison.AT_MOST}
    assert {(changed.fact, changed.limit) for changed in made("comparison", node)} == {("dose", amount(120))}


def test_a_threshold_moves_one_unit_to_either_side_and_is_doubled_and_halved():
    found = made("threshold", Compare("dose", Comparison.AT_MOST, amount(25)))
    assert [changed.limit.value for changed in found] == [26, 24, 50, Fraction(25, 2)]


def test_the_threshold_of_a_count_stays_whole():
    found = made("threshold", Compare("checks", Comparison.AT_LEAST, amount(1)))
    assert [changed.limit.value for changed in found] == [2, 0]


def test_a_threshold_from_a_parameter_is_moved_at_the_parameter_alone():
    assert made("threshold", Compare("dose", Comparison.AT_MOST, Limit(Fraction(120), "ceiling", "120"))) == []


def test_all_becomes_any_and_any_becomes_all():
    parts = (AT_WORK, GAIN)
    assert made("group", AllOf(parts)) == [AnyOf(parts)]
    assert made("group", AnyOf(parts)) == [AllOf(parts)]


def test_a_count_becomes_one_more_and_one_less_and_all_and_any():
    parts = (AT_WORK, GAIN, ON_RECORD)
    node = AtLeast(amount(2), parts)
    assert made("count", node) == [AtLeast(amount(3), parts), AtLeast(amount(1), parts)]
    assert made("group", node) == [AllOf(parts), AnyOf(parts)]


@pytest.mark.parametrize("group", [AllOf, AnyOf, lambda parts: AtLeast(amount(2), parts)])
def test_each_part_of_a_group_is_left_out_once(group):
    parts = (AT_WORK, GAIN, ON_RECORD)
    wanted = [group((GAIN, ON_RECORD)), group((AT_WORK, ON_RECORD)), group((AT_WORK, GAIN))]
    assert made("part", group(parts)) == wanted


def test_the_only_part_of_a_group_stays():
    assert made("part", AllOf((AT_WORK,))) == []


def test_a_negation_is_added_to_every_place_and_taken_from_where_it_stands():
    assert made("negation", AllOf((AT_WORK, Not(GAIN)))) == [
        Not(AllOf((AT_WORK, Not(GAIN)))),
        AllOf((Not(AT_WORK), Not(GAIN))),
        AllOf((AT_WORK, GAIN)),
        AllOf((AT_WORK, Not(Not(GAIN)))),
    ]


def test_choices_lose_each_value_and_gain_each_other():
    assert made("choice", IsOneOf("gain", ("general", "specific"))) == [
        IsOneOf("gain", ("specific",)),
        IsOneOf("gain", ("general",)),
        IsOneOf("gain", ("general", "specific", "none")),
    ]
    assert made("choice", GAIN) == [IsOneOf("gain", ("general", "none")), IsOneOf("gain", ("general", "specific"))]


def test_a_change_deep_in_a_condition_leaves_the_rest_as_it_is():
    rest = AnyOf((GAIN, ON_RECORD))
    node = AllOf((rest, AnyOf((AT_WORK, Compare("dose", Comparison.AT_MOST, amount(120))))))
    for changed in made("comparison", node):
        assert changed.parts[0] == rest
        assert changed.parts[1].parts[0] == AT_WORK


# criteria, parameters, editions

CEILING = Parameter(
    "ceiling", "MME/day", "for a test", (ParameterValue(date(2009, 7, 18), Fraction(120), "120", "test", "seen"),)
)


def criterion(name: str, effect: Effect, scope: Scope | None = None, excuses: tuple[str, ...] = ()) -> Criterion:
    cited = Citation("first", "a section", None, "test", "seen")
    return Criterion(name, name, "first", "topic", scope or Scope(), effect, AT_WORK, cited, Words(), excuses)


def rulebook_of(*criteria: Criterion) -> Rulebook:
    edition = Edition(
        "edition", "edition", date(2009, 7, 18), date(2016, 7, 29), {"default": ("first", "second")}, "table", "test"
    )
    first = Guideline("first", "first", "first", "Under it", common=False, digest="", criteria=criteria)
    second = Guideline("second", "second", "second", "Under it", common=False, digest="", criteria=())
    return Rulebook(FACTS, {"ceiling": CEILING}, {"first": first, "second": second}, (edition,), (), {}, "digest")


def changed_to(operator: str, of: Criterion, *others: Criterion) -> list[Criterion | None]:
    return [new for sort, _, new in criterion_mutants(of, rulebook_of(of, *others)) if sort == operator]


@pytest.mark.parametrize(
    ("effect", "wanted"),
    [
        (Effect.REQUIRE, [Effect.NOTE, Effect.SUPPORT]),
        (Effect.SUPPORT, [Effect.NOTE, Effect.REQUIRE]),
        (Effect.DEFEAT, [Effect.NOTE]),
        (Effect.EXCUSE, [Effect.NOTE]),
        (Effect.NOTE, [Effect.SUPPORT, Effect.DEFEAT]),
    ],
)
def test_an_effect_becomes_another(effect: Effect, wanted: list[Effect]):
    found = changed_to("effect", criterion("rule", effect, excuses=("other",) if effect is Effect.EXCUSE else ()))
    assert [entry.effect for entry in found if entry] == wanted
    assert all(entry.excuses == () for entry in found if entry)


def test_an_excuse_of_several_loses_each_of_them():
    found = changed_to("excuse", criterion("rule", Effect.EXCUSE, excuses=("one", "two")))
    assert [entry.excuses for entry in found if entry] == [("two",), ("one",)]


def test_each_part_of_a_scope_is_dropped_and_narrowed_and_widened():
    rule = criterion("rule", Effect.REQUIRE, Scope(classes=("opioid",), phases=("start", "continue")))
    other = criterion("other", Effect.REQUIRE, Scope(classes=("hypnotic",)))
    assert [entry.scope for entry in changed_to("scope", rule, other) if entry] == [
        Scope(phases=("start", "continue")),
        Scope(classes=("opioid", "hypnotic"), phases=("start", "continue")),
        Scope(classes=("opioid",)),
        Scope(classes=("opioid",), phases=("continue",)),
        Scope(classes=("opioid",), phases=("start",)),
    ]


def test_every_criterion_is_deleted_once():
    rulebook = rulebook_of(criterion("one", Effect.REQUIRE), criterion("two", Effect.SUPPORT))
    left = [[entry.id for entry in one.rulebook.criteria] for one in mutants(rulebook) if one.operator == "deletion"]
    assert left == [["two"], ["one"]]


def test_a_parameter_is_moved_for_all_criteria_at_once():
    found = [one.rulebook.parameters["ceiling"] for one in mutants(rulebook_of()) if one.operator == "threshold"]
    assert [parameter.values[0].value for parameter in found] == [121, 119, 240, 60]


def test_the_edges_of_an_edition_move_by_a_day():
    found = [one.rulebook.editions[0] for one in mutants(rulebook_of()) if one.operator == "edition"]
    start, end = date(2009, 7, 18), date(2016, 7, 29)
    assert [(edition.start, edition.end) for edition in found] == [
        (date(2009, 7, 17), end),
        (date(2009, 7, 19), end),
        (start, date(2016, 7, 28)),
        (start, date(2016, 7, 30)),
    ]


def test_neighbours_in_the_order_of_guidelines_change_places():
    found = [one.rulebook.editions[0] for one in mutants(rulebook_of()) if one.operator == "order"]
    assert [edition.order for edition in found] == [{"default": ("second", "first")}]


# the shipped rules


def test_mutants_of_the_shipped_rules_differ_in_name_and_digest_from_one_another_and_from_the_rules():
    rulebook = load_rulebook()
    found = list(mutants(rulebook))
    assert len(found) > 400
    assert len({mutant.id for mutant in found}) == len(found)
    assert len({rulebook.digest, *(mutant.rulebook.digest for mutant in found)}) == len(found) + 1


def test_mutating_leaves_the_rulebook_as_it_was():
    rulebook = load_rulebook()
    before = repr(rulebook)
    assert all(mutant.rulebook != rulebook for mutant in mutants(rulebook))
    assert repr(rulebook) == before


def test_the_golden_cases_notice_every_mutant_of_the_shipped_rules_but_those_explained():
    tried = mutate.run()
    survivors = {entry.mutant.id for entry in tried if entry.noticed is None}
    assert survivors == set(mutate.EQUIVALENT)
    assert 100 * (len(tried) - len(survivors)) >= mutate.WANTED * len(tried)


def test_a_few_cases_alone_do_not_notice_most_mutants():
    rulebook = load_rulebook()
    few = [(golden, Case.model_validate(golden.case)) for golden in goldens()[:2]]
    tried = list(try_mutants(mutants(rulebook), few, rulebook))
    assert sum(entry.noticed is None for entry in tried) > len(tried) / 2


def test_an_expectation_that_the_rules_themselves_do_not_meet_is_refused():
    rulebook = load_rulebook()
    golden = goldens()[0]
    turned = {name: "overturned" if outcome == "upheld" else "upheld" for name, outcome in golden.expect.items()}
    wrong = type(golden)(golden.id, golden.case, turned)
    with pytest.raises(ValueError, match="does not do as expected: seed-000: dilaudid is upheld, expected overturned"):
        list(try_mutants(mutants(rulebook), [(wrong, Case.model_validate(wrong.case))], rulebook))
