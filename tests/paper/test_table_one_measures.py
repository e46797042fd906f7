"""Every measure of Table I against its definition, of an untrained model on the project's own tunes."""

import math

import numpy as np
import pytest

from lstm_from_scratch.composing.sampling import compose_many
from lstm_from_scratch.evaluation import context as module
from lstm_from_scratch.evaluation.baselines import KneserNey, WithSong
from lstm_from_scratch.evaluation.evaluation import evaluate, song_totals
from lstm_from_scratch.evaluation.predictors import ModelPredictor
from lstm_from_scratch.paper import table_one_measures
from lstm_from_scratch.paper.table_one_measures import ModelMeasures

RECORD = {
    "parameters": 9,
    "steps": 8,
    "seed": 7,
    "best": {"validation_loss": 6.0},
    "rows": [{"seconds": 1.0}, {"seconds": 5.0}],
}


@pytest.fixture(scope="module")
def measured(corpus):
    return ModelMeasures(corpus)


@pytest.fixture
def found(measured, model, monkeypatch):
    monkeypatch.setattr(table_one_measures, "MELODIES", 6)
    monkeypatch.setattr(table_one_measures, "SAMPLED_TEMPERATURES", (0.2, 1.5))
    return measured.measure(model, RECORD, 3)


def test_a_run_is_measured_with_its_record(found, model, corpus):
    assert {k: found[k] for k in ("parameters", "steps", "seed", "seconds", "validation_loss")} == {
        "parameters": 9,
        "steps": 8,
        "seed": 7,
        "seconds": 5.0,
        "validation_loss": 6.0,
    }
    rows = song_totals(ModelPredictor(model, corpus.delimiter), corpus.part("test"), corpus.vocabulary)
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
        assert sample == measured.samples.measure(melodies)
        assert sample["lengths"] == [len(melody) for melody in melodies]


def test_the_baseline_is_the_strongest_counting_model(measured, corpus):
    songs, training, V = corpus.part("test"), corpus.part("training"), len(corpus.vocabulary)
    strongest = WithSong(KneserNey(training, V, corpus.delimiter))
    assert measured.baseline == {"name": strongest.name, **evaluate(strongest, songs, corpus.vocabulary)}
    assert np.array_equal(measured.rows, song_totals(strongest, songs, corpus.vocabulary))


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
