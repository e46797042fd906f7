"""The long short-term memory: forward, and the backward pass derived by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import Array
from .backend import Backend
from .kernels import Kernels, choose_path
from .products import in_parts, product
from .recurrent import Recurrent


class LSTM(Recurrent):
    r"""A layer of LSTM cells. [HS97, Gers00]

        i, f, o = sigmoid(z_i), sigmoid(z_f), sigmoid(z_o)        z = W x_t + U h_(t-1) + b
        g       = tanh(z_g)
        c_t     = f * c_(t-1) + i * g
        h_t     = o * tanh(c_t)

    The rows of W, U, b and z hold the blocks i, f, o, g in this order: the three sigmoids are one block.
    Columns are examples.

    Parameters
    ----------
    forget_bias : float
        Added to b's forget block at the start; 1 lets the cell remember until it learns to forget
        (Keras's default too). [Gers00, Jozefowicz15]
    inputs, units, rng, dtype, backend
        As for every `Recurrent` layer.

    Attributes
    ----------
    c_last : array (H, B)
        The last cell state.
    dc0 : array (H, B)
        The gradient of c0, after `backward`.
    """

    blocks = 4

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        rng: np.random.Generator,
        dtype: Any = np.float32,
        backend: Backend | None = None,
        forget_bias: float = 1.0,
    ):
        super().__init__(inputs, units, rng=rng, dtype=dtype, backend=backend)
        self.gates(self.params["b"])[1][...] = forget_bias
        # With z's rows times this, one exp serves all gates: sigmoid(z) = 1 / (1 + exp(-z)) and
        # tanh(z) = 2 sigmoid(2 z) - 1. NumPy's exp takes half the time of its tanh.
        self._scale = self.xp.full((4 * units, 1), -1, self.dtype)
        self.gates(self._scale)[3][...] = -2
        self._path, self._kernels = "plain", Kernels(self.backend)

    def gates(self, a: Array) -> tuple[Array, Array, Array, Array]:
        """Views of the blocks i, f, o, g of rows (4H, ...)."""
        H = self.units
        return a[:H], a[H : 2 * H], a[2 * H : 3 * H], a[3 * H :]

    def forward(self, x: Array, h0: Array | None = None, c0: Array | None = None) -> Array:
        """Run T steps.

        Parameters
        ----------
        x : array (T, V, B) of floats, or (T, B) of integers standing for one-hot columns
        h0, c0 : array (H, B), optional
            The state before the first step; zeros unless given.

        Returns
        -------
        array (T, H, B)
            h. A work array: the next `forward` overwrites it.
        """
        self._path = choose_path(self, x)
        if self._path != "plain":  # on a GPU: the same by kernels
            return self._kernels.forward(self, self._path, x, h0, c0)
        xp, H = self.xp, self.units
        s, h = self._begin_forward(x, h0)
        _, T, B = s[:, 1:].shape
        c = self._work("c", (T + 1, H, B), self.dtype)
        c[0] = self._state(c0, B, "c0")
        z = self._work("z", (T, 4 * H, B), self.dtype)
        tanh_c = self._work("tanh_c", (T, H, B), self.dtype)
        ig = self._work("ig", (H, B), self.dtype)
        A = in_parts(self._stacked(), B)
        with np.errstate(over="ignore"):  # where exp(-z) is infinite, 1 / (1 + exp(-z)) is 0, as it should be
            for t in range(T):
                a = product(xp, A, s[:, t], out=z[t])
                i, f, o, g = self.gates(a)
                xp.exp(a, out=a)
                a += 1
                xp.divide(1, a, out=a)  # sigmoid(z_i), sigmoid(z_f), sigmoid(z_o), sigmoid(2 z_g)
                g *= 2
                g -= 1  # tanh(z_g)
                xp.multiply(f, c[t], out=c[t + 1])
                c[t + 1] += xp.multiply(i, g, out=ig)
                xp.tanh(c[t + 1], out=tanh_c[t])
                xp.multiply(o, tanh_c[t], out=h[t + 1])
        self._cache = s, h, z, c, tanh_c
        self.h_last, self.c_last = h[T], c[T]
        return h[1:]

    def backward(
        self, dh: Array | None, dh_last: Array | None = None, dc_last: Array | None = None
    ) -> Array | None:
        """The gradient of a loss through all T steps, from the last to the first.

        Parameters
        ----------
        dh : array (T, H, B) or None
            The loss's gradient by h; None where only the last step counts.
        dh_last, dc_last : array (H, B), optional
            Its gradient by `h_last` and `c_last` where a later piece of the sequence goes on from them.

        Returns
        -------
        array (T, V, B) or None
            dx; None where x was tokens.

        Raises
        ------
        SpentError
            A second call for one `forward`.
        """
        if self._path != "plain":
            return self._kernels.backward(self, dh, dh_last, dc_last)
        xp, H = self.xp, self.units
        s, _, z, c, tanh_c = self._begin_backward(dh)
        T, _, B = z.shape
        U_T = self._u_transposed(B)
        dz_all = self._work("dz_all", (4 * H, T, B), self.dtype)
        dz = self._work("dz", (4 * H, B), self.dtype)
        dh_t = self._work("dh_t", (H, B), self.dtype)
        dc = self._work("dc", (H, B), self.dtype)
        dh_t[...] = self._state(dh_last, B, "dh_last")
        dc[...] = self._state(dc_last, B, "dc_last")
        a, b = self._work("a", (H, B), self.dtype), self._work("b", (H, B), self.dtype)
        dz_i, dz_f, dz_o, dz_g = self.gates(dz)
        dz_if = dz[: 2 * H].reshape(2, H, B)
        for t in reversed(range(T)):
            i, f, o, g = self.gates(z[t])
            if dh is not None:
                dh_t += dh[t]
            # dz_s = ds s (1 - s) for the sigmoids, with di = dc g, df = dc c_(t-1), do = dh tanh(c)
            xp.subtract(1, z[t, : 3 * H], out=dz[: 3 * H])
            # h = o tanh(c), so do o = dh h, and dc gains dh o (1 - tanh(c)^2) = dh (o - h tanh(c))
            xp.multiply(o, tanh_c[t], out=a)
            xp.multiply(a, tanh_c[t], out=b)
            xp.subtract(o, b, out=b)
            b *= dh_t
            dc += b
            dz_o *= a
            dz_o *= dh_t
            xp.multiply(f, c[t], out=a)
            dz_f *= a
            xp.multiply(i, g, out=a)
            dz_i *= a
            # dz_g = dc i (1 - g^2) = dc (i - i g g)
            xp.multiply(a, g, out=dz_g)
            xp.subtract(i, dz_g, out=dz_g)
            dz_g *= dc
            dz_if *= dc
            dz_all[:, t] = dz  # while it is in the cache
            product(xp, U_T, dz, out=dh_t)
            dc *= f
        self.dh0, self.dc0 = dh_t.copy(), dc.copy()
        return self._end_backward(dz_all, s)
