"""A training step makes no large arrays: all work arrays are those of the step before."""

import tracemalloc

import numpy as np
import pytest

from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.network import Adam, clip_by_global_norm


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("every", [True, False])
def test_no_allocation_is_as_large_as_a_batch_of_logits(cell, every):
    T, B, V, H = 64, 64, 40, 64
    rng = np.random.default_rng(0)
    model = MelodyModel(V, H, cell, rng=rng)
    adam = Adam(model.params)
    tokens, targets = rng.integers(0, V, (T, B)), rng.integers(0, V, (T, B) if every else B)

    def step():
        model.forward(tokens, targets)
        model.backward()
        clip_by_global_norm(model.grads, 1.0)
        adam.step(model.grads)

    step()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        step()
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert peak < 4 * T * V * B  # all that lives at one moment, so every single array too
