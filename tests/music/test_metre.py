"""Bars and beats, and the values that a note head can have."""

from fractions import Fraction

import pytest

from lstm_from_scratch.music.metre import (
    Place,
    beat_levels,
    check_tempo,
    loudness,
    strength,
    upbeat_until,
    written_value,
)


def test_upbeat_until():
    assert upbeat_until(Fraction(1), (3, 4)) == 1
    assert upbeat_until(Fraction(3), (3, 4)) == upbeat_until(Fraction(4), (3, 4)) == 0
    assert upbeat_until(None, (3, 4)) == upbeat_until(Fraction(1), None) == 0


@pytest.mark.parametrize(
    ("meter", "levels"),
    [
        ((4, 4), "4 2 1 1/2 1/4"),
        ((3, 4), "3 1 1/2 1/4"),
        ((2, 4), "2 1 1/2 1/4"),
        ((2, 2), "4 2 1 1/2"),
        ((6, 8), "3 3/2 1/2 1/4"),
        ((12, 8), "6 3 3/2 1/2 1/4"),
        ((9, 8), "9/2 3/2 1/2 1/4"),
        ((3, 8), "3/2 1/2 1/4 1/8"),
        ((6, 4), "6 3 1 1/2"),
        ((5, 4), "5 1 1/2 1/4"),
        ((1, 4), "1 1/2 1/4"),
    ],
)
def test_levels_of_beats(meter, levels):
    assert beat_levels(meter) == tuple(Fraction(level) for level in levels.split())


def test_the_downbeat_is_strongest_and_loudest():
    places = [Fraction(n, 4) for n in range(16)]
    assert [strength(place, (4, 4)) for place in places] == [5, 1, 2, 1, 3, 1, 2, 1, 4, 1, 2, 1, 3, 1, 2, 1]
    assert strength(Fraction(1, 3), (4, 4)) == 0
    loud = [loudness(Place(place, (6, 8))) for place in places[:12]]
    assert loud[0] == 1 > loud[6] > loud[2] == loud[4] == loud[8] > loud[1] > 0.5
    assert loudness(None) == 1


@pytest.mark.parametrize("tempo", [19.9, 400.1, 0, -1, float("nan"), float("inf")])
def test_a_tempo_outside_the_range(tempo):
    with pytest.raises(ValueError, match=f"tempo {tempo}: want 20 to 400"):
        check_tempo(tempo)


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        *[(d, d) for d in ("1/16", "1/4", "3/8", "7/16", 1, "3/2", "7/4", 2, 3, "7/2", 4, 6, 7, 8, 12, 16)],
        *[("5/4", 1), ("5/2", 2), (5, 4), (9, 8), (11, 8), (15, 14), (31, 16), (100, 16), ("33/2", 16)],
        *[("1/3", "1/3"), ("2/3", "2/3"), ("4/3", "4/3"), ("5/3", "4/3"), ("7/12", "1/3"), ("1/5", "1/5")],
    ],
)
def test_values_that_one_note_head_has(limit, value):
    assert written_value(Fraction(limit)) == Fraction(value)
