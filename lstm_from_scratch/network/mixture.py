"""One distribution of what the dense layer says and of what attention would copy, and its cross-entropy."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np

from .arrays import Array, SpentError, Work
from .backend import CPU, Backend
from .loss import SoftmaxCrossEntropy


class MixtureCrossEntropy:
    """The mean of -ln p(target) in nats, where symbols may be copied from earlier in the song. [Merity16]

        a    = softmax(e)                                                              (11)
        p(x) = a_* softmax(y)_x + sum over i of a_i [x stood after i]                  (12)

    Everything is computed with logarithms. With rho_i = a_i [x stood after i] / p(x), the part of the
    target's probability that comes from place i, and rho_* = a_* softmax(y)_x / p(x), the gradients are

        de = (a - rho) / N          dy = rho_* (softmax(y) - one_hot(x)) / N

    Parameters
    ----------
    backend : Backend, optional
    """

    def __init__(self, backend: Backend | None = None):
        self.backend = backend or CPU
        self.xp = self.backend.xp
        self._softmax = SoftmaxCrossEntropy(self.backend)
        self._work = Work(self.xp)
        self._cache: tuple[Array, ...] | None = None  # what the next backward needs
        self._inputs: tuple[Array, ...] = ()

    @property
    def probabilities(self) -> Array:
        """p (T, V, B) of the last `forward`."""
        if not self._inputs:
            raise SpentError("MixtureCrossEntropy.probabilities: call forward first")
        return self.xp.exp(log_mixture(self.xp, *self._inputs))

    def forward(
        self, logits: Array, scores: Array, tokens: Array, targets: Array, counted: Array | None = None
    ) -> Any:
        """The mean loss, a scalar of the logits' dtype (on a GPU a zero-dimensional array).

        Parameters
        ----------
        logits : array (T, V, B)
            y, from the dense layer.
        scores : array (B, T, 1 + T)
            e, from `Attention.forward`.
        tokens, targets : integer array (T, B)
            What was read at each step, and what comes next.
        counted : bool array (T, B), optional
            Which targets the mean is over; all unless given.

        Raises
        ------
        ValueError
            As `SoftmaxCrossEntropy.forward`.
        """
        xp = self.xp
        self._softmax.forward(logits, targets, counted)
        after = followers(xp, tokens)
        # ln of each term of (12) for the target, as far as it depends on e: -inf where another symbol stood
        terms = self._work("terms", scores.shape, scores.dtype)
        terms[...] = -math.inf
        terms[:, :, 0] = scores[:, :, 0] - self._softmax.surprise.T
        xp.copyto(terms[:, :, 1:], scores[:, :, 1:], where=after[:, None, :] == targets.T[:, :, None])
        a = self._work("a", scores.shape, scores.dtype)
        rho = self._work("rho", scores.shape, scores.dtype)
        surprise = shares_of_exp(xp, scores, out=a) - shares_of_exp(xp, terms, out=rho)
        self._cache, self._inputs = (a, rho), (logits, scores, after)
        return (surprise.T * self._softmax.share).sum()

    def backward(self) -> tuple[Array, Array]:
        """dy (T, V, B) and de (B, T, 1 + T), work arrays.

        Raises
        ------
        SpentError
            A second call for one `forward`.
        """
        if self._cache is None:
            raise SpentError("MixtureCrossEntropy.backward: call forward first, once for each backward")
        (a, rho), self._cache = self._cache, None
        dy = self._softmax.backward()
        dy *= rho[:, :, 0].T[:, None]
        de = a
        de -= rho
        de *= self._softmax.share.T[:, :, None]
        return dy, de


def shares_of_exp(xp: ModuleType, scores: Array, out: Array) -> Array:
    """softmax(scores) along the last axis to `out`; what is returned is ln of the sum of exp(scores)."""
    largest = scores.real.max(axis=-1, keepdims=True)
    xp.subtract(scores, largest, out=out)
    xp.exp(out, out=out)
    total = out.sum(axis=-1, keepdims=True)
    out /= total
    return (xp.log(total) + largest)[..., 0]


def followers(xp: ModuleType, tokens: Array) -> Array:
    """The symbol that was read after each step, (B, T) from tokens (T, B); -1 after the last."""
    after = xp.full(tokens.shape[::-1], -1, tokens.dtype)
    after[:, :-1] = tokens[1:].T
    return after


def log_mixture(xp: ModuleType, logits: Array, scores: Array, after: Array) -> Array:
    """ln p of every symbol, by equations (11) and (12).

    Parameters
    ----------
    xp : module
    logits : array (T, V, B)
    scores : array (B, T, 1 + N)
        Of copying nothing, and of copying what followed each of N places.
    after : integer array (B, N)
        What followed it.

    Returns
    -------
    array (T, V, B)
        In nats. They are logits of the mixture, and go wherever logits go.
    """
    a = xp.empty(scores.shape, scores.dtype)
    shares_of_exp(xp, scores, out=a)
    one_hot = (after[:, :, None] == xp.arange(logits.shape[1])).astype(a.dtype)
    copied = xp.matmul(a[:, :, 1:], one_hot).transpose(1, 2, 0)
    own = logits - logits.max(axis=1, keepdims=True)
    own -= xp.log(xp.exp(own).sum(axis=1, keepdims=True))
    with np.errstate(divide="ignore"):  # ln of 0 is -inf, as it should be
        return xp.logaddexp(own + xp.log(a[:, :, 0].T[:, None]), xp.log(copied))
