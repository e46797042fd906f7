"""One token of a **kern column, a note or a rest: `[8.ee-L` is an E flat 5 of 3/4 quarters, tied on."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from .melody import Note
from .spelling import PITCH_CLASSES

LONGEST_NOTE = Fraction(64)  # quarter lengths of one written note; ties may make longer ones
LONGEST_TOKEN = 64  # characters, so that the cache of events stays small

# No two parts can begin with the same character, so the search never goes back.
# Skipped: ties (handled separately), slurs, phrases, beams, stems, articulation, ornaments, editorial signs.
_PART = re.compile(
    r"""(?P<duration>[0-9.%]+)
      | (?P<pitch>([A-Ga-g])\3*(?:\#\#?|--?|n)?|r+)
      | (?P<skipped>[\[\]_(){}&LJKk/\\'"`^~,;:zIsuvoHhTtMmSWwROP$pxXyY?]+)
      | (?P<unknown>.)""",
    re.VERBOSE | re.DOTALL,
)
_RECIPROCAL = re.compile(r"(?:(0{1,3})|([1-9][0-9]{0,2})(?:%([1-9][0-9]{0,2}))?)(\.{0,3})")


class Event(NamedTuple):
    note: Note
    joins: bool  # tied to the note before
    opens: bool  # tied to the note after


def parse_event(token: str) -> Event | None:
    """The note or rest that a token stands for; None is a grace note.

    Raises
    ------
    ValueError
        A chord, an unknown character, or no, two or an impossible pitch or duration.
    """
    if len(token) > LONGEST_TOKEN:
        raise ValueError(f"{show(token)} has {len(token)} characters, want at most {LONGEST_TOKEN}")
    return _parse_event(token)


@lru_cache(maxsize=4096)
def _parse_event(token: str) -> Event | None:
    if " " in token:
        raise ValueError(f"chord {show(token)}: a melody has one note at a time")
    if "q" in token or "Q" in token:
        return None
    parts: dict[str, list[str]] = {"duration": [], "pitch": [], "skipped": [], "unknown": []}
    for match in _PART.finditer(token):
        parts[match.lastgroup or ""].append(match[0])
    for character in parts["unknown"]:
        raise ValueError(f"unknown character {show(character)} in {show(token)}")
    for one, two in (("duration", "durations"), ("pitch", "pitches")):
        if len(parts[one]) != 1:
            raise ValueError(f"{'two ' + two if parts[one] else 'no ' + one} in {show(token)}")
    note = Note(_pitch(parts["pitch"][0]), _duration(parts["duration"][0]))
    opens = note.pitch is not None and ("[" in token or "_" in token)
    return Event(note, joins="]" in token or "_" in token, opens=opens)


def _pitch(text: str) -> int | None:
    """MIDI number: `c` is 60, `cc` 72, `C` 48, `CC` 36; `r` is None."""
    if text.startswith("r"):
        return None
    letters = text.rstrip("#-n")
    octave = len(letters) - 1 if letters.islower() else -len(letters)
    pitch = 60 + 12 * octave + PITCH_CLASSES[letters[0].upper()] + text.count("#") - text.count("-")
    if not 0 <= pitch <= 127:
        raise ValueError(f"pitch {show(text)} is MIDI number {pitch}, want 0 to 127")
    return pitch


def _duration(text: str) -> Fraction:
    """Quarter lengths: `4` is 1, `8.` 3/4, `0` 8, `00` 16, `20%3` 3/5."""
    match = _RECIPROCAL.fullmatch(text)
    if not match:
        if re.search(r"\.[0-9]", text):
            raise ValueError(f"{show(text)} is two durations; a 1.5th of a whole note, say, is written 3%2")
        raise ValueError(f"{show(text)} is no duration: want 1 to 999 or 0 to 000, and up to 3 dots")
    breves, whole, part, dots = match.groups()
    plain = Fraction(4 << len(breves)) if breves else Fraction(4 * int(part or 1), int(whole))
    duration = plain * (2 - Fraction(1, 1 << len(dots)))
    if duration > LONGEST_NOTE:
        raise ValueError(f"{show(text)} lasts {float(duration):g} quarters, want at most {LONGEST_NOTE}")
    return duration


def show(text: str) -> str:
    """A piece of the file, safe to print."""
    return ascii(text if len(text) <= 40 else text[:40] + "...")
