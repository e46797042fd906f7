"""What a predictor is worth on songs that it has not seen: the same measures for networks and baselines."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..corpus import Corpus
from ..model import MelodyModel
from ..music import Vocabulary
from ..music.symbols import DELIMITER, HOLD, REST
from .baselines import NGRAM_ORDERS, AlwaysHold, KneserNey, NGram, WithSong
from .bootstrap import interval, ratio
from .predictors import Predictor, predictor_of_part

STRONGEST = "kneser-ney + song"  # of the counting models


def evaluate(
    predictor: Predictor, songs: list[np.ndarray], vocabulary: Vocabulary, bootstrap: int = 1000
) -> dict[str, Any]:
    """Measures over songs; of the delimiters only the one that ends a song is a target.

    Parameters
    ----------
    predictor : Predictor
    songs : list of integer arrays
    vocabulary : Vocabulary
    bootstrap : int
        How often the songs are resampled, with a fixed seed, for the 95 % intervals.

    Returns
    -------
    dict
        nats_per_symbol; bits_per_onset, the same total in bits over the number of onsets (pitches, `r` and
        the end); accuracy; onset_accuracy, over onset targets alone; pitch_bits, bits a note with the
        distribution renormalised over pitches; "intervals", the 95 % bootstrap interval over songs of each of
        these; and "interval", that of nats_per_symbol.
    """
    return summary(song_totals(predictor, songs, vocabulary), bootstrap)


def summary(rows: np.ndarray, bootstrap: int = 1000) -> dict[str, Any]:
    """The measures of `evaluate` from the rows of `song_totals`."""
    found = _measures(rows.sum(axis=0))

    def interval_of(name: str) -> list[float | None]:
        return interval(rows, lambda sums: _measures(sums)[name], bootstrap)

    intervals = {name: interval_of(name) for name in found}
    return {**found, "interval": intervals["nats_per_symbol"], "intervals": intervals}


def _measures(sums: np.ndarray) -> dict[str, float]:
    """The measures, from the sum of the rows of `song_totals`."""
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
        raise ValueError("there is no song to evaluate on: prepare a corpus with more songs")
    hold = np.array([s == HOLD for s in vocabulary])
    pitches = np.array([s not in (HOLD, REST, DELIMITER) for s in vocabulary])
    delimiter = vocabulary.ids([DELIMITER])[0]
    rows = []
    for song, p in zip(songs, predictor.log_probabilities(songs)):
        targets = np.append(song, delimiter)
        nats = -p[np.arange(len(targets)), targets]
        right = p.argmax(axis=1) == targets
        onset, note = ~hold[targets], pitches[targets]
        mass = np.logaddexp.reduce(p[note][:, pitches], axis=1)  # ln of the sum over pitches
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


def ngram_totals(
    training: list[np.ndarray], songs: list[np.ndarray], vocabulary: Vocabulary
) -> dict[str, np.ndarray]:
    """`song_totals` of every n-gram, by its name."""
    delimiter = vocabulary.ids([DELIMITER])[0]
    grams = [NGram(order, training, len(vocabulary), delimiter) for order in NGRAM_ORDERS]
    return {gram.name: song_totals(gram, songs, vocabulary) for gram in grams}


def best_ngram(totals: dict[str, np.ndarray]) -> str:
    """The name of the n-gram with the fewest nats, from what `ngram_totals` gives."""
    return min(totals, key=lambda name: float(totals[name][:, 0].sum()))


def counting_models(corpus: Corpus) -> list[Predictor]:
    """What the corpus's training part teaches by counting; the last is the strongest, `STRONGEST`."""
    training, V, delimiter = corpus.part("training"), len(corpus.vocabulary), corpus.delimiter
    hold = corpus.vocabulary.ids([HOLD])[0]
    kneser_ney = KneserNey(training, V, delimiter)
    grams = [NGram(order, training, V, delimiter) for order in NGRAM_ORDERS]
    return [AlwaysHold(training, V, hold), *grams, kneser_ney, WithSong(kneser_ney)]


def measure(corpus: Corpus, model: MelodyModel) -> dict[str, dict[str, Any]]:
    """The measures of `evaluate` on the test part, of the network and of every counting model, by name.

    The network's row also has "over": by the name of each counting model, the network's nats over that
    model's on the same songs with the paired 95 % bootstrap interval.
    """
    network = predictor_of_part(model, corpus, "test")
    predictors: list[Predictor] = [network, *counting_models(corpus)]
    rows = {p.name: song_totals(p, corpus.part("test"), corpus.vocabulary) for p in predictors}
    found = {name: summary(of_songs) for name, of_songs in rows.items()}
    ratios = {name: ratio(rows[network.name], of_songs) for name, of_songs in rows.items()}
    found[network.name]["over"] = {name: ratios[name] for name in rows if name != network.name}
    return found
