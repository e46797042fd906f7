"""Means over training batches, summed on the device and fetched from it now and then."""

from __future__ import annotations

import math
from typing import Any

from ..network.backend import CPU, Backend

Row = dict[str, float]  # of a run's history
FETCH_EVERY = 50  # additions


class RunningMeans:
    """Means over the batches since the last validation.

    Parameters
    ----------
    backend : Backend
        Where the numbers come from. On the CPU each is read at once. Reading one from a GPU means waiting
        for it, so there `FETCH_EVERY` additions are fetched together.

    Attributes
    ----------
    worst : float
        The largest loss fetched since the last validation, or the first that was not finite.
    """

    NAMES = ("loss", "batches", "right", "targets", "right_onsets", "onsets")

    def __init__(self, backend: Backend = CPU) -> None:
        self._backend, self.worst = backend, 0.0
        self._pending: list[tuple[str, Any]] = []
        self._additions = 0
        self._sums = dict.fromkeys(self.NAMES, 0.0)

    def add(self, **numbers: Any) -> None:
        """Add numbers of the backend without waiting for them; each `loss` is that of one batch."""
        self._pending += numbers.items()
        self._additions += 1
        if self._backend.name == "cpu" or self._additions >= FETCH_EVERY:
            self.sums()

    def sums(self) -> dict[str, float]:
        """All sums so far, on the host; what is pending is fetched in one transfer."""
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
        """Start again, from nothing or from earlier sums."""
        self._pending.clear()
        self._additions, self.worst = 0, 0.0
        self._sums = dict(sums or dict.fromkeys(self.NAMES, 0.0))
