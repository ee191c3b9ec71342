"""Laws of doses, over generated lines: additive, non-decreasing, blind to spelling, and readable again."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from imr_engine.dosing import load_tables, morphine_equivalents, read_line
from imr_engine.dosing.daily import line_dose
from imr_engine.dosing.rendering import render_line
from imr_engine.units.interval import Interval

FEW = settings(max_examples=60, deadline=None)

# A name that stands for one product line, and strengths in mg of it.
PRODUCTS = {
    "Norco": ("2.5/325", "5/325", "7.5/325", "10/325"),
    "OxyContin": ("10", "20", "40", "80"),
    "Dilaudid": ("2", "4", "8"),
    "MS Contin": ("15", "30", "60", "100"),
    "Opana": ("5", "10"),
    "methadone": ("5", "10"),
    "Percocet": ("5/325", "7.5/325", "10/325"),
}
SPELLINGS_OF_MG = ("mg", " mg", "MG", " Mg", " milligrams", "mgs", " mg.")
FREQUENCIES = {
    1: ("daily", "qd", "once a day", "every day", "q24h", "every 24 hours", "at bedtime"),
    2: ("BID", "b.i.d.", "twice a day", "q12h", "every 12 hours", "two times daily", "in the morning and at bedtime"),
    3: ("TID", "three times a day", "q8h", "every eight hours", "3x/day", "q 8 hrs"),
    4: ("QID", "four times daily", "q6h", "every 6 (six) hours", "4 times a day"),
}
TABLES = st.sampled_from(sorted(load_tables().conversion_names))


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, str, int, Fraction]:
    """A name, a strength, how often a day, and how many pieces at a time."""
    name = draw(st.sampled_from(sorted(PRODUCTS)))
    strength = draw(st.sampled_from(PRODUCTS[name]))
    times = draw(st.sampled_from(sorted(FREQUENCIES)))
    pieces = draw(st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3, 2), Fraction(2), Fraction(3)]))
    return name, strength, times, pieces


def written(line: tuple[str, str, int, Fraction]) -> str:
    name, strength, times, pieces = line
    return f"{name} {strength} mg {float(pieces):g} tabs {FREQUENCIES[times][0]}"


def bounds(texts: list[str], table: str) -> Interval:
    total = morphine_equivalents(texts, table).mme_per_day
    assert total is not None
    return total


@given(line=lines(), table=TABLES, data=st.data())
@FEW
def test_no_spelling_of_units_or_frequencies_changes_a_dose(line, table, data):
    name, strength, times, pieces = line
    unit = data.draw(st.sampled_from(SPELLINGS_OF_MG))
    often = data.draw(st.sampled_from(FREQUENCIES[times]))
    count = data.draw(
        st.sampled_from([f"{float(pieces):g} tabs", f"{float(pieces):g} tablets", f"take {float(pieces):g} pills po"])
    )
    other = f"{data.draw(st.sampled_from([name, name.upper(), name.lower()]))} {strength}{unit}, {count} {often}"
    assert bounds([other], table) == bounds([written(line)], table)


@given(several=st.lists(lines(), min_size=1, max_size=4, unique_by=lambda line: line[0]), table=TABLES)
@FEW
def test_the_total_is_additive_across_ingredients(several, table):
    # Percocet and OxyContin are one ingredient, but its factor has no bands, so that its lines add as well.
    alone = [bounds([written(line)], table) for line in several]
    whole = bounds([written(line) for line in several], table)
    assert (whole.low, whole.high) == (sum(one.low or 0 for one in alone), sum(one.high or 0 for one in alone))


@given(several=st.lists(lines(), min_size=1, max_size=4), table=TABLES, data=st.data())
@FEW
def test_the_total_does_not_depend_on_the_order_of_the_lines(several, table, data):
    texts = [written(line) for line in several]
    assert bounds(data.draw(st.permutations(texts)), table) == bounds(texts, table)


@given(
    low=st.fractions(min_value=Fraction(1, 4), max_value=150, max_denominator=4),
    more=st.fractions(min_value=0, max_value=60, max_denominator=4),
    drug=st.sampled_from(["methadone", "morphine", "hydromorphone"]),
    table=TABLES,
)
@FEW
def test_the_total_never_falls_when_a_dose_rises_across_methadone_s_bands_too(low, more, drug, table):
    def total(amount: Fraction) -> Fraction:
        found = bounds([f"{drug} {float(amount):g} mg daily"], table)
        assert found.is_exact
        return found.high or Fraction(0)

    assert total(low) <= total(low + more)
    assert total(low) < total(low + more) or more == 0


@given(
    line=lines(),
    most=st.integers(min_value=1, max_value=8),
    shortest=st.sampled_from([2, 3, 4, 6, 8, 12]),
    longest=st.sampled_from([4, 6, 8, 12, 24]),
    as_needed=st.booleans(),
    maximum=st.none() | st.integers(min_value=1, max_value=12),
)
@FEW
def test_low_never_exceeds_high_and_every_line_reads_back_from_its_own_words(
    line, most, shortest, longest, as_needed, maximum
):
    name, strength, _, pieces = line
    hours = f"q{shortest}-{longest}h" if shortest < longest else f"q{shortest}h"
    text = f"{name} {strength} mg {float(pieces):g}-{float(pieces + most):g} tabs {hours}"
    text += " prn" if as_needed else ""
    text += f", max {maximum}/day" if maximum is not None else ""
    read = read_line(text)
    dose = line_dose(read)
    assert dose.daily is not None
    assert dose.daily.low is not None
    assert dose.daily.high is not None
    assert dose.daily.low <= dose.daily.high
    assert (dose.daily.low == 0) is as_needed
    again = read_line(render_line(read))
    assert again.meaning == read.meaning
    assert line_dose(again).daily == dose.daily


@given(
    text=st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "Norco",
                "10/325",
                "mg",
                "q6h",
                "prn",
                "#120",
                "max",
                "to",
                "-",
                "/",
                "1",
                "and",
                "then",
                "for",
                "x",
                "(",
                ")",
                "%",
                "every",
                "up",
                "to",
                "Soma",
                "refills",
                "taper",
                "5",
            ]
        ),
        max_size=14,
    ).map(" ".join)
)
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_and_gives_no_dose_while_part_of_it_is_unread(text):
    line = read_line(text)
    dose = line_dose(line)
    if line.unread or line.problems or not line.drugs:
        assert dose.daily is None
    elif dose.daily is not None and dose.daily.high is not None:
        assert dose.daily.low is not None
        assert dose.daily.low <= dose.daily.high
