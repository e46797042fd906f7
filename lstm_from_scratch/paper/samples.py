"""Generated melodies beside songs that people made: how alike, diverse, copied, repetitive? [P IV-A]"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np

from ..corpus.corpus import Corpus, CorpusError
from ..evaluation.copying import training_spans
from ..evaluation.diversity import relative_diversity
from ..evaluation.overlap import overlaps
from ..evaluation.repetition import repeated_by_place, share_repeated
from ..music import Melody, decode
from . import Result

SAMPLED_TEMPERATURES = (0.2, 0.5, 0.7, 1.0, 1.2, 1.5)


class SampleMeasures:
    """Measures melodies beside the songs of a corpus's test part."""

    def __init__(self, corpus: Corpus):
        self.source = corpus.source
        self.songs = [corpus.vocabulary.names(song) for song in corpus.part("test")]
        self.melodies = as_melodies(self.songs)
        self.find_span = training_spans(corpus)

    def measure(self, melodies: list[list[str]]) -> Result:
        """Overlap with the test songs, diversity relative to theirs, lengths, copied spans, repetition.

        "theirs" are the spans and the repetition of test songs cut to the melodies' lengths.
        """
        songs = self.songs_of_lengths(map(len, melodies))
        spans = [self.find_span(melody) for melody in melodies]
        theirs = [self.find_span(song) for song in songs]
        return {
            **self._beside_songs(as_melodies(melodies)),
            "lengths": [len(melody) for melody in melodies],
            "copied_symbols": [span[0] for span in spans],
            "copied_onsets": [span[1] for span in spans],
            "copied_whole": sum(span[0] == len(melody) for span, melody in zip(spans, melodies)),
            "theirs_symbols": [span[0] for span in theirs],
            "theirs_onsets": [span[1] for span in theirs],
            "repeated": [share_repeated(melody) for melody in melodies],
            "theirs_repeated": [share_repeated(song) for song in songs],
            "repeated_by_place": repeated_by_place(melodies),
            "theirs_repeated_by_place": repeated_by_place(songs),
        }

    def songs_of_lengths(self, lengths: Iterable[int]) -> list[list[str]]:
        """For each length, the beginning of a test song that is at least as long, if there is one."""
        longest = max(self.songs, key=len)
        found = []
        for k, length in enumerate(lengths):
            enough = [song for song in self.songs if len(song) >= length] or [longest]
            found.append(enough[k % len(enough)][:length])
        return found

    def _beside_songs(self, melodies: list[Melody]) -> Result:
        """Overlap and relative diversity; nothing where the melodies are too short to be compared."""
        try:
            return {
                "overlaps": overlaps(self.melodies, melodies),
                **relative_diversity(melodies, self.melodies),
            }
        except ValueError:  # the melodies of an untrained model, for example
            return {}

    def held_out(self) -> Result:
        """The same measures of songs that people made: one half of the test part beside the other.

        Raises
        ------
        CorpusError
            A half has fewer than two melodies.
        """
        if len(self.melodies) < 4:
            raise CorpusError(
                f"{self.source}: the test part has {len(self.melodies)} melodies, and comparing one half of "
                "them with the other needs 4: prepare a corpus with more songs"
            )
        even, odd = self.melodies[::2], self.melodies[1::2]
        spans = [self.find_span(song) for song in self.songs]
        return {
            "overlaps": overlaps(even, odd),
            "copied_symbols": quantiles([span[0] for span in spans]),
            "copied_onsets": quantiles([span[1] for span in spans]),
            "lengths": quantiles([len(song) for song in self.songs]),
            "repeated": quantiles([share_repeated(song) for song in self.songs]),
            "repeated_by_place": repeated_by_place(self.songs),
        }


def over_seeds(samples: list[Result]) -> Result:
    """What `measure` gave for several seeds: of a number the mean, least and most; of a list, `quantiles`."""
    found: Result = {}
    for name, first in samples[0].items():
        if not all(name in sample for sample in samples):
            continue
        values: list[Any] = [sample[name] for sample in samples]
        if isinstance(first, dict):
            found[name] = over_seeds(values)
        elif isinstance(first, list):
            found[name] = quantiles(list(chain.from_iterable(values)))
        else:
            found[name] = [statistics.mean(values), min(values), max(values)]
    return found


def quantiles(values: Sequence[float]) -> list[float]:
    """The 10th percentile, the median and the 90th percentile."""
    return [float(q) for q in np.quantile(values, (0.1, 0.5, 0.9))]


def as_melodies(songs: list[list[str]]) -> list[Melody]:
    """The songs' melodies, without those that have no note."""
    melodies = [decode(song) for song in songs]
    return [melody for melody in melodies if any(note.pitch is not None for note in melody.notes)]
