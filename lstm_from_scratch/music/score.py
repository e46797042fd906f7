"""A melody as files to open, read and hear: **kern, MIDI, MusicXML, an engraved SVG score and WAV.

Everything happens in this process: music21 writes MIDI and MusicXML, verovio engraves, NumPy sings.
The same melody gives the same bytes, in every format and on every day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ..files import write_bytes
from .kern_writer import write_kern
from .melody import Melody
from .metre import TEMPO, bar_length, check_tempo
from .sound import to_wav
from .spelling import key_fifths, spelled

if TYPE_CHECKING:
    from music21 import stream

# --- Engraving, for 900 pixels of an HTML page, at which a staff is 36 pixels high
GROUP = 4  # quarter lengths after which a line without barlines may break
ENGRAVING = {"inputFrom": "humdrum", "header": "none", "footer": "none", "smuflTextFont": "none"}
ENGRAVING |= {"scale": 50, "pageWidth": 1800, "pageHeight": 60_000, "adjustPageHeight": True}
ENGRAVING |= {"svgViewBox": True, "svgRemoveXlink": True, "xmlIdChecksum": True}

# What music21 writes that is the day's date, not so (a composer named Music21), random, or no XML.
UNWANTED = re.compile(r"\s*<(?:encoding-date|creator)\b.*|[\x00-\x08\x0b\x0c\x0e-\x1f]")
RANDOM_PART_ID = re.compile(r"\bP[0-9a-f]{32}\b")


def to_midi(melody: Melody, tempo: float = TEMPO) -> bytes:
    """A MIDI file: one track of notes, ties joined, and its tempo.

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
    from music21 import midi, note, stream
    from music21.tempo import MetronomeMark

    part = stream.Part([MetronomeMark(number=check_tempo(tempo))])
    for pitch, duration in melody.notes:
        sound = note.Rest() if pitch is None else note.Note(pitch)
        sound.quarterLength = duration
        part.append(sound)
    return midi.translate.streamToMidiFile(part).writestr()


def to_musicxml(melody: Melody, tempo: float = TEMPO) -> str:
    """MusicXML 4.0 with title, key, meter, upbeat, ties and tempo; parameters and errors as `to_midi`."""
    from music21 import stream
    from music21.musicxml.m21ToXml import GeneralObjectExporter
    from music21.tempo import MetronomeMark

    part = to_music21(melody)
    part[stream.Measure].first().insert(0, MetronomeMark(number=check_tempo(tempo)))
    exporter = GeneralObjectExporter()
    score = exporter.fromPart(part)  # .parse() would look for gaps first, slowly
    text = exporter.parseWellformedObject(score).decode("utf-8")
    return RANDOM_PART_ID.sub("P1", UNWANTED.sub("", text))


def to_music21(melody: Melody) -> stream.Part:
    """A music21 Part: measures (an upbeat is number 0), key, meters, ties, pitches spelled by the key."""
    from music21 import key, metadata, note, pitch, stream, tie
    from music21.meter import TimeSignature

    part = stream.Part()
    meter, changes = melody.meter, dict(melody.meter_changes)
    time, tied_before = Fraction(0), False
    for number, bar in enumerate(melody.bars(), 0 if melody.upbeat else 1):
        measure = stream.Measure(number=number)
        if melody.key and not part:
            measure.append(key.KeySignature(key_fifths(melody.key)).asKey(melody.key[1]))
        if meter and (not part or time in changes):
            meter = changes.get(time, meter)
            measure.append(TimeSignature("%d/%d" % meter))
        length = Fraction(0)
        for midi, value, tied in bar:
            if midi is None:
                element = note.Rest(quarterLength=value)
            else:
                name, octave = spelled(midi, melody.key)
                element = note.Note(pitch.Pitch(name, octave=octave), quarterLength=value)
            if tied or tied_before:
                element.tie = tie.Tie("continue" if tied and tied_before else "start" if tied else "stop")
            tied_before = tied
            measure.append(element)
            length += value
        if meter and number:  # so that music21 beams a short bar from its first beat
            measure.paddingRight = bar_length(meter) - length
        part.append(measure)
        time += length
    if melody.upbeat:
        part[0].padAsAnacrusis()
        part[0].showNumber = stream.enums.ShowNumber.NEVER
    part.metadata = metadata.Metadata(title=melody.title or "Untitled")
    return part


def to_svg(melody: Melody) -> str:
    """The engraved score: one SVG element as wide as what it stands in, with all systems and no title.

    It needs nothing from elsewhere and takes its colour from the text around it. Its ids hold a checksum
    of the melody, so that several can stand in one HTML page.

    Raises
    ------
    ValueError
        verovio cannot put it on one page.
    """
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions(ENGRAVING)
    if not toolkit.loadData(_engravable_kern(melody)) or toolkit.getPageCount() != 1:
        raise ValueError(f"verovio cannot engrave this melody of {len(melody.notes)} notes on one page")
    return _without_idle_ids(toolkit.renderToSVG(1))


def save(melody: Melody, folder: str | Path, stem: str, tempo: float = TEMPO) -> dict[str, Path]:
    """Write a melody in all five formats: all of them, or none when one cannot be made.

    Parameters
    ----------
    melody : Melody
    folder : str or Path
        Made where it is missing.
    stem : str
        The files' name without its suffix.
    tempo : float
        Quarters a minute, 20 to 400.

    Returns
    -------
    dict of Path
        By suffix: "krn", "mid", "musicxml", "svg", "wav".

    Raises
    ------
    ValueError
        A tempo outside that range, or a melody that cannot be engraved.
    OSError
        A folder that cannot be made or written.
    """
    contents = {
        "krn": write_kern(melody).encode("utf-8"),
        "mid": to_midi(melody, tempo),
        "musicxml": to_musicxml(melody, tempo).encode("utf-8"),
        "svg": to_svg(melody).encode("utf-8"),
        "wav": to_wav(melody, tempo),
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {suffix: folder / f"{stem}.{suffix}" for suffix in contents}
    for suffix, path in paths.items():
        write_bytes(path, contents[suffix])
    return paths


def _engravable_kern(melody: Melody) -> str:
    """The melody's **kern, with beams, and with places to break a line where there are no barlines."""
    text = write_kern(melody)
    if melody.meter is None:
        text = "".join(_with_invisible_barlines(text, melody))
    return text + "!!!filter: autobeam\n"


def _with_invisible_barlines(text: str, melody: Melody) -> Iterator[str]:
    """An invisible barline after each `GROUP` quarter lengths, or soon after: where a beat is over.

    verovio lets no accidental end at these, a reader might: every note outside the key gets its sign.
    """
    signature = dict(re.findall(r"([a-g])([#-])", "".join(re.findall(r"^\*k\[.*", text, re.MULTILINE))))

    def signed(match: re.Match) -> str:
        letters, accidental = match.groups()
        if accidental == signature.get(letters[0].lower(), ""):
            return match[0]
        return letters + (accidental + "X" if accidental else "n")

    (pieces,) = melody.bars()
    lengths = iter([piece.duration for piece in pieces])
    filled = Fraction(0)
    for line in text.splitlines(keepends=True):
        is_note = line[0] not in "!*="
        if is_note and filled >= GROUP and (filled.denominator == 1 or filled >= 2 * GROUP):
            yield "=-\n"
            filled = Fraction(0)
        if is_note:
            filled += next(lengths)
            line = re.sub(r"([a-gA-G]+)([#-]*)", signed, line)
        yield line


def _without_idle_ids(svg: str) -> str:
    """Drop the ids that nothing refers to: verovio counts them afresh in every score, so they clash."""
    used = set(re.findall(r"#([\w-]+)", svg))
    return re.sub(r' id="([^"]*)"', lambda match: match[0] if match[1] in used else "", svg)
