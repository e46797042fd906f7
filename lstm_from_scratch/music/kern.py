"""Monophonic **kern, the text format of the Essen folk songs, read into a Melody.

A song is read exactly or refused with the line at fault; nothing is guessed. `write_kern`, the way back,
is in `kern_writer.py`.
"""

from __future__ import annotations

import codecs
import warnings
from dataclasses import replace
from fractions import Fraction
from math import lcm
from pathlib import Path

from ..files import read_regular
from .kern_columns import Columns
from .kern_interpretations import stated_key, stated_meter, stated_signature, states_meter
from .kern_token import MOST_UNITS, Event, parse_event, show
from .melody import Melody, Note, total
from .metre import bar_length
from .rules import estimate_key, keys_of_signature
from .spelling import Key
from .stated_bars import StatedBars

LARGEST_SONG = 20_000_000  # bytes: the largest in any collection has far less than a tenth


class KernError(ValueError):
    """A text that is not one monophonic **kern song; the message is `FILE:LINE: reason`."""


class KernWarning(UserWarning):
    """Something in a **kern text was skipped that no such text should hold."""


def read_kern(path: str | Path, spine: int | None = None) -> Melody:
    """The melody in a **kern file.

    Parameters
    ----------
    path : str or Path
        The file's encoding is found as `decode_text` does.
    spine : int or None
        As for `parse_kern`.

    Returns
    -------
    Melody

    Raises
    ------
    KernError
        As `parse_kern`.
    OSError
        The file cannot be read, is not a regular file, or has more than 20 MB.
    """
    return parse_kern(decode_text(read_regular(path, LARGEST_SONG)), str(path), spine)


def decode_text(data: bytes) -> str:
    """Bytes as text: UTF-16 if they begin with its byte order mark, else UTF-8, else Latin-1."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def parse_kern(text: str, name: str = "<text>", spine: int | None = None) -> Melody:
    """The melody in a **kern text.

    The first key and the first meter that are stated count. Where only a signature is stated, the key is
    the one of its two, major or minor, that fits the notes better. The upbeat is the time of the first
    barline after the start, when that is shorter than a bar. Grace notes are left out.

    Parameters
    ----------
    text : str
        Lines end with LF, CRLF or CR.
    name : str
        What error messages call the text.
    spine : int or None
        Which of several **kern columns to read, counted from the left, from 1.

    Returns
    -------
    Melody
        Ties are merged; `title` is the text's OTL record, `number` its SCT record.

    Warns
    -----
    KernWarning
        Lines of plain text above `**kern` were skipped.

    Raises
    ------
    KernError
        There is no `**kern` column, or more than one and no choice; it splits or joins another; a
        line has another number of columns; a token is a chord, lacks a pitch or a duration, has two, or
        holds an unknown character; a note is outside MIDI's 0 to 127 or longer than 64 quarters; a meter
        no melody can have; no `*-`, something after it, or no notes.
    """
    reader = _Reader(spine)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n\x1a").split("\n")
    try:
        for line in lines:
            reader.read(line)
        melody = reader.melody()
    except ValueError as error:
        raise KernError(f"{name}:{reader.line}: {error}") from None
    if reader.plain_text:
        warnings.warn(f"{name}:{reader.plain_text[0]}: plain text above **kern was skipped", KernWarning, 2)
    return melody


class _Reader:
    """What is known of a song so far; it takes one line after the other."""

    def __init__(self, spine: int | None) -> None:
        self.line = 0  # its number
        self.spine = spine
        self.records: dict[str, str] = {}
        self.plain_text: list[int] = []  # the numbers of its lines, above **kern
        self.columns: Columns | None = None
        self.key: Key | None = None
        self.signature: int | None = None  # sharps, or less than 0 flats
        self.bars = StatedBars()
        self.notes: list[Note] = []
        self.tie_open = False  # from the last note
        self.units = 1  # of a quarter; all times are whole numbers of them

    def read(self, line: str) -> None:
        self.line += 1
        if line.startswith("!"):
            key, _, value = line.partition(":")
            if key in ("!!!OTL", "!!!SCT"):
                self.records.setdefault(key, value)
        elif not line.strip():
            return
        elif not self.columns:
            self._begin(line)
        elif not self.columns.count:
            raise ValueError(f"{show(line)} after '*-': a file holds one song, so cut it in two")
        else:
            self._tokens(line.split("\t"), self.columns)

    def melody(self) -> Melody:
        if not self.columns:
            self.line = self.plain_text[0] if self.plain_text else self.line
            raise ValueError("no **kern column: is this a **kern file?")
        if self.columns.count:
            raise ValueError("no '*-' at the end of every column: the file may have been cut off")
        if not self.notes:
            raise ValueError("no notes")
        meter, upbeat, meter_changes = self.bars.until(self._time())
        melody = Melody(
            tuple(self.notes),
            title=self.records.get("!!!OTL", ""),
            number=self.records.get("!!!SCT", ""),
            key=self.key,
            meter=meter,
            upbeat=upbeat,
            meter_changes=meter_changes,
        )
        if self.key is None and self.signature is not None:
            melody = replace(melody, key=estimate_key(melody, keys_of_signature(self.signature)))
        return melody

    def _begin(self, line: str) -> None:
        """The line of `**` interpretations, or plain text above it."""
        tokens = line.rstrip("\t ").split("\t")
        if "\0" in line:
            raise ValueError("no **kern column but bytes of 0: if this is UTF-16, save it as UTF-8")
        if line.startswith("**"):
            if len(tokens) == 1 and len(line.split()) > 1:
                raise ValueError(f"blanks in {show(line)}: want a tab between columns")
            self.columns = Columns(tokens, self.spine)
        elif line.startswith(("*", "=")) or any(map(_is_event, tokens)):
            raise ValueError(
                f"no **kern column: {show(line)} stands above it, or the line of **kern is missing"
            )
        else:
            self.plain_text.append(self.line)

    def _tokens(self, tokens: list[str], columns: Columns) -> None:
        if len(tokens) != columns.count:
            if len(tokens) < columns.count or any(tokens[columns.count :]):  # a tab at the end does no harm
                hint = ", with a tab between them" if " " in tokens[0].strip() else ""
                raise ValueError(f"{len(tokens)} columns, want {columns.count}{hint}")
        token = "." if columns.melody is None else tokens[columns.melody].strip(" ")
        if tokens[0].startswith("*") or token.startswith("*"):
            self._interpret([t.strip(" ") for t in tokens[: columns.count]], token, columns)
        elif token.startswith("="):
            if not self.bars.begun:
                self.bars.barline(self._time())
        elif token != "." and (event := parse_event(token)):
            self._add(event)

    def _interpret(self, tokens: list[str], token: str, columns: Columns) -> None:
        if not all(t.startswith("*") for t in tokens):
            raise ValueError("interpretations and data in one line")
        columns.follow(tokens)
        if token.startswith("**"):
            raise ValueError(f"{show(token)} in the middle of a song")
        self.key = self.key or stated_key(token)
        if self.signature is None:
            self.signature = stated_signature(token)
        if states_meter(token):
            meter = stated_meter(token)
            if meter:
                self._divide_quarter(bar_length(meter).denominator)
            self.bars.meter(self._time(), meter)

    def _time(self) -> Fraction:
        """Quarter lengths until now."""
        return total(note.duration for note in self.notes)

    def _add(self, event: Event) -> None:
        note = event.note
        if self.units % note.duration.denominator:
            self._divide_quarter(note.duration.denominator)
        if event.joins and self.tie_open and self.notes[-1].pitch == note.pitch:
            note = Note(note.pitch, self.notes.pop().duration + note.duration)
        self.notes.append(note)
        self.tie_open = event.opens

    def _divide_quarter(self, parts: int) -> None:
        """Make units small enough that one of so many parts is a whole number of them."""
        self.units = lcm(self.units, parts)
        if self.units > MOST_UNITS:
            raise ValueError(
                f"its durations so far are multiples of 1/{self.units} of a quarter, and of nothing longer: "
                f"want 1/{MOST_UNITS} or longer, or their sums could not be written"
            )


def _is_event(token: str) -> bool:
    try:
        return parse_event(token.strip()) is not None
    except ValueError:
        return False
