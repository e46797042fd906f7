"""Melodies drawn from a model and written in every format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ..corpus.corpus import Corpus
from ..evaluation.copying import SpanFinder, training_spans
from ..files import make_folder, only_writer, write_text
from ..model.model import MelodyModel
from ..music import FormatError, KernError, score
from ..music.metre import TEMPO, Meter, bar_length, check_meter, check_tempo
from ..music.symbols import PITCHES
from .primer import Primer, as_melody, read_primer
from .sampling import Composition, check_temperature, compose

LONGEST_ENGRAVED = 8192  # symbols, 512 bars of 4/4: engraving them takes a minute


@dataclass(frozen=True)
class Request:
    """What is asked of `write_compositions`.

    Parameters
    ----------
    model : Path
    temperatures : tuple of float
    primer : str or None
        Notes, symbols, a tune's name or a file to continue from; see `read_primer`.
    count : int
        Melodies a temperature.
    steps : int or None
        16ths at most; None for as long as the network wants.
    tempo : float
        Quarters a minute.
    seed : int
    corpus : Path or None
        Whose training part is searched for copied runs.
    spine : int or None
        Of several melodies in the primer's file, the Nth.
    meter : (int, int) or None
        What the melodies are in; None leaves it to the primer, or to what the drawn notes suggest.
    upbeat : Fraction
        Quarter lengths before the first full bar of that meter.
    """

    model: Path
    temperatures: tuple[float, ...] = (0.7,)
    primer: str | None = None
    count: int = 1
    steps: int | None = None
    tempo: float = TEMPO
    seed: int = 0
    corpus: Path | None = None
    spine: int | None = None
    meter: Meter | None = None
    upbeat: Fraction = Fraction(0)


def write_compositions(request: Request, out: Path) -> Iterator[str]:
    """Draw the melodies, write each in all formats, say what each one is like, and how to hear them.

    `compositions.json` in the same folder holds the seed, the model and all that was drawn. Nothing in the
    folder is written over: the numbers of melodies go on after those that are there, and so does that of
    `compositions.json`.

    Raises
    ------
    ValueError
        Something was asked for that cannot be; then nothing is written.
    LockedError
        Another process is composing into the folder.
    """
    model = MelodyModel.load(request.model)
    try:
        primer = read_primer(request.primer, model.vocabulary or (), request.spine)
    except (KernError, FormatError):
        raise
    except ValueError as error:
        raise ValueError(f"{request.model}: {error}") from None
    find_span = training_spans(Corpus.load(request.corpus)) if request.corpus else None
    primer = _in_the_meter(request, primer)
    _check(request, model, primer)
    if request.meter and "bar" not in model.clock_kinds:
        yield "this model does not know of bars: its notes are written in that meter, and not made for it"
    yield from primer.remarks
    make_folder(out)
    with only_writer(out):
        table: list[dict[str, Any]] = []
        try:
            for temperature in dict.fromkeys(request.temperatures):
                stem = f"T{temperature!r}".removesuffix(".0")
                first = _first_free(out, stem)
                for number in range(first, first + request.count):
                    drawn = _draw(request, model, primer, temperature, number)
                    row, line = _described(drawn, f"{stem}_{number}", temperature, find_span)
                    title = f"Melody at T = {temperature:g}, seed {request.seed}, {row['name']}"
                    melody = as_melody(drawn.symbols, primer, title)
                    score.save(melody, out, row["name"], request.tempo, primer.duration)
                    table.append(row)
                    given, new = primer.symbols, drawn.symbols[len(primer.symbols) :]
                    line += f"; the first {len(given)} are the primer's, blue in the score" if given else ""
                    yield f"{out / row['name']}: {line}{_monotony(new)}"
        finally:  # a command that is stopped has written the melodies before
            if table:
                _write_table(request, model, len(primer.symbols), table, out)
    heard = out / table[0]["name"]
    yield f"to listen: open {heard}.wav in any player, or {heard}.mid in a notation program"


def _in_the_meter(request: Request, primer: Primer) -> Primer:
    """The primer with the meter that was asked for, which its own must not contradict."""
    if request.meter is None:
        if request.upbeat:
            raise ValueError("an upbeat needs a meter: give --meter 3/4 too, say")
        return primer
    check_meter(request.meter)
    if not 0 <= request.upbeat < bar_length(request.meter):
        raise ValueError(
            f"upbeat of {request.upbeat} quarters: want less than a bar of %d/%d" % request.meter
        )
    if primer.meter and (primer.meter, primer.upbeat) != (request.meter, request.upbeat):
        raise ValueError(f"{request.primer} has a meter of its own, %d/%d: leave out --meter" % primer.meter)
    return replace(primer, meter=request.meter, upbeat=request.upbeat)


def _check(request: Request, model: MelodyModel, primer: Primer) -> None:
    """Raise ValueError if something was asked for that cannot be."""
    check_tempo(request.tempo)
    for temperature in request.temperatures:
        check_temperature(temperature)
    given, steps = len(primer.symbols), request.steps
    if (steps or given) > LONGEST_ENGRAVED:
        raise ValueError(f"a melody of more than {LONGEST_ENGRAVED} symbols is too long to be engraved")
    if steps == given:
        raise ValueError(
            f"the primer has {given} symbols, so --steps {steps} leaves none to compose: give more"
        )
    _draw(request, model, primer, request.temperatures[0], 1, steps=min(steps or given + 1, given + 1))


def _draw(
    request: Request, model: MelodyModel, primer: Primer, temperature: float, number: int, **changed: Any
) -> Composition:
    """One melody; its number and the seed say which."""
    options = {"steps": request.steps, "rng": np.random.default_rng([request.seed, number])} | changed
    options |= {"meter": primer.meter, "upbeat": primer.upbeat}
    try:
        return compose(
            model, temperature=temperature, primer=primer.symbols, complete=primer.complete, **options
        )
    except ValueError as error:
        start = f", going on from {request.primer}" if request.primer else ""
        raise ValueError(f"{request.model}{start}: {error}") from None


def _described(
    drawn: Composition, name: str, temperature: float, find_span: SpanFinder | None
) -> tuple[dict[str, Any], str]:
    """A melody's row of `compositions.json`, and what is said of it."""
    row = {"name": name, "temperature": temperature, "entropy": drawn.entropy, "ended": drawn.ended}
    line = f"{drawn.length_in_words}, entropy {drawn.entropy:.2f} nats"
    if find_span:
        row["copied_symbols"], row["copied_onsets"] = span = find_span(drawn.symbols)
        line += f", longest run shared with the training songs {span[0]} symbols, {span[1]} onsets"
    return {**row, "symbols": drawn.symbols}, line


def _monotony(symbols: Sequence[str]) -> str:
    """A warning, if only one note was drawn."""
    pitches = {s for s in symbols if s in PITCHES}
    if len(pitches) != 1:
        return ""
    return f"; it is the one note {pitches.pop()} again and again: try a higher temperature"


def _first_free(out: Path, stem: str) -> int:
    """The number after the highest one of the files `STEM_NUMBER.*` in a folder."""
    matches = (re.fullmatch(rf"{re.escape(stem)}_([0-9]+)\..+", path.name) for path in out.iterdir())
    return 1 + max((int(match[1]) for match in matches if match), default=0)


def _write_table(
    request: Request, model: MelodyModel, given: int, table: list[dict[str, Any]], out: Path
) -> None:
    """What was drawn, as JSON; the first `given` symbols of each melody are the primer's."""
    about = {
        "seed": request.seed,
        "primer": request.primer,
        "primer_symbols": given,
        "tempo": request.tempo,
        "model": str(request.model),
        "trained": dict(model.about),
    }
    path, number = out / "compositions.json", 2
    while path.exists() or path.is_symlink():
        path, number = out / f"compositions_{number}.json", number + 1
    write_text(path, json.dumps({**about, "melodies": table}, indent=1) + "\n")
