"""The measures of Table I for one model, on the songs of the test part and beside the best counting model."""

from __future__ import annotations

import math
import statistics

import numpy as np

from ..composing.sampling import compose_many
from ..corpus.corpus import Corpus
from ..evaluation import context
from ..evaluation.bootstrap import ratio
from ..evaluation.evaluation import counting_models, song_totals, summary
from ..evaluation.predictors import predictor_of_part
from ..model.model import MelodyModel
from ..music.symbols import HOLD
from . import Result
from .samples import SAMPLED_TEMPERATURES, SampleMeasures, over_seeds

MELODIES = 64  # for each temperature and model


class ModelMeasures:
    """Measures models on the test part of a corpus."""

    def __init__(self, corpus: Corpus):
        self.corpus, self.songs = corpus, corpus.part("test")
        self.samples = SampleMeasures(corpus)
        *_, strongest = counting_models(corpus)
        self.rows = song_totals(strongest, self.songs, corpus.vocabulary)
        self.baseline = {"name": strongest.name, **summary(self.rows)}
        self.windows: np.ndarray | None = None
        try:
            self.windows, self.of_song = context.long_windows(self.songs, corpus.delimiter)
        except ValueError:  # a user's own songs may all be short
            pass

    def measure(self, model: MelodyModel, record: Result, seed: int) -> Result:
        """Everything but `context` for one model, with what its run's record says."""
        predictor = predictor_of_part(model, self.corpus, "test")
        found: Result = {name: record[name] for name in ("parameters", "steps", "seed")}
        found["seconds"] = record["rows"][-1]["seconds"]
        found["validation_loss"] = record["best"]["validation_loss"]
        found["rows"] = song_totals(predictor, self.songs, self.corpus.vocabulary).tolist()
        found["samples"] = {}
        for temperature in SAMPLED_TEMPERATURES:
            melodies = compose_many(model, MELODIES, temperature, np.random.default_rng(seed))
            found["samples"][str(temperature)] = self.samples.measure(melodies)
        return found

    def context(self, model: MelodyModel) -> Result:
        """How one model uses its context, as `context_rows`; empty where all songs are too short."""
        if self.windows is None:
            return {}
        nats = context.truncated_nats(model, self.windows)
        onsets = self.windows[:, -1] != self.corpus.vocabulary.ids([HOLD])[0]
        return {
            "symbols": context.context_rows(nats, self.of_song).tolist(),
            "onsets": context.context_rows(nats[:, onsets], self.of_song[onsets]).tolist(),
            "gradient_norm": context.gradient_norms(model, self.windows[::8]),
        }

    def summed_up(self, runs: list[Result], contexts: list[Result]) -> Result:
        """A model's row of Table I: means over seeds, intervals over songs, and each seed's own figure.

        Parameters
        ----------
        runs, contexts : list of dict
            What `measure` and `context` return, one for each seed.
        """
        rows = np.mean([run["rows"] for run in runs], axis=0)
        bits = [sum(r[0] for r in run["rows"]) / math.log(2) / sum(r[2] for r in run["rows"]) for run in runs]
        found = summary(rows) | {
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
            str(T): over_seeds([run["samples"][str(T)] for run in runs]) for T in SAMPLED_TEMPERATURES
        }
        return found
