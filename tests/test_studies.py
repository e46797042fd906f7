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
