"""The LSTM in float32 on a GPU: kernels.cu and cuBLAS in the place of the loops of lstm.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .arrays import Array, Work
from .backend import Backend

SOURCE = Path(__file__).with_name("kernels.cu")
NAMES = "cell_forward", "cell_backward", "step_forward", "step_backward"
TILE = 8, 16  # UNITS and ROWS of kernels.cu
CELL_THREADS = 256  # threads of a block that computes cells alone

# Multiplications of a step up to which one kernel computes all of it. With more of them, cuBLAS makes so much
# better use of the arithmetic units that it gains more than its launch costs. Estimated, not measured: for so
# many, a kernel of such small tiles takes about as long as CuPy takes to launch it, some 10 us on an H100.
# The paper's step has 2^24. Shared memory is no criterion: 25 kB a block, where every device has 48.
LARGEST_WHOLE_STEP = 2**25


def choose_path(layer: Any, x: Array) -> str:
    """How an LSTM computes its steps of x (T, ..., B): the only place where that is decided.

    Returns
    -------
    str
        "plain", the loops of lstm.py: on a CPU, and in other precisions than float32. "fused", a product of
        cuBLAS and a kernel for the cell. "whole step", both in one kernel.
    """
    if layer.backend.name == "cpu" or layer.dtype != np.float32:
        return "plain"
    small = 4 * layer.units**2 * x.shape[-1] <= LARGEST_WHOLE_STEP
    return "whole step" if small else "fused"


class Kernels:
    """Forward and backward of an LSTM by the kernels, with work arrays that are used again.

    Rows are examples here, (T, B, features): each step is one block of memory, and so are all steps as a
    matrix (T B, features), so that cuBLAS reads every operand in place.

    Parameters
    ----------
    backend : Backend
    """

    def __init__(self, backend: Backend):
        self._xp, self._work = backend.xp, Work(backend.xp)
        self._shape: tuple[int, ...] | None = None
        self._steps: list[np.int32] = []  # integers as the kernels take them
        self._sizes: tuple[np.int32, ...] = ()
        self._functions: dict[str, Any] = {}

    def forward(self, layer: Any, path: str, x: Array, h0: Array | None, c0: Array | None) -> Array:
        """As `LSTM.forward`."""
        xp, H = self._xp, layer.units
        layer._cache = None
        columns = layer._columns(x)
        T, V, B = columns.shape
        self._prepare(T, V, H, B)
        self.x[...] = columns.swapaxes(1, 2)
        self.h[0] = 0 if h0 is None else layer._state(h0, B, "h0").T
        self.c[0] = 0 if c0 is None else layer._state(c0, B, "c0").T
        W, U, b = (xp.ascontiguousarray(layer.params[k], np.float32) for k in "WUb")
        xp.matmul(_matrix(self.x), W.T, out=_matrix(self.z))
        (_, B_, H_), U_T = self._sizes, U.T
        for t, h in zip(self._steps, self._h_steps):
            if path == "fused":
                xp.matmul(h, U_T, out=self.uh)
                self._launch("cell_forward", self.uh, b, self.z, self.c, self.h, t, B_, H_)
            else:
                self._launch("step_forward", U, b, self.z, self.c, self.h, t, B_, H_)
        columns_of_h = self.h.swapaxes(1, 2)
        layer._cache = path, columns_of_h
        layer.h_last, layer.c_last = columns_of_h[T], self.c[T].T
        return columns_of_h[1:]

    def backward(
        self, layer: Any, dh: Array | None, dh_last: Array | None, dc_last: Array | None
    ) -> Array | None:
        """As `LSTM.backward`."""
        xp, H = self._xp, layer.units
        path, _ = layer._begin_backward(dh)
        T, B = self.z.shape[:2]
        self.dh[...] = 0 if dh is None else dh.swapaxes(1, 2)
        if dh_last is not None:
            self.dh[-1] += layer._state(dh_last, B, "dh_last").T
        dc = xp.empty((B, H), np.float32)  # not a work array: it becomes dc0
        dc[...] = 0 if dc_last is None else layer._state(dc_last, B, "dc_last").T
        if path == "fused":
            self.from_next[...] = 0  # after the last step comes nothing
        W, U = (xp.ascontiguousarray(layer.params[k], np.float32) for k in "WU")
        T_, B_, H_ = self._sizes
        for t in reversed(self._steps):
            if path == "fused":
                if t + 1 < T:
                    xp.matmul(self._z_steps[t + 1], U, out=self.from_next)
                self._launch("cell_backward", self.from_next, self.dh, self.z, self.c, dc, t, B_, H_)
            else:
                self._launch("step_backward", U, self.dh, self.z, self.c, dc, t, T_, B_, H_)
        dz, grads = _matrix(self.z), layer.grads
        layer.dh0, layer.dc0 = (self._z_steps[0] @ U).T, dc.T
        xp.matmul(dz.T, _matrix(self.h[:T]), out=grads["U"])
        xp.matmul(dz.T, _matrix(self.x), out=grads["W"])
        xp.sum(dz, axis=0, out=grads["b"][:, 0])
        return None if layer._tokens else (dz @ W).reshape(T, B, -1).swapaxes(1, 2)

    def _prepare(self, T: int, V: int, H: int, B: int) -> None:
        """Work arrays, views of their steps, and integers, once a shape: each costs as much as a launch."""
        if self._shape == (T, V, H, B):
            return

        def array(name: str, *shape: int) -> Array:
            return self._work(name, shape, np.dtype(np.float32))

        self.x, self.z, self.uh = array("x", T, B, V), array("z", T, B, 4 * H), array("uh", B, 4 * H)
        self.h, self.c = array("h", T + 1, B, H), array("c", T + 1, B, H)
        self.dh, self.from_next = array("dh", T, B, H), array("from_next", B, H)
        self._h_steps, self._z_steps = ([a[t] for t in range(T)] for a in (self.h, self.z))
        self._steps, self._sizes = [np.int32(t) for t in range(T)], (np.int32(T), np.int32(B), np.int32(H))
        across, down = (-(-size // tile) for size, tile in zip((H, B), TILE))
        self._grids = {
            "cell": ((-(-B * H // CELL_THREADS),), (CELL_THREADS,)),
            "step": ((across, down), TILE),
        }
        self._shape = T, V, H, B

    def _launch(self, name: str, *arguments: Any) -> None:
        """A kernel. Its integers are NumPy's of 32 bits: Python's would arrive with 64."""
        if not self._functions:
            module = self._xp.RawModule(code=SOURCE.read_text(encoding="utf-8"))
            self._functions = {name: module.get_function(name) for name in NAMES}
        grid, block = self._grids[name[:4]]
        self._functions[name](grid, block, arguments)


def _matrix(a: Array) -> Array:
    """(T, B, features) as (T B, features), a view."""
    return a.reshape(-1, a.shape[-1])
