"""What the clocks show: places in the bar from meter and upbeat, and counts since the beginning."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_from_scratch.music import Melody, Note, encode
from lstm_from_scratch.music.clock import (
    CLOCKS,
    FIRST_PLACE,
    METERS,
    NO_PLACE,
    STEPS,
    clock_sizes,
    read_clocks,
)

meters = st.sampled_from(METERS)


def test_every_place_of_every_meter_is_another_value():
    values = [read_clocks(["bar"], STEPS[meter], meter)[:, 0].tolist() for meter in METERS]
    assert [place for bar in values for place in bar] == list(range(NO_PLACE))
    assert CLOCKS["bar"] == NO_PLACE + 1 == 55


def test_an_upbeat_comes_before_the_first_place():
    places = read_clocks(["bar"], 6, (3, 4), Fraction(1))[:, 0] - FIRST_PLACE[3, 4]
    assert places.tolist() == [8, 9, 10, 11, 0, 1]


@given(meters, st.integers(0, 15), st.integers(0, 40))
def test_places_are_those_of_the_bars_that_are_written(meter, upbeat, steps):
    """A melody of 16ths: a symbol has place 0 exactly where a bar begins."""
    upbeat %= STEPS[meter]
    melody = Melody(
        tuple(Note(60, Fraction(1, 4)) for _ in range(steps + upbeat)),
        meter=meter,
        upbeat=Fraction(upbeat, 4),
    )
    assert len(encode(melody)) == steps + upbeat
    begins = [k for bar in melody.bars() for k in (1, *[0] * (len(bar) - 1))][: steps + upbeat]
    if upbeat:
        begins[0] = 0
    places = read_clocks(["bar"], steps + upbeat, meter, Fraction(upbeat, 4))[:, 0] - FIRST_PLACE[meter]
    assert [int(place == 0) for place in places] == begins


@given(meters, st.integers(0, 5), st.integers(0, 100), st.integers(1, 50))
def test_a_part_keeps_its_phase(meter, upbeat, first, steps):
    kinds = ["bar", "16", "12"]
    whole = read_clocks(kinds, first + steps, meter, Fraction(upbeat, 4))
    part = read_clocks(kinds, steps, meter, Fraction(upbeat, 4), first)
    np.testing.assert_array_equal(part, whole[first:])
    assert (part < clock_sizes(kinds)).all() and (part >= 0).all()


@pytest.mark.parametrize(
    ("meter", "upbeat"), [(None, Fraction(0)), ((5, 4), Fraction(0)), ((4, 4), Fraction(1, 3))]
)
def test_what_has_no_place_is_told_so(meter, upbeat):
    assert (read_clocks(["bar"], 20, meter, upbeat) == NO_PLACE).all()


def test_no_clock_is_no_column_and_an_unknown_one_is_refused():
    assert read_clocks([], 5).shape == (5, 0) and clock_sizes([]) == ()
    with pytest.raises(ValueError, match="clock 'phrase': want one of bar, 16, 12"):
        clock_sizes(["16", "phrase"])
