"""Melodies drawn from a model, one symbol at a time, at a temperature."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from numbers import Real

import numpy as np

from ..model.model import MelodyModel
from ..music import Vocabulary
from ..music.metre import Meter
from ..music.spelling import spelled
from ..music.symbols import DELIMITER, HOLD, PITCHES, REST
from ..network.arrays import Array
from .player import Player

EARLIEST_END = 64  # symbols before the network may end a melody
DEFAULT_LIMIT = 512  # symbols of a melody for which no length is asked


@dataclass(frozen=True)
class Composition:
    """What was drawn.

    Parameters
    ----------
    symbols : list of str
        The primer, then what follows it; no delimiter.
    entropy : float
        Mean nats of the tempered distributions that the symbols were drawn from.
    ended : bool
        Whether the network ended the melody before it reached the length allowed.
    """

    symbols: list[str]
    entropy: float
    ended: bool

    @property
    def length_in_words(self) -> str:
        """How long it is, and what ended it."""
        how = "ended by the network itself" if self.ended else "cut at the length allowed"
        return f"{len(self.symbols)} symbols, {how}"


def _is_number(value: object) -> bool:
    """Python's numbers and NumPy's."""
    return isinstance(value, Real)


def check_temperature(temperature: float) -> None:
    """Raise ValueError unless a temperature is a finite number, 0 or more."""
    if not (_is_number(temperature) and temperature >= 0 and math.isfinite(temperature)):
        raise ValueError(f"temperature {temperature}: want a finite number, 0 or more")


def tempered(logits: Array, temperature: float) -> np.ndarray:
    """p_i = exp(y_i / T) / sum_j exp(y_j / T), in float64; T = 0 gives the largest p = 1. [P III-B3]

    The paper's log(p_i) differs from the logit y_i by a constant, which cancels. So does the largest logit,
    which is subtracted first so that nothing overflows, however small T is.

    Raises
    ------
    ValueError
        T is negative, infinite or NaN, or no logit is finite.
    """
    check_temperature(temperature)
    y: np.ndarray = np.asarray(logits, np.float64)
    largest = float(y.max())
    if not math.isfinite(largest):
        raise ValueError("the logits hold no finite largest value: the model's weights are broken")
    y = y - largest
    if temperature == 0:
        p = np.zeros(len(y))
        p[int(y.argmax())] = 1.0
        return p
    with np.errstate(over="ignore"):  # y / T may reach -inf, whose exponential is 0
        p = np.exp(y / temperature)
    p /= p.sum()
    return p


def sample(
    model: MelodyModel,
    vocabulary: Vocabulary | None = None,
    temperature: float = 0.7,
    primer: str | Iterable[str] = (),
    steps: int | None = None,
    rng: np.random.Generator | int | None = None,
) -> list[str]:
    """The symbols of one melody, primer included; see `compose`."""
    return compose(model, vocabulary, temperature, primer, steps, rng).symbols


def compose(
    model: MelodyModel,
    vocabulary: Vocabulary | None = None,
    temperature: float = 0.7,
    primer: str | Iterable[str] = (),
    steps: int | None = None,
    rng: np.random.Generator | int | None = None,
    complete: bool = False,
    meter: Meter | None = None,
    upbeat: Fraction = Fraction(0),
) -> Composition:
    """Draw one melody.

    Parameters
    ----------
    model : MelodyModel
    vocabulary : Vocabulary, optional
        The model's own unless given.
    temperature : float
        0 always takes the likeliest symbol, 1 the model's own distribution.
    primer : str or iterable of str
        The symbols that the melody begins with: ["67", "_"], or "67 _".
    steps : int, optional
        16ths in all, including the primer's. The network may end the melody earlier, but not before 64;
        if no length is given, it goes on until it does, up to 512.
    rng : numpy.random.Generator or int, optional
        It, or its seed; 0 unless given.
    complete : bool
        The primer's last note has its full length: the first symbol drawn does not lengthen it.
    meter : (int, int) or None
        What a model with a clock is to keep to; without one it plays in a meter of its own.
    upbeat : Fraction
        Quarter lengths before the first full bar.

    Raises
    ------
    ValueError
        A primer outside the vocabulary, longer than `steps`, or beginning with `_`; a bad temperature.
    """
    vocabulary = vocabulary or own_vocabulary(model)
    if len(vocabulary) != model.symbols:
        raise ValueError(f"a vocabulary of {len(vocabulary)} for a model of {model.symbols} symbols")
    if rng is None or isinstance(rng, int):
        rng = np.random.default_rng(rng or 0)
    primer = primer.split() if isinstance(primer, str) else [str(symbol) for symbol in primer]
    limit = _limit(primer, steps)
    delimiter = vocabulary.ids([DELIMITER])[0] if DELIMITER in vocabulary else None
    ids = _primer_ids(primer, vocabulary)
    barred = vocabulary.ids(s for s in _unfit_to_follow(primer, complete) if s in vocabulary)
    check_temperature(temperature)
    start = delimiter if delimiter is not None else 0
    player = Player(model, start, meter=meter, upbeat=upbeat)
    entropies = []
    with model.recurrent.frozen():
        logits = player.start(ids)[:, 0]
        while len(ids) < limit:
            if len(ids) < EARLIEST_END and delimiter is not None:
                logits[delimiter] = -np.inf
            if len(ids) == len(primer):
                logits[barred] = -np.inf
            p = tempered(logits, temperature)
            entropies.append(entropy_of(p))
            choice = draw(p, rng)
            if choice == delimiter:
                break
            ids.append(choice)
            logits = player.step(choice)[:, 0]
    entropy = float(np.mean(entropies)) if entropies else 0.0
    return Composition(vocabulary.names(ids), entropy, ended=len(ids) < limit)


def compose_many(
    model: MelodyModel, count: int, temperature: float, rng: np.random.Generator, longest: int = DEFAULT_LIMIT
) -> list[list[str]]:
    """Draw melodies side by side, each until the network ends it or it has `longest` symbols.

    Unlike in `compose`, a melody may end after its first symbol: this is to show the network's own lengths.
    """
    vocabulary = own_vocabulary(model)
    delimiter, hold = vocabulary.ids([DELIMITER, HOLD])
    player = Player(model, delimiter, count)
    drawn = np.full((longest, count), delimiter)
    playing = np.ones(count, bool)
    with model.recurrent.frozen():
        logits = player.start()
        logits[[delimiter, hold]] = -np.inf  # a melody begins with an onset
        for t in range(longest):
            for column in np.flatnonzero(playing):
                drawn[t, column] = draw(tempered(logits[:, column], temperature), rng)
            playing &= drawn[t] != delimiter
            if not playing.any():
                break
            logits = player.step(drawn[t])
    return [vocabulary.names(column[: _length(column, delimiter)]) for column in drawn.T]


def own_vocabulary(model: MelodyModel) -> Vocabulary:
    """The vocabulary that came with a model; ValueError if there is none."""
    if model.vocabulary is None:
        raise ValueError("the model has no vocabulary of its own: give one")
    return model.vocabulary


def _length(ids: np.ndarray, delimiter: int) -> int:
    """How many symbols come before the first delimiter."""
    ends = np.flatnonzero(ids == delimiter)
    return int(ends[0]) if len(ends) else len(ids)


def entropy_of(p: np.ndarray) -> float:
    """-sum p ln p, in nats."""
    p = p[p > 0]
    return float(-(p @ np.log(p)))


def draw(p: np.ndarray, rng: np.random.Generator) -> int:
    """An index with probability p: where the running sum of p first exceeds a uniform number."""
    running = np.cumsum(p)
    return int(running.searchsorted(rng.random() * running[-1], side="right"))


def _unfit_to_follow(primer: list[str], complete: bool) -> list[str]:
    """What may not be drawn first, because it would hold nothing, or lengthen a note that is complete."""
    if primer and not complete:
        return []
    in_rest = [s for s in primer if s != HOLD][-1:] == [REST]
    return [HOLD, REST] if in_rest else [HOLD]


def _limit(primer: list[str], steps: int | None) -> int:
    """The largest number of symbols; ValueError if the primer or the length asked for does not fit."""
    if primer[:1] == [HOLD]:
        raise ValueError("the primer begins with '_': there is no note to hold")
    if DELIMITER in primer:
        raise ValueError(f"the primer holds the delimiter {DELIMITER!r}, which would end it")
    if steps is None:
        return max(DEFAULT_LIMIT, len(primer) + EARLIEST_END)
    if not _is_number(steps) or steps != steps // 1 or steps < 1:
        raise ValueError(f"{steps} steps: want a whole number, 1 or more")
    if len(primer) > steps:
        raise ValueError(f"the primer has {len(primer)} symbols, more than the {steps} steps asked for")
    return int(steps)


def _primer_ids(primer: list[str], vocabulary: Vocabulary) -> list[int]:
    """The primer's integers; ValueError says of a symbol that has none what it is, and what to do."""
    known = sorted(PITCHES[symbol] for symbol in vocabulary if symbol in PITCHES)
    for place, symbol in enumerate(primer, 1):
        if symbol in vocabulary:
            continue
        if symbol not in PITCHES:
            raise ValueError(
                f"primer: symbol {place}, {symbol!r}, is none: want MIDI numbers (60 is middle C), r for a "
                'rest, _ to hold, as in "67 _ 65 _", or the path of a .krn file'
            )
        pitch, advice = PITCHES[symbol], "change that note"
        if known and not known[0] <= pitch <= known[-1]:
            advice = f"move the primer {'up' if pitch < known[0] else 'down'} by an octave or more"
        reach = f"{_note_name(known[0])} to {_note_name(known[-1])}" if known else "no pitches"
        raise ValueError(
            f"primer: symbol {place}, {_note_name(pitch)}, was in no song that this model learnt from "
            f"({reach}): {advice}"
        )
    return vocabulary.ids(primer)


def _note_name(pitch: int) -> str:
    """60 (C4)."""
    name, octave = spelled(pitch, None)
    return f"{pitch} ({name}{octave})"
