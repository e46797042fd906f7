"""The paper's two rules for preparing a melody: acceptable durations, and one key for all.

[P III-A2]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import sqrt

from .melody import Melody
from .spelling import Key

# In quarter lengths.
ACCEPTABLE_DURATIONS = frozenset(Fraction(d) for d in (0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4))

# How well each pitch class fits a key, from the tonic upwards. [KK82]
PROFILES = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
ALL_KEYS = tuple((tonic, mode) for tonic in range(12) for mode in PROFILES)


def keep_acceptable_events(melody: Melody) -> Melody:
    """The paper's rule: notes and rests of any other duration are left out. [P III-A2]

    What is left has no trustworthy bars, so a melody that lost an event has neither meter nor upbeat.
    """
    kept = tuple(n for n in melody.notes if n.duration in ACCEPTABLE_DURATIONS)
    if len(kept) == len(melody.notes):
        return melody
    return replace(melody, notes=kept, meter=None, upbeat=Fraction(0), meter_changes=())


def has_acceptable_durations(melody: Melody) -> bool:
    """The tutorial's rule: whether the whole song may stay."""
    return all(note.duration in ACCEPTABLE_DURATIONS for note in melody.notes)


def estimate_key(melody: Melody, among: Iterable[Key] = ALL_KEYS) -> Key:
    """The key, of some, whose profile correlates best with the time spent on each pitch class. [KK82]

    Parameters
    ----------
    melody : Melody
    among : iterable of (int, str)
        Where the tonic is known: its major and its minor.
    """
    weights = [0.0] * 12
    for pitch, duration in melody.notes:
        if pitch is not None:
            weights[pitch % 12] += float(duration)
    return max(among, key=lambda k: _correlation(weights[k[0] :] + weights[: k[0]], PROFILES[k[1]]))


def _correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Pearson's, and 0 where one of them does not vary."""
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    products = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b))
    scale = sqrt(sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b))
    return products / scale if scale else 0.0


def common_key_shift(melody: Melody) -> int:
    """Semitones from the melody's key to C major or A minor: C - T or A - T. [P III-A2]

    Taken literally, on pitch classes: B major moves down 11, D minor up 7. Moving to the nearest
    octave instead would tear songs in F and G an octave apart. A key that is not stated is estimated.
    """
    tonic, mode = melody.key or estimate_key(melody)
    return (0 if mode == "major" else 9) - tonic


def to_common_key(melody: Melody) -> Melody:
    """The melody in C major or A minor."""
    melody = melody if melody.key else replace(melody, key=estimate_key(melody))
    return melody.transposed(common_key_shift(melody))
