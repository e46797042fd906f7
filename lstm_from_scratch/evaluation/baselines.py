"""What a network has to beat: always the same symbol, n-grams, and the counts of the song itself."""

from __future__ import annotations

import numpy as np

from .backoff import BackOff, preceding, targets
from .predictors import Predictor

NGRAM_ORDERS = range(1, 9)


class AlwaysHold:
    """Predicts `_` with its frequency in training, and all other symbols equally."""

    name = "always _"

    def __init__(self, songs: list[np.ndarray], symbols: int, hold: int):
        holds = sum(int((song == hold).sum()) for song in songs)
        holds = max(holds, 1)  # a probability of 0 would cost infinitely many nats
        total = sum(len(song) + 1 for song in songs)
        self._p = np.full(symbols, (1 - holds / total) / max(symbols - 1, 1))
        self._p[hold] = holds / total

    def log_probabilities(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """Nats, (len + 1, V) a song: the distribution of each symbol and of the end."""
        return [np.tile(np.log(self._p), (len(song) + 1, 1)) for song in songs]


class NGram:
    """Predicts each symbol from those before it, by `BackOff`: Witten-Bell, or Kneser-Ney with a strength.

    Before a song's start, contexts are padded with the delimiter; the end of a song is a delimiter too.

    Parameters
    ----------
    order : int
        The context has order - 1 symbols; order 1 is a count of symbols without context.
    songs : list of integer arrays
        The training part.
    symbols, delimiter : int
        V, and the delimiter's integer.
    discount, strength : float
        As for `BackOff`.
    """

    def __init__(
        self,
        order: int,
        songs: list[np.ndarray],
        symbols: int,
        delimiter: int,
        discount: float = 0.0,
        strength: float | None = None,
    ):
        self.name, self.order, self.delimiter = f"{order}-gram", order, delimiter
        self._backoff = BackOff(self._columns(songs), targets(songs, delimiter), symbols, discount, strength)

    def _columns(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        return [preceding(songs, steps, self.delimiter) for steps in range(1, self.order)]

    def log_probabilities(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """Nats, (len + 1, V) a song: the distribution of each symbol and of the end."""
        lengths = [len(song) + 1 for song in songs]
        p = self._backoff.p(self._columns(songs), sum(lengths))
        return np.split(np.log(p), np.cumsum(lengths)[:-1])


class KneserNey(NGram):
    """The n-gram of Kneser and Ney, with contexts of up to 24 symbols.

    Discount and strength were chosen on the validation part of `erk`.
    """

    def __init__(self, songs: list[np.ndarray], symbols: int, delimiter: int):
        super().__init__(25, songs, symbols, delimiter, discount=0.9, strength=2.0)
        self.name = "kneser-ney"


class WithSong:
    """A predictor, corrected by what followed the same symbols earlier in the song.

    For each context length in turn, the shortest first, p becomes that of `BackOff`'s formula, where c counts
    what has followed the context in the song so far; the first p is the predictor's. [Pearce05] calls such
    counts the short-term model.

    Parameters
    ----------
    predictor : Predictor
    contexts : tuple of int
        The lengths of the contexts, ascending.
    discount, strength : float
    """

    def __init__(
        self,
        predictor: Predictor,
        contexts: tuple[int, ...] = (8, 12, 16, 20, 24),
        discount: float = 0.5,
        strength: float = 0.5,
    ):
        self.name = f"{predictor.name} + song"
        self.predictor, self.contexts = predictor, contexts
        self.discount, self.strength = discount, strength

    def log_probabilities(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """Nats, (len + 1, V) a song: the distribution of each symbol and of the end."""
        before = self.predictor.log_probabilities(songs)
        return [np.log(self._corrected(song, np.exp(p))) for song, p in zip(songs, before)]

    def _corrected(self, song: np.ndarray, p: np.ndarray) -> np.ndarray:
        """p (len + 1, V), in place, with what has followed the context of each target before it."""
        d, theta = self.discount, self.strength
        agree = np.zeros(len(song) + 1, int)  # at i: how many symbols before i are those before t
        for t in range(1, len(song) + 1):
            agree[1:t] = np.where(song[: t - 1] == song[t - 1], agree[: t - 1] + 1, 0)
            for length in self.contexts:
                followers = song[:t][agree[:t] >= length]
                if not len(followers):
                    break  # nor has a longer context occurred before
                c = np.bincount(followers, minlength=p.shape[1])
                rest = theta + d * np.count_nonzero(c)
                p[t] = (np.maximum(c - d, 0) + rest * p[t]) / (theta + len(followers))
        return p
