"""Checkpoints with right checksums and wrong contents: refused, quickly, in one line."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from lstm_from_scratch.archive import read_arrays
from lstm_from_scratch.files import write_arrays
from lstm_from_scratch.model import MelodyModel, checkpoint
from lstm_from_scratch.model.checkpoint import CheckpointError
from lstm_from_scratch.training.loop import train
from lstm_from_scratch.training.recipe import Recipe

RECIPE = Recipe(objective="stream", units=6, batch=4, length=5, steps=6, validate_every=2)


def rewrite(path, change, arrays=None):
    """Change a checkpoint's header, and its arrays with their checksums."""
    found = read_arrays(path)
    header = json.loads(found.pop("header").tobytes())
    change(header)
    if arrays:
        checkpoint.write_checkpoint(path, found | arrays, header)
    else:
        write_arrays(path, {"header": np.frombuffer(json.dumps(header).encode(), np.uint8), **found})


def put(*keys, value):
    def change(header):
        for key in keys[:-1]:
            header = header[key]
        header[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        put("model", "units", value=1_000_000),
        put("model", "units", value=20_000),
        put("model", "symbols", value=10**9),
        put("model", "window", value=10**9),
        put("model", "window", value=65_536),
        put("model", "window", value=-1),
        put("model", "window", value="64"),
        put("model", "dropout", value=float("nan")),
        put("about", value=[]),
        put("vocabulary", value={"a": 1}),
    ],
)
def test_a_configuration_that_lies_costs_no_time_and_no_memory(model, tmp_path, change):
    path = tmp_path / "m.npz"
    model.save(path)
    rewrite(path, change)
    start = time.perf_counter()
    with pytest.raises(CheckpointError, match=r"m\.npz: (its header is not usable|it holds fewer weights)"):
        MelodyModel.load(path)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_carried_state_that_does_not_fit(small, tmp_path, cell):
    recipe = replace(RECIPE, cell=cell)
    train(small, recipe, tmp_path)
    extra = np.zeros((6, 4), np.float32)
    for arrays, reason in (
        ({"state.0": np.zeros((6, 5), np.float32)}, r"state\.0 is float32 \(6, 5\)"),
        ({"state.0": np.zeros((6, 4))}, r"state\.0 is float64"),
        ({"state.x": extra}, r"state\.[12] is missing"),
        ({"state.1": extra, "state.2": extra}, "3 carried states for a"),
    ):
        kept = (tmp_path / "last.npz").read_bytes()
        rewrite(tmp_path / "last.npz", lambda header: None, arrays)
        with pytest.raises(CheckpointError, match=reason):
            train(small, recipe, tmp_path, resume=True)
        (tmp_path / "last.npz").write_bytes(kept)
