"""Melodies from the files that people have: **kern by our own reader, MIDI, MusicXML and ABC by music21."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from .kern import read_kern
from .melody import Melody, Note
from .metre import Meter, upbeat_until
from .midi_reader import melodies_in_midi, several_voices
from .musicxml import UNTITLED
from .rules import estimate_key, keys_of_signature
from .spelling import Key

MIDI = (".mid", ".midi")
BY_MUSIC21 = {".musicxml": "musicxml", ".xml": "musicxml", ".mxl": "musicxml", ".abc": "abc"}
SUFFIXES = (".krn", *MIDI, *BY_MUSIC21)
LARGEST_FILE = 10_000_000  # bytes, unpacked; a song of ten minutes has about a tenth of them
LONGEST_MELODY = 4096  # quarter lengths, half an hour: a score of more takes minutes to write
MAJOR_MODES = ("major", "ionian", "lydian", "mixolydian")  # by their third


class FormatError(ValueError):
    """A file that is not one melody, or in none of the formats; the message is `FILE: reason`."""


def read_melody(path: str | Path, spine: int | None = None) -> Melody:
    """The melody in a file: .krn, .mid, .midi, .musicxml, .mxl, .xml or .abc, in capitals or not.

    Repeats are read once, as they are written. Grace notes and chord names are left out. A key that is only
    a signature is the one of its two keys that fits the notes better. MIDI that was played, so that its
    notes begin off every grid, is moved to the nearest 16ths and triplets of 8ths.

    Parameters
    ----------
    path : str or Path
    spine : int, optional
        Which of several melodies in the file: the Nth column of **kern from the left, the Nth part, track or
        tune from the top, counted from 1.

    Returns
    -------
    Melody

    Raises
    ------
    KernError
        A .krn file that is not one melody.
    FormatError
        Any other file that is not one melody, or in none of these formats.
    OSError
        The file cannot be read.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise FormatError(f"{path}: want a file of one of these kinds: {', '.join(SUFFIXES)}")
    if suffix == ".krn":
        return read_kern(path, spine)
    try:
        _check_size(path)
        found = melodies_in_midi(path.read_bytes()) if suffix in MIDI else _by_music21(path)
        melody = _choose(list(found), spine)
        if melody.duration > LONGEST_MELODY:
            raise ValueError(f"it lasts {float(melody.duration):g} quarters, want at most {LONGEST_MELODY}")
        return melody
    except ValueError as error:
        raise FormatError(f"{path}: {error}") from None


def _check_size(path: Path) -> None:
    """Refuse what would take all memory, and what is not a file and could be waited for for ever."""
    if path.exists() and not path.is_file():
        raise ValueError("not a file")
    size = path.stat().st_size
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    if size > LARGEST_FILE:
        raise ValueError(f"{size:,} bytes; a melody has at most {LARGEST_FILE:,}")


def _choose(found: list[tuple[str, Melody | ValueError]], spine: int | None) -> Melody:
    """The only one of named melodies, or the one asked for; an error found while reading it is raised."""
    if not found:
        raise ValueError("no notes")
    if spine is None and len(found) > 1:
        names = ", ".join(f"{n} {name}".strip() for n, (name, _) in enumerate(found[:10], 1))
        names += ", ..." if len(found) > 10 else ""
        raise ValueError(f"{len(found)} melodies ({names}): choose one with --spine N, 1 to {len(found)}")
    if spine is not None and not 1 <= spine <= len(found):
        raise ValueError(f"--spine {spine}: there are melodies 1 to {len(found)}")
    _, melody = found[(spine or 1) - 1]
    if isinstance(melody, ValueError):
        raise melody
    return melody


def _by_music21(path: Path) -> Iterator[tuple[str, Melody | ValueError]]:
    """Each part that has notes: its name, and its melody or why it is none."""
    from music21 import converter, stream

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read: Any = converter.parseFile(
                path, format=BY_MUSIC21[path.suffix.lower()], forceSource=True, storePickle=False
            )
    except Exception as error:  # music21 has no kind of its own for files that are broken
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"music21 cannot read it: {reason[:200]}") from None
    scores = list(read.scores) if isinstance(read, stream.Opus) else [read]
    for score in scores:
        title = (score.metadata and score.metadata.bestTitle) or ""
        title = "" if title == UNTITLED else title
        for part in score.parts:
            if part.recurse().notes:
                try:
                    melody: Melody | ValueError = _melody(part, title)
                except ValueError as error:
                    melody = error
                yield (title if len(scores) > 1 else part.partName or ""), melody


def _melody(part: Any, title: str) -> Melody:
    """A music21 Part as a melody."""
    from music21 import stream

    flat = part.flatten()
    end = Fraction(flat.highestTime)
    notes = tuple(_notes(flat, end))
    measures = list(part.getElementsByClass(stream.Measure))
    barlines = [Fraction(measure.offset) for measure in measures[1:]]
    if measures and measures[0].number == 0:
        barlines.append(end)  # there may be nothing but an upbeat
    signatures = flat.getElementsByClass("TimeSignature")
    meters = {Fraction(m.offset): (m.numerator, m.denominator) for m in signatures}
    meter = meters.pop(Fraction(0), None)
    melody = Melody(
        notes,
        title=title,
        meter=meter,
        upbeat=upbeat_until(min(barlines, default=None), meter),
        meter_changes=tuple(_changes(meter, meters, end)),
    )
    return replace(melody, key=_key(flat, melody))


def _changes(
    first: Meter | None, meters: dict[Fraction, Meter], end: Fraction
) -> Iterator[tuple[Fraction, Meter]]:
    """Each meter that is another than the one before, where there is one before."""
    before = first
    for onset, meter in sorted(meters.items()):
        if before and meter != before and onset < end:
            yield onset, meter
            before = meter


def _notes(flat: Any, end: Fraction) -> Iterator[Note]:
    """Notes and rests, ties joined; what no note fills is a rest."""
    now, pitch, duration, tied = Fraction(0), None, Fraction(0), False
    for note in flat.notes:
        if note.duration.isGrace or (not note.isNote and "Harmony" in note.classes):
            continue
        onset, length = Fraction(note.offset), Fraction(note.quarterLength)
        if not note.isNote or onset < now:
            raise several_voices(onset)
        joins = note.tie is not None and note.tie.type in ("stop", "continue")
        if joins and tied and note.pitch.midi == pitch and onset == now:
            duration += length
        else:
            if duration:
                yield Note(pitch, duration)
            if onset > now:
                yield Note(None, onset - now)
            pitch, duration = note.pitch.midi, length
        now = onset + length
        tied = note.tie is not None and note.tie.type in ("start", "continue")
    yield Note(pitch, duration)
    if end > now:
        yield Note(None, end - now)


def _key(flat: Any, melody: Melody) -> Key | None:
    """The first key that is stated; a signature alone leaves two."""
    for stated in flat.getElementsByClass("KeySignature"):
        if "Key" in stated.classes:
            return stated.tonic.pitchClass, "major" if stated.mode in MAJOR_MODES else "minor"
        return estimate_key(melody, keys_of_signature(stated.sharps))
    return None
