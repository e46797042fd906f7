"""How a melody begins: a user's primer to symbols in C major or A minor, and back to its own key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from ..music import Melody, decode, encode, read_kern
from ..music.rules import common_key_shift, estimate_key

METER = (4, 4)  # of a melody that no primer gives a meter [P III-B2: 64 steps are four bars of 4/4]


@dataclass(frozen=True)
class Primer:
    """How a melody begins, in C major or A minor, and how to get back to where it came from.

    Parameters
    ----------
    symbols : list of str
    shift : int
        Semitones that took the primer to C major or A minor.
    key : (int, str) or None
        The primer's own.
    meter : (int, int) or None
    upbeat : Fraction
    complete : bool
        Its last note has its full length, and may not be held on.
    """

    symbols: list[str]
    shift: int = 0
    key: tuple[int, str] | None = None
    meter: tuple[int, int] | None = METER
    upbeat: Fraction = Fraction(0)
    complete: bool = False


def read_primer(text: str | None) -> Primer:
    """A primer from symbols such as "67 _ 65 _", taken as they are, or from a .krn file.

    Raises
    ------
    KernError
        The file is no single melody.
    ValueError
        It holds a duration that is no whole number of 16ths.
    """
    if not text:
        return Primer([])
    if not text.endswith(".krn"):
        return Primer(text.split())
    melody = read_kern(text)
    melody = replace(melody, key=melody.key or estimate_key(melody))
    shift = common_key_shift(melody)
    try:
        symbols = list(encode(melody.transposed(shift)))
    except ValueError as error:
        raise ValueError(f"{text}: {error}") from None
    return Primer(symbols, shift, melody.key, melody.meter, melody.upbeat, complete=True)


def as_melody(symbols: list[str], primer: Primer, title: str) -> Melody:
    """The melody that was drawn, moved back to the primer's key; else in C major or A minor, as it sounds."""
    drawn = decode(symbols).transposed(-primer.shift)
    key = primer.key or estimate_key(drawn, among=((0, "major"), (9, "minor")))
    return replace(drawn, title=title, key=key, meter=primer.meter, upbeat=primer.upbeat)
