"""Whole songs in batches of like length: what a network that looks back is trained on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

SHUFFLED = 0.05  # of a length: as much as it varies when songs are sorted by it, so that neighbours change


class Span(NamedTuple):
    """A song, delimiters at both ends, or a part of it: its symbols from `start` to `end`, `end` too."""

    song: int
    start: int
    end: int

    @property
    def steps(self) -> int:
        """How many symbols have one after them."""
        return self.end - self.start


def draw_spans(lengths: list[int], cuts: int, rng: np.random.Generator) -> list[Span]:
    """All songs, `cuts` of them, drawn at random, in two parts each.

    The symbol at the cut ends one part and begins the other. With parts, a network hears songs that begin
    anywhere and cannot learn them by heart from their start; with whole songs it learns where they end.

    Parameters
    ----------
    lengths : list of int
        Of the songs with their delimiters.
    cuts : int
    rng : numpy.random.Generator
    """
    chosen = set(rng.permutation(len(lengths))[:cuts].tolist())
    spans = []
    for song, length in enumerate(lengths):
        if song in chosen:
            at = int(rng.integers(1, length - 1))
            spans += [Span(song, 0, at), Span(song, at, length - 1)]
        else:
            spans.append(Span(song, 0, length - 1))
    return spans


def groups_of_like_length(spans: list[Span], batch: int, rng: np.random.Generator) -> list[list[Span]]:
    """Batches of spans that are about as long as each other, in random order: little is padded."""
    lengths = np.array([span.steps for span in spans])
    order = np.argsort(lengths * np.exp(SHUFFLED * rng.standard_normal(len(spans))))
    groups = [order[start : start + batch] for start in range(0, len(order), batch)]
    return [[spans[i] for i in groups[k]] for k in rng.permutation(len(groups))]


def side_by_side(
    spans: list[Span], songs: list[np.ndarray], clocks: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A batch of spans, each from its first step on; what stands behind the shorter ones does not count.

    Parameters
    ----------
    spans : list of Span
    songs : list of int array (length,)
        With delimiters at both ends.
    clocks : list of int array (length - 1, K)
        For each symbol but the first, what the clocks show.

    Returns
    -------
    tokens, targets : int array (T, B)
    counted : bool array (T, B)
    clock : int array (T, K, B)
    """
    T, B = max(span.steps for span in spans), len(spans)
    tokens, targets = np.zeros((T, B), int), np.zeros((T, B), int)
    counted, clock = np.zeros((T, B), bool), np.zeros((T, clocks[0].shape[1], B), int)
    for b, (song, start, end) in enumerate(spans):
        n = end - start
        tokens[:n, b], targets[:n, b] = songs[song][start:end], songs[song][start + 1 : end + 1]
        counted[:n, b], clock[:n, :, b] = True, clocks[song][start:end]
    return tokens, targets, counted, clock
