"""Measures of training, summed where they are computed and fetched now and then."""

from __future__ import annotations

import math
from typing import Any

Row = dict[str, float]


class Meter:
    """Means over the batches since the last validation, fetched from the device once in many batches.

    Parameters
    ----------
    every : int
        Additions after which they are fetched: a GPU has to be waited for, the CPU has not.

    Attributes
    ----------
    worst : float
        The largest loss that was fetched since the last validation, or the first that is no number.
    """

    NAMES = ("loss", "batches", "right", "targets", "right_onsets", "onsets")

    def __init__(self, every: int = 50) -> None:
        self._every, self.worst = every, 0.0
        self._pending: list[Any] = []
        self._sums = dict.fromkeys(self.NAMES, 0.0)

    def add(self, **numbers: Any) -> None:
        """Add numbers, some of which may lie on the device."""
        self._pending.append(numbers)
        if len(self._pending) >= self._every:
            self.sums()

    def sums(self) -> dict[str, float]:
        """All sums so far, on the host."""
        for numbers in self._pending:
            for name, number in numbers.items():
                self._sums[name] += float(number)
            self._compare(float(numbers.get("loss", 0.0)))
        self._pending.clear()
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
        self.worst = 0.0
        self._sums = dict(sums or dict.fromkeys(self.NAMES, 0.0))
