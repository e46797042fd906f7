"""How a pitch is written: its letter, accidentals and octave, and the signature of a key."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from statistics import median_low

Key = tuple[int, str]  # (tonic pitch class, "major" or "minor")
PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
FIFTHS = "FCGDAEB"  # the line of fifths: C is position 0, G is 1, and F sharp, C sharp, ... follow B


def key_fifths(key: Key | None) -> int:
    """The number of sharps in a key's signature, 0 to 6, or minus its flats, -5 to -1; 0 without a key."""
    if key is None:
        return 0
    tonic, mode = key
    return (7 * (tonic if mode == "major" else tonic + 3) + 5) % 12 - 5


def signature(fifths: int) -> dict[str, int]:
    """The letters that a signature raises (1) or lowers (-1), in the order in which they are written."""
    return dict.fromkeys(FIFTHS[:fifths], 1) if fifths >= 0 else dict.fromkeys(FIFTHS[: fifths - 1 : -1], -1)


def clef(pitches: Iterable[int]) -> tuple[str, int]:
    """A clef's letter and line: the bass clef if most pitches are below the A under middle C, else treble."""
    return ("F", 4) if median_low([*pitches] or [60]) < 57 else ("G", 2)


@lru_cache(maxsize=4096)
def spelled(pitch: int, key: Key | None) -> tuple[str, int]:
    """A MIDI number's name and octave in a key: 70 is `("B-", 4)` in F major, `("A#", 4)` in B major.

    Names come from 3 fifths below the tonic of the major key with this signature to 8 above it.
    """
    first = key_fifths(key) - 3
    position = first + (7 * pitch - first) % 12
    alter, place = divmod(position + 1, len(FIFTHS))
    letter = FIFTHS[place]
    octave = (pitch - alter - PITCH_CLASSES[letter]) // 12 - 1
    return letter + ("#" * alter if alter > 0 else "-" * -alter), octave
