"""From drawn symbols to a melody in every format, and from a user's primer to symbols and back to its key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np

from ..files import write_text
from ..music import Melody, decode, encode, read_kern, score
from ..music.rules import common_key_shift, estimate_key
from ..music.symbols import PITCHES
from .dataset import Corpus
from .model import MelodyModel
from .originality import SpanFinder
from .sampling import compose, tempered

LONGEST_WRITTEN = 8192  # symbols, 512 bars of 4/4: a minute's work for the writers of scores
METER = (4, 4)  # of a melody that no primer gives a meter [P III-B2: 64 steps are four bars of 4/4]


@dataclass(frozen=True)
class Primer:
    """How a melody begins, in C major or A minor, and how to get back to where it came from.

    Parameters
    ----------
    symbols : list of str
    shift : int
        Semitones that took the primer to C major or A minor.
    key : (int, str) or None
        The primer's own.
    meter : (int, int) or None
    upbeat : Fraction
    complete : bool
        Its last note has its full length, and may not be held on.
    """

    symbols: list[str]
    shift: int = 0
    key: tuple[int, str] | None = None
    meter: tuple[int, int] | None = METER
    upbeat: Fraction = Fraction(0)
    complete: bool = False


def read_primer(text: str | None) -> Primer:
    """A primer from symbols such as "67 _ 65 _", taken as they are, or from a .krn file.

    Raises
    ------
    KernError
        The file is no single melody.
    ValueError
        It holds a duration that is no whole number of 16ths.
    """
    if not text:
        return Primer([])
    if not text.endswith(".krn"):
        return Primer(text.split())
    melody = read_kern(text)
    melody = replace(melody, key=melody.key or estimate_key(melody))
    shift = common_key_shift(melody)
    try:
        symbols = list(encode(melody.transposed(shift)))
    except ValueError as error:
        raise ValueError(f"{text}: {error}") from None
    return Primer(symbols, shift, melody.key, melody.meter, melody.upbeat, complete=True)


def as_melody(symbols: list[str], primer: Primer, title: str) -> Melody:
    """The melody that was drawn, moved back to the primer's key; else in C major or A minor, as it sounds."""
    drawn = decode(symbols).transposed(-primer.shift)
    key = primer.key or estimate_key(drawn, among=((0, "major"), (9, "minor")))
    return replace(drawn, title=title, key=key, meter=primer.meter, upbeat=primer.upbeat)


def compose_files(
    model_path: Path,
    temperatures: Sequence[float],
    primer_text: str | None,
    count: int,
    steps: int | None,
    tempo: float,
    seed: int,
    out: Path,
    corpus_folder: Path | None,
) -> Iterator[str]:
    """Draw `count` melodies a temperature, write each in all formats, and say of each what it is.

    `compositions.json` in the same folder holds the seed, the model and all that was drawn.
    """
    model = MelodyModel.load(model_path)
    primer = read_primer(primer_text)
    find_span = training_spans(corpus_folder) if corpus_folder else None
    for temperature in temperatures:
        tempered(np.zeros(1), temperature)  # a bad one among several leaves nothing behind
    if (steps or len(primer.symbols)) > LONGEST_WRITTEN:
        raise ValueError(f"a melody of more than {LONGEST_WRITTEN} symbols is too long to be engraved")
    table = []
    for temperature, number in product(dict.fromkeys(temperatures), range(1, count + 1)):
        stem = f"T{temperature!r}".removesuffix(".0") + f"_{number}"
        try:
            drawn = compose(
                model,
                temperature=temperature,
                primer=primer.symbols,
                steps=steps,
                rng=np.random.default_rng([seed, number]),
                complete=primer.complete,
            )
        except ValueError as error:
            start = f", going on from {primer_text}" if primer_text else ""
            raise ValueError(f"{model_path}{start}: {error}") from None
        melody = as_melody(drawn.symbols, primer, f"Melody at T = {temperature:g}, seed {seed}, {stem}")
        score.save(melody, out, stem, tempo)
        line = f"{out / stem}: {drawn.length_in_words}, entropy {drawn.entropy:.2f} nats"
        row = {"name": stem, "temperature": temperature, "entropy": drawn.entropy, "ended": drawn.ended}
        if find_span:
            row["copied_symbols"], row["copied_onsets"] = span = find_span(drawn.symbols)
            line += f", longest run shared with the training songs {span[0]} symbols, {span[1]} onsets"
        pitches = {s for s in drawn.symbols[len(primer.symbols) :] if s in PITCHES}
        if len(pitches) == 1:
            line += f"; it is the one note {pitches.pop()} again and again: try a higher temperature"
        table.append({**row, "symbols": drawn.symbols})
        yield line
    about = {
        "seed": seed,
        "primer": primer_text,
        "tempo": tempo,
        "model": str(model_path),
        "trained": model.about,
    }
    write_text(out / "compositions.json", json.dumps({**about, "melodies": table}, indent=1) + "\n")


def training_spans(corpus_folder: Path) -> SpanFinder:
    """A finder of runs shared with the training part of a corpus."""
    corpus = Corpus.load(corpus_folder)
    return SpanFinder([corpus.vocabulary.names(song) for song in corpus.part("training")])
