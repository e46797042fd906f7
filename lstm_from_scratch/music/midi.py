"""A melody as a standard MIDI file, a byte at a time: one track, with meter, key and tempo."""

from __future__ import annotations

import struct
from fractions import Fraction
from itertools import pairwise
from math import lcm

from .melody import Melody
from .metre import TEMPO, Meter, check_tempo, loudness
from .spelling import key_fifths

TICKS = 480  # to a quarter, or a multiple of it, so that durations are exact wherever that is possible
MOST_TICKS = 32_767  # to a quarter: the field has 15 bits
LOUDEST = 100  # velocity on a downbeat, of 127

TEMPO_EVENT, METER_EVENT, KEY_EVENT, END_EVENT = (
    b"\xff\x51\x03",
    b"\xff\x58\x04",
    b"\xff\x59\x02",
    b"\xff\x2f\0",
)


def to_midi(melody: Melody, tempo: float = TEMPO) -> bytes:
    """A MIDI file: one track of notes, ties joined, that ends with the melody's last note or rest.

    An upbeat is a first bar with a meter of its own, such as 1/4, as scorewriters have it.

    Parameters
    ----------
    melody : Melody
    tempo : float
        Quarters a minute, 20 to 400.

    Raises
    ------
    ValueError
        A tempo outside that range.
    """
    quarter = lcm(TICKS, *{d.denominator for _, d in melody.notes})
    if quarter > MOST_TICKS:  # rounded, each onset for itself, so that errors do not add up
        quarter = MOST_TICKS // TICKS * TICKS
    events = [(0, TEMPO_EVENT + round(60_000_000 / check_tempo(tempo)).to_bytes(3, "big"))]
    if melody.key:
        events.append((0, KEY_EVENT + struct.pack("bb", key_fifths(melody.key), melody.key[1] == "minor")))
    events += [(round(onset * quarter), _meter_event(meter)) for onset, meter in _meters(melody)]
    onset = Fraction(0)
    for (pitch, duration), place in zip(melody.notes, melody.places()):
        begin, onset = round(onset * quarter), onset + duration
        if pitch is not None:
            events.append((begin, bytes([0x90, pitch, round(LOUDEST * loudness(place))])))
            events.append((round(onset * quarter), bytes([0x80, pitch, 0])))
    events.sort(key=lambda event: event[0])  # stable, so that a note ends before the next one begins
    events.append((round(onset * quarter), END_EVENT))
    times = [0, *(time for time, _ in events)]
    track = b"".join(
        _variable_length(after - before) + event
        for (before, after), (_, event) in zip(pairwise(times), events)
    )
    header = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, quarter)  # format 0, one track
    return header + struct.pack(">4sI", b"MTrk", len(track)) + track


def _meters(melody: Melody) -> list[tuple[Fraction, Meter]]:
    """Each meter with its onset; an upbeat has one of its own, if a note value can be its unit."""
    if not melody.meter:
        return []
    meters = [(melody.upbeat, melody.meter), *melody.meter_changes]
    upbeat = melody.upbeat / 4  # of a whole note
    if upbeat and 64 % upbeat.denominator == 0:
        return [(Fraction(0), (upbeat.numerator, upbeat.denominator)), *meters]
    return meters


def _meter_event(meter: Meter) -> bytes:
    """The metronome clicks once a quarter, 24 MIDI clocks; a quarter has eight 32nds."""
    beats, unit = meter
    return METER_EVENT + bytes([beats, unit.bit_length() - 1, 24, 8])


def _variable_length(number: int) -> bytes:
    """Seven bits a byte, the highest first; all bytes but the last have their eighth bit set."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))
