"""What has been heard before, against looking at every pair of places."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_from_scratch.evaluation.repetition import RUN, repeated, repeated_by_place, share_repeated

PHRASE = ["60", "_", "62", "_", "64", "_", "65", "_"]
OTHER = ["72", "_", "_", "_", "71", "_", "69", "_"]


def slow(symbols):
    """Every run of 8 or more, of any length, that ends before the place where it is heard again."""
    found = [False] * len(symbols)
    for start in range(len(symbols)):
        for end in range(start + RUN, len(symbols) + 1):
            run = symbols[start:end]
            if any(symbols[k : k + len(run)] == run for k in range(start - len(run) + 1)):
                found[start:end] = [True] * len(run)
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["60", "_"]), max_size=40))
def test_it_is_every_run_that_was_heard_whole_before(symbols):
    assert repeated(symbols).tolist() == slow(symbols)


def test_a_phrase_sung_again_is_repeated_and_the_first_is_not():
    assert repeated([*PHRASE, *OTHER, *PHRASE]).tolist() == [False] * 16 + [True] * 8
    assert share_repeated([*PHRASE, *OTHER, *PHRASE]) == pytest.approx(1 / 3)
    assert share_repeated([*PHRASE, *PHRASE, *PHRASE]) == pytest.approx(2 / 3)
    assert share_repeated([*PHRASE, *OTHER]) == 0 == share_repeated([]) == share_repeated(PHRASE[:3])


def test_a_longer_run_counts_whole_and_a_shorter_one_not_at_all():
    assert repeated([*PHRASE, *OTHER, "60", *PHRASE, *OTHER[:3], "60"]).tolist() == [
        *[False] * 17,
        *[True] * 11,
        False,
    ]
    assert share_repeated([*PHRASE, *OTHER, *PHRASE[:7], "67"]) == 0


def test_a_long_note_repeats_nothing_until_as_much_of_it_has_been_heard():
    note = ["60", *["_"] * 15]
    assert repeated(note).tolist() == [False] * 16  # the second eight "_" would begin inside the first
    assert repeated([*note, "_"]).tolist() == [False] * 9 + [True] * 8


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["60", "62", "_"]), max_size=60), st.integers(0, 60))
def test_what_comes_later_only_adds(symbols, end):
    assert (repeated(symbols)[:end] >= repeated(symbols[:end])).all()


def test_places_are_counted_over_all_melodies():
    again, new = [*PHRASE * 5], [str(40 + i) for i in range(36)]
    assert repeated_by_place([again, new]) == {"0": 24 / 64, "32": 8 / 12}
    assert repeated_by_place([[], []]) == {} == repeated_by_place([])
    long = np.tile(PHRASE, 40).tolist()
    assert repeated_by_place([long]) == {"0": 0.75} | dict.fromkeys(
        ("32", "64", "96", "128", "192", "256"), 1.0
    )
