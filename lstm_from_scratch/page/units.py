"""What single units follow: which of them are alike, how long each remembers, and which tell a story."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..composing.sampling import compose
from ..model.model import MelodyModel
from ..music.clock import read_clocks
from ..music.symbols import DELIMITER, HOLD, REST
from .beginnings import Beginning

Floats = NDArray[np.float64]
LONGEST_LAG = 64  # 16ths, four bars of 4/4
SAMPLES, SAMPLE_LENGTH = 8, 128  # melodies of the model's own, where it knows none of our tunes
PERIODS = {"the beat": 4, "the place in the bar of 4/4": 16, "the place in the bar of 3/4": 12}


def describe_units(model: MelodyModel, songs: Sequence[Beginning]) -> dict[str, Any]:
    """Orders of the units for a heat map, and the units that follow something that has a name.

    Parameters
    ----------
    model : MelodyModel
        With its vocabulary.
    songs : sequence of Beginning
        What to listen to; where there are none, melodies of the model's own.

    Returns
    -------
    dict
        "alike" and "memory": all units, those alike together, and those that remember longest first;
        "stories": a list of {"unit", "follows", "share"}, share being that of its variance.
    """
    songs = list(songs) or [_own_melody(model, seed) for seed in range(SAMPLES)]
    heard = [hidden_states(model, song) for song in songs]
    states = np.concatenate(heard)
    return {
        "alike": likeness_order(states),
        "memory": [int(unit) for unit in np.argsort(-memory(heard), kind="stable")],
        "stories": stories(states, labels(songs)),
    }


def _own_melody(model: MelodyModel, seed: int) -> Beginning:
    meter, rng = (4, 4), np.random.default_rng(seed)
    drawn = compose(model, temperature=1.0, steps=SAMPLE_LENGTH, rng=rng, meter=meter)
    return Beginning("", drawn.symbols, meter)


def hidden_states(model: MelodyModel, song: Beginning) -> Floats:
    """h (T, H) after each symbol of a song, in float64."""
    vocabulary = model.vocabulary
    assert vocabulary is not None
    start = [DELIMITER] if DELIMITER in vocabulary else []
    tokens = np.array(vocabulary.ids([*start, *song.symbols]))[:, None]
    if model.clock:
        upbeat, first_rows = Fraction(song.upbeat, 4), model.symbols + np.cumsum(model.clock) - model.clock
        clock = read_clocks(model.clock_kinds, len(tokens), song.meter, upbeat)
        tokens = np.concatenate([tokens, clock + first_rows], axis=1)[:, :, None]
    h = model.backend.to_host(model.recurrent.forward(model.backend.to_device(tokens)))
    return np.asarray(h[len(start) :, :, 0], np.float64)


def likeness_order(states: Floats) -> list[int]:
    """All units, each beside those that it correlates with: a hierarchical clustering by average linkage.

    Two groups are joined such that their most alike ends meet, so that neighbours stay neighbours.
    """
    alike = _correlations(states)
    groups = {unit: [unit] for unit in range(len(alike))}
    link = alike.copy()  # the mean correlation of two groups
    np.fill_diagonal(link, -np.inf)
    while len(groups) > 1:
        a, b = divmod(int(link.argmax()), len(link))
        joined = _joined(groups[a], groups.pop(b), alike)
        n, m = len(groups[a]), len(joined) - len(groups[a])
        mean = (n * link[a] + m * link[b]) / (n + m)
        link[a], link[:, a] = mean, mean
        link[b], link[:, b], link[a, a] = -np.inf, -np.inf, -np.inf
        groups[a] = joined
    (order,) = groups.values()
    return order


def _joined(a: list[int], b: list[int], alike: Floats) -> list[int]:
    """Two groups in one row, turned so that the ends that meet are as alike as can be."""
    ways = [x + y for x in (a, a[::-1]) for y in (b, b[::-1])]
    return max(ways, key=lambda row: alike[row[len(a) - 1], row[len(a)]])


def _correlations(states: Floats) -> Floats:
    """(H, H); a unit that never moves correlates with none."""
    centred = states - states.mean(axis=0)
    norm = np.linalg.norm(centred, axis=0)
    centred /= np.where(norm > 0, norm, 1)
    product: Floats = centred.T @ centred
    return product


def memory(heard: Sequence[Floats]) -> Floats:
    """The lag in 16ths (H,) at which each unit's correlation with itself has fallen to 1/e."""
    mean = np.concatenate(heard).mean(axis=0)
    centred = [x - mean for x in heard]
    lags = np.full(len(mean), float(LONGEST_LAG))
    for lag in range(LONGEST_LAG, 0, -1):
        long = [x for x in centred if len(x) > lag]
        together = sum(np.einsum("th,th->h", x[:-lag], x[lag:]) for x in long)
        alone = sum(np.einsum("th,th->h", x[lag:], x[lag:]) for x in long)
        lags[together < alone / np.e] = lag
    return lags


def labels(songs: Sequence[Beginning]) -> dict[str, NDArray[np.int64]]:
    """What a unit could follow: for each name an integer for every symbol of all songs."""
    found: dict[str, list[int]] = {name: [] for name in (*PERIODS, "note or hold", "the pitch", "the phrase")}
    for song in songs:
        pitch, begun = -1, 0
        for t, symbol in enumerate(song.symbols):
            if symbol != HOLD:
                pitch, begun = (-1 if symbol == REST else int(symbol)), t
            for name, period in PERIODS.items():
                found[name].append((t - song.upbeat) % period)
            found["note or hold"].append(min(t - begun, 4))
            found["the pitch"].append(pitch)
            found["the phrase"].append(8 * t // len(song.symbols))
    return {name: np.array(values) for name, values in found.items()}


def stories(states: Floats, named: dict[str, NDArray[np.int64]]) -> list[dict[str, Any]]:
    """For each name the unit that follows it best, by the share of its variance that the name explains.

    A unit stands for one name only; the closest pairs are taken first.
    """
    shares = np.array([_explained(states, values) for values in named.values()])
    told: dict[str, dict[str, Any]] = {}
    for _ in range(min(shares.shape)):
        row, unit = np.unravel_index(shares.argmax(), shares.shape)
        name = list(named)[row]
        told[name] = {"unit": int(unit), "follows": name, "share": round(float(shares[row, unit]), 2)}
        shares[row], shares[:, unit] = -1, -1
    return [told[name] for name in named if name in told]


def _explained(states: Floats, values: NDArray[np.int64]) -> Floats:
    """The share (H,) of each unit's variance that lies between the groups of equal values."""
    mean = states.mean(axis=0)
    groups = [states[values == value] for value in np.unique(values)]
    between = np.sum([len(group) * (group.mean(axis=0) - mean) ** 2 for group in groups], axis=0)
    share: Floats = between / len(states) / np.maximum(states.var(axis=0), 1e-12)
    return share
