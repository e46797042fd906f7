"""A small training run in a process of its own, for tests that kill it: FOLDER [STEPS].

It writes a checkpoint after every batch, and a line on stdout once it makes batches.
"""

import sys
from pathlib import Path

from lstm_from_scratch.corpus import prepare
from lstm_from_scratch.training.loop import train
from lstm_from_scratch.training.recipe import Recipe

TUNES = sorted((Path(__file__).parents[2] / "data" / "tunes").glob("*.krn"))


def progress(run, row):
    """Say which step was made."""
    print(run.step, flush=True)


if __name__ == "__main__":
    recipe = Recipe(
        objective="stream",
        units=6,
        batch=4,
        length=16,
        lr=0.01,
        decay=True,
        averaging=0.9,
        clip=1.0,
        steps=int(sys.argv[2]),
        validate_every=50,
        save_seconds=0,
    )
    corpus, _ = prepare(TUNES)
    train(corpus, recipe, Path(sys.argv[1]), seed=7, resume=True, progress=progress)
