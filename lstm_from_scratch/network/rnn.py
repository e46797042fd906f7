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
        h1x, h = self._begin_forward(x, h0)
        z = self._work("z", h[0].shape, self.dtype)
        UbW = in_parts(self._side_by_side(), h.shape[2])
        for t in range(len(h) - 1):
            product(self.xp, UbW, h1x[:, t], out=z)  # (0)
            self.xp.tanh(z, out=h[t + 1])  # (1)
        self._cache = h1x, h
        self.h_last = h[-1]
        return h[1:]

    def backward(self, dh: Array | None, dh_last: Array | None = None) -> Array | None:
        """From dh (T, H, B), and dh_last (H, B), to dx (T, V, B), or None for tokens; sets grads and dh0."""
        xp = self.xp
        h1x, h = self._begin_backward(dh)
        T, H, B = h[1:].shape
        U_T = self._u_transposed(B)
        dz_of_steps = self._work("dz_of_steps", (H, T, B), self.dtype)
        dz, dh_t = (self._work(name, (H, B), self.dtype) for name in ("dz", "dh_t"))
        dh_t[...] = self._state(dh_last, B, "dh_last")
        for t in reversed(range(T)):
            if dh is not None:
                dh_t += dh[t]
            xp.multiply(dh_t, 1 - h[t + 1] ** 2, out=dz)  # (1)
            dz_of_steps[:, t] = dz
            product(xp, U_T, dz, out=dh_t)  # (0), to h_(t-1)
        self.dh0 = dh_t.copy()
        return self._end_backward(dz_of_steps, h1x)
