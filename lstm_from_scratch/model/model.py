"""The paper's model, with what its columns mean and how it was trained: drawn, saved and loaded as one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ..music import Vocabulary
from ..music.clock import clock_sizes
from ..network.arrays import Array
from ..network.backend import Backend
from .checkpoint import CheckpointError, read_checkpoint, set_weights, write_checkpoint
from .joined_layers import JoinedLayers


class MelodyModel(JoinedLayers):
    """The joined layers and what belongs to them; parameters as for `JoinedLayers`.

    Attributes
    ----------
    vocabulary : Vocabulary or None
        What the columns mean; set by training, and loaded with the weights.
    window : int or None
        The length of the windows that the model was trained on; None for one that carries its state.
    clock_kinds : tuple of str
        What each further input shows, of `music.clock.CLOCKS`.
    about : mapping
        How it was trained; comes and goes with the checkpoint.
    """

    vocabulary: Vocabulary | None = None
    window: int | None = None
    clock_kinds: tuple[str, ...] = ()
    about: Mapping[str, Any] = MappingProxyType({})

    def save(self, path: str | Path) -> None:
        """Write weights, vocabulary and configuration as one .npz."""
        write_checkpoint(path, model_arrays(self), model_header(self))

    @classmethod
    def load(cls, path: str | Path, backend: Backend | None = None) -> MelodyModel:
        """Read what `save`, or training, wrote; its vocabulary comes with it.

        Raises
        ------
        CheckpointError
            The file is no checkpoint of this format version, or is damaged; the message says why.
        """
        arrays, header = read_checkpoint(path)
        return build_model(path, arrays, header, backend)


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
            **({"attention": model.attention.width} if model.attention else {}),
            **({"clock": list(model.clock)} if model.clock else {}),
            **({"clock_kinds": list(model.clock_kinds)} if model.clock_kinds else {}),
        },
        "vocabulary": list(model.vocabulary) if model.vocabulary else None,
        "about": dict(model.about),
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
    """A model with the weights of a checkpoint, whose header `read_checkpoint` has checked."""
    config = dict(header["model"])
    window, symbols, units = config.pop("window"), config.pop("symbols"), config["units"]
    if units * (units + symbols) > sum(a.size for a in arrays.values()):
        raise CheckpointError(
            f"{path}: it holds fewer weights than a network of {units} units and {symbols} symbols has"
        )
    clock, kinds = tuple(config.pop("clock", ())), tuple(config.pop("clock_kinds", ()))
    if kinds and clock != clock_sizes(kinds):
        raise CheckpointError(f"{path}: clocks of {clock} values are not {', '.join(kinds)}")
    rng = np.random.default_rng(0)  # its weights are overwritten at once
    model = MelodyModel(symbols, rng=rng, backend=backend, clock=clock, **config)
    model.window, model.clock_kinds, model.about = window, kinds, header["about"]
    if (names := header["vocabulary"]) is not None:
        model.vocabulary = Vocabulary(names)
    set_weights(model.params, arrays, path, model.backend)
    return model


def log_probabilities(model: MelodyModel, tokens: Array, clock: Array | None = None) -> np.ndarray:
    """ln p of the symbol after each token, from the zero state.

    Parameters
    ----------
    model : MelodyModel
    tokens : integer array (T,)
        As fed: a song begins with the delimiter, which is a token like the others.
    clock : integer array (T, K), optional

    Returns
    -------
    float64 array (T, V)
        In nats.
    """
    to_device = model.backend.to_device
    columns = to_device(np.asarray(tokens)[:, None])
    clocks = None if clock is None else to_device(np.asarray(clock)[:, :, None])
    return log_softmax(model.backend.to_host(model.logits(columns, clock=clocks)))[:, :, 0]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """ln p down the last axis but one, in float64."""
    y = logits.astype(np.float64)
    y -= y.max(axis=-2, keepdims=True)
    return y - np.log(np.exp(y).sum(axis=-2, keepdims=True))
