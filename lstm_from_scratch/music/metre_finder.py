"""Finding the meter and the upbeat of a melody that has none, from its notes.

Every meter and upbeat that songs have is tried. Each gets points: for how common it is, for notes that
begin on its beats and long ones that begin on strong beats, against notes that sound across a barline or a
beat, for rhythms that return after a bar, and for a number of bars that songs have. The most points win.
`benchmarks/metre.py` chose the weights, on songs whose meter is known, and measures what they are worth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import lcm, log, log2, sqrt

from .melody import Melody
from .metre import Meter, beat_levels

# How many of 1,360 German folk songs have a meter and an upbeat of so many 8ths; `erk`, training part.
SONGS: dict[Meter, dict[int, int]] = {
    (4, 4): {2: 266, 0: 83, 3: 16, 1: 11, 6: 8, 4: 8},
    (3, 4): {2: 216, 0: 63, 1: 51, 3: 39},
    (2, 4): {1: 200, 0: 124, 2: 13, 3: 5},
    (6, 8): {1: 131, 0: 14, 3: 3},
    (3, 8): {1: 46, 0: 36},
    (6, 4): {2: 12, 4: 1},
    (3, 2): {2: 3, 0: 2, 4: 1},
    (2, 2): {2: 1, 0: 1},
    (4, 2): {4: 1, 0: 1},
}

# Points. A note is long by the logarithm of its 16ths: an 8th by 1, a quarter by 2, a half by 3.
WEIGHTS = {
    "share of songs": 0.89,  # its logarithm
    "full bars": 2.59,  # the melody is a whole number of them, upbeat and last bar together
    "even bars": 0.78,
    "bars": -2.28,  # the logarithm of their number
    "bars from 12": -1.84,  # the square of the logarithm of their number over 12
    "downbeats with a note": 0.12,
    "downbeats without": -0.50,
    "half bars with a note": -0.39,
    "half bars without": -0.66,
    "beats with a note": 0.03,
    "beats without": -0.17,
    "notes off the half beat": -0.17,
    "across a barline": -1.0,  # -0.51 by the songs; no worse on them, and better for melodies that wander
    "across a beat": -0.25,
    "long on downbeats": 0.14,
    "long on half bars": 0.25,
    "long on beats": 0.04,
    "long up to a barline": -0.38,
    "again after a bar": 1.23,  # the share of onsets with one a bar later, times the root of their number
}
LONG = 1.9  # times as long as the melody's notes are on average
USUAL_BARS = 12


def find_metre(melody: Melody) -> tuple[Meter, Fraction]:
    """The meter and the upbeat, in quarter lengths, that fit a melody best.

    Parameters
    ----------
    melody : Melody
        Its own meter, if any, is not looked at. A rest at its end may fill the last bar.

    Returns
    -------
    (int, int)
    Fraction
        At most the melody's duration.
    """
    if not melody.notes:
        return next(iter(SONGS)), Fraction(0)
    points = {metre: _points(measured) for metre, measured in measure_candidates(melody)}
    return max(points, key=lambda metre: points[metre])


def in_its_metre(melody: Melody) -> Melody:
    """The melody with the meter and the upbeat that `find_metre` finds, in place of any others."""
    meter, upbeat = find_metre(melody)
    return replace(melody, meter=meter, upbeat=upbeat, meter_changes=())


def _points(measured: dict[str, float]) -> float:
    return sum(WEIGHTS[name] * value for name, value in measured.items())


def measure_candidates(melody: Melody) -> Iterator[tuple[tuple[Meter, Fraction], dict[str, float]]]:
    """What gives each meter and upbeat its points, by the names in `WEIGHTS`."""
    quarter = lcm(4, *(duration.denominator for _, duration in melody.notes))  # ticks
    notes: list[tuple[int, int]] = []
    end = 0
    for _, duration in melody.notes:
        notes.append((end, int(duration * quarter)))
        end += notes[-1][1]
    songs = sum(sum(upbeats.values()) for upbeats in SONGS.values())
    for meter, upbeats in SONGS.items():
        for eighths, count in upbeats.items():
            upbeat = Fraction(eighths, 2)
            if upbeat <= melody.duration:
                measured = _measure(notes, end, quarter, meter, int(upbeat * quarter))
                yield (meter, upbeat), measured | {"share of songs": log(count / songs)}


def _measure(
    notes: list[tuple[int, int]], end: int, quarter: int, meter: Meter, upbeat: int
) -> dict[str, float]:
    """All but the share of songs; notes are (onset, duration) in ticks, of which a quarter has so many."""
    bar, *half, beat, part, _ = (int(level * quarter) for level in beat_levels(meter))
    onsets = {onset for onset, _ in notes}
    mean = end / len(notes)
    measured = dict.fromkeys(WEIGHTS, 0.0)
    bars = end / bar
    measured["full bars"] = bars.is_integer()
    measured["even bars"] = (bars / 2).is_integer()
    measured["bars"] = log2(bars)
    measured["bars from 12"] = log2(bars / USUAL_BARS) ** 2
    for time in range(upbeat % beat, end, beat):
        level = _level((time - upbeat) % bar, *half)
        measured[f"{level}s with a note" if time in onsets else f"{level}s without"] += 1
    for onset, duration in notes:
        place = (onset - upbeat) % bar
        measured["notes off the half beat"] += place % part != 0
        measured["across a barline"] += place + duration > bar
        measured["across a beat"] += place % beat != 0 and place % beat + duration > beat
        if place % beat == 0:
            measured[f"long on {_level(place, *half)}s"] += log2(4 * duration / quarter)
        measured["long up to a barline"] += place + duration == bar and duration >= LONG * mean
    could_return = sum(onset + bar < end for onset in onsets)
    again = sum(onset + bar in onsets for onset in onsets)
    measured["again after a bar"] = sqrt(len(notes)) * again / max(1, could_return)
    return measured


def _level(place: int, half_bar: int | None = None) -> str:
    """What a beat at this place in the bar is called."""
    return "downbeat" if place == 0 else "half bar" if place == half_bar else "beat"
