"""Nested contexts of any columns, against dictionaries that follow the formula word by word."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_from_scratch.evaluation.backoff import BackOff, preceding, targets

V = 4


def slow(columns, followers, queries, discount, strength):
    """`BackOff` by dictionaries: one context at a time, one symbol at a time."""
    K = len(columns)
    counts = [defaultdict(lambda: defaultdict(int)) for _ in range(K + 1)]
    values = [defaultdict(lambda: defaultdict(set)) for _ in range(K)]
    for i, x in enumerate(followers):
        known = [int(column[i]) for column in columns]
        for k in range(K + 1):
            counts[k][tuple(known[:k])][x] += 1
            if k < K:
                values[k][tuple(known[:k])][x].add(known[k])
    found = []
    for known in zip(*queries):
        p = [1 / V] * V
        for k in range(K + 1):
            context = tuple(map(int, known[:k]))
            if context not in counts[k]:
                break
            c = dict(counts[k][context])
            if strength is not None and k < K:
                c = {x: len(distinct) for x, distinct in values[k][context].items()}
            d, theta = (0, len(c)) if strength is None else (discount, strength)
            total = theta + sum(c.values())
            p = [(max(c.get(x, 0) - d, 0) + (theta + d * len(c)) * p[x]) / total for x in range(V)]
        found.append(p)
    return np.array(found)


column = st.lists(st.integers(0, 3), min_size=12, max_size=12).map(np.array)
formulas = st.sampled_from([(0.0, None), (0.5, 0.5), (0.9, 2.0), (1.0, 1.0), (0.0, 3.0)])


@settings(max_examples=80, deadline=None)
@given(st.lists(column, max_size=3), column, st.data(), formulas)
def test_it_is_the_formula(columns, followers, data, formula):
    queries = [data.draw(column) for _ in columns]
    discount, strength = formula
    found = BackOff(columns, followers, V, discount, strength).p(queries, 12)
    expected = slow(columns, followers, queries or [[0] * 12], discount, strength)
    assert found == pytest.approx(expected, rel=1e-12)
    assert found.sum(axis=1) == pytest.approx(1, rel=1e-12) and (found >= 0).all()


def test_kneser_and_ney_by_hand():
    """After a 1 once 2; after a 3 twice 0. Without context, 2 and 0 have one symbol before them each."""
    columns, followers = [np.array([1, 3, 3])], np.array([2, 0, 0])
    model = BackOff(columns, followers, V, discount=0.5, strength=1.0)
    shorter = np.array([0.5 + 2 / 4, 2 / 4, 0.5 + 2 / 4, 2 / 4]) / 3
    after_3 = (np.array([1.5, 0, 0, 0]) + 1.5 * shorter) / 3
    p = model.p([np.array([0, 3])], 2)
    assert p[0] == pytest.approx(shorter) and p[1] == pytest.approx(after_3)


def test_a_value_larger_than_any_in_training_is_an_unseen_context():
    columns, followers = [np.array([0, 1]), np.array([1, 0])], np.array([2, 3])
    model = BackOff(columns, followers, V, 0.5, 0.5)
    p = model.p([np.array([0, 0]), np.array([2, 1])], 2)  # (0, 2) would have the number of (1, 0)
    assert p[0] == pytest.approx(
        BackOff(columns, followers, V, 0.5, 0.5).p([np.array([0]), np.array([9])], 1)[0]
    )
    assert p[1, 2] > p[0, 2]


def test_targets_and_the_symbols_before_them():
    songs = [np.array([1, 2]), np.array([3])]
    assert targets(songs, 0).tolist() == [1, 2, 0, 3, 0]
    assert preceding(songs, 1, 0).tolist() == [0, 1, 2, 0, 3]
    assert preceding(songs, 2, 0).tolist() == [0, 0, 1, 0, 0]
    assert preceding(songs, 5, 0).tolist() == [0] * 5
