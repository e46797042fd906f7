"""Behind lesson 9: what the suspects learn by heart, and the evidence against them."""

from __future__ import annotations

from functools import partial

import matplotlib.pyplot as plt
import numpy as np

from ...music import encode
from ..graders import suspects
from ..show_and_play import tune
from .by_heart import Learnt, learn_by_heart

STEP = 1e-20  # of the complex step


def _run(letter: str, tensors: dict[str, np.ndarray], R: np.ndarray) -> dict[str, np.ndarray]:
    """One of the suspects, forward and backward."""
    found: dict[str, np.ndarray] = suspects.suspect(letter, tensors, R)  # type: ignore[no-untyped-call]
    return found


def learn_with_each(letters: str) -> dict[str, Learnt]:
    """What each suspect makes of the first half of a tune."""
    symbols = encode(tune("au_clair_de_la_lune"))[:64]
    return {letter: learn_by_heart(symbols, partial(_run, letter)) for letter in letters}


def slopes_of_its_own_loss(
    letter: str, tensors: dict[str, np.ndarray], R: np.ndarray
) -> dict[str, np.ndarray]:
    """The gradients of a suspect's own loss, by the complex step through its forward pass."""
    found = {name: np.empty(a.shape) for name, a in tensors.items()}
    p = {name: a.astype(complex) for name, a in tensors.items()}
    for name, a in p.items():
        for place in np.ndindex(a.shape):
            a[place] += STEP * 1j
            found[name][place] = (R * _run(letter, p, R)["h"]).sum().imag / STEP
            a[place] = a[place].real
    return found


def draw_evidence(evidence: dict[str, list[list[float]]], parts: list[str]) -> None:
    """The errors of each experiment: a row a suspect, a column a part."""
    figure, axes = plt.subplots(2, 2, figsize=(11.5, 7), sharex=True, sharey=True, layout="constrained")
    for axis, (title, errors) in zip(axes.flat, evidence.items()):
        table = np.log10(np.maximum(errors, 1e-16))
        if "itself" in title:
            table[:, 0] = np.nan  # h has no derivative to be checked
        picture = axis.imshow(table, vmin=-16, vmax=0, cmap="YlOrRd", aspect="auto")
        for row, column in np.ndindex(table.shape):
            if table[row, column] > -10:
                text = f"{10 ** table[row, column]:.2f}"
                axis.text(column, row, text, ha="center", va="center", color="white", fontsize=8)
        axis.set_title(title)
        axis.set_xticks(range(len(parts)), parts, rotation=45, ha="right")
        axis.set_yticks(range(6), "ABCDEF")
    figure.colorbar(picture, ax=axes, label="log10 of the error", fraction=0.03)
    figure.supylabel("suspect")
    plt.show()
