"""Melodies drawn from a model and written in every format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from ..corpus.corpus import Corpus
from ..evaluation.copying import training_spans
from ..files import write_text
from ..model.model import MelodyModel
from ..music import score
from ..music.metre import TEMPO
from ..music.symbols import PITCHES
from .primer import as_melody, read_primer
from .sampling import check_temperature, compose

LONGEST_ENGRAVED = 8192  # symbols, 512 bars of 4/4: engraving them takes a minute


@dataclass(frozen=True)
class Request:
    """What is asked of `write_compositions`.

    Parameters
    ----------
    model : Path
    temperatures : tuple of float
    primer : str or None
        Symbols, or a file to continue from.
    count : int
        Melodies a temperature.
    steps : int or None
        16ths at most; None for as long as the network wants.
    tempo : float
        Quarters a minute.
    seed : int
    corpus : Path or None
        Whose training part is searched for copied runs.
    """

    model: Path
    temperatures: tuple[float, ...] = (0.7,)
    primer: str | None = None
    count: int = 1
    steps: int | None = None
    tempo: float = TEMPO
    seed: int = 0
    corpus: Path | None = None


def write_compositions(request: Request, out: Path) -> Iterator[str]:
    """Draw the melodies, write each in all formats, and say what each one is like.

    `compositions.json` in the same folder holds the seed, the model and all that was drawn.
    """
    model = MelodyModel.load(request.model)
    primer = read_primer(request.primer)
    find_span = training_spans(Corpus.load(request.corpus)) if request.corpus else None
    for temperature in request.temperatures:  # all of them before the first melody is written
        check_temperature(temperature)
    if (request.steps or len(primer.symbols)) > LONGEST_ENGRAVED:
        raise ValueError(f"a melody of more than {LONGEST_ENGRAVED} symbols is too long to be engraved")
    table = []
    numbers = range(1, request.count + 1)
    for temperature, number in product(dict.fromkeys(request.temperatures), numbers):
        stem = f"T{temperature!r}".removesuffix(".0") + f"_{number}"
        try:
            drawn = compose(
                model,
                temperature=temperature,
                primer=primer.symbols,
                steps=request.steps,
                rng=np.random.default_rng([request.seed, number]),
                complete=primer.complete,
            )
        except ValueError as error:
            start = f", going on from {request.primer}" if request.primer else ""
            raise ValueError(f"{request.model}{start}: {error}") from None
        title = f"Melody at T = {temperature:g}, seed {request.seed}, {stem}"
        score.save(as_melody(drawn.symbols, primer, title), out, stem, request.tempo)
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
        "seed": request.seed,
        "primer": request.primer,
        "tempo": request.tempo,
        "model": str(request.model),
        "trained": model.about,
    }
    write_text(out / "compositions.json", json.dumps({**about, "melodies": table}, indent=1) + "\n")
