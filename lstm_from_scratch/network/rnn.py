"""The simple recurrent network. [Elman90]"""

from __future__ import annotations

from .arrays import Array
from .products import in_parts, product
from .recurrent import Recurrent


class RNN(Recurrent):
    """`h_t = tanh(W x_t + U h_(t-1) + b)`; parameters and attributes as for every `Recurrent` layer."""

    blocks = 1

    def forward(self, x: Array, h0: Array | None = None) -> Array:
        """Run T steps: x (T, V, B), or (T, B) tokens, and h0 (H, B) to h (T, H, B), a work array."""
        s, h = self._begin_forward(x, h0)
        z = self._work("z", h[0].shape, self.dtype)
        A = in_parts(self._stacked(), h.shape[-1])
        for t in range(len(h) - 1):
            product(self.xp, A, s[:, t], out=z)
            self.xp.tanh(z, out=h[t + 1])
        self._cache = s, h
        self.h_last = h[-1]
        return h[1:]

    def backward(self, dh: Array | None, dh_last: Array | None = None) -> Array | None:
        """From dh (T, H, B), and dh_last (H, B), to dx (T, V, B), or None for tokens; sets grads and dh0."""
        xp = self.xp
        s, h = self._begin_backward(dh)
        T, H, B = h[1:].shape
        U_T = self._u_transposed(B)
        dz_all = self._work("dz_all", (H, T, B), self.dtype)
        dz = self._work("dz", (H, B), self.dtype)
        dh_t = self._work("dh_t", (H, B), self.dtype)
        dh_t[...] = self._state(dh_last, B, "dh_last")
        for t in reversed(range(T)):
            if dh is not None:
                dh_t += dh[t]
            xp.multiply(dh_t, 1 - h[t + 1] ** 2, out=dz)
            dz_all[:, t] = dz
            product(xp, U_T, dz, out=dh_t)
        self.dh0 = dh_t.copy()
        return self._end_backward(dz_all, s)
