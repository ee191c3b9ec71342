"""Drug lines as written: what they come to in a day, what is refused, and what stays unread."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from imr_engine.data.yaml_source import read_yaml
from imr_engine.dosing import DrugLine, read_line
from imr_engine.dosing.daily import line_dose
from imr_engine.dosing.rendering import render_line
from imr_engine.units.interval import Interval

HERE = Path(__file__).parent
GOLDEN = [(basis, *row) for basis, rows in read_yaml(HERE / "golden_lines.yaml").value.items() for row in rows]
LETTERS = [(where, row) for where, rows in read_yaml(HERE / "letter_lines.yaml").value.items() for row in rows]


def figure(written: Any) -> Fraction | None:
    """A figure of a golden file: a number, a fraction as text, or null."""
    return None if written is None else Fraction(str(written))


def test_there_are_at_least_three_hundred_golden_lines():
    assert len({row[1] for row in GOLDEN}) >= 300


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row[1])
def test_a_line_as_written_comes_to_the_dose_worked_out_by_hand(row: tuple[Any, ...]):
    basis, text, drug, low, high, unit, *more = row
    line = read_line(text)
    dose = line_dose(line)
    assert line.drug is not None
    assert line.drug.id == drug
    assert not line.problems
    assert not line.unread
    assert dose.estimate == Interval(figure(low), figure(high), low_open=bool(more))
    assert dose.unit == unit
    assert dose.basis == {"as_needed": "directions"}.get(basis, basis)
    if basis == "as_needed":
        assert dose.as_needed
    if basis == "assumed_30_day":
        assert dose.daily == Interval(Fraction(0), None, low_open=not dose.as_needed)


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row[1])
def test_a_line_written_out_again_reads_as_the_same_line(row: tuple[Any, ...]):
    line = read_line(row[1])
    again = read_line(render_line(line))
    assert again.meaning == line.meaning
    assert not again.unread
    assert not again.problems


@pytest.mark.parametrize("row", [row for _, row in LETTERS], ids=[f"{where}: {row['line']}" for where, row in LETTERS])
def test_every_drug_line_of_the_letters_is_read_or_incomplete_for_a_stated_reason(row: dict[str, Any]):
    line = read_line(row["line"])
    dose = line_dose(line)
    assert line.drug is not None
    assert line.drug.id == row["drug"]
    assert not line.problems
    if "day" in row:
        low, high, unit = row["day"]
        assert dose.estimate == Interval(figure(low), figure(high))
        assert (dose.unit, line.unread) == (unit, ())
    elif row["incomplete"] == "unread":
        assert any(row["part"] in part for part in line.unread)
        assert dose.estimate is None
    elif row["incomplete"] == "an injection":
        assert dose.estimate is None
    elif "over_30_days" in row:
        assert row["incomplete"] == "no directions"
        assert line.directions is None
        value, unit = row["over_30_days"]
        assert dose.estimate == Interval.exact(figure(value) or 0)
        assert (dose.unit, dose.basis) == (unit, "assumed_30_day")
    else:
        assert dose.basis == "unknown"
        assert dose.estimate is not None
        assert dose.estimate.high is None
        assert not line.unread
        if row["incomplete"] == "no strength":
            assert line.directions is not None
            assert line.strength is None
        if row["incomplete"] == "a cream or gel":
            assert line.drug.drug_class == "topical"
    assert row.get("warns") in (None, *(warning.message for warning in line.warnings))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Norco 10/325 1 tab q6h and something at night", "something"),
        ("Norco 10/325 1 tab with every full moon", "with every full moon"),
        # A count a day beside a frequency repeats or contradicts it; it is never a further dose.
        ("oxycodone 30mg 1 tablet q4h (6/day)", "6/day"),
        ("OxyContin 40 mg TID (total 120 mg/day)", "total 120 mg/day"),
        ("fentanyl patch 100 mcg/hr + 25 mcg/hr q72h", "25 mcg/hr"),
        ("morphine 15 mg q4h, 60 mg q12h", "q 12 h"),
        ("Norco 10/325 x 120", "x 120"),
        ("Norco 10/325 taper by 10% per week", "by 10%"),
        ("Norco 10/325 1 tab q6h, may repeat once", "may repeat once"),
        ("Norco 10/325 1-2 tabs q4h prn, max 6", "max 6"),
        ("Norco 10/325 1 tab BID TID", "tid"),
        ("Dilaudid 2 q6h", "2"),
        ("OxyContin 20 mg q12h and an extra half when it rains", "extra"),
        ("Norco 10/325 1 tab every Tuesday", "every tuesday"),
        ("Norco 10/325 #120 #60", "#60"),
        ("morphine 15 mg q4h while awake", "while awake"),
        ("oxycodone 10 mg 2 tablets 1 tab q6h", "1 tab"),
    ],
)
def test_nothing_is_computed_from_a_line_while_part_of_it_is_unread(text: str, part: str):
    line = read_line(text)
    dose = line_dose(line)
    assert dose.daily is None
    assert dose.estimate is None
    assert dose.reason is not None
    assert part.split(maxsplit=1)[0] in dose.reason


@pytest.mark.parametrize(
    ("text", "message", "suggestion"),
    [
        ("Norco 325/5", "the figures stand in the wrong order", "did you mean 5/325 mg?"),
        ("Percocet 325-10 mg", "the figures stand in the wrong order", "did you mean 10/325 mg?"),
        ("Dilaudid 4/325 mg", "reads as a combination, and hydromorphone is not sold so", None),
        ("Dilauded 4 mg q6h", "no medicine of this name is known", "did you mean Dilaudid?"),
        ("Oxycontine 20 mg bid", "no medicine of this name is known", "did you mean OxyContin?"),
        ("Flexaril 10 mg", "no medicine of this name is known", "did you mean Flexeril?"),
        ("clonazapam 1 mg", "no medicine of this name is known", "did you mean clonazepam?"),
        ("Norco and Soma", "two medicines in one line", "write a line for each"),
        ("Norco 10/325 mg and Soma 350 mg", "two medicines in one line", "write a line for each"),
        ("fentanyl patch 25 mg", "not the strength of a patch", "a patch is measured in mcg/h"),
        ("fentanyl patch 25 mg/h", "a thousand times a marketed patch", "did you mean 25 mcg/h?"),
        ("oxycodone 10 mcg q6h", "the wrong unit for this medicine", "did you mean 10 mg?"),
        ("Fentora 200 mg", "the wrong unit for this medicine", "did you mean 200 mcg?"),
        ("OxyContin 20 mcg/h", "an amount an hour is the strength of a patch, and oxycodone has none", None),
        ("Dilaudid (oxycodone) 4 mg", "two medicines in one line", "write a line for each"),
        ("lorazepam 0.5 mg 1 mg q8h prn", "reads as a combination, and lorazepam is not sold so", None),
        ("OxyContin (Percocet) 10 mg", "the two names are different products", None),
        ("Norco 0/325 mg", "a strength is above 0", None),
    ],
)
def test_what_cannot_be_meant_is_an_error_with_a_suggestion(text: str, message: str, suggestion: str | None):
    line = read_line(text)
    assert [(one.message, one.suggestion) for one in line.problems] == [(message, suggestion)]
    assert line_dose(line).daily is None


@pytest.mark.parametrize("name", ["zzyzx 10 mg tid", "Wonderpill", "hydrocortisol drops"])
def test_a_name_unlike_any_other_is_an_unknown_medicine_and_no_error(name: str):
    line = read_line(name)
    assert not line.drugs
    assert not line.problems
    assert [warning.message for warning in line.warnings] == ["an unknown medicine"]


def test_a_common_steroid_is_not_taken_for_a_misspelt_opioid():
    line = read_line("hydrocortisone 10 mg daily")
    assert line.drug is not None
    assert line.drug.drug_class == "corticosteroid"


@pytest.mark.parametrize("text", ["MS 15 mg q8h", "MS"])
def test_ms_alone_is_not_taken_for_morphine(text: str):
    line = read_line(text)
    assert not line.drugs
    assert "MS may be morphine, magnesium sulfate or multiple sclerosis" in line.warnings[0].message


@pytest.mark.parametrize("text", ["MS Contin 15 mg q8h", "MSIR 15 mg q4h", "MS IR 15 mg q4h", "MS ER 15 mg q8h"])
def test_ms_is_morphine_where_it_is_part_of_its_name(text: str):
    line = read_line(text)
    assert line.drug is not None
    assert line.drug.id == "morphine"


@pytest.mark.parametrize(
    ("text", "release", "long_acting"),
    [
        ("OxyContin 20 mg", "extended", True),
        ("oxycodone ER 20 mg", "extended", True),
        ("oxycodone IR 10 mg", "immediate", False),
        ("Percocet 10/325", "immediate", False),
        ("Opana 20 mg ER", "extended", True),
        ("methadone 10 mg", "long_acting", True),
        ("Butrans 10 mcg/h", "extended", True),
        # A tablet of 10 mg is sold in both releases, and the line does not say which.
        ("oxycodone 10 mg", None, False),
        ("morphine 200 mg tablet", "extended", True),
    ],
)
def test_long_and_short_acting_are_told_apart_where_the_line_says_it(text, release, long_acting):
    line = read_line(text)
    assert (line.release, line.long_acting) == (release, long_acting)


def test_a_combination_names_its_partners_after_the_principal_drug():
    assert [drug.id for drug in read_line("Norco 10/325").drugs] == ["hydrocodone", "acetaminophen"]
    assert [drug.id for drug in read_line("acetaminophen/codeine 300/30").drugs] == ["codeine", "acetaminophen"]
    assert [drug.id for drug in read_line("Fioricet with codeine 50/325/40/30").drugs] == [
        "codeine", "butalbital", "acetaminophen", "caffeine",
    ]  # fmt: skip


def test_figures_follow_the_order_in_which_the_names_are_written():
    partner_first = read_line("acetaminophen/hydrocodone 325/10 mg")
    assert partner_first.strength == read_line("hydrocodone/acetaminophen 10/325 mg").strength
    assert not partner_first.problems


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("stopped Norco 10/325 qid", "stopped"),
        ("Norco 10/325 qid, discontinued", "stopped"),
        # The end of a taper that is still being taken.
        ("Norco 10/325 qid x 5 days then stop", None),
    ],
)
def test_a_stopped_medicine_is_told_from_a_taper_that_will_end(text: str, status: str | None):
    assert read_line(text).status == status


def test_a_strength_that_is_not_marketed_is_a_warning_that_says_what_is():
    line = read_line("baclofen 100 mg #30")
    assert not line.problems
    assert [(one.message, one.found, one.expected) for one in line.warnings] == [
        ("not a marketed strength", "100 mg", "5 mg, 10 mg, 20 mg")
    ]


def test_a_withdrawn_strength_of_an_old_chart_is_known():
    assert read_line("Vicodin 5/500 1 tab qid").warnings == ()


def test_a_compounded_cream_is_one_topical_whatever_is_in_it():
    line = read_line("Flurbiprofen 10%/Dextromethorphan 5%/Lidocaine 5%, 120grams #1")
    assert line.drugs[0].id == "compounded-topical"
    assert all(drug.drug_class == "topical" for drug in line.drugs)
    assert (line.quantity, line.quantity_unit) == (120, "g")
    assert line_dose(line).basis == "unknown"


def test_grams_of_a_cream_are_not_grams_of_its_drug():
    assert line_dose(read_line("Voltaren gel 1% apply 4 g qid")).daily == Interval.more_than(0)


@pytest.mark.parametrize(
    "text",
    [
        "morphine 10 mg IV q4h",
        "Duramorph intrathecal pump",
        "hydromorphone 2 mg injection q6h prn",
        "Nubain 10 mg IM q6h",
    ],
)
def test_an_injection_or_a_pump_is_not_computable_and_never_zero(text: str):
    dose = line_dose(read_line(text))
    assert dose.daily is None
    assert dose.reason is not None
    assert dose.reason.endswith("no factor is for an injection or a pump")


def test_one_third_of_a_dose_is_exactly_one_third():
    dose = line_dose(read_line("oxycodone 10 mg 1/3 tab tid"))
    assert dose.daily == Interval.exact(10)
    assert line_dose(read_line("oxycodone 10 mg 1/3 tab daily")).daily == Interval.exact(Fraction(10, 3))


def test_a_dose_written_twice_must_be_the_same_dose():
    assert line_dose(read_line("Roxicodone 15 mg 2 tabs (30 mg) tid")).daily == Interval.exact(90)
    contradicting = line_dose(read_line("Roxicodone 15 mg 2 tabs (45 mg) tid"))
    assert contradicting.daily is None
    assert contradicting.reason is not None
    assert "written twice, and differently" in contradicting.reason


def test_fields_of_a_record_say_the_same_as_one_line():
    record = DrugLine(
        "Norco", strength="10/325 mg", dose="1-2 tablets", directions="q4-6h prn, max 8/day", quantity=240
    )
    one_text = read_line("Norco 10/325 mg 1-2 tablets q4-6h prn, max 8/day #240")
    assert line_dose(read_line(record)).daily == line_dose(one_text).daily == Interval(Fraction(0), Fraction(80))


def test_a_record_takes_doses_per_day_in_place_of_directions():
    assert line_dose(
        read_line({"drug": "oxycodone", "dose": 15, "unit": "mg", "doses_per_day": 4})
    ).daily == Interval.exact(60)
    assert line_dose(read_line(DrugLine("oxycodone", strength="15 mg", doses_per_day=4))).daily == Interval.exact(60)


@pytest.mark.parametrize(
    ("strength", "message"),
    [
        ("thirty", "is not a strength"),
        ("-5 mg", "a strength is above 0"),
        ("0 mg", "a strength is above 0"),
        ("a lot", "is not a strength"),
        ("325/5", "the figures stand in the wrong order"),
        ("25 mcg/h", "an amount an hour is the strength of a patch, and hydrocodone has none"),
    ],
)
def test_a_strength_field_that_is_no_strength_is_an_error_of_that_field(strength: str, message: str):
    line = read_line(DrugLine("Norco", strength=strength, directions="tid"))
    assert [(one.field, one.message) for one in line.problems] == [("strength", message)]


def test_directions_that_cannot_be_read_are_no_error_of_the_input():
    line = read_line(DrugLine("Norco", strength="10/325", directions="whenever Mercury is in retrograde"))
    assert not line.problems
    assert line.unread == ("whenever mercury is in retrograde",)
    assert line_dose(line).daily is None


@pytest.mark.parametrize(
    "text",
    ["", "   ", "((((", "#" * 500, "1/0 of Norco", "Norco 1/0 mg", "q" * 5000, "\u0661\u0660 mg Norco", "\x00Norco"],
)
def test_any_text_at_all_is_read_without_failing(text: str):
    line_dose(read_line(text))
