"""A predictor gives every symbol of a song a probability; networks and counting models are predictors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from ..model import MelodyModel
from ..model.model import log_softmax


class Predictor(Protocol):
    """Anything that gives a distribution for each symbol of a song and for its end."""

    name: str

    def log_probabilities(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """Nats, (len + 1, V) a song."""
        ...


class ModelPredictor:
    """A trained model as a predictor, evaluated in the way that it was trained.

    A model with a `window` sees only that many symbols before each target; any other starts from the zero
    state and carries its state through the song.

    Parameters
    ----------
    model : MelodyModel
    delimiter : int
    columns : int
        How many songs run side by side.
    """

    name = "network"

    def __init__(self, model: MelodyModel, delimiter: int, columns: int = 64):
        self.model, self.delimiter, self.columns = model, delimiter, columns

    def log_probabilities(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """Nats, (len + 1, V) a song."""
        window = self.model.window
        return self._by_windows(songs, window) if window else self._by_state(songs)

    def _by_state(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """From the zero state and one delimiter, carrying the state through each song."""
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

    def _by_windows(self, songs: list[np.ndarray], window: int) -> list[np.ndarray]:
        """Each symbol from the `window` symbols before it, with delimiters before the song's start."""
        padding = np.full(window, self.delimiter)
        windows = np.concatenate(
            [np.lib.stride_tricks.sliding_window_view(np.append(padding, song), window) for song in songs]
        )
        columns = 8 * self.columns  # windows are short
        p = []
        for start in range(0, len(windows), columns):
            tokens = self.model.backend.to_device(windows[start : start + columns].T)
            p.append(log_softmax(self.model.backend.to_host(self.model.logits(tokens, last_only=True))).T)
        return np.split(np.concatenate(p), np.cumsum([len(song) + 1 for song in songs])[:-1])
