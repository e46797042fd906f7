"""Behind lesson 5: a bug that is hard to hear, and the error of a derivative against its step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from ...composing.sampling import sample
from ...model.model import MelodyModel
from ...music import Melody, Vocabulary, decode, encode
from ...network import SoftmaxCrossEntropy
from ...network.arrays import Array
from ..show_and_play import songs, tune
from .training import train_quickly

Rule = Callable[[Callable[[Any], Any], Any, Any], Any]
STYLES = (("#D55E00", "--"), ("#0072B2", "-"), ("#000000", ":"))
STEPS = 10.0 ** np.arange(-20, 0.1, 0.25)


def two_melodies() -> list[tuple[Melody, float]]:
    """What two networks compose after 300 steps, and their losses; the second has a bug in its backward."""

    def forget_the_state(grads: dict[str, Array]) -> None:
        grads["lstm.U"][...] = 0  # as where the line of dU was lost

    corpus = songs()
    stream = np.concatenate([np.append(corpus.delimiter, song) for song in corpus.part("training")])
    found = []
    for bug in (None, forget_the_state):
        model = MelodyModel(len(corpus.vocabulary), units=48, dropout=0, rng=np.random.default_rng(0))
        loss = train_quickly(model, stream, steps=300, T=32, after_backward=bug)
        rng = np.random.default_rng(3)
        symbols = sample(model, corpus.vocabulary, temperature=0.7, steps=96, rng=rng)
        found.append((decode(symbols), loss))
    return found


def draw_errors(
    f: Callable[[Any], Any], slope: Callable[[Any], Any], rules: list[Rule]
) -> dict[Any, np.ndarray]:
    """The median error of each rule against the step; the curves, by rule and kind of float."""
    points = np.linspace(0.5, 1.5, 101)  # the median over many x, since rounding differs from point to point

    def median_error(rule: Rule, delta: float, real: Any) -> float:
        found = rule(f, points.astype(real), real(delta))
        return float(np.median(np.abs(found / slope(points) - 1)))

    _figure, panels = plt.subplots(1, 2, figsize=(11, 4.4), sharey=True)
    curves: dict[Any, np.ndarray] = {}
    central = rules[1]
    for panel, real, title in zip(panels, (np.float64, np.float32), ("float64", "float32")):
        for rule, (colour, style) in zip(rules, STYLES):
            curve = np.array([median_error(rule, delta, real) for delta in STEPS])
            label = getattr(rule, "__name__", "").replace("_", " ")
            panel.loglog(STEPS, np.maximum(curve, 1e-17), style, color=colour, lw=2, label=label)
            curves[rule, title] = curve
        panel.plot(*best(curves[central, title]), "o", color="#0072B2", ms=8)
        panel.set(xlabel="step delta (logarithmic)", title=title)
        panel.grid(color="#dddddd")
    panels[0].set_ylabel("relative error of the derivative (median)")
    panels[0].legend(loc="center left")
    plt.tight_layout()
    plt.show()
    assert curves[central, "float64"].min() < 1e-9 < 1e-6 < curves[central, "float32"].min()
    assert curves[rules[2], "float64"][STEPS < 1e-9].max() < 1e-14
    return curves


def best(curve: np.ndarray) -> tuple[float, float]:
    """The step at which a curve of `draw_errors` is lowest, and its error there."""
    lowest = int(curve.argmin())
    return float(STEPS[lowest]), float(curve[lowest])


@dataclass
class RightGradient:
    """Scores y, the loss of y, and the right gradient a; some of its entries are tiny."""

    y: np.ndarray
    targets: np.ndarray
    a: np.ndarray

    def loss(self, y: np.ndarray) -> float:
        return float(SoftmaxCrossEntropy().forward(y, self.targets))


def right_gradient() -> RightGradient:
    """Of lesson 4: p minus one-hot, over the number of columns."""
    rng = np.random.default_rng(0)
    y, targets = rng.normal(0, 4, (10, 6)), rng.integers(0, 10, 6)
    p = np.exp(y) / np.exp(y).sum(axis=0)
    return RightGradient(y, targets, (p - (np.arange(10)[:, None] == targets)) / 6)


def pitches_of(name: str) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Four pitches of a tune as one-hot columns, the pitches that follow, and the tensors of two layers."""
    pitches = [symbol for symbol in encode(tune(name)) if symbol not in ("_", "r")]
    vocabulary = Vocabulary(pitches)
    V, H, B = len(vocabulary), 5, 4
    ids, rng = vocabulary.ids(pitches[: B + 1]), np.random.default_rng(1)
    shapes = {"W": (H, V), "b": (H, 1), "Wy": (V, H), "by": (V, 1)}
    tensors = {name: rng.uniform(-1, 1, shape) for name, shape in shapes.items()}
    return np.eye(V)[:, ids[:B]], np.array(ids[1:]), tensors
