"""The regimen if all requests were granted: what a request replaces, what it comes to, and what is only assumed."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest

from imr_engine.dosing import doses_of
from imr_engine.errors import DoseError
from imr_engine.units.interval import Interval

MORE_THAN_NOTHING = Interval.more_than(0)

DILAUDID = {"drug": "Dilaudid", "strength": "6 mg", "directions": "every 8 hours"}
OXYCONTIN = {"drug": "OxyContin", "strength": "20 mg", "directions": "every 12 hours"}
KLONOPIN = {"drug": "Klonopin", "strength": "1 mg", "directions": "TID"}
METOPROLOL = {"drug": "metoprolol"}
PERCOCET = {"drug": "Percocet", "strength": "5/325 mg"}


def test_the_third_founding_decision_totals_132_from_what_is_charted(case_of):
    case = case_of(
        [DILAUDID, OXYCONTIN, KLONOPIN, METOPROLOL],
        [
            {"id": "klonopin", "drug": "Klonopin", "strength": "1 mg", "quantity": 90, "refills": 3},
            {"id": "oxycontin", "drug": "OxyContin", "strength": "20 mg", "quantity": 60, "phase": "continue"},
            {"id": "dilaudid", "drug": "Dilaudid", "strength": "4 mg", "quantity": 90},
        ],
    )
    doses = doses_of(case, "mtus-2009")
    assert doses.firm_total == Interval.exact(132)
    assert doses.total is not None
    assert (doses.total.low, doses.total.high, doses.total.assumed) == (132, 132, False)
    assert {name: (one.phase, one.medication, one.basis) for name, one in doses.requests.items()} == {
        "klonopin": ("continue", 2, "charted"),
        "oxycontin": ("continue", 1, "charted"),
        "dilaudid": ("continue", 0, "charted"),
    }
    assert doses.requests["dilaudid"].daily == Interval.exact(18)
    assert doses.requests["klonopin"].supply_days == Interval.exact(120)
    assert doses.requests["dilaudid"].supply_days == Interval.exact(20)
    assert not doses.problems
    assert not doses.warnings
    assert doses_of(case, "cdc-2022").firm_total == Interval.exact(150)


def test_the_second_founding_decision_is_109_under_the_old_factors_and_125_under_the_new(case_of):
    hydromorphone = {"drug": "Dilaudid", "strength": "4 mg", "directions": "1 by mouth every 6 hrs as needed"}
    morphine = {
        "drug": "MS (morphine sulfate) Contin ER extended release",
        "strength": "15 mg",
        "directions": "1 by mouth every 8 hrs",
    }
    case = case_of([hydromorphone, morphine], [hydromorphone, morphine])
    assert doses_of(case, "mtus-2009").firm_total == Interval(Fraction(45), Fraction(109))
    assert doses_of(case, "cdc-2022").firm_total == Interval(Fraction(45), Fraction(125))


def test_a_quantity_over_an_assumed_month_is_an_estimate_and_never_firm(case_of):
    case = case_of(
        None,
        [
            {"drug": "Dilaudid", "strength": "8 mg", "quantity": 120},
            {"drug": "MS Contin", "strength": "60 mg", "quantity": 90},
        ],
    )
    doses = doses_of(case, "mtus-2009")
    assert doses.total is not None
    assert (doses.total.low, doses.total.high, doses.total.assumed) == (308, 308, True)
    assert {line.basis for line in doses.total.lines} == {"assumed_30_day"}
    assert doses.firm_total == MORE_THAN_NOTHING
    request = doses.requests["request-0"]
    assert (request.daily, request.supply_days) == (MORE_THAN_NOTHING, MORE_THAN_NOTHING)


def test_an_increase_takes_the_requested_strength_with_the_charted_frequency(case_of):
    charted = {"drug": "MS Contin", "strength": "15 mg", "directions": "every 12 hours"}
    asked = {"drug": "MS Contin", "strength": "60 mg", "quantity": 60}
    for request in (asked, {**asked, "phase": "increase"}):
        doses = doses_of(case_of([charted], [request]), "mtus-2009")
        dose = doses.requests["request-0"]
        assert doses.firm_total == Interval.exact(120)
        assert (dose.phase, dose.daily, dose.charted_daily) == ("increase", Interval.exact(120), Interval.exact(30))
        assert dose.supply_days == Interval.exact(30)


def test_a_charted_opioid_of_unknown_amount_makes_the_total_more_than_the_rest(case_of):
    charted = {"drug": "MS Contin", "strength": "15 mg", "directions": "every 12 hours"}
    case = case_of([charted, PERCOCET], [{"drug": "MS Contin", "strength": "60 mg", "quantity": 60}])
    doses = doses_of(case, "mtus-2009")
    assert doses.firm_total == Interval.more_than(120)
    assert doses.total is not None
    assert (doses.total.low, doses.total.high, doses.total.low_open) == (120, None, True)


def test_own_directions_come_before_the_charted_ones(case_of):
    charted = {"drug": "Norco", "strength": "10/325", "directions": "QID"}
    asked = {"drug": "Norco", "strength": "10/325", "directions": "BID", "quantity": 60}
    doses = doses_of(case_of([charted], [asked]), "mtus-2009")
    assert doses.firm_total == Interval.exact(20)
    assert doses.requests["request-0"].basis == "directions"


def test_a_request_nothing_is_charted_for_takes_its_stated_days_of_supply(case_of):
    asked = {"drug": "Norco", "strength": "10/325", "quantity": 60, "days_supply": 15, "refills": 1}
    doses = doses_of(case_of([METOPROLOL], [asked]), "mtus-2009")
    request = doses.requests["request-0"]
    assert (request.phase, request.basis) == ("start", "days_supply")
    assert doses.firm_total == Interval.exact(40)
    assert request.supply_days == Interval.exact(30)


def test_stopped_replaced_and_alternative_lines_do_not_add(case_of):
    lines = [{**OXYCONTIN, "status": status} for status in ("stopped", "replaced", "alternative")]
    doses = doses_of(case_of([DILAUDID, *lines], [{"service": "office visit"}]), "mtus-2009")
    assert doses.firm_total == Interval.exact(72)
    assert [one.status for one in doses.medications] == ["current", "stopped", "replaced", "alternative"]
    assert doses.medications[1].daily == Interval.exact(40)


def test_a_stopped_line_is_not_continued_by_a_request(case_of):
    asked = {"drug": "OxyContin", "strength": "20 mg", "quantity": 60}
    doses = doses_of(case_of([{**OXYCONTIN, "status": "stopped"}], [asked]), "mtus-2009")
    request = doses.requests["request-0"]
    assert (request.medication, request.phase, request.basis) == (None, "start", "assumed_30_day")


def test_a_start_adds_to_what_is_charted(case_of):
    asked = {"drug": "Dilaudid", "strength": "4 mg", "directions": "BID", "phase": "start"}
    doses = doses_of(case_of([DILAUDID], [asked]), "mtus-2009")
    assert doses.firm_total == Interval.exact(72 + 32)
    assert doses.requests["request-0"].medication is None


def test_a_brand_continues_its_generic(case_of):
    charted = {"drug": "hydromorphone", "strength": "4 mg", "directions": "q6h"}
    doses = doses_of(case_of([charted], [{"drug": "Dilaudid", "strength": "4 mg", "quantity": 120}]), "mtus-2009")
    assert doses.requests["request-0"].medication == 0
    assert doses.firm_total == Interval.exact(64)


def test_of_several_lines_of_one_ingredient_the_one_of_the_same_release_is_continued(case_of):
    short = {"drug": "oxycodone IR", "strength": "10 mg", "directions": "QID"}
    for lines in permutations([short, OXYCONTIN]):
        doses = doses_of(case_of(lines, [{"drug": "OxyContin", "strength": "40 mg", "quantity": 60}]), "mtus-2009")
        assert doses.requests["request-0"].charted_daily == Interval.exact(40)
        # 40 mg short-acting stay, 2 x 40 mg long-acting take the place of 2 x 20 mg.
        assert doses.firm_total == Interval.exact(180)


def test_a_short_acting_request_does_not_replace_a_long_acting_line(case_of):
    asked = {"drug": "Percocet", "strength": "5/325", "directions": "QID"}
    doses = doses_of(case_of([OXYCONTIN], [asked]), "mtus-2009")
    request = doses.requests["request-0"]
    assert (request.medication, request.phase) == (None, "unstated")
    assert doses.firm_total == Interval.exact(60 + 30)


def test_one_charted_line_is_continued_by_one_request_only_whatever_their_order(case_of):
    charted = {"drug": "Norco", "strength": "10/325", "directions": "QID"}
    asked = [
        {"id": "small", "drug": "Norco", "strength": "5/325", "quantity": 30, "days_supply": 30},
        {"id": "same", "drug": "Norco", "strength": "10/325", "quantity": 120},
    ]
    for order in permutations(asked):
        doses = doses_of(case_of([charted], order), "mtus-2009")
        assert doses.requests["same"].medication == 0
        assert doses.requests["small"].medication is None
        assert doses.firm_total == Interval.exact(45)


def test_a_stated_phase_is_kept(case_of):
    for phase in ("start", "continue", "increase", "taper"):
        doses = doses_of(case_of([], [{"drug": "Norco", "strength": "5/325", "phase": phase}]), "mtus-2009")
        assert doses.requests["request-0"].phase == phase


@pytest.mark.parametrize(
    ("medications", "request_fields", "phase"),
    [
        ([METOPROLOL], {}, "start"),
        ([], {}, "start"),
        (None, {}, "unstated"),
        ({"items": [METOPROLOL], "complete": False}, {}, "unstated"),
        # An unknown medicine may be this one.
        ([{"drug": "Wonderpill"}], {}, "unstated"),
        (None, {"since": "2014-01-05"}, "continue"),
        (None, {"since": "2014-10-22"}, "unstated"),
        ([{"drug": "hydrocodone/apap", "strength": "5/325"}], {}, "continue"),
        ([{"drug": "hydrocodone/apap", "strength": "2.5/325"}], {}, "increase"),
        ([{"drug": "hydrocodone/apap", "strength": "10/325"}], {}, "continue"),
    ],
)
def test_an_unstated_phase_follows_from_the_chart(case_of, medications, request_fields, phase):
    case = case_of(medications, [{"drug": "Norco", "strength": "5/325", **request_fields}])
    assert doses_of(case, "mtus-2009").requests["request-0"].phase == phase


@pytest.mark.parametrize(
    "medications", [None, {"items": [DILAUDID], "complete": False}, [DILAUDID, {"drug": "Wonderpill"}]]
)
def test_what_may_be_missing_from_the_chart_leaves_the_total_without_an_upper_bound(case_of, medications):
    asked = {"drug": "OxyContin", "strength": "20 mg", "directions": "q12h"}
    doses = doses_of(case_of(medications, [asked]), "mtus-2009")
    known = 60 if medications is None else 132
    assert doses.firm_total == Interval(Fraction(known), None)
    assert doses.total is not None
    assert (doses.total.low, doses.total.high) == (known, known)
    assert any("lower bound" in warning.text for warning in doses.warnings)


def test_a_known_medicine_that_is_no_opioid_leaves_the_total_bounded(case_of):
    doses = doses_of(case_of([DILAUDID, METOPROLOL], [{"service": "office visit"}]), "mtus-2009")
    assert doses.firm_total == Interval.exact(72)


def test_without_any_opioid_there_is_no_total_and_the_firm_one_is_nothing(case_of):
    doses = doses_of(
        case_of([METOPROLOL], [{"drug": "Flexeril", "strength": "10 mg", "directions": "TID"}]), "mtus-2009"
    )
    assert doses.total is None
    assert doses.firm_total == Interval.exact(0)
    assert doses.requests["request-0"].daily == Interval.exact(30)


def test_an_opioid_without_a_factor_is_not_computable_and_never_zero(case_of):
    doses = doses_of(
        case_of([DILAUDID, {"drug": "tramadol", "strength": "50 mg", "directions": "TID"}], [{"service": "visit"}]),
        "mtus-2009",
    )
    assert doses.firm_total is None
    assert doses.not_computable == ("tramadol 50 mg TID: tramadol has no factor in mtus-2009",)
    assert doses.total is not None
    assert (doses.total.low, doses.total.high, doses.total.low_open) == (72, None, True)
    assert [line.mme_per_day for line in doses.total.lines] == [Interval.exact(72), None]


def test_a_factor_left_out_on_purpose_adds_nothing_and_says_so(case_of):
    butrans = {"drug": "Butrans", "strength": "10 mcg/h", "directions": "weekly"}
    doses = doses_of(case_of([DILAUDID, butrans], [{"service": "visit"}]), "cdc-2018-file")
    assert doses.firm_total == Interval.exact(72)
    assert doses.total is not None
    assert doses.total.lines[1].mme_per_day == Interval.exact(0)
    assert "no factor on purpose" in (doses.total.lines[1].reason or "")


def test_a_fallback_is_named_and_leaves_nothing_firm(case_of):
    case = case_of([DILAUDID, {"drug": "tramadol", "strength": "50 mg", "directions": "TID"}], [{"service": "visit"}])
    doses = doses_of(case, "mtus-2009", fallback="von-korff-2008")
    assert doses.firm_total is None
    assert doses.total is not None
    assert (doses.total.low, doses.total.high) == (87, 87)
    assert doses.total.table == "mtus-2009, and von-korff-2008 where it has no factor"


def test_unreadable_directions_are_not_computable_and_name_the_unread_part(case_of):
    charted = {"drug": "Norco", "strength": "10/325", "directions": "by the phases of the moon"}
    doses = doses_of(case_of([DILAUDID, charted], [{"service": "visit"}]), "mtus-2009")
    assert doses.firm_total is None
    assert not doses.problems
    assert 'could not read "by the phases of the moon"' in doses.not_computable[0]


def test_a_request_that_continues_an_unreadable_line_is_not_computable(case_of):
    charted = {"drug": "Norco", "strength": "10/325", "directions": "by the phases of the moon"}
    doses = doses_of(case_of([charted], [{"drug": "Norco", "strength": "10/325", "quantity": 120}]), "mtus-2009")
    assert doses.requests["request-0"].daily is None
    assert doses.firm_total is None


def test_as_needed_counts_from_nothing_to_the_most_the_directions_allow(case_of):
    asked = {"drug": "Dilaudid", "strength": "4 mg", "directions": "1-2 tabs q4-6h prn, max 8/day", "quantity": 240}
    request = doses_of(case_of([], [asked]), "mtus-2009").requests["request-0"]
    assert request.as_needed
    assert request.daily == Interval(Fraction(0), Fraction(32))
    assert request.supply_days == Interval(Fraction(30), None)


def test_problems_stand_at_the_field_they_concern(case_of):
    case = case_of(
        [{"drug": "fentanyl patch", "strength": "25 mg"}],
        [
            {"drug": "Norco", "strength": "325/5"},
            {"drug": "Dilauded", "strength": "4 mg"},
            {"drug": "Norco and Soma"},
            {"drug": "Percocet", "strength": "thirty"},
        ],
    )
    problems = doses_of(case, "mtus-2009").problems
    assert [(one.path, one.message, one.suggestion) for one in problems] == [
        ("medications[0].strength", "not the strength of a patch", "a patch is measured in mcg/h"),
        ("requests[0].strength", "the figures stand in the wrong order", "did you mean 5/325 mg?"),
        ("requests[1].drug", "no medicine of this name is known", "did you mean Dilaudid?"),
        ("requests[2].drug", "two medicines in one line", "write a line for each"),
        ("requests[3].strength", "is not a strength", None),
    ]
    assert all(one.place.line is None for one in problems)


def test_a_charted_dose_made_of_marketed_tablets_is_no_warning_but_an_odd_request_is(case_of):
    case = case_of([DILAUDID], [{"drug": "Dilaudid", "strength": "6 mg", "quantity": 90}])
    doses = doses_of(case, "mtus-2009")
    assert [(one.path, one.text) for one in doses.warnings] == [
        ("requests[0].strength", "not a marketed strength: 6 mg; marketed are 2 mg, 4 mg, 8 mg")
    ]


def test_acetaminophen_of_all_lines_together_is_held_to_its_limit(case_of):
    lines = [
        {"drug": "Norco", "strength": "10/325", "directions": "2 tabs q6h"},
        {"drug": "Tylenol", "strength": "500 mg", "directions": "QID"},
    ]
    warnings = doses_of(case_of(lines, [{"service": "visit"}]), "mtus-2009").warnings
    assert [one.text for one in warnings] == ["acetaminophen up to 4600 mg a day, over its limit of 4000 mg"]


def test_two_medicines_of_one_class_are_pointed_out_but_not_a_long_acting_opioid_with_a_short_acting_one(case_of):
    visit = [{"service": "visit"}]
    relaxants = case_of([{"drug": "Flexeril"}, {"drug": "Soma"}], visit)
    assert [one.text for one in doses_of(relaxants, "mtus-2009").warnings] == [
        "2 muscle relaxants at once: Flexeril, Soma"
    ]
    usual = case_of([OXYCONTIN, {**PERCOCET, "directions": "BID"}], visit)
    assert doses_of(usual, "mtus-2009").warnings == ()
    short = case_of([{"drug": "Norco", "directions": "BID"}, {**PERCOCET, "directions": "BID"}], visit)
    assert doses_of(short, "mtus-2009").warnings[0].text == "2 short-acting opioids at once: Norco, Percocet"


def test_methadone_bands_go_by_the_whole_daily_dose_of_all_its_lines(case_of):
    lines = [{"drug": "methadone", "strength": "10 mg", "directions": directions} for directions in ("BID", "daily")]
    doses = doses_of(case_of(lines, [{"service": "visit"}]), "mtus-2009")
    assert doses.firm_total == Interval.exact(30 * 8)
    assert doses.total is not None
    assert [line.mme_per_day for line in doses.total.lines] == [Interval.exact(160), Interval.exact(80)]


def test_an_unknown_table_is_refused_with_a_suggestion(case_of):
    with pytest.raises(DoseError, match="did you mean 'mtus-2009'"):
        doses_of(case_of([DILAUDID], [{"service": "visit"}]), "mtus-2008")
