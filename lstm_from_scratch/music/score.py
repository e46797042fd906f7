"""A melody as files to open, read and hear: **kern, MIDI, MusicXML, an engraved SVG score and WAV.

Everything happens in this process: music21 writes MIDI and MusicXML, verovio engraves, NumPy sings.
The same melody gives the same bytes, in every format and on every day.
"""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..files import write_bytes
from .kern_writer import write_kern
from .melody import Melody

TEMPO = 120  # quarters a minute
SLOWEST, FASTEST = 20, 400

# --- Sound: a plucked string, more or less
SAMPLE_RATE = 22_050  # samples a second
PEAK = 0.8  # of what a 16-bit sample can hold
PARTIALS = 10
DARKNESS = 1.3  # partial k begins with amplitude k ** -DARKNESS ...
DAMPING = 1.0  # ... and fades k times as fast as the first, by this many e-folds a second
ATTACK, RELEASE = 0.008, 0.12  # seconds

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

    part = stream.Part([MetronomeMark(number=_checked(tempo))])
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

    part = melody.to_music21()
    part[stream.Measure].first().insert(0, MetronomeMark(number=_checked(tempo)))
    exporter = GeneralObjectExporter()
    score = exporter.fromPart(part)  # .parse() would look for gaps first, slowly
    text = exporter.parseWellformedObject(score).decode("utf-8")
    return RANDOM_PART_ID.sub("P1", UNWANTED.sub("", text))


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


def to_wav(melody: Melody, tempo: float = TEMPO) -> bytes:
    """A WAV file, 16-bit mono, of `synthesise`; parameters and errors as `to_midi`."""
    samples = np.round(synthesise(melody, tempo) * 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def synthesise(melody: Melody, tempo: float = TEMPO) -> np.ndarray:
    """The melody as a sound; parameters and errors as `to_midi`.

    Returns
    -------
    ndarray of float64, shape (samples,)
        At `SAMPLE_RATE`, between -`PEAK` and `PEAK`; each note rings on for `RELEASE` seconds.
    """
    rate = Fraction(60 * SAMPLE_RATE) / Fraction(_checked(tempo))  # samples a quarter, exactly
    tail = round(RELEASE * SAMPLE_RATE)
    sound = np.zeros(round(melody.duration * rate) + tail)
    onset = Fraction(0)
    for pitch, duration in melody.notes:
        begin, onset = round(onset * rate), onset + duration
        end = round(onset * rate) + tail
        if pitch is not None:
            sound[begin:end] += _tone(pitch, end - begin)
    loudest = np.abs(sound).max()
    return sound * (PEAK / loudest) if loudest else sound


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


def _checked(tempo: float) -> float:
    if not SLOWEST <= tempo <= FASTEST:  # NaN is neither
        raise ValueError(f"tempo {tempo}: want {SLOWEST} to {FASTEST} quarters a minute")
    return tempo


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


def _tone(pitch: int, samples: int) -> np.ndarray:
    """One note, as loud in its first partial as any other, zero at both ends.

    Partial k is the k-th power of the first, one decaying rotation, so a polynomial is the whole sound.
    Partials that this sample rate cannot hold are left out.
    """
    frequency = 440.0 * 2.0 ** ((pitch - 69) / 12)
    partials = np.arange(1, min(PARTIALS, int(SAMPLE_RATE / 2 / frequency)) + 1)
    seconds = np.arange(samples) / SAMPLE_RATE
    rotation = np.exp((2j * np.pi * frequency - DAMPING) * seconds)
    tone = np.polyval([*partials[::-1] ** -DARKNESS, 0], rotation).imag
    for edge, length in ((tone, ATTACK), (tone[::-1], RELEASE)):
        fade = edge[: round(length * SAMPLE_RATE)]
        fade *= 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, len(fade)))
    return tone
