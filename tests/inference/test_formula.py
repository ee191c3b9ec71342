"""How values become the attributes that the rules engine compares."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_engine.inference.formula import NO_HIGH_BOUND, NO_LOW_BOUND, encode_fact, encode_limit
from imr_engine.inference.values import FactState, FactValue
from imr_engine.testing.random_rules import LIMITS, intervals
from imr_engine.units.interval import Interval


def ends(value: Interval) -> tuple[int, int]:
    encoded = encode_fact(FactValue("dose", FactState.KNOWN, value))
    low, high = encoded["dose.lo"], encoded["dose.hi"]
    assert isinstance(low, int)
    assert isinstance(high, int)
    return low, high


@given(intervals(), st.sampled_from(LIMITS))
def test_the_whole_numbers_keep_the_order_of_an_amount_and_a_limit(value: Interval, limit: Fraction):
    low, high = ends(value)
    bound = encode_limit(limit)
    assert (high <= bound) == (value.high is not None and value.high <= limit)
    assert (low >= bound) == (value.low is not None and value.low >= limit)
    # An open end is not itself attained: everything lies beyond it.
    assert (high < bound) == (
        value.high is not None and (value.high < limit or (value.high == limit and value.high_open))
    )
    assert (low > bound) == (value.low is not None and (value.low > limit or (value.low == limit and value.low_open)))


@pytest.mark.parametrize("size", [10**12, 10**15, 10**40])
def test_an_amount_of_any_size_stays_within_what_the_engine_can_compare(size: int):
    for value in (Interval.exact(size), Interval.exact(-size), Interval(Fraction(-size), Fraction(size))):
        assert all(NO_LOW_BOUND <= end <= NO_HIGH_BOUND for end in ends(value))
    assert ends(Interval.exact(size))[0] > encode_limit(Fraction(1000))
    assert ends(Interval.exact(-size))[1] < encode_limit(Fraction(-1000))


def test_a_state_is_a_value_of_its_own_and_never_a_missing_attribute():
    assert encode_fact(FactValue("sign", FactState.NOT_DOCUMENTED))["sign"] == "n"
    assert encode_fact(FactValue("sign", FactState.NOT_COMPUTABLE))["sign"] == "c"
    assert encode_fact(FactValue("sign", FactState.KNOWN, value=True)) == {"sign": "t"}
    assert encode_fact(FactValue("sign", FactState.KNOWN, value=False)) == {"sign": "f"}
    assert encode_fact(FactValue("course", FactState.KNOWN, "c")) == {"course": "v:c"}


@pytest.mark.parametrize("state", [FactState.NOT_DOCUMENTED, FactState.NOT_COMPUTABLE])
def test_an_amount_that_is_not_known_has_endless_bounds_and_never_missing_ones(state: FactState):
    encoded = encode_fact(FactValue("dose", state))
    assert (encoded["dose.lo"], encoded["dose.hi"]) == (NO_LOW_BOUND, NO_HIGH_BOUND)


def test_an_amount_that_is_not_computable_keeps_the_bounds_that_it_has():
    encoded = encode_fact(FactValue("dose", FactState.NOT_COMPUTABLE, Interval.more_than(130)))
    assert encoded == {"dose": "c", "dose.lo": encode_limit(Fraction(130)) + 1, "dose.hi": NO_HIGH_BOUND}


def test_a_limit_that_cannot_be_compared_exactly_is_refused():
    with pytest.raises(ValueError, match="finer than a millionth"):
        encode_limit(Fraction(1, 3))
