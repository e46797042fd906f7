"""What the three recurrent layers share: parameters, inputs, and the products outside the loop over time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .arrays import Array, SpentError, Work, float_dtype
from .backend import CPU, Backend
from .initial_weights import glorot_uniform, orthogonal
from .products import in_parts


class Recurrent:
    """A layer with `z_t = W x_t + U h_(t-1) + b` before its nonlinearity; z has `blocks` times H rows.

    Parameters
    ----------
    inputs : int
        V, rows of an input column.
    units : int
        H, rows of h.
    rng : numpy.random.Generator
        Draws the initial weights, on the host, so that they are the same on every device.
    dtype : dtype
        float32 to train, float64 to check, complex128 for the complex step.
    backend : Backend, optional
        NumPy unless given.

    Attributes
    ----------
    params, grads : dict of str to array
        "W" (blocks H, V), "U" (blocks H, H), "b" (blocks H, 1). `backward` writes into `grads`.
    h_last : array (H, B)
        The last hidden state of the last `forward`.
    dh0 : array (H, B)
        The gradient of h0, after `backward`.

    Raises
    ------
    TypeError
        A dtype that holds no fractions.
    """

    blocks = 1

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        backend: Backend | None = None,
    ):
        self.inputs, self.units, self.dtype = inputs, units, float_dtype(dtype)
        self.backend = backend or CPU
        self.xp = self.backend.xp
        rows = self.blocks * units
        weights = {
            "W": glorot_uniform(rng, rows, inputs),
            "U": orthogonal(rng, rows, units),
            "b": np.zeros((rows, 1)),
        }
        self.params = {k: self.backend.to_device(w.astype(self.dtype)) for k, w in weights.items()}
        self.grads = {k: self.xp.zeros_like(w) for k, w in self.params.items()}
        self.h_last: Array
        self.dh0: Array
        self._work = Work(self.xp)
        self._cache: tuple[Any, ...] | None = None  # what the next backward needs
        self._tokens = False  # whether the last x was tokens
        self._symbols = self.xp.arange(inputs)[:, None]
        self._frozen = False

    def _begin_forward(self, x: Array, h0: Array | None) -> tuple[Array, Array]:
        """The columns [h_(t-1); 1; x_t] of every step, and h as a part of them.

        With the weights side by side as [U b W], one product a step gives z = U h_(t-1) + b + W x_t, and one
        over all steps gives dU, db and dW.

        Returns
        -------
        h1x : array (H + 1 + V, T + 1, B)
            At step t all but h_t's rows are filled in; the loop writes h.
        h : array (T + 1, H, B)
            A view of its first H rows, with h0 at 0: h_(t-1) is `h[t]` where x_t is `x[t]`.
        """
        self._cache = None
        x = self._columns(x)
        T, _, B = x.shape
        rows = self.units + 1 + self.inputs
        if self.backend.name == "cpu":  # each row lies in one piece, and so all steps are one matrix
            h1x = self._work("h1x", (rows, T + 1, B), self.dtype)
        else:  # each step does, since cuBLAS would copy it otherwise
            h1x = self._work("h1x", (T + 1, rows, B), self.dtype).transpose(1, 0, 2)
        h = h1x[: self.units].transpose(1, 0, 2)
        h[0] = self._state(h0, B, "h0")
        h1x[self.units] = 1
        h1x[self.units + 1 :, :T] = x.transpose(1, 0, 2)
        return h1x, h

    def _columns(self, x: Array) -> Array:
        """x (T, V, B): as it is, or columns of 0 and 1 (booleans) for tokens (T, B) or (T, K, B)."""
        self._tokens = x.ndim in (2, 3) and x.dtype.kind in "iu"
        if not self._tokens and (x.ndim != 3 or x.shape[1] != self.inputs):
            raise ValueError(f"x {x.shape} {x.dtype}: want (T, {self.inputs}, B), or (T, B) integer tokens")
        if not x.shape[0] or not x.shape[-1]:
            raise ValueError(f"x {x.shape}: there must be at least one step and one example")
        if not self._tokens:
            return x
        if self.backend.name == "cpu" and not 0 <= x.min() <= x.max() < self.inputs:
            raise ValueError(f"x: tokens {x.min()} to {x.max()}, want 0 to {self.inputs - 1}")
        if x.ndim == 2:
            return x[:, None] == self._symbols
        columns = x[:, :1] == self._symbols
        for k in range(1, x.shape[1]):
            columns |= x[:, k : k + 1] == self._symbols
        return columns

    def _side_by_side(self) -> Array:
        """The weights as one matrix [U b W], (blocks H, H + 1 + V)."""
        rows, columns = self.blocks * self.units, self.units + 1 + self.inputs
        UbW = self._work("UbW", (rows, columns), self.dtype)
        if not self._frozen:
            H = self.units
            UbW[:, :H], UbW[:, H : H + 1], UbW[:, H + 1 :] = (self.params[k] for k in "UbW")
            self._prepare(UbW)
        return UbW

    def _prepare(self, UbW: Array) -> None:
        """What a layer does to these weights before its products, in place; nothing here."""

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Inside, the weights must not change: they are put side by side once, not at every `forward`."""
        self._side_by_side()
        self._frozen = True
        try:
            yield
        finally:
            self._frozen = False

    def _u_transposed(self, columns: int) -> Array:
        """U^T (H, blocks H) for `product`, contiguous: one copy a batch makes T products faster."""
        U = self.params["U"]
        U_T = self._work("U_T", U.shape[::-1], self.dtype)
        U_T[...] = U.T
        return in_parts(U_T, columns)

    def _state(self, state: Array | None, B: int, name: str) -> Array | int:
        """A given initial state, or the gradient of a last one, checked; 0 where none is given."""
        if state is None:
            return 0
        if state.shape != (self.units, B):
            raise ValueError(f"{name} {state.shape}: want ({self.units}, {B})")
        return state

    def _begin_backward(self, dh: Array | None) -> tuple[Any, ...]:
        """What `forward` kept, h second, handed out once; refuse a gradient of another shape than h."""
        if self._cache is None:
            raise SpentError(f"{type(self).__name__}.backward: call forward first, once for each backward")
        cache, h = self._cache, self._cache[1]
        if dh is not None and dh.shape != h[1:].shape:
            raise ValueError(f"dh {dh.shape}: want {h[1:].shape}, the shape of h")
        self._cache = None
        return cache

    def _end_backward(self, dz: Array, h1x: Array) -> Array | None:
        """dU, db and dW from dz (blocks H, T, B) by one product over all steps and examples; dx, or None."""
        T, H = dz.shape[1], self.units
        dUbW = self._work("dUbW", (len(dz), len(h1x)), self.dtype)
        self.xp.matmul(flat(dz), flat(h1x[:, :T]).T, out=dUbW)
        for name, part in (("U", dUbW[:, :H]), ("b", dUbW[:, H : H + 1]), ("W", dUbW[:, H + 1 :])):
            self.grads[name][...] = part
        return None if self._tokens else self._input_gradient(dz)

    def _input_gradient(self, dz: Array) -> Array:
        """dx (T, V, B) = W^T dz."""
        _, T, B = dz.shape
        return (self.params["W"].T @ flat(dz)).reshape(-1, T, B).transpose(1, 0, 2)


def flat(a: Array) -> Array:
    """(rows, T, B) as the matrix (rows, T B): a view, also of a slice of the steps."""
    return a.reshape(len(a), -1)
