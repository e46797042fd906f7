"""Attention that copies: where in the song so far the next symbol may be found, scored by hand.

`cells.py` has the same equations one step at a time, and is the one to read first.
"""

from __future__ import annotations

import math
from types import ModuleType

import numpy as np
from numpy.typing import DTypeLike

from .arrays import Array, SpentError, Work, float_dtype
from .backend import CPU, Backend, on_host
from .initial_weights import glorot_uniform
from .memory import Memory

LONGEST_MATCH = 48  # symbols: longer matches score like this one
LONGEST_LAG = 599  # steps: what lies further back scores like this


class Attention:
    """A pointer to earlier places of a song, beside a sentinel that stands for copying nothing. [Merity16]

        q_t  = W_q h_t + b_q                                                      (7)
        k_i  = W_k h_i                                                            (8)
        e_t* = q_t . s / sqrt(d)                                                  (9)
        e_ti = q_t . k_i / sqrt(d) + m[match_ti] + r[t - i],   for all i < t      (10)

    match_ti counts how many symbols up to t and up to i are the same, one after the other: where the song
    has just said what it said before, m can find the place by itself. r is a liking for a distance: a bar
    ago, a phrase ago. `MixtureCrossEntropy` makes one distribution of these scores and the dense layer's.

    Parameters
    ----------
    units : int
        H, rows of h.
    width : int
        d, rows of a query and of a key.
    rng : numpy.random.Generator
        Draws W_q and W_k, Glorot uniform; m begins as a liking for long matches, the rest at 0.
    dtype, backend
        As for `LSTM`.

    Attributes
    ----------
    params, grads : dict of str to array
        "Wq" (d, H), "bq" (d, 1), "Wk" (d, H), "s" (d, 1), "m" (LONGEST_MATCH + 1, 1) and
        "r" (LONGEST_LAG + 1, 1).
    """

    def __init__(
        self,
        units: int,
        width: int,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        backend: Backend | None = None,
    ):
        self.backend = backend or CPU
        self.xp, self.dtype, self.width = self.backend.xp, float_dtype(dtype), width
        weights = {
            "Wq": glorot_uniform(rng, width, units),
            "bq": np.zeros((width, 1)),
            "Wk": glorot_uniform(rng, width, units),
            "s": np.zeros((width, 1)),
            "m": np.linspace(0, 3, LONGEST_MATCH + 1)[:, None],
            "r": np.zeros((LONGEST_LAG + 1, 1)),
        }
        self.params = {k: self.backend.to_device(w.astype(self.dtype)) for k, w in weights.items()}
        self.grads = {k: self.xp.zeros_like(w) for k, w in self.params.items()}
        self._work = Work(self.xp)
        self._cache: tuple[Array, ...] | None = None  # what the next backward needs

    def forward(self, h: Array, tokens: Array) -> Array:
        """The scores of all steps of some songs, each from its beginning.

        Parameters
        ----------
        h : array (T, H, B)
        tokens : integer array (T, B)
            What was read at each step. What stands behind a song's end does no harm to what is before.

        Returns
        -------
        array (B, T, 1 + T)
            e, a work array: at step t the sentinel's score, then those of places 0 to T - 1, which are -inf
            from t on, since what follows them is not known yet.
        """
        xp, p, d = self.xp, self.params, self.width
        T, _, B = h.shape
        if tokens.shape != (T, B):
            raise ValueError(f"tokens {tokens.shape} do not match h {h.shape}: want ({T}, {B})")
        q = self._of_examples("q", xp.matmul(p["Wq"], h) + p["bq"])  # (7)
        q /= math.sqrt(d)
        k = self._of_examples("k", xp.matmul(p["Wk"], h))  # (8)
        match, lag = self._matches(tokens), self._lags(T)
        e = self._work("e", (B, T, 1 + T), self.dtype)
        xp.matmul(q, p["s"], out=e[:, :, :1])  # (9)
        places = e[:, :, 1:]
        xp.matmul(q, k.swapaxes(1, 2), out=places)  # (10)
        places += p["m"][:, 0][match]
        places += self._unless_known(p["r"][:, 0][lag])
        self._cache = h, q, k, match, lag, tokens
        return e

    def backward(self, de: Array) -> Array:
        """From de, of e's shape and 0 where e is -inf, to dh (T, H, B); sets grads.

        Raises
        ------
        SpentError
            A second call for one `forward`.
        """
        if self._cache is None:
            raise SpentError("Attention.backward: call forward first, once for each backward")
        xp, p, g = self.xp, self.params, self.grads
        (h, q, k, match, lag, _), self._cache = self._cache, None
        d_sentinel, d_places = de[:, :, 0], de[:, :, 1:]
        g["m"][:, 0] = sums_by_index(xp, match, d_places, LONGEST_MATCH + 1)  # (10)
        g["r"][:, 0] = sums_by_index(xp, lag, d_places.sum(axis=0), LONGEST_LAG + 1)
        g["s"][:, 0] = xp.matmul(q.reshape(-1, self.width).T, d_sentinel.reshape(-1))  # (9)
        dk = xp.matmul(d_places.swapaxes(1, 2), q)
        dq = xp.matmul(d_places, k)
        dq += d_sentinel[:, :, None] * p["s"][:, 0]
        dq /= math.sqrt(self.width)
        dq, dk = (a.transpose(1, 2, 0) for a in (dq, dk))  # (T, d, B) again
        columns = h.transpose(1, 0, 2).reshape(h.shape[1], -1)  # (H, T B)
        for name, da in (("Wq", dq), ("Wk", dk)):  # (7) (8)
            xp.matmul(da.transpose(1, 0, 2).reshape(self.width, -1), columns.T, out=g[name])
        g["bq"][:, 0] = dq.sum(axis=(0, 2))
        dh = self._work("dh", h.shape, self.dtype)
        xp.matmul(p["Wq"].T, dq, out=dh)
        dh += xp.matmul(p["Wk"].T, dk)
        return dh

    def step(self, h: Array, tokens: Array, memory: Memory) -> tuple[Array, Memory]:
        """The scores of one more step of some songs.

        Parameters
        ----------
        h : array (H, B)
        tokens : integer array (B,)
        memory : Memory
            Of the t steps before this one.

        Returns
        -------
        e : array (B, 1 + t)
            The sentinel's score, then those of the places 0 to t - 1.
        memory : Memory
            After this step.
        """
        xp, p, t = self.xp, self.params, memory.steps
        q = (xp.matmul(p["Wq"], h) + p["bq"]).T / math.sqrt(self.width)  # (7)
        match = memory.matches(tokens)
        e = xp.empty((len(q), 1 + t), self.dtype)
        xp.matmul(q, p["s"], out=e[:, :1])  # (9)
        e[:, 1:] = xp.matmul(memory.keys, q[:, :, None])[:, :, 0]  # (10)
        e[:, 1:] += p["m"][:, 0][match.clip(0, LONGEST_MATCH)]
        e[:, 1:] += p["r"][:, 0][xp.arange(t, 0, -1).clip(0, LONGEST_LAG)]
        k = xp.matmul(p["Wk"], h)  # (8)
        return e, memory.after(tokens, k.T, match)

    def remember(self) -> Memory:
        """The memory after the last `forward`, from which `step` goes on."""
        if self._cache is None:
            raise SpentError("Attention.remember: call forward first")
        _, _, k, match, _, tokens = self._cache
        return Memory(self.xp, tokens.T, k, match[:, -1, :-1])

    def _of_examples(self, name: str, a: Array) -> Array:
        """(T, d, B) as (B, T, d): each example a matrix of its own."""
        of_examples = self._work(name, (a.shape[2], a.shape[0], a.shape[1]), self.dtype)
        of_examples[...] = a.transpose(2, 0, 1)
        return of_examples

    def _matches(self, tokens: Array) -> Array:
        """match (B, T, T), LONGEST_MATCH at most: one more than a step before, or 0 where symbols differ."""
        x = self.xp.ascontiguousarray(tokens.T)
        B, T = x.shape
        match = self._work("match", (B, T, T), np.int16)
        match[...] = 0
        for t in range(1, T):
            same = x[:, :t] == x[:, t, None]
            match[:, t, 0] = same[:, 0]
            self.xp.add(match[:, t - 1, : t - 1], 1, out=match[:, t, 1:t])
            match[:, t, 1:t] *= same[:, 1:]
        return self.xp.minimum(match, LONGEST_MATCH, out=match)

    def _lags(self, T: int) -> Array:
        """min(t - i, LONGEST_LAG) at (t, i); 0 where i is not before t."""
        t = self.xp.arange(T)
        return (t[:, None] - t).clip(0, LONGEST_LAG)

    def _unless_known(self, liking: Array) -> Array:
        """(T, T) with -inf where i is not before t."""
        t = self.xp.arange(len(liking))
        liking[t[:, None] <= t] = -math.inf
        return liking


def sums_by_index(xp: ModuleType, index: Array, values: Array, size: int) -> Array:
    """For each of `size` indices, the sum of the values that have it."""
    if on_host(values):
        return np.bincount(index.ravel(), values.ravel(), minlength=size)
    one_hot = index.ravel() == xp.arange(size)[:, None]
    return xp.matmul(one_hot.astype(values.dtype), values.ravel())
