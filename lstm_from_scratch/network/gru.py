"""The gated recurrent unit, with its bias inside the reset product."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import Array
from .backend import Backend
from .products import in_parts, product
from .recurrent import Recurrent, flat, sigmoid


class GRU(Recurrent):
    """A layer of GRU cells. [Cho14], in the variant of cuDNN, torch.nn.GRU and Keras's `reset_after=True`.

        r, u = sigmoid(z_r), sigmoid(z_u)                   z = W x_t + b, plus U h_(t-1) for r and u
        n    = tanh(z_n + r * (U_n h_(t-1) + bn))
        h_t  = (1 - u) * n + u * h_(t-1)

    The rows of W, U and b hold the blocks r, u, n in this order; "bn" (H, 1) is the bias that the reset
    gate scales. Attributes as for every `Recurrent` layer.
    """

    blocks = 3

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        rng: np.random.Generator,
        dtype: Any = np.float32,
        backend: Backend | None = None,
    ):
        super().__init__(inputs, units, rng=rng, dtype=dtype, backend=backend)
        self.params["bn"] = self.xp.zeros((units, 1), self.dtype)
        self.grads["bn"] = self.xp.zeros((units, 1), self.dtype)

    def gates(self, a: Array) -> tuple[Array, Array, Array]:
        """Views of the blocks r, u, n of rows (3H, ...)."""
        H = self.units
        return a[:H], a[H : 2 * H], a[2 * H :]

    def forward(self, x: Array, h0: Array | None = None) -> Array:
        """Run T steps: x (T, V, B), or (T, B) tokens, and h0 (H, B) to h (T, H, B), a work array."""
        xp, H = self.xp, self.units
        s, h = self._begin_forward(x, h0)
        _, T, B = s[:, 1:].shape
        z = self._work("z", (T, 3 * H, B), self.dtype)
        v = self._work("v", (T, H, B), self.dtype)  # U_n h + bn, what the reset gate scales
        rv = self._work("rv", (H, B), self.dtype)
        A = self._stacked()
        A_ru, A_n = in_parts(A[: 2 * H], B), A[2 * H :, H:]  # [b_n W_n] stands on [1; x] alone
        U_n = xp.concatenate([self.params["U"][2 * H :], self.params["bn"]], axis=1)  # and [U_n bn] on [h; 1]
        U_n = in_parts(U_n, B)
        for t in range(T):
            r, u, n = self.gates(z[t])
            product(xp, A_ru, s[:, t], out=z[t, : 2 * H])
            sigmoid(xp, z[t, : 2 * H])
            xp.matmul(A_n, s[H:, t], out=n)
            product(xp, U_n, s[: H + 1, t], out=v[t])
            n += xp.multiply(r, v[t], out=rv)
            xp.tanh(n, out=n)
            xp.subtract(h[t], n, out=h[t + 1])  # n + u (h - n)
            h[t + 1] *= u
            h[t + 1] += n
        self._cache = s, h, z, v
        self.h_last = h[T]
        return h[1:]

    def backward(self, dh: Array | None, dh_last: Array | None = None) -> Array | None:
        """From dh (T, H, B), and dh_last (H, B), to dx (T, V, B), or None for tokens; sets grads and dh0."""
        xp, H = self.xp, self.units
        s, h, z, v = self._begin_backward(dh)
        T, _, B = z.shape
        U_T = self._u_transposed(B)
        dz_all = self._work("dz_all", (3 * H, T, B), self.dtype)
        dv_all = self._work("dv_all", (H, T, B), self.dtype)
        dz = self._work("dz", (3 * H, B), self.dtype)
        dh_t, dh_u = (self._work(name, (H, B), self.dtype) for name in ("dh_t", "dh_u"))
        dh_t[...] = self._state(dh_last, B, "dh_last")
        dz_r, dz_u, dz_n = self.gates(dz)
        for t in reversed(range(T)):
            r, u, n = self.gates(z[t])
            if dh is not None:
                dh_t += dh[t]
            xp.multiply(dh_t, (1 - u) * (1 - n**2), out=dz_n)
            xp.multiply(dh_t, (h[t] - n) * u * (1 - u), out=dz_u)
            xp.multiply(dz_n, v[t] * r * (1 - r), out=dz_r)
            dz_all[:, t] = dz
            dh_t *= u
            dz_n *= r  # from here on the gradient of v, so that dz is that of U h
            dv_all[:, t] = dz_n
            dh_t += product(xp, U_T, dz, out=dh_u)
        self.dh0 = dh_t.copy()
        dx = self._end_backward(dz_all, s)
        # U_n and bn stand inside the reset product, so their gradients come from dv and not from dz_n.
        dA_n = flat(dv_all) @ flat(s[: H + 1, :T]).T
        self.grads["U"][2 * H :], self.grads["bn"][...] = dA_n[:, :H], dA_n[:, H:]
        return dx
