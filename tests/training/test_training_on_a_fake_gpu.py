"""Training, checkpoints and sampling on a stand-in for CuPy: the CPU's numbers, and no hidden waits."""

from dataclasses import replace

import numpy as np
import pytest

from lstm_from_scratch.composing.sampling import sample
from lstm_from_scratch.evaluation.predictors import ModelPredictor
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.model.joined_layers import CELLS
from lstm_from_scratch.network.backend import CPU
from lstm_from_scratch.training.divergence import DivergedError
from lstm_from_scratch.training.loop import train
from lstm_from_scratch.training.recipe import PRESETS, Recipe
from lstm_from_scratch.training.run import Run
from lstm_from_scratch.training.saved_run import restore_run, save_run

# The LSTM by its kernels too; GRU and RNN have none.
each_cell = pytest.mark.parametrize(
    ("cell", "path"),
    [(cell, "plain") for cell in CELLS] + [("lstm", "fused"), ("lstm", "whole step")],
    indirect=["path"],
)

STREAM = Recipe(
    objective="stream",
    units=6,
    batch=4,
    length=5,
    lr=0.01,
    warmup=5,
    decay=True,
    averaging=0.9,
    dropout=0.3,
    steps=60,
    validate_every=20,
    save_seconds=1e9,
)
WINDOW = Recipe(units=5, batch=16, length=8, dropout=0.2, steps=60, validate_every=20, save_seconds=1e9)
RECIPES = {"stream": STREAM, "window": WINDOW}
LIMITS = {
    ("paper", "plain"): 1994,
    ("paper", "fused"): 323,
    ("paper", "whole step"): 195,
    ("fast", "plain"): 2098,
    ("fast", "fused"): 362,
    ("fast", "whole step"): 234,
}
each_objective = pytest.mark.parametrize("objective", RECIPES)


def assert_alike(run, other):
    """Weights, moments and state, to the rounding of float32 in a few steps."""
    for ours, theirs in (
        (run.model.params, other.model.params),
        (run.averaged.params, other.averaged.params),
    ):
        for name, p in ours.items():
            ours_, theirs_ = run.backend.to_host(p), other.backend.to_host(theirs[name])
            np.testing.assert_allclose(ours_, theirs_, rtol=1e-3, atol=1e-5, err_msg=name)
    for a, b in zip(run.state or (), other.state or ()):
        np.testing.assert_allclose(run.backend.to_host(a), other.backend.to_host(b), rtol=1e-3, atol=1e-5)


@each_objective
@each_cell
def test_training_goes_as_on_the_cpu(gpu, small, objective, cell, path):
    recipe = replace(RECIPES[objective], cell=cell, clip=1.0)
    runs = [Run(small, recipe, 3, backend) for backend in (CPU, gpu)]
    for _ in range(12):
        for run in runs:
            run.advance()
    assert_alike(*runs)
    rows = [run.validate() for run in runs]
    assert rows[0] == pytest.approx(rows[1], rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("preset", ["paper", "fast"])
def test_the_first_losses_are_those_of_the_cpu(gpu, small, preset, path):
    """To the rounding of float32: the same weights, order of batches and masks."""
    recipe = replace(PRESETS[preset], units=16, batch=4, length=16, steps=9)
    runs = [Run(small, recipe, 3, backend) for backend in (CPU, gpu)]
    losses = []
    for _ in range(5):
        for run in runs:
            run.running_means.restore()
            run.advance()
        losses.append([run.running_means.means()["loss"] for run in runs])
    for ours, theirs in losses:
        assert ours == pytest.approx(theirs, rel=1e-6)
    assert len({ours for ours, _ in losses}) == len(losses)


@each_objective
@pytest.mark.parametrize("first", ["cpu", "gpu"])
def test_a_checkpoint_goes_on_on_the_other_device(gpu, small, tmp_path, objective, first, path):
    backends = {"cpu": (CPU, gpu), "gpu": (gpu, CPU)}[first]
    run, other = (Run(small, RECIPES[objective], 3, backend) for backend in backends)
    for _ in range(20):
        run.advance()
    run.validate()
    save_run(run, tmp_path / "last.npz")
    restore_run(other, tmp_path / "last.npz")
    assert other.step == 20 and other.history == run.history
    for _ in range(3):
        run.advance()
        other.advance()
    assert_alike(run, other)


@each_objective
def test_a_whole_run(gpu, small, tmp_path, objective, path):
    run = train(small, RECIPES[objective], tmp_path, backend=gpu)
    assert run.finished and [row["step"] for row in run.history] == [20, 40, 60]
    for name in ("best.npz", "last.npz"):
        assert (MelodyModel.load(tmp_path / name).units) == run.model.units


def test_training_that_diverges_is_told_with_the_next_fetch(gpu, small):
    run = Run(small, STREAM, 3, gpu)
    run.advance()
    run.model.params["dense.W"][0, 0] = np.nan
    with pytest.raises(DivergedError, match=r"or up to 49 before it: .* is not finite"):
        for _ in range(50):
            run.advance()


def test_a_broken_state_is_not_saved(gpu, small, tmp_path):
    run = Run(small, STREAM, 3, gpu)
    run.advance()
    run.moments["adam.m."]["dense.W"][0, 0] = np.nan
    with pytest.raises(DivergedError, match=r"dense\.W is not finite"):
        save_run(run, tmp_path / "last.npz")


@each_cell
def test_evaluation_and_sampling(gpu, corpus, tmp_path, cell, path):
    model = MelodyModel(len(corpus.vocabulary), 16, cell, rng=np.random.default_rng(1))
    model.vocabulary = corpus.vocabulary
    for window in (None, 8):
        model.window = window
        model.save(tmp_path / "m.npz")
        other = MelodyModel.load(tmp_path / "m.npz", gpu)
        draw = [sample(m, temperature=0.9, steps=24, rng=np.random.default_rng(2)) for m in (model, other)]
        assert draw[0] == draw[1] and len(draw[0]) == 24
        songs = corpus.part("validation")
        p, q = (ModelPredictor(m, corpus.delimiter).log_probabilities(songs) for m in (model, other))
        for a, b in zip(p, q):
            np.testing.assert_allclose(a, b, atol=1e-5)


@each_objective
def test_no_batch_waits_for_the_device(gpu, small, objective, path):
    counts = gpu.xp.counts
    run = Run(small, RECIPES[objective], 3, gpu)
    fetches = 0
    for _ in range(60):
        before = counts["synchronisations"], len(run.running_means._pending)
        run.advance()
        fetched = len(run.running_means._pending) <= before[1]
        assert (counts["synchronisations"] > before[0]) == fetched
        fetches += fetched
    assert fetches == 1  # of 60 batches, whose losses are fetched 50 additions at a time


def test_clipping_does_not_wait_either(gpu, small, path):
    run = Run(small, replace(STREAM, clip=1.0), 3, gpu)
    for _ in range(10):
        run.advance()
    assert gpu.xp.counts["synchronisations"] == 0


@pytest.mark.parametrize("preset", ["paper", "fast"])
def test_launches_of_a_training_batch(gpu, small, preset, path):
    """Their number depends on the steps alone, 64 here."""
    run = Run(small, replace(PRESETS[preset], units=8, batch=4, steps=9), 3, gpu)
    run.advance()  # which also allocates, and counts right answers
    before = gpu.xp.counts.copy()
    run.advance()
    launches, waits, uploads = (
        gpu.xp.counts[k] - before[k] for k in ("launches", "synchronisations", "uploads")
    )
    assert launches <= LIMITS[preset, path]
    assert waits == uploads == 0  # the songs lie on the device, and the losses stay there
