"""Monophonic **kern, the text format of the Essen folk songs, read into a Melody.

A song is read exactly or refused with the line at fault; nothing is guessed. `write_kern`, the way back,
is in `kern_writer.py`.
"""

from __future__ import annotations

import codecs
import re
from fractions import Fraction
from pathlib import Path

from .kern_token import Event, parse_event, show
from .melody import Melody, Note, total
from .metre import Meter, check_meter, upbeat_until
from .spelling import PITCH_CLASSES, Key

_SPINE_OPERATORS = {"*^", "*v", "*+", "*x"}
_KEY = re.compile(r"\*([A-Ga-g])(##?|--?)?:")
_METER = re.compile(r"\*M([0-9]+)/([0-9]+)")
_NO_METER = ("*MX", "*MZ", "*MFREI")


class KernError(ValueError):
    """A text that is not one monophonic **kern song; the message is `FILE:LINE: reason`."""


def read_kern(path: str | Path) -> Melody:
    """The melody in a **kern file.

    Parameters
    ----------
    path : str or Path
        UTF-8, with or without a byte order mark; bytes that are not UTF-8 are read as Latin-1.

    Returns
    -------
    Melody

    Raises
    ------
    KernError
        As `parse_kern`.
    OSError
        The file cannot be read.
    """
    return parse_kern(decode_text(Path(path).read_bytes()), str(path))


def decode_text(data: bytes) -> str:
    """Bytes as text: UTF-8, with or without a byte order mark, else Latin-1."""
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def parse_kern(text: str, name: str = "<text>") -> Melody:
    """The melody in a **kern text.

    The first key and the first meter that are stated count. The upbeat is the time of the first
    barline after the start, when that is shorter than a bar. Grace notes are left out.

    Parameters
    ----------
    text : str
        Lines end with LF, CRLF or CR.
    name : str
        What error messages call the text.

    Returns
    -------
    Melody
        Ties are merged; `title` is the text's OTL record, `number` its SCT record.

    Raises
    ------
    KernError
        There is no `**kern` column or more than one; a column splits, joins, is added or exchanged; a
        line has another number of columns; a token is a chord, lacks a pitch or a duration, has two, or
        holds an unknown character; a note is outside MIDI's 0 to 127 or longer than 64 quarters; a meter
        no melody can have; no `*-`, something after it, or no notes.
    """
    reader = _Reader()
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    try:
        for line in lines:
            reader.read(line)
        return reader.melody()
    except ValueError as error:
        raise KernError(f"{name}:{reader.line}: {error}") from None


class _Reader:
    """What is known of a song so far; it takes one line after the other."""

    def __init__(self) -> None:
        self.line = 0  # its number
        self.records: dict[str, str] = {}
        self.columns = 0  # 0 until the line of `**` interpretations
        self.column = 0  # the one that is **kern
        self.ended = False
        self.key: Key | None = None
        self.meters: list[Meter | None] = []
        self.notes: list[Note] = []
        self.tie_open = False  # from the last note
        self.first_barline: Fraction | None = None  # quarter lengths

    def read(self, line: str) -> None:
        self.line += 1
        if line.startswith("!!!"):
            key, _, value = line[3:].partition(":")
            if key in ("OTL", "SCT"):
                self.records.setdefault(key, value)
        elif line.startswith("!") or not line.strip():
            return
        elif self.ended:
            raise ValueError(f"{show(line)} after '*-': a file holds one song, so cut it in two")
        elif not self.columns:
            self._begin(line.split("\t"))
        else:
            self._tokens(line.split("\t"))

    def melody(self) -> Melody:
        if not self.columns:
            raise ValueError("no **kern column: is this a **kern file?")
        if not self.ended:
            raise ValueError("no '*-' at the end: the file may have been cut off")
        if not self.notes:
            raise ValueError("no notes")
        meter = self.meters[0] if self.meters else None
        return Melody(
            tuple(self.notes),
            title=self.records.get("OTL", ""),
            number=self.records.get("SCT", ""),
            key=self.key,
            meter=meter,
            upbeat=upbeat_until(self.first_barline, meter),
        )

    def _begin(self, tokens: list[str]) -> None:
        kerns = [i for i, token in enumerate(tokens) if token.strip() == "**kern"]
        if not kerns:
            raise ValueError(f"no **kern column: the first line that is no comment is {show(tokens[0])}")
        if len(kerns) > 1:
            raise ValueError(f"{len(kerns)} **kern columns: a melody has one, so extract one of them first")
        self.columns, self.column = len(tokens), kerns[0]

    def _tokens(self, tokens: list[str]) -> None:
        if len(tokens) != self.columns:
            raise ValueError(f"{len(tokens)} columns, want {self.columns} as in the line of **kern")
        token = tokens[self.column].strip(" ")
        if tokens[0].startswith("*") or token.startswith("*"):
            self._interpret([t.strip(" ") for t in tokens], token)
        elif token.startswith("="):
            if self.first_barline is None and self.notes:
                self.first_barline = total(note.duration for note in self.notes)
        elif token != "." and (event := parse_event(token)):
            self._add(event)

    def _interpret(self, tokens: list[str], token: str) -> None:
        if operators := _SPINE_OPERATORS.intersection(tokens):
            raise ValueError(f"'{min(operators)}' changes the columns: a melody keeps its one **kern column")
        if not all(t.startswith("*") for t in tokens):
            raise ValueError("interpretations and data in one line")
        if "*-" in tokens:
            if set(tokens) != {"*-"}:
                raise ValueError("'*-' ends some columns only: all end together")
            self.ended = True
        elif token.startswith("**"):
            raise ValueError(f"{show(token)} in the middle of a song")
        elif match := _KEY.fullmatch(token):
            self.key = self.key or _key(*match.groups(default=""))
        elif match := _METER.fullmatch(token):
            self.meters.append(_meter(*match.groups()))
        elif token.startswith(_NO_METER):
            self.meters.append(None)

    def _add(self, event: Event) -> None:
        note = event.note
        if event.joins and self.tie_open and self.notes[-1].pitch == note.pitch:
            note = Note(note.pitch, self.notes.pop().duration + note.duration)
        self.notes.append(note)
        self.tie_open = event.opens


def _key(letter: str, accidental: str) -> Key:
    alter = accidental.count("#") - accidental.count("-")
    return (PITCH_CLASSES[letter.upper()] + alter) % 12, "major" if letter.isupper() else "minor"


def _meter(beats: str, unit: str) -> Meter:
    if max(len(beats), len(unit)) > 3:
        raise ValueError(f"meter {show(beats + '/' + unit)}: no bar is that long")
    meter = int(beats), int(unit)
    check_meter(meter)
    return meter
