"""A melody as notes and rests, and its bars.

Durations are exact fractions of a quarter note, pitches are MIDI numbers (60 is middle C).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import isfinite, lcm
from numbers import Rational, Real
from typing import NamedTuple

from .metre import Meter, Piece, Place, bar_length, check_meter, written_ticks
from .spelling import Key

FINEST = 48  # a float must be a whole number of 48ths of a quarter, which holds 64ths and triplets of 32nds


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
        Kept as a tuple, with every number exact: the floats 60.0 and 0.5 become 60 and 1/2.
    title, number : str
        As the source states them, or empty. Line breaks and repeated blanks become single blanks.
    key : (int, str) or None
        Tonic pitch class (C is 0) and "major" or "minor"; None where none is stated.
    meter : (int, int) or None
        (3, 4) is three quarters in a bar; None where bars have no fixed length.
    upbeat : Fraction
        Quarter lengths before the first full bar, at most the melody's duration; 0 without a meter.
    meter_changes : iterable of (Fraction, (int, int))
        Every later meter and the onset, in quarter lengths, of the bar that it begins; kept as a tuple.
        The bar before may be a short one.

    Raises
    ------
    ValueError
        A pitch, duration, key, meter, upbeat or change that no melody can have.
    """

    notes: tuple[Note, ...]
    title: str = ""
    number: str = ""
    key: Key | None = None
    meter: Meter | None = None
    upbeat: Fraction = Fraction(0)
    meter_changes: tuple[tuple[Fraction, Meter], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", tuple(_merge_rests(map(_exact_note, self.notes))))
        object.__setattr__(self, "title", " ".join(self.title.split()))
        object.__setattr__(self, "number", " ".join(self.number.split()))
        if self.key is not None and (self.key[0] not in range(12) or self.key[1] not in ("major", "minor")):
            raise ValueError(f"key {self.key}: want (0 to 11, 'major' or 'minor')")
        if self.meter is not None:
            check_meter(self.meter)
        if self.upbeat:
            self._check_upbeat()
        object.__setattr__(self, "meter_changes", tuple(self.meter_changes))
        if self.meter_changes:
            self._check_meter_changes()

    def _check_upbeat(self) -> None:
        object.__setattr__(self, "upbeat", exact(self.upbeat, "upbeat"))
        if not self.meter or not 0 <= self.upbeat < bar_length(self.meter):
            raise ValueError(f"upbeat {self.upbeat} does not fit meter {self.meter}")
        if self.upbeat > self.duration:
            raise ValueError(f"upbeat {self.upbeat}: the melody is over before, after {self.duration}")

    def _check_meter_changes(self) -> None:
        if not self.meter:
            raise ValueError("meter changes need a meter to change from")
        changes = tuple((exact(onset, "meter change"), meter) for onset, meter in self.meter_changes)
        for _, meter in changes:
            check_meter(meter)
        first = self.upbeat or bar_length(self.meter)
        onsets = [onset for onset, _ in changes]
        if not first <= onsets[0] or onsets[-1] >= self.duration or any(b <= a for a, b in pairwise(onsets)):
            raise ValueError(
                f"meter changes at {', '.join(map(str, onsets))}: want rising onsets, not before the first "
                f"bar is over ({first}), and before the melody is ({self.duration})"
            )
        object.__setattr__(self, "meter_changes", changes)

    @property
    def duration(self) -> Fraction:
        """Quarter lengths from the first note to the end of the last."""
        return total(note.duration for note in self.notes)

    @property
    def bar_length(self) -> Fraction | None:
        """Quarter lengths in a bar of the first meter, or None without one."""
        return bar_length(self.meter) if self.meter else None

    def transposed(self, semitones: int) -> Melody:
        """The same melody, `semitones` higher; its key moves along."""
        notes = (Note(None if p is None else p + semitones, d) for p, d in self.notes)
        key = self.key and ((self.key[0] + semitones) % 12, self.key[1])
        return replace(self, notes=tuple(notes), key=key)

    def without_last_rest(self) -> Melody:
        """The melody up to the end of its last note; one of nothing but rests as it is."""
        if len(self.notes) < 2 or self.notes[-1].pitch is not None:
            return self
        end = self.duration - self.notes[-1].duration
        changes = tuple(change for change in self.meter_changes if change[0] < end)
        return replace(self, notes=self.notes[:-1], upbeat=min(self.upbeat, end), meter_changes=changes)

    def places(self) -> Iterator[Place | None]:
        """The place in the bar at which each note begins; None without a meter."""
        onset = Fraction(0)
        changes = [*self.meter_changes]
        barline, meter = self.upbeat, self.meter
        for note in self.notes:
            while changes and changes[0][0] <= onset:
                barline, meter = changes.pop(0)
            yield Place((onset - barline) % bar_length(meter), meter) if meter else None
            onset += note.duration

    def bars(self) -> list[list[Piece]]:
        """The melody as it is written: cut at barlines and into values that a note head can have.

        The pieces of one note are tied; a rest's are not. Without a meter all is one bar.
        """
        # Whole ticks: adding fractions, which are reduced every time, would take five times as long.
        quarter = self.ticks
        lengths = self._bar_ticks(quarter)
        bars: list[list[Piece]] = [[]]
        room = next(lengths, 0)
        for pitch, duration in self.notes:
            left = duration.numerator * (quarter // duration.denominator)
            while left:
                if not room:
                    bars.append([])
                    room = next(lengths)
                value, ticks = written_ticks(min(left, room), quarter)
                left -= ticks
                room -= ticks
                bars[-1].append(Piece(pitch, value, pitch is not None and left > 0))
        return bars

    @property
    def ticks(self) -> int:
        """The smallest number of ticks to a quarter with which every duration and every barline is whole."""
        return lcm(*{d.denominator for _, d in self.notes}, *self._bar_denominators())

    def _bar_denominators(self) -> Iterator[int]:
        """Of all that decides where a barline stands."""
        yield self.upbeat.denominator
        if self.meter:
            yield bar_length(self.meter).denominator
        for onset, meter in self.meter_changes:
            yield onset.denominator
            yield bar_length(meter).denominator

    def _bar_ticks(self, quarter: int) -> Iterator[int]:
        """The length of each bar in turn, in ticks; the last, and one before a change, may be short."""
        if not self.meter:
            yield int(self.duration * quarter)
            return
        if self.upbeat:
            yield int(self.upbeat * quarter)
        sections = [(self.upbeat, self.meter), *self.meter_changes, (self.duration, self.meter)]
        for (start, meter), (end, _) in pairwise(sections):
            bar = int(bar_length(meter) * quarter)
            for begin in range(int(start * quarter), int(end * quarter), bar):
                yield min(bar, int(end * quarter) - begin)


def total(durations: Iterable[Fraction]) -> Fraction:
    """Their sum, reduced once at the end and not after every addition, as `sum` would."""
    durations = list(durations)
    unit = lcm(*{d.denominator for d in durations})
    return Fraction(sum(d.numerator * (unit // d.denominator) for d in durations), unit)


def exact(value: object, name: str = "duration") -> Fraction:
    """Quarter lengths as a Fraction, also from a float that is a whole number of 48ths.

    Raises
    ------
    ValueError
        Any other float, or no number at all; `name` says what it was to be.
    """
    if isinstance(value, Rational):
        return Fraction(value)
    if isinstance(value, Real) and isfinite(value):
        nearest = Fraction(round(float(value) * FINEST), FINEST)
        if float(nearest) == value:
            return nearest
    raise ValueError(f"{name} {value!r}: want a Fraction, or a whole number of {FINEST}ths of a quarter")


def _exact_note(note: Note) -> Note:
    """With an int or None as its pitch and a Fraction as its duration, both possible ones."""
    pitch, duration = note
    if type(duration) is not Fraction or (type(pitch) is not int and pitch is not None):
        note = Note(_exact_pitch(pitch), exact(duration))
        pitch, duration = note
    if duration.numerator <= 0:
        raise ValueError(f"{note}: a duration must be more than 0")
    if pitch is not None and not 0 <= pitch <= 127:
        raise ValueError(f"{note}: a pitch must be a MIDI number, 0 to 127")
    return note


def _exact_pitch(pitch: object) -> int | None:
    if pitch is None:
        return None
    if not isinstance(pitch, bool) and isinstance(pitch, Real) and float(pitch).is_integer():
        return int(float(pitch))
    raise ValueError(f"pitch {pitch!r}: want a MIDI number, 0 to 127, or None for a rest")


def _merge_rests(notes: Iterable[Note]) -> list[Note]:
    """Join rests that follow one another."""
    merged: list[Note] = []
    for note in notes:
        if merged and note.pitch is None and merged[-1].pitch is None:
            note = Note(None, merged.pop().duration + note.duration)
        merged.append(note)
    return merged
