"""How far back a model's memory reaches: in songs by cutting its context, and in a task of recall."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..network import Adam, clip_by_global_norm
from .evaluation import log_softmax
from .model import MelodyModel

CONTEXTS = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
COLUMNS = 256  # windows side by side: all at once, those of a large corpus would take gigabytes
TOLERANCE = 1.01  # of the perplexity with the longest context
ITEMS = 8
MARK, CUE = ITEMS, ITEMS + 1
DISTANCES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
RECALLED, LEARNT = 0.9, 0.99  # of the items
RECALL_UNITS, RECALL_UPDATES, RECALL_LR = 64, 2000, 0.002


def long_windows(songs: list[np.ndarray], delimiter: int, length: int = CONTEXTS[-1]) -> np.ndarray:
    """Every symbol with `length` symbols of its song before it, and those: (targets, length + 1).

    Raises
    ------
    ValueError
        No song is long enough.
    """
    long_enough = [np.append(song, delimiter) for song in songs if len(song) >= length]
    if not long_enough:
        raise ValueError(f"no song has {length} symbols: nothing can be said about contexts that long")
    return np.concatenate([np.lib.stride_tricks.sliding_window_view(s, length + 1) for s in long_enough])


def truncated_nats(model: MelodyModel, windows: np.ndarray, contexts: Sequence[int] = CONTEXTS) -> np.ndarray:
    """-ln p of the windows' last symbols, each given only the L symbols before it. [Khandelwal18]

    The model starts from the zero state.

    Returns
    -------
    float array (len(contexts), targets)
    """
    nats = np.empty((len(contexts), len(windows)))
    for row, length in enumerate(contexts):
        for start in range(0, len(windows), COLUMNS):
            some = windows[start : start + COLUMNS]
            tokens = model.backend.to_device(some[:, -1 - length : -1].T)
            p = log_softmax(model.backend.to_host(model.logits(tokens, last_only=True)))
            nats[row, start : start + COLUMNS] = -p[some[:, -1], np.arange(len(some))]
    return nats


def gradient_norms(
    model: MelodyModel, windows: np.ndarray, contexts: Sequence[int] = CONTEXTS
) -> list[float]:
    """The norm of d(-ln p)/d(state) L steps before the target, mean over the windows. [Pascanu13]

    The state is h, and for an LSTM h and c together.
    """
    parts = [windows[start : start + COLUMNS] for start in range(0, len(windows), COLUMNS)]
    return [
        sum(float(_state_gradients(model, some, length).sum()) for some in parts) / len(windows)
        for length in contexts
    ]


def _state_gradients(model: MelodyModel, windows: np.ndarray, length: int) -> np.ndarray:
    """For each window the norm of its own loss's gradient by the state so many steps before its target."""
    to_device = model.backend.to_device
    before, last = windows[:, : -1 - length].T, windows[:, -1 - length : -1].T
    state = None
    if len(before):
        model.logits(to_device(before), last_only=True)
        state = model.state
    model.forward(to_device(last), to_device(windows[:, -1]), state, training=False)
    model.backward()
    layer = model.recurrent
    squares = sum((d**2).sum(axis=0) for d in (layer.dh0, getattr(layer, "dc0", None)) if d is not None)
    return model.backend.to_host(squares**0.5) * len(windows)  # the loss is a mean over the windows


def effective_length(perplexities: Sequence[float], contexts: Sequence[int] = CONTEXTS) -> int:
    """The least L from which on no perplexity exceeds the last by more than one per cent. [Khandelwal18]"""
    limit = TOLERANCE * perplexities[-1]
    too_high = [i for i, perplexity in enumerate(perplexities) if perplexity > limit]
    return contexts[too_high[-1] + 1] if too_high else contexts[0]


def recall_batch(distance: int, columns: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A mark, one of 8 items, `distance` more as distractors, a cue: tokens (distance + 3, B), targets (B,).

    The target is the marked item. The distractors look as items do: what to keep is told by the mark alone.
    """
    tokens = rng.integers(ITEMS, size=(distance + 3, columns))
    tokens[0], tokens[-1] = MARK, CUE
    return tokens, tokens[1].copy()


def recall(cell: str, units: int, lr: float, updates: int, seed: int, shortest: int, longest: int) -> float:
    """Train a cell to recall a marked item after distractors, and measure how often it does at `longest`.

    Every update sees one distance, drawn evenly on a logarithmic scale between the shortest and the longest:
    with both alike, there are no short ones that would teach what long ones need. Training ends early once
    nothing is left to learn.

    Returns
    -------
    float
        The share recalled, of 512.
    """
    rng = np.random.default_rng([seed, 1])
    model = MelodyModel(CUE + 1, units, cell, 0.0, rng=np.random.default_rng(seed))
    adam = Adam(model.params, lr)
    accuracy = 0.0
    for update in range(1, updates + 1):
        distance = int(math.exp(rng.uniform(math.log(shortest), math.log(longest + 1))))
        model.forward(*recall_batch(max(distance, shortest), 32, rng))
        model.backward()
        clip_by_global_norm(model.grads, 1.0)
        adam.step(model.grads)
        if update % 100 == 0 or update == updates:
            tokens, items = recall_batch(longest, 512, rng)
            accuracy = float((model.logits(tokens, last_only=True).argmax(axis=0) == items).mean())
            if accuracy > LEARNT:
                break
    return accuracy


def measure_recall(cell: str, seeds: int, say: Callable[[str], None] = print) -> dict[str, Any]:
    """The longest distance recalled, learnt at that distance alone and among shorter ones, for each seed."""
    found: dict[str, Any] = {"alone": [], "mixed": []}
    for seed in range(seeds):
        say(f"{cell.upper()}: recall, seed {seed}")
        for kind in found:
            accuracies: dict[int, float] = {}
            for distance in DISTANCES:
                shortest = distance if kind == "alone" else 1
                accuracies[distance] = recall(
                    cell, RECALL_UNITS, RECALL_LR, RECALL_UPDATES, seed, shortest, distance
                )
                if accuracies[distance] < RECALLED:
                    break
            found[kind].append(longest_recalled(accuracies))
    return found


def longest_recalled(accuracies: dict[int, float]) -> int:
    """The largest distance up to which every one was recalled often enough; 0 for none."""
    longest = 0
    for distance in sorted(accuracies):
        if accuracies[distance] < RECALLED:
            break
        longest = distance
    return longest
