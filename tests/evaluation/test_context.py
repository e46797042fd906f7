"""How far back a memory reaches: cut contexts, and gradients at a distance."""

import numpy as np
import pytest

from lstm_from_scratch.evaluation import context
from lstm_from_scratch.evaluation.context import (
    CONTEXTS,
    context_rows,
    context_used,
    effective_length,
    gradient_norms,
    long_windows,
    truncated_nats,
)
from lstm_from_scratch.evaluation.predictors import ModelPredictor
from lstm_from_scratch.model import MelodyModel


@pytest.fixture
def net():
    return MelodyModel(7, 5, rng=np.random.default_rng(0), dtype=np.float64)


def test_windows_are_all_symbols_with_enough_before_them():
    songs = [np.arange(1, 7), np.array([1, 2]), np.array([4, 5, 6])]
    windows, of_song = long_windows(songs, 0, 3)
    assert windows.tolist() == [
        [1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6], [4, 5, 6, 0], [4, 5, 6, 0]
    ]  # fmt: skip
    assert of_song.tolist() == [0, 0, 0, 0, 1]
    with pytest.raises(ValueError, match="no song has 7 symbols"):
        long_windows(songs, 0, 7)


def test_a_cut_context_is_a_song_that_begins_there(net):
    windows = np.random.default_rng(1).integers(1, 7, (300, 9))
    nats = truncated_nats(net, windows, contexts=(1, 3, 8))
    for row, length in zip(nats, (1, 3, 8)):
        for i in (0, 255, 256, 299):
            # a network that is fed `delimiter` first: here the delimiter is the first symbol of the context
            first, *rest = windows[i, -1 - length : -1]
            p = ModelPredictor(net, first).log_probabilities([np.array(rest, int)])[0][-1]
            assert row[i] == pytest.approx(-p[windows[i, -1]], rel=1e-9)


def test_the_gradients_norm_is_that_of_a_difference_quotient(net):
    window = np.random.default_rng(2).integers(1, 7, (1, 9))
    (norm,) = gradient_norms(net, window, contexts=(3,))
    net.logits(window[:, :-4].T, last_only=True)
    state, numeric = net.state, []
    for tensor in state:
        for place in np.ndindex(tensor.shape):
            value, losses = tensor[place], []
            for step in (1e-5, -1e-5):
                tensor[place] = value + step
                losses.append(net.forward(window[:, -4:-1].T, window[:, -1], state, training=False))
            tensor[place] = value
            numeric.append((losses[0] - losses[1]) / 2e-5)
    assert norm == pytest.approx(np.linalg.norm(numeric), rel=1e-6)


def test_the_norms_mean_is_over_windows_and_not_over_batches(net, monkeypatch):
    windows = np.random.default_rng(2).integers(1, 7, (7, 9))
    alone = [gradient_norms(net, window[None], contexts=(3, 8)) for window in windows]
    assert gradient_norms(net, windows, contexts=(3, 8)) == pytest.approx(np.mean(alone, axis=0))
    monkeypatch.setattr(context, "COLUMNS", 3)
    assert gradient_norms(net, windows, contexts=(3, 8)) == pytest.approx(np.mean(alone, axis=0))


def test_an_rnns_norm_is_of_h_alone():
    rnn = MelodyModel(7, 5, "rnn", rng=np.random.default_rng(0), dtype=np.float64)
    windows = np.random.default_rng(2).integers(1, 7, (4, 9))
    assert all(norm > 0 for norm in gradient_norms(rnn, windows, contexts=(1, 8)))


@pytest.mark.parametrize(
    ("perplexities", "length"),
    [([5, 3, 2, 2], 3), ([2, 2, 2, 2], 1), ([2, 2.5, 2.01, 2], 3), ([9, 8, 7, 2], 4), ([1, 1, 1, 2], 1)],
)
def test_the_effective_length_is_where_nothing_more_is_gained(perplexities, length):
    assert effective_length(perplexities, contexts=(1, 2, 3, 4)) == length


def test_the_context_used_is_of_the_seeds_mean_with_an_interval_over_songs():
    of_song = np.array([0, 0, 1])
    nats = np.full((len(CONTEXTS), 3), 0.5)
    nats[: CONTEXTS.index(8)] += [0.2, 0.4, 0.0]  # the first song needs 8 symbols, the second one is enough
    rows = context_rows(nats, of_song)
    assert rows[0, 0] == pytest.approx(1.6) and rows[1, 0] == 0.5 and rows[:, -1].tolist() == [2, 1]
    needs_more = rows.copy()
    needs_more[:, : CONTEXTS.index(64)] += 0.2
    found = context_used([rows, needs_more])
    assert found["perplexity"] == pytest.approx(np.exp((rows + needs_more).sum(axis=0)[:-1] / 6))
    assert found["effective_length"] == [64, 64, 64] and found["effective_length_of_seeds"] == [8, 64]
    assert context_used([rows])["effective_length"] == [8, 1, 8]
