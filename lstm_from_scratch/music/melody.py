"""A melody as notes and rests, and its bars.

Durations are exact fractions of a quarter note, pitches are MIDI numbers (60 is middle C).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import music21

Key = tuple[int, str]  # (tonic pitch class, "major" or "minor")
Meter = tuple[int, int]  # (3, 4) is three quarters in a bar

PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
LONGEST_HEAD = Fraction(16)  # quarter lengths of a longa, the longest note that is written without a tie


class Note(NamedTuple):
    """A note or a rest.

    Parameters
    ----------
    pitch : int or None
        MIDI number, 0 to 127; None is a rest.
    duration : Fraction
        In quarter lengths, more than 0.
    """

    pitch: int | None
    duration: Fraction


class Piece(NamedTuple):
    """What one written note head holds: a note, or a part of one that a tie joins to the next."""

    pitch: int | None
    duration: Fraction
    tied: bool  # to the piece that follows


@dataclass(frozen=True)
class Melody:
    """A monophonic melody. Adjacent rests are one rest, so equal music has equal notes.

    Parameters
    ----------
    notes : iterable of Note
        Kept as a tuple.
    title, number : str
        As the source states them, or empty; on one line, with single blanks.
    key : (int, str) or None
        Tonic pitch class (C is 0) and "major" or "minor"; None where none is stated.
    meter : (int, int) or None
        (3, 4) is three quarters in a bar; None where bars have no fixed length.
    upbeat : Fraction
        Quarter lengths before the first full bar, no more than the melody has; 0 without a meter.

    Raises
    ------
    ValueError
        A pitch, duration, key, meter or upbeat that no melody can have.
    """

    notes: tuple[Note, ...]
    title: str = ""
    number: str = ""
    key: Key | None = None
    meter: Meter | None = None
    upbeat: Fraction = field(default=Fraction(0))

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", tuple(_merge_rests(self.notes)))
        object.__setattr__(self, "title", " ".join(self.title.split()))
        object.__setattr__(self, "number", " ".join(self.number.split()))
        if self.key is not None and (self.key[0] not in range(12) or self.key[1] not in ("major", "minor")):
            raise ValueError(f"key {self.key}: want (0 to 11, 'major' or 'minor')")
        if self.meter is not None:
            check_meter(self.meter)
        if self.upbeat:
            self._check_upbeat()

    def _check_upbeat(self) -> None:
        if not self.meter or not 0 <= self.upbeat < self.bar_length:
            raise ValueError(f"upbeat {self.upbeat} does not fit meter {self.meter}")
        if self.upbeat > self.duration:
            raise ValueError(f"upbeat {self.upbeat}: the melody ends before it, after {self.duration}")

    @property
    def bar_length(self) -> Fraction | None:
        """Quarter lengths in a bar, or None without a meter."""
        return bar_length(self.meter) if self.meter else None

    @property
    def duration(self) -> Fraction:
        """Quarter lengths from the first note to the end of the last."""
        return total(note.duration for note in self.notes)

    def transposed(self, semitones: int) -> Melody:
        """The same melody, `semitones` higher; its key moves along."""
        notes = (Note(None if p is None else p + semitones, d) for p, d in self.notes)
        key = self.key and ((self.key[0] + semitones) % 12, self.key[1])
        return replace(self, notes=tuple(notes), key=key)

    def bars(self) -> list[list[Piece]]:
        """The melody as it is written: cut at barlines and into values that a note head can have.

        The pieces of one note are tied; a rest's are not. Without a meter all is one bar.
        """
        bars: list[list[Piece]] = [[]]
        bar = self.bar_length or self.duration + 1
        # Whole ticks, because fractions, which are reduced after every step, take five times as long.
        quarter = lcm(*{d.denominator for _, d in self.notes}, self.upbeat.denominator, bar.denominator)
        bar = int(bar * quarter)
        room = int(self.upbeat * quarter) or bar
        for pitch, duration in self.notes:
            left = duration.numerator * (quarter // duration.denominator)
            while left:
                if not room:
                    bars.append([])
                    room = bar
                value, ticks = _written_ticks(min(left, room), quarter)
                left -= ticks
                room -= ticks
                bars[-1].append(Piece(pitch, value, pitch is not None and left > 0))
        return bars

    def to_music21(self) -> music21.stream.Part:
        """A music21 Part: measures (an upbeat is number 0), key, meter, ties, pitches spelled by the key."""
        from music21 import key, metadata, meter, note, pitch, stream, tie

        from .kern_writer import key_fifths, spelled

        part = stream.Part()
        tied_before = False
        for number, bar in enumerate(self.bars(), 0 if self.upbeat else 1):
            measure = stream.Measure(number=number)
            if self.key and not part:
                measure.append(key.KeySignature(key_fifths(self.key)).asKey(self.key[1]))
            if self.meter and not part:
                measure.append(meter.TimeSignature("%d/%d" % self.meter))
            for midi, value, tied in bar:
                if midi is None:
                    element = note.Rest(quarterLength=value)
                else:
                    name, octave = spelled(midi, self.key)
                    element = note.Note(pitch.Pitch(name, octave=octave), quarterLength=value)
                if tied or tied_before:
                    element.tie = tie.Tie("continue" if tied and tied_before else "start" if tied else "stop")
                tied_before = tied
                measure.append(element)
            part.append(measure)
        if self.upbeat:
            part[0].padAsAnacrusis()
            part[0].showNumber = stream.enums.ShowNumber.NEVER
        if self.meter:  # so that music21 beams a short last bar from its first beat
            part[-1].paddingRight = self.bar_length - part[-1].highestTime - part[-1].paddingLeft
        part.metadata = metadata.Metadata(title=self.title or "Untitled")
        return part


def total(durations: Iterable[Fraction]) -> Fraction:
    """Their sum, reduced once at the end and not after every addition, as `sum` would."""
    durations = list(durations)
    unit = lcm(*{d.denominator for d in durations})
    return Fraction(sum(d.numerator * (unit // d.denominator) for d in durations), unit)


def check_meter(meter: Meter) -> None:
    """Raise ValueError for a meter that no melody can have."""
    beats, unit = meter
    if not 1 <= beats <= 99 or unit not in (1, 2, 4, 8, 16, 32, 64):
        raise ValueError(f"meter {beats}/{unit}: want 1 to 99 over 1, 2, 4, 8, 16, 32 or 64")


def bar_length(meter: Meter) -> Fraction:
    """Quarter lengths in a bar."""
    return Fraction(4 * meter[0], meter[1])


def upbeat_until(first_barline: Fraction | None, meter: Meter | None) -> Fraction:
    """The upbeat of a melody whose first barline after the start stands at `first_barline` quarters.

    It is 0 where a full bar or more precedes that barline, where there is none, and without a meter.
    """
    if first_barline is None or not meter or first_barline >= bar_length(meter):
        return Fraction(0)
    return first_barline


def _merge_rests(notes: Iterable[Note]) -> list[Note]:
    """Check every note, and join rests that follow one another."""
    merged: list[Note] = []
    for note in notes:
        if note.duration.numerator <= 0:
            raise ValueError(f"{note}: a duration must be more than 0")
        if note.pitch is not None and not 0 <= note.pitch <= 127:
            raise ValueError(f"{note}: a pitch must be a MIDI number, 0 to 127")
        if merged and note.pitch is None and merged[-1].pitch is None:
            note = Note(None, merged.pop().duration + note.duration)
        merged.append(note)
    return merged


@lru_cache(maxsize=4096)
def _written_ticks(limit: int, quarter: int) -> tuple[Fraction, int]:
    """`written_value` of `limit` ticks, of which a quarter has `quarter`, also in ticks."""
    value = written_value(Fraction(limit, quarter))
    return value, int(value * quarter)


def written_value(limit: Fraction) -> Fraction:
    """The longest value of a single note head, plain, dotted or of a triplet, up to `limit` and a longa.

    Values that are neither binary nor ternary (a fifth of a quarter) stay whole: their reciprocal
    can be written as it is.
    """
    limit = min(limit, LONGEST_HEAD)
    odd = limit.denominator
    while odd % 2 == 0:
        odd //= 2
    if odd not in (1, 3):
        return limit
    unit = Fraction(1, limit.denominator)
    if odd == 3:  # a triplet's own values are powers of two of its unit
        return unit * (1 << (limit.numerator.bit_length() - 1))
    power = unit * (1 << (limit.numerator.bit_length() - 1))
    return next(v for v in (power * 7 / 4, power * 3 / 2, power) if v <= limit)
