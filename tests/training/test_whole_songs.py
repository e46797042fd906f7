"""Training on whole songs, with attention and a clock: repeated, resumed, measured and composed from."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from lstm_from_scratch.composing.sampling import compose
from lstm_from_scratch.evaluation.evaluation import evaluate
from lstm_from_scratch.evaluation.predictors import ModelPredictor, predictor_of_part
from lstm_from_scratch.model import MelodyModel, log_probabilities
from lstm_from_scratch.training.loop import train
from lstm_from_scratch.training.recipe import PRESETS, Recipe
from lstm_from_scratch.training.run import Run

SONGS = Recipe(
    objective="song", units=6, batch=4, lr=0.01, warmup=5, decay=True, averaging=0.9, clip=1.0, dropout=0.3,
    cut=0.5, weight_dropout=0.2, steps=30, validate_every=10, save_seconds=1e9, attention=3,
    clock=("bar", "16"),
)  # fmt: skip


@pytest.fixture(scope="module")
def trained(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    run = train(corpus, SONGS, folder, seed=3)
    return run, folder


def test_it_learns_and_is_repeated_exactly(trained, corpus, tmp_path):
    run, folder = trained
    assert run.history[-1]["training_loss"] < run.history[0]["training_loss"]
    train(corpus, SONGS, tmp_path / "again", seed=3)
    assert (tmp_path / "again" / "best.npz").read_bytes() == (folder / "best.npz").read_bytes()


def test_a_run_that_was_stopped_ends_like_one_that_was_not(trained, corpus, tmp_path):
    def stop(run, row):
        if run.step == 13:
            raise KeyboardInterrupt

    recipe = replace(SONGS, save_seconds=0.0)
    with pytest.raises(KeyboardInterrupt):
        train(corpus, recipe, tmp_path / "run", seed=3, progress=stop)
    whole = train(corpus, recipe, tmp_path / "whole", seed=3)
    resumed = train(corpus, recipe, tmp_path / "run", seed=3, resume=True)
    np.testing.assert_array_equal(resumed.model.weights, whole.model.weights)
    assert (tmp_path / "run" / "best.npz").read_bytes() == (tmp_path / "whole" / "best.npz").read_bytes()


def test_the_model_says_what_its_clocks_show(trained):
    model = MelodyModel.load(trained[1] / "best.npz")
    assert model.clock == (55, 16) and model.clock_kinds == ("bar", "16") and model.attention.width == 3


def test_the_predictor_gives_what_the_model_gives_for_each_song(trained, corpus):
    model = MelodyModel.load(trained[1] / "best.npz")
    songs, clocks = corpus.part("test"), corpus.clocks("test", model.clock_kinds)
    found = predictor_of_part(model, corpus, "test").log_probabilities(songs)
    for song, clock, log_p in zip(songs, clocks, found):
        alone = log_probabilities(model, np.append(corpus.delimiter, song), clock)
        np.testing.assert_allclose(log_p, alone, atol=2e-5)
    measured = evaluate(predictor_of_part(model, corpus, "test"), songs, corpus.vocabulary, bootstrap=0)
    assert 0 < measured["nats_per_symbol"] < 4
    with pytest.raises(ValueError, match="7 songs for a model with a clock: give the clocks of each"):
        ModelPredictor(model, corpus.delimiter).log_probabilities(songs)


def test_a_melody_goes_by_the_meter_that_is_asked_for(trained):
    model = MelodyModel.load(trained[1] / "best.npz")
    waltz = compose(model, temperature=0, steps=64, meter=(3, 4), upbeat=Fraction(1))
    again = compose(model, temperature=0, steps=64, meter=(3, 4), upbeat=Fraction(1))
    assert waltz.symbols == again.symbols and len(waltz.symbols) == 64
    model.clock_kinds = ()
    with pytest.raises(ValueError, match="does not say what they show"):
        compose(model)


@pytest.mark.parametrize("changes", [{"objective": "stream"}, {"objective": "window"}])
def test_attention_and_a_clock_need_whole_songs(changes):
    with pytest.raises(ValueError, match="need whole songs, 'song'"):
        replace(SONGS, **changes)
    with pytest.raises(ValueError, match="clock 'moon'"):
        replace(SONGS, clock=("moon",))


def test_recipes_without_them_are_recorded_as_before():
    for name in ("paper", "fast", "smoke"):
        assert not {"attention", "clock"} & PRESETS[name].record().keys()
    assert PRESETS["attention"].record()["clock"] == ["bar", "16", "12"]


def test_one_song_a_batch_trains_too(corpus):
    run = Run(corpus, replace(SONGS, batch=1), 0)
    run.advance()
    assert run.step == 1
