"""The melodies in a MIDI file: music21 reads its events, and these become notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from .melody import FINEST, Melody, Note
from .metre import Meter, bar_length
from .rules import keys_of_signature
from .spelling import Key

GRIDS = (4, 3)  # parts of a quarter on which played notes may begin
DRUMS = 10  # the channel of percussion
SHORTEST_REST = Fraction(1, 4)  # quarter lengths between notes that were played short, ...
SHORTEST_SHARE = Fraction(1, 8)  # ... and of the time from one onset to the next


def several_voices(onset: Fraction) -> ValueError:
    """What is wrong with a melody in which a note begins before the last one ends."""
    return ValueError(
        f"several notes at once, {float(onset):g} quarters after the start: a melody has one voice, so leave "
        "only that one in a score editor"
    )


class Played(NamedTuple):
    """A note as it was played."""

    onset: Fraction  # quarter lengths
    end: Fraction
    pitch: int


def melodies_in_midi(data: bytes) -> Iterator[tuple[str, Melody | ValueError]]:
    """Each track and channel with notes, but for percussion: its name, and its melody or why it is none.

    Raises
    ------
    ValueError
        music21 cannot read it as a MIDI file.
    """
    from music21.midi import MidiException, MidiFile

    file = MidiFile()
    try:
        file.readstr(data)
    except (MidiException, IndexError, ValueError, TypeError) as error:
        raise ValueError(f"music21 cannot read it as MIDI: {error}") from None
    if file.ticksPerSecond is not None or file.ticksPerQuarterNote <= 0:
        raise ValueError("its time is counted in frames of film, not in quarters")
    stated = _Stated()
    found = [voice for track in file.tracks for voice in _voices(track, file.ticksPerQuarterNote, stated)]
    for name, played, end in found:
        try:
            yield name, _melody(played, end, stated)
        except ValueError as error:
            yield name, error


class _Stated:
    """What meta events state, in whichever track."""

    def __init__(self) -> None:
        self.key: Key | None = None
        self.meters: dict[Fraction, Meter] = {}

    def hear(self, now: Fraction, event: Any) -> None:
        from music21.midi import MetaEvents

        if event.type == MetaEvents.KEY_SIGNATURE and self.key is None:
            fifths = int.from_bytes(event.data[:1], signed=True)
            self.key = keys_of_signature(fifths)[event.data[1] == 1]
        elif event.type == MetaEvents.TIME_SIGNATURE:
            self.meters[now] = event.data[0], 1 << event.data[1]


def _voices(track: Any, quarter: int, stated: _Stated) -> Iterator[tuple[str, list[Played], Fraction]]:
    """The name, the notes and the end of each channel of a track."""
    from music21.midi import MetaEvents

    now, name = 0, ""
    begun: dict[tuple[int, int], list[int]] = defaultdict(list)
    voices: dict[int, list[Played]] = defaultdict(list)
    for event in track.events:
        if event.isDeltaTime():
            now += event.time
        elif event.isNoteOn():
            begun[event.channel, event.pitch].append(now)
        elif event.isNoteOff():
            if begun[event.channel, event.pitch]:
                start = begun[event.channel, event.pitch].pop(0)
                voices[event.channel].append(
                    Played(Fraction(start, quarter), Fraction(now, quarter), event.pitch)
                )
        elif event.type == MetaEvents.SEQUENCE_TRACK_NAME:
            name = event.data.decode("utf-8", "replace").strip()
        else:
            stated.hear(Fraction(now, quarter), event)
    for channel, played in sorted(voices.items()):
        if channel != DRUMS:
            yield name, sorted(played), Fraction(now, quarter)


def _melody(played: list[Played], end: Fraction, stated: _Stated) -> Melody:
    notes = tuple(_notes(_on_a_grid(played), end))
    meters = sorted(stated.meters.items())
    upbeat = Fraction(0)
    if len(meters) > 1 and meters[1][0] == bar_length(meters[0][1]) < bar_length(meters[1][1]):
        upbeat, _ = meters[1]  # a first bar with a meter of its own
        meters.pop(0)
    if not meters or meters[0][0] != upbeat:  # none from the beginning on
        return Melody(notes, key=stated.key)
    (_, meter), *changes = meters
    return Melody(notes, key=stated.key, meter=meter, upbeat=upbeat, meter_changes=tuple(changes))


def _on_a_grid(played: list[Played]) -> list[Played]:
    """The notes as they are where all are exact; else their onsets, or only their ends, moved to a grid."""
    if all(FINEST % time.denominator == 0 for note in played for time in note[:2]):
        return played
    if any(FINEST % note.onset.denominator for note in played):
        played = [note._replace(onset=_nearest(note.onset)) for note in played]
    following = [note.onset for note in played[1:]]
    last = _nearest(played[-1].end)
    moved = []
    for note, next_onset in zip(played, [*following, max(last, played[-1].onset + Fraction(1, 4))]):
        slot = next_onset - note.onset
        rests = next_onset - note.end >= max(SHORTEST_REST, slot * SHORTEST_SHARE)
        moved.append(note._replace(end=_nearest(note.end) if rests else next_onset))
    return moved


def _nearest(time: Fraction) -> Fraction:
    return min((Fraction(round(time * grid), grid) for grid in GRIDS), key=lambda near: abs(near - time))


def _notes(played: list[Played], end: Fraction) -> Iterator[Note]:
    """Notes, and rests between them."""
    for before, after in pairwise(played):
        if after.onset < before.end:
            raise several_voices(after.onset)
    now = Fraction(0)
    for note in played:
        if note.onset > now:
            yield Note(None, note.onset - now)
        yield Note(note.pitch, note.end - note.onset)
        now = note.end
    if end > now and FINEST % (end - now).denominator == 0:
        yield Note(None, end - now)
