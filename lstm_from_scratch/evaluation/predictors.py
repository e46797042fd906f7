"""What gives every symbol of a song a probability: the common form of networks and counting models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from ..model import MelodyModel
from ..model.model import log_softmax


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
