"""ABC as the Essen collection holds it, read into a Melody: one voice, notes, rests, barlines and ties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from ...music.kern_token import LONGEST_NOTE
from ...music.melody import Melody, Note, total
from ...music.metre import Meter, check_meter, upbeat_until
from ...music.rules import estimate_key
from ...music.spelling import FIFTHS, PITCH_CLASSES

_NOTE = re.compile(r"([=_^]?)([A-Ga-gz])([,']*)([0-9]*)|([0-9]+)|([|-])|[ \n]+|(.)")
_ALTER = {"=": 0, "_": -1, "^": 1}
_KEY = re.compile(r"([A-G])([#b]?)(m?)")
_GERMAN_KEYS = {"Es": "Eb"}
_METER = re.compile(r"([0-9]{1,2})/([0-9]{1,2})")
_UNIT = re.compile(r"1/([1-9][0-9]?)")
# An umlaut that was DOS's own became a control character in some titles.
_UMLAUTS = {code: bytes([code]).decode("cp437") for code in range(0x80, 0xA0)}


def read_tune(text: str) -> tuple[Melody, int]:
    """One tune of the collection's ABC.

    An accidental lasts to the barline, at every octave; the end of a line does not end it, and a tie
    carries it on. `K:` states the tonic, and the mode where it ends in `m`; else the mode is estimated.

    Parameters
    ----------
    text : str
        From the line after `X:` on.

    Returns
    -------
    Melody
    int
        How many lengths stand there without a note. Their letters are lost; rests stand for them.

    Raises
    ------
    ValueError
        A field is missing or means nothing, or the tune holds something other than notes, rests `z`,
        barlines and ties.
    """
    fields: dict[str, str] = {}
    body = []
    for line in text.split("\n"):  # and at no other line separator, such as Latin-1's
        if line[1:2] == ":":
            fields.setdefault(line[0], line[2:].strip())
        else:
            body.append(line)
    tonic, mode, signature = _key(fields.get("K", ""))
    notes, first_barline, lost = _notes("\n".join(body), _unit(fields.get("L", "")), signature)
    meter = _meter(fields.get("M", ""))
    melody = Melody(
        tuple(notes),
        title=fields.get("T", "").translate(_UMLAUTS),
        number=fields.get("N", ""),
        meter=meter,
        upbeat=upbeat_until(first_barline, meter),
    )
    modes = (mode,) if mode else ("major", "minor")
    return replace(melody, key=estimate_key(melody, [(tonic, mode) for mode in modes])), lost


def _key(text: str) -> tuple[int, str | None, dict[str, int]]:
    """`K:` as tonic, mode where it says one, and what its signature does to each letter."""
    match = _KEY.fullmatch(_GERMAN_KEYS.get(text, text))
    if not match:
        raise ValueError(f"K: {text} is no key")
    letter, accidental, minor = match.groups()
    alter = {"#": 1, "b": -1, "": 0}[accidental]
    fifths = FIFTHS.index(letter) - 1 + 7 * alter - 3 * len(minor)
    altered = FIFTHS[:fifths] if fifths > 0 else FIFTHS[fifths:] if fifths else ""
    signature = dict.fromkeys(FIFTHS, 0) | dict.fromkeys(altered, 1 if fifths > 0 else -1)
    return (PITCH_CLASSES[letter] + alter) % 12, "minor" if minor else None, signature


def _meter(text: str) -> Meter | None:
    match = _METER.match(text)  # a bracket may follow
    if not match and text != "none" and not text.startswith("FREI"):
        raise ValueError(f"M: {text} is no meter")
    if not match:
        return None
    meter = int(match[1]), int(match[2])
    check_meter(meter)
    return meter


def _unit(text: str) -> int:
    """How many of `L:` are a whole note."""
    match = _UNIT.fullmatch(text)
    if not match:
        raise ValueError(f"L: {text} is no unit of length")
    return int(match[1])


def _parts(body: str) -> Iterator[tuple[str, ...]]:
    """What `_NOTE` finds, one match at a time: a list of all would take a hundred times the tune's memory."""
    return (match.groups("") for match in _NOTE.finditer(body))


def _notes(body: str, unit: int, signature: dict[str, int]) -> tuple[list[Note], Fraction | None, int]:
    """The notes, the time of the first barline after the start, and how many lengths have no note."""
    notes: list[Note] = []
    first_barline = None
    lost = 0
    alters = signature.copy()
    tied, written, pitch = False, "", 0  # is the last note tied on, how was it written, how does it sound
    for accidental, letter, octave, length, lost_length, sign, unknown in _parts(body):
        if letter == "z" or lost_length:
            notes.append(Note(None, _duration(unit, length or lost_length)))
            lost += bool(lost_length)
            tied, written = False, ""
        elif letter:
            if accidental:
                alters[letter.upper()] = _ALTER[accidental]
            if accidental or not tied or letter + octave != written:
                pitch = _natural(letter + octave) + alters[letter.upper()]
            duration = _duration(unit, length)
            if tied and notes[-1].pitch == pitch:
                duration += notes.pop().duration
            notes.append(Note(pitch, duration))
            tied, written = False, letter + octave
        elif sign == "-":
            tied = bool(notes)
        elif sign == "|":
            alters = signature.copy()
            if first_barline is None and notes:
                first_barline = total(note.duration for note in notes)
        elif unknown:
            raise ValueError(f"{unknown!r} is no note, rest, barline or tie")
    return notes, first_barline, lost


@lru_cache(maxsize=1024)
def _duration(unit: int, length: str) -> Fraction:
    """Quarter lengths; as in **kern, no more than 64 for one written note, and more than 0."""
    if len(length) > 4 or not 0 < (duration := Fraction(4 * int(length or 1), unit)) <= LONGEST_NOTE:
        raise ValueError(f"length {length[:9]}: want more than 0 and at most {LONGEST_NOTE} quarters")
    return duration


@lru_cache(maxsize=1024)
def _natural(written: str) -> int:
    """MIDI number without accidentals: `C` is 60, `c` 72, `c'` 84, `C,` 48."""
    letter = written[0]
    octave = letter.islower() + written.count("'") - written.count(",")
    return 60 + 12 * octave + PITCH_CLASSES[letter.upper()]
