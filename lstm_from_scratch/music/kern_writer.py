"""A melody as **kern text that reads back as the same melody."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from .kern_token import MOST_UNITS
from .melody import Melody, total
from .metre import bar_length, check_tempo
from .spelling import Key, key_fifths, signature, spelled

TIES = {(False, False): "%s", (False, True): "[%s", (True, True): "%s_", (True, False): "%s]"}
SIGNS = {-1: "-", 1: "#"}


def write_kern(melody: Melody, tempo: float | None = None) -> str:
    """A melody as **kern: barlines by its meters and upbeat, ties across them, pitches spelled by its key.

    `parse_kern(write_kern(melody)) == melody`. Without a key, pitches are spelled as in C major.

    Parameters
    ----------
    melody : Melody
    tempo : float, optional
        Quarters a minute, for a line `*MM120`.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        The melody has no notes, its durations and barlines have too small a common unit, or the tempo is
        not 20 to 400.
    """
    if not melody.notes:
        raise ValueError("a melody without notes cannot be written as **kern")
    if melody.ticks > MOST_UNITS:
        raise ValueError(
            f"**kern has no notes that short: the melody's times are multiples of 1/{melody.ticks} of a "
            f"quarter, of nothing longer than 1/{MOST_UNITS}: apply one of the duration rules (music.rules)"
        )
    lines = [*_records(melody), "**kern", *_key(melody.key), *_tempo(tempo), *_bars(melody), "*-"]
    return "\n".join(lines) + "\n"


def _records(melody: Melody) -> list[str]:
    records = ("OTL", melody.title), ("SCT", melody.number)
    return [f"!!!{key}: {value}" for key, value in records if value]


def _key(key: Key | None) -> list[str]:
    if not key:
        return []
    tonic, mode = key
    name, _ = spelled(tonic, key)
    signs = "".join(letter.lower() + SIGNS[alter] for letter, alter in signature(key_fifths(key)).items())
    return [f"*k[{signs}]", f"*{name if mode == 'major' else name.lower()}:"]


def _tempo(tempo: float | None) -> list[str]:
    return [] if tempo is None else [f"*MM{check_tempo(tempo):g}"]


def _bars(melody: Melody) -> Iterator[str]:
    """Everything from the first meter to the last barline, a token a line."""
    meters = dict(melody.meter_changes)
    if melody.meter:
        yield "*M%d/%d" % melody.meter
    first = 0 if melody.upbeat else 1
    time, tied = Fraction(0), False  # tied to the piece before
    for number, bar in enumerate(melody.bars(), first):
        if melody.meter and number:
            # An upbeat is what stands before the first barline, so an invisible one says that there is none.
            yield "=1-" if number == first else f"={number}"
        if time in meters:
            yield "*M%d/%d" % meters[time]
        for piece in bar:
            yield TIES[tied, piece.tied] % _token(piece.pitch, piece.duration, melody.key)
            tied = piece.tied
        if meters:
            time += total(piece.duration for piece in bar)
    # A final barline would make an upbeat of a melody that is over before its first full bar is.
    if not melody.meter or melody.duration >= (melody.upbeat or bar_length(melody.meter)):
        yield "=="


@lru_cache(maxsize=4096)
def _token(pitch: int | None, duration: Fraction, key: Key | None) -> str:
    if pitch is None:
        return _reciprocal(duration) + "r"
    name, octave = spelled(pitch, key)
    letters = name[0].lower() * (octave - 3) if octave > 3 else name[0] * (4 - octave)
    return _reciprocal(duration) + letters + name[1:]


def _reciprocal(duration: Fraction) -> str:
    """Quarter lengths as a part of a whole note: 1 is `4`, 3/4 `8.`, 8 `0`, 16 `00`, 3/5 `20%3`."""
    for dots in range(3):
        plain = duration / (2 - Fraction(1, 1 << dots))
        if plain in (8, 16):
            return "0" * (plain.numerator // 8) + "." * dots
        if 4 % plain == 0 and 4 / plain <= 999:
            return str(4 / plain) + "." * dots
    whole = 4 / duration
    return f"{whole.numerator}%{whole.denominator}"
