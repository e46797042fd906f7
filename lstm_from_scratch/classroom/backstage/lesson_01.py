"""Behind lesson 1: the same tune as a score, a piano roll and a strip of symbols."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt

from ...music import Melody
from ..score_drawing import draw_score

BLUE, ORANGE = "#0072B2", "#D55E00"
PALE_BLUE, PALE_ORANGE = "#cce3f2", "#f8dccb"


def draw_three_ways(melody: Melody, symbols: list[str]) -> None:
    """Score over piano roll over symbols, on one axis of 16ths."""
    _, (score, roll, strip) = plt.subplots(
        3, 1, figsize=(12, 4.8), sharex=True, height_ratios=[2, 4, 0.8], layout="constrained"
    )
    draw_score(score, melody)
    _draw_roll(roll, melody)
    _draw_strip(strip, symbols)
    plt.show()


def _draw_roll(axis: Any, melody: Melody) -> None:
    onset = 0.0
    for pitch, duration in melody.notes:
        steps = float(4 * duration)
        if pitch is None:
            axis.text(onset + steps / 2, 66, "rest", ha="center", va="center", color=ORANGE)
        else:
            axis.barh(pitch, steps - 0.12, left=onset + 0.06, height=0.8, color=BLUE)
        onset += steps
    axis.set(ylabel="MIDI number", ylim=(58.5, 73.5), yticks=range(60, 73, 2))
    axis.grid(axis="y", alpha=0.4)
    axis.set_axisbelow(True)  # the lines lie under the blocks


def _draw_strip(axis: Any, symbols: list[str]) -> None:
    colours = {"_": "white", "r": PALE_ORANGE}
    for step, symbol in enumerate(symbols):
        colour = colours.get(symbol, PALE_BLUE)
        axis.axvspan(step, step + 1, facecolor=colour, edgecolor="gray", lw=0.5)
        axis.text(step + 0.5, 0.5, symbol, ha="center", va="center", fontsize=8)
    axis.set(xlabel="time in 16ths", yticks=[], xticks=range(0, len(symbols) + 1, 4), ylim=(0, 1))
