"""The paper's two rules for preparing melodies: acceptable durations, and one key for all.

[P III-A2]
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from statistics import correlation

from .melody import Melody, total
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


def keys_of_signature(fifths: int) -> tuple[Key, Key]:
    """The major and the minor key of a signature with so many sharps, or less than 0 flats."""
    tonic = 7 * fifths % 12
    return (tonic, "major"), ((tonic + 9) % 12, "minor")


def estimate_key(melody: Melody, among: Iterable[Key] = ALL_KEYS) -> Key:
    """The key, of some, whose profile correlates best with the time spent on each pitch class. [KK82]

    Where all pitch classes have the same time, or none has any, it is the first of them.

    Parameters
    ----------
    melody : Melody
    among : iterable of (int, str)
        The two keys of a signature, say, or those of a tonic.

    Returns
    -------
    (int, str)
    """
    among = tuple(among)
    durations: list[list[Fraction]] = [[] for _ in range(12)]
    for pitch, duration in melody.notes:
        if pitch is not None:
            durations[pitch % 12].append(duration)
    times = [float(total(each)) for each in durations]
    if len(set(times)) == 1:
        return among[0]
    return max(among, key=lambda k: correlation(times[k[0] :] + times[: k[0]], PROFILES[k[1]]))


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
