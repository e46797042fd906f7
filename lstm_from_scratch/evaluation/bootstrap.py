"""Bootstrap intervals over songs: how much a figure might differ on other songs of the same kind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def interval(
    rows: np.ndarray, statistic: Callable[[np.ndarray], float], draws: int = 1000
) -> list[float | None]:
    """The 95 % bootstrap interval of a statistic of the summed rows, a row a song; the seed is fixed."""
    rng = np.random.default_rng(0)
    found = sorted(statistic(rows[rng.integers(len(rows), size=len(rows))].sum(axis=0)) for _ in range(draws))
    return [found[int(q * (draws - 1))] for q in (0.025, 0.975)] if found else [None, None]


def ratio(rows: np.ndarray, others: np.ndarray) -> list[float | None]:
    """One predictor's nats over another's on the same songs, and the paired bootstrap interval."""
    pairs = np.stack([rows[:, 0], others[:, 0]], axis=1)
    total, other = pairs.sum(axis=0)
    return [total / other, *interval(pairs, lambda sums: float(sums[0] / sums[1]))]
