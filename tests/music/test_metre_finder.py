"""Meter and upbeat from the notes alone."""

from fractions import Fraction
from math import log2

import pytest
from helpers.melodies import melodies, melody
from hypothesis import given

from lstm_from_scratch.music import Melody, read_kern
from lstm_from_scratch.music.metre_finder import SONGS, WEIGHTS, find_metre, in_its_metre, measure_candidates


def test_most_of_the_projects_own_tunes(tunes):
    """None of them is among the songs that chose the weights."""
    melodies = [read_kern(path) for path in tunes]
    right = [find_metre(tune) == (tune.meter, tune.upbeat) for tune in melodies]
    assert sum(right) >= 0.65 * len(melodies)


@given(melodies())
def test_any_melody_gets_a_metre_that_it_can_have(tune):
    found = in_its_metre(tune)
    assert found.meter in SONGS and found.notes == tune.notes and not found.meter_changes


@given(melodies())
def test_only_the_durations_count(tune):
    flat = [note if note.pitch is None else note._replace(pitch=60) for note in tune.notes]
    assert find_metre(Melody(tuple(flat))) == find_metre(tune)


@pytest.mark.parametrize("notes", [[(60, "1/4")], [(None, 7)], [(60, "1/3")], [(60, 200)]])
def test_melodies_of_one_note(notes):
    meter, upbeat = find_metre(melody(notes))
    assert meter in SONGS and upbeat <= melody(notes).duration


def test_a_waltz_with_an_upbeat():
    bar = [(72, 2), (71, 1)]
    waltz = melody([(67, 1), *bar * 7, (72, 2)])
    assert find_metre(waltz) == ((3, 4), 1)


def measured(tune, meter, upbeat):
    return dict(measure_candidates(tune))[meter, Fraction(upbeat)]


def test_what_is_counted():
    tune = melody([(60, 1), (62, "3/2"), (64, "1/2"), (65, 2), (67, 3)])
    found = measured(tune, (4, 4), 0)
    assert set(found) == set(WEIGHTS)
    assert (found["full bars"], found["even bars"], found["bars"]) == (True, True, 1)
    assert (found["downbeats with a note"], found["downbeats without"]) == (1, 1)
    assert (found["half bars with a note"], found["half bars without"]) == (0, 2)
    assert (found["beats with a note"], found["beats without"]) == (3, 1)
    assert (found["across a barline"], found["across a beat"]) == (1, 0)
    assert (found["long on downbeats"], found["long on half bars"]) == (2, 0)
    assert found["long on beats"] == pytest.approx(log2(6) + log2(8) + log2(12))  # 16ths
    assert found["notes off the half beat"] == 0
    upbeat = measured(tune, (3, 4), 1)
    assert (upbeat["downbeats with a note"], upbeat["downbeats without"]) == (1, 2)
    assert upbeat["across a barline"] == 2 and not upbeat["full bars"]


def test_a_note_off_the_beat_that_sounds_across_the_next():
    found = measured(melody([(60, "1/2"), (62, 1), (64, "1/4"), (65, "9/4")]), (2, 4), 0)
    assert (found["across a beat"], found["notes off the half beat"]) == (2, 1)
    assert (found["long up to a barline"], found["across a barline"]) == (0, 1)


def test_a_rhythm_that_returns_after_a_bar():
    tune = melody([(60, "3/2"), (62, "1/2"), (64, 1)] * 4)
    assert measured(tune, (3, 4), 0)["again after a bar"] == pytest.approx(12**0.5)
    assert measured(tune, (4, 4), 0)["again after a bar"] < 1
