"""A training run: batches, gradients, Adam, validation, and all that a checkpoint must hold to go on."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..music.symbols import HOLD
from ..network import Adam, clip_by_global_norm
from ..network.backend import CPU, Backend
from . import checkpoint
from .batches import Batch, Batches
from .dataset import Corpus, CorpusError
from .evaluation import Network, evaluate
from .meter import Meter, Row
from .model import MelodyModel
from .recipe import Recipe


class Run:
    """A training run: all that changes while it goes on, and how to keep it and get it back.

    Parameters
    ----------
    corpus : Corpus
    recipe : Recipe
    seed : int
        Of the initial weights, dropout and the order of the batches.
    backend : Backend
    """

    def __init__(self, corpus: Corpus, recipe: Recipe, seed: int, backend: Backend = CPU):
        self.corpus, self.recipe, self.seed, self.backend = corpus, recipe, seed, backend
        try:
            self.batches = Batches(corpus.part("training"), corpus.delimiter, recipe, seed)
        except CorpusError as error:
            raise CorpusError(f"{corpus.source}: {error}") from None
        self.steps = recipe.steps or recipe.epochs * self.batches.per_epoch
        self._about = {
            "seed": seed,
            "recipe": asdict(recipe),
            "steps": self.steps,
            "rule": corpus.rule,
            "corpus": corpus.digest,
        }
        self.model = self._new_model()
        self.averaged = self._new_model() if recipe.averaging else self.model
        self.adam = Adam(self.model.params, recipe.lr)
        self.step = 0
        self.state: tuple | None = None
        self.history: list[Row] = []
        self.meter = Meter()
        self._hold = corpus.vocabulary.ids([HOLD])[0]

    def _new_model(self) -> MelodyModel:
        recipe, rng = self.recipe, np.random.default_rng(self.seed)
        model = MelodyModel(
            len(self.corpus.vocabulary),
            recipe.units,
            recipe.cell,
            recipe.dropout,
            rng=rng,
            backend=self.backend,
        )
        model.vocabulary = self.corpus.vocabulary
        model.window = recipe.length if recipe.objective == "window" else None
        model.about = self._about
        return model

    def advance(self) -> None:
        """One batch: forward, backward, Adam."""
        recipe, model = self.recipe, self.model
        batch = Batch(*(None if a is None else self.backend.to_device(a) for a in self.batches(self.step)))
        state = self.state and tuple(s * batch.carried for s in self.state)  # a new song begins from zeros
        loss = model.forward(batch.tokens, batch.targets, state, counted=batch.counted)
        self.meter.add(loss=loss, batches=1)
        if self.step % 10 == 0:
            self._count(batch)
        model.backward()
        if recipe.objective == "stream":
            self.state = model.state
        if recipe.clip:
            clip_by_global_norm(model.grads, recipe.clip)
        self.adam.lr = recipe.rate(self.step, self.steps)
        self.adam.step(model.grads)
        self.step += 1
        if recipe.averaging:
            self._average()

    def _count(self, batch: Batch) -> None:
        """Add to the meter how many of a batch's targets were likeliest."""
        counted = (
            self.backend.xp.ones_like(batch.targets, dtype=bool) if batch.counted is None else batch.counted
        )
        right = counted & (self.model.loss.probabilities.argmax(axis=-2) == batch.targets)
        onset = counted & (batch.targets != self._hold)
        self.meter.add(
            right=right.sum(), targets=counted.sum(), right_onsets=(right & onset).sum(), onsets=onset.sum()
        )

    def _average(self) -> None:
        """averaged = d averaged + (1 - d) weights, with a smaller d while few weights are averaged."""
        d = min(self.recipe.averaging, self.step / (self.step + 10))
        for name, p in self.model.params.items():
            a = self.averaged.params[name]
            a -= p
            a *= d
            a += p

    def validate(self) -> Row:
        """Measure the validation part, and put a row with it and the training means into the history.

        Raises
        ------
        RuntimeError
            The training loss is no number any more.
        """
        means = self.meter.means()
        if not math.isfinite(means["loss"]):
            raise RuntimeError(
                f"the training loss is {means['loss']} after step {self.step}: the weights have grown out of "
                "all bounds; train again with a lower learning rate"
            )
        network = Network(self.averaged, self.corpus.delimiter)
        found = evaluate(network, self.corpus.part("validation"), self.corpus.vocabulary, bootstrap=0)
        row = {
            "step": self.step,
            "epoch": self.step / self.batches.per_epoch,
            **{f"training_{name}": mean for name, mean in means.items()},
            "validation_loss": found["nats_per_symbol"],
            "validation_accuracy": found["accuracy"],
            "validation_onset_accuracy": found["onset_accuracy"],
        }
        self.meter.restore()
        self.history.append(row)
        return row

    @property
    def best(self) -> Row:
        """The row of the history with the lowest validation loss."""
        return min(self.history, key=lambda row: row["validation_loss"])

    @property
    def finished(self) -> bool:
        """All steps are made, or validation has not improved for `patience` rows."""
        if self.step >= self.steps:
            return True
        behind = len(self.history) - 1 - self.history.index(self.best) if self.history else 0
        return bool(self.recipe.patience) and behind >= self.recipe.patience

    def save(self, path: Path) -> None:
        """Write all that `restore` needs."""
        arrays = checkpoint.model_arrays(self.model)
        if self.recipe.averaging:
            arrays |= checkpoint.model_arrays(self.averaged, "averaged.")
        to_host = self.backend.to_host
        arrays |= {f"adam.m.{k}": to_host(m) for k, m in self.adam.m.items()}
        arrays |= {f"adam.v.{k}": to_host(v) for k, v in self.adam.v.items()}
        arrays |= {f"state.{i}": to_host(s) for i, s in enumerate(self.state or ())}
        header = checkpoint.model_header(self.model)
        header["run"] = {
            "step": self.step,
            "history": self.history,
            "meter": self.meter.sums(),
            "dropout": [self.model.dropout.key, self.model.dropout.calls],
        }
        checkpoint.write_checkpoint(path, arrays, header)

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint of the same recipe, seed and corpus.

        Raises
        ------
        CheckpointError
            It was made otherwise, or is damaged.
        """
        arrays, header = checkpoint.read_checkpoint(path)
        run = header.get("run")
        if run is None:
            raise checkpoint.CheckpointError(f"{path}: it holds a model, but not the run that made it")
        if other := self._differences(header):
            raise checkpoint.CheckpointError(
                f"{path}: made with another {', '.join(other)} than this run's: give the same options and "
                "corpus, or another folder"
            )
        kept = {"": self.model.params, "adam.m.": self.adam.m, "adam.v.": self.adam.v}
        if self.recipe.averaging:
            kept["averaged."] = self.averaged.params
        for prefix, tensors in kept.items():
            checkpoint.set_weights(tensors, arrays, path, self.backend, prefix)
        state = [self.backend.to_device(arrays[k]) for k in sorted(arrays) if k.startswith("state.")]
        self.state = tuple(state) or None
        self.step = self.adam.t = run["step"]
        self.history = run["history"]
        self.meter.restore(run["meter"])
        self.model.dropout.key, self.model.dropout.calls = run["dropout"]

    def _differences(self, header: dict[str, Any]) -> list[str]:
        """What a checkpoint was made with that is not this run's."""
        ours = json.loads(json.dumps(checkpoint.model_header(self.model)))
        ours, theirs = ({**h, **h["about"], **h["about"].get("recipe", {})} for h in (ours, header))
        whole = {"about", "recipe", "model"}  # told part by part
        return [name for name in ours if name not in whole and ours[name] != theirs.get(name)]
