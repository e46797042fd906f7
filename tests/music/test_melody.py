"""The melody itself: what it may hold, transposition and bars."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_from_scratch.music import Melody, Note, encode
from lstm_from_scratch.music.melody import total
from lstm_from_scratch.music.metre import Place

MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11, 12), (0, 2, 3, 5, 7, 8, 11, 12)


def melody(*notes, **known):
    return Melody(tuple(Note(pitch, Fraction(duration)) for pitch, duration in notes), **known)


def test_adjacent_rests_are_one_rest():
    merged = melody((None, 1), (None, 2), (60, 1), (None, 1), (None, "1/2"), (None, "1/4"))
    assert merged.notes == ((None, 3), (60, 1), (None, Fraction(7, 4)))
    assert merged == melody((None, 3), (60, 1), (None, "7/4"))


def test_a_title_is_one_line():
    assert melody((60, 1), title=" a\n b\u2028\tc ", number="\r\n7 ").title == "a b c"
    assert melody((60, 1), number="\r\n7 ").number == "7"


@pytest.mark.parametrize(
    ("notes", "known", "reason"),
    [
        ([(60, 0)], {}, "more than 0"),
        ([(60, -1)], {}, "more than 0"),
        ([(128, 1)], {}, "0 to 127"),
        ([(-1, 1)], {}, "0 to 127"),
        ([(60, 1)], {"key": (12, "major")}, "key"),
        ([(60, 1)], {"key": (0, "dorian")}, "key"),
        ([(60, 1)], {"meter": (0, 4)}, "meter 0/4"),
        ([(60, 1)], {"meter": (3, 5)}, "meter 3/5"),
        ([(60, 1)], {"meter": (100, 4)}, "meter 100/4"),
        ([(60, 1)], {"upbeat": Fraction(1)}, "upbeat 1 does not fit meter None"),
        ([(60, 4)], {"meter": (3, 4), "upbeat": Fraction(3)}, "upbeat 3 does not fit"),
        ([(60, 4)], {"meter": (3, 4), "upbeat": Fraction(-1)}, "upbeat -1 does not fit"),
        ([(60, 1)], {"meter": (3, 4), "upbeat": Fraction(2)}, "is over before, after 1"),
        ([(60, 9)], {"meter": (3, 4), "upbeat": 0.1}, "upbeat 0.1: want a Fraction"),
        ([(60, 9)], {"meter_changes": [(3, (2, 4))]}, "need a meter"),
        ([(60, 9)], {"meter": (3, 4), "meter_changes": [(3, (2, 5))]}, "meter 2/5"),
        ([(60, 9)], {"meter": (3, 4), "meter_changes": [(2, (2, 4))]}, "at 2: .* first bar is over .3"),
        ([(60, 9)], {"meter": (3, 4), "meter_changes": [(9, (2, 4))]}, "at 9: .* before the melody is .9"),
        ([(60, 9)], {"meter": (3, 4), "meter_changes": [(5, (2, 4)), (5, (3, 4))]}, "at 5, 5: want rising"),
        ([(60, 9)], {"meter": (3, 4), "upbeat": 1, "meter_changes": [("1/2", (2, 4))]}, "change '1/2': want"),
    ],
)
def test_what_no_melody_can_be(notes, known, reason):
    with pytest.raises(ValueError, match=reason):
        melody(*notes, **known)


@pytest.mark.parametrize("number", [0.5, np.float32(0.5), 1 / 3, 5 / 48, 2.0, 1, np.int64(3)])
def test_numbers_become_exact(number):
    ((_, duration),) = Melody((Note(60, number),)).notes
    assert type(duration) is Fraction and abs(duration - Fraction(float(number))) < Fraction(1, 10**9)
    assert duration.denominator in (1, 2, 3, 48)


@pytest.mark.parametrize("number", [60.0, np.float32(60), np.int8(60), Fraction(60)])
def test_whole_pitches_become_integers(number):
    ((pitch, _),) = Melody((Note(number, Fraction(1)),)).notes
    assert (type(pitch), pitch) == (int, 60) and encode(Melody((Note(number, 1),)))[0] == "60"


@pytest.mark.parametrize("number", [0.1, 0.3333, float("nan"), float("inf"), "1/2", "x", None, 1j, [1]])
def test_durations_that_are_not_exact_are_refused_by_name(number):
    with pytest.raises(ValueError, match=r"duration .*: want a Fraction, or a whole number of 48ths"):
        Melody((Note(60, number),))


@pytest.mark.parametrize("number", [60.5, float("nan"), float("inf"), "60", True, 1j])
def test_pitches_that_are_not_whole_are_refused_by_name(number):
    with pytest.raises(ValueError, match=r"pitch .*: want a MIDI number, 0 to 127, or None for a rest"):
        Melody((Note(number, Fraction(1)),))


def test_an_upbeat_and_changes_become_exact():
    tune = melody((60, 9), meter=(3, 4), upbeat=0.5, meter_changes=[(3.5, (2, 4))])
    assert type(tune.upbeat) is Fraction and tune.upbeat == Fraction(1, 2)
    assert tune.meter_changes == ((Fraction(7, 2), (2, 4)),) and hash(tune)


def test_durations_and_bars():
    tune = melody((60, 1), (62, 3), (64, 2), meter=(3, 4), upbeat=Fraction(1))
    assert (tune.duration, tune.bar_length) == (6, 3)
    assert melody((60, 1), meter=(6, 8)).bar_length == 3 and melody((60, 1)).bar_length is None
    assert melody((60, 1), meter=(4, 2)).bar_length == 8


@given(st.lists(st.fractions(0, 9, max_denominator=40)))
def test_total_is_the_sum(durations):
    assert total(durations) == sum(durations)


def test_bars_are_cut_at_barlines_and_tied():
    tune = melody((60, 1), (62, 5), (None, 4), (64, "1/3"), meter=(3, 4), upbeat=Fraction(1))
    assert tune.bars() == [
        [(60, 1, False)],
        [(62, 3, True)],
        [(62, 2, False), (None, 1, False)],
        [(None, 3, False)],
        [(64, Fraction(1, 3), False)],
    ]
    assert melody((60, 5), (62, 1)).bars() == [[(60, 4, True), (60, 1, False), (62, 1, False)]]
    assert [len(bar) for bar in melody((60, 6), meter=(3, 4)).bars()] == [1, 1]
    assert melody().bars() == [[]]


def test_bars_follow_changes_of_meter():
    changes = ((4, (2, 4)), (8, (3, 4)), (10, (2, 4)))  # the third cuts a bar short
    tune = melody((60, 1), (62, 12), meter=(3, 4), upbeat=Fraction(1), meter_changes=changes)
    assert [total(piece.duration for piece in bar) for bar in tune.bars()] == [1, 3, 2, 2, 2, 2, 1]
    assert tune.transposed(2).meter_changes == tune.meter_changes
    tune = melody((60, 5), meter=(2, 4), meter_changes=((2, (3, 16)),))
    assert [total(piece.duration for piece in bar) for bar in tune.bars()] == [2, *[Fraction(3, 4)] * 4]


@given(
    st.lists(st.fractions("1/48", 20, max_denominator=48), min_size=1, max_size=8),
    st.sampled_from([None, 2, 7]),
)
def test_bars_hold_every_note_whole(durations, beats):
    tune = melody(*((60 + i, d) for i, d in enumerate(durations)), meter=beats and (beats, 4))
    pieces = [piece for bar in tune.bars() for piece in bar]
    for i, duration in enumerate(durations):
        own = [piece for piece in pieces if piece.pitch == 60 + i]
        assert sum(piece.duration for piece in own) == duration
        assert [piece.tied for piece in own] == [True] * (len(own) - 1) + [False]
    assert not beats or all(sum(p.duration for p in bar) == beats for bar in tune.bars()[:-1])


def test_transposed():
    tune = melody((60, 1), (None, 1), (67, 2), title="t", key=(9, "minor"), meter=(4, 4), upbeat=Fraction(1))
    higher = tune.transposed(5)
    assert [pitch for pitch, _ in higher.notes] == [65, None, 72]
    assert higher.key == (2, "minor") and higher.transposed(-5) == tune
    assert melody((60, 1)).transposed(-12).key is None
    with pytest.raises(ValueError, match="0 to 127"):
        tune.transposed(70)


def test_without_last_rest():
    tune = melody((60, 1), (None, 9), title="t", meter=(3, 4), meter_changes=[(3, (2, 4))])
    assert tune.without_last_rest() == melody((60, 1), title="t", meter=(3, 4))
    assert melody((None, 1), (60, 1)).without_last_rest().notes == ((None, 1), (60, 1))
    early = melody((60, "1/2"), (None, 3), meter=(3, 4), upbeat=Fraction(1)).without_last_rest()
    assert (early.duration, early.upbeat) == (Fraction(1, 2), Fraction(1, 2))
    for unchanged in (melody((None, 8)), melody()):
        assert unchanged.without_last_rest() == unchanged


def test_places_count_from_the_barline():
    changes = ((4, (2, 4)), (7, (6, 8)))
    notes = [(60, 1), (62, 1), (64, "5/2"), (65, 2), (67, "1/2"), (69, 3), (71, 1)]
    tune = melody(*notes, meter=(3, 4), upbeat=Fraction(1), meter_changes=changes)
    since = [2, 0, 1, "1/2", "1/2", 0, 0]
    meters = [(3, 4)] * 3 + [(2, 4)] * 2 + [(6, 8)] * 2
    assert [*tune.places()] == [Place(Fraction(s), meter) for s, meter in zip(since, meters)]
    assert [*melody((60, 1), (62, 1)).places()] == [None, None]
