"""A training run in a checkpoint: all that it needs to go on exactly as if it had never stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..model.checkpoint import CheckpointError, read_checkpoint, set_weights, write_checkpoint
from ..model.model import MelodyModel, model_arrays, model_header
from ..network.arrays import Array
from ..network.backend import CPU
from .divergence import first_broken
from .run import Run


def save_run(run: Run, path: Path) -> None:
    """Write all that `restore_run` needs.

    Raises
    ------
    DivergedError
        Something is not finite, so no run could go on from it; the file is left as it was.
    """
    arrays = model_arrays(run.model)
    if run.recipe.averaging:
        arrays |= model_arrays(run.averaged, "averaged.")
    to_host = run.backend.to_host
    arrays |= {p + k: to_host(a) for p, named in run.moments.items() for k, a in named.items()}
    arrays |= {f"state.{i}": to_host(s) for i, s in enumerate(run.state or ())}
    sums = run.running_means.sums()
    run.check_loss()
    if first_broken(arrays, np):
        raise run.diverged(arrays, "it is not saved", np)
    header = model_header(run.model)
    header["run"] = {
        "step": run.step,
        "history": run.history,
        "meter": sums,  # the name that these sums have in format 1
        "dropout": [run.model.dropout.key, run.model.dropout.calls],
    }
    write_checkpoint(path, arrays, header)


def restore_run(run: Run, path: Path) -> None:
    """Continue from a checkpoint of the same recipe, seed and corpus.

    Raises
    ------
    CheckpointError
        It was made with another of these, or is damaged.
    """
    arrays, header = read_checkpoint(path)
    record = header.get("run")
    if record is None:
        raise CheckpointError(f"{path}: it holds a model, but not the run that made it")
    if other := _differences(run, header):
        raise CheckpointError(
            f"{path}: made with another {', '.join(other)} than this run's: give the same options and "
            "corpus, or another folder with --out"
        )
    _check_validations(run, record, path)
    kept = {"": run.model.params, **run.moments}
    if run.recipe.averaging:
        kept["averaged."] = run.averaged.params
    for prefix, tensors in kept.items():
        set_weights(tensors, arrays, path, run.backend, prefix)
    run.state = carried_state(run.model, arrays, path, run.recipe.batch)
    run.step = run.adam.t = record["step"]
    run.history = record["history"]
    run.running_means.restore(record["meter"])
    run.model.dropout.key, run.model.dropout.calls = record["dropout"]


def _differences(run: Run, header: Mapping[str, Any]) -> list[str]:
    """What a checkpoint was made with that is not this run's."""
    ours = json.loads(json.dumps(model_header(run.model)))
    ours, theirs = ({**h, **h["about"], **h["about"].get("recipe", {})} for h in (ours, header))
    whole = {"about", "recipe", "model"}  # compared part by part
    return [name for name in ours if name not in whole and ours[name] != theirs.get(name)]


def _check_validations(run: Run, record: Mapping[str, Any], path: Path) -> None:
    """Raise CheckpointError unless a record has a row for each validation until its step, and no other."""
    step = record["step"]
    regular = range(run.validate_every, step + 1, run.validate_every)
    last = [step] if step == run.steps and step not in regular else []
    found = [row["step"] for row in record["history"]]
    if len(found) != len(regular) + len(last) or found != [*regular, *last]:
        raise CheckpointError(
            f"{path}: its record of the run is impossible: {len(found)} validations in {step} steps, where "
            f"there is one every {run.validate_every}"
        )


def carried_state(
    model: MelodyModel, arrays: Mapping[str, np.ndarray], path: str | Path, batch: int
) -> tuple[Array, ...] | None:
    """The state that the next batch continues from; None if it starts from zeros."""
    names = [name for name in sorted(arrays) if name.startswith("state.")]
    if not names:
        return None
    state = {f"state.{i}": np.empty((model.units, batch), model.recurrent.dtype) for i in range(len(names))}
    set_weights(state, arrays, path, CPU)
    if len(names) != (2 if model.cell == "lstm" else 1):
        raise CheckpointError(f"{path}: {len(names)} carried states for a {model.cell}")
    return tuple(model.backend.to_device(s) for s in state.values())
