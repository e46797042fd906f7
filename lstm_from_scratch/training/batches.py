"""From songs to batches: windows gathered from one stream, pieces of lanes, or whole songs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..corpus.corpus import CorpusError
from ..network.arrays import Array
from ..network.backend import CPU, Backend
from .recipe import Recipe
from .song_batches import draw_spans, groups_of_like_length, side_by_side


class Batch(NamedTuple):
    """What one training step sees.

    Parameters
    ----------
    tokens : int array (T, B)
    targets : int array (T, B), or (B,) for the last step only
    counted : bool array like targets, or None
        Which targets count; None for all.
    carried : bool array (B,), or None
        Which columns continue with the state of the batch before; None for none.
    clock : int array (T, K, B), or None
        What the clocks show for each target.
    """

    tokens: Array
    targets: Array
    counted: Array | None = None
    carried: Array | None = None
    clock: Array | None = None


class Batches:
    """The batches of a run. Each depends on the seed and the step alone, so a run can continue anywhere.

    Parameters
    ----------
    songs : list of integer arrays
    delimiter : int
    recipe : Recipe
    seed : int
        NumPy draws the order of each epoch from it, so that it is the same on every device.
    backend : Backend
        Where the batches are. All songs are put there at once, so that no single batch is uploaded.
    clocks : list of int array (length + 1, K), optional
        What the recipe's clocks show for each symbol of each song, and for its end.
    """

    def __init__(
        self,
        songs: list[np.ndarray],
        delimiter: int,
        recipe: Recipe,
        seed: int,
        backend: Backend = CPU,
        clocks: list[np.ndarray] | None = None,
    ):
        self._recipe, self._seed, self._epoch, self._to_device = recipe, seed, -1, backend.to_device
        if recipe.objective == "window":
            stream = windows(songs, delimiter, recipe.length)
            self._stream = self._to_device(stream)
            self._steps = self._to_device(np.arange(recipe.length + 1)[:, None])
            available = len(stream) - recipe.length
        else:
            self._songs = [np.concatenate([[delimiter], song, [delimiter]]) for song in songs]
            self._cuts = int(recipe.cut * len(songs))  # a cut makes one more piece, or none
            self._clocks = clocks or [np.zeros((len(song) + 1, 0), int) for song in songs]
            if self._cuts and recipe.batch == 1 and recipe.objective == "stream":
                raise CorpusError(
                    "a batch of 1: when songs are cut, an epoch may have fewer pieces than batches, and the "
                    "last batches nothing to learn from; give 2 or more with --batch"
                )
            if recipe.objective == "song":
                available = len(songs) + self._cuts
            else:
                available = self._cuts + sum(-(-(len(song) - 1) // recipe.length) for song in self._songs)
        if available < recipe.batch:
            raise CorpusError(
                f"the training songs give {available} pieces of {recipe.length} symbols, too few for a batch "
                f"of {recipe.batch}: give a smaller one with --batch, or more songs"
            )
        self._available, self.per_epoch = available, -(-available // recipe.batch)

    def __call__(self, step: int) -> Batch:
        """The batch of a step, the first being 0."""
        epoch, k = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            self._begin(epoch)
        if self._recipe.objective == "song":
            tokens, targets, counted, clock = side_by_side(self._groups[k], self._songs, self._clocks)
            tokens, targets, counted, clock = map(self._to_device, (tokens, targets, counted, clock))
            return Batch(tokens, targets, counted, clock=clock if clock.shape[1] else None)
        if self._recipe.objective == "stream":
            return Batch(*(part[k] for part in self._lanes))
        starts = self._starts[k * self._recipe.batch : (k + 1) * self._recipe.batch]
        return window_batch(self._stream, self._steps, starts)

    def _begin(self, epoch: int) -> None:
        """Draw an epoch's order, and put it, or the lanes in this order, where the batches are."""
        rng, recipe = np.random.default_rng([self._seed, epoch]), self._recipe
        if recipe.objective == "song":
            spans = draw_spans([len(song) for song in self._songs], self._cuts, rng)
            self._groups = groups_of_like_length(spans, recipe.batch, rng)
        elif recipe.objective == "stream":
            parts = cut(self._songs, self._cuts, rng) if self._cuts else self._songs
            pieces = [song_pieces(parts[i], recipe.length) for i in rng.permutation(len(parts))]
            self._lanes = [
                self._to_device(a) for a in lanes(pieces, recipe.batch, self.per_epoch) if a is not None
            ]
        else:
            self._starts = self._to_device(rng.permutation(self._available))
        self._epoch = epoch


def cut(songs: list[np.ndarray], count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Cut `count` songs, drawn at random, in two, and leave the others whole.

    The symbol at the cut ends one part and begins the other. It matters that some stay whole: the end of a
    cut song is not heard from its beginning, and a network that hears only cut songs ends its own too late.
    """
    chosen = set(rng.permutation(len(songs))[:count].tolist())
    parts = []
    for i, song in enumerate(songs):
        k = int(rng.integers(1, len(song) - 1)) if i in chosen else 0
        parts += [song[: k + 1], song[k:]] if k else [song]
    return parts


def song_pieces(song: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """A song with delimiters at both ends, or a part of one, in pieces: tokens and targets (n, length).

    The last piece is padded; -1 marks padded targets.
    """
    n = -(-(len(song) - 1) // length)
    tokens, targets = np.full(n * length, song[-1]), np.full(n * length, -1)
    tokens[: len(song) - 1], targets[: len(song) - 1] = song[:-1], song[1:]
    return tokens.reshape(n, length), targets.reshape(n, length)


def lanes(pieces: list[tuple[np.ndarray, np.ndarray]], batch: int, steps: int) -> Batch:
    """Songs end to end in `batch` lanes of `steps` pieces: the batches of all steps, stacked.

    Padding at the end of the last lane does not count.
    """
    tokens, targets = (np.concatenate([piece[i] for piece in pieces]) for i in range(2))
    carried = np.concatenate([np.arange(len(t)) > 0 for t, _ in pieces])
    missing = batch * steps - len(tokens)
    tokens = np.pad(tokens, ((0, missing), (0, 0)), mode="edge")
    targets = np.pad(targets, ((0, missing), (0, 0)), constant_values=-1)
    carried = np.pad(carried, (0, missing)).reshape(batch, steps)
    carried[:, 0] = False  # the state at the end of the previous lane is not carried into this one
    tokens, targets = (a.reshape(batch, steps, -1).transpose(1, 2, 0) for a in (tokens, targets))
    counted = targets >= 0
    parts = tokens, np.where(counted, targets, 0), counted, carried.T
    return Batch(*map(np.ascontiguousarray, parts))


def windows(songs: list[np.ndarray], delimiter: int, length: int) -> np.ndarray:
    """The paper's data: one stream, `length` delimiters around every song.

    A window begins at every symbol but the last `length`, and its target is the symbol that follows it.
    """
    gap = np.full(length, delimiter)
    return np.concatenate([gap] + [part for song in songs for part in (song, gap)])


def window_batch(stream: Array, steps: Array, starts: Array) -> Batch:
    """The windows of a stream that begin at `starts` (B,); `steps` is 0 to length, (length + 1, 1)."""
    found = stream[steps + starts]
    return Batch(found[:-1], found[-1])
