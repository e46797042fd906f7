"""Behind lesson 17: a song and a melody made by counting, in an order that is not told at once."""

from __future__ import annotations

import numpy as np

from ...corpus.corpus import Corpus
from ...evaluation.baselines import NGram
from ...music import Melody, decode

ORDER, LENGTH = 6, 96  # five symbols of context


def a_song_and_a_count(corpus: Corpus) -> tuple[Melody, Melody, str]:
    """The beginning of a validation song and a melody of an n-gram, in some order, and which is the song."""
    rng = np.random.default_rng(21)
    songs = [song for song in corpus.part("validation") if len(song) >= LENGTH]
    song = decode(corpus.vocabulary.names(songs[int(rng.integers(len(songs)))][:LENGTH]))
    counted = decode(_counted(corpus, rng))
    return (song, counted, "first") if rng.random() < 0.5 else (counted, song, "second")


def _counted(corpus: Corpus, rng: np.random.Generator) -> list[str]:
    V, end = len(corpus.vocabulary), corpus.delimiter
    gram = NGram(ORDER, corpus.part("training"), V, end)
    ids = np.empty(0, int)
    while len(ids) < LENGTH:
        p = np.exp(gram.log_probabilities([ids])[0][-1])
        p[end] = 0
        ids = np.append(ids, rng.choice(V, p=p / p.sum()))
    return corpus.vocabulary.names(ids)
