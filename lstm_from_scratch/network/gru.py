"""The gated recurrent unit, with a bias inside the reset product.

`cells.py` has the same equations one step at a time; the numbers in brackets are its equations.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from .activations import sigmoid_in_place
from .arrays import Array
from .backend import Backend
from .cells import gru_gates
from .products import in_parts, product
from .recurrent import Recurrent, flat


class GRU(Recurrent):
    """A layer of GRU cells. [Cho14], in the variant of cuDNN, torch.nn.GRU and Keras's `reset_after=True`.

        z    = W x_t + b                                                (0)
        r, u = sigmoid(z_r + U_r h_(t-1)), sigmoid(z_u + U_u h_(t-1))   (1) (2)
        v    = U_n h_(t-1) + bn                                         (3)
        n    = tanh(z_n + r * v)                                        (4)
        h_t  = (1 - u) * n + u * h_(t-1)                                (5)

    The rows of W, U and b hold the blocks r, u, n in this order; "bn" (H, 1) is the bias that the reset
    gate scales. Attributes as for every `Recurrent` layer.
    """

    blocks = 3
    gates = staticmethod(gru_gates)

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        backend: Backend | None = None,
    ):
        super().__init__(inputs, units, rng=rng, dtype=dtype, backend=backend)
        self.params["bn"] = self.xp.zeros((units, 1), self.dtype)
        self.grads["bn"] = self.xp.zeros((units, 1), self.dtype)

    def forward(self, x: Array, h0: Array | None = None) -> Array:
        """Run T steps: x (T, V, B), or (T, B) tokens, and h0 (H, B) to h (T, H, B), a work array."""
        xp, H = self.xp, self.units
        h1x, h = self._begin_forward(x, h0)
        T, B = len(h) - 1, h.shape[2]
        gates = self._work("gates", (T, 3 * H, B), self.dtype)
        v = self._work("v", (T, H, B), self.dtype)
        r_v = self._work("r_v", (H, B), self.dtype)
        UbW = self._side_by_side()
        UbW_ru, bW_n = in_parts(UbW[: 2 * H], B), UbW[2 * H :, H:]  # z_n has no part of h: v has
        Ub_n = in_parts(xp.concatenate([self.params["U"][2 * H :], self.params["bn"]], axis=1), B)
        for t in range(T):
            r, u, n = self.gates(gates[t])
            product(xp, UbW_ru, h1x[:, t], out=gates[t, : 2 * H])  # (0)
            sigmoid_in_place(xp, gates[t, : 2 * H])  # (1) (2)
            product(xp, Ub_n, h1x[: H + 1, t], out=v[t])  # (3)
            xp.matmul(bW_n, h1x[H:, t], out=n)  # (0)
            n += xp.multiply(r, v[t], out=r_v)  # (4)
            xp.tanh(n, out=n)
            xp.subtract(h[t], n, out=h[t + 1])  # (5), as n + u (h - n)
            h[t + 1] *= u
            h[t + 1] += n
        self._cache = h1x, h, gates, v
        self.h_last = h[T]
        return h[1:]

    def backward(self, dh: Array | None, dh_last: Array | None = None) -> Array | None:
        """From dh (T, H, B), and dh_last (H, B), to dx (T, V, B), or None for tokens; sets grads and dh0."""
        xp, H = self.xp, self.units
        h1x, h, gates, v = self._begin_backward(dh)
        T, _, B = gates.shape
        U_T = self._u_transposed(B)
        dz_of_steps = self._work("dz_of_steps", (3 * H, T, B), self.dtype)
        dv_of_steps = self._work("dv_of_steps", (H, T, B), self.dtype)
        dz = self._work("dz", (3 * H, B), self.dtype)
        dz_r, dz_u, dz_n = self.gates(dz)
        dh_t, dh_by_U = (self._work(name, (H, B), self.dtype) for name in ("dh_t", "dh_by_U"))
        dh_t[...] = self._state(dh_last, B, "dh_last")
        for t in reversed(range(T)):
            r, u, n = self.gates(gates[t])
            if dh is not None:
                dh_t += dh[t]
            xp.multiply(dh_t, (1 - u) * (1 - n**2), out=dz_n)  # (5) (4)
            xp.multiply(dh_t, (h[t] - n) * u * (1 - u), out=dz_u)  # (5) (2)
            xp.multiply(dz_n, v[t] * r * (1 - r), out=dz_r)  # (4) (1)
            dz_of_steps[:, t] = dz
            dz_n *= r  # (4): dv from here on, so that dz is the gradient of U h_(t-1)
            dv_of_steps[:, t] = dz_n
            dh_t *= u  # (5): what goes back to h_(t-1), and (1) (2) (3) through U
            dh_t += product(xp, U_T, dz, out=dh_by_U)
        self.dh0 = dh_t.copy()
        dx = self._end_backward(dz_of_steps, h1x)
        # U_n and bn stand inside the reset product, so their gradients come from dv and not from dz_n.
        dUb_n = flat(dv_of_steps) @ flat(h1x[: H + 1, :T]).T
        self.grads["U"][2 * H :], self.grads["bn"][...] = dUb_n[:, :H], dUb_n[:, H:]
        return dx
