"""What attention keeps of songs that are still being written."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from .arrays import Array


class Memory:
    """The symbols, keys and matches of the t steps so far. It never changes: `after` gives the next one.

    Parameters
    ----------
    xp : module
    tokens : integer array (B, t)
        What was read.
    keys : array (B, t, d)
    match : integer array (B, t - 1)
        Of the last step, with each step before it.
    """

    def __init__(self, xp: ModuleType, tokens: Array, keys: Array, match: Array):
        self._xp, self.steps, self.match = xp, tokens.shape[1], match
        room = max(64, 2 * self.steps)
        self._tokens, self._keys = (_with_room(xp, a, room) for a in (tokens, keys))
        self._filled = [self.steps]  # shared by all memories that share these two arrays

    @property
    def tokens(self) -> Array:
        """(B, t)."""
        return self._tokens[:, : self.steps]

    @property
    def keys(self) -> Array:
        """(B, t, d)."""
        return self._keys[:, : self.steps]

    def matches(self, tokens: Array) -> Array:
        """match (B, t) of a step that reads these tokens (B,)."""
        same = self.tokens == tokens[:, None]
        match = same.astype(np.int64)
        match[:, 1:] += self.match * same[:, 1:]
        return match

    def after(self, tokens: Array, keys: Array, match: Array) -> Memory:
        """The memory after one more step: its tokens (B,), keys (B, d) and `matches`."""
        if self._filled[0] != self.steps or self.steps == self._tokens.shape[1]:
            fresh = Memory(self._xp, self.tokens, self.keys, self.match)  # another has gone on from here
            return fresh.after(tokens, keys, match)
        longer = object.__new__(Memory)
        longer.__dict__.update(self.__dict__)
        self._tokens[:, self.steps], self._keys[:, self.steps] = tokens, keys
        longer.match, longer.steps = match, self.steps + 1
        self._filled[0] = longer.steps
        return longer


def _with_room(xp: ModuleType, a: Array, room: int) -> Array:
    """A copy of a (B, t, ...) with room for more steps."""
    larger: Array = xp.zeros((a.shape[0], room, *a.shape[2:]), a.dtype)
    larger[:, : a.shape[1]] = a
    return larger
