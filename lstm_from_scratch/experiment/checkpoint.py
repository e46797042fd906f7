"""Weights, vocabulary and configuration in one .npz, without pickle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .. import __version__
from ..files import read_arrays, write_arrays
from ..music import Vocabulary
from ..network.backend import Backend
from .model import MelodyModel

FORMAT = 1


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
        rng = np.random.default_rng(0)  # its weights are overwritten at once
        model = MelodyModel(symbols, rng=rng, backend=backend, **config)
        model.window, model.about = window, header["about"]
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


def save_model(model: MelodyModel, path: str | Path) -> None:
    """See `MelodyModel.save`."""
    write_checkpoint(path, model_arrays(model), model_header(model))


def load_model(path: str | Path, backend: Backend | None = None) -> MelodyModel:
    """See `MelodyModel.load`."""
    arrays, header = read_checkpoint(path)
    return build_model(path, arrays, header, backend)
