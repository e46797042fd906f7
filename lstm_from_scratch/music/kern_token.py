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
MAX_RECIPROCAL = 999_999  # the largest number in a duration such as 20%3
# Into how many parts the durations of a song may divide a quarter. Whatever is then cut from its notes at
# barlines, up to a longa of 16 quarters, has a reciprocal that can be written.
MOST_UNITS = MAX_RECIPROCAL // 16

# No two parts can begin with the same character, so the search never goes back. Skipped are slurs, phrases,
# beams, stems, articulation, ornaments, tremolos, editorial signs, the signs that a file may define as it
# likes (i j l N U V Z @ + < > |), and ties, which are handled separately.
_PART = re.compile(
    r"""(?P<duration>[0-9%][0-9.%]*)
      | (?P<pitch>([A-Ga-g])\3*)
      | (?P<accidental>\#+|-+|n)
      | (?P<late_dots>\.+)
      | (?P<rest>r+)
      | (?P<tremolo>@+(?:[0-9]+@+)?)
      | (?P<skipped>[\[\]_(){}<>|+&/\\'"`^~,;:?$HIJKLMNOPRSTUVWXYZhijklmopstuvwxyz]+)
      | (?P<unknown>.)""",
    re.VERBOSE | re.DOTALL,
)
_FOLLOWS = {"accidental": "pitch", "late_dots": "duration"}  # at once or after other signs: 4cL#, 4c.
_ONCE = {"duration": "durations", "pitch": "pitches", "accidental": "accidentals"}
_RECIPROCAL = re.compile(r"(?:(0{1,3})|([1-9][0-9]{0,5})(?:%([1-9][0-9]{0,5}))?)(\.{0,3})")


class Event(NamedTuple):
    note: Note
    joins: bool  # tied to the note before
    opens: bool  # tied to the note after


def parse_event(token: str) -> Event | None:
    """The note or rest that a token stands for, or None for a grace note.

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
    parts: dict[str, list[str]] = {name: [] for name in _PART.groupindex}
    for match in _PART.finditer(token):
        kind = match.lastgroup or ""
        if kind in _FOLLOWS and not parts[_FOLLOWS[kind]]:
            raise ValueError(f"{show(match[0])} before the {_FOLLOWS[kind]} in {show(token)}")
        parts[kind].append(match[0])
    for character in parts["unknown"]:
        raise ValueError(f"unknown character {show(character)} in {show(token)}")
    for kind, found in (("duration", parts["duration"]), ("pitch", parts["pitch"] or parts["rest"])):
        if not found:
            raise ValueError(f"no {kind} in {show(token)}")
    for kind, several in _ONCE.items():
        if len(parts[kind]) > 1:
            raise ValueError(f"two {several} in {show(token)}")
    duration = _duration(parts["duration"][0] + "".join(parts["late_dots"]))
    if parts["rest"]:  # letters beside it say how high on the staff it stands
        return Event(Note(None, duration), joins=False, opens=False)
    note = Note(_pitch(parts["pitch"][0], "".join(parts["accidental"])), duration)
    return Event(note, joins="]" in token or "_" in token, opens="[" in token or "_" in token)


def _pitch(letters: str, accidental: str) -> int:
    """MIDI number: `c` is 60, `cc` 72, `C` 48, `CC` 36."""
    octave = len(letters) - 1 if letters.islower() else -len(letters)
    alter = accidental.count("#") - accidental.count("-")
    if abs(alter) > 2:
        raise ValueError(f"accidental {show(accidental)}: want at most two sharps or flats")
    pitch = 60 + 12 * octave + PITCH_CLASSES[letters[0].upper()] + alter
    if not 0 <= pitch <= 127:
        raise ValueError(f"pitch {show(letters + accidental)} is MIDI number {pitch}, want 0 to 127")
    return pitch


def _duration(text: str) -> Fraction:
    """Quarter lengths: `4` is 1, `8.` 3/4, `0` 8, `00` 16, `20%3` 3/5."""
    match = _RECIPROCAL.fullmatch(text)
    if not match:
        if re.search(r"\.[0-9]", text):
            raise ValueError(f"{show(text)} is two durations; a 1.5th of a whole note, say, is written 3%2")
        raise ValueError(
            f"{show(text)} is not a duration: want 1 to {MAX_RECIPROCAL}, or 0 to 000, and up to 3 dots"
        )
    breves, whole, part, dots = match.groups()
    plain = Fraction(4 << len(breves)) if breves else Fraction(4 * int(part or 1), int(whole))
    duration = plain * (2 - Fraction(1, 1 << len(dots)))
    if duration > LONGEST_NOTE:
        raise ValueError(f"{show(text)} lasts {float(duration):g} quarters, want at most {LONGEST_NOTE}")
    return duration


def show(text: str) -> str:
    """A piece of the file, safe to print."""
    return ascii(text if len(text) <= 40 else text[:40] + "...")
