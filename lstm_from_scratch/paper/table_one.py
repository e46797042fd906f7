"""Table I of the paper, measured: RNN, GRU and LSTM by sequence length, quality and diversity. [P IV-B]"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import permutations
from pathlib import Path
from statistics import median_low
from typing import Any

import numpy as np

from ..corpus.corpus import Corpus
from ..evaluation.bootstrap import ratio
from ..files import write_text
from ..model.model import MelodyModel
from ..training.recipe import Recipe
from ..training.run import AfterBatch, ignore_batch
from . import Result
from .figures.table_one import figures
from .kept_runs import machine, trained
from .recall import measure_recall
from .table_one_measures import ModelMeasures

PAPER_CELLS = ("rnn", "gru", "lstm")  # the rows of the paper's table
# Few epochs: five models with five rates and two more seeds are 35 runs; with recall, about two hours.
TABLE_ONE_RECIPE = Recipe(
    objective="stream", batch=16, length=64, warmup=100, decay=True, averaging=0.998, clip=1.0,
    dropout=0.4, cut=0.5, weight_dropout=0.3, lr=0.005, epochs=12,
)  # fmt: skip
# Tried for each model, because a rate that suits an LSTM makes a large RNN diverge.
RATES = (0.001, 0.002, 0.005, 0.01, 0.02)


def compare(
    corpus: Corpus,
    out: Path,
    seeds: int = 3,
    recipe: Recipe = TABLE_ONE_RECIPE,
    progress: AfterBatch = ignore_batch,
    say: Callable[[str], None] = print,
) -> Result:
    """Train every cell with every seed, measure each on the test part, and write `compare.json` and figures.

    Whatever the folder already holds, finished, is read and not done again.

    Returns
    -------
    dict
        "recipe"; "machine"; "models", a summary for each cell and size; "paired", one model's nats over
        another's on the same songs with the interval; "recall"; and "held_out", the same measures of songs.

    Raises
    ------
    CorpusError
        A part has too few songs; nothing was trained.
    """
    corpus.require("training", "validation", "test")
    measures = ModelMeasures(corpus)
    held_out = measures.samples.held_out()
    out.mkdir(parents=True, exist_ok=True)
    run = partial(_run, corpus, out, progress, say)
    models: Result = {}
    rows: dict[str, np.ndarray] = {}
    for cell, units in sizes(len(corpus.vocabulary)):
        own = replace(recipe, cell=cell, units=units)
        of_rates = {str(lr): run(replace(own, lr=lr), 0)[1]["best"]["validation_loss"] for lr in RATES}
        own = replace(own, lr=float(min(of_rates, key=of_rates.__getitem__)))
        runs, contexts = [], []
        for seed in range(seeds):
            model, record, folder = run(own, seed)
            runs.append(_kept(folder / "measures.json", measures.measure, model, record, seed))
            contexts.append(_kept(folder / "context.json", measures.context, model))
        tuned = {"lr": own.lr, "validation_loss_of_rates": of_rates}
        name = f"{cell}-{units}"
        models[name] = measures.summed_up(runs, contexts) | tuned
        rows[name] = np.mean([one["rows"] for one in runs], axis=0)
    found = {
        "command": f"melody compare --corpus DIR --seeds {seeds}",
        "corpus": {"digest": corpus.digest, "rule": corpus.rule, "songs": len(corpus.songs)},
        "seeds": seeds,
        "recipe": {k: value for k, value in recipe.record().items() if k not in ("cell", "units", "lr")},
        "machine": machine(),
        "baseline": measures.baseline,
        "held_out": held_out,
        "models": models,
        "paired": {f"{a} over {b}": ratio(rows[a], rows[b]) for a, b in permutations(rows, 2)},
        "recall": {
            cell: _kept(out / f"recall-{cell}-{seeds}.json", measure_recall, cell, seeds, say)
            for cell in PAPER_CELLS
        },
    }
    write_text(out / "compare.json", json.dumps(found, indent=1) + "\n")
    for name, drawn in figures(found).items():
        write_text(out / f"{name}.svg", drawn)
    return found


def _run(
    corpus: Corpus, out: Path, progress: AfterBatch, say: Callable[[str], None], recipe: Recipe, seed: int
) -> tuple[MelodyModel, Result, Path]:
    """What `trained` returns, and the run's folder."""
    say(f"{recipe.cell.upper()} of {recipe.units} units, rate {recipe.lr}, seed {seed}")
    folder = out / f"{recipe.cell}-{recipe.units}-lr{recipe.lr}-seed{seed}"
    return *trained(corpus, recipe, folder, seed, progress), folder


def _kept(path: Path, make: Callable[..., Result], *arguments: Any) -> Result:
    """What the file holds; if there is none, what `make` returns is written there first."""
    if not path.is_file():
        write_text(path, json.dumps(make(*arguments)) + "\n")
    kept: Result = json.loads(path.read_text(encoding="utf-8"))
    return kept


def sizes(symbols: int, units: int = 256) -> list[tuple[str, int]]:
    """The models compared: all cells with `units`, then RNN and GRU with the LSTM's number of parameters."""
    wanted = parameters("lstm", units, symbols)
    matched = [(cell, matched_units(cell, symbols, wanted)) for cell in ("rnn", "gru")]
    return [(cell, units) for cell in PAPER_CELLS] + matched


def matched_units(cell: str, symbols: int, wanted: int) -> int:
    """The number of units that brings a model of this cell closest to the wanted number of parameters."""
    return min(range(1, 4096), key=lambda units: abs(parameters(cell, units, symbols) - wanted))


def parameters(cell: str, units: int, symbols: int) -> int:
    """Parameters of the whole model: W, U and b of each block, the GRU's bn, and the dense layer."""
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
    recurrent = blocks * units * (symbols + units + 1) + (units if cell == "gru" else 0)
    return recurrent + symbols * (units + 1)


def in_words(found: Result) -> Iterator[str]:
    """Table I as lines for a terminal: one a model, then one a cell with the recall's medians over seeds."""
    best = found["baseline"]["name"]
    yield (
        "test part   parameters  bits an onset  95 % interval  over "
        f"{best}  context  overlap  distinct-4  copied"
    )
    for name, m in found["models"].items():
        low, high = m["intervals"]["bits_per_onset"]
        sampled = m["samples"]["1.0"]
        # missing where no test song is long enough
        context = m["context"]["symbols"]["effective_length"][0] if "context" in m else "-"
        overlap, distinct = "-", "-"  # missing where melodies are too short to be compared
        if "overlaps" in sampled:
            overlap, distinct = f"{sampled['overlaps']['mean'][0]:.2f}", f"{sampled['distinct_4'][0]:.2f}"
        yield (
            f"{name:<10} {m['parameters']:11,} {m['bits_per_onset']:14.2f}  {low:5.2f} to {high:5.2f}"
            f" {m['over_baseline'][0]:12.3f} {context:>8} {overlap:>8} {distinct:>11}"
            f" {sampled['copied_symbols'][1]:7g}"
        )
    yield "The last three are of melodies drawn at T = 1."
    for cell, tasks in found["recall"].items():
        alone, one, two, four = (median_low(distances) for distances in tasks.values())
        yield (
            f"{cell} recalls one item after {one} others, of two each after {two}, of four after {four}; "
            f"one where it learns with no shorter distances, after {alone}"
        )
