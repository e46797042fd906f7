"""Behind lesson 2: the pitches of a collection before and after transposition."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np

WHITE, BLACK = "#56B4E9", "#D55E00"
BLACK_KEYS = (1, 3, 6, 8, 10)  # pitch classes


def draw_pitches(shares: dict[str, np.ndarray], spread: Callable[[np.ndarray], float]) -> None:
    """A histogram for each way of transposing, from the share of each MIDI number."""
    _figure, axes = plt.subplots(3, 1, figsize=(10, 6.4), sharex=True, sharey=True, layout="constrained")
    pitches = np.arange(46, 90)
    outside = np.isin(pitches % 12, BLACK_KEYS)
    for axis, (name, share) in zip(axes, shares.items()):
        for some, colour, label in ((~outside, WHITE, "in C major"), (outside, BLACK, "not in C major")):
            axis.bar(pitches[some], 100 * share[pitches[some]], color=colour, width=0.8, label=label)
        axis.set(ylabel="% of all notes")
        axis.text(0.01, 0.93, f"{name}: like {spread(share):.1f} pitches", transform=axis.transAxes, va="top")
        for tonic in (60, 72):
            axis.axvline(tonic, color="gray", lw=1, ls=":", zorder=0)
    axes[0].legend(loc="upper right")
    axes[-1].set(xlabel="MIDI number (dotted lines: two Cs, an octave apart)", xticks=range(48, 90, 12))
    axes[-1].set_xticks(range(46, 90, 2), minor=True)
    plt.show()
