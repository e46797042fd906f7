"""Behind lesson 3: fresh Pythons, what has been seen before, and two figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np

GRAY, BLUE, ORANGE, GREEN = "gray", "#0072B2", "#D55E00", "#009E73"


def list_of_set(symbols: Sequence[str], secret: int) -> list[str]:
    """list(set(symbols)), by a Python that has just started with this secret number."""
    code = f"import json; print(json.dumps(list(set({list(symbols)!r}))))"
    environment = os.environ | {"PYTHONHASHSEED": str(secret)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    names: list[str] = json.loads(done.stdout)
    return names


def _runs(sequence: np.ndarray, length: int = 33) -> list[bytes]:
    """All runs of that many symbols."""
    text = np.asarray(sequence, np.uint8).tobytes()
    return [text[i : i + length] for i in range(len(text) - length + 1)]


def seen(judge: Iterable[np.ndarray], training: Iterable[np.ndarray]) -> float:
    """The share of the judge's runs of 33 symbols that the training part has too."""
    known = {run for sequence in training for run in _runs(sequence)}
    return float(np.mean([run in known for sequence in judge for run in _runs(sequence)]))


def seen_at_random(items: list[np.ndarray]) -> float:
    """The same, where a tenth of the items, drawn at random, are the judge's."""
    mine = np.random.default_rng(1).random(len(items)) < 0.1
    judge = [item for item, m in zip(items, mine) if m]
    return seen(judge, [item for item, m in zip(items, mine) if not m])


@dataclass
class Judge:
    """Measures a program on songs: called with one, it gives nats a symbol, accuracy and onset accuracy.

    Parameters
    ----------
    songs : list of integer arrays
    end, hold : int
        The delimiter and `_`.
    """

    songs: list[np.ndarray]
    end: int
    hold: int

    def __call__(self, predict: Callable[[list[int]], np.ndarray]) -> np.ndarray:
        """`predict` takes the ids so far, the first a delimiter, and gives (V,) or (orders, V) probabilities.

        Returns
        -------
        ndarray (3,) or (3, orders)
        """
        nats, right, onset = [], [], []
        for song in self.songs:
            so_far = [self.end, *song]
            for t, target in enumerate([*song, self.end]):
                p = predict(so_far[: t + 1])
                nats.append(-np.log(p[..., target]))
                right.append(p.argmax(axis=-1) == target)
                onset.append(target != self.hold)
        hits = np.array(right)
        return np.array([np.mean(nats, axis=0), hits.mean(axis=0), hits[np.array(onset)].mean(axis=0)])


def draw_shares(names: list[str], share: np.ndarray) -> None:
    """What the symbols are, and how frequent each pitch is; `share` (V,) is in percent."""
    pitches = [i for i, name in enumerate(names) if name.isdigit()]
    hold, rest, end = (share[names.index(name)] for name in "_r/")
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), width_ratios=[1, 2.6], layout="constrained")
    heights = [hold, share[pitches].sum(), rest, end]
    bars = left.bar(["'_'", "pitches", "'r'", "'/'"], heights, color=[GRAY, BLUE, ORANGE, GREEN])
    left.bar_label(bars, fmt="%.1f")
    left.set(ylabel="% of all symbols", ylim=(0, 78))
    right.bar([int(names[i]) for i in pitches], share[pitches], color=BLUE)
    right.set(xlabel="MIDI number", ylabel="% of all symbols", xticks=range(48, 85, 4))
    plt.show()


def draw_orders(results: dict[object, np.ndarray], orders: int) -> None:
    """Nats and accuracies of the n-grams up to that order, beside those of always `_`."""
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
    x = list(range(1, orders + 1))
    nats, accuracy, onset_accuracy = np.array([results[k] for k in x]).T
    always_nats, always_accuracy, _ = results["always _"]
    left.axhline(always_nats, color=GRAY, ls="--")
    left.text(orders, always_nats - 0.02, "always _", ha="right", va="top")
    left.plot(x, nats, "o-", color=BLUE, lw=2)
    left.set(xlabel="order n of the n-gram", ylabel="surprise in nats a symbol", ylim=(0.8, 1.9), xticks=x)
    right.axhline(100 * always_accuracy, color=GRAY, ls="--")
    right.text(orders, 100 * always_accuracy - 1.5, "accuracy of always _", ha="right", va="top")
    right.plot(x, 100 * accuracy, "o-", color=BLUE, lw=2, label="all symbols")
    right.plot(x, 100 * onset_accuracy, "s-", color=ORANGE, lw=2, label="onsets only")
    right.set(xlabel="order n of the n-gram", ylabel="accuracy in %", ylim=(-2, 80), xticks=x)
    right.legend(loc="center left")
    plt.show()
