"""Batches hold every song, are cheap, and are a function of the seed and the step."""

import math
import tracemalloc
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from lstm_from_scratch.corpus.corpus import CorpusError
from lstm_from_scratch.training.batches import Batches, cut, song_pieces, window_batch, windows
from lstm_from_scratch.training.recipe import PRESETS, Recipe

SONGS = [np.array([1, 2, 3]), np.array([4]), np.array([5, 6, 7, 8, 9])]
RECIPES = [
    Recipe(objective="window", length=4, batch=5),
    Recipe(objective="stream", length=4, batch=3),
    Recipe(objective="stream", length=4, batch=3, cut=0.5),
]
objective = pytest.mark.parametrize("recipe", RECIPES, ids=["window", "stream", "cut"])


def all_windows(stream, length=4):
    return window_batch(stream, np.arange(length + 1)[:, None], np.arange(len(stream) - length))


def test_window_k_is_64_symbols_and_its_target_the_next():
    stream = windows(SONGS, 0, 4)
    assert stream.tolist() == [0] * 4 + [1, 2, 3] + [0] * 4 + [4] + [0] * 4 + [5, 6, 7, 8, 9] + [0] * 4
    tokens, targets, *_ = all_windows(stream)
    assert tokens.shape == (4, len(stream) - 4) and targets.shape == (len(stream) - 4,)
    for k in range(len(stream) - 4):
        assert tokens[:, k].tolist() == stream[k : k + 4].tolist() and targets[k] == stream[k + 4]


def test_every_symbol_of_every_song_is_a_target_and_so_is_its_end():
    targets = all_windows(windows(SONGS, 0, 4)).targets
    text = "".join(map(str, targets))
    assert all("".join(map(str, [*song, 0])) in text for song in SONGS)
    assert sorted(t for t in targets if t) == list(range(1, 10))


def test_the_first_symbol_is_seen_from_delimiters_alone():
    tokens, targets, *_ = all_windows(windows(SONGS, 0, 4))
    assert tokens[:, 0].tolist() == [0, 0, 0, 0] and targets[0] == 1


def test_memory_does_not_grow_with_the_windows():
    songs = [np.ones(1000, np.int64)] * 200
    tracemalloc.start()
    batches = Batches(songs, 0, Recipe(), 0)
    batches(0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    symbols = batches.per_epoch * 64
    assert symbols > 200_000
    assert peak < 50 * symbols  # bytes; all windows would be 512 a symbol, one-hot ones 10,000


def test_a_song_in_pieces_begins_and_ends_with_the_delimiter():
    tokens, targets = song_pieces(np.array([0, 5, 6, 7, 8, 9, 0]), 4)
    assert tokens.tolist() == [[0, 5, 6, 7], [8, 9, 0, 0]]
    assert targets.tolist() == [[5, 6, 7, 8], [9, 0, -1, -1]]
    assert len(song_pieces(np.array([0, 1, 2, 3, 0]), 4)[0]) == 1


def stream_batches(songs, recipe, seed=5):
    batches = Batches(songs, 0, recipe, seed)
    return [batches(step) for step in range(batches.per_epoch)]


def test_lanes_hold_each_song_once_and_carry_the_state_inside_it_alone():
    rng = np.random.default_rng(0)
    songs = [rng.integers(1, 9, n) for n in rng.integers(3, 30, 20)]
    batches = stream_batches(songs, Recipe(objective="stream", length=7, batch=3))
    found, song = [], None
    for lane in range(3):
        for batch in batches:
            counted = batch.counted[:, lane]
            tokens, targets = batch.tokens[counted, lane], batch.targets[counted, lane]
            if not batch.carried[lane]:  # a new song, or one that began in the lane before
                song = [] if tokens.size and tokens[0] == 0 else song
            if song and tokens.size:
                assert tokens[0] == song[-1]  # goes on where the piece before ended
            assert np.array_equal(tokens[1:], targets[:-1])
            song += targets.tolist()
            if song and song[-1] == 0:
                found.append(tuple(song[:-1]))
                song = []
    assert sorted(found) == sorted(tuple(song) for song in songs)
    assert not batches[0].carried.any()
    missing = sum(int((~batch.counted).sum()) for batch in batches)
    assert missing < len(songs) * 6 + 3 * 7  # less than a piece a song, and than a column at the end


def test_cut_songs_are_two_parts_that_share_a_symbol():
    rng = np.random.default_rng(0)
    songs = [np.array([0, *rng.integers(1, 99, n), 0]) for n in (1, 1, 2, 3, 9, 9, 9)]
    whole = Counter()
    for seed in range(60):
        parts = cut(songs, 3, np.random.default_rng(seed))
        assert len(parts) == 7 + 3 and all(len(part) >= 2 for part in parts)
        for i, song in enumerate(songs):
            found = parts.pop(0)
            whole[i] += np.array_equal(found, song)
            if len(found) < len(song):
                rest = parts.pop(0)
                assert found[-1] == rest[0]
                found = np.append(found, rest[1:])
            assert np.array_equal(found, song)
        assert not parts
    assert sum(whole.values()) == 60 * 4 and min(whole.values()) > 20


def test_an_epoch_of_cut_songs_has_each_symbol_once_as_a_target():
    rng = np.random.default_rng(0)
    songs = [rng.integers(1, 9, n) for n in rng.integers(1, 30, 20)]
    recipe = Recipe(objective="stream", length=7, batch=3, cut=0.5)
    wanted = sorted(np.concatenate([*songs, np.zeros(20, int)]))
    for seed in range(20):
        batches = stream_batches(songs, recipe, seed)
        assert sorted(np.concatenate([batch.targets[batch.counted] for batch in batches])) == wanted
        starts = sum(int((~batch.carried & batch.counted.any(axis=0)).sum()) for batch in batches)
        assert 30 <= starts <= 30 + 2  # 20 songs, 10 cuts, and where a lane goes on with what another began


def test_each_batch_has_something_to_count():
    for batch, cuts in [(1, 0.0), *((batch, cuts) for batch in (2, 3, 4) for cuts in (0.0, 0.5, 1.0))]:
        recipe = Recipe(objective="stream", length=4, batch=batch, cut=cuts)
        for seed in range(20):
            assert all(b.counted.any() for b in stream_batches(SONGS, recipe, seed))


def test_cut_songs_in_a_batch_of_one_are_refused_at_once():
    """They would leave the last batches of some epochs without a target."""
    with pytest.raises(CorpusError, match="give 2 or more with --batch"):
        Batches(SONGS, 0, Recipe(objective="stream", length=4, batch=1, cut=0.5), 0)


@objective
def test_a_batch_of_more_than_there_is_is_refused(recipe):
    with pytest.raises(CorpusError, match="too few for a batch of 100"):
        Batches(SONGS, 0, replace(recipe, batch=100), 0)


@objective
def test_a_batch_is_a_function_of_seed_and_step(recipe, small):
    songs = small.part("training")
    there = Batches(songs, 0, recipe, seed=3)
    per_epoch = there.per_epoch
    found = {step: there(step) for step in range(2 * per_epoch + 2)}
    for step in (2 * per_epoch, 1, per_epoch - 1, per_epoch, 0):  # in any order, and from a new object
        batch = Batches(songs, 0, recipe, seed=3)(step)
        assert all(np.array_equal(a, b) for a, b in zip(batch, found[step]))
        assert np.array_equal(there(step).tokens, batch.tokens)
    assert not np.array_equal(found[0][0], found[per_epoch][0])  # each epoch has its own order
    assert not np.array_equal(Batches(songs, 0, recipe, seed=4)(0)[0], found[0][0])


def test_an_epoch_has_each_window_once():
    recipe = RECIPES[0]
    batches = Batches(SONGS, 0, recipe, 0)
    columns = [
        tuple([*tokens[:, b], targets[b]])
        for tokens, targets, *_ in map(batches, range(batches.per_epoch))
        for b in range(tokens.shape[1])
    ]
    stream = windows(SONGS, 0, 4)
    assert sorted(columns) == sorted(tuple(stream[k : k + 5]) for k in range(len(stream) - 4))


def test_the_rate_rises_and_falls_along_half_a_cosine():
    recipe = Recipe(lr=2.0, warmup=4, decay=True)
    assert [recipe.rate(k, 104) for k in range(5)] == pytest.approx([0.5, 1.0, 1.5, 2.0, 2.0])
    assert recipe.rate(54, 104) == pytest.approx(1.0)
    assert recipe.rate(79, 104) == pytest.approx(1 + math.cos(0.75 * math.pi))
    assert 0 < recipe.rate(103, 104) < 0.001
    assert Recipe(lr=2.0, warmup=4).rate(1000, 104) == 2.0
    assert PRESETS["paper"].rate(0, 10) == PRESETS["paper"].rate(9, 10) == 0.001
    assert recipe.rate(0, 4) > 0 and recipe.rate(4, 4) >= 0  # no step but the warm-up's
