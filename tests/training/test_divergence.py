"""Numbers that are none stop training at their batch, in one line with a name, and overwrite nothing."""

import math
from dataclasses import replace

import numpy as np
import pytest

from lstm_from_scratch.cli import main
from lstm_from_scratch.model import checkpoint
from lstm_from_scratch.network.backend import CPU
from lstm_from_scratch.training.divergence import DivergedError, exploded, first_broken, largest
from lstm_from_scratch.training.loop import train
from lstm_from_scratch.training.recipe import Recipe
from lstm_from_scratch.training.run import Run
from lstm_from_scratch.training.running_means import RunningMeans

STREAM = Recipe(objective="stream", units=6, batch=4, length=5, steps=40, validate_every=10, save_seconds=0)
WINDOW = Recipe(units=5, batch=16, length=8, steps=30, validate_every=12, save_seconds=0)
each_recipe = pytest.mark.parametrize("recipe", [STREAM, WINDOW, replace(STREAM, clip=1.0, averaging=0.9)])


def poison(at, change):
    """Progress that does something to the run after a step, before it is saved."""

    def progress(run, row):
        if run.step == at:
            change(run)

    return progress


@each_recipe
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_broken_weight_is_named_and_the_last_checkpoint_kept(small, tmp_path, recipe, value):
    def change(run):
        run.model.params["lstm.U"][1, 2] = value

    with pytest.raises(DivergedError, match=r"the (weight )?lstm\.U is not finite \(1 of|lstm\.U is not"):
        train(small, recipe, tmp_path, progress=poison(7, change))
    arrays, header = checkpoint.read_checkpoint(tmp_path / "last.npz")
    assert header["run"]["step"] == 6 and all(np.isfinite(a).all() for a in arrays.values())


def test_a_broken_weight_is_found_by_the_next_batch_too(small):
    run = Run(small, STREAM, 0)
    run.advance()
    run.model.params["lstm.W"][:] = np.nan
    kept = run.adam.m["weights"].copy()
    with pytest.raises(DivergedError, match=r"at step 2: .* loss is nan .* weight lstm\.W is not finite"):
        run.advance()
    assert run.step == 1 and np.array_equal(run.adam.m["weights"], kept)


@each_recipe
def test_a_broken_gradient_is_named_before_it_changes_a_weight(small, recipe):
    run = Run(small, recipe, 0)
    backward = run.model.backward

    def broken():
        backward()
        run.model.grads["lstm.U"][0, 0] = np.inf

    run.advance()
    before = {k: p.copy() for k, p in run.model.params.items()}
    run.model.backward = broken
    with pytest.raises(DivergedError, match=r"step 2: .*; the gradient of lstm\.U is not finite \(1 of"):
        run.advance()
    assert all(np.array_equal(p, before[k]) for k, p in run.model.params.items()) and run.step == 1


@each_recipe
@pytest.mark.parametrize(("lr", "said"), [(1e300, "is not finite"), (50.0, "every tensor is still finite")])
def test_a_learning_rate_out_of_all_bounds(small, tmp_path, recipe, lr, said):
    """And no RuntimeWarning: all warnings are errors here."""
    advice = "train again with --overwrite and --lr "
    with pytest.raises(DivergedError, match=rf"step [0-9]+: .*{said}.* {advice}") as caught:
        train(small, replace(recipe, lr=lr), tmp_path)
    assert ("--clip" in str(caught.value)) == (recipe.clip == 0)


def test_the_weights_that_are_validated_may_break_alone(small, tmp_path):
    run = Run(small, replace(STREAM, averaging=0.9), 0)
    run.advance()
    run.averaged.params["dense.b"][0] = np.nan
    with pytest.raises(DivergedError, match=r"validation loss is not finite; dense\.b"):
        run.validate()


def test_a_gpu_is_not_waited_for(small):
    """Its losses are looked at once in 50 batches, and where they are fetched anyway."""
    gru = replace(STREAM, cell="gru")  # which needs no kernels, so that NumPy can play the GPU
    run = Run(small, gru, 0, replace(CPU, name="gpu"))
    run.advance()
    run.model.params["gru.W"][:] = np.nan
    run.advance()
    assert run.step == 2 and run.running_means.worst == 0
    with pytest.raises(DivergedError, match="step 3 or up to 49 before it"):
        run.validate()


def test_the_worst_loss_stays_the_first_that_is_no_number():
    means = RunningMeans()
    for loss, worst in ((3, 3), (2, 3), (math.nan, None), (9, None), (math.inf, None)):
        means.add(loss=loss)
        assert means.worst == worst or (worst is None and math.isnan(means.worst))
    means.restore()
    assert means.worst == 0


def test_what_counts_as_exploded():
    assert not exploded(math.log(30), 30) and not exploded(3 * math.log(30), 30)
    assert exploded(10.1 * math.log(30), 30) and exploded(math.nan, 30) and exploded(math.inf, 30)


def test_the_first_broken_tensor():
    tensors = {"a": np.zeros(3), "b": np.array([1, np.nan, -np.inf]), "c": np.array([np.nan])}
    assert first_broken(tensors, np) == "b is not finite (2 of its 3 entries)"
    assert first_broken({"a": np.zeros(3)}, np) is None
    assert largest({"a": np.array([-3.0]), "b": np.ones(2)}, np).endswith("largest entry 3 in a")


def test_the_command_says_it_in_one_line(corpus_folder, tmp_path, capsys):
    arguments = ["train", "--corpus", str(corpus_folder), "--preset", "smoke", "--units", "4", "--device"]
    arguments += ["cpu", "--out", str(tmp_path / "out"), "--lr", "1e30", "--clip", "0"]
    capsys.readouterr()
    assert main(arguments) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[-1].startswith("melody: training stopped at step ") and "--clip 1" in said[-1]
    assert sum(line.startswith("melody: ") for line in said) == 1


@pytest.mark.parametrize("clip", ["0", "0.25"])
def test_clipping_by_the_global_norm_can_be_asked_for(corpus_folder, tmp_path, clip):
    arguments = [
        "train",
        "--corpus",
        str(corpus_folder),
        "--preset",
        "smoke",
        "--units",
        "4",
        "--epochs",
        "1",
    ]
    assert main([*arguments, "--device", "cpu", "--clip", clip, "--out", str(tmp_path / "out")]) == 0
    _, header = checkpoint.read_checkpoint(tmp_path / "out" / "last.npz")
    assert header["about"]["recipe"]["clip"] == float(clip)
