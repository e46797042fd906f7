"""The paper's model: one-hot -> recurrent layer -> dropout -> dense -> softmax. [P III-B1]"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..music import Vocabulary
from ..network import GRU, LSTM, RNN, Dense, Dropout, SoftmaxCrossEntropy
from ..network.arrays import Array
from ..network.backend import CPU, Backend
from .checkpoint import CheckpointError, read_checkpoint, set_weights, write_checkpoint

CELLS = {"lstm": LSTM, "gru": GRU, "rnn": RNN}


class MelodyModel:
    """A recurrent layer, dropout, a dense layer and the softmax cross-entropy.

    Parameters
    ----------
    symbols : int
        V, the size of the vocabulary.
    units : int
        H.
    cell : str
        "lstm", "gru" or "rnn".
    dropout : float
        On the recurrent layer's output.
    rng : numpy.random.Generator
        Draws the initial weights and the dropout key.
    dtype, backend
        As for `LSTM`.

    Attributes
    ----------
    params, grads : dict of str to array
        Of all layers, named "lstm.W", "dense.b" and so on: views of `weights` and of `gradients`.
    weights, gradients : array (n,)
        All of them in one vector each, so that an update is one operation however many tensors there are.
    state : tuple of array (H, B)
        The recurrent state after the last `forward`: (h, c) for an LSTM, (h,) otherwise.
    vocabulary : Vocabulary or None
        What the columns mean; set by training, and loaded with the weights.
    window : int or None
        The length of the windows that the model was trained on; None for one that carries its state.
    """

    def __init__(
        self,
        symbols: int,
        units: int = 256,
        cell: str = "lstm",
        dropout: float = 0.2,
        *,
        rng: np.random.Generator,
        dtype: Any = np.float32,
        backend: Backend | None = None,
    ):
        if cell not in CELLS:
            raise ValueError(f"cell {cell!r}: want one of {', '.join(CELLS)}")
        if symbols < 1 or units < 1:
            raise ValueError(f"{symbols} symbols and {units} units: want 1 or more of each")
        self.backend = backend or CPU
        self.cell = cell
        self.recurrent = CELLS[cell](symbols, units, rng=rng, dtype=dtype, backend=backend)
        self.dropout = Dropout(dropout, rng=rng, backend=backend)
        self.dense = Dense(units, symbols, rng=rng, dtype=dtype, backend=backend)
        self.loss = SoftmaxCrossEntropy(backend=backend)
        self._layers = {cell: self.recurrent, "dense": self.dense}
        xp, tensors = self.backend.xp, [p for layer in self._layers.values() for p in layer.params.values()]
        self.weights = xp.concatenate([p.ravel() for p in tensors])
        self.gradients = xp.zeros_like(self.weights)
        self.params, self.grads = self.named(self.weights), self.named(self.gradients)
        for name, layer in self._layers.items():
            for k in layer.params:
                layer.params[k], layer.grads[k] = self.params[f"{name}.{k}"], self.grads[f"{name}.{k}"]
        self.vocabulary: Vocabulary | None = None
        self.window: int | None = None
        self.about: dict[str, Any] = {}  # how it was trained: comes and goes with the checkpoint

    def named(self, vector: Array) -> dict[str, Array]:
        """The parts of a vector like `weights`, as views of the tensors' names and shapes."""
        views, start = {}, 0
        for name, layer in self._layers.items():
            for k, p in layer.params.items():
                end = start + math.prod(p.shape)
                views[f"{name}.{k}"] = vector[start:end].reshape(p.shape)
                start = end
        return views

    @property
    def symbols(self) -> int:
        """V."""
        return self.recurrent.inputs

    @property
    def units(self) -> int:
        """H."""
        return self.recurrent.units

    @property
    def state(self) -> tuple[Array, ...]:
        """A copy of the recurrent state after the last step."""
        last = (
            (self.recurrent.h_last, self.recurrent.c_last)
            if self.cell == "lstm"
            else (self.recurrent.h_last,)
        )
        return tuple(s.copy() for s in last)

    def forward(
        self,
        tokens: Array,
        targets: Array,
        state: tuple[Array, ...] | None = None,
        training: bool = True,
        counted: Array | None = None,
    ) -> Any:
        """The mean loss in nats.

        Parameters
        ----------
        tokens : integer array (T, B)
        targets : integer array (T, B), or (B,) for the last step only
        state : tuple of array (H, B), optional
            What `state` was after the piece before; zeros unless given.
        training : bool
            Whether dropout is on.
        counted : bool array like targets, optional
            Which targets the loss is over; all unless given.
        """
        self._last_only = targets.ndim == 1
        h = self.recurrent.forward(tokens, *(state or ()))
        y = self.dense.forward(self.dropout.forward(h[-1] if self._last_only else h, training))
        return self.loss.forward(y, targets, counted)

    def backward(self) -> None:
        """Fill `grads` with the gradient of the loss that `forward` gave."""
        dh = self.dropout.backward(self.dense.backward(self.loss.backward()))
        if self._last_only:
            self.recurrent.backward(None, dh)
        else:
            self.recurrent.backward(dh)

    def logits(self, tokens: Array, state: tuple[Array, ...] | None = None, last_only: bool = False) -> Array:
        """Scores before the softmax, no dropout: (T, V, B), or (V, B) for the last step; a work array."""
        h = self.recurrent.forward(tokens, *(state or ()))
        return self.dense.forward(h[-1] if last_only else h)

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


LONGEST_WINDOW = 65_536  # steps, a thousand times the paper's


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


def log_probabilities(model: MelodyModel, tokens: Array) -> np.ndarray:
    """ln p of the symbol after each token, from the zero state.

    Parameters
    ----------
    model : MelodyModel
    tokens : integer array (T,)
        As fed: a song begins with the delimiter, which is a token like the others.

    Returns
    -------
    float64 array (T, V)
        In nats.
    """
    columns = model.backend.to_device(np.asarray(tokens)[:, None])
    return log_softmax(model.backend.to_host(model.logits(columns)))[:, :, 0]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """ln p down the last axis but one, in float64."""
    y = logits.astype(np.float64)
    y -= y.max(axis=-2, keepdims=True)
    return y - np.log(np.exp(y).sum(axis=-2, keepdims=True))
