"""A melody as MusicXML, written by music21."""

from __future__ import annotations

import re
from fractions import Fraction
from math import lcm
from typing import Any
from xml.etree.ElementTree import Element

from .melody import Melody, total
from .metre import TEMPO, Piece, bar_length, check_tempo
from .spelling import Key, clef, key_fifths, spelled

# What music21 writes that is the day's date, untrue (a composer named Music21), random, or not XML.
UNWANTED = re.compile(r"\s*<(?:encoding-date|creator)\b.*|[\x00-\x08\x0b\x0c\x0e-\x1f]")
RANDOM_PART_ID = re.compile(r"\bP[0-9a-f]{32}\b")
UNTITLED = "Untitled"
UNWRITABLE = ("complex", "inexpressible", "zero", "2048th")  # note values that music21 does not write


def to_musicxml(melody: Melody, tempo: float = TEMPO) -> str:
    """MusicXML 4.0 with title, clef, key, meters, upbeat, ties and tempo; parameters and errors as `to_midi`.

    A melody without a meter is one measure, without a time signature.
    """
    from music21 import bar, metadata, stream
    from music21 import clef as clefs
    from music21.meter import SenzaMisuraTimeSignature
    from music21.musicxml.m21ToXml import ScoreExporter
    from music21.stream.makeNotation import makeTupletBrackets
    from music21.tempo import MetronomeMark

    part = to_music21(melody)
    measures = list(part.getElementsByClass(stream.Measure))
    letter, line = clef(pitch for pitch, _ in melody.notes if pitch is not None)
    measures[0].clef = clefs.clefFromString(f"{letter}{line}")
    measures[0].insert(0, MetronomeMark(number=check_tempo(tempo)))
    measures[-1].rightBarline = bar.Barline("final")
    part.makeAccidentals(inPlace=True)
    for measure in measures:
        makeTupletBrackets(measure, inPlace=True)
    if melody.meter:
        part.makeBeams(inPlace=True)
    else:
        measures[0].insert(0, SenzaMisuraTimeSignature())
    score = stream.Score([part])
    score.metadata = metadata.Metadata(title=melody.title or UNTITLED)
    # music21's own notation would cut a melody without a meter into bars of 4/4.
    exporter = ScoreExporter(score, makeNotation=False)
    exporter.parse()
    _set_exact_durations(exporter.xmlRoot, [piece.duration for bar in melody.bars() for piece in bar])
    return RANDOM_PART_ID.sub("P1", UNWANTED.sub("", exporter.asBytes().decode("utf-8")))


def _set_exact_durations(root: Element, durations: list[Fraction]) -> None:
    """Every note's duration as it is: music21 rounds all to the same fraction of a quarter."""
    quarter = lcm(*{duration.denominator for duration in durations})
    for divisions in root.iter("divisions"):
        divisions.text = str(quarter)
    for note, duration in zip(root.iter("note"), durations, strict=True):
        element = note.find("duration")
        assert element is not None
        element.text = str(duration * quarter)


def to_music21(melody: Melody) -> Any:
    """A music21 Part: measures (an upbeat is number 0), key, meters, ties, pitches spelled by the key."""
    from music21 import key, stream
    from music21.meter import TimeSignature

    part = stream.Part()
    meter, changes = melody.meter, dict(melody.meter_changes)
    time, tied = Fraction(0), False
    for number, bar in enumerate(melody.bars(), 0 if melody.upbeat else 1):
        measure = stream.Measure(number=number)
        if melody.key and not part:
            measure.append(key.KeySignature(key_fifths(melody.key)).asKey(melody.key[1]))
        if meter and (not part or time in changes):
            meter = changes.get(time, meter)
            measure.append(TimeSignature("%d/%d" % meter))
        for piece in bar:
            measure.append(_to_music21_note(piece, tied, melody.key))
            tied = piece.tied
        length = total(piece.duration for piece in bar)
        if meter and number:  # so that music21 beams a short bar from its first beat
            measure.paddingRight = bar_length(meter) - length
        part.append(measure)
        time += length
    if melody.upbeat:
        part[0].padAsAnacrusis()
        part[0].showNumber = stream.enums.ShowNumber.NEVER
    return part


def _to_music21_note(piece: Piece, tied_before: bool, key: Key | None) -> Any:
    from music21 import duration, note, pitch, tie

    value = duration.Duration(piece.duration)
    types = {value.type, *(t.durationNormal.type for t in value.tuplets if t.durationNormal)}
    if not types.isdisjoint(UNWRITABLE):  # some other head, that lasts as long as it should
        value = duration.Duration("quarter")
        value.linked = False
        value.quarterLength = piece.duration
    if piece.pitch is None:
        return note.Rest(duration=value)
    name, octave = spelled(piece.pitch, key)
    written = note.Note(pitch.Pitch(name, octave=octave), duration=value)
    if piece.tied or tied_before:
        written.tie = tie.Tie("start" if not tied_before else "continue" if piece.tied else "stop")
    return written
