"""Clocks: where the next symbol stands, in the bar and since the beginning, as small integers.

A clock is a further input of a network. Unlike the symbols it is known beforehand, so a user can ask for a
waltz, and the notes then fall where the barlines will be drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from .metre import Meter, bar_length
from .symbols import STEPS_A_QUARTER

# The meters that have places of their own, the commonest first.
METERS: tuple[Meter, ...] = ((4, 4), (3, 4), (2, 4), (6, 8), (3, 8))
STEPS = {meter: int(STEPS_A_QUARTER * bar_length(meter)) for meter in METERS}  # 16ths in a bar
FIRST_PLACE = {meter: sum(STEPS[m] for m in METERS[:k]) for k, meter in enumerate(METERS)}
NO_PLACE = sum(STEPS.values())  # the meter or the upbeat is not known, or is none of these

# How many values each kind of clock has. "bar" is the place in a bar of a meter, in 16ths. The others count
# 16ths since the beginning, round and round: they need no meter, and see longer phrases.
CLOCKS = {"bar": NO_PLACE + 1, "16": 16, "12": 12}


def clock_sizes(kinds: Sequence[str]) -> tuple[int, ...]:
    """How many values each of these clocks has.

    Raises
    ------
    ValueError
        A kind that there is not.
    """
    for kind in kinds:
        if kind not in CLOCKS:
            raise ValueError(f"clock {kind!r}: want one of {', '.join(CLOCKS)}")
    return tuple(CLOCKS[kind] for kind in kinds)


def read_clocks(
    kinds: Sequence[str],
    steps: int,
    meter: Meter | None = None,
    upbeat: Fraction = Fraction(0),
    first: int = 0,
) -> np.ndarray:
    """What each clock shows for each of some symbols.

    Parameters
    ----------
    kinds : sequence of str
        Keys of `CLOCKS`.
    steps : int
        How many symbols.
    meter : (int, int) or None
        The melody's.
    upbeat : Fraction
        Quarter lengths before the first full bar.
    first : int
        Which symbol of the melody is the first of these.

    Returns
    -------
    int array (steps, len(kinds))
    """
    symbols = np.arange(first, first + steps)
    columns = [_places(symbols, meter, upbeat) if kind == "bar" else symbols % CLOCKS[kind] for kind in kinds]
    return np.stack(columns, axis=1) if columns else np.zeros((steps, 0), int)


def _places(symbols: np.ndarray, meter: Meter | None, upbeat: Fraction) -> np.ndarray:
    """The place of each symbol in its bar."""
    before = STEPS_A_QUARTER * upbeat
    if meter not in STEPS or before.denominator != 1:
        return np.full(len(symbols), NO_PLACE)
    return FIRST_PLACE[meter] + (symbols - int(before)) % STEPS[meter]
