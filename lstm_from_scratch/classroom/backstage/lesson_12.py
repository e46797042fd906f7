"""Behind lesson 12: a model to draw from, melodies drawn with a student's functions, and their measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np

from ...composing import sampling
from ...composing.player import Player
from ...corpus.corpus import Corpus
from ...evaluation.copying import training_spans
from ...model.model import MelodyModel
from ...training.recipe import Recipe
from ...training.run import Run

BLUE, ORANGE = "#0072B2", "#D55E00"


def train(corpus: Corpus, held_out: list[np.ndarray]) -> tuple[MelodyModel, np.ndarray, np.ndarray]:
    """A small model, and its logits (steps, V) on the songs held out: at step 300, and at the end."""

    def scores(model: MelodyModel) -> np.ndarray:
        songs = [np.append(corpus.delimiter, song)[:, None] for song in held_out]
        return np.concatenate([np.asarray(model.logits(song))[:, :, 0].astype(float) for song in songs])

    recipe = Recipe(
        objective="stream",
        units=64,
        batch=16,
        length=32,
        lr=0.005,
        warmup=50,
        decay=True,
        averaging=0.99,
        clip=1.0,
        steps=1500,
    )
    run = Run(corpus, recipe, seed=0)
    early = np.empty(0)
    while not run.finished:
        run.advance()
        if run.step == 300:
            early = scores(run.averaged)
    return run.averaged, early, scores(run.averaged)


class Composer:
    """Draws melodies from a model: `tempered(y, T)` and `draw(p, u)` may be a student's own."""

    def __init__(
        self,
        model: MelodyModel,
        tempered: Callable[[np.ndarray, float], np.ndarray] = sampling.tempered,
        draw: Callable[[np.ndarray, float], int] | None = None,
    ):
        self.model, self.tempered = model, tempered
        self.draw = draw or (lambda p, u: int(np.searchsorted(np.cumsum(p), u * p.sum(), side="right")))

    def __call__(self, T: float, seed: int = 8, steps: int = 64) -> list[str]:
        """So many symbols, none of them a delimiter."""
        vocabulary = self.model.vocabulary
        assert vocabulary is not None
        delimiter, hold = vocabulary.ids(["/", "_"])
        player, rng = Player(self.model, delimiter), np.random.default_rng(seed)
        ids: list[int] = []
        with self.model.recurrent.frozen():
            logits = player.start()[:, 0]
            logits[hold] = -np.inf  # a melody begins with an onset
            while len(ids) < steps:
                logits[delimiter] = -np.inf
                ids.append(self.draw(self.tempered(logits.astype(float), T), rng.random()))
                logits = player.step(ids[-1])[:, 0]
        return vocabulary.names(ids)


def draw_entropies(
    logits: np.ndarray, mean_entropy: Callable[[np.ndarray, float], float], marked: Sequence[float]
) -> None:
    """One step's scores at three temperatures, and the mean entropy against the temperature."""
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2))
    V = logits.shape[1]
    ranked = np.sort(logits[0] - logits[0].max())[::-1]
    for T, colour, style in ((0.5, BLUE, "-"), (1.0, "black", "--"), (2.0, ORANGE, ":")):
        left.plot(range(1, V + 1), ranked / T, style, color=colour, lw=2, label=f"T = {T}")
    left.set(xlabel="rank of the symbol", ylabel="(y - largest y) / T, in nats", title="one step of one song")
    left.legend()
    grid = np.geomspace(0.1, 10, 25)
    right.axhline(np.log(V), color="gray", lw=1)
    right.text(0.1, np.log(V) - 0.05, "ln V: uniform", va="top")
    right.semilogx(grid, [mean_entropy(logits[::5], T) for T in grid], color=BLUE, lw=2)
    for T in marked:
        S = mean_entropy(logits[::5], T)
        right.semilogx(T, S, "o", color=ORANGE, ms=8)
        right.annotate(f"T = {T}", (T, S), (8, -4), textcoords="offset points", va="top")
    right.set(xlabel="temperature T (logarithmic)", ylabel="mean entropy in nats a symbol")
    right.set_title("30 held-out songs")
    right.set_xticks([0.1, 0.2, 0.5, 1, 2, 5, 10], [0.1, 0.2, 0.5, 1, 2, 5, 10])
    plt.tight_layout()
    plt.show()


class Measure:
    """Onsets, leaps, pitches and the longest span copied of some melodies: means, of the last the median."""

    def __init__(self, corpus: Corpus):
        self.find = training_spans(corpus)

    def __call__(self, melodies: list[list[str]]) -> tuple[float, float, float, float]:
        pitches = [[int(s) for s in melody if s not in ("_", "r")] for melody in melodies]
        intervals = np.concatenate([np.abs(np.diff(p)) for p in pitches])
        onsets = np.mean([s != "_" for melody in melodies for s in melody])
        copied = np.median([self.find(melody)[0] for melody in melodies])
        different = np.mean([len(set(p)) for p in pitches])
        return float(onsets), float(np.mean(intervals > 5)), float(different), float(copied)
