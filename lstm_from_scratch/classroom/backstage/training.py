"""A small network trained in a few seconds, for lessons that need one before training is their subject."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...model.model import MelodyModel
from ...network import Adam, clip_by_global_norm
from ...network.arrays import Array


def train_quickly(
    model: MelodyModel,
    stream: Array,
    *,
    steps: int,
    lr: float = 0.01,
    T: int = 64,
    B: int = 16,
    seed: int = 0,
    after_backward: Callable[[dict[str, Array]], None] | None = None,
    after_step: Callable[[MelodyModel], None] | None = None,
) -> float:
    """Train on random windows of a stream of integers; the mean loss of the last 50 steps, in nats.

    Parameters
    ----------
    after_backward : function of the gradients, or None
        May change them in place, before they are clipped.
    after_step : function of the model, or None
    """
    adam, rng, losses = Adam(model.params, lr=lr), np.random.default_rng(seed), []
    for _ in range(steps):
        window = stream[rng.integers(len(stream) - T, size=B) + np.arange(T + 1)[:, None]]
        losses.append(float(model.forward(window[:-1], window[1:])))
        model.backward()
        if after_backward:
            after_backward(model.grads)
        clip_by_global_norm(model.grads, 1.0)
        adam.step(model.grads)
        if after_step:
            after_step(model)
    return float(np.mean(losses[-50:]))
