"""From a folder of **kern files to songs of integers in three parts."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..archive import read_arrays
from ..files import write_arrays, write_text
from ..music import KernError, Melody, Vocabulary, encode, read_kern
from ..music.rules import has_acceptable_durations, keep_acceptable_events, to_common_key
from ..music.symbols import DELIMITER, HOLD
from .parts import PARTS, part_of

RULES = ("event", "song")


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
    """

    vocabulary: Vocabulary
    songs: list[np.ndarray]
    parts: list[str]
    names: list[str]
    titles: list[str]
    rule: str
    report: dict[str, int] = field(default_factory=dict)
    source: str = "corpus"

    def __post_init__(self) -> None:
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
        about = {"rule": self.rule, "report": self.report, "names": self.names, "titles": self.titles}
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
            raise CorpusError(
                f"{folder}: no corpus.npz there; make a corpus with 'melody prepare --out {folder}'"
            )
        try:
            arrays = read_arrays(folder / "corpus.npz")
            if not np.array_equal(arrays["digest"], _text_digest(folder)):
                raise ValueError("its corpus.json or vocabulary.json does not belong to its corpus.npz")
            about = json.loads((folder / "corpus.json").read_text(encoding="utf-8"))
            vocabulary = Vocabulary.load(folder / "vocabulary.json")
            ends = np.cumsum(arrays["lengths"])
            songs = np.split(arrays["tokens"].astype(np.int64), ends[:-1])
            parts = [PARTS[i] for i in arrays["parts"]]
            corpus = cls(vocabulary, songs, parts, **about, source=str(folder))
            whole = len(songs) == len(parts) == len(corpus.names) == len(corpus.titles)
            if not whole or ends[-1] != len(arrays["tokens"]):
                raise ValueError("its lists differ in length")
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError) as error:
            raise CorpusError(f"{folder}: {error}; make it again with 'melody prepare'") from None
        return corpus


def _text_digest(folder: Path) -> np.ndarray:
    """The SHA-256 of a corpus folder's two JSON files, as 32 bytes."""
    text = b"".join((folder / name).read_bytes() for name in ("corpus.json", "vocabulary.json"))
    return np.frombuffer(hashlib.sha256(text).digest(), np.uint8)


def prepare(
    paths: Iterable[Path], rule: str = "event", spine: int | None = None
) -> tuple[Corpus, dict[str, str]]:
    """Read **kern files, apply the duration rule, transpose to C major or A minor, encode, split in parts.

    Parameters
    ----------
    paths : iterable of Path
    rule : str
        "event" leaves out each note or rest of an unacceptable duration, "song" each song that has one.
    spine : int or None
        Which of several **kern columns to read, counted from the left, from 1.

    Returns
    -------
    corpus : Corpus
    refused : dict of str to str
        The reason for every file that could not be read.

    Raises
    ------
    CorpusError
        No song is left.
    """
    if rule not in RULES:
        raise ValueError(f"rule {rule!r}: want 'event' or 'song'")
    kept: list[tuple[str, str, tuple[str, ...]]] = []
    refused: dict[str, str] = {}
    report: Counter[str] = Counter()
    for path in paths:
        report["files"] += 1
        try:
            melody = read_kern(path, spine)
        except (KernError, OSError) as error:
            refused[str(path)] = str(error)
            report["refused: not a melody that could be read"] += 1
            continue
        try:
            symbols, outcome = prepared_symbols(melody, rule)
        except ValueError as error:
            refused[str(path)] = f"{path}: {error}"
            report["refused: too low or too high in C major or A minor"] += 1
            continue
        report[outcome] += 1
        if symbols:
            kept.append((Path(path).name, melody.title, symbols))
    if not kept:
        reasons = [f"{count} {reason}" for reason, count in report.items() if reason != "files"]
        reasons += [f"the first: {reason}" for reason in list(refused.values())[:1]]
        raise CorpusError(f"no usable song in {report['files']} .krn files ({'; '.join(reasons) or 'none'})")
    vocabulary = Vocabulary({DELIMITER, HOLD}.union(*(symbols for _, _, symbols in kept)))
    songs = [np.array(vocabulary.ids(symbols), np.int64) for _, _, symbols in kept]
    parts = [part_of(symbols) for _, _, symbols in kept]
    names, titles = [name for name, _, _ in kept], [title for _, title, _ in kept]
    return Corpus(vocabulary, songs, parts, names, titles, rule, dict(report)), refused


def prepared_symbols(melody: Melody, rule: str) -> tuple[tuple[str, ...], str]:
    """A melody's symbols, transposed, none if the rule leaves it out; and its outcome, for the report."""
    if rule == "song" and not has_acceptable_durations(melody):
        return (), "left out: has an unacceptable duration"
    filtered = keep_acceptable_events(melody)
    if not any(note.pitch is not None for note in filtered.notes):
        return (), "left out: no note has an acceptable duration"
    whole = len(filtered.notes) == len(melody.notes)
    return encode(to_common_key(filtered)), "kept whole" if whole else "kept without some events"
