"""Behind lesson 13: networks trained with and without their state, and three figures."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np

from ...composing.sampling import sample
from ...corpus.corpus import Corpus
from ...model.model import MelodyModel
from ...music import Melody, decode
from ...network import Adam, clip_by_global_norm

BLUE, ORANGE, GRAY = "#0072B2", "#D55E00", "#999999"


def lanes(corpus: Corpus, B: int = 16) -> np.ndarray:
    """The training songs one after the other, delimiters between them, as B rows side by side: (n, B)."""
    songs = [np.append(corpus.delimiter, song) for song in corpus.part("training")]
    stream = np.concatenate(songs)
    n = len(stream) // B
    return stream[: n * B].reshape(B, n).T


def train(corpus: Corpus, T: int, carry: bool, symbols: int = 240_000, units: int = 64) -> MelodyModel:
    """The loop of the lesson, as it is shown there."""
    model = MelodyModel(len(corpus.vocabulary), units=units, dropout=0, rng=np.random.default_rng(0))
    model.vocabulary = corpus.vocabulary
    adam, rows, state = Adam(model.params, lr=0.005), lanes(corpus), None
    B = rows.shape[1]
    for k in range(symbols // (T * B)):
        at = k * T % (len(rows) - T)
        model.forward(rows[at : at + T], rows[at + 1 : at + T + 1], state if carry else None)
        state = model.state
        model.backward()
        clip_by_global_norm(model.grads, 1.0)
        adam.step(model.grads)
    return model


def compose(model: MelodyModel, steps: int = 96, seed: int = 5) -> Melody:
    """A melody at temperature 0.7."""
    return decode(sample(model, temperature=0.7, steps=steps, rng=np.random.default_rng(seed)))


def draw_losses(lengths: Sequence[int], curves: dict[str, list[float]]) -> None:
    """Losses against the length of the pieces, logarithmic."""
    _, axis = plt.subplots(figsize=(7.5, 4), layout="constrained")
    for (name, losses), colour, style in zip(curves.items(), (BLUE, ORANGE), ("o-", "s--")):
        axis.semilogx(lengths, losses, style, color=colour, lw=2, label=name)
    axis.set(xlabel="length T of a piece (logarithmic)", ylabel="held-out loss in nats a symbol")
    axis.set_xticks(lengths, [str(T) for T in lengths])
    axis.minorticks_off()
    axis.legend()
    plt.show()


def draw_cosines(lengths: Sequence[int], cosines: np.ndarray) -> None:
    """A curve for each song, (songs, lengths)."""
    _, axis = plt.subplots(figsize=(7.5, 4), layout="constrained")
    axis.axhline(1, color=GRAY, lw=1)
    axis.semilogx(lengths, cosines.T, "o-", lw=2)
    axis.set(xlabel="length T of a piece (logarithmic)", ylim=(0, 1.05))
    axis.set_ylabel("cosine with the gradient of the whole song")
    axis.set_xticks(lengths, [str(T) for T in lengths])
    axis.minorticks_off()
    plt.show()
