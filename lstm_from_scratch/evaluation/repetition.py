"""Does a melody come back to what it has said? The share of it that repeats itself, and where."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

RUN = 8  # symbols: half a bar of 4/4
PLACES = (0, 32, 64, 96, 128, 192, 256)  # symbols from the beginning


def repeated(symbols: Sequence[str]) -> np.ndarray:
    """Which symbols belong to a run of 8 or more that has already been heard, whole, earlier in the melody.

    Returns
    -------
    bool array (len(symbols),)
    """
    found = np.zeros(len(symbols), bool)
    first: dict[tuple[str, ...], int] = {}  # where each run of 8 begins for the first time
    for start in range(len(symbols) - RUN + 1):
        run = tuple(symbols[start : start + RUN])
        if first.setdefault(run, start) + RUN <= start:
            found[start : start + RUN] = True
    return found


def share_repeated(symbols: Sequence[str]) -> float:
    """The share of a melody's symbols that are `repeated`; 0 for an empty melody."""
    return float(repeated(symbols).mean()) if len(symbols) else 0.0


def repeated_by_place(melodies: Sequence[Sequence[str]]) -> dict[str, float]:
    """The share of all melodies' symbols that are `repeated` between each two of PLACES, named by the first.

    The last place has no end. Places that no melody reaches are left out.
    """
    masks = [repeated(melody) for melody in melodies]
    found = {}
    for start, end in pairwise([*PLACES, None]):
        there = np.concatenate([np.zeros(0, bool), *(mask[start:end] for mask in masks)])
        if len(there):
            found[str(start)] = float(there.mean())
    return found
