"""The fields of ABC that bear on the notes: `K:` the key, `M:` the meter, `L:` the unit of length."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from ...music.metre import Meter, bar_length, check_meter
from ...music.spelling import FIFTHS, PITCH_CLASSES, signature

_KEY = re.compile(r"([A-G])([#b]?)\s*(m|(?i:(?:min|maj|ion|dor|phr|lyd|mix|aeo|loc)[a-z]*))?")
_GERMAN_KEYS = {"Es": "Eb"}
_METER = re.compile(r"([0-9]{1,2})/([0-9]{1,2})")
_UNIT = re.compile(r"1/([1-9][0-9]?)(?:\s*%.*)?")
_RHYTHM = re.compile(r"^R:(.*)$", re.MULTILINE)
_SAME_RHYTHM = {"double jig": "jig", "slipjig": "slip jig"}
# How many fifths a mode's signature lies below that of the major key on its tonic.
_FIFTHS_BELOW = {
    "lyd": -1,
    "maj": 0,
    "ion": 0,
    "mix": 1,
    "dor": 2,
    "m": 3,
    "min": 3,
    "aeo": 3,
    "phr": 4,
    "loc": 5,
}


class AbcKey(NamedTuple):
    """What `K:` says."""

    tonic: int  # pitch class
    mode: str | None  # "major" or "minor", by the third of the mode that is named; None where none is
    alters: dict[str, int]  # for each letter, what the signature does to it: 1, 0 or -1


def read_key(text: str) -> AbcKey:
    """`K:` as in `G`, `F#m`, `E Minor` or `Ador`, with a comment behind it or not.

    Raises
    ------
    ValueError
        It is no key.
    """
    text = text.partition("%")[0].strip()
    match = _KEY.fullmatch(_GERMAN_KEYS.get(text, text))
    if not match:  # EM, too: it is E major to some and E minor to others
        raise ValueError(f"K: {text} is no key")
    letter, accidental, mode = match[1], match[2], (match[3] or "")[:3].lower()
    alter = {"#": 1, "b": -1, "": 0}[accidental]
    below = _FIFTHS_BELOW[mode] if mode else 0
    fifths = FIFTHS.index(letter) - 1 + 7 * alter - below
    if abs(fifths) > 7:
        raise ValueError(f"K: {text} needs {abs(fifths)} accidentals")
    alters = dict.fromkeys(FIFTHS, 0) | signature(fifths)
    third = None if not mode else "minor" if below >= 2 else "major"
    return AbcKey((PITCH_CLASSES[letter] + alter) % 12, third, alters)


def read_rhythm(tune: str) -> str:
    """What a tune's `R:` says that it is, such as "jig" or "slip jig", or "" where it does not."""
    head = tune.partition("\nK:")[0]
    rhythm = " ".join(_RHYTHM.findall(head)[:1]).strip().lower()
    return _SAME_RHYTHM.get(rhythm, rhythm)


def read_meter(text: str) -> Meter | None:
    """`M:` as in `3/4`, `C`, `C|`, `none` or the Essen songs' `FREI`, with a remark behind it or not."""
    if text.startswith("C"):
        return (2, 2) if text.startswith("C|") else (4, 4)
    match = _METER.match(text)
    if not match and text != "none" and not text.startswith("FREI"):
        raise ValueError(f"M: {text} is no meter")
    if not match:
        return None
    meter = int(match[1]), int(match[2])
    check_meter(meter)
    return meter


def read_unit(text: str, meter: Meter | None) -> Fraction:
    """`L:` in quarter lengths; where it is left out, a 16th in meters below 3/4, else an 8th."""
    if not text:
        return Fraction(1, 4) if meter and bar_length(meter) < 3 else Fraction(1, 2)
    match = _UNIT.fullmatch(text)
    if not match:
        raise ValueError(f"L: {text} is no unit of length")
    return Fraction(4, int(match[1]))
