"""Behind lesson 7: what cells and gates hold, drawn under a score, and the tunes to learn."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from ...model.model import MelodyModel
from ...music import Melody, Vocabulary, decode, encode, read_kern
from ...music.rules import to_common_key
from ..score_drawing import draw_score
from ..show_and_play import TUNES
from .training import train_quickly

COLOURS = ("#56B4E9", "#000000", "#E69F00", "#D55E00")


def _sigmoid(z: float) -> float:
    return float(1 / (1 + np.exp(-z)))


def never_forget(melody: Melody) -> Melody:
    """What a memory that forgets nothing plays: at each step the pitch that has begun most often so far."""
    symbols = encode(to_common_key(melody))[:64]
    counts: dict[str, int] = {}
    played: list[str] = []
    before = ""
    for symbol in symbols:
        if symbol not in ("_", "r"):
            counts[symbol] = counts.get(symbol, 0) + 1
        now = max(counts, key=lambda pitch: counts[pitch])
        played.append("_" if now == before else now)
        before = now
    return decode(played)


def heard(h: np.ndarray, pitches: list[str], threshold: float = 0.4) -> list[str]:
    """The symbols of what a net's state h (T, H) says is sounding, above a threshold."""
    said, before = [], None
    for row in h:
        now = pitches[row.argmax()] if row.max() > threshold else "r"
        said.append("_" if now == before else now)
        before = now
    return said


def draw_held(melody: Melody, pitches: list[str], rolls: dict[float, np.ndarray]) -> None:
    """What the units show (T, H), for each forget bias, under the score."""
    figure, axes = plt.subplots(
        1 + len(rolls), 1, figsize=(11, 5.8), sharex=True, height_ratios=[0.8, 1, 1, 1], layout="constrained"
    )
    draw_score(axes[0], melody, size=5)
    for axis, (bias, h) in zip(axes[1:], rolls.items()):
        picture = axis.imshow(
            h.T,
            origin="lower",
            aspect="auto",
            cmap="Blues",
            vmin=0,
            vmax=1,
            extent=(0, len(h), 0, len(pitches)),
            interpolation="none",
        )
        axis.set_yticks(np.arange(len(pitches)) + 0.5, pitches)
        axis.set(ylabel="unit for", title=f"forget bias {bias}: f = {_sigmoid(bias):.4f}")
    axes[-1].set(xlabel="time in 16ths", xticks=range(0, len(h) + 1, 4))
    figure.colorbar(picture, ax=axes[1:], label="h, what the cell shows", fraction=0.03)
    plt.show()


def draw_left(curves: dict[float, np.ndarray]) -> None:
    """What is left on the belt after 0 to T steps, for each forget bias, beside the power of its sigmoid."""
    _figure, axis = plt.subplots(figsize=(8, 4.2))
    for (bias, curve), colour in zip(curves.items(), COLOURS):
        T = len(curve) - 1
        dots = np.arange(0, T + 1, 8)
        axis.plot(np.log10(curve), color=colour, lw=2)
        axis.plot(dots, dots * np.log10(_sigmoid(bias)), "o", color=colour, ms=5)
        axis.annotate(
            f"bias {bias}",
            (T, np.log10(curve[-1])),
            (5, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            annotation_clip=False,
        )
    axis.set(xlabel="distance in steps (16 are a bar)", xlim=(0, T))
    axis.set_ylabel(r"$\log_{10}$ of $\partial c_T / \partial c_t$ along the belt")
    axis.set_xticks(range(0, T + 1, 16))
    axis.grid(alpha=0.3)
    plt.show()


def learn_the_tunes(units: int = 16) -> tuple[MelodyModel, Vocabulary, float]:
    """A network that has learnt our own tunes for 1,500 steps, its vocabulary, and its loss.

    Only for the picture, all weights shrink by a thousandth at each step: so fewer gates are quite open or
    quite shut, where the colours would not change.
    """
    tunes = [read_kern(path) for path in sorted(TUNES.glob("*.krn"))]
    on_grid = [m for m in tunes if all((4 * note.duration).denominator == 1 for note in m.notes)]
    melodies = [encode(to_common_key(melody)) for melody in on_grid]
    vocabulary = Vocabulary([symbol for melody in melodies for symbol in melody] + ["/"])  # "/" between songs
    stream = np.array([k for melody in melodies for k in vocabulary.ids(("/", *melody))])

    def shrink(model: MelodyModel) -> None:
        model.weights *= 0.999

    model = MelodyModel(
        len(vocabulary), units=units, dropout=0, rng=np.random.default_rng(0), dtype=np.float64
    )
    loss = train_quickly(model, stream, steps=1500, after_step=shrink)
    return model, vocabulary, loss


def draw_gates(melody: Melody, gates: dict[str, np.ndarray]) -> None:
    """Gates and cell, each (units, steps), under the score; the units that keep most at the top."""
    order = np.argsort(gates["forget gate f"].mean(axis=1))
    figure, axes = plt.subplots(
        5, 1, figsize=(11, 8), sharex=True, height_ratios=[0.6, 1, 1, 1, 1], layout="constrained"
    )
    draw_score(axes[0], melody, size=5)
    for axis, (title, values) in zip(axes[1:], gates.items()):
        units, steps = values.shape
        cell = "cell" in title
        picture = axis.imshow(
            values[order],
            cmap="RdBu_r" if cell else "viridis",
            vmin=-1 if cell else 0,
            vmax=1,
            origin="lower",
            aspect="auto",
            extent=(0, steps, 0, units),
            interpolation="none",
        )
        axis.set(ylabel="unit", title=title, yticks=range(0, units + 1, 8))
        figure.colorbar(picture, ax=axis, fraction=0.03, pad=0.01)
    axes[-1].set(xlabel="time in 16ths", xticks=range(0, steps + 1, 4))
    plt.show()
