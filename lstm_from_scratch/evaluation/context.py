"""How much context a model uses: its loss with the context cut short, and its gradients at a distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..model.model import MelodyModel, log_softmax
from .bootstrap import interval

CONTEXTS = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
COLUMNS = 256  # windows side by side: a large corpus's all at once would take gigabytes
TOLERANCE = 1.01  # of the perplexity with the longest context


def long_windows(
    songs: list[np.ndarray], delimiter: int, length: int = CONTEXTS[-1]
) -> tuple[np.ndarray, np.ndarray]:
    """Every symbol that has `length` symbols of its song before it, together with those.

    Returns
    -------
    windows : int array (targets, length + 1)
    of_song : int array (targets,)
        The song of each window, counting from 0 those that are long enough.

    Raises
    ------
    ValueError
        No song is long enough.
    """
    long_enough = [np.append(song, delimiter) for song in songs if len(song) >= length]
    if not long_enough:
        raise ValueError(f"no song has {length} symbols, so contexts that long cannot be measured")
    found = [np.lib.stride_tricks.sliding_window_view(song, length + 1) for song in long_enough]
    return np.concatenate(found), np.repeat(np.arange(len(found)), [len(windows) for windows in found])


def truncated_nats(model: MelodyModel, windows: np.ndarray, contexts: Sequence[int] = CONTEXTS) -> np.ndarray:
    """-ln p of each window's last symbol, given only the L symbols before it. [Khandelwal18]

    The model starts from the zero state.

    Returns
    -------
    float array (len(contexts), targets)
    """
    nats = np.empty((len(contexts), len(windows)))
    for row, length in enumerate(contexts):
        for start in range(0, len(windows), COLUMNS):
            some = windows[start : start + COLUMNS]
            tokens = model.backend.to_device(some[:, -1 - length : -1].T)
            p = log_softmax(model.backend.to_host(model.logits(tokens, last_only=True)))
            nats[row, start : start + COLUMNS] = -p[some[:, -1], np.arange(len(some))]
    return nats


def gradient_norms(
    model: MelodyModel, windows: np.ndarray, contexts: Sequence[int] = CONTEXTS
) -> list[float]:
    """The norm of d(-ln p)/d(state) L steps before the target, mean over the windows. [Pascanu13]

    The state is h, and for an LSTM h and c together.
    """
    parts = [windows[start : start + COLUMNS] for start in range(0, len(windows), COLUMNS)]
    return [
        sum(float(_state_gradients(model, some, length).sum()) for some in parts) / len(windows)
        for length in contexts
    ]


def _state_gradients(model: MelodyModel, windows: np.ndarray, length: int) -> np.ndarray:
    """For each window, the norm of d(loss)/d(state) so many steps before its target."""
    to_device = model.backend.to_device
    before, last = windows[:, : -1 - length].T, windows[:, -1 - length : -1].T
    state = None
    if len(before):
        model.logits(to_device(before), last_only=True)
        state = model.state
    model.forward(to_device(last), to_device(windows[:, -1]), state, training=False)
    model.backward()
    layer = model.recurrent
    squares = sum((d**2).sum(axis=0) for d in (layer.dh0, getattr(layer, "dc0", None)) if d is not None)
    norms: np.ndarray = model.backend.to_host(squares**0.5)
    return norms * len(windows)  # since the loss is a mean over the windows


def effective_length(perplexities: Sequence[float], contexts: Sequence[int] = CONTEXTS) -> int:
    """The least L from which on every perplexity is within one per cent of the last. [Khandelwal18]"""
    limit = TOLERANCE * perplexities[-1]
    too_high = [i for i, perplexity in enumerate(perplexities) if perplexity > limit]
    return contexts[too_high[-1] + 1] if too_high else contexts[0]


def context_rows(nats: np.ndarray, of_song: np.ndarray) -> np.ndarray:
    """A row a song, (songs, contexts + 1): its sums of `truncated_nats`, and the number of its targets."""
    rows = np.zeros((of_song.max() + 1, len(nats) + 1))
    np.add.at(rows, of_song, np.column_stack([nats.T, np.ones(len(of_song))]))
    return rows


def perplexities(sums: np.ndarray) -> list[float]:
    """exp of the nats a target for each context, from the sum of `context_rows`."""
    return [float(p) for p in np.exp(sums[:-1] / sums[-1])]


def context_used(runs: list[np.ndarray]) -> dict[str, Any]:
    """Perplexities and effective lengths from the `context_rows` of runs that differ only in their seed.

    Returns
    -------
    dict
        "perplexity", from the runs' mean nats; "effective_length", its effective length with the 95 %
        bootstrap interval over songs; and "effective_length_of_seeds", one a run.
    """
    mean = np.mean(runs, axis=0)

    def length_of(sums: np.ndarray) -> int:
        return effective_length(perplexities(sums))

    return {
        "perplexity": perplexities(mean.sum(axis=0)),
        "effective_length": [length_of(mean.sum(axis=0)), *interval(mean, length_of)],
        "effective_length_of_seeds": [length_of(rows.sum(axis=0)) for rows in runs],
    }
