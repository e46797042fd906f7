"""A predictor gives every symbol of a song a probability; networks and counting models are predictors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from ..corpus import Corpus
from ..model import MelodyModel
from ..model.model import log_softmax

PIECE = 64  # steps that are computed at once
LOOKING_BACK = 16  # songs side by side, for a model with attention


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
    clocks : list of int array (length + 1, K), optional
        What the model's clocks show for each symbol of each song that it is to predict, and for its end.
    columns : int
        How many songs run side by side.
    """

    name = "network"

    def __init__(
        self,
        model: MelodyModel,
        delimiter: int,
        clocks: list[np.ndarray] | None = None,
        columns: int = 64,
    ):
        self.model, self.delimiter, self.clocks = model, delimiter, clocks
        # A model that looks back holds a score for every pair of steps of every song.
        self.columns = min(columns, LOOKING_BACK) if model.attention else columns

    def log_probabilities(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """Nats, (len + 1, V) a song."""
        if self.model.clock and len(self.clocks or ()) != len(songs):
            raise ValueError(f"{len(songs)} songs for a model with a clock: give the clocks of each")
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
            p = np.concatenate(list(self._pieces(tokens, self._clock(group, steps))))
            for column, i in enumerate(group):
                found[i] = p[: len(songs[i]) + 1, :, column].copy()
        return found

    def _clock(self, group: list[int], steps: int) -> np.ndarray | None:
        """The clocks of some songs side by side, (steps, K, songs)."""
        if not self.model.clock or self.clocks is None:
            return None
        clock = np.zeros((steps, len(self.model.clock), len(group)), int)
        for column, i in enumerate(group):
            clock[: len(self.clocks[i]), :, column] = self.clocks[i]
        return clock

    def _pieces(self, tokens: np.ndarray, clock: np.ndarray | None) -> Iterator[np.ndarray]:
        """ln p of all steps: in pieces, whose state is carried, or at once where the model looks back."""
        state, to_device = None, self.model.backend.to_device
        length = len(tokens) if self.model.attention else PIECE
        for t in range(0, len(tokens), length):
            part = slice(t, t + length)
            shown = None if clock is None else to_device(clock[part])
            logits = self.model.logits(to_device(tokens[part]), state, clock=shown)
            state = self.model.state
            yield log_softmax(self.model.backend.to_host(logits))

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


def predictor_of_part(model: MelodyModel, corpus: Corpus, part: str) -> ModelPredictor:
    """The model as a predictor of one part's songs, all of them in their order."""
    return ModelPredictor(model, corpus.delimiter, corpus.clocks(part, model.clock_kinds))
