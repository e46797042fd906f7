"""What a model is worth on songs that it has not seen: the same measures for networks and baselines."""

from __future__ import annotations

import math

import numpy as np

from ..corpus import Corpus
from ..model.model import MelodyModel
from ..music import Vocabulary
from ..music.symbols import DELIMITER, HOLD, REST
from .baselines import AlwaysHold, NGram
from .bootstrap import interval, ratio
from .predictors import Network, Predictor


def evaluate(
    predictor: Predictor, songs: list[np.ndarray], vocabulary: Vocabulary, bootstrap: int = 1000
) -> dict[str, object]:
    """Measures over songs; no delimiter but the end of a song is a target.

    Parameters
    ----------
    predictor : Predictor
    songs : list of integer arrays
    vocabulary : Vocabulary
    bootstrap : int
        Resamples of songs, with a fixed seed, for the 95 % interval.

    Returns
    -------
    dict
        nats_per_symbol with its interval, bits_per_onset (the same total over onsets: a pitch, `r` or
        the end), onset_accuracy (over onset targets), accuracy, and pitch_bits (bits a note, the
        distribution renormalised over pitches); "intervals", the 95 % bootstrap interval over songs of each,
        and "interval", that of nats_per_symbol.
    """
    return summary(song_totals(predictor, songs, vocabulary), bootstrap)


def summary(rows: np.ndarray, bootstrap: int = 1000) -> dict[str, object]:
    """The measures of `evaluate` from the rows of `song_totals`."""
    found = _measures(rows.sum(axis=0))
    intervals = {name: interval(rows, lambda sums, k=name: _measures(sums)[k], bootstrap) for name in found}
    return {**found, "interval": intervals["nats_per_symbol"], "intervals": intervals}


def _measures(sums: np.ndarray) -> dict[str, float]:
    """Of the sums of rows."""
    total, symbols, onsets, right, right_onsets, pitch_nats, notes = sums.tolist()
    return {
        "nats_per_symbol": total / symbols,
        "bits_per_onset": total / math.log(2) / onsets,
        "onset_accuracy": right_onsets / onsets,
        "accuracy": right / symbols,
        "pitch_bits": pitch_nats / math.log(2) / notes if notes else 0.0,
    }


def song_totals(predictor: Predictor, songs: list[np.ndarray], vocabulary: Vocabulary) -> np.ndarray:
    """A row a song: nats, symbols, onsets, right, right onsets, pitch nats, notes."""
    if not songs:
        raise ValueError("there is no song to evaluate on: the corpus is too small to have a part for it")
    hold = np.array([s == HOLD for s in vocabulary])
    pitches = np.array([s not in (HOLD, REST, DELIMITER) for s in vocabulary])
    delimiter = vocabulary.ids([DELIMITER])[0]
    rows = []
    for song, p in zip(songs, predictor.log_probabilities(songs)):
        targets = np.append(song, delimiter)
        nats = -p[np.arange(len(targets)), targets]
        right = p.argmax(axis=1) == targets
        onset, note = ~hold[targets], pitches[targets]
        mass = np.logaddexp.reduce(p[note][:, pitches], axis=1)  # ln of all pitches' probability
        rows.append(
            (
                nats.sum(),
                len(nats),
                onset.sum(),
                right.sum(),
                right[onset].sum(),
                (nats[note] + mass).sum(),
                note.sum(),
            )
        )
    return np.array(rows, float)


ORDERS = range(1, 9)


def measure(corpus: Corpus, model: MelodyModel) -> dict[str, dict]:
    """The test part through `evaluate`: the network, always-`_`, and n-grams to order 8, a row each.

    The network's row also holds "over_ngram": its nats over those of the best n-gram, named in "best_ngram",
    with the paired bootstrap interval over songs.
    """
    songs, training, V = corpus.part("test"), corpus.part("training"), len(corpus.vocabulary)
    hold = corpus.vocabulary.ids([HOLD])[0]
    network = Network(model, corpus.delimiter)
    grams = [NGram(order, training, V, corpus.delimiter) for order in ORDERS]
    predictors = [network, AlwaysHold(training, V, hold), *grams]
    rows = {p.name: song_totals(p, songs, corpus.vocabulary) for p in predictors}
    best = min((gram.name for gram in grams), key=lambda name: rows[name][:, 0].sum())
    found = {name: summary(of_songs) for name, of_songs in rows.items()}
    found[network.name] |= {"best_ngram": best, "over_ngram": ratio(rows[network.name], rows[best])}
    return found
