"""Counts of what followed each context, interpolated from the shortest context to the longest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np


def targets(songs: list[np.ndarray], delimiter: int) -> np.ndarray:
    """Every symbol of every song, and after each song the delimiter that ends it: (n,)."""
    return np.concatenate([np.append(song, delimiter) for song in songs])


def preceding(songs: list[np.ndarray], steps: int, delimiter: int) -> np.ndarray:
    """The symbol so many steps before each target, or the delimiter before the song's start: (n,)."""
    padding = np.full(steps, delimiter)
    return np.concatenate([np.append(padding, song)[: len(song) + 1] for song in songs])


class BackOff:
    """A distribution for each context, mixed with that of the context that is shorter by one column.

        p_k(x) = (max(c(x) - d, 0) + (theta + d u) p_(k-1)(x)) / (theta + N),     p_(-1) = 1 / V

    c counts x after the first k columns, N is the sum of these counts, and u the number of distinct x among
    them. Unseen contexts change nothing. Unless `strength` is given this is Witten and Bell's interpolation
    [WB91], d = 0 and theta = u. If it is given, it is Kneser and Ney's [KN95] in the form of Pitman and Yor's
    process [Teh06]: for all contexts but the longest, c(x) is not how often x occurred, but with how many
    distinct values of the next column.

    Parameters
    ----------
    columns : sequence of non-negative int arrays (n,)
        What is known before each target. For an n-gram, the symbols 1, 2, ... steps before it.
    targets : int array (n,)
    symbols : int
        V.
    discount : float
        d, from 0 to 1.
    strength : float, optional
        theta.
    """

    def __init__(
        self,
        columns: Sequence[np.ndarray],
        targets: np.ndarray,
        symbols: int,
        discount: float = 0.0,
        strength: float | None = None,
    ):
        self.symbols, self.discount, self.strength = symbols, discount, strength
        self._radix = [int(column.max()) + 1 for column in columns]
        self._known: list[np.ndarray] = []  # the contexts of each length, as (number of the shorter, column)
        contexts = np.zeros(len(targets), np.int64)
        counted = [self._counted(contexts, targets)]
        for column, radix in zip(columns, self._radix):
            known, contexts = np.unique(contexts * radix + column, return_inverse=True)
            self._known.append(known)
            counted.append(self._counted(contexts, targets))
        if strength is not None:
            for k, (known, radix) in enumerate(zip(self._known, self._radix)):
                longer, follower = np.divmod(counted[k + 1][0], symbols)
                counted[k] = self._counted(known[longer] // radix, follower)
        self._followers = [Followers(*pairs_and_counts, symbols) for pairs_and_counts in counted]

    def _counted(self, contexts: np.ndarray, followers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.unique(contexts * self.symbols + followers, return_counts=True)

    def p(self, columns: Sequence[np.ndarray], n: int) -> np.ndarray:
        """(n, V): the distribution of the target of each of n rows of the columns."""
        p = np.full((n, self.symbols), 1 / self.symbols)
        for followers, (rows, contexts) in zip(self._followers, self._find(columns, n)):
            followers.interpolate(p, rows, contexts, self.discount, self.strength)
        return p

    def _find(self, columns: Sequence[np.ndarray], n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """For each length of context, the rows whose context is known, and the numbers of their contexts."""
        rows, contexts = np.arange(n), np.zeros(n, np.int64)
        yield rows, contexts
        for column, radix, known in zip(columns, self._radix, self._known):
            codes = contexts * radix + column[rows]
            contexts = np.searchsorted(known, codes).clip(max=len(known) - 1)
            seen = (known[contexts] == codes) & (column[rows] < radix)
            rows, contexts = rows[seen], contexts[seen]
            yield rows, contexts


class Followers:
    """How often each symbol followed each context of one length.

    Parameters
    ----------
    pairs : sorted int array
        context * V + follower for all that occur; contexts are numbered from 0 without a gap.
    counts : int array like pairs
    symbols : int
        V.
    """

    def __init__(self, pairs: np.ndarray, counts: np.ndarray, symbols: int):
        contexts, self._symbols = np.divmod(pairs, symbols)
        self._counts = counts
        self._first = np.flatnonzero(np.diff(contexts, prepend=-1))
        self._distinct = np.diff(self._first, append=len(pairs))
        self._totals = np.add.reduceat(counts, self._first)

    def interpolate(
        self,
        p: np.ndarray,
        rows: np.ndarray,
        contexts: np.ndarray,
        discount: float,
        strength: float | None,
    ) -> None:
        """The formula of `BackOff`, in place for the given rows of p (n, V), which have these contexts."""
        distinct, totals = self._distinct[contexts], self._totals[contexts]
        theta = distinct if strength is None else np.full(len(rows), strength)
        p[rows] *= (theta + discount * distinct)[:, None]
        # One entry for each pair of a row and a follower: where it is in p, and where among the counts.
        row = np.repeat(rows, distinct)
        offset = np.arange(len(row)) - np.repeat(np.cumsum(distinct) - distinct, distinct)
        entry = np.repeat(self._first[contexts], distinct) + offset
        p[row, self._symbols[entry]] += self._counts[entry] - discount
        p[rows] /= (theta + totals)[:, None]
