"""Behind lesson 14: a network that listens, influence under a score, and the task of recall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from ...corpus.corpus import Corpus
from ...model.model import MelodyModel
from ...music import Melody, Vocabulary, decode
from ...network import LSTM, Adam, Dense, clip_by_global_norm
from ...paper.recall import ITEMS, QUESTIONS
from ..score_drawing import draw_score
from . import lesson_13

BLUE, ORANGE = "#0072B2", "#D55E00"
STEPS = 64
Batch = Callable[[int, int, np.random.Generator], tuple[np.ndarray, np.ndarray]]


class Listener:
    """A trained network's layers in float64, and what they read."""

    def __init__(self, corpus: Corpus):
        model = lesson_13.train(corpus, T=32, carry=True)
        rng, H = np.random.default_rng(0), model.units
        self.vocabulary: Vocabulary = corpus.vocabulary
        V = len(self.vocabulary)
        self.layer = LSTM(V, H, rng=rng, dtype=np.float64)
        self.dense = Dense(H, V, rng=rng, dtype=np.float64)
        for mine, theirs in ((self.layer, model.recurrent), (self.dense, model.dense)):
            for name in mine.params:
                mine.params[name][...] = theirs.params[name]

    def columns(self, symbols: list[str]) -> np.ndarray:
        """One-hot columns (T, V, 1) of a song's symbols, the delimiter first."""
        return np.eye(len(self.vocabulary))[self.vocabulary.ids(["/", *symbols])][:, :, None]

    def log_p(self, symbols: list[str], target: int) -> float:
        """ln p of what comes after these symbols."""
        y = self.dense.forward(self.layer.forward(self.columns(symbols))[-1:])[0, :, 0]
        return float(y[target] - y.max() - np.log(np.exp(y - y.max()).sum()))


def a_song(corpus: Corpus) -> tuple[list[str], int]:
    """The first 64 symbols of a validation song that has an onset next, and that symbol's integer."""
    for song in corpus.part("validation"):
        names = corpus.vocabulary.names(song)
        if len(song) > STEPS + 1 and names[STEPS] not in ("_", "r") and "r" not in names[:STEPS]:
            return names[:STEPS], int(song[STEPS])
    raise ValueError("no such song")


def draw_influence(symbols: list[str], influence: np.ndarray) -> Any:
    """The score of the symbols over the influence of each; the figure."""
    melody: Melody = decode(symbols)
    figure, (score, axis) = plt.subplots(
        2, 1, figsize=(12, 3.6), sharex=True, height_ratios=[1, 1.4], layout="constrained"
    )
    draw_score(score, melody, size=5)
    colours = ["#bbbbbb" if symbol == "_" else BLUE for symbol in symbols]
    axis.bar(np.arange(len(symbols)) + 0.5, influence, width=0.9, color=colours)
    axis.set(
        yscale="log", ylabel="influence", xlabel="time in 16ths (blue: an onset)", xlim=(0, len(symbols))
    )
    axis.set_xticks(range(0, len(symbols) + 1, 4))
    axis.grid(axis="y", alpha=0.4)
    return figure


def draw_agreement(by_gradient: np.ndarray, by_replacing: np.ndarray) -> None:
    """A dot a note, both axes logarithmic."""
    _, axis = plt.subplots(figsize=(5.5, 4), layout="constrained")
    axis.loglog(by_gradient, by_replacing, "o", color=BLUE)
    axis.set(xlabel="influence by the gradient", ylabel="change of ln p when replaced")
    plt.show()


def untrained(cell: str) -> MelodyModel:
    """A network for the task of recall."""
    return MelodyModel(QUESTIONS + 1, 64, cell, 0.0, rng=np.random.default_rng(0))


def learn(cell: str, batch: Batch, shortest: int, longest: int, updates: int = 600) -> float:
    """Train on the task with lengths between these, evenly on a logarithmic scale; the share right at 64."""
    model, rng = untrained(cell), np.random.default_rng(1)
    adam = Adam(model.params, lr=0.003)
    for _ in range(updates):
        n = int(np.exp(rng.uniform(np.log(shortest), np.log(longest + 1))))
        model.forward(*batch(max(n, shortest), 32, rng))
        model.backward()
        clip_by_global_norm(model.grads, 1.0)
        adam.step(model.grads)
    tokens, asked = batch(STEPS, 512, rng)
    return float((model.logits(tokens, last_only=True).argmax(axis=0) == asked).mean())


def draw_recall(found: dict[str, float]) -> None:
    """A bar for each network, and the level of guessing."""
    _, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
    colours = [ORANGE if "alone" in name else BLUE for name in found]
    bars = axis.bar(list(found), [100 * share for share in found.values()], color=colours)
    axis.bar_label(bars, fmt="%.0f")
    axis.axhline(100 / ITEMS, color="gray", ls="--")
    axis.set(ylabel="right at n = 64, in %", ylim=(0, 112))
    plt.show()


def arriving(cell: str, batch: Batch, n: int) -> float:
    """In an untrained network: the gradient that reaches the item, over the one at the question."""
    model = untrained(cell)
    tokens, asked = batch(n, 32, np.random.default_rng(2))
    x = np.eye(QUESTIONS + 1, dtype=np.float32)[tokens].transpose(0, 2, 1)
    h = model.recurrent.forward(x)
    R = np.zeros_like(h)
    y = model.dense.forward(h[-1:])
    p = np.exp(y - y.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[0, asked, np.arange(len(asked))] -= 1
    R[-1] = model.dense.backward(p)[0]
    norms = np.linalg.norm(np.asarray(model.recurrent.backward(R), float), axis=1).mean(axis=1)
    return float(norms[1] / norms[-1])
