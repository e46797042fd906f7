"""The counting models, against slow ones that follow the definitions word by word."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_from_scratch.evaluation.baselines import AlwaysHold, KneserNey, NGram, WithSong

V = 4
song = st.lists(st.integers(1, V - 1), min_size=1, max_size=12).map(lambda s: np.array(s))
songs = st.lists(song, min_size=1, max_size=6)


class Slow:
    """Witten-Bell by dictionaries, one order after another."""

    def __init__(self, order, training):
        self.order, self.followers = order, defaultdict(Counter)
        for s in training:
            padded = [0] * (order - 1) + list(map(int, s)) + [0]
            for i in range(order - 1, len(padded)):
                for k in range(order):
                    self.followers[tuple(padded[i - k : i])][padded[i]] += 1

    def p(self, x, context):
        if len(context) == 0:
            lower = 1 / V
        else:
            lower = self.p(x, context[1:])
        counts = self.followers[tuple(context)]
        n, u = sum(counts.values()), len(counts)
        return (counts[x] + u * lower) / (n + u) if n else lower

    def __call__(self, s):
        padded = [0] * (self.order - 1) + list(map(int, s))
        n = self.order - 1
        return [[self.p(x, padded[i : i + n]) for x in range(V)] for i in range(len(s) + 1)]


@settings(max_examples=60, deadline=None)
@given(training=songs, test=songs, order=st.integers(1, 4))
def test_ngrams_are_witten_bells(training, test, order):
    model, slow = NGram(order, training, V, 0), Slow(order, training)
    found = model.log_probabilities(test)
    assert [p.shape for p in found] == [(len(s) + 1, V) for s in test]
    for s, p in zip(test, found):
        assert np.exp(p) == pytest.approx(np.array(slow(s)), rel=1e-9)
        assert np.exp(p).sum(axis=1) == pytest.approx(1, rel=1e-12)


def test_a_unigram_by_hand():
    """2, 2, 3 and the end: 4 targets, 3 different."""
    (p,) = NGram(1, [np.array([2, 2, 3])], V, 0).log_probabilities([np.array([1])])
    assert np.exp(p) == pytest.approx(np.tile(np.array([1.75, 0.75, 2.75, 1.75]) / 7, (2, 1)))


def test_an_unseen_context_changes_nothing():
    training = [np.array([1, 2, 1, 2])]
    unseen = np.array([3, 3, 3, 3])
    longer, shorter = (NGram(n, training, V, 0).log_probabilities([unseen])[0] for n in (4, 1))
    assert longer[1:] == pytest.approx(shorter[1:])
    assert longer[0] != pytest.approx(shorter[0])  # after the delimiters there was always a 1


def test_a_song_does_not_depend_on_those_beside_it():
    rng = np.random.default_rng(0)
    training, test = ([rng.integers(1, V, n) for n in (9, 20, 4)] for _ in range(2))
    model = NGram(3, training, V, 0)
    together = model.log_probabilities(test)
    for s, p in zip(test, together):
        assert np.array_equal(model.log_probabilities([s])[0], p)


def test_large_contexts_do_not_collide():
    rng = np.random.default_rng(0)
    training = [rng.integers(1, 131, 500)]
    (p,) = NGram(25, training, 131, 0).log_probabilities(training)  # 131^24 is far beyond 64 bits
    assert (p[np.arange(500), training[0]] > np.log(0.4)).all()  # each was seen once after its own context


def test_always_hold():
    training = [np.array([1, 2, 1, 1, 1]), np.array([2, 1, 1])]  # 1 is the hold: 6 of 10 targets
    first, second = AlwaysHold(training, V, 1).log_probabilities([np.array([3, 3]), np.array([1])])
    assert first.shape == (3, V) and second.shape == (2, V)
    assert np.exp(first[0]) == pytest.approx([0.4 / 3, 0.6, 0.4 / 3, 0.4 / 3])
    assert (first.argmax(axis=1) == 1).all()


def test_always_hold_is_never_infinitely_wrong():
    (p,) = AlwaysHold([np.array([2, 3])], V, 1).log_probabilities([np.array([1])])
    assert np.isfinite(p).all()


def kneser_ney_p(training, order, context, x, d=0.9, theta=2.0):
    """Kneser-Ney by counting in the songs anew for every context: slow, and by the definition."""
    padded = [[0] * order + list(map(int, s)) + [0] for s in training]
    places = [(s, i) for s in padded for i in range(order, len(s))]
    p = 1 / V
    for k in range(order):
        here = [(s, i) for s, i in places if s[i - k : i] == context[len(context) - k :]]
        if not here:
            break
        if k == order - 1:
            c = Counter(s[i] for s, i in here)
        else:
            c = Counter(follower for follower, _ in {(s[i], s[i - k - 1]) for s, i in here})
        p = (max(c[x] - d, 0) + (theta + d * len(c)) * p) / (theta + c.total())
    return p


@settings(max_examples=30, deadline=None)
@given(training=songs, test=song)
def test_kneser_ney_counts_the_distinct_symbols_before_shorter_contexts(training, test):
    (found,) = KneserNey(training, V, 0).log_probabilities([test])
    padded = [0] * 24 + list(map(int, test))
    expected = [
        [kneser_ney_p(training, 25, padded[i : i + 24], x) for x in range(V)] for i in range(len(test) + 1)
    ]
    assert np.exp(found) == pytest.approx(np.array(expected), rel=1e-9)


def with_song(p, song, contexts=(2, 3), d=0.5, theta=0.5):
    """The cascade by the definition: for each target and context, look at every earlier place."""
    found = []
    for t in range(len(song) + 1):
        row = list(p[t])
        for k in contexts:
            c = Counter(int(song[j]) for j in range(k, t) if list(song[j - k : j]) == list(song[t - k : t]))
            if c and t >= k:
                rest = theta + d * len(c)
                row = [(max(c[x] - d, 0) + rest * row[x]) / (theta + c.total()) for x in range(V)]
        found.append(row)
    return np.array(found)


@settings(max_examples=100, deadline=None)
@given(training=songs, test=st.lists(st.integers(1, 2), min_size=1, max_size=20).map(np.array))
def test_the_songs_own_counts_are_as_defined(training, test):
    gram = NGram(2, training, V, 0)
    (before,), (found,) = (m.log_probabilities([test]) for m in (gram, WithSong(gram, contexts=(2, 3))))
    assert np.exp(found) == pytest.approx(with_song(np.exp(before), test), rel=1e-9)
    assert np.exp(found).sum(axis=1) == pytest.approx(1, rel=1e-12)


def test_the_songs_own_counts_by_hand():
    """1 2 3 1 2: after the second "1 2", 3 has followed once, so p(3) = (0.5 + (0.5 + 0.5) / 4) / 1.5."""

    class Uniform:
        name = "uniform"

        def log_probabilities(self, songs):
            return [np.full((len(s) + 1, V), np.log(1 / V)) for s in songs]

    model = WithSong(Uniform(), contexts=(2,))
    (p,) = model.log_probabilities([np.array([1, 2, 3, 1, 2])])
    assert model.name == "uniform + song"
    assert np.exp(p[:5]) == pytest.approx(1 / V)
    assert np.exp(p[5]) == pytest.approx(np.array([0.25, 0.25, 0.25, 0.75]) / 1.5)


@settings(max_examples=100, deadline=None)
@given(
    training=songs,
    before=st.lists(st.integers(1, 2), min_size=1, max_size=15),
    ends=st.lists(st.lists(st.integers(1, 3), max_size=8), min_size=2, max_size=2),
)
def test_nothing_is_learnt_from_what_is_still_to_come(training, before, ends):
    """Songs with the same beginning have the same p up to, and including, the first target that differs."""
    model = WithSong(KneserNey(training, V, 0), contexts=(1, 2, 4))
    a, b = model.log_probabilities([np.array(before + end, int) for end in ends])
    shared = len(before) + 1
    assert np.array_equal(a[:shared], b[:shared])
