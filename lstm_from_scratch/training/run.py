"""A training run: batches, gradients, Adam, validation, and all that a checkpoint must hold to go on."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..corpus.corpus import Corpus, CorpusError
from ..evaluation.evaluation import evaluate
from ..evaluation.predictors import ModelPredictor
from ..model.checkpoint import CheckpointError, read_checkpoint, set_weights, write_checkpoint
from ..model.model import MelodyModel, model_arrays, model_header
from ..music.symbols import HOLD
from ..network import Adam, Dropout, clip_by_global_norm
from ..network.backend import CPU, Backend
from .batches import Batch, Batches
from .divergence import DivergedError, diverged, exploded, first_broken
from .recipe import Recipe
from .running_means import Meter, Row


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
            self.batches = Batches(corpus.part("training"), corpus.delimiter, recipe, seed, backend)
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
        self.weight_dropout = Dropout(
            recipe.weight_dropout, rng=np.random.default_rng([seed, 1]), backend=backend
        )
        self.adam = Adam({"": self.model.weights}, recipe.lr)
        self.moments = {f"adam.{k}.": self.model.named(getattr(self.adam, k)[""]) for k in "mv"}
        self.step = 0
        self.state: tuple | None = None
        self.history: list[Row] = []
        self.meter = Meter(backend)
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
        """One batch: forward, backward, Adam.

        Raises
        ------
        DivergedError
            The loss or a gradient is no number or has exploded: at once on the CPU, and nothing was
            changed by this batch; on a GPU with the next fetch of the losses.
        """
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # told with a name, not a warning
            self._advance()

    def _advance(self) -> None:
        recipe, model = self.recipe, self.model
        batch = self.batches(self.step)
        state = self.state and tuple(s * batch.carried for s in self.state)  # a new song begins from zeros
        with self._weights_dropped():
            loss = model.forward(batch.tokens, batch.targets, state, counted=batch.counted)
            self.meter.add(loss=loss)
            self._check_loss()
            if self.step % 10 == 0:
                self._count(batch)
            model.backward()
        self._clip()
        if recipe.objective == "stream":
            self.state = model.state
        self.adam.lr = recipe.rate(self.step, self.steps)
        self.adam.step({"": model.gradients})
        self.step += 1
        if recipe.averaging:
            self._average()

    @contextmanager
    def _weights_dropped(self) -> Iterator[None]:
        """Inside, entries of U are 0 at random, the same in all steps; so are their gradients. [Merity18]"""
        if not self.recipe.weight_dropout:
            yield
            return
        U, dU = (tensors[f"{self.recipe.cell}.U"] for tensors in (self.model.params, self.model.grads))
        kept = U.copy()
        self.weight_dropout.calls = self.step  # so that a checkpoint need not know
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
        norm = clip_by_global_norm({"": self.model.gradients}, self.recipe.clip or math.inf)
        if on_cpu and not math.isfinite(norm):  # on a GPU the look would cost a wait: the next losses tell
            backwards = {f"the gradient of {k}": g for k, g in reversed(self.model.grads.items())}
            raise self._diverged(backwards, f"the norm of the gradients is {norm}")

    def _check_loss(self) -> None:
        if exploded(self.meter.worst, self.model.symbols):
            tensors = {f"the weight {k}": p for k, p in self.model.params.items()}
            tensors |= {f"the carried state {i}": s for i, s in enumerate(self.state or ())}
            raise self._diverged(tensors, f"the training loss is {self.meter.worst:.4g} nats a symbol")

    def _diverged(self, tensors: dict[str, Any], what: str, xp: Any = None) -> DivergedError:
        when = f"step {self.step + 1}" + ("" if self.backend.name == "cpu" else " or up to 49 before it")
        return diverged(when, what, tensors, self.recipe, xp or self.backend.xp)

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
        a, p = self.averaged.weights, self.model.weights
        a -= p
        a *= d
        a += p

    def validate(self) -> Row:
        """Measure the validation part, and put a row with it and the training means into the history.

        Raises
        ------
        DivergedError
            The training loss or the validation loss is no number any more.
        """
        means = self.meter.means()
        self._check_loss()
        network = ModelPredictor(self.averaged, self.corpus.delimiter)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            found = evaluate(network, self.corpus.part("validation"), self.corpus.vocabulary, bootstrap=0)
        if not math.isfinite(found["nats_per_symbol"]):
            raise self._diverged(self.averaged.params, "the validation loss is no number")
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
        """Write all that `restore` needs.

        Raises
        ------
        DivergedError
            It is no state to go on from; the file is left as it was.
        """
        arrays = model_arrays(self.model)
        if self.recipe.averaging:
            arrays |= model_arrays(self.averaged, "averaged.")
        to_host = self.backend.to_host
        arrays |= {p + k: to_host(a) for p, named in self.moments.items() for k, a in named.items()}
        arrays |= {f"state.{i}": to_host(s) for i, s in enumerate(self.state or ())}
        sums = self.meter.sums()
        self._check_loss()
        if first_broken(arrays, np):
            raise self._diverged(arrays, "it is not saved", np)
        header = model_header(self.model)
        header["run"] = {
            "step": self.step,
            "history": self.history,
            "meter": sums,
            "dropout": [self.model.dropout.key, self.model.dropout.calls],
        }
        write_checkpoint(path, arrays, header)

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint of the same recipe, seed and corpus.

        Raises
        ------
        CheckpointError
            It was made otherwise, or is damaged.
        """
        arrays, header = read_checkpoint(path)
        run = run_record(path, header)
        if other := self._differences(header):
            raise CheckpointError(
                f"{path}: made with another {', '.join(other)} than this run's: give the same options and "
                "corpus, or another folder"
            )
        kept = {"": self.model.params, **self.moments}
        if self.recipe.averaging:
            kept["averaged."] = self.averaged.params
        for prefix, tensors in kept.items():
            set_weights(tensors, arrays, path, self.backend, prefix)
        self.state = carried_state(self.model, arrays, path, self.recipe.batch)
        self.step = self.adam.t = run["step"]
        self.history = run["history"]
        self.meter.restore(run["meter"])
        self.model.dropout.key, self.model.dropout.calls = run["dropout"]

    def _differences(self, header: dict[str, Any]) -> list[str]:
        """What a checkpoint was made with that is not this run's."""
        ours = json.loads(json.dumps(model_header(self.model)))
        ours, theirs = ({**h, **h["about"], **h["about"].get("recipe", {})} for h in (ours, header))
        whole = {"about", "recipe", "model"}  # told part by part
        return [name for name in ours if name not in whole and ours[name] != theirs.get(name)]


def run_record(path: str | Path, header: Mapping[str, Any]) -> dict[str, Any]:
    """What a run put into a checkpoint beside the model, found to be of the types it must be of."""
    run = header.get("run")
    if run is None:
        raise CheckpointError(f"{path}: it holds a model, but not the run that made it")
    try:
        counts = [run["step"], *run["dropout"]]
        rows = [[row["step"], row["validation_loss"], *row.values()] for row in run["history"]]
        numbers = [*run["meter"].values(), *(n for row in rows for n in row)]
        whole = len(counts) == 3 and all(type(n) is int and n >= 0 for n in counts)
        whole &= isinstance(run["history"], list) and run["meter"].keys() == set(Meter.NAMES)
        whole &= isinstance(header["about"], dict) and isinstance(header["about"]["recipe"], dict)
        whole &= all(type(n) in (int, float) for n in numbers)
    except (KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise CheckpointError(f"{path}: its record of the run is not usable")
    return run


def carried_state(
    model: MelodyModel, arrays: Mapping[str, np.ndarray], path: str | Path, batch: int
) -> tuple[Any, ...] | None:
    """The state that the next batch goes on with; None where no batch does, or none was made."""
    names = [name for name in sorted(arrays) if name.startswith("state.")]
    if not names:
        return None
    state = {f"state.{i}": np.empty((model.units, batch), model.recurrent.dtype) for i in range(len(names))}
    set_weights(state, arrays, path, CPU)
    if len(names) != (2 if model.cell == "lstm" else 1):
        raise CheckpointError(f"{path}: {len(names)} carried states for a {model.cell}")
    return tuple(model.backend.to_device(s) for s in state.values())
