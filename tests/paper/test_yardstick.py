"""Every measure of Table I against its definition, of an untrained model on the project's own tunes."""

import math

import numpy as np
import pytest

from lstm_from_scratch.composing.sampling import compose_many
from lstm_from_scratch.evaluation import context as module
from lstm_from_scratch.evaluation.baselines import NGram
from lstm_from_scratch.evaluation.diversity import relative_diversity
from lstm_from_scratch.evaluation.evaluation import song_totals
from lstm_from_scratch.evaluation.overlap import overlaps
from lstm_from_scratch.evaluation.predictors import Network
from lstm_from_scratch.paper import yardstick
from lstm_from_scratch.paper.yardstick import Yardstick, as_melodies, over_seeds, quantiles

RECORD = {
    "parameters": 9,
    "steps": 8,
    "seed": 7,
    "best": {"validation_loss": 6.0},
    "rows": [{"seconds": 1.0}, {"seconds": 5.0}],
}
MADE = [[], ["60"], ["60", "_", "62"]]


@pytest.fixture(scope="module")
def measured(corpus):
    return Yardstick(corpus)


@pytest.fixture
def found(measured, model, monkeypatch):
    monkeypatch.setattr(yardstick, "MELODIES", 6)
    monkeypatch.setattr(yardstick, "TEMPERATURES", (0.2, 1.5))
    return measured.measure(model, RECORD, 3)


def test_a_run_is_measured_with_its_record(found, model, corpus):
    assert {k: found[k] for k in ("parameters", "steps", "seed", "seconds", "validation_loss")} == {
        "parameters": 9,
        "steps": 8,
        "seed": 7,
        "seconds": 5.0,
        "validation_loss": 6.0,
    }
    rows = song_totals(Network(model, corpus.delimiter), corpus.part("test"), corpus.vocabulary)
    assert found["rows"] == rows.tolist()


def test_contexts_are_over_all_targets_and_over_onsets(measured, model, corpus):
    windows, _ = module.long_windows(corpus.part("test"), corpus.delimiter)
    context = measured.context(model)
    nats = module.truncated_nats(model, windows)
    targets = [corpus.vocabulary.names(window)[-1] for window in windows]
    onsets = [i for i, symbol in enumerate(targets) if symbol != "_"]
    assert 0 < len(onsets) < len(windows) / 2
    for k in range(len(module.CONTEXTS)):
        assert sum(row[k] for row in context["symbols"]) == pytest.approx(sum(nats[k]))
        assert sum(row[k] for row in context["onsets"]) == pytest.approx(sum(nats[k, onsets]))
    assert [sum(row[-1] for row in context[k]) for k in ("symbols", "onsets")] == [len(windows), len(onsets)]
    assert context["gradient_norm"] == module.gradient_norms(model, windows[::8])


def test_melodies_are_drawn_with_the_seed_at_each_temperature(found, measured, model):
    assert list(found["samples"]) == ["0.2", "1.5"]
    for T, sample in found["samples"].items():
        melodies = compose_many(model, 6, float(T), np.random.default_rng(3))
        assert sample == measured.sampled(melodies)
        assert sample["lengths"] == [len(melody) for melody in melodies]


def test_melodies_are_held_against_the_test_songs(measured, corpus):
    training, test = ([corpus.vocabulary.names(s) for s in corpus.part(p)] for p in ("training", "test"))
    other = next(song for song in training if len(song) > 100 and "r" in song)
    drawn = [other[:70], ["61", *other[:9], "61"], *training[2:6]]
    found = measured.sampled(drawn)
    songs, melodies = as_melodies(test), as_melodies(drawn)
    assert found["overlaps"] == overlaps(songs, melodies) != overlaps(melodies, songs)
    relative = relative_diversity(melodies, songs)
    assert {name: found[name] for name in relative} == relative
    assert found["copied_symbols"] == [70, 9, *map(len, training[2:6])] and found["copied_whole"] == 5
    assert found["copied_onsets"][:2] == [sum(s != "_" for s in other[:n]) for n in (70, 9)]
    theirs = [measured.find_span(song) for song in measured.songs_of_lengths(map(len, drawn))]
    assert list(zip(found["theirs_symbols"], found["theirs_onsets"])) == theirs


def test_melodies_too_short_to_be_compared_are_measured_all_the_same(measured):
    found = measured.sampled([["60"], ["62", "_"]])
    assert "overlaps" not in found and found["lengths"] == [1, 2]


def test_songs_without_a_note_are_no_melodies():
    assert len(as_melodies([["r", "_"], ["r", "60"]])) == 1


def test_the_baseline_is_the_ngram_with_the_fewest_nats(measured, corpus):
    songs, training, V = corpus.part("test"), corpus.part("training"), len(corpus.vocabulary)
    nats = {}
    for order in range(1, 9):
        gram = NGram(order, training, V, corpus.delimiter)
        nats[gram.name] = song_totals(gram, songs, corpus.vocabulary)[:, 0].sum()
    assert measured.baseline["name"] == min(nats, key=nats.get)
    symbols = sum(len(song) + 1 for song in songs)
    assert measured.baseline["nats_per_symbol"] == pytest.approx(min(nats.values()) / symbols)


def test_held_out_songs_are_one_half_against_the_other(measured, corpus):
    songs = [corpus.vocabulary.names(song) for song in corpus.part("test")]
    found = measured.held_out()
    assert found["overlaps"] == overlaps(as_melodies(songs[::2]), as_melodies(songs[1::2]))
    assert found["lengths"] == quantiles([len(song) for song in songs])
    symbols, onsets = zip(*map(measured.find_span, songs))
    assert found["copied_symbols"] == quantiles(symbols) and found["copied_onsets"] == quantiles(onsets)


def test_seeds_are_summed_up(found, measured, model):
    rows = np.array(found["rows"])
    runs = [found, {**found, "rows": (rows * [3, 1, 1, 1, 1, 1, 1]).tolist()}]
    runs[1] |= {"seconds": 7.0, "validation_loss": 5.0}
    context = measured.context(model)
    other = {**context, "gradient_norm": context["gradient_norm"][::-1]}
    summed = measured.summed_up(runs, [context, other])
    nats, _, onsets = rows[:, :3].sum(axis=0)
    assert summed["bits_per_onset_of_seeds"] == pytest.approx(
        [nats / math.log(2) / onsets, 3 * nats / math.log(2) / onsets]
    )
    assert summed["bits_per_onset"] == pytest.approx(2 * nats / math.log(2) / onsets)
    over, low, high = summed["over_baseline"]
    assert over == pytest.approx(2 * nats / measured.rows[:, 0].sum()) and low < over < high
    assert summed["seconds"] == 6.0 and summed["validation_loss"] == [6.0, 5.0]
    for over in ("symbols", "onsets"):
        assert summed["context"][over] == module.context_used([np.array(context[over])] * 2)
    first, second = context["gradient_norm"], other["gradient_norm"]
    assert summed["gradient_norm"] == pytest.approx([(a + b) / 2 for a, b in zip(first, second)])


def test_over_seeds_numbers_have_their_range_and_lists_their_quantiles():
    samples = [
        {"overlaps": {"mean": 0.2}, "lengths": [0, 1, 2, 3, 4], "copied_whole": 1, "distinct_2": 1.0},
        {"overlaps": {"mean": 0.6}, "lengths": [5, 6, 7, 8, 9, 10], "copied_whole": 4},
    ]
    assert over_seeds(samples) == {
        "overlaps": {"mean": pytest.approx([0.4, 0.2, 0.6])},
        "lengths": pytest.approx([1, 5, 9]),
        "copied_whole": [2.5, 1, 4],
    }


def test_songs_beside_melodies_have_their_lengths(small):
    songs = Yardstick(small).songs_of_lengths([5, 20, 10**6, 20])
    longest = max(map(len, small.part("test")))
    assert [len(song) for song in songs] == [5, 20, longest, 20]
    beginnings = [small.vocabulary.names(song) for song in small.part("test")]
    assert all(any(song == b[: len(song)] for b in beginnings) for song in songs)
    assert songs[1] != songs[3]
