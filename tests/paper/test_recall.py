"""The task of recall: what is asked, what is learnt, and how far it reaches."""

import numpy as np
import pytest

from lstm_from_scratch.paper import recall as module
from lstm_from_scratch.paper.recall import (
    MARK,
    QUESTIONS,
    accuracies,
    longest_recalled,
    measure_recall,
    recall,
    recall_batch,
)


def test_recall_asks_for_one_of_the_marked_items_among_others_like_them():
    tokens, asked = recall_batch(3, 5, 400, np.random.default_rng(0))
    assert tokens.shape == (10, 400) and (tokens[0] == MARK).all() and tokens[1:-1].max() < MARK
    which = tokens[-1] - QUESTIONS
    assert set(which) == {0, 1, 2} and set(tokens[4:-1].ravel()) == set(range(8))
    assert all(item == column[1 + k] for item, column, k in zip(asked, tokens.T, which))


def test_recall_is_learnt_at_a_short_distance_and_not_without_learning(monkeypatch):
    monkeypatch.setattr(module, "RECALL_UNITS", 32)
    monkeypatch.setattr(module, "RECALL_UPDATES", 600)
    assert recall("lstm", 1, 0.01, 0, 2, 2)[2] > 0.9
    assert set(recall("gru", 2, 0.01, 0, 1, 8)) == {1, 2, 4, 8}
    monkeypatch.setattr(module, "RECALL_UPDATES", 1)
    assert recall("lstm", 1, 0.01, 0, 2, 2)[2] < 0.4


def test_distances_are_the_longest_alone_or_log_uniform_up_to_it(monkeypatch):
    seen, rng = [], np.random.default_rng(0)
    made = lambda items, distance, *_: seen.append(distance) or recall_batch(1, distance, 2, rng)  # noqa: E731
    monkeypatch.setattr(module, "recall_batch", made)
    monkeypatch.setattr(module, "RECALL_UNITS", 2)
    monkeypatch.setattr(module, "LEARNT", 1.0)
    monkeypatch.setattr(module, "RECALL_UPDATES", 50)
    recall("rnn", 1, 0.01, 0, 4, 4)
    assert set(seen) == {4}
    seen.clear()
    monkeypatch.setattr(module, "RECALL_UPDATES", 400)
    recall("rnn", 1, 0.01, 0, 1, 4)
    shares = np.log([2, 3 / 2, 4 / 3, 5 / 4]) / np.log(5)  # d as often as ln((d + 1) / d) says
    assert np.bincount(seen[:400])[1:4] / 400 == pytest.approx(shares[:3], abs=0.06)


def test_alone_each_distance_is_learnt_anew_up_to_the_first_failure(monkeypatch):
    asked = []

    def made(cell, items, lr, seed, shortest, longest):
        asked.append((shortest, longest))
        return {d: 1.0 if longest < 4 else 0.5 for d in (1, 2, 4, 8) if shortest <= d <= longest}

    monkeypatch.setattr(module, "recall", made)
    assert accuracies("rnn", 1, True, 0.01, 0) == {1: 1.0, 2: 1.0, 4: 0.5}
    assert asked == [(1, 1), (2, 2), (4, 4)]
    asked.clear()
    accuracies("rnn", 1, False, 0.01, 0)
    assert asked == [(1, 256)]


def test_each_task_is_measured_with_the_rate_that_suits_it_on_another_seed(monkeypatch):
    asked = []

    def made(cell, items, alone, lr, seed):
        asked.append((items, alone, lr, seed))
        reach = 8 if lr == (0.003 if items == 2 else 0.01) else 2
        return {d: 1.0 if d <= reach * (1 + seed) else 0.5 for d in module.DISTANCES}

    monkeypatch.setattr(module, "accuracies", made)
    assert measure_recall("rnn", 2, lambda line: None) == {
        "one alone": [8, 16],
        "one": [8, 16],
        "two": [8, 16],
        "four": [8, 16],
    }
    assert asked[:5] == [(1, True, lr, 2) for lr in module.RECALL_RATES] + [
        (1, True, 0.01, 0),
        (1, True, 0.01, 1),
    ]
    assert [a[2:] for a in asked if a[0] == 2][3:] == [(0.003, 0), (0.003, 1)]


@pytest.mark.parametrize(
    ("accuracies", "longest"),
    [({1: 1.0, 2: 0.95, 4: 0.5}, 2), ({1: 0.2}, 0), ({1: 1, 2: 0.1, 4: 1}, 1), ({4: 1, 1: 1}, 4)],
)
def test_the_longest_recalled_has_no_gap_before_it(accuracies, longest):
    assert longest_recalled(accuracies) == longest
