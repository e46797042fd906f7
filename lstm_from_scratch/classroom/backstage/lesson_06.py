"""Behind lesson 6: how far a state reaches, drawn."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np

COLOURS = ("#56B4E9", "#0072B2", "#000000", "#E69F00", "#D55E00")


def draw_reach(silent: dict[float, np.ndarray], reading: dict[float, np.ndarray]) -> None:
    """The norm of the derivative against the distance, for each spectral radius: in silence, and reading."""
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), sharey=True)
    _draw(left, silent, "in silence: every Jacobian is U")
    _draw(right, reading, "reading the tune")
    for rho, colour in zip(silent, COLOURS):
        distances = np.arange(len(silent[rho]))
        left.plot(distances * np.log10(rho), ":", color=colour, lw=1)
    left.set_ylabel(r"$\log_{10}$ of the norm of $\partial h_T / \partial h_{T-d}$")
    left.text(2, -29, "too small for a float32 to add to 1")
    plt.tight_layout(w_pad=4)
    plt.show()


def picture_of_reach(curves: dict[float, np.ndarray], title: str) -> Any:
    """One such picture, as a figure to be saved."""
    figure, axis = plt.subplots(figsize=(7, 4.6), layout="constrained")
    _draw(axis, curves, title)
    axis.set_ylabel(r"$\log_{10}$ of the norm of $\partial h_T / \partial h_{T-d}$")
    return figure


def _draw(axis: Any, curves: dict[float, np.ndarray], title: str) -> None:
    axis.axhspan(-31, -7, color="0.93")
    for (rho, norms), colour in zip(curves.items(), COLOURS):
        logs = np.log10(norms)
        axis.plot(logs, color=colour, lw=2)
        end = int(np.flatnonzero(logs > -30.5)[-1])
        axis.annotate(
            f"ρ = {rho}",
            (end, logs[end]),
            (5, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            annotation_clip=False,
        )
    steps = len(norms) - 1
    axis.set(xlabel="distance d in steps (16 are a bar)", title=title, xlim=(0, steps), ylim=(-31, 22))
    axis.set_xticks(range(0, steps + 1, 16))
    axis.grid(alpha=0.3)
