"""A training run: batches, gradients, Adam, averaged weights, validation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from ..corpus.corpus import Corpus, CorpusError
from ..evaluation.evaluation import evaluate
from ..evaluation.predictors import predictor_of_part
from ..model.header import check_recipe
from ..model.model import MelodyModel
from ..music.clock import clock_sizes
from ..music.symbols import HOLD
from ..network import Adam, Dropout, clip_by_global_norm
from ..network.arrays import Array
from ..network.backend import CPU, Backend
from .batches import Batch, Batches
from .divergence import DivergedError, diverged, exploded
from .recipe import Recipe
from .running_means import Row, RunningMeans

WEIGHTS = "weights"  # what Adam calls the one vector that holds all weights


class Run:
    """A training run: everything that changes while it goes on.

    Parameters
    ----------
    corpus : Corpus
    recipe : Recipe
    seed : int
        Of the initial weights, dropout and the order of the batches.
    backend : Backend

    Attributes
    ----------
    model, averaged : MelodyModel
        The weights that are trained, and those that are validated and kept: their average, or themselves.
    moments : dict of str to dict of str to Array
        Adam's, by the prefix of their names in a checkpoint: views of the tensors' names and shapes.
    state : tuple of Array (H, B), or None
        What the next batch continues from.
    history : list of Row
        A row a validation.
    """

    def __init__(self, corpus: Corpus, recipe: Recipe, seed: int, backend: Backend = CPU):
        check_recipe(recipe.record())
        self.corpus, self.recipe, self.seed, self.backend = corpus, recipe, seed, backend
        try:
            clocks = corpus.clocks("training", recipe.clock)
            songs = corpus.part("training")
            self.batches = Batches(songs, corpus.delimiter, recipe, seed, backend, clocks)
        except CorpusError as error:
            raise CorpusError(f"{corpus.source}: {error}") from None
        self.steps = recipe.steps or recipe.epochs * self.batches.per_epoch
        self.validate_every = recipe.validate_every or self.batches.per_epoch
        self._about = {
            "seed": seed,
            "recipe": recipe.record(),
            "steps": self.steps,
            "rule": corpus.rule,
            "corpus": corpus.digest,
        }
        self.model = self._new_model()
        self.averaged = self._new_model() if recipe.averaging else self.model
        self.weight_dropout = Dropout(
            recipe.weight_dropout, rng=np.random.default_rng([seed, 1]), backend=backend
        )
        self.adam = Adam({WEIGHTS: self.model.weights}, recipe.lr)
        self.moments = {
            "adam.m.": self.model.named(self.adam.m[WEIGHTS]),
            "adam.v.": self.model.named(self.adam.v[WEIGHTS]),
        }
        self.step = 0
        self.state: tuple[Array, ...] | None = None
        self.history: list[Row] = []
        self.running_means = RunningMeans(backend)
        self._hold = corpus.vocabulary.ids([HOLD])[0]

    def _new_model(self) -> MelodyModel:
        recipe, rng = self.recipe, np.random.default_rng(self.seed)
        model = MelodyModel(
            len(self.corpus.vocabulary),
            recipe.units,
            recipe.cell,
            recipe.dropout,
            attention=recipe.attention,
            clock=clock_sizes(recipe.clock),
            rng=rng,
            backend=self.backend,
        )
        model.vocabulary = self.corpus.vocabulary
        model.window = recipe.length if recipe.objective == "window" else None
        model.clock_kinds, model.about = recipe.clock, self._about
        return model

    def advance(self) -> None:
        """One batch: forward, backward, Adam.

        Raises
        ------
        DivergedError
            The loss or a gradient is not finite, or the loss has exploded. On the CPU this is found at once,
            and the batch changes no weight; on a GPU when the losses are next fetched.
        """
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # an error names it instead
            self._advance()

    def _advance(self) -> None:
        recipe, model = self.recipe, self.model
        batch = self.batches(self.step)
        state = self.state and tuple(s * batch.carried for s in self.state)  # a new song starts from zeros
        with self._weights_dropped():
            loss = model.forward(batch.tokens, batch.targets, state, counted=batch.counted, clock=batch.clock)
            self.running_means.add(loss=loss)
            self.check_loss()
            if self.step % 10 == 0:
                self._count(batch)
            model.backward()
        self._clip()
        if recipe.objective == "stream":
            self.state = model.state
        self.adam.lr = recipe.rate(self.step, self.steps)
        self.adam.step({WEIGHTS: model.gradients})
        self.step += 1
        if recipe.averaging:
            self._average()

    @contextmanager
    def _weights_dropped(self) -> Iterator[None]:
        """Inside, random entries of U are 0, the same at all steps; so are their gradients. [Merity18]"""
        if not self.recipe.weight_dropout:
            yield
            return
        U, dU = (tensors[f"{self.recipe.cell}.U"] for tensors in (self.model.params, self.model.grads))
        kept = U.copy()
        self.weight_dropout.calls = self.step  # a function of the step, so no checkpoint needs to hold it
        U[...] = self.weight_dropout.forward(U)
        try:
            yield
        finally:
            U[...] = kept
        dU[...] = self.weight_dropout.backward(dU)

    def _clip(self) -> None:
        on_cpu = self.backend.name == "cpu"
        if not self.recipe.clip and not on_cpu:
            return
        norm = clip_by_global_norm({WEIGHTS: self.model.gradients}, self.recipe.clip or math.inf)
        if on_cpu and not math.isfinite(norm):  # on a GPU this would wait: the losses will show it soon
            backwards = {f"the gradient of {k}": g for k, g in reversed(self.model.grads.items())}
            raise self.diverged(backwards, f"the norm of the gradients is {norm}")

    def check_loss(self) -> None:
        """Raise DivergedError if a loss since the last validation was not finite or has exploded."""
        worst = self.running_means.worst
        if exploded(worst, self.model.symbols):
            tensors = {f"the weight {k}": p for k, p in self.model.params.items()}
            tensors |= {f"the carried state {i}": s for i, s in enumerate(self.state or ())}
            raise self.diverged(tensors, f"the training loss is {worst:.4g} nats a symbol")

    def diverged(
        self, tensors: Mapping[str, Array], what: str, xp: ModuleType | None = None
    ) -> DivergedError:
        """The error to raise where tensors, in their order of computation, are not finite."""
        when = f"step {self.step + 1}" + ("" if self.backend.name == "cpu" else " or up to 49 before it")
        return diverged(when, what, tensors, self.recipe, xp or self.backend.xp)

    def _count(self, batch: Batch) -> None:
        """Add how many of a batch's targets were the likeliest symbol."""
        counted = (
            self.backend.xp.ones_like(batch.targets, dtype=bool) if batch.counted is None else batch.counted
        )
        right = counted & (self.model.probabilities.argmax(axis=-2) == batch.targets)
        onset = counted & (batch.targets != self._hold)
        self.running_means.add(
            right=right.sum(), targets=counted.sum(), right_onsets=(right & onset).sum(), onsets=onset.sum()
        )

    def _average(self) -> None:
        """averaged = d averaged + (1 - d) weights; d is smaller in the first steps."""
        d = min(self.recipe.averaging, self.step / (self.step + 10))
        a, p = self.averaged.weights, self.model.weights
        a -= p
        a *= d
        a += p

    def validate(self) -> Row:
        """Measure the validation part; add a row with it and the training means to the history.

        Raises
        ------
        DivergedError
            The training loss or the validation loss is no longer finite.
        """
        means = self.running_means.means()
        self.check_loss()
        network = predictor_of_part(self.averaged, self.corpus, "validation")
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            found: Any = evaluate(
                network, self.corpus.part("validation"), self.corpus.vocabulary, bootstrap=0
            )
        if not math.isfinite(found["nats_per_symbol"]):
            raise self.diverged(self.averaged.params, "the validation loss is not finite")
        row: Row = {
            "step": self.step,
            "epoch": self.step / self.batches.per_epoch,
            **{f"training_{name}": mean for name, mean in means.items()},
            "validation_loss": found["nats_per_symbol"],
            "validation_accuracy": found["accuracy"],
            "validation_onset_accuracy": found["onset_accuracy"],
        }
        self.running_means.restore()
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


AfterBatch = Callable[[Run, "Row | None"], None]  # called with the run and, after a validation, its row


def ignore_batch(run: Run, row: Row | None) -> None:
    """The `AfterBatch` that does nothing."""
