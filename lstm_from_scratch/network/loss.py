"""Softmax and cross-entropy in one, on logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import Array, SpentError, Work
from .backend import CPU, Backend


class SoftmaxCrossEntropy:
    """The mean of -ln p(target) in nats, with `p = exp(y - max y) / sum(exp(y - max y))` down each column.

    Its gradient by the logits y is `(p - one_hot(target)) / N`, N the number of targets. [Bridle90]

    Parameters
    ----------
    backend : Backend, optional

    Attributes
    ----------
    surprise : array like targets
        -ln p(target) of each, in nats, after `forward`.
    share : array like targets
        What each counts in the mean: 1 / N, or 0.
    """

    def __init__(self, backend: Backend | None = None):
        self.backend = backend or CPU
        self.xp = self.backend.xp
        self.surprise: Array
        self.share: Array
        self._work = Work(self.backend.xp)
        self._p: Array | None = None

    @property
    def probabilities(self) -> Array:
        """p of the last `forward`, of the logits' shape, until `backward` turns it into the gradient."""
        if self._p is None:
            raise SpentError("SoftmaxCrossEntropy.probabilities: call forward first")
        return self._p

    def forward(self, logits: Array, targets: Array, counted: Array | None = None) -> Any:
        """The mean loss, a scalar of the logits' dtype (on a GPU a zero-dimensional array).

        Parameters
        ----------
        logits : array (V, B) or (T, V, B)
        targets : integer array (B,) or (T, B)
        counted : bool array like targets, optional
            Which targets the mean is over; all unless given.

        Raises
        ------
        ValueError
            Shapes that do not match, no target at all, or a target outside the logits' rows; the message
            gives its position.
        """
        self._check(logits, targets, counted)
        xp = self.xp
        p = self._work("p", logits.shape, logits.dtype)
        one_hot = self._work("one_hot", logits.shape, np.dtype(bool))
        xp.equal(targets[..., None, :], xp.arange(logits.shape[-2])[:, None], out=one_hot)
        xp.subtract(logits, logits.real.max(axis=-2, keepdims=True), out=p)
        hits = xp.multiply(p, one_hot, out=self._work("hits", p.shape, p.dtype))
        at_target = hits.sum(axis=-2)
        xp.exp(p, out=p)
        total = p.sum(axis=-2)
        p /= total[..., None, :]
        self._p, self._one_hot = p, one_hot
        if counted is None:
            counted = xp.ones(targets.shape, bool)
        self.share = xp.divide(counted, counted.sum(), dtype=p.dtype)
        self.surprise = xp.log(total) - at_target
        return (self.surprise * self.share).sum()

    def backward(self) -> Array:
        """The gradient by the logits, of their shape, a work array.

        Raises
        ------
        SpentError
            A second call for one `forward`.
        """
        if self._p is None:
            raise SpentError("SoftmaxCrossEntropy.backward: call forward first, once for each backward")
        p, self._p = self._p, None
        p -= self._one_hot
        p *= self.share[..., None, :]
        return p

    def _check(self, logits: Array, targets: Array, counted: Array | None) -> None:
        if targets.shape != (*logits.shape[:-2], logits.shape[-1]):
            raise ValueError(f"targets {targets.shape} do not match logits {logits.shape}: want one a column")
        if not targets.size:
            raise ValueError(f"logits {logits.shape}: there is no target to compute a loss from")
        if counted is not None and counted.shape != targets.shape:
            raise ValueError(f"counted {counted.shape}: want {targets.shape}, the shape of targets")
        if self.backend.name == "cpu":  # on a GPU, looking would cost a synchronisation every batch
            if counted is not None and not counted.any():
                raise ValueError("counted: False for every target, so there is nothing to average")
            wrong = np.argwhere((targets < 0) | (targets >= logits.shape[-2]))
            if len(wrong):
                place = tuple(int(i) for i in wrong[0])
                raise ValueError(
                    f"target at {place} is {int(targets[place])}: want 0 to {logits.shape[-2] - 1}"
                )
