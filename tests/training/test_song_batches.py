"""Whole songs in batches: every symbol once an epoch, with its own clock, beside songs as long."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_from_scratch.training.song_batches import Span, draw_spans, groups_of_like_length, side_by_side

lengths = st.lists(st.integers(3, 40), min_size=1, max_size=12)


def made(lengths):
    """Songs in which every symbol is another one, and clocks that tell which."""
    ends = np.cumsum(lengths)
    songs = [np.arange(end - length, end) for length, end in zip(lengths, ends)]
    return songs, [np.stack([song[1:], -song[1:]], axis=1) for song in songs]


@given(lengths, st.integers(0, 12), st.integers(1, 5), st.integers(0, 3))
def test_every_symbol_is_a_target_once_an_epoch(lengths, cuts, batch, seed):
    songs, clocks = made(lengths)
    rng = np.random.default_rng(seed)
    spans = draw_spans(lengths, cuts, rng)
    assert len(spans) == len(lengths) + min(cuts, len(lengths))
    seen = []
    for group in groups_of_like_length(spans, batch, rng):
        assert 1 <= len(group) <= batch
        tokens, targets, counted, clock = side_by_side(group, songs, clocks)
        assert tokens.shape == targets.shape == counted.shape == (clock.shape[0], clock.shape[2])
        assert (targets[counted] == tokens[counted] + 1).all()  # what comes next in the song
        assert (clock.transpose(0, 2, 1)[counted] == np.stack([targets, -targets], axis=2)[counted]).all()
        seen += targets[counted].tolist()
    assert sorted(seen) == sorted(symbol for song in songs for symbol in song[1:].tolist())


def test_a_part_begins_with_the_symbol_that_the_other_ends_with():
    first, second = draw_spans([9], 1, np.random.default_rng(0))
    assert first.start == 0 and first.end == second.start and second.end == 8
    assert first.steps + second.steps == 8


def test_songs_of_like_length_lie_together_in_another_order_each_time():
    spans = [Span(i, 0, 10 + i) for i in range(100)]
    groups = groups_of_like_length(spans, 10, np.random.default_rng(0))
    spread = [max(s.steps for s in group) - min(s.steps for s in group) for group in groups]
    assert np.mean(spread) < 25
    means = [np.mean([span.steps for span in group]) for group in groups]
    assert means != sorted(means)
    assert groups != groups_of_like_length(spans, 10, np.random.default_rng(1))


@pytest.mark.parametrize("steps", [(3, 7, 5)])
def test_nothing_counts_behind_a_shorter_song(steps):
    songs, clocks = made([n + 1 for n in steps])
    tokens, targets, counted, clock = side_by_side(
        [Span(i, 0, n) for i, n in enumerate(steps)], songs, clocks
    )
    assert counted.sum(axis=0).tolist() == list(steps) and len(tokens) == max(steps)
    assert not tokens[~counted].any() and not targets[~counted].any()
    assert not clock.transpose(0, 2, 1)[~counted].any()
