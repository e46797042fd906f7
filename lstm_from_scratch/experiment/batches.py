"""From songs to batches: windows gathered from one stream, or pieces of lanes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .dataset import CorpusError
from .recipe import Recipe


class Batch(NamedTuple):
    """What one training step sees.

    Parameters
    ----------
    tokens : int array (T, B)
    targets : int array (T, B), or (B,) for the last step only
    counted : bool array like targets, or None
        Which targets count; None for all.
    carried : bool array (B,), or None
        Which columns go on with the state of the batch before; None for none.
    """

    tokens: np.ndarray
    targets: np.ndarray
    counted: np.ndarray | None = None
    carried: np.ndarray | None = None


class Batches:
    """The batches of a run, each a function of the seed and the step alone: a run can go on anywhere.

    Parameters
    ----------
    songs : list of integer arrays
    delimiter : int
    recipe : Recipe
    seed : int
    """

    def __init__(self, songs: list[np.ndarray], delimiter: int, recipe: Recipe, seed: int):
        self._recipe, self._seed, self._epoch = recipe, seed, -1
        if recipe.objective == "window":
            self._stream, self._starts = windows(songs, delimiter, recipe.length)
            available = len(self._starts)
        else:
            self._pieces = [song_pieces(song, delimiter, recipe.length) for song in songs]
            available = sum(len(tokens) for tokens, _ in self._pieces)
        if available < recipe.batch:
            raise CorpusError(
                f"the training songs give {available} pieces of {recipe.length} symbols, too few for a batch "
                f"of {recipe.batch}: a smaller batch or more songs are needed"
            )
        self.per_epoch = -(-available // recipe.batch)

    def __call__(self, step: int) -> Batch:
        """The batch of a step, the first being 0."""
        recipe, (epoch, k) = self._recipe, divmod(step, self.per_epoch)
        if epoch != self._epoch:
            rng = np.random.default_rng([self._seed, epoch])
            self._epoch, self._shuffled = (
                epoch,
                rng.permutation(len(self._starts if recipe.objective == "window" else self._pieces)),
            )
            if recipe.objective == "stream":
                self._lanes = lanes([self._pieces[i] for i in self._shuffled], recipe.batch, self.per_epoch)
        if recipe.objective == "window":
            starts = self._starts[self._shuffled[k * recipe.batch : (k + 1) * recipe.batch]]
            return Batch(*window_batch(self._stream, starts, recipe.length))
        tokens, targets, carried = self._lanes
        counted = targets[:, k] >= 0
        return Batch(
            tokens[:, k].T, np.where(counted, targets[:, k], 0).T, counted.T, carried[:, k] & (k > 0)
        )


def song_pieces(song: np.ndarray, delimiter: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """A song from one delimiter before it to the one after, cut into pieces: tokens and targets (n, length).

    The last piece is filled up; -1 marks the targets that are none.
    """
    n = -(-(len(song) + 1) // length)
    tokens, targets = np.full(n * length, delimiter), np.full(n * length, -1)
    tokens[1 : len(song) + 1] = targets[: len(song)] = song
    targets[len(song)] = delimiter
    return tokens.reshape(n, length), targets.reshape(n, length)


def lanes(pieces: list[tuple[np.ndarray, np.ndarray]], batch: int, steps: int) -> tuple[np.ndarray, ...]:
    """Songs end to end in `batch` lanes of `steps` pieces: tokens and targets (batch, steps, length), and
    whether a piece goes on with the song of the one before it (batch, steps).

    Where the songs fall short of the last lane's end, nothing counts.
    """
    tokens, targets = (np.concatenate([piece[i] for piece in pieces]) for i in range(2))
    carried = np.concatenate([np.arange(len(t)) > 0 for t, _ in pieces])
    missing = batch * steps - len(tokens)
    tokens = np.pad(tokens, ((0, missing), (0, 0)), mode="edge")
    targets = np.pad(targets, ((0, missing), (0, 0)), constant_values=-1)
    carried = np.pad(carried, (0, missing))
    return tuple(a.reshape(batch, steps, *a.shape[1:]) for a in (tokens, targets, carried))


def windows(songs: list[np.ndarray], delimiter: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """The paper's data: one stream, `length` delimiters around every song, a window beginning at every step.

    Returns
    -------
    stream : int array (n,)
    starts : int array (n - length,)
        Window k is `stream[starts[k] : starts[k] + length]`, its target the symbol that follows.
    """
    gap = np.full(length, delimiter)
    stream = np.concatenate([gap] + [part for song in songs for part in (song, gap)])
    return stream, np.arange(len(stream) - length)


def window_batch(stream: np.ndarray, starts: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Tokens (length, B) and targets (B,) of the windows that begin at `starts`."""
    places = np.arange(length)[:, None] + starts
    return stream[places], stream[starts + length]
