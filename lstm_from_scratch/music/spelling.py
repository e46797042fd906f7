"""How a pitch is written: letters, accidentals, the line of fifths, and the key's signature."""

from __future__ import annotations

from functools import lru_cache

FIFTHS = "FCGDAEB"  # the line of fifths: position 0 is C, 1 is G, and after B come F sharp, C sharp, ...


def key_fifths(key: Key | None) -> int:
    """Sharps, or less than 0 flats, of a key's signature: from 5 flats to 6 sharps; 0 without a key."""
    if key is None:
        return 0
    tonic, mode = key
    return (7 * (tonic if mode == "major" else tonic + 3) + 5) % 12 - 5


@lru_cache(maxsize=4096)
def spelled(pitch: int, key: Key | None) -> tuple[str, int]:
    """A MIDI number's name and octave in a key: 70 is `("B-", 4)` in F major, `("A#", 4)` in B major.

    The name lies 3 fifths below to 8 above the major tonic, for minor the relative major's.
    """
    first = key_fifths(key) - 3
    position = first + (7 * pitch - first) % 12
    alter, letter = divmod(position + 1, len(FIFTHS))
    letter = FIFTHS[letter]
    octave = (pitch - alter - PITCH_CLASSES[letter]) // 12 - 1
    return letter + ("#" * alter if alter > 0 else "-" * -alter), octave


Key = tuple[int, str]  # (tonic pitch class, "major" or "minor")
PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
