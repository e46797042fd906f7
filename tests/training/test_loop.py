"""Training can be stopped anywhere, goes on bit for bit, keeps the best, and refuses what is not its own."""

import json
import math
import signal
import threading
from dataclasses import replace

import numpy as np
import pytest

from lstm_from_scratch.corpus.corpus import Corpus, CorpusError
from lstm_from_scratch.evaluation.evaluation import evaluate
from lstm_from_scratch.evaluation.predictors import ModelPredictor
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.model.checkpoint import CheckpointError, read_checkpoint
from lstm_from_scratch.training import run as run_module
from lstm_from_scratch.training.divergence import DivergedError
from lstm_from_scratch.training.loop import train
from lstm_from_scratch.training.recipe import Recipe
from lstm_from_scratch.training.run import Run
from lstm_from_scratch.training.running_means import RunningMeans
from lstm_from_scratch.training.saved_run import restore_run

STREAM = Recipe(
    objective="stream",
    units=6,
    batch=4,
    length=5,
    lr=0.01,
    warmup=5,
    decay=True,
    averaging=0.9,
    clip=1.0,
    dropout=0.3,
    steps=40,
    validate_every=10,
    save_seconds=1e9,
)
WINDOW = Recipe(units=5, batch=16, length=8, dropout=0.2, steps=30, validate_every=12, save_seconds=1e9)
CUT = replace(STREAM, cut=0.5, weight_dropout=0.3)
RECIPES = {
    "stream": STREAM,
    "cut": CUT,
    "window": WINDOW,
    "gru": replace(STREAM, cell="gru", averaging=0.0, clip=0.0),
}
each_recipe = pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)


def stop_at(step):
    """What Ctrl-C after a step does."""

    def progress(run, row):
        if run.step == step:
            signal.raise_signal(signal.SIGINT)

    return progress


def everything(folder):
    """All that a run left, the checkpoint's header too."""
    arrays, header = read_checkpoint(folder / "last.npz")
    return {k: v.tobytes() for k, v in arrays.items()} | {
        "header": header,
        "best": (folder / "best.npz").read_bytes(),
        "history": (folder / "history.json").read_bytes(),
        "vocabulary": (folder / "vocabulary.json").read_bytes(),
    }


@each_recipe
@pytest.mark.parametrize("stops", [[1], [10], [13], [24, 25], [29, 30]])
def test_a_run_that_was_stopped_ends_like_one_that_was_not(small, tmp_path, recipe, stops):
    assert train(small, recipe, tmp_path / "whole", seed=7).finished
    for stop in stops:
        run = train(small, recipe, tmp_path / "parts", 7, resume=True, progress=stop_at(stop))
        assert run.step == stop and run.finished == (stop == recipe.steps)
    run = train(small, recipe, tmp_path / "parts", 7, resume=True)
    assert run.finished and run.step == recipe.steps
    assert everything(tmp_path / "parts") == everything(tmp_path / "whole")


def test_what_a_checkpoint_of_a_run_holds(small, tmp_path):
    run = train(small, STREAM, tmp_path, progress=stop_at(13))
    arrays, header = read_checkpoint(tmp_path / "last.npz")
    names = {"lstm.W", "lstm.U", "lstm.b", "dense.W", "dense.b"}
    assert arrays.keys() == {p + n for p in ("", "averaged.", "adam.m.", "adam.v.") for n in names} | {
        "state.0",
        "state.1",
    }
    assert header["run"]["step"] == 13 and header["run"]["dropout"][1] == 13
    assert header["about"] == {
        "seed": 0,
        "recipe": header["about"]["recipe"],
        "steps": 40,
        "rule": "event",
        "corpus": small.digest,
    }
    assert Recipe(**header["about"]["recipe"]) == STREAM
    assert not np.array_equal(arrays["lstm.W"], arrays["averaged.lstm.W"])
    again = Run(small, STREAM, 0)
    restore_run(again, tmp_path / "last.npz")
    assert (
        again.adam.t == 13
        and again.history == run.history
        and again.running_means.sums() == run.running_means.sums()
    )


@each_recipe
def test_one_seed_is_one_result_and_another_is_another(small, tmp_path, recipe):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        train(small, recipe, tmp_path / name, seed)
    assert everything(tmp_path / "a") == everything(tmp_path / "b")
    assert everything(tmp_path / "a")["best"] != everything(tmp_path / "c")["best"]


@each_recipe
def test_training_learns(small, tmp_path, recipe):
    run = train(small, replace(recipe, steps=120, units=16, lr=0.01), tmp_path)
    assert run.best["validation_loss"] < 1.95 < run.history[0]["validation_loss"] + 0.1  # ln 8 is 2.08
    assert run.history[-1]["training_loss"] < run.history[0]["training_loss"]


@each_recipe
def test_best_holds_the_weights_of_the_best_row(small, tmp_path, recipe):
    run = train(small, replace(recipe, lr=0.1, steps=60), tmp_path)
    best = run.best
    assert best["validation_loss"] == min(row["validation_loss"] for row in run.history)
    model = MelodyModel.load(tmp_path / "best.npz")
    assert model.window == (recipe.length if recipe.objective == "window" else None)
    assert model.vocabulary == small.vocabulary
    found = evaluate(ModelPredictor(model, small.delimiter), small.part("validation"), small.vocabulary)
    assert found["nats_per_symbol"] == best["validation_loss"]
    assert found["onset_accuracy"] == best["validation_onset_accuracy"]


def test_the_history_is_written_as_json(small, tmp_path):
    run = train(small, STREAM, tmp_path)
    history = json.loads((tmp_path / "history.json").read_text())
    assert history == run.history and [row["step"] for row in history] == [10, 20, 30, 40]
    assert history[0].keys() == {"step", "epoch"} | {
        f"{part}_{name}"
        for part in ("training", "validation")
        for name in ("loss", "accuracy", "onset_accuracy")
    }
    assert history[0]["epoch"] == pytest.approx(10 / run.batches.per_epoch)


def test_without_steps_there_are_epochs(small, tmp_path):
    run = train(small, replace(STREAM, steps=None, epochs=2, validate_every=None), tmp_path)
    assert run.step == 2 * run.batches.per_epoch
    assert [row["epoch"] for row in run.history] == [1, 2]


def test_the_last_step_is_validated_too(small, tmp_path):
    run = train(small, replace(STREAM, steps=13), tmp_path)
    assert [row["step"] for row in run.history] == [10, 13]


@pytest.mark.parametrize(
    ("losses", "made"),
    [([3, 2, 2.5, 2.4, 1, 1], 4), ([3, 2, 1, 0.5, 0.4, 0.3], 6), ([1, 1, 1, 1], 3)],
)
def test_patience(small, tmp_path, monkeypatch, losses, made):
    """Training stops after two validations without a better loss."""
    given = iter(losses)
    measures = {"accuracy": 0.5, "onset_accuracy": 0.5}
    monkeypatch.setattr(run_module, "evaluate", lambda *_, **__: {"nats_per_symbol": next(given), **measures})
    recipe = replace(STREAM, validate_every=2, steps=2 * len(losses), patience=2)
    run = train(small, recipe, tmp_path)
    assert run.finished and len(run.history) == made and run.step == 2 * made
    again = train(small, recipe, tmp_path, resume=True)
    assert again.step == run.step  # it stays finished


def test_without_patience_all_steps_are_made(small, tmp_path, monkeypatch):
    measures = {"nats_per_symbol": 1.0, "accuracy": 0.5, "onset_accuracy": 0.5}
    monkeypatch.setattr(run_module, "evaluate", lambda *_, **__: measures)
    assert train(small, replace(STREAM, validate_every=1, patience=0), tmp_path).step == 40


def test_resume_without_a_checkpoint_starts_afresh(small, tmp_path):
    train(small, STREAM, tmp_path / "a", resume=True)
    train(small, STREAM, tmp_path / "b")
    assert everything(tmp_path / "a") == everything(tmp_path / "b")


@pytest.mark.parametrize(
    ("change", "seed", "what"),
    [
        ({"units": 7}, 0, "units"),
        ({"lr": 0.02}, 0, "lr"),
        ({"steps": 41}, 0, "steps"),
        ({"cell": "gru"}, 0, "cell"),
        ({"objective": "window"}, 0, "objective"),
        ({}, 1, "seed"),
    ],
)
def test_a_run_goes_on_with_its_own_options_only(small, tmp_path, change, seed, what):
    train(small, STREAM, tmp_path, progress=stop_at(12))
    before = (tmp_path / "last.npz").read_bytes()
    with pytest.raises(CheckpointError, match=rf"last\.npz: made with another .*\b{what}\b"):
        train(small, replace(STREAM, **change), tmp_path, seed, resume=True)
    assert (tmp_path / "last.npz").read_bytes() == before


def test_a_run_goes_on_with_its_own_corpus_only(small, corpus, tmp_path):
    train(small, STREAM, tmp_path, progress=stop_at(12))
    with pytest.raises(CheckpointError, match="another vocabulary, corpus than"):
        train(corpus, STREAM, tmp_path, resume=True)
    others = Corpus(**{**vars(small), "songs": small.songs[::-1]})  # the same vocabulary
    with pytest.raises(CheckpointError, match="another corpus than"):
        train(others, STREAM, tmp_path, resume=True)


def test_a_model_is_not_a_run(small, tmp_path):
    train(small, STREAM, tmp_path)
    (tmp_path / "best.npz").replace(tmp_path / "last.npz")
    with pytest.raises(CheckpointError, match=r"last\.npz: it holds a model, but not the run"):
        train(small, STREAM, tmp_path, resume=True)


def test_a_damaged_checkpoint_is_refused_and_left_alone(small, tmp_path):
    train(small, STREAM, tmp_path, progress=stop_at(12))
    cut = (tmp_path / "last.npz").read_bytes()[:-50]
    (tmp_path / "last.npz").write_bytes(cut)
    with pytest.raises(CheckpointError, match=r"last\.npz: not a checkpoint"):
        train(small, STREAM, tmp_path, resume=True)
    assert (tmp_path / "last.npz").read_bytes() == cut


def test_a_new_run_keeps_nothing_of_another(small, tmp_path):
    train(small, STREAM, tmp_path, seed=1)
    run = train(small, STREAM, tmp_path, seed=2, overwrite=True)
    train(small, STREAM, tmp_path / "alone", seed=2)
    assert everything(tmp_path) == everything(tmp_path / "alone")
    assert json.loads((tmp_path / "history.json").read_text()) == run.history


def test_checkpoints_are_written_on_the_way(small, tmp_path):
    seen = []

    def progress(run, row):
        seen.append(read_checkpoint(tmp_path / "last.npz")[1]["run"]["step"] if run.step > 1 else 0)

    train(small, replace(STREAM, save_seconds=0), tmp_path, progress=progress)
    assert seen == list(range(40))


def test_without_songs_to_train_or_validate_on_nothing_is_written(small, tmp_path):
    for parts, missing in ((["training"] * 26, "validation"), (["validation"] * 26, "training")):
        with pytest.raises(CorpusError, match=f"no song fell into the {missing} part of 26"):
            train(Corpus(**{**vars(small), "parts": parts}), STREAM, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_ctrl_c_is_given_back_afterwards(small, tmp_path):
    before = signal.getsignal(signal.SIGINT)
    train(small, STREAM, tmp_path, progress=stop_at(2))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_in_a_thread_does_without_signals(small, tmp_path):
    thread = threading.Thread(target=train, args=(small, STREAM, tmp_path))
    thread.start()
    thread.join(30)
    assert (tmp_path / "best.npz").is_file()


def test_dropped_weights_are_0_in_a_batch_and_come_back_after_it(small):
    run = Run(small, replace(CUT, units=40, lr=1e-30), 3)
    U, seen = run.model.params["lstm.U"], []
    before, forward = U.copy(), run.model.forward

    def look(*given, **named):
        seen.append(U.copy())
        return forward(*given, **named)

    run.model.forward = look
    for _ in range(2):
        run.advance()
        dropped = seen[-1] == 0
        assert abs(dropped.mean() - 0.3) < 0.03
        assert np.allclose(seen[-1][~dropped], before[~dropped] / 0.7)
        assert (run.model.grads["lstm.U"][dropped] == 0).all() and run.model.grads["lstm.U"][~dropped].any()
        assert np.array_equal(U, before)
    assert not np.array_equal(seen[0] == 0, seen[1] == 0)


def test_a_seed_is_of_the_dropped_weights_too(small):
    keys = {Run(small, CUT, seed).weight_dropout.key for seed in (0, 1, 2)}
    assert len(keys) == 3 and keys == {Run(small, CUT, seed).weight_dropout.key for seed in (2, 1, 0)}


def test_dropped_weights_come_back_from_a_batch_that_diverged(small):
    run = Run(small, CUT, 3)
    before = run.model.params["lstm.U"].copy()
    run.model.params["lstm.W"][:] = np.nan
    with pytest.raises(DivergedError):
        run.advance()
    assert np.array_equal(run.model.params["lstm.U"], before)


def test_the_average_of_the_weights(small):
    run, seen = Run(small, replace(STREAM, averaging=0.5), 0), []
    want = run.averaged.params["dense.W"].astype(float)
    for step in range(1, 15):
        run.advance()
        d = min(0.5, step / (step + 10))
        want = d * want + (1 - d) * run.model.params["dense.W"]
        seen.append(np.abs(run.averaged.params["dense.W"] - want).max())
    assert max(seen) < 1e-6


def test_running_means_are_those_of_what_was_added():
    running = RunningMeans()
    for k in range(120):
        running.add(loss=k)
    running.add(right=3, targets=4, right_onsets=1, onsets=2)
    assert running.means() == {"loss": 59.5, "accuracy": 0.75, "onset_accuracy": 0.5}
    other = RunningMeans()
    other.restore(running.sums())
    assert other.means() == running.means()
    running.restore()
    assert running.means() == {"loss": 0, "accuracy": 0, "onset_accuracy": 0}


def test_training_accuracy_counts_the_likeliest_symbol(small):
    run = Run(small, replace(STREAM, dropout=0.0), 0)
    batch = run.batches(0)
    targets = batch.targets[batch.counted]
    likeliest = run.model.logits(batch.tokens).argmax(axis=1)[batch.counted]
    onset = targets != small.vocabulary.ids("_")[0]
    run.advance()
    means = run.running_means.means()
    assert means["accuracy"] == pytest.approx((likeliest == targets).mean())
    assert means["onset_accuracy"] == pytest.approx((likeliest == targets)[onset].mean())


def test_a_song_begins_from_the_zero_state_in_training_as_in_evaluation(small):
    run = Run(small, replace(STREAM, dropout=0.0), 0)
    run.advance()
    while not 0 < run.batches(run.step).carried.sum() < STREAM.batch:
        run.advance()
    batch = run.batches(run.step)
    fresh = ~batch.carried
    run.adam.step = lambda grads: None  # the same weights before and after
    run.advance()
    run.model.logits(batch.tokens[:, fresh])
    alone = run.model.state
    assert np.allclose(run.state[0][:, fresh], alone[0], atol=1e-5)


def test_the_loss_is_over_what_counts_alone(small):
    run = Run(small, replace(STREAM, dropout=0.0), 0)
    batch = next(b for b in map(run.batches, range(50)) if not b.counted.all())
    loss = run.model.forward(batch.tokens, batch.targets, counted=batch.counted)
    p = run.model.loss.probabilities
    nats = [-np.log(p[t, batch.targets[t, b], b]) for t, b in np.argwhere(batch.counted)]
    assert loss == pytest.approx(np.mean(nats), rel=1e-5)
    assert np.abs(run.model.loss.backward()).max(axis=1)[~batch.counted].max() == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("units", -1),
        ("units", 2.5),
        ("batch", 0),
        ("length", True),
        ("lr", math.nan),
        ("cut", 2),
        ("epochs", "4"),
    ],
)
def test_a_recipe_that_means_nothing_is_refused_by_name(small, tmp_path, name, value):
    with pytest.raises(ValueError, match=rf"recipe\.{name} is {value!r}: want a "):
        train(small, replace(STREAM, **{name: value}), tmp_path / "out")
    assert not (tmp_path / "out").exists()
