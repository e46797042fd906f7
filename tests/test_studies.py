"""What the experiments' scripts do to a corpus: less of it, other integers, and the songs' own keys."""

import sys
from pathlib import Path

import numpy as np
import pytest

from lstm_from_scratch.corpus import prepare
from lstm_from_scratch.music import Vocabulary, decode

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    """Import one of benchmarks/, which may import its neighbours."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    before = set(sys.modules)
    yield __import__
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == BENCHMARKS:
            del sys.modules[name]


def test_less_of_a_corpus_takes_training_songs_alone(script, small):
    genres = script("genres")
    whole = sum(map(len, small.part("training")))
    for symbols in (whole, whole - 1, whole // 2):
        less = genres.with_less(small, symbols)
        training = less.part("training")
        assert sum(map(len, training)) <= symbols
        assert all(np.array_equal(a, b) for a, b in zip(training, small.part("training")))
        for part in ("validation", "test"):
            assert [s.tolist() for s in less.part(part)] == [s.tolist() for s in small.part(part)]
    assert len(genres.with_less(small, whole).songs) == len(small.songs)
    assert len(genres.with_less(small, whole // 2).part("training")) > 3


def test_another_vocabulary_means_the_same_songs(script, small):
    wider = Vocabulary([*small.vocabulary, "59", "69"])
    other = script("genres").with_vocabulary(small, wider)
    for a, b in zip(small.songs, other.songs):
        assert small.vocabulary.names(a) == wider.names(b)


def test_songs_in_their_keys_are_the_same_songs_moved(script, tunes, corpus):
    tunes = [t for t in tunes if t.stem != "row_row_row_your_boat"]  # its triplets lie off the grid
    moved = prepare(tunes)[0]
    stayed = script("ablations").in_their_keys(moved, tunes)
    assert stayed.parts == moved.parts
    shifts = set()
    for a, b in zip(moved.songs, stayed.songs):
        a, b = decode(moved.vocabulary.names(a)).notes, decode(stayed.vocabulary.names(b)).notes
        assert [n.duration for n in a] == [n.duration for n in b]
        gaps = {m.pitch - n.pitch for m, n in zip(a, b) if m.pitch is not None}
        assert len(gaps) == 1
        shifts |= gaps
    assert len(shifts) > 3
    with pytest.raises(ValueError, match="some were left out"):
        script("ablations").in_their_keys(moved, tunes[1:])


def test_accuracy_as_the_paper_counts_it(script, corpus, window_model):
    """Against every window looked at by itself."""
    found = script("presets").window_accuracy(window_model, corpus)
    hold, right, dumb, n = corpus.vocabulary.ids("_")[0], 0, 0, 0
    stream = [corpus.delimiter] * 64
    for song in corpus.part("validation"):
        stream += [*song, *[corpus.delimiter] * 64]
    for k in range(0, len(stream) - 64):
        window, target = stream[k : k + 64], stream[k + 64]
        n += 1
        dumb += target == (corpus.delimiter if window[-1] == corpus.delimiter else hold)
        y = window_model.logits(np.array([window]).T, last_only=True)[:, 0]
        right += y.argmax() == target
    assert found == pytest.approx({"network": right / n, "delimiter or _": dumb / n})


def test_the_counting_bound_looks_back_only(script, small):
    """The features of the beginning of a song are the beginning of its features, wherever it is cut."""
    bound, features = script("counting_bound"), script("counting_features")
    chains = bound.count(small.part("training"), small)
    symbols = small.vocabulary.ids(["60", "62", "_"])
    song = np.append(symbols[0], np.random.default_rng(0).choice(symbols, 209))

    def of(*songs):
        return np.stack(bound.Features(list(songs), chains, small).arrays, axis=-1)

    whole = of(song)
    for cut in (1, 2, 9, 25, *features.LAGS, 209):
        assert np.array_equal(of(song[:cut]), whole[: cut + 1]), cut
    assert np.array_equal(of(song, song[:30]), np.concatenate([whole, whole[:31]]))


def test_the_counting_bound_has_the_gradient_and_curvature_of_its_loss(script, small, monkeypatch):
    bound, rng = script("counting_bound"), np.random.default_rng(0)
    monkeypatch.setattr(bound, "SAMPLED", 1.0)
    parts = [(rng.normal(size=(7, 4, 3)).astype(np.float16), rng.integers(0, 4, 7)) for _ in range(2)]
    w, e = rng.normal(size=3), 1e-2 * np.eye(3)
    gradient, curvature = bound.loss_and_gradient(parts, w)[1], bound.curvature(parts, w)
    for k in range(3):
        after, before = (bound.loss_and_gradient(parts, w + sign * e[k]) for sign in (1, -1))
        assert gradient[k] == pytest.approx((after[0] - before[0]) / 2e-2, rel=1e-3, abs=1e-4)
        assert curvature[k] == pytest.approx((after[1] - before[1]) / 2e-2, rel=1e-2, abs=1e-3)


def test_the_counting_bound_gives_distributions_and_learns(script, corpus, monkeypatch):
    bound = script("counting_bound")
    monkeypatch.setattr(bound, "FOLDS", 3)
    monkeypatch.setattr(bound, "EVERY", 7)
    monkeypatch.setattr(bound, "SAMPLED", 1.0)  # so few examples have no share that stands for them
    parts = bound.out_of_fold(corpus)
    w = bound.fit(parts, rounds=2)
    start = np.zeros_like(w)
    assert bound.loss_and_gradient(parts, w)[0] < 0.8 * bound.loss_and_gradient(parts, start)[0]
    songs = corpus.part("test")[:2]
    for song, p in zip(songs, bound.Mix(corpus.part("training"), w, corpus).log_probabilities(songs)):
        assert p.shape == (len(song) + 1, len(corpus.vocabulary))
        assert np.exp(p).sum(axis=1) == pytest.approx(1, rel=1e-9)
