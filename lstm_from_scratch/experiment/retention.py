"""How far back a model's memory reaches: in songs by cutting its context, and in a task of recall."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..network import Adam, clip_by_global_norm
from .evaluation import interval, log_softmax
from .model import MelodyModel

CONTEXTS = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
COLUMNS = 256  # windows side by side: all at once, those of a large corpus would take gigabytes
TOLERANCE = 1.01  # of the perplexity with the longest context
ITEMS, MARK = 8, 8
QUESTIONS = 9  # the question for the first item, then those for the others
DISTANCES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
RECALLED, LEARNT = 0.9, 0.99  # of the items
RECALL_UNITS, RECALL_UPDATES = 64, 2000
RECALL_RATES = (0.001, 0.003, 0.01)  # tried for each cell and task, with a seed that is not reported
TASKS = {"one alone": (1, True), "one": (1, False), "two": (2, False), "four": (4, False)}


def long_windows(
    songs: list[np.ndarray], delimiter: int, length: int = CONTEXTS[-1]
) -> tuple[np.ndarray, np.ndarray]:
    """Every symbol with `length` symbols of its song before it, and those.

    Returns
    -------
    windows : int array (targets, length + 1)
    of_song : int array (targets,)
        From 0, counting the songs that are long enough.

    Raises
    ------
    ValueError
        No song is long enough.
    """
    long_enough = [np.append(song, delimiter) for song in songs if len(song) >= length]
    if not long_enough:
        raise ValueError(f"no song has {length} symbols: nothing can be said about contexts that long")
    found = [np.lib.stride_tricks.sliding_window_view(song, length + 1) for song in long_enough]
    return np.concatenate(found), np.repeat(np.arange(len(found)), [len(windows) for windows in found])


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


def context_rows(nats: np.ndarray, of_song: np.ndarray) -> np.ndarray:
    """A row a song: its sums of `truncated_nats`, and how many targets they are: (songs, contexts + 1)."""
    rows = np.zeros((of_song.max() + 1, len(nats) + 1))
    np.add.at(rows, of_song, np.column_stack([nats.T, np.ones(len(of_song))]))
    return rows


def perplexities(sums: np.ndarray) -> np.ndarray:
    """exp of the nats a target for each context, from sums of the rows."""
    return np.exp(sums[:-1] / sums[-1])


def context_used(runs: list[np.ndarray]) -> dict[str, Any]:
    """Perplexities and effective lengths from the rows of runs that differ in their seed.

    Returns
    -------
    dict
        "perplexity" of the runs' mean nats, "effective_length" of it with its 95 % bootstrap interval over
        songs, and "effective_length_of_seeds", one a run.
    """
    mean = np.mean(runs, axis=0)
    length_of = lambda sums: effective_length(perplexities(sums))  # noqa: E731
    return {
        "perplexity": perplexities(mean.sum(axis=0)).tolist(),
        "effective_length": [length_of(mean.sum(axis=0)), *interval(mean, length_of)],
        "effective_length_of_seeds": [length_of(rows.sum(axis=0)) for rows in runs],
    }


def recall_batch(
    items: int, distance: int, columns: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A mark, so many of 8 items, `distance` more as distractors, a question for one of the marked ones.

    The distractors look as items do: what to keep is told by the mark alone.

    Returns
    -------
    tokens : int array (1 + items + distance + 1, columns)
    asked : int array (columns,)
        The items that the questions ask for: the targets.
    """
    tokens = rng.integers(ITEMS, size=(items + distance + 2, columns))
    which = rng.integers(items, size=columns)
    tokens[0], tokens[-1] = MARK, QUESTIONS + which
    return tokens, tokens[1 + which, np.arange(columns)]


def recall(cell: str, items: int, lr: float, seed: int, shortest: int, longest: int) -> dict[int, float]:
    """Train a cell to recall one of the marked items after distractors, and measure how often it does.

    Every update sees one distance, drawn evenly on a logarithmic scale between the shortest and the longest:
    with both alike, there are no short ones that would teach what long ones need. Training ends early once
    nothing is left to learn.

    Returns
    -------
    dict
        The share recalled, of 512, at each of DISTANCES that was learnt.
    """
    rng = np.random.default_rng([seed, 1])
    model = MelodyModel(QUESTIONS + items, RECALL_UNITS, cell, 0.0, rng=np.random.default_rng(seed))
    adam = Adam(model.params, lr)
    for update in range(1, RECALL_UPDATES + 1):
        distance = int(math.exp(rng.uniform(math.log(shortest), math.log(longest + 1))))
        model.forward(*recall_batch(items, max(distance, shortest), 32, rng))
        model.backward()
        clip_by_global_norm(model.grads, 1.0)
        adam.step(model.grads)
        if update % 100 == 0 and _recalled(model, items, longest, rng) > LEARNT:
            break
    return {d: _recalled(model, items, d, rng) for d in DISTANCES if shortest <= d <= longest}


def _recalled(model: MelodyModel, items: int, distance: int, rng: np.random.Generator) -> float:
    tokens, asked = recall_batch(items, distance, 512, rng)
    return float((model.logits(tokens, last_only=True).argmax(axis=0) == asked).mean())


def accuracies(cell: str, items: int, alone: bool, lr: float, seed: int) -> dict[int, float]:
    """What `recall` gives at each distance: learnt all together, or each alone, up to the first failure."""
    if not alone:
        return recall(cell, items, lr, seed, DISTANCES[0], DISTANCES[-1])
    found: dict[int, float] = {}
    for distance in DISTANCES:
        found |= recall(cell, items, lr, seed, distance, distance)
        if found[distance] < RECALLED:
            break
    return found


def measure_recall(cell: str, seeds: int, say: Callable[[str], None] = print) -> dict[str, list[int]]:
    """The longest distance recalled in each of TASKS, for each seed, with the rate that suits the cell."""
    found = {}
    for name, (items, alone) in TASKS.items():
        say(f"{cell.upper()}: recall, {name}")
        tried = {lr: accuracies(cell, items, alone, lr, seeds) for lr in RECALL_RATES}
        best = max(tried, key=lambda lr: sum(tried[lr].values()))
        found[name] = [longest_recalled(accuracies(cell, items, alone, best, seed)) for seed in range(seeds)]
    return found


def longest_recalled(accuracies: dict[int, float]) -> int:
    """The largest distance up to which every one was recalled often enough; 0 for none."""
    longest = 0
    for distance in sorted(accuracies):
        if accuracies[distance] < RECALLED:
            break
        longest = distance
    return longest
