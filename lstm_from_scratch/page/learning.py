"""What a network sings while it learns, and how surprised it still is, at a few steps of its training."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..composing.sampling import compose
from ..evaluation.evaluation import evaluate
from ..evaluation.predictors import ModelPredictor
from ..training.run import Run

TEMPERATURE = 0.6
LENGTH = 64  # 16ths of each melody: four bars of 4/4
LISTENERS = 40  # validation songs that the surprise is measured on


class Snapshots:
    """Melodies and losses at the steps 0, 10, 30, 100, 300 and so on, and at the last one.

    Each melody is drawn with the same luck, so that what changes is the network. Nothing here draws from
    the run's own random generators: a run that is looked at makes the same steps as one that is not.

    Parameters
    ----------
    seed : int
        Of the melodies.
    taken : list of dict, optional
        What `taken` was when the run was stopped that now goes on.
    """

    def __init__(self, seed: int = 0, taken: Sequence[dict[str, Any]] = ()):
        self.seed, self.taken = seed, list(taken)

    def take(self, run: Run) -> bool:
        """Keep what the run sings now, if this step is one of those; whether it was."""
        if not (re.fullmatch("0|[13]0+", str(run.step)) or run.finished):
            return False
        model, corpus = run.averaged, run.corpus
        rng = np.random.default_rng(self.seed)
        drawn = compose(
            model, corpus.vocabulary, temperature=TEMPERATURE, steps=LENGTH, rng=rng, meter=(4, 4)
        )
        songs = corpus.part("validation")[:LISTENERS]
        clocks = corpus.clocks("validation", model.clock_kinds)[:LISTENERS]
        predictor = ModelPredictor(model, corpus.delimiter, clocks)
        found = evaluate(predictor, songs, corpus.vocabulary, bootstrap=0)
        self.taken = [before for before in self.taken if before["step"] < run.step]  # it may have gone back
        self.taken.append({"step": run.step, "loss": found["nats_per_symbol"], "symbols": drawn.symbols})
        return True

    def as_json(self) -> dict[str, Any]:
        """What the page needs: "snapshots", a list of {"step", "loss" in nats a symbol, "symbols"}."""
        return {"snapshots": self.taken}
