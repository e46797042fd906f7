"""A melody as **kern text that reads back as the same melody, its pitches spelled by its key."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from .melody import Melody
from .spelling import FIFTHS, Key, key_fifths, spelled

TIES = {(False, False): "%s", (False, True): "[%s", (True, True): "%s_", (True, False): "%s]"}


def write_kern(melody: Melody) -> str:
    """A melody as **kern: barlines by its meter and upbeat, ties over them, pitches spelled by its key.

    `parse_kern(write_kern(melody)) == melody`. Without a key, pitches are spelled as in C major.

    Parameters
    ----------
    melody : Melody

    Returns
    -------
    str

    Raises
    ------
    ValueError
        There are no notes, or one that, cut at the barlines, is no number of 999ths of a whole note
        and no whole note over 1 to 999.
    """
    if not melody.notes:
        raise ValueError("a melody without notes cannot be written as **kern")
    lines = [*_records(melody), "**kern", *_interpretations(melody), *_bars(melody), "*-"]
    return "\n".join(lines) + "\n"


def _records(melody: Melody) -> list[str]:
    records = ("OTL", melody.title), ("SCT", melody.number)
    return [f"!!!{key}: {value}" for key, value in records if value]


def _interpretations(melody: Melody) -> list[str]:
    lines = []
    if melody.key:
        fifths, (tonic, mode) = key_fifths(melody.key), melody.key
        letters = FIFTHS[:fifths] if fifths >= 0 else FIFTHS[fifths:][::-1]
        name, _ = spelled(tonic, melody.key)
        lines.append("*k[%s]" % "".join(letter.lower() + "#-"[fifths < 0] for letter in letters))
        lines.append(f"*{name if mode == 'major' else name.lower()}:")
    if melody.meter:
        lines.append("*M%d/%d" % melody.meter)
    return lines


def _bars(melody: Melody) -> list[str]:
    lines = []
    first = 0 if melody.upbeat else 1
    tied = False  # to the piece before
    for number, bar in enumerate(melody.bars(), first):
        if melody.meter and number:
            # An upbeat is what stands before the first barline, so an invisible one says that there is none.
            lines.append("=1-" if number == first else f"={number}")
        for pitch, duration, tied_on in bar:
            lines.append(TIES[tied, tied_on] % _token(pitch, duration, melody.key))
            tied = tied_on
    # A last barline would make an upbeat of a melody that ends inside its first full bar.
    if not melody.meter or melody.duration >= (melody.upbeat or melody.bar_length):
        lines.append("==")
    return lines


@lru_cache(maxsize=4096)
def _token(pitch: int | None, duration: Fraction, key: Key | None) -> str:
    if pitch is None:
        return _reciprocal(duration) + "r"
    name, octave = spelled(pitch, key)
    letters = name[0].lower() * (octave - 3) if octave > 3 else name[0] * (4 - octave)
    return _reciprocal(duration) + letters + name[1:]


def _reciprocal(duration: Fraction) -> str:
    """The part of a whole note: 1 quarter is `4`, 3/4 `8.`, 8 `0`, 16 `00`, 3/5 `20%3`."""
    for dots in range(3):
        plain = duration / (2 - Fraction(1, 1 << dots))
        if plain in (8, 16):
            return "0" * (plain.numerator // 8) + "." * dots
        if 4 % plain == 0 and 4 / plain <= 999:
            return str(4 / plain) + "." * dots
    whole = 4 / duration
    if max(whole.numerator, whole.denominator) > 999:
        raise ValueError(f"**kern has no note of {duration} quarters: apply one of the duration rules first")
    return f"{whole.numerator}%{whole.denominator}"
