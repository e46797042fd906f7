"""A melody as notes and rests, and its bars.

Durations are exact fractions of a quarter note, pitches are MIDI numbers (60 is middle C).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from .metre import Meter, Piece, bar_length, check_meter, written_ticks
from .spelling import Key


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
                value, ticks = written_ticks(min(left, room), quarter)
                left -= ticks
                room -= ticks
                bars[-1].append(Piece(pitch, value, pitch is not None and left > 0))
        return bars


def total(durations: Iterable[Fraction]) -> Fraction:
    """Their sum, reduced once at the end and not after every addition, as `sum` would."""
    durations = list(durations)
    unit = lcm(*{d.denominator for d in durations})
    return Fraction(sum(d.numerator * (unit // d.denominator) for d in durations), unit)


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
