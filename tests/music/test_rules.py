"""The paper's two rules: durations, and one key for all."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_from_scratch.music import Melody, Note
from lstm_from_scratch.music.rules import (
    ACCEPTABLE_DURATIONS,
    PROFILES,
    common_key_shift,
    estimate_key,
    has_acceptable_durations,
    keep_acceptable_events,
    keys_of_signature,
    to_common_key,
)

MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11, 12), (0, 2, 3, 5, 7, 8, 11, 12)


def melody(*notes, **known):
    return Melody(tuple(Note(pitch, Fraction(duration)) for pitch, duration in notes), **known)


def on(tonic):
    return [(tonic, "major"), (tonic, "minor")]


# --- the paper's two rules for durations -------------------------------------------------------------------


def test_the_durations_that_the_paper_keeps():
    assert {float(d) for d in ACCEPTABLE_DURATIONS} == {0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4}


def test_the_event_rule_drops_the_event_and_the_bars():
    tune = melody(
        (60, 1), (62, "1/3"), (None, 5), (64, 4), meter=(4, 4), upbeat=Fraction(1), key=(0, "major")
    )
    kept = keep_acceptable_events(tune)
    assert kept.notes == ((60, 1), (64, 4)) and kept.key == (0, "major")
    assert kept.meter is None and kept.upbeat == 0
    whole = melody((60, 1), (None, "3/4"), (64, 3), meter=(4, 4), upbeat=Fraction(1))
    assert keep_acceptable_events(whole) == whole


def test_the_event_rule_looks_at_merged_rests():
    assert keep_acceptable_events(melody((60, 1), (None, 4), (None, 1), (62, 1))).notes == ((60, 1), (62, 1))


def test_the_song_rule():
    assert has_acceptable_durations(melody((60, 1), (None, "3/4"), (64, 3)))
    for odd in ("1/3", "1/8", "5/2", "7/4", 6, 8):
        assert not has_acceptable_durations(melody((60, 1), (64, odd)))


# --- keys --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tonic", range(12))
def test_estimated_key_of_scales(tonic):
    """A scale with its tonic and dominant held has that key; of the two modes when the tonic is known."""
    for steps, mode in ((MAJOR, "major"), (MINOR, "minor")):
        tune = melody(*((60 + tonic + s, 2 if s % 12 in (0, 7) else 1) for s in steps))
        assert estimate_key(tune) == (tonic, mode)
        assert estimate_key(tune, on(tonic)) == (tonic, mode)
        assert estimate_key(tune, on((tonic + 1) % 12))[0] == (tonic + 1) % 12


def test_estimated_key_weighs_by_time_and_not_by_count():
    third = [(64, "1/4")] * 6 + [(63, 8)]
    assert estimate_key(melody((60, 8), (67, 8), *third), on(0)) == (0, "minor")
    assert estimate_key(melody((60, 8), (67, 8), (64, 8), *[(63, "1/4")] * 6), on(0)) == (0, "major")


def numpys_fits(tune):
    """The correlation of every key's profile with a melody, by NumPy."""
    weights = np.zeros(12)
    for pitch, duration in tune.notes:
        if pitch is not None:
            weights[pitch % 12] += duration
    return {
        (tonic, mode): np.corrcoef(weights, np.roll(profile, tonic))[0, 1]
        for mode, profile in PROFILES.items()
        for tonic in range(12)
    }


def test_a_melody_that_leans_on_a():
    tune = melody((69, 3), (72, 2), (76, 2), (74, 1), (71, 1), (67, 1), (None, 8), (69, 4))
    fits = numpys_fits(tune)
    assert estimate_key(tune) == max(fits, key=fits.get) == (9, "minor")
    assert round(fits[9, "minor"], 4) == 0.8712
    assert [round(sum(profile), 2) for profile in PROFILES.values()] == [41.79, 44.51]  # a guard on typing


NOTES = st.tuples(st.none() | st.integers(40, 90), st.integers(1, 16).map(lambda n: Fraction(n, 4)))


@given(st.lists(NOTES, min_size=3, max_size=20).filter(lambda notes: len({p for p, _ in notes if p}) > 1))
def test_the_key_is_the_one_of_the_highest_correlation(notes):
    tune = melody(*notes)
    fits = numpys_fits(tune)
    for among in (fits, on(0), keys_of_signature(-2)):
        found = estimate_key(tune, among)
        assert found in among and fits[found] >= max(fits[key] for key in among) - 1e-9


@pytest.mark.parametrize(
    ("fifths", "keys"),
    [
        (0, ((0, "major"), (9, "minor"))),
        (1, ((7, "major"), (4, "minor"))),
        (-3, ((3, "major"), (0, "minor"))),
        (7, ((1, "major"), (10, "minor"))),
        (-7, ((11, "major"), (8, "minor"))),
    ],
)
def test_keys_of_a_signature(fifths, keys):
    assert keys_of_signature(fifths) == keys


def test_estimated_key_of_nothing_is_still_a_key():
    assert estimate_key(melody()) == estimate_key(melody((None, 4))) == (0, "major")


@pytest.mark.parametrize(
    ("key", "shift"),
    [
        *[
            ((0, "major"), 0),
            ((11, "major"), -11),
            ((7, "major"), -7),
            ((5, "major"), -5),
            ((1, "major"), -1),
        ],
        *[((9, "minor"), 0), ((2, "minor"), 7), ((0, "minor"), 9), ((11, "minor"), -2), ((4, "minor"), 5)],
    ],
)
def test_the_papers_interval_is_taken_literally(key, shift):
    tune = melody((70, 1), (66, 1), key=key)
    assert common_key_shift(tune) == shift
    moved = to_common_key(tune)
    assert [pitch for pitch, _ in moved.notes] == [70 + shift, 66 + shift]
    assert moved.key == ((0, "major") if key[1] == "major" else (9, "minor"))


def test_a_stated_key_counts_more_than_an_estimated_one():
    scale = [(62 + s, 2 if s % 12 in (0, 7) else 1) for s in MAJOR]
    assert to_common_key(melody(*scale)).notes[0].pitch == 60
    assert to_common_key(melody(*scale)).key == (0, "major")
    assert to_common_key(melody(*scale, key=(2, "minor"))).notes[0].pitch == 69
