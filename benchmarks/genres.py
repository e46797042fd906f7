"""A model for each genre, each tested on every genre: benchmarks/results/genres.json.

    python benchmarks/genres.py [--seeds 1]

German (`erk`), Chinese (`han`), and Lorraine and Luxembourg (`lotlux`) songs share one vocabulary. Every
training part is cut to as many symbols as the smallest has, so that no model learns from more music. The
recipe is that of `melody compare`. The matrix also holds the best n-gram, counted in the same training songs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import studies

from lstm_from_scratch.corpus.corpus import Corpus
from lstm_from_scratch.evaluation.evaluation import best_ngram, ngram_totals, song_totals, summary
from lstm_from_scratch.evaluation.predictors import ModelPredictor
from lstm_from_scratch.music import Vocabulary
from lstm_from_scratch.paper.kept_runs import trained
from lstm_from_scratch.paper.table_one import TABLE_ONE_RECIPE

GENRES = ("erk", "han", "lotlux")


def with_vocabulary(corpus: Corpus, vocabulary: Vocabulary) -> Corpus:
    """The same songs, as integers of another vocabulary."""
    spelled = [corpus.vocabulary.names(song) for song in corpus.songs]
    return replace(corpus, vocabulary=vocabulary, songs=[np.array(vocabulary.ids(s)) for s in spelled])


def with_less(corpus: Corpus, symbols: int) -> Corpus:
    """Drop training songs from the end until the rest have no more symbols than asked for."""
    kept, left = [], symbols
    for i, (song, part) in enumerate(zip(corpus.songs, corpus.parts)):
        if part == "training":
            left -= len(song)
        if part != "training" or left >= 0:
            kept.append(i)
    lists = {name: [getattr(corpus, name)[i] for i in kept] for name in ("songs", "parts", "names", "titles")}
    return replace(corpus, **lists)


def main() -> None:
    parser = studies.options(__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    corpora = {genre: studies.songs(genre, options.runs) for genre in GENRES}
    vocabulary = Vocabulary(set().union(*(c.vocabulary for c in corpora.values())))
    fewest = min(sum(map(len, corpus.part("training"))) for corpus in corpora.values())
    corpora = {g: with_less(with_vocabulary(c, vocabulary), fewest) for g, c in corpora.items()}
    tests = {genre: corpus.part("test") for genre, corpus in corpora.items()}
    matrix, folder = {}, options.runs / "genres"
    for genre, corpus in corpora.items():
        models = []
        for seed in range(options.seeds):
            print(f"{genre}, seed {seed}", flush=True)
            models.append(trained(corpus, TABLE_ONE_RECIPE, folder / f"{genre}-seed{seed}", seed)[0])
        networks = [ModelPredictor(model, corpus.delimiter) for model in models]
        matrix[genre] = {}
        for other, songs in tests.items():
            rows = [song_totals(network, songs, vocabulary) for network in networks]
            grams = ngram_totals(corpus.part("training"), songs, vocabulary)
            matrix[genre][other] = {
                "network": summary(np.mean(rows, axis=0)),
                "bits_per_onset_of_seeds": [summary(r, bootstrap=0)["bits_per_onset"] for r in rows],
                "best n-gram": summary(grams[best_ngram(grams)]),
            }
    studies.write(
        "genres",
        f"python benchmarks/genres.py --seeds {options.seeds}",
        corpora={genre: studies.about(corpus) for genre, corpus in corpora.items()},
        training_symbols=fewest,
        seeds=options.seeds,
        trained_and_tested=matrix,
    )


if __name__ == "__main__":
    studies.start(main)
