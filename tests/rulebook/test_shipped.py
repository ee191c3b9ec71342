"""What holds of the rulebook that ships with the package, whatever is added to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imr_engine.data.files import folder
from imr_engine.data.yaml_source import read_yaml
from imr_engine.inference.facts import FACTS
from imr_engine.inference.rete import check_compilable
from imr_engine.prediction import Effect
from imr_engine.rulebook import Criterion, load_rulebook
from imr_engine.rulebook.tree import AllOf, AnyOf, Documented, Node, facts_of, parameters_of

RULEBOOK = load_rulebook()
CRITERIA = {criterion.id: criterion for criterion in RULEBOOK.criteria}

# A require or a support is told of whatever it comes to; a defeat or an excuse decides only where it is met.
STATUSES = {
    Effect.REQUIRE: ("met", "not_met", "not_documented"),
    Effect.SUPPORT: ("met", "not_met", "not_documented"),
    Effect.DEFEAT: ("met",),
    Effect.EXCUSE: ("met",),
    Effect.NOTE: (),
}


def can_be_false(node: Node) -> bool:
    """Whether a condition can ever be false, which documentation as such cannot."""
    match node:
        case Documented():
            return False
        case AllOf(parts):
            return any(can_be_false(part) for part in parts)
        case AnyOf(parts):
            return all(can_be_false(part) for part in parts)
        case _:
            return True


def without_words(criterion: Criterion) -> Iterator[str]:
    for status in STATUSES[criterion.effect]:
        if not getattr(criterion.words, status) and (status != "not_met" or can_be_false(criterion.when)):
            yield status


@pytest.mark.parametrize("name", CRITERIA)
def test_every_criterion_has_words_for_each_status_it_can_decide_with(name: str):
    assert list(without_words(CRITERIA[name])) == []


@pytest.mark.parametrize("name", CRITERIA)
def test_every_criterion_stands_where_it_says_it_does(name: str):
    criterion = CRITERIA[name]
    place = criterion.place
    assert place.file == f"{criterion.guideline}/{criterion.topic}.yaml"
    document = read_yaml(folder("rules") / criterion.guideline / f"{criterion.topic}.yaml", place.file)
    ids = {
        entry["id"]: document.place(("criteria", index, "id")) for index, entry in enumerate(document.value["criteria"])
    }
    assert place == ids[name]


def test_no_criterion_of_the_files_is_left_out():
    written = [
        entry["id"]
        for guideline in RULEBOOK.guidelines
        for file in (folder("rules") / guideline).iterdir()
        if file.name != "guideline.yaml"
        for entry in read_yaml(file.read_bytes(), file.name).value["criteria"]
    ]
    assert sorted(written) == sorted(CRITERIA)


@pytest.mark.parametrize("name", CRITERIA)
def test_every_citation_says_where_it_was_read_and_how_sure_that_is(name: str):
    cited = CRITERIA[name].citation
    assert cited.section
    assert cited.source
    assert cited.confidence in ("seen", "quoted", "general_knowledge", "doubtful")


@pytest.mark.parametrize("name", CRITERIA)
def test_pages_are_cited_only_where_they_were_seen_or_quoted(name: str):
    cited = CRITERIA[name].citation
    assert cited.pages is None or cited.confidence in ("seen", "quoted")


def test_every_declared_fact_is_read_by_a_criterion():
    assert set(RULEBOOK.facts) == {name for criterion in RULEBOOK.criteria for name in facts_of(criterion.when)}


def test_every_declared_fact_is_one_that_the_engine_works_out_and_the_other_way_round():
    assert set(RULEBOOK.facts) == set(FACTS)


def test_every_parameter_is_used_by_a_criterion():
    assert set(RULEBOOK.parameters) == {
        name for criterion in RULEBOOK.criteria for name in parameters_of(criterion.when)
    }


def test_every_fact_that_can_be_missing_says_how_to_document_it():
    silent = [name for name, fact in RULEBOOK.facts.items() if fact.document is None]
    computed = {"drug_requested", "must_be_tapered", "parent_denied", "taken_medicine_denied", "already_authorized"}
    assert set(silent) <= computed


def test_every_phrase_is_used():
    for guideline in RULEBOOK.guidelines:
        for file in (folder("rules") / guideline).iterdir():
            value = read_yaml(file.read_bytes(), file.name).value
            used = {entry["says"]["rule"] for entry in value.get("criteria", ()) if "rule" in entry.get("says", {})}
            assert {f"${name}" for name in value.get("phrases", {})} <= used, file.name


def test_every_guideline_has_a_say_in_some_edition():
    speaking = {name for edition in RULEBOOK.editions for order in edition.order.values() for name in order}
    assert {name for name, guideline in RULEBOOK.guidelines.items() if not guideline.common} == speaking


def test_an_edition_begins_on_the_day_after_the_last_one_ends():
    for earlier, later in zip(RULEBOOK.editions, RULEBOOK.editions[1:], strict=False):
        assert earlier.end == later.start


def test_the_rules_engine_can_run_every_edition():
    assert check_compilable(RULEBOOK) == []


def test_every_drug_class_and_ingredient_of_a_scope_is_one_of_the_drug_tables():
    from imr_engine.dosing import load_tables

    drugs = load_tables().drugs.values()
    classes, ingredients = {drug.drug_class for drug in drugs}, {drug.id for drug in drugs}
    for criterion in RULEBOOK.criteria:
        assert set(criterion.scope.classes) <= classes, criterion.id
        assert set(criterion.scope.ingredients) <= ingredients, criterion.id


def test_every_edition_names_a_conversion_table_that_there_is():
    from imr_engine.dosing import load_tables

    assert {edition.conversion_table for edition in RULEBOOK.editions} <= set(load_tables().conversions)
