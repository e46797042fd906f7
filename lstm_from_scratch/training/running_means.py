"""Measures of training, summed where they are computed and fetched now and then."""

from __future__ import annotations

import math
from typing import Any

from ..network.backend import CPU, Backend

Row = dict[str, float]
FETCH = 50  # additions


class Meter:
    """Means over the batches since the last validation, fetched from the device once in many batches.

    Parameters
    ----------
    backend : Backend
        Where the numbers come from. The CPU's are looked at at once; a GPU has to be waited for, so its
        numbers are fetched together after `FETCH` additions.

    Attributes
    ----------
    worst : float
        The largest loss that was fetched since the last validation, or the first that is no number.
    """

    NAMES = ("loss", "batches", "right", "targets", "right_onsets", "onsets")

    def __init__(self, backend: Backend = CPU) -> None:
        self._backend, self.worst = backend, 0.0
        self._pending: list[tuple[str, Any]] = []
        self._additions = 0
        self._sums = dict.fromkeys(self.NAMES, 0.0)

    def add(self, **numbers: Any) -> None:
        """Add numbers of the backend, without a wait; each loss is that of a batch."""
        self._pending += numbers.items()
        self._additions += 1
        if self._backend.name == "cpu" or self._additions >= FETCH:
            self.sums()

    def sums(self) -> dict[str, float]:
        """All sums so far, on the host, after one transfer and one wait for all that is pending."""
        if self._pending:
            names, numbers = zip(*self._pending)
            fetched = self._backend.to_host(self._backend.xp.stack(numbers))
            for name, number in zip(names, fetched.tolist()):
                self._sums[name] += number
                if name == "loss":
                    self._sums["batches"] += 1
                    self._compare(number)
        self._pending.clear()
        self._additions = 0
        return self._sums

    def _compare(self, loss: float) -> None:
        if math.isfinite(self.worst) and not loss <= self.worst:
            self.worst = loss

    def means(self) -> Row:
        """Loss in nats, accuracy and onset accuracy."""
        s = self.sums()
        return {
            "loss": s["loss"] / max(s["batches"], 1),
            "accuracy": s["right"] / max(s["targets"], 1),
            "onset_accuracy": s["right_onsets"] / max(s["onsets"], 1),
        }

    def restore(self, sums: dict[str, float] | None = None) -> None:
        """Begin anew, or go on from sums."""
        self._pending.clear()
        self._additions, self.worst = 0, 0.0
        self._sums = dict(sums or dict.fromkeys(self.NAMES, 0.0))
