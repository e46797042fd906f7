"""From drawn symbols to a melody in every format, and from a user's primer to symbols and back to its key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np

from ..corpus.corpus import Corpus
from ..evaluation.copying import training_spans
from ..files import write_text
from ..model.model import MelodyModel
from ..music import score
from ..music.symbols import PITCHES
from .primer import as_melody, read_primer
from .sampling import compose, tempered

LONGEST_WRITTEN = 8192  # symbols, 512 bars of 4/4: a minute's work for the writers of scores


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
    find_span = training_spans(Corpus.load(corpus_folder)) if corpus_folder else None
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
