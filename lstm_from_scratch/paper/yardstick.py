"""What every model of Table I is measured with: test songs, the best n-gram on them, and sampled melodies."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np

from ..composing.sampling import compose_many
from ..corpus.corpus import Corpus, CorpusError
from ..evaluation import context
from ..evaluation.baselines import NGram
from ..evaluation.bootstrap import ratio
from ..evaluation.copying import SpanFinder
from ..evaluation.diversity import relative_diversity
from ..evaluation.evaluation import ORDERS, song_totals, summary
from ..evaluation.overlap import overlaps
from ..evaluation.predictors import Network
from ..model.model import MelodyModel
from ..music import Melody, Vocabulary, decode

TEMPERATURES = (0.2, 0.5, 0.7, 1.0, 1.2, 1.5)
MELODIES = 64  # a temperature and model


class Yardstick:
    """What every model is held against: the test songs, the best n-gram on them, and the training songs."""

    def __init__(self, corpus: Corpus):
        self.corpus = corpus
        self.songs, training = corpus.part("test"), corpus.part("training")
        V, delimiter = len(corpus.vocabulary), corpus.delimiter
        grams = [NGram(order, training, V, delimiter) for order in ORDERS]
        rows = {gram.name: song_totals(gram, self.songs, corpus.vocabulary) for gram in grams}
        best = min(rows, key=lambda name: rows[name][:, 0].sum())
        self.rows, self.baseline = rows[best], {"name": best, **summary(rows[best])}
        names = corpus.vocabulary.names
        self.spelled = [names(song) for song in self.songs]
        self.melodies = as_melodies(self.spelled)
        self.find_span = SpanFinder([names(song) for song in training])
        try:
            self.windows, self.of_song = context.long_windows(self.songs, delimiter)
        except ValueError:  # songs of a user's own may all be short
            self.windows = None

    def measure(self, model: MelodyModel, record: dict[str, Any], seed: int) -> dict[str, Any]:
        """All measures of one model but `context`."""
        rows = song_totals(Network(model, self.corpus.delimiter), self.songs, self.corpus.vocabulary)
        found = {name: record[name] for name in ("parameters", "steps", "seed")}
        found |= {
            "seconds": record["rows"][-1]["seconds"],
            "validation_loss": record["best"]["validation_loss"],
        }
        found |= {"rows": rows.tolist(), "samples": {}}
        for temperature in TEMPERATURES:
            melodies = compose_many(model, MELODIES, temperature, np.random.default_rng(seed))
            found["samples"][str(temperature)] = self.sampled(melodies)
        return found

    def context(self, model: MelodyModel) -> dict[str, Any]:
        """What one model makes of its context, as `context_rows`; nothing where the songs are too short."""
        if self.windows is None:
            return {}
        nats = context.truncated_nats(model, self.windows)
        onsets = np.isin(self.windows[:, -1], self._onsets())
        return {
            "symbols": context.context_rows(nats, self.of_song).tolist(),
            "onsets": context.context_rows(nats[:, onsets], self.of_song[onsets]).tolist(),
            "gradient_norm": context.gradient_norms(model, self.windows[::8]),
        }

    def _onsets(self) -> list[int]:
        vocabulary: Vocabulary = self.corpus.vocabulary
        return [i for i, symbol in enumerate(vocabulary) if symbol != "_"]

    def sampled(self, melodies: list[list[str]]) -> dict[str, Any]:
        """Overlaps with the test songs, diversity relative to them, lengths, and copied spans.

        "theirs": the spans of test songs cut to the melodies' lengths.
        """
        spans = [self.find_span(melody) for melody in melodies]
        theirs = [self.find_span(song) for song in self.songs_of_lengths(map(len, melodies))]
        return {
            **self._beside_songs(as_melodies(melodies)),
            "lengths": [len(melody) for melody in melodies],
            "copied_symbols": [span[0] for span in spans],
            "copied_onsets": [span[1] for span in spans],
            "copied_whole": sum(span[0] == len(melody) for span, melody in zip(spans, melodies)),
            "theirs_symbols": [span[0] for span in theirs],
            "theirs_onsets": [span[1] for span in theirs],
        }

    def songs_of_lengths(self, lengths: Iterable[int]) -> list[list[str]]:
        """For each length the beginning of a test song that is as long at least, where there is one."""
        longest = max(self.spelled, key=len)
        found = []
        for k, length in enumerate(lengths):
            enough = [song for song in self.spelled if len(song) >= length] or [longest]
            found.append(enough[k % len(enough)][:length])
        return found

    def _beside_songs(self, melodies: list[Melody]) -> dict[str, Any]:
        """Overlaps and relative diversity; nothing where the melodies are too short to be compared."""
        try:
            return {
                "overlaps": overlaps(self.melodies, melodies),
                **relative_diversity(melodies, self.melodies),
            }
        except ValueError:  # an untrained model's, say
            return {}

    def held_out(self) -> dict[str, Any]:
        """The same of songs that people made: one half of the test part against the other.

        Raises
        ------
        CorpusError
            A half has fewer than two melodies.
        """
        if len(self.melodies) < 4:
            raise CorpusError(
                f"{self.corpus.source}: {len(self.melodies)} melodies in the test part, and one half of them "
                "is compared with the other, which takes 4: more songs are needed"
            )
        even, odd = self.melodies[::2], self.melodies[1::2]
        spans = [self.find_span(song) for song in self.spelled]
        return {
            "overlaps": overlaps(even, odd),
            "copied_symbols": quantiles([span[0] for span in spans]),
            "copied_onsets": quantiles([span[1] for span in spans]),
            "lengths": quantiles([len(song) for song in self.spelled]),
        }

    def summed_up(self, runs: list[dict[str, Any]], contexts: list[dict[str, Any]]) -> dict[str, Any]:
        """One cell and size: means over seeds, intervals over songs, and the seeds' own figures.

        Parameters
        ----------
        runs, contexts : list of dict
            What `measure` and `context` return, one a seed.
        """
        rows = np.mean([run["rows"] for run in runs], axis=0)
        bits = [sum(r[0] for r in run["rows"]) / math.log(2) / sum(r[2] for r in run["rows"]) for run in runs]
        found: dict[str, Any] = summary(rows) | {
            "parameters": runs[0]["parameters"],
            "seconds": statistics.mean(run["seconds"] for run in runs),
            "validation_loss": [run["validation_loss"] for run in runs],
            "bits_per_onset_of_seeds": bits,
            "over_baseline": ratio(rows, self.rows),
        }
        if contexts[0]:
            found["context"] = {
                over: context.context_used([np.array(one[over]) for one in contexts])
                for over in ("symbols", "onsets")
            }
            found["gradient_norm"] = np.mean([one["gradient_norm"] for one in contexts], axis=0).tolist()
        found["samples"] = {
            str(T): over_seeds([run["samples"][str(T)] for run in runs]) for T in TEMPERATURES
        }
        return found


def over_seeds(samples: list[dict[str, Any]]) -> dict[str, Any]:
    """Of one temperature: each number's mean over seeds with the least and the most; the lists' quantiles."""
    found: dict[str, Any] = {}
    for name, first in samples[0].items():
        if not all(name in sample for sample in samples):
            continue
        values = [sample[name] for sample in samples]
        if isinstance(first, dict):
            found[name] = over_seeds(values)
        elif isinstance(first, list):
            found[name] = quantiles(list(chain.from_iterable(values)))
        else:
            found[name] = [statistics.mean(values), min(values), max(values)]
    return found


def quantiles(values: Sequence[float]) -> list[float]:
    """The 10th percentile, the median and the 90th percentile."""
    return np.quantile(values, (0.1, 0.5, 0.9)).tolist()


def as_melodies(songs: list[list[str]]) -> list[Melody]:
    """The songs' melodies; those without a note are left out."""
    melodies = [decode(song) for song in songs]
    return [melody for melody in melodies if any(note.pitch is not None for note in melody.notes)]
