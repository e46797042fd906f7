"""Weights, vocabulary and configuration in one .npz, without pickle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .. import __version__
from ..archive import read_arrays
from ..files import write_arrays
from ..music import Vocabulary
from ..network.backend import CPU, Backend
from .meter import Meter
from .model import MelodyModel

FORMAT = 1
LONGEST_WINDOW = 65_536  # steps, a thousand times the paper's


class CheckpointError(ValueError):
    """A file that is no checkpoint of this format version, or is damaged; the message names it."""


def write_checkpoint(path: str | Path, arrays: Mapping[str, np.ndarray], header: Mapping[str, Any]) -> None:
    """Write arrays and a JSON header, atomically; the header gains format, package version and checksums."""
    header = dict(header, format=FORMAT, package=__version__)
    header["sha256"] = {name: _digest(array) for name, array in arrays.items()}
    text = json.dumps(header, ensure_ascii=False).encode("utf-8")
    write_arrays(path, {"header": np.frombuffer(text, np.uint8), **arrays})


def read_checkpoint(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays and the header of a checkpoint.

    Raises
    ------
    CheckpointError
        No such file, no checkpoint, another format version, or contents that differ from their checksums.
    """
    if not Path(path).exists():
        raise CheckpointError(f"{path}: no such file")
    try:
        arrays = read_arrays(path)
        header = json.loads(arrays.pop("header").tobytes())
        version = header["format"]
    except (KeyError, TypeError):
        raise CheckpointError(f"{path}: not a checkpoint of this program (it holds no header)") from None
    except (ValueError, RecursionError) as error:
        reason = str(error).removeprefix(f"{path}: ")
        raise CheckpointError(f"{path}: not a checkpoint of this program ({reason})") from None
    if version != FORMAT:
        raise CheckpointError(
            f"{path}: format version {version}, and this is version {__version__} of the package, which "
            f"reads format {FORMAT}: train again, or install the version that wrote it"
        )
    found, written = {name: _digest(array) for name, array in arrays.items()}, header.get("sha256")
    if not isinstance(written, dict):
        raise CheckpointError(f"{path}: not a checkpoint of this program (it holds no checksums)")
    if wrong := {name for name in found.keys() | written if found.get(name) != written.get(name)}:
        raise CheckpointError(f"{path}: damaged: {', '.join(sorted(wrong))} is not what was written")
    return arrays, header


def _digest(array: np.ndarray) -> str:
    about = f"{array.dtype.str} {array.shape} ".encode()
    return hashlib.sha256(about + np.ascontiguousarray(array).tobytes()).hexdigest()


def model_header(model: MelodyModel) -> dict[str, Any]:
    """The configuration from which `build_model` makes the same model."""
    return {
        "model": {
            "symbols": model.symbols,
            "units": model.units,
            "cell": model.cell,
            "dropout": model.dropout.p,
            "window": model.window,
            "dtype": model.recurrent.dtype.name,
        },
        "vocabulary": list(model.vocabulary) if model.vocabulary else None,
        "about": model.about,
    }


def model_arrays(model: MelodyModel, prefix: str = "") -> dict[str, np.ndarray]:
    """The weights on the host, each name behind a prefix."""
    return {prefix + name: model.backend.to_host(p) for name, p in model.params.items()}


def build_model(
    path: str | Path,
    arrays: Mapping[str, np.ndarray],
    header: Mapping[str, Any],
    backend: Backend | None = None,
) -> MelodyModel:
    """A model with the weights of a checkpoint that was read."""
    try:
        config = dict(header["model"])
        window, symbols = config.pop("window"), config.pop("symbols")
        if config["units"] * (config["units"] + symbols) > sum(a.size for a in arrays.values()):
            raise ValueError("it is of a larger network than the file holds weights for")
        rng = np.random.default_rng(0)  # its weights are overwritten at once
        model = MelodyModel(symbols, rng=rng, backend=backend, **config)
        model.window, model.about = window, header["about"]
        if not isinstance(model.about, dict) or not (window is None or 1 <= window <= LONGEST_WINDOW):
            raise ValueError(f"window {window!r}, or what it says of its training, means nothing")
        if (names := header["vocabulary"]) is not None:
            model.vocabulary = Vocabulary(names)
            if list(map(str, model.vocabulary)) != names or len(names) != symbols:
                raise ValueError(f"its vocabulary does not number {symbols} symbols in order")
    except (KeyError, TypeError, ValueError, AttributeError, MemoryError) as error:
        raise CheckpointError(f"{path}: its configuration is not usable ({error!r})") from None
    set_weights(model.params, arrays, path, model.backend)
    return model


def set_weights(
    weights: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
    path: str | Path,
    backend: Backend,
    prefix: str = "",
) -> None:
    """Copy arrays into weights, or into moments, of the same names and shapes."""
    for name, w in weights.items():
        array = arrays.get(prefix + name)
        if array is None or array.shape != w.shape or array.dtype != w.dtype:
            found = "missing" if array is None else f"{array.dtype} {array.shape}"
            raise CheckpointError(f"{path}: {prefix + name} is {found}, want {w.dtype} {w.shape}")
        w[...] = backend.to_device(array)


def run_record(path: str | Path, header: Mapping[str, Any]) -> dict[str, Any]:
    """What a run put into a checkpoint beside the model, found to be of the types it must be of."""
    run = header.get("run")
    if run is None:
        raise CheckpointError(f"{path}: it holds a model, but not the run that made it")
    try:
        counts = [run["step"], *run["dropout"]]
        rows = [[row["step"], row["validation_loss"], *row.values()] for row in run["history"]]
        numbers = [*run["meter"].values(), *(n for row in rows for n in row)]
        whole = len(counts) == 3 and all(type(n) is int and n >= 0 for n in counts)
        whole &= isinstance(run["history"], list) and run["meter"].keys() == set(Meter.NAMES)
        whole &= isinstance(header["about"], dict) and isinstance(header["about"]["recipe"], dict)
        whole &= all(type(n) in (int, float) for n in numbers)
    except (KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise CheckpointError(f"{path}: its record of the run is not usable")
    return run


def carried_state(
    model: MelodyModel, arrays: Mapping[str, np.ndarray], path: str | Path, batch: int
) -> tuple[Any, ...] | None:
    """The state that the next batch goes on with; None where no batch does, or none was made."""
    names = [name for name in sorted(arrays) if name.startswith("state.")]
    if not names:
        return None
    state = {f"state.{i}": np.empty((model.units, batch), model.recurrent.dtype) for i in range(len(names))}
    set_weights(state, arrays, path, CPU)
    if len(names) != (2 if model.cell == "lstm" else 1):
        raise CheckpointError(f"{path}: {len(names)} carried states for a {model.cell}")
    return tuple(model.backend.to_device(s) for s in state.values())


def save_model(model: MelodyModel, path: str | Path) -> None:
    """See `MelodyModel.save`."""
    write_checkpoint(path, model_arrays(model), model_header(model))


def load_model(path: str | Path, backend: Backend | None = None) -> MelodyModel:
    """See `MelodyModel.load`."""
    arrays, header = read_checkpoint(path)
    return build_model(path, arrays, header, backend)
