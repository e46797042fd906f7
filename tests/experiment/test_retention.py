"""How far back a memory reaches: cut contexts, gradients at a distance, and recall."""

import numpy as np
import pytest

from lstm_from_scratch.experiment import MelodyModel, retention
from lstm_from_scratch.experiment.evaluation import Network
from lstm_from_scratch.experiment.retention import (
    CUE,
    MARK,
    effective_length,
    gradient_norms,
    long_windows,
    longest_recalled,
    recall,
    recall_batch,
    truncated_nats,
)


@pytest.fixture
def net():
    return MelodyModel(7, 5, rng=np.random.default_rng(0), dtype=np.float64)


def test_windows_are_all_symbols_with_enough_before_them():
    songs = [np.arange(1, 7), np.array([1, 2]), np.array([4, 5, 6])]
    assert long_windows(songs, 0, 3).tolist() == [
        [1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6], [4, 5, 6, 0], [4, 5, 6, 0]
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no song has 7 symbols"):
        long_windows(songs, 0, 7)


def test_a_cut_context_is_a_song_that_begins_there(net):
    windows = np.random.default_rng(1).integers(1, 7, (300, 9))
    nats = truncated_nats(net, windows, contexts=(1, 3, 8))
    for row, length in zip(nats, (1, 3, 8)):
        for i in (0, 255, 256, 299):
            # a network that is fed `delimiter` first: here the delimiter is the first symbol of the context
            first, *rest = windows[i, -1 - length : -1]
            p = Network(net, first).log_probabilities([np.array(rest, int)])[0][-1]
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
    monkeypatch.setattr(retention, "COLUMNS", 3)
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


def test_recall_asks_for_the_marked_item_among_others_like_it():
    tokens, items = recall_batch(5, 40, np.random.default_rng(0))
    assert tokens.shape == (8, 40)
    assert (tokens[0] == MARK).all() and (tokens[-1] == CUE).all() and (tokens[1] == items).all()
    assert tokens[1:-1].max() < MARK and len(set(tokens[2:-1].ravel())) == 8


def test_recall_is_learnt_at_a_short_distance_and_not_without_learning():
    assert recall("lstm", 32, 0.01, 600, 0, 2, 2) > 0.9
    assert recall("lstm", 32, 0.01, 1, 0, 2, 2) < 0.4


def test_distances_are_the_longest_alone_or_log_uniform_up_to_it(monkeypatch):
    seen, rng = [], np.random.default_rng(0)
    made = lambda distance, *_: seen.append(distance) or recall_batch(distance, 2, rng)  # noqa: E731
    monkeypatch.setattr(retention, "recall_batch", made)
    monkeypatch.setattr(retention, "LEARNT", 1.0)
    recall("rnn", 2, 0.01, 50, 0, 4, 4)
    assert set(seen) == {4}
    seen.clear()
    recall("rnn", 2, 0.01, 400, 0, 1, 4)
    shares = np.log([2, 3 / 2, 4 / 3, 5 / 4]) / np.log(5)  # d as often as ln((d + 1) / d) says
    assert np.bincount(seen)[1:4] / 400 == pytest.approx(shares[:3], abs=0.06)


def test_both_kinds_of_recall_are_measured_up_to_the_first_failure(monkeypatch):
    asked = []

    def made(cell, units, lr, updates, seed, shortest, longest):
        asked.append((seed, shortest, longest))
        return 1.0 if longest < (8 if shortest == 1 else 4) else 0.5

    monkeypatch.setattr(retention, "recall", made)
    assert retention.measure_recall("rnn", 2, lambda line: None) == {"alone": [2, 2], "mixed": [4, 4]}
    for seed in (0, 1):
        assert [a[1:] for a in asked if a[0] == seed] == [
            (1, 1),
            (2, 2),
            (4, 4),
            (1, 1),
            (1, 2),
            (1, 4),
            (1, 8),
        ]


@pytest.mark.parametrize(
    ("accuracies", "longest"),
    [({1: 1.0, 2: 0.95, 4: 0.5}, 2), ({1: 0.2}, 0), ({1: 1, 2: 0.1, 4: 1}, 1), ({4: 1, 1: 1}, 4)],
)
def test_the_longest_recalled_has_no_gap_before_it(accuracies, longest):
    assert longest_recalled(accuracies) == longest
