"""What a file says to a reader that knows nothing of the writer: (pitch or None, quarter lengths) a note."""

import struct
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def with_rests(sounding, end):
    """The notes and rests of (onset, pitch, duration)s that follow one another, up to the end."""
    notes, now = [], Fraction(0)
    for onset, pitch, duration in sounding:
        assert onset >= now
        if onset > now:
            notes.append((None, onset - now))
        notes.append((pitch, duration))
        now = onset + duration
    assert end >= now
    return tuple(notes + [(None, end - now)] * (end > now))


def midi_events(data):
    """(ticks, kind, data) of every event of a format 0 file, and the ticks of a quarter.

    The kind is a meta event's type, or a channel event's status byte.
    """
    magic, size, format_, tracks, quarter = struct.unpack(">4sIHHH", data[:14])
    assert (magic, size, format_, tracks) == (b"MThd", 6, 0, 1)
    magic, size = struct.unpack(">4sI", data[14:22])
    assert (magic, size) == (b"MTrk", len(data) - 22)
    events, now, at = [], 0, 22
    while at < len(data):
        ticks = 0
        while data[at] & 0x80:
            ticks, at = (ticks | data[at] & 0x7F) << 7, at + 1
        now, at = now + (ticks | data[at]), at + 1
        kind = data[at]
        if kind == 0xFF:
            kind, length = data[at + 1], data[at + 2]
            at += 3
        else:
            length, at = 2, at + 1
        events.append((now, kind, data[at : at + length]))
        at += length
    return events, quarter


def notes_in_midi(data):
    """The notes of a MIDI file, as exact as its ticks are."""
    events, quarter = midi_events(data)
    sounding, begun = [], {}
    for now, kind, content in events:
        if kind == 0x90:
            assert not begun
            begun[content[0]] = now
        elif kind == 0x80:
            start = begun.pop(content[0])
            sounding.append((Fraction(start, quarter), content[0], Fraction(now - start, quarter)))
    end, kind, _ = events[-1]
    assert kind == 0x2F and not begun
    return with_rests(sounding, Fraction(end, quarter))


def bars_in_musicxml(text):
    """Each measure's raw notes: (pitch or None, quarter lengths, tied to the one before, to the next)."""
    root = ElementTree.fromstring(text)
    assert not [*root.iter("forward"), *root.iter("backup"), *root.iter("chord")]
    quarter = int(root.findtext(".//divisions"))
    bars = []
    for measure in root.iter("measure"):
        bars.append([])
        for note in measure.iter("note"):
            ties = {tie.get("type") for tie in note.iter("tie")}
            assert ties == {tie.get("type") for tie in note.iter("tied")}
            pitch = None
            if note.find("rest") is None:
                step, octave = note.findtext("pitch/step"), int(note.findtext("pitch/octave"))
                pitch = 12 * (octave + 1) + STEPS[step] + int(note.findtext("pitch/alter") or 0)
            duration = Fraction(int(note.findtext("duration")), quarter)
            bars[-1].append((pitch, duration, "stop" in ties, "start" in ties))
    return bars


def notes_in_musicxml(text):
    """The notes of a MusicXML text, ties joined, and rests that follow one another too."""
    notes, open_tie = [], False
    for pitch, duration, joins, opens in (note for bar in bars_in_musicxml(text) for note in bar):
        assert joins == open_tie
        if joins or (notes and pitch is None and notes[-1][0] is None):
            assert notes[-1][0] == pitch
            duration += notes.pop()[1]
        notes.append((pitch, duration))
        open_tie = opens
    assert not open_tie
    return tuple(notes)


def notes_in_levels(levels, samples_a_quarter):
    """The notes of a row of integers: 1001 and the pitch where one begins, 1 while it lasts, 0 in rests."""
    edges = [0] + [i for i in range(1, len(levels)) if levels[i] > 1 or min(levels[i - 1], 1) != levels[i]]
    return tuple(
        (levels[a] - 1001 if levels[a] else None, Fraction(b - a, samples_a_quarter))
        for a, b in pairwise([*edges, len(levels)])
    )
