"""Figure 1 of the paper, drawn from the code: a tune on its way to the network. [P III-A]

The package computes every value, shape and count in it from the tune and from a corpus. Figure 2, the model,
is `network.architecture`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...corpus.corpus import Corpus
from ...music import Melody, Note, Vocabulary, encode, read_kern
from ...music.kern import decode_text
from ...music.kern_token import parse_event
from ...music.rules import ACCEPTABLE_DURATIONS, common_key_shift, keep_acceptable_events, to_common_key
from ...music.symbols import HOLD, STEPS_A_QUARTER
from ...training.batches import window_batch, windows
from ...training.recipe import PRESETS
from .style import GREY, INK, LIGHT, MONO, ORANGE, PALE, WARM, box, sheet, svg

SHOWN = 32  # 16ths of the tune: two bars of 4/4
LEFT = 13.5  # room for the names of the stages, in 16ths
TONICS = ("C", "D flat", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")
CENTRED = {"ha": "center", "va": "center"}


class Stage(NamedTuple):
    """A row of the pipeline."""

    name: str
    by: Sequence[Callable[..., Any]]  # the functions that make it
    says: str
    draw: Callable[[Any, float], None]  # on an axis, at a height


def pipeline(tune: Path, corpus: Corpus) -> str:
    """Figure 1: the first bars of a tune at every stage, over one time axis. [P III-A]

    Parameters
    ----------
    tune : Path
        A **kern file whose symbols are all in the vocabulary; one of data/tunes, which are CC0.
    corpus : Corpus
        Gives the vocabulary and the windows that are counted.

    Returns
    -------
    str
        SVG.
    """
    stages = _stages(tune, corpus)
    figure = sheet(1.0 * len(stages))
    axis = figure.add_subplot()
    axis.axis("off")
    axis.set_xlim(-LEFT, SHOWN + 0.5)
    axis.set_ylim(-len(stages) + 0.45, 0.5)
    for row, stage in enumerate(stages):
        axis.text(-LEFT, 0.28 - row, stage.name, weight="bold", va="center", color=INK)
        axis.text(-LEFT, 0.15 - row, stage.says, fontsize=8.5, va="top", color=INK, linespacing=1.3)
        stage.draw(axis, -row)
        if row:
            axis.plot([-LEFT, SHOWN], [0.5 - row] * 2, color=PALE, linewidth=1)
            names = "\N{DOWNWARDS ARROW} " + ", ".join(function.__qualname__ for function in stage.by)
            axis.text(SHOWN, 0.39 - row, names, ha="right", va="center", color=GREY, fontsize=8, **MONO)
    return svg(figure)


def _stages(tune: Path, corpus: Corpus) -> list[Stage]:
    read = read_kern(tune)
    kept = keep_acceptable_events(read)
    moved = to_common_key(kept)
    symbols = encode(moved)
    ids = corpus.vocabulary.ids(symbols)
    lost, V = len(read.notes) - len(kept.notes), len(corpus.vocabulary)
    onsets = [symbol != HOLD for symbol in symbols]
    durations = [f"{float(d):g}" for d in sorted(ACCEPTABLE_DURATIONS)]
    return [
        Stage("kern text", (), f"{tune.name}:\n{read.title}", lambda axis, y: _kern(axis, y, tune)),
        Stage(
            "notes", [read_kern], f"{len(read.notes)} of MIDI number\nand quarter lengths",
            lambda axis, y: _notes(axis, y, read),
        ),
        Stage(
            "duration rule", [keep_acceptable_events],
            f"of {', '.join(durations[:4])},\n{', '.join(durations[4:])} quarters:\n"
            f"{len(kept.notes)} stay, {lost} left out",
            lambda axis, y: _notes(axis, y, read, ACCEPTABLE_DURATIONS),
        ),
        Stage(
            "transposition", [to_common_key],
            f"{_key(kept)} to {_key(moved)}:\n{common_key_shift(kept):+d} semitones",
            lambda axis, y: _notes(axis, y, moved),
        ),
        Stage(
            "symbols", [encode], f"{len(symbols)}, one a 16th:\nMIDI number, r or {HOLD}",
            lambda axis, y: _cells(axis, y, symbols[:SHOWN], onsets),
        ),
        Stage(
            "integers", [Vocabulary.ids], f"0 to {V - 1}: a vocabulary\nof V = {V} symbols",
            lambda axis, y: _cells(axis, y, ids[:SHOWN], onsets),
        ),
        Stage(
            "windows", [windows, window_batch], _counted(corpus),
            lambda axis, y: _windows(axis, y, ids, corpus),
        ),
    ]  # fmt: skip


def _key(melody: Melody) -> str:
    return f"{TONICS[melody.key[0]]} {melody.key[1]}" if melody.key else "its key"


def _kern(axis: Any, y: float, tune: Path) -> None:
    """The tokens, each at the time of its note, and barlines."""
    for at, token in _timed_tokens(decode_text(tune.read_bytes())):
        if token.startswith("="):
            axis.plot([at, at], [y - 0.25, y + 0.25], color=GREY, linewidth=0.8)
            axis.text(at + 0.15, y + 0.3, token if at < SHOWN else "", color=GREY, fontsize=8, **MONO)
        else:
            axis.text(at + 0.3, y, token, va="center", color=INK, fontsize=8, **MONO)


def _timed_tokens(text: str) -> Iterator[tuple[float, str]]:
    """The barlines and notes of a one-column **kern text, with their times in 16ths, as far as is shown."""
    at = Fraction(0)
    for token in text.splitlines():
        if token.startswith("="):
            yield float(at), token.split("-")[0]
        elif token.strip(" .") and token[0] not in "!*" and (event := parse_event(token)):
            if at >= SHOWN:
                return
            yield float(at), token
            at += event.note.duration * STEPS_A_QUARTER


def _notes(axis: Any, y: float, melody: Melody, acceptable: frozenset[Fraction] | None = None) -> None:
    """Notes as boxes as wide as they last, with their numbers; unacceptable durations are crossed out."""
    at = 0.0
    for note in melody.notes:
        if at >= SHOWN:
            break
        last = min(float(note.duration) * STEPS_A_QUARTER, SHOWN - at)
        out = acceptable is not None and note.duration not in acceptable
        box(axis, at, y - 0.22, last, 0.44, "white" if out else PALE if note.pitch is None else LIGHT)
        if out:
            axis.plot([at + 0.3, at + last - 0.3], [y - 0.18, y + 0.18], color=ORANGE, linewidth=1.5)
        axis.text(at + last / 2, y, _spelled(note), fontsize=8, color=GREY if out else INK, **CENTRED)
        at += last


def _spelled(note: Note) -> str:
    """The MIDI number or r, with the quarter lengths below it."""
    return f"{'r' if note.pitch is None else note.pitch}\n{note.duration}"


def _cells(axis: Any, y: float, values: Sequence[Any], onsets: Sequence[bool], height: float = 0.36) -> None:
    """A cell for each 16th, coloured where a note or a rest begins; the lines are all one path."""
    low, high = y - height / 2, y + height / 2
    for x, (value, onset) in enumerate(zip(values, onsets)):
        if onset:
            box(axis, x, low, 1, height, LIGHT)
        axis.text(x + 0.5, y, str(value), fontsize=8, color=INK, **CENTRED)
    n, nan = len(values), float("nan")
    corners = [0, n, nan, 0, n, nan, *(x for k in range(n + 1) for x in (k, k, nan))]
    axis.plot(
        corners, [low, low, nan, high, high, nan, *[low, high, nan] * (n + 1)], color=GREY, linewidth=0.6
    )


def _counted(corpus: Corpus) -> str:
    """How many windows the paper's recipe makes of the training part, and the shape of a batch."""
    recipe, songs = PRESETS["paper"], corpus.part("training")
    stream = windows(songs, corpus.delimiter, recipe.length)
    steps = np.arange(recipe.length + 1)[:, None]
    batch = window_batch(stream, steps, np.arange(recipe.batch))
    return (
        f"{recipe.length} in, the next (orange) out;\n{corpus.delimiter} between songs;\n"
        f"{len(stream) - recipe.length:,} of {len(songs):,} songs;\n"
        f"tokens (T, B) = {batch.tokens.shape}"
    )


def _windows(axis: Any, y: float, ids: list[int], corpus: Corpus) -> None:
    """Three successive windows: the delimiters before the song, its integers, and the target."""
    length = PRESETS["paper"].length
    stream = windows([np.array(ids)], corpus.delimiter, length)
    starts = np.arange(min(SHOWN, len(ids)) - 5, min(SHOWN, len(ids)) - 2)
    batch = window_batch(stream, np.arange(length + 1)[:, None], starts)
    for k, (tokens, target) in enumerate(zip(batch.tokens.T, batch.targets)):
        song, height, at = tokens[length - starts[k] :], 0.22, y + 0.2 - 0.27 * k
        box(axis, -3.2, at - height / 2, 2.9, height, PALE)
        before = f"{length - len(song)} \N{MULTIPLICATION SIGN} {tokens[0]}"
        axis.text(-1.75, at, before, fontsize=8, color=INK, **CENTRED)
        _cells(axis, at, song, [False] * len(song), height)
        box(axis, len(song), at - height / 2, 1, height, WARM)
        axis.text(len(song) + 0.5, at, str(target), fontsize=8, weight="bold", color=INK, **CENTRED)
