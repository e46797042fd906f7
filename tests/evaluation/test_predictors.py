"""A model predicts songs as it was trained: against one plain run for each song or window."""

import numpy as np
import pytest

from lstm_from_scratch.evaluation.predictors import ModelPredictor
from lstm_from_scratch.model import MelodyModel, log_probabilities


def direct(model, song, delimiter):
    """The distributions of one song by one plain run from the zero state."""
    y = model.logits(np.array([[delimiter, *song]]).T)[:, :, 0].astype(float)
    return y - np.log(np.exp(y).sum(axis=1, keepdims=True))


@pytest.mark.parametrize(("columns", "backwards"), [(1, False), (3, True), (64, False)])
def test_a_model_is_evaluated_from_the_zero_state_through_each_song(corpus, model, columns, backwards):
    songs = corpus.songs[::-3] if backwards else corpus.songs[::3]
    found = ModelPredictor(model, corpus.delimiter, columns=columns).log_probabilities(songs)
    for song, p in zip(songs, found):
        assert p.shape == (len(song) + 1, 26) and p.dtype == np.float64
        assert p == pytest.approx(direct(model, song, corpus.delimiter), abs=2e-5)


@pytest.mark.parametrize("columns", [1, 64])
def test_a_window_model_is_evaluated_window_by_window(corpus, window_model, columns):
    songs = [corpus.songs[3], corpus.songs[0][:1], corpus.songs[7][:70]]
    found = ModelPredictor(window_model, corpus.delimiter, columns=columns).log_probabilities(songs)
    for song, p in zip(songs, found):
        padded = [corpus.delimiter] * 64 + list(song)
        assert p.shape == (len(song) + 1, 26)
        for k in (0, 1, len(song) // 2, len(song) - 1, len(song)):
            y = window_model.logits(np.array([padded[k : k + 64]]).T, last_only=True)[:, 0].astype(float)
            assert p[k] == pytest.approx(y - np.log(np.exp(y).sum()), abs=2e-5)


@pytest.mark.parametrize("columns", [1, 64])
def test_a_model_with_attention_is_evaluated_on_whole_songs(corpus, columns):
    rng = np.random.default_rng(0)
    model = MelodyModel(len(corpus.vocabulary), 6, attention=4, rng=rng)
    songs = corpus.songs[::4]
    found = ModelPredictor(model, corpus.delimiter, columns=columns).log_probabilities(songs)
    for song, p in zip(songs, found):
        expected = log_probabilities(model, np.append(corpus.delimiter, song))
        assert p == pytest.approx(expected, abs=2e-5) and len(p) == len(song) + 1


def test_the_two_kinds_of_model_differ(corpus, model, window_model):
    songs = [corpus.songs[0]]
    a, b = (ModelPredictor(m, corpus.delimiter).log_probabilities(songs)[0] for m in (model, window_model))
    assert np.abs(a - b).max() > 1e-4
