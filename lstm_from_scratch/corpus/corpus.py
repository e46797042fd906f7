"""Songs as integers in three parts, and the folder that keeps them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..archive import read_arrays
from ..files import contents, read_regular, write_arrays, write_text
from ..music import Vocabulary
from ..music.clock import read_clocks
from ..music.metre import Meter, check_meter
from ..music.symbols import DELIMITER
from ..terminal import quoted
from .parts import PARTS

LARGEST_TEXT = 10**9  # bytes of a corpus.json


class CorpusError(ValueError):
    """There are no songs to train on, or a folder holds no intact corpus; the message names it."""


@dataclass
class Corpus:
    """Songs as integers, each belonging to one part.

    Parameters
    ----------
    vocabulary : Vocabulary
        Its symbols include the delimiter.
    songs : list of integer arrays
        Without delimiters.
    parts : list of str
        For each song, one of `PARTS`.
    names, titles : list of str
        For each song, the file that it came from, and its title.
    rule : str
        The duration rule that was applied, "event" or "song".
    report : dict of str to int
        How many songs were read, kept and refused, and why.
    source : str
        What messages call this corpus.
    meters : list of (int, int) or None
        For each song, as in `Melody.meter`; None where there is none, where it changes, where the event
        rule shifted what follows, and where nobody knows. Left out, all are None.
    upbeats : list of Fraction
        For each song, in quarter lengths; 0 where the meter is None.
    """

    vocabulary: Vocabulary
    songs: list[np.ndarray]
    parts: list[str]
    names: list[str]
    titles: list[str]
    rule: str
    report: dict[str, int] = field(default_factory=dict)
    source: str = "corpus"
    meters: list[Meter | None] = field(default_factory=list)
    upbeats: list[Fraction] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.meters = self.meters or [None] * len(self.songs)
        self.upbeats = self.upbeats or [Fraction(0)] * len(self.songs)
        # Checked here, once, because a GPU would read past the end of an array without an error.
        symbols = len(self.vocabulary)
        if not all(len(song) and 0 <= song.min() <= song.max() < symbols for song in self.songs):
            raise CorpusError(
                f"{self.source}: a song is empty, or holds an integer that is none of the {symbols} symbols"
            )

    @property
    def delimiter(self) -> int:
        """The integer that stands between songs."""
        return self.vocabulary.ids([DELIMITER])[0]

    def part(self, name: str) -> list[np.ndarray]:
        """The songs of one part."""
        return [song for song, part in zip(self.songs, self.parts) if part == name]

    def clocks(self, name: str, kinds: Sequence[str]) -> list[np.ndarray]:
        """What each kind of clock shows for every symbol of one part's songs, and for their ends.

        Returns
        -------
        list of int array (length + 1, K)
        """
        return [
            read_clocks(kinds, len(song) + 1, meter, upbeat)
            for song, part, meter, upbeat in zip(self.songs, self.parts, self.meters, self.upbeats)
            if part == name
        ]

    def require(self, *parts: str) -> None:
        """Raise CorpusError unless each of the parts has a song."""
        for part in parts:
            if part not in self.parts:
                raise CorpusError(
                    f"{self.source}: no song fell into the {part} part of {len(self.songs)}: add more songs"
                )

    @property
    def digest(self) -> str:
        """A hash of the songs and their parts, in hexadecimal."""
        text = json.dumps([self.parts, [song.tolist() for song in self.songs]])
        return hashlib.sha256(text.encode()).hexdigest()

    def save(self, folder: str | Path) -> None:
        """Write `vocabulary.json`, `corpus.json`, and `corpus.npz`, which holds a digest of the other two."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        about = {
            "rule": self.rule,
            "report": self.report,
            "names": self.names,
            "titles": self.titles,
            "meters": [meter and "%d/%d" % meter for meter in self.meters],
            "upbeats": [str(upbeat) for upbeat in self.upbeats],
        }
        write_text(folder / "corpus.json", json.dumps(about, ensure_ascii=False, indent=0) + "\n")
        self.vocabulary.save(folder / "vocabulary.json")
        arrays: dict[str, np.ndarray] = {
            "tokens": np.concatenate(self.songs).astype(np.int16),
            "lengths": np.array([len(song) for song in self.songs], np.int32),
            "parts": np.array([PARTS.index(part) for part in self.parts], np.int8),
            "digest": _text_digest(folder),
        }
        write_arrays(folder / "corpus.npz", arrays)

    @classmethod
    def load(cls, folder: str | Path) -> Corpus:
        """Read what `save` wrote.

        Raises
        ------
        CorpusError
            The folder holds no corpus, or its files are damaged or belong to different ones.
        """
        folder = Path(folder)
        if not (folder / "corpus.npz").is_file():
            raise CorpusError(f"{folder}: {_how_to_make(folder)}")
        try:
            arrays = read_arrays(folder / "corpus.npz")
            if not np.array_equal(arrays["digest"], _text_digest(folder)):
                raise ValueError("its corpus.json or vocabulary.json does not belong to its corpus.npz")
            about = json.loads(read_regular(folder / "corpus.json", LARGEST_TEXT))
            vocabulary = Vocabulary.load(folder / "vocabulary.json")
            ends = np.cumsum(arrays["lengths"])
            songs = np.split(arrays["tokens"].astype(np.int64), ends[:-1])
            parts = [PARTS[i] for i in arrays["parts"]]
            meters = [text and _meter(text) for text in about.pop("meters", [])]
            upbeats = [Fraction(text) for text in about.pop("upbeats", [])]
            corpus = cls(
                vocabulary, songs, parts, **about, source=str(folder), meters=meters, upbeats=upbeats
            )
            lists = (parts, corpus.names, corpus.titles, corpus.meters, corpus.upbeats)
            if any(len(each) != len(songs) for each in lists) or ends[-1] != len(arrays["tokens"]):
                raise ValueError("its lists differ in length")
        except (ArithmeticError, ValueError, LookupError, TypeError, AttributeError, OSError) as error:
            raise CorpusError(
                f"{folder}: {error}; make it again: the same 'melody prepare' with --overwrite"
            ) from None
        return corpus


def _meter(text: str) -> Meter:
    beats, _, unit = text.partition("/")
    meter = int(beats), int(unit)
    check_meter(meter)
    return meter


def _text_digest(folder: Path) -> np.ndarray:
    """The SHA-256 of a corpus folder's two JSON files, as 32 bytes."""
    text = b"".join(read_regular(folder / name, LARGEST_TEXT) for name in ("corpus.json", "vocabulary.json"))
    return np.frombuffer(hashlib.sha256(text).digest(), np.uint8)


def _how_to_make(folder: Path) -> str:
    """What to do where there is no corpus."""
    if folder.is_file():
        return "a file; want the folder that 'melody prepare' has written"
    if folder.is_dir() and next(folder.rglob("*.krn"), None):
        return f"songs, but no corpus; make one with 'melody prepare {quoted(folder)} --out runs/corpus'"
    if contents(folder):
        return "no corpus there; make one with 'melody prepare --out runs/corpus'"
    return f"no corpus there; make one with 'melody prepare --out {quoted(folder)}'"
