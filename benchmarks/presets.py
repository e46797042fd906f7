"""Train a preset and measure it on the test part: benchmarks/results/PRESET-COLLECTION.json.

    python benchmarks/presets.py paper             the paper's recipe: hours; it may be stopped
    python benchmarks/presets.py fast
    python benchmarks/presets.py attention         whole songs, looking back
    python benchmarks/presets.py fast --collection all --epochs 20
    python benchmarks/presets.py paper --as-it-stands    what an unfinished run has reached

With a --seed other than 0 the file is benchmarks/results/PRESET-COLLECTION-seedN.json.

Seconds are processor time: with OPENBLAS_NUM_THREADS=1 they are what one idle core takes.
"""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import studies

from lstm_from_scratch.composing.sampling import compose_many
from lstm_from_scratch.corpus.corpus import Corpus
from lstm_from_scratch.evaluation.evaluation import measure
from lstm_from_scratch.model.model import MelodyModel
from lstm_from_scratch.paper.kept_runs import as_it_stands, trained
from lstm_from_scratch.paper.samples import SAMPLED_TEMPERATURES, SampleMeasures, over_seeds
from lstm_from_scratch.training.batches import window_batch, windows
from lstm_from_scratch.training.recipe import PRESETS
from lstm_from_scratch.training.run import Run
from lstm_from_scratch.training.running_means import Row

MELODIES = 128  # for each temperature


def say(run: Run, row: Row | None) -> None:
    """Print a line for each validation."""
    if row:
        print(f"epoch {row['epoch']:.1f}: training {row['training_loss']:.4f}, "
              f"validation {row['validation_loss']:.4f} nats a symbol", flush=True)  # fmt: skip


def window_accuracy(model: MelodyModel, corpus: Corpus, length: int = 64) -> dict[str, float]:
    """Accuracy as the paper counts it: over all windows of the validation part, delimiters included.

    Beside it stands the accuracy of the rule "a delimiter after a delimiter, else `_`".
    """
    stream = windows(corpus.part("validation"), corpus.delimiter, length)
    hold, right, dumb = corpus.vocabulary.ids("_")[0], 0, 0
    steps = np.arange(length + 1)[:, None]
    for starts in np.array_split(np.arange(len(stream) - length), 100):
        batch = window_batch(stream, steps, starts)
        right += (model.logits(batch.tokens, last_only=True).argmax(axis=0) == batch.targets).sum()
        last = batch.tokens[-1]
        dumb += (np.where(last == corpus.delimiter, last, hold) == batch.targets).sum()
    return {"network": right / (len(stream) - length), "delimiter or _": dumb / (len(stream) - length)}


def main() -> None:
    parser = studies.options(__doc__)
    parser.add_argument("preset", choices=("paper", "fast", "attention"))
    parser.add_argument("--collection", default="erk")
    parser.add_argument("--epochs", type=int, help="(the preset's)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--as-it-stands", action="store_true", help="do not train on")
    options = parser.parse_args()
    corpus = studies.songs(options.collection, options.runs)
    folder = options.runs / f"{options.preset}-{options.collection}-seed{options.seed}"
    if options.as_it_stands:
        model, record = as_it_stands(folder)
    else:
        recipe = PRESETS[options.preset]
        recipe = replace(recipe, epochs=options.epochs or recipe.epochs)
        model, record = trained(corpus, recipe, folder, options.seed, say)
    measures, rng = SampleMeasures(corpus), np.random.default_rng(options.seed)
    samples = {T: measures.measure(compose_many(model, MELODIES, T, rng)) for T in SAMPLED_TEMPERATURES}
    seed = f"-seed{options.seed}" if options.seed else ""
    studies.write(
        f"{options.preset}-{options.collection}{seed}",
        f"python benchmarks/presets.py {options.preset} --collection {options.collection}"
        + (f" --epochs {options.epochs}" if options.epochs else "")
        + (f" --seed {options.seed}" if options.seed else "")
        + (" --as-it-stands" if options.as_it_stands else ""),
        corpus=studies.about(corpus),
        threads=os.environ.get("OPENBLAS_NUM_THREADS", "all"),
        **{k: record[k] for k in ("seed", "recipe", "finished", "parameters", "steps", "best", "rows")},
        test=measure(corpus, model),
        window_accuracy=window_accuracy(model, corpus) if model.window else None,
        held_out=measures.held_out(),
        samples=over_seeds([samples]),
    )


if __name__ == "__main__":
    studies.start(main)
