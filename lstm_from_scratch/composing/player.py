"""A model that is played: fed one symbol at a time, it says what may come next."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from ..model import MelodyModel
from ..music.clock import clock_sizes, read_clocks
from ..music.metre import Meter
from ..network.arrays import Array


class Player:
    """Feeds a model one symbol at a time, as it was trained: carrying its state, or window by window.

    Parameters
    ----------
    model : MelodyModel
    delimiter : int
    columns : int
        The number of melodies drawn side by side.
    meter : (int, int) or None
        What the model's clock goes by, where it has one that knows of bars.
    upbeat : Fraction
        Quarter lengths before the first full bar.

    Raises
    ------
    ValueError
        A model with a clock that does not say what it shows.
    """

    def __init__(
        self,
        model: MelodyModel,
        delimiter: int,
        columns: int = 1,
        meter: Meter | None = None,
        upbeat: Fraction = Fraction(0),
    ):
        if clock_sizes(model.clock_kinds) != model.clock:
            raise ValueError(
                f"a model with clocks of {model.clock} values, which does not say what they show"
            )
        self._model, self._delimiter, self._meter, self._upbeat = model, delimiter, meter, upbeat
        self._state: tuple[Any, ...] | None = None
        self._window = np.full((model.window or 1, columns), delimiter)
        self._steps = 0

    def start(self, ids: Iterable[int] = ()) -> np.ndarray:
        """The logits (V, columns) of the symbol after a delimiter and the ids."""
        logits = self.step(self._delimiter)
        for i in ids:
            logits = self.step(i)
        return logits

    def step(self, i: int | np.ndarray) -> np.ndarray:
        """The logits (V, columns) of the symbol after i: one id for all columns, or one for each."""
        model = self._model
        self._window[:-1] = self._window[1:]
        self._window[-1] = i
        tokens = model.backend.to_device(self._window)
        logits = model.logits(tokens, self._state, last_only=True, clock=self._clock())
        self._steps += 1
        if not model.window:
            self._state = model.state
        return model.backend.to_host(logits).astype(np.float64)

    def _clock(self) -> Array | None:
        """What the clocks show for the symbol that comes next, (1, K, columns)."""
        model, columns = self._model, self._window.shape[1]
        if not model.clock:
            return None
        shown = read_clocks(model.clock_kinds, 1, self._meter, self._upbeat, self._steps)
        return model.backend.to_device(np.repeat(shown[:, :, None], columns, axis=2))
