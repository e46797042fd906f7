"""A model's weights to PyTorch, and from Keras."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..network.backend import Backend
from .model import MelodyModel


def to_torch(model: MelodyModel) -> dict[str, Any]:
    """The weights as the state_dict of this module, whose recurrent layer is named by the model's cell:

        class Melody(torch.nn.Module):
            def __init__(self, V, H):
                super().__init__()
                self.lstm = torch.nn.LSTM(V, H)        # or self.gru = torch.nn.GRU, self.rnn = torch.nn.RNN
                self.dense = torch.nn.Linear(H, V)

            def forward(self, tokens):                 # (T, B) to logits (T, B, V)
                h, _ = self.lstm(torch.nn.functional.one_hot(tokens, V).float())
                return self.dense(h)

    Parameters
    ----------
    model : MelodyModel

    Returns
    -------
    dict of str to torch.Tensor
        Copies of the model's dtype, on the CPU. The rows of an LSTM stand in torch's order i, f, g, o.
        torch adds a second bias, which is 0 but for a GRU's "bn".

    Raises
    ------
    ModuleNotFoundError
        PyTorch is not installed.
    """
    import torch

    p = {k: np.array(model.backend.to_host(a)) for k, a in model.params.items()}
    cell = model.cell
    W, U, b = (p[f"{cell}.{k}"] for k in "WUb")
    if cell == "lstm":
        W, U, b = map(_exchange_last_two, (W, U, b))
    bn = np.zeros_like(b)
    if cell == "gru":
        bn[2 * model.units :] = p["gru.bn"]
    found = {"weight_ih_l0": W, "weight_hh_l0": U, "bias_ih_l0": b[:, 0], "bias_hh_l0": bn[:, 0]}
    found = {f"{cell}.{k}": a for k, a in found.items()}
    found |= {"dense.weight": p["dense.W"], "dense.bias": p["dense.b"][:, 0]}
    return {k: torch.from_numpy(a.copy()) for k, a in found.items()}


def from_keras(
    weights: Sequence[Any], dtype: Any = np.float32, backend: Backend | None = None
) -> MelodyModel:
    """A model from the `get_weights()` of a Keras model LSTM(H) -> Dropout -> Dense(V).

    Parameters
    ----------
    weights : sequence of array
        Kernel (V, 4H) and recurrent kernel (H, 4H), whose columns are the gates i, f, g, o, bias (4H,),
        dense kernel (H, V), dense bias (V,).
    dtype, backend
        As for `LSTM`.

    Raises
    ------
    ValueError
        Not these five, or one of a wrong shape; the message names it.
    """
    V, H = _keras_sizes(weights)
    names = ("kernel", "recurrent kernel", "bias", "dense kernel", "dense bias")
    shapes = ((V, 4 * H), (H, 4 * H), (4 * H,), (H, V), (V,))
    for name, shape, array in zip(names, shapes, weights):
        if np.shape(array) != shape:
            raise ValueError(f"{name} {np.shape(array)}: want {shape}, with V {V} and H {H}")
    model = MelodyModel(V, H, rng=np.random.default_rng(0), dtype=dtype, backend=backend)
    kernel, recurrent, bias, dense, dense_bias = map(np.asarray, weights)
    rows = {"lstm.W": kernel.T, "lstm.U": recurrent.T, "lstm.b": bias[:, None]}
    new = {k: _exchange_last_two(a) for k, a in rows.items()}
    new |= {"dense.W": dense.T, "dense.b": dense_bias[:, None]}
    for k, a in new.items():
        model.params[k][...] = model.backend.to_device(np.ascontiguousarray(a, dtype))
    return model


def _keras_sizes(weights: Sequence[Any]) -> tuple[int, int]:
    """V and H, from the two shapes that say them."""
    if len(weights) != 5:
        raise ValueError(
            f"{len(weights)} arrays: want 5, the kernel, the recurrent kernel and the bias of an LSTM, "
            "the kernel and the bias of a Dense"
        )
    for name, array in (("recurrent kernel", weights[1]), ("dense kernel", weights[3])):
        if np.ndim(array) != 2:
            raise ValueError(f"{name} {np.shape(array)}: want 2 axes")
    return np.shape(weights[3])[1], np.shape(weights[1])[0]


def _exchange_last_two(array: np.ndarray) -> np.ndarray:
    """Rows i, f, o, g to i, f, g, o, or back."""
    i, f, third, fourth = np.split(array, 4)
    return np.concatenate([i, f, fourth, third])
