"""The long short-term memory: all steps forward, and all steps back, in work arrays.

`cells.py` has the same equations one step at a time, and is the one to read first. The numbers in brackets
are its equations.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from .activations import OneExp
from .arrays import Array
from .backend import Backend
from .cells import lstm_gates
from .initial_weights import FORGET_BIAS
from .kernels import Kernels, choose_path
from .products import in_parts, product
from .recurrent import Recurrent


class LSTM(Recurrent):
    """A layer of LSTM cells. [HS97, Gers00]

        z       = W x_t + U h_(t-1) + b                           (0)
        i, f, o = sigmoid(z_i), sigmoid(z_f), sigmoid(z_o)        (1) (2) (3)
        g       = tanh(z_g)                                       (4)
        c_t     = f * c_(t-1) + i * g                             (5)
        h_t     = o * tanh(c_t)                                   (6)

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
    gates = staticmethod(lstm_gates)

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        backend: Backend | None = None,
        forget_bias: float = FORGET_BIAS,
    ):
        super().__init__(inputs, units, rng=rng, dtype=dtype, backend=backend)
        self.gates(self.params["b"])[1][...] = forget_bias
        self.c_last: Array
        self.dc0: Array
        self._activate = OneExp(self.xp, 4 * units, 3 * units, self.dtype)
        self._path, self._kernels = "plain", Kernels(self.backend)

    def _prepare(self, UbW: Array) -> None:
        self._activate.scale(UbW)

    def forward(self, x: Array, h0: Array | None = None, c0: Array | None = None) -> Array:
        """Run T steps.

        Parameters
        ----------
        x : array (T, V, B) of floats, or (T, B) of integers standing for one-hot columns
            Or (T, K, B) of integers, the K rows of each column that are 1.
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
        h1x, h = self._begin_forward(x, h0)
        T, B = len(h) - 1, h.shape[2]
        c = self._work("c", (T + 1, H, B), self.dtype)
        c[0] = self._state(c0, B, "c0")
        gates = self._work("gates", (T, 4 * H, B), self.dtype)
        tanh_c = self._work("tanh_c", (T, H, B), self.dtype)
        i_g = self._work("i_g", (H, B), self.dtype)
        UbW = in_parts(self._side_by_side(), B)
        with np.errstate(over="ignore"):  # see OneExp
            for t in range(T):
                z = product(xp, UbW, h1x[:, t], out=gates[t])  # (0)
                i, f, o, g = self.gates(self._activate(z))  # (1) (2) (3) (4)
                xp.multiply(f, c[t], out=c[t + 1])  # (5)
                c[t + 1] += xp.multiply(i, g, out=i_g)
                xp.tanh(c[t + 1], out=tanh_c[t])  # (6)
                xp.multiply(o, tanh_c[t], out=h[t + 1])
        self._cache = h1x, h, c, gates, tanh_c
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
        h1x, _, c, gates, tanh_c = self._begin_backward(dh)
        T, _, B = gates.shape
        U_T = self._u_transposed(B)
        dz_of_steps = self._work("dz_of_steps", (4 * H, T, B), self.dtype)
        dz = self._work("dz", (4 * H, B), self.dtype)
        dz_i, dz_f, dz_o, dz_g = self.gates(dz)
        dz_ifo, dz_if = dz[: 3 * H], dz[: 2 * H].reshape(2, H, B)
        # At step t: all that the loss feels of h_t and of c_t.
        dh_t, dc = (self._work(name, (H, B), self.dtype) for name in ("dh_t", "dc"))
        dh_t[...] = self._state(dh_last, B, "dh_last")
        dc[...] = self._state(dc_last, B, "dc_last")
        h_t, dc_by_h, f_c, i_g = (self._work(k, (H, B), self.dtype) for k in ("h_t", "dc_by_h", "f_c", "i_g"))
        for t in reversed(range(T)):
            i, f, o, g = self.gates(gates[t])
            if dh is not None:
                dh_t += dh[t]
            # (6) h = o tanh(c), so dc gains dh o (1 - tanh(c)^2) = dh (o - h tanh(c)) ...
            xp.multiply(o, tanh_c[t], out=h_t)
            xp.multiply(h_t, tanh_c[t], out=dc_by_h)
            xp.subtract(o, dc_by_h, out=dc_by_h)
            dc_by_h *= dh_t
            dc += dc_by_h
            # ... and do = dh tanh(c). A sigmoid's slope is s (1 - s), of which 1 - s comes first:
            xp.subtract(1, gates[t, : 3 * H], out=dz_ifo)
            # (3) dz_o = do o (1 - o) = dh h (1 - o)
            dz_o *= h_t
            dz_o *= dh_t
            # (5) c = f c_(t-1) + i g, so df = dc c_(t-1) and di = dc g
            # (2) dz_f = df f (1 - f) and (1) dz_i = di i (1 - i), all but dc
            dz_f *= xp.multiply(f, c[t], out=f_c)
            dz_i *= xp.multiply(i, g, out=i_g)
            # (4) dz_g = dg (1 - g^2) = dc (i - i g g), all but dc
            xp.multiply(i_g, g, out=dz_g)
            xp.subtract(i, dz_g, out=dz_g)
            dz_g *= dc
            dz_if *= dc
            dz_of_steps[:, t] = dz  # while it is in the cache
            # (0) what goes back to h_(t-1), and (5) to c_(t-1)
            product(xp, U_T, dz, out=dh_t)
            dc *= f
        self.dh0, self.dc0 = dh_t.copy(), dc.copy()
        return self._end_backward(dz_of_steps, h1x)
