"""From files of songs to a corpus: the duration rule, one key for all, symbols, integers, parts. [P III-A]"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..music import FormatError, KernError, Melody, Vocabulary, encode, read_melody
from ..music.metre import Meter, bar_length
from ..music.rules import has_acceptable_durations, keep_acceptable_events, to_common_key
from ..music.symbols import DELIMITER, HOLD
from .corpus import Corpus, CorpusError
from .parts import part_of

RULES = ("event", "song")


def prepare(
    paths: Iterable[Path], rule: str = "event", spine: int | None = None
) -> tuple[Corpus, dict[str, str]]:
    """Read songs, apply the duration rule, transpose to C major or A minor, encode, split in parts.

    Parameters
    ----------
    paths : iterable of Path
        Files that `read_melody` reads: **kern, MIDI, MusicXML, ABC.
    rule : str
        "event" leaves out each note or rest of an unacceptable duration, "song" each song that has one.
    spine : int or None
        Which of several melodies in a file to read, as for `read_melody`.

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
    kept: list[tuple[str, Melody]] = []
    refused: dict[str, str] = {}
    report: Counter[str] = Counter()
    for path in paths:
        report["files"] += 1
        try:
            melody = read_melody(path, spine)
        except (KernError, FormatError, OSError) as error:
            refused[str(path)] = str(error)
            report["refused: not a melody that could be read"] += 1
            continue
        try:
            prepared, outcome = prepared_melody(melody, rule)
        except ValueError as error:
            refused[str(path)] = f"{path}: {error}"
            report["refused: too low or too high in C major or A minor"] += 1
            continue
        report[outcome] += 1
        if prepared:
            kept.append((Path(path).name, prepared))
    if not kept:
        reasons = [f"{count} {reason}" for reason, count in report.items() if reason != "files"]
        reasons += [f"the first: {reason}" for reason in list(refused.values())[:1]]
        raise CorpusError(f"no usable song in {report['files']} files ({'; '.join(reasons) or 'none'})")
    symbols = [encode(melody) for _, melody in kept]
    bars = [_steady_bars(melody) for _, melody in kept]
    vocabulary = Vocabulary({DELIMITER, HOLD}.union(*symbols))
    corpus = Corpus(
        vocabulary,
        songs=[np.array(vocabulary.ids(each), np.int64) for each in symbols],
        parts=[part_of(each) for each in symbols],
        names=[name for name, _ in kept],
        titles=[melody.title for _, melody in kept],
        rule=rule,
        report=dict(report),
        meters=[meter for meter, _ in bars],
        upbeats=[upbeat for _, upbeat in bars],
    )
    return corpus, refused


def _steady_bars(melody: Melody) -> tuple[Meter | None, Fraction]:
    """A melody's meter and upbeat, if they say where every barline stands; else None and 0.

    They do unless the meter changes, or a meter that is stated again begins a bar too early.
    """
    if not melody.meter:
        return None, Fraction(0)
    bar = bar_length(melody.meter)
    for onset, meter in melody.meter_changes:
        if meter != melody.meter or (onset - melody.upbeat) % bar:
            return None, Fraction(0)
    return melody.meter, melody.upbeat


def prepared_melody(melody: Melody, rule: str) -> tuple[Melody | None, str]:
    """A melody after the duration rule, in C major or A minor, and what became of it, for the report.

    It is None where the rule leaves the song out.
    """
    if rule == "song" and not has_acceptable_durations(melody):
        return None, "left out: has an unacceptable duration"
    filtered = keep_acceptable_events(melody)
    if not any(note.pitch is not None for note in filtered.notes):
        return None, "left out: no note has an acceptable duration"
    whole = len(filtered.notes) == len(melody.notes)
    return to_common_key(filtered), "kept whole" if whole else "kept without some events"
