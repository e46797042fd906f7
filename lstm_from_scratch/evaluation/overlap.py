"""Do two sets of melodies differ from each other more than the melodies within one set do?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..music import Melody
from ..music.symbols import STEPS_A_QUARTER

DURATION_CLASSES = 16  # 1 to 16 16ths; the last class also holds all longer notes
FINEST = 1000  # bandwidths in the longest distance at most, which bounds the number of bins
BINS = 16  # for each bandwidth
REACH = 5  # bandwidths; less than a millionth of a Gaussian lies farther out
FLOOR = 1e-6  # the share of a uniform density that is mixed in to keep the divergence finite


class Comparison(NamedTuple):
    """The two measures of one feature: see `relative_measures`."""

    overlap: float
    divergence: float


def features(melody: Melody) -> dict[str, np.ndarray]:
    """The nine features of [Yang18] that need no bars, of the notes of one melody; rests only take time.

    A feature that needs more notes than there are is 0, so that a silent melody is far from every other.

    Parameters
    ----------
    melody : Melody

    Returns
    -------
    dict of float arrays
        pitch_count ()
            Different pitches.
        pitch_classes (12,)
            Each pitch class's share of the sounding time.
        pitch_class_transitions (12, 12)
            Shares of the pairs (from, to) of adjacent notes. [Yang18] counts the pairs; shares leave the
            melody's length to note_count.
        pitch_range ()
            Semitones between the lowest and the highest note.
        mean_interval ()
            Semitones between adjacent notes, up or down.
        note_count ()
        mean_onset_interval ()
            Quarter lengths from the beginning of one note to that of the next.
        durations (16,)
            Shares of the notes that last 1, 2, ..., 15, and 16 or more 16ths, rounded to whole 16ths.
        duration_transitions (16, 16)
            Shares of the pairs (from, to) of adjacent notes, in the same classes.
    """
    lasting = np.array([float(duration) for _, duration in melody.notes])
    sounds = np.array([pitch is not None for pitch, _ in melody.notes], bool)
    onsets, durations = (np.cumsum(lasting) - lasting)[sounds], lasting[sounds]
    pitches = np.array([pitch for pitch, _ in melody.notes if pitch is not None], int)
    classes = np.clip(np.rint(durations * STEPS_A_QUARTER), 1, DURATION_CLASSES).astype(int) - 1
    return {
        "pitch_count": np.array(len(set(pitches)), float),
        "pitch_classes": _shares(np.bincount(pitches % 12, durations, minlength=12)),
        "pitch_class_transitions": _transitions(pitches % 12, 12),
        "pitch_range": np.array(np.ptp(pitches) if len(pitches) else 0, float),
        "mean_interval": _mean(np.abs(np.diff(pitches))),
        "note_count": np.array(len(pitches), float),
        "mean_onset_interval": _mean(np.diff(onsets)),
        "durations": _shares(np.bincount(classes, minlength=DURATION_CLASSES)),
        "duration_transitions": _transitions(classes, DURATION_CLASSES),
    }


def _shares(counts: np.ndarray) -> np.ndarray:
    return counts / (counts.sum() or 1.0)


def _mean(values: np.ndarray) -> np.ndarray:
    return np.array(values.mean() if len(values) else 0.0)


def _transitions(classes: np.ndarray, size: int) -> np.ndarray:
    pairs = classes[:-1] * size + classes[1:]
    return _shares(np.bincount(pairs, minlength=size * size)).reshape(size, size)


def overlaps(reference: Sequence[Melody], generated: Sequence[Melody]) -> dict[str, float]:
    """The overlapping area of each feature of `relative_measures`, 0 to 1, and their mean as "mean"."""
    areas = {name: found.overlap for name, found in relative_measures(reference, generated).items()}
    return areas | {"mean": sum(areas.values()) / len(areas)}


def relative_measures(reference: Sequence[Melody], generated: Sequence[Melody]) -> dict[str, Comparison]:
    """The relative measures of [Yang18] for each of `features`.

    p is the density of the Euclidean distances from each reference melody to all others of its set, N (N - 1)
    of them; q is the density of the distances from each reference melody to each generated one. Both are
    smoothed by a Gaussian kernel with Scott's bandwidth, s n^(-1/5), where s is the standard deviation of the
    n distances.

    Two things differ from the authors' program. It integrates only between the shortest and the longest
    distance, and so finds less than 1 for equal densities; here the integral is over the whole line. And both
    densities use the wider of their two bandwidths, so that a feature with few values, or only one, is not
    called different just because one kernel is narrower.

    Pitch classes are compared as they are: transpose both sets to one tonic first. Only the distances between
    melodies are compared: sets that overlap may still differ in other ways.

    Parameters
    ----------
    reference, generated : sequences of Melody
        Two or more each; the sets may differ in size.

    Returns
    -------
    dict of str to Comparison
        overlap : the area under both densities, the integral of min(p, q): 0 to 1. A set of N against itself
        gives at least 1 - 1/N: only in q does a melody meet itself.
        divergence : KL(p || q) in nats, the integral of p ln(p / q), 0 or more, with a millionth of a uniform
        density mixed into both.

    Raises
    ------
    ValueError
        A set, which is named, has fewer than two melodies.
    """
    for name, melodies in (("reference", reference), ("generated", generated)):
        if len(melodies) < 2:
            raise ValueError(f"the {name} set has {len(melodies)} melodies, and distances need 2 or more")
    ours, theirs = [features(melody) for melody in reference], [features(melody) for melody in generated]
    found = {}
    for name in ours[0]:
        a, b = (np.array([melody[name].ravel() for melody in melodies]) for melodies in (ours, theirs))
        within = _distances(a, a)[~np.eye(len(a), dtype=bool)]
        found[name] = _compare_distances(within, _distances(a, b).ravel())
    return found


def _distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(N, M) from (N, D) and (M, D), rounded, so that differences in the last float digits vanish."""
    return np.round([np.sqrt(np.square(b - row).sum(axis=1)) for row in a], 9)


def _compare_distances(within: np.ndarray, between: np.ndarray) -> Comparison:
    longest = max(within.max(), between.max())
    if longest == 0:
        return Comparison(1.0, 0.0)
    both = within, between
    bandwidth = max(longest / FINEST, *(d.std(ddof=1) * len(d) ** -0.2 for d in both))
    p, q = (_smoothed(d, bandwidth, longest) for d in both)
    area = np.minimum(p, q).sum()
    p, q = ((1 - FLOOR) * density + FLOOR / len(density) for density in (p, q))
    divergence = (p * np.log(p / q)).sum()
    # Rounding may take a sum of shares to 1 + 1e-15.
    return Comparison(min(float(area), 1.0), max(float(divergence), 0.0))


def _smoothed(distances: np.ndarray, bandwidth: float, longest: float) -> np.ndarray:
    """A Gaussian kernel density estimate as shares of narrow bins, which sum to 1.

    Each distance is shared between the two nearest bins, and there is one kernel for each bin rather than for
    each of 40,000 distances; the areas agree to 0.001.
    """
    reach = REACH * BINS
    places = distances * (BINS / bandwidth) + reach
    below = places.astype(int)
    above = places - below
    bins = int(longest * (BINS / bandwidth) + reach) + 2 + reach  # room for a whole kernel at either end
    counts = np.bincount(below, 1 - above, bins) + np.bincount(below + 1, above, bins)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / BINS) ** 2)
    return np.convolve(counts / len(distances), kernel / kernel.sum(), "same")
