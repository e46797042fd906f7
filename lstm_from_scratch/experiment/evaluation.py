"""What a model is worth on songs that it has not seen: the same measures for networks and baselines."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from ..music import Vocabulary
from ..music.symbols import DELIMITER, HOLD, REST
from .model import MelodyModel


class Predictor(Protocol):
    """Anything with a distribution for each symbol of a song and for its end."""

    def log_probabilities(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """Nats, (len + 1, V) a song."""
        ...


class Network:
    """A trained model as a predictor, evaluated as it was trained. [`window`: the last symbols only]

    Parameters
    ----------
    model : MelodyModel
    delimiter : int
    columns : int
        How many songs, or windows, run side by side.
    """

    name = "network"

    def __init__(self, model: MelodyModel, delimiter: int, columns: int = 64):
        self.model, self.delimiter, self.columns = model, delimiter, columns

    def log_probabilities(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """Nats, (len + 1, V) a song."""
        return self._by_windows(songs) if self.model.window else self._by_state(songs)

    def _by_state(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """From the zero state, fed one delimiter, the state carried through each song."""
        found: list[np.ndarray] = [np.empty(0)] * len(songs)
        by_length = sorted(range(len(songs)), key=lambda i: len(songs[i]))
        for start in range(0, len(songs), self.columns):
            group = by_length[start : start + self.columns]
            steps = max(len(songs[i]) for i in group) + 1
            tokens = np.full((steps, len(group)), self.delimiter)
            for column, i in enumerate(group):
                tokens[1 : len(songs[i]) + 1, column] = songs[i]
            p = np.concatenate(list(self._pieces(tokens)))
            for column, i in enumerate(group):
                found[i] = p[: len(songs[i]) + 1, :, column].copy()
        return found

    def _pieces(self, tokens: np.ndarray, length: int = 64) -> Iterator[np.ndarray]:
        state = None
        for t in range(0, len(tokens), length):
            piece = self.model.backend.to_device(tokens[t : t + length])
            logits = self.model.backend.to_host(self.model.logits(piece, state))
            state = self.model.state
            yield log_softmax(logits)

    def _by_windows(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """Each symbol from the `window` symbols before it, delimiters before the song's start."""
        length = self.model.window
        padded = [np.concatenate([np.full(length, self.delimiter), song]) for song in songs]
        all_windows = np.concatenate([np.lib.stride_tricks.sliding_window_view(p, length) for p in padded])
        columns = 8 * self.columns
        p = [
            log_softmax(
                self.model.backend.to_host(
                    self.model.logits(
                        self.model.backend.to_device(all_windows[i : i + columns].T), last_only=True
                    )
                )
            ).T
            for i in range(0, len(all_windows), columns)
        ]
        return np.split(np.concatenate(p), np.cumsum([len(song) + 1 for song in songs])[:-1])


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """ln p down the last axis but one, in float64."""
    y = logits.astype(np.float64)
    y -= y.max(axis=-2, keepdims=True)
    return y - np.log(np.exp(y).sum(axis=-2, keepdims=True))


def evaluate(
    predictor: Predictor, songs: list[np.ndarray], vocabulary: Vocabulary, bootstrap: int = 1000
) -> dict[str, object]:
    """Measures over songs; no delimiter but the end of a song is a target.

    Parameters
    ----------
    predictor : Predictor
    songs : list of integer arrays
    vocabulary : Vocabulary
    bootstrap : int
        Resamples of songs, with a fixed seed, for the 95 % interval.

    Returns
    -------
    dict
        nats_per_symbol with its interval, bits_per_onset (the same total over onsets: a pitch, `r` or
        the end), onset_accuracy (over onset targets), accuracy, and pitch_bits (bits a note, the
        distribution renormalised over pitches); "intervals", the 95 % bootstrap interval over songs of each,
        and "interval", that of nats_per_symbol.
    """
    return summary(song_totals(predictor, songs, vocabulary), bootstrap)


def summary(rows: np.ndarray, bootstrap: int = 1000) -> dict[str, object]:
    """The measures of `evaluate` from the rows of `song_totals`."""
    found = _measures(rows.sum(axis=0))
    intervals = {name: interval(rows, lambda sums, k=name: _measures(sums)[k], bootstrap) for name in found}
    return {**found, "interval": intervals["nats_per_symbol"], "intervals": intervals}


def _measures(sums: np.ndarray) -> dict[str, float]:
    """Of the sums of rows."""
    total, symbols, onsets, right, right_onsets, pitch_nats, notes = sums.tolist()
    return {
        "nats_per_symbol": total / symbols,
        "bits_per_onset": total / math.log(2) / onsets,
        "onset_accuracy": right_onsets / onsets,
        "accuracy": right / symbols,
        "pitch_bits": pitch_nats / math.log(2) / notes if notes else 0.0,
    }


def interval(
    rows: np.ndarray, statistic: Callable[[np.ndarray], float], draws: int = 1000
) -> list[float | None]:
    """The 95 % bootstrap interval, over songs, of a statistic of the sums of rows; a fixed seed."""
    rng = np.random.default_rng(0)
    found = sorted(statistic(rows[rng.integers(len(rows), size=len(rows))].sum(axis=0)) for _ in range(draws))
    return [found[int(q * (draws - 1))] for q in (0.025, 0.975)] if found else [None, None]


def ratio(rows: np.ndarray, others: np.ndarray) -> list[float]:
    """Nats of one predictor over those of another on the same songs, and the paired bootstrap interval."""
    pairs = np.stack([rows[:, 0], others[:, 0]], axis=1)
    total, other = pairs.sum(axis=0)
    return [total / other, *interval(pairs, lambda sums: sums[0] / sums[1])]


def song_totals(predictor: Predictor, songs: list[np.ndarray], vocabulary: Vocabulary) -> np.ndarray:
    """A row a song: nats, symbols, onsets, right, right onsets, pitch nats, notes."""
    if not songs:
        raise ValueError("there is no song to evaluate on: the corpus is too small to have a part for it")
    hold = np.array([s == HOLD for s in vocabulary])
    pitches = np.array([s not in (HOLD, REST, DELIMITER) for s in vocabulary])
    delimiter = vocabulary.ids([DELIMITER])[0]
    rows = []
    for song, p in zip(songs, predictor.log_probabilities(songs)):
        targets = np.append(song, delimiter)
        nats = -p[np.arange(len(targets)), targets]
        right = p.argmax(axis=1) == targets
        onset, note = ~hold[targets], pitches[targets]
        mass = np.logaddexp.reduce(p[note][:, pitches], axis=1)  # ln of all pitches' probability
        rows.append(
            (
                nats.sum(),
                len(nats),
                onset.sum(),
                right.sum(),
                right[onset].sum(),
                (nats[note] + mass).sum(),
                note.sum(),
            )
        )
    return np.array(rows, float)
