"""A recall task: for how long can a cell keep what it was told to keep? [P IV-B]"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..model import MelodyModel
from ..network import Adam, clip_by_global_norm

ITEMS, MARK = 8, 8
QUESTIONS = 9  # the question about the first item; those about the others follow
DISTANCES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
RECALLED, LEARNT = 0.9, 0.99  # shares of the items
RECALL_UNITS, RECALL_UPDATES = 64, 2000
RECALL_RATES = (0.001, 0.003, 0.01)  # each is tried for every cell and task, with a seed of its own
# How many items are marked, and whether each distance is learnt on its own.
TASKS = {"one alone": (1, True), "one": (1, False), "two": (2, False), "four": (4, False)}


def recall_batch(
    items: int, distance: int, columns: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A mark, `items` of 8 items, `distance` more as distractors, and a question about a marked one.

    The distractors look like items: only the mark says what to keep.

    Returns
    -------
    tokens : int array (1 + items + distance + 1, columns)
    asked : int array (columns,)
        The items that the questions ask for, which are the targets.
    """
    tokens = rng.integers(ITEMS, size=(items + distance + 2, columns))
    which = rng.integers(items, size=columns)
    tokens[0], tokens[-1] = MARK, QUESTIONS + which
    return tokens, tokens[1 + which, np.arange(columns)]


def recall(cell: str, items: int, lr: float, seed: int, shortest: int, longest: int) -> dict[int, float]:
    """Train a cell to recall one of the marked items after distractors, and measure how often it does.

    Each update has one distance, drawn uniformly on a logarithmic scale from the shortest to the longest. If
    these are equal, no shorter distances teach the cell what the long one needs. Training stops early once
    there is nothing left to learn.

    Returns
    -------
    dict
        For each of DISTANCES that was trained on, the share recalled out of 512.
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
    """What `recall` gives at each distance: all learnt together, or each alone up to the first failure."""
    if not alone:
        return recall(cell, items, lr, seed, DISTANCES[0], DISTANCES[-1])
    found: dict[int, float] = {}
    for distance in DISTANCES:
        found |= recall(cell, items, lr, seed, distance, distance)
        if found[distance] < RECALLED:
            break
    return found


def measure_recall(cell: str, seeds: int, say: Callable[[str], None] = print) -> dict[str, list[int]]:
    """The longest distance recalled in each of TASKS, for each seed, with the rate that is best for it."""
    found = {}
    for name, (items, alone) in TASKS.items():
        say(f"{cell.upper()}: recall, {name}")
        tried = {lr: accuracies(cell, items, alone, lr, seeds) for lr in RECALL_RATES}
        best = max(tried, key=lambda lr: sum(tried[lr].values()))
        found[name] = [longest_recalled(accuracies(cell, items, alone, best, seed)) for seed in range(seeds)]
    return found


def longest_recalled(accuracies: dict[int, float]) -> int:
    """The largest distance up to which the recall was good enough at every distance; 0 if at none."""
    longest = 0
    for distance in sorted(accuracies):
        if accuracies[distance] < RECALLED:
            break
        longest = distance
    return longest
