"""What the paper credits, taken away one at a time: benchmarks/results/ablations.json.

    python benchmarks/ablations.py [--seeds 1]

All runs use the recipe of `melody compare` (songs as streams, 12 epochs) except for what is named, and the
same songs of `erk` in each part.

- transposition: the songs in their own keys. They have more different pitches, so an n-gram of the same songs
  in the same keys stands beside them.
- song rule: in training, songs with an unacceptable duration are left out entirely; the test songs are those
  that both rules keep whole.
- dropout of 0 to 0.5 on the output alone: without the dropped weights and cut songs that we added.
- our additions: without dropped weights, and without cut songs.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import studies

from lstm_from_scratch.corpus.corpus import Corpus
from lstm_from_scratch.evaluation.bootstrap import ratio
from lstm_from_scratch.evaluation.evaluation import best_ngram, ngram_totals, song_totals, summary
from lstm_from_scratch.evaluation.predictors import predictor_of_part
from lstm_from_scratch.music import Vocabulary, encode, read_kern
from lstm_from_scratch.music.rules import keep_acceptable_events
from lstm_from_scratch.music.symbols import DELIMITER, HOLD
from lstm_from_scratch.paper import Result
from lstm_from_scratch.paper.kept_runs import trained
from lstm_from_scratch.paper.table_one import TABLE_ONE_RECIPE
from lstm_from_scratch.training.recipe import Recipe

DROPOUTS = (0.0, 0.2, 0.35, 0.5)
ALONE = replace(TABLE_ONE_RECIPE, weight_dropout=0.0, cut=0.0)
RECIPES = {
    "all": TABLE_ONE_RECIPE,
    "without dropped weights": replace(TABLE_ONE_RECIPE, weight_dropout=0.0),
    "without cut songs": replace(TABLE_ONE_RECIPE, cut=0.0),
    **{f"dropout {p} alone": replace(ALONE, dropout=p) for p in DROPOUTS},
}


def in_their_keys(corpus: Corpus, files: list[Path]) -> Corpus:
    """The same songs in the same parts, in their own keys."""
    songs = [encode(keep_acceptable_events(read_kern(file))) for file in files]
    if len(songs) != len(corpus.songs):
        raise ValueError(f"{len(files)} files but {len(corpus.songs)} songs: some were left out")
    vocabulary = Vocabulary({DELIMITER, HOLD}.union(*songs))
    return replace(corpus, vocabulary=vocabulary, songs=[np.array(vocabulary.ids(s)) for s in songs])


def measured(
    corpus: Corpus, recipe: Recipe, folder: Path, seeds: int, test: list[np.ndarray]
) -> tuple[Result, np.ndarray]:
    """A recipe on test songs: the measures of the rows averaged over seeds, each seed's own; and the rows."""
    rows, best = [], []
    for seed in range(seeds):
        print(f"{folder.name}, seed {seed}", flush=True)
        model, record = trained(corpus, recipe, folder.with_name(f"{folder.name}-seed{seed}"), seed)
        rows.append(song_totals(predictor_of_part(model, corpus, "test"), test, corpus.vocabulary))
        best.append(record["best"])
    bits = [summary(r, bootstrap=0)["bits_per_onset"] for r in rows]
    mean = np.mean(rows, axis=0)
    of_best = {k: [row[k] for row in best] for k in ("epoch", "training_loss", "validation_loss")}
    return {**summary(mean), "bits_per_onset_of_seeds": bits, **of_best}, mean


def over(one: tuple[Result, np.ndarray], other: tuple[Result, np.ndarray]) -> Result:
    """A result, with its nats over another's on the same songs and the paired interval."""
    return {**one[0], "over": ratio(one[1], other[1])}


def of_best_ngram(corpus: Corpus, test: list[np.ndarray]) -> Result:
    """The name and measures of the n-gram of the training part that is best on the test songs."""
    grams = ngram_totals(corpus.part("training"), test, corpus.vocabulary)
    best = best_ngram(grams)
    return {"name": best} | summary(grams[best])


def main() -> None:
    parser = studies.options(__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    folder, seeds = options.runs / "ablations", options.seeds
    corpus, strict = (studies.songs("erk", options.runs, rule) for rule in ("event", "song"))
    original = in_their_keys(corpus, studies.kern_files("erk", options.runs))
    test = corpus.part("test")
    made = {
        name: measured(corpus, r, folder / name.replace(" ", "-"), seeds, test) for name, r in RECIPES.items()
    }
    recipes = {name: over(one, made["all"]) for name, one in made.items()}
    recipes["best n-gram"] = of_best_ngram(corpus, test)
    theirs = original.part("test")
    stayed = measured(original, TABLE_ONE_RECIPE, folder / "original-keys", seeds, theirs)
    keys = {
        "not transposed": over(stayed, made["all"]),
        "best n-gram, not transposed": of_best_ngram(original, theirs),
    }
    whole = [np.array(corpus.vocabulary.ids(strict.vocabulary.names(song))) for song in strict.part("test")]
    by_event = measured(corpus, TABLE_ONE_RECIPE, folder / "all", seeds, whole)
    by_song = measured(strict, TABLE_ONE_RECIPE, folder / "song-rule", seeds, strict.part("test"))
    rules = {"event rule": over(by_event, by_event), "song rule": over(by_song, by_event)}
    studies.write(
        "ablations",
        f"python benchmarks/ablations.py --seeds {seeds}",
        corpus=studies.about(corpus),
        strict=studies.about(strict),
        original=studies.about(original),
        report=corpus.report,
        seeds=seeds,
        recipes=recipes,
        keys=keys,
        rules=rules,
    )


if __name__ == "__main__":
    studies.start(main)
