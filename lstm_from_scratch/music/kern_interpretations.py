"""What **kern states about a song besides its notes: keys, key signatures, meters."""

from __future__ import annotations

import re

from .kern_token import show
from .metre import Meter, check_meter
from .spelling import PITCH_CLASSES, Key

_KEY = re.compile(r"\*([A-Ga-g])(##?|--?)?:([a-z]*)")
_SIGNATURE = re.compile(r"\*k\[((?:[a-g][#-])*)\]")
_METER = re.compile(r"\*M([0-9]+)/([0-9]+)")
_OTHER_METER = re.compile(r"\*M(X|Z|FREI|[0-9])")  # free, or additive: *MX, *M2+3/8
# Major or minor, by their third.
_MODES = dict.fromkeys(("ion", "lyd", "mix"), "major") | dict.fromkeys(("dor", "phr", "aeo", "loc"), "minor")


def stated_key(token: str) -> Key | None:
    """The key that a token names: `*G:` is G major, `*g:` G minor, `*d:dor` dorian on D, so D minor."""
    match = _KEY.fullmatch(token)
    if not match:
        return None
    letter, accidental, mode = match.groups(default="")
    quality = _MODES.get(mode[:3]) if mode else "major" if letter.isupper() else "minor"
    alter = accidental.count("#") - accidental.count("-")
    return ((PITCH_CLASSES[letter.upper()] + alter) % 12, quality) if quality else None


def stated_signature(token: str) -> int | None:
    """The sharps, or less than 0 flats, of a token such as `*k[f#c#]`; None if it has both, or is none."""
    match = _SIGNATURE.fullmatch(token)
    if not match:
        return None
    sharps, flats = match[1].count("#"), match[1].count("-")
    return None if sharps and flats else sharps - flats


def states_meter(token: str) -> bool:
    """Whether a token states a meter, which may be that there is none."""
    return bool(_METER.fullmatch(token) or _OTHER_METER.match(token))


def stated_meter(token: str) -> Meter | None:
    """The meter of a token that states one: of `*M3/4` 3 quarters, of `*MX` or `*M2+3/8` none.

    Raises
    ------
    ValueError
        No melody can have it.
    """
    match = _METER.fullmatch(token)
    if not match:
        return None
    if max(map(len, match.groups())) > 3:
        raise ValueError(f"meter {show(token[2:])}: no bar is that long")
    meter = int(match[1]), int(match[2])
    check_meter(meter)
    return meter
