"""What a network has to beat: always the same symbol, symbol frequencies, and n-grams."""

from __future__ import annotations

import numpy as np

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
    """An n-gram with Witten-Bell interpolation. [WB91]

        p_k(x | context) = (c(x) + u p_(k-1)(x)) / (N + u),     p_0 = 1 / V

    c counts how often x followed the last k - 1 symbols in training, N is the sum of these counts, and u the
    number of distinct x among them. Before a song's start, contexts are padded with the delimiter; the end
    of a song is a delimiter too.

    Parameters
    ----------
    order : int
        1 is a count of symbols without context.
    songs : list of integer arrays
        The training part.
    symbols, delimiter : int
        V, and the delimiter's integer.
    """

    def __init__(self, order: int, songs: list[np.ndarray], symbols: int, delimiter: int):
        if symbols**order >= 2**63:
            raise ValueError(f"order {order} with {symbols} symbols: its contexts need more than 64 bits")
        self.name = f"{order}-gram"
        self.symbols, self.delimiter = symbols, delimiter
        targets = self._targets(songs)
        self._tables = [_Table(self._contexts(songs, k), targets, symbols) for k in range(1, order + 1)]

    def log_probabilities(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """Nats, (len + 1, V) a song: the distribution of each symbol and of the end."""
        n = sum(len(song) + 1 for song in songs)
        p = np.full((n, self.symbols), 1 / self.symbols)
        for k, table in enumerate(self._tables, 1):
            table.interpolate(self._contexts(songs, k), p)
        return np.split(np.log(p), np.cumsum([len(song) + 1 for song in songs])[:-1])

    def _targets(self, songs: list[np.ndarray]) -> np.ndarray:
        return np.concatenate([np.append(song, self.delimiter) for song in songs])

    def _contexts(self, songs: list[np.ndarray], order: int) -> np.ndarray:
        """The order - 1 symbols before each target, as one integer each."""
        padding = np.full(order - 1, self.delimiter)
        codes = []
        for song in songs:
            padded = np.append(padding, song)
            code = np.zeros(len(song) + 1, np.int64)
            for i in range(order - 1):
                code = code * self.symbols + padded[i : i + len(song) + 1]
            codes.append(code)
        return np.concatenate(codes)


class _Table:
    """How often each symbol followed each context, sorted by context."""

    def __init__(self, contexts: np.ndarray, targets: np.ndarray, symbols: int):
        pairs, self._counts = np.unique(contexts * symbols + targets, return_counts=True)
        self._followers = pairs % symbols
        self._contexts, self._first, self._distinct = np.unique(
            pairs // symbols, return_index=True, return_counts=True
        )
        self._totals = np.add.reduceat(self._counts, self._first)

    def interpolate(self, contexts: np.ndarray, p: np.ndarray) -> None:
        """Turn p (n, V) from the shorter contexts to these, in place; unseen contexts change nothing."""
        row = np.searchsorted(self._contexts, contexts).clip(max=len(self._contexts) - 1)
        seen = np.flatnonzero(self._contexts[row] == contexts)
        row = row[seen]
        distinct = self._distinct[row]
        p[seen] *= distinct[:, None]
        # One entry for each pair of a position and a follower: its row in p, and its place in the counts.
        position = np.repeat(seen, distinct)
        offset = np.arange(len(position)) - np.repeat(np.cumsum(distinct) - distinct, distinct)
        entry = np.repeat(self._first[row], distinct) + offset
        p[position, self._followers[entry]] += self._counts[entry]
        p[seen] /= (self._totals[row] + distinct)[:, None]
