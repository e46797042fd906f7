"""One tune of ABC, read into a Melody: one voice, repeats and endings as written, grace notes left out."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from ...music.kern_token import LONGEST_NOTE
from ...music.melody import Melody, Note, total
from ...music.metre import Meter
from ...music.rules import estimate_key
from ...music.spelling import PITCH_CLASSES
from ...music.stated_bars import StatedBars
from .abc_fields import AbcKey, read_key, read_meter, read_unit

# Skipped are blanks, slurs, signs for ornaments and bowing (any letter from H to W and h to w), the x and y
# that hold such signs, chord names and other quotes, grace notes, decorations, a `!` that breaks the line,
# comments, and what e-mail made of the ends of lines (`=20`).
_PART = re.compile(
    r"""^(?P<field>[A-Za-z]):(?P<value>(?![|:]).*)$
      | \[(?P<inline>[KLM]):(?P<inline_value>[^\]\n]*)\]
      | (?P<accidental>=|__?|\^\^?|)(?P<letter>[A-Ga-gz])(?P<octave>[,']*)(?P<length>[0-9]*(?:/+[0-9]*)?)
      | (?P<bar>[|:\[\]]*\|[|:\]]*|::|:\]|^:)(?:\[?[1-9][-0-9,.]*)?|(?P<ending>\[[1-9][-0-9,.]*)
      | (?P<tie>-)
      | (?P<broken>>{1,3}|<{1,3})
      | \((?P<tuplet>[2-9](?::[0-9]?){0,2})
      | (?P<lost>[0-9]+)
      | (?P<skipped>[ \t\n]+|[H-Wh-y.~`()*\\]|"[^"\n]*"|\{[^}\n]*\}
          |!(?:[A-Z][A-Za-z.]+|[a-z]?f|[0-9]|8va\()!|!|%[^\n]*|=(?:20)?$)
      | (?P<unknown>.)""",
    re.VERBOSE | re.MULTILINE,
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_ALTER = {"=": 0, "_": -1, "__": -2, "^": 1, "^^": 2}
_LENGTH = re.compile(r"([0-9]*)(/*)([0-9]*)")
# How many of so many equal notes' time a tuplet takes; those of None take three in compound meters, else two.
_TUPLETS = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3, 5: None, 7: None, 9: None}
# An umlaut that was DOS's own became a control character in some titles.
_UMLAUTS = {code: bytes([code]).decode("cp437") for code in range(0x80, 0xA0)}


def read_tune(text: str, essen: bool = False) -> tuple[Melody, int]:
    """One tune of ABC.

    An accidental lasts to the barline, at every octave; the end of a line does not end it, and a tie
    carries it on. The tune ends at a blank line.

    Parameters
    ----------
    text : str
        From the line after `X:` on.
    essen : bool
        The habits of the Essen songs: `K:` states the tonic alone, so that the mode is estimated, where it
        means major elsewhere; a length may stand without its note; and a blank line may stand in the tune.

    Returns
    -------
    Melody
    int
        How many lengths stand there without a note; they became rests.

    Raises
    ------
    ValueError
        A field is missing or means nothing; or the tune has no notes, or a chord, a second voice or
        something else that is not read.
    """
    head, body = _head_and_body(text)
    if not essen:
        body = _BLANK_LINE.split(body.strip("\n"), maxsplit=1)[0]
    meter = read_meter(head.get("M", ""))
    key = read_key(head.get("K", ""))
    reader = _Reader(read_unit(head.get("L", ""), meter), meter, key)
    reader.read(body)
    if not reader.notes:
        raise ValueError("no notes")
    if reader.lost and not essen:
        raise ValueError("a length without a note")
    modes = (key.mode,) if key.mode else ("major", "minor") if essen else ("major",)
    meter, upbeat, meter_changes = reader.bars.until(reader.time())
    melody = Melody(
        tuple(reader.notes),
        title=head.get("T", "").translate(_UMLAUTS),
        number=head.get("N", "") if essen else "",  # elsewhere a remark
        meter=meter,
        upbeat=upbeat,
        meter_changes=meter_changes,
    )
    return replace(melody, key=estimate_key(melody, [(key.tonic, mode) for mode in modes])), reader.lost


def _head_and_body(text: str) -> tuple[dict[str, str], str]:
    """The first field of each name up to `K:`, and what follows that."""
    fields: dict[str, str] = {}
    rest = text
    while rest and "K" not in fields:
        line, _, rest = rest.partition("\n")  # and at no other line separator, such as Latin-1's
        if line[1:2] == ":":
            fields.setdefault(line[0], line[2:].strip())
    return fields, rest


class _Reader:
    """What is known of a tune's body so far."""

    def __init__(self, unit: Fraction, meter: Meter | None, key: AbcKey) -> None:
        self.unit = unit  # quarter lengths
        self.meter = meter
        self.bars = StatedBars()
        self.bars.meter(Fraction(0), meter)
        self.signature = key.alters
        self.alters = key.alters.copy()  # the signature's and those of this bar
        self.notes: list[Note] = []
        self.lost = 0
        self.tied = False  # from the last note
        self.written, self.pitch = "", 0  # the last note's letter and octave marks, and its MIDI number
        self.last = Fraction(0)  # how long the last note is, without what is tied to it
        self.next_factor = Fraction(1)  # what broken rhythm makes of the next note
        self.tuplet_factor, self.tuplet_left = Fraction(1), 0

    def read(self, body: str) -> None:
        for match in _PART.finditer(body):  # a list of all would take a hundred times the tune's memory
            kind = match.lastgroup
            if kind == "length":
                self._note(match["accidental"], match["letter"] + match["octave"], match["length"])
            elif kind == "lost":
                self.lost += 1
                self._note("", "z", match["lost"])
            elif kind == "bar":
                self._bar()
            elif kind == "tie":
                self.tied = bool(self.written)
            elif kind == "broken":
                self._broken(match["broken"])
            elif kind == "tuplet":
                self._tuplet(*match["tuplet"].split(":"))
            elif kind in ("value", "inline_value"):
                self._field(match["field"] or match["inline"], match[kind].strip())
            elif kind == "unknown":
                what = "begins a chord" if match["unknown"] == "[" else "is no note, rest, barline or tie"
                raise ValueError(f"{match['unknown']!r} {what}")

    def _note(self, accidental: str, written: str, length: str) -> None:
        duration = self._duration(length)
        letter, rest = written[0].upper(), written[0] == "z"
        if accidental:
            self.alters[letter] = _ALTER[accidental]
        if rest:
            self.notes.append(Note(None, duration))
        else:
            pitch = _natural(written) + self.alters[letter]
            if self.tied and not accidental and written == self.written:  # the tie carries the accidental
                pitch = self.pitch
            before = self.notes.pop().duration if self.tied and pitch == self.pitch else 0
            self.notes.append(Note(pitch, before + duration))
            self.pitch = pitch
        self.tied, self.last = False, duration
        self.written = "" if rest else written

    def _duration(self, length: str) -> Fraction:
        """Quarter lengths, after a tuplet and broken rhythm."""
        duration = self.unit * _multiple(length) * self.next_factor
        self.next_factor = Fraction(1)
        if self.tuplet_left:
            duration *= self.tuplet_factor
            self.tuplet_left -= 1
        if not 0 < duration <= LONGEST_NOTE:
            raise ValueError(_wrong_length(length))
        return duration

    def _bar(self) -> None:
        self.alters = self.signature.copy()
        if not self.bars.begun:
            self.bars.barline(self.time())

    def _broken(self, signs: str) -> None:
        """`a>b`: b loses a half, which a gains; after `>>`, three quarters. `<` the other way round."""
        if not self.notes:
            raise ValueError(f"{signs!r} has no note before it")
        short = Fraction(1, 2 ** len(signs))
        factor, self.next_factor = (2 - short, short) if signs[0] == ">" else (short, 2 - short)
        pitch, duration = self.notes[-1]
        self.notes[-1] = Note(pitch, duration + (factor - 1) * self.last)

    def _tuplet(self, count: str, time: str = "", notes: str = "") -> None:
        """`(3`, or `(p:q:r`: the next r notes in the time that q have out of p."""
        default = _TUPLETS[int(count)] or (3 if self.meter in ((6, 8), (9, 8), (12, 8)) else 2)
        self.tuplet_factor = Fraction(int(time or default), int(count))
        self.tuplet_left = int(notes or count)

    def _field(self, name: str, value: str) -> None:
        if name == "V":
            raise ValueError(f"V: {value} begins a voice, and a melody has one")
        if name == "K":
            self.signature = read_key(value).alters
            self.alters = self.signature.copy()
        elif name == "L":
            self.unit = read_unit(value, self.meter)
        elif name == "M":
            self.meter = read_meter(value)
            self.bars.meter(self.time(), self.meter)

    def time(self) -> Fraction:
        """Quarter lengths until now."""
        return total(note.duration for note in self.notes)


@lru_cache(maxsize=1024)
def _multiple(length: str) -> Fraction:
    """How many units of length: 3 is 3, `/` 1/2, `//` 1/4, `3/2` 3/2."""
    match = _LENGTH.fullmatch(length)
    if not match or len(length) > 6 or (len(match[2]) > 1 and match[3]) or match[3].startswith("0"):
        raise ValueError(_wrong_length(length))
    return Fraction(int(match[1] or 1), int(match[3] or 2 ** len(match[2])))


def _wrong_length(length: str) -> str:
    return f"length {length[:9]}: want more than 0 and at most {LONGEST_NOTE} quarters"


@lru_cache(maxsize=1024)
def _natural(written: str) -> int:
    """MIDI number without accidentals: `C` is 60, `c` 72, `c'` 84, `C,` 48."""
    letter = written[0]
    octave = letter.islower() + written.count("'") - written.count(",")
    return 60 + 12 * octave + PITCH_CLASSES[letter.upper()]
