"""Table I of the paper, measured: RNN, GRU and LSTM by memory, quality, diversity, originality. [P IV-B]"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from ..corpus.corpus import Corpus
from ..evaluation.bootstrap import ratio
from ..files import write_text
from ..model.model import MelodyModel
from ..training.recipe import Recipe
from .figures.table_one import figures
from .kept_runs import Progress, machine, trained
from .recall import measure_recall
from .yardstick import Yardstick

# Few epochs: five models, five rates and two more seeds make 35 runs, in two hours or so with recall.
RECIPE = Recipe(
    objective="stream", batch=16, length=64, warmup=100, decay=True, averaging=0.998, clip=1.0,
    dropout=0.4, cut=0.5, weight_dropout=0.3, lr=0.005, epochs=12,
)  # fmt: skip
RATES = (0.001, 0.002, 0.005, 0.01, 0.02)  # tried for each, since what suits an LSTM drives a large RNN apart


def compare(
    corpus: Corpus,
    out: Path,
    seeds: int = 3,
    recipe: Recipe = RECIPE,
    progress: Progress = lambda run, row: None,
    say: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Train every cell with every seed, measure each on the test part, and write `compare.json` and figures.

    What is finished in the folder is read and not done again.

    Returns
    -------
    dict
        "recipe", "machine", "models": a summary a cell and size, "paired": the nats of one over those of
        another on the same songs, with the interval, "recall", "held_out": what songs give.

    Raises
    ------
    CorpusError
        A part has too few songs; nothing was trained.
    """
    corpus.require("training", "validation", "test")
    yardstick = Yardstick(corpus)
    held_out = yardstick.held_out()
    out.mkdir(parents=True, exist_ok=True)
    run, models, rows = partial(_run, corpus, out, progress, say), {}, {}
    for cell, units in sizes(len(corpus.vocabulary)):
        own = replace(recipe, cell=cell, units=units)
        of_rates = {str(lr): run(replace(own, lr=lr), 0)[1]["best"]["validation_loss"] for lr in RATES}
        own = replace(own, lr=float(min(of_rates, key=of_rates.__getitem__)))
        runs, contexts = [], []
        for seed in range(seeds):
            model, record, folder = run(own, seed)
            runs.append(_kept(folder / "measures.json", yardstick.measure, model, record, seed))
            contexts.append(_kept(folder / "context.json", yardstick.context, model))
        tuned = {"lr": own.lr, "validation_loss_of_rates": of_rates}
        name = f"{cell}-{units}"
        models[name] = yardstick.summed_up(runs, contexts) | tuned
        rows[name] = np.mean([one["rows"] for one in runs], axis=0)
    found = {
        "command": f"melody compare --corpus DIR --seeds {seeds}",
        "corpus": {"digest": corpus.digest, "rule": corpus.rule, "songs": len(corpus.songs)},
        "seeds": seeds,
        "recipe": {k: value for k, value in vars(recipe).items() if k not in ("cell", "units", "lr")},
        "machine": machine(),
        "baseline": yardstick.baseline,
        "held_out": held_out,
        "models": models,
        "paired": {f"{a} over {b}": ratio(rows[a], rows[b]) for a, b in permutations(rows, 2)},
        "recall": {
            cell: _kept(out / f"recall-{cell}-{seeds}.json", measure_recall, cell, seeds, say)
            for cell in ("rnn", "gru", "lstm")
        },
    }
    write_text(out / "compare.json", json.dumps(found, indent=1) + "\n")
    for name, drawn in figures(found).items():
        write_text(out / f"{name}.svg", drawn)
    return found


def _run(
    corpus: Corpus, out: Path, progress: Progress, say: Callable[[str], None], recipe: Recipe, seed: int
) -> tuple[MelodyModel, dict[str, Any], Path]:
    """A run of `trained` and its folder."""
    say(f"{recipe.cell.upper()} of {recipe.units} units, rate {recipe.lr}, seed {seed}")
    folder = out / f"{recipe.cell}-{recipe.units}-lr{recipe.lr}-seed{seed}"
    return *trained(corpus, recipe, folder, seed, progress), folder


def _kept(path: Path, make: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """What a file holds, else what is made now of the arguments and written there."""
    if not path.is_file():
        write_text(path, json.dumps(make(*arguments)) + "\n")
    return json.loads(path.read_text(encoding="utf-8"))


def sizes(symbols: int, units: int = 256) -> list[tuple[str, int]]:
    """The cells compared: all with `units`, then RNN and GRU with the LSTM's number of parameters."""
    wanted = parameters("lstm", units, symbols)
    matched = [(cell, matched_units(cell, symbols, wanted)) for cell in ("rnn", "gru")]
    return [(cell, units) for cell in ("rnn", "gru", "lstm")] + matched


def matched_units(cell: str, symbols: int, wanted: int) -> int:
    """The units with which a model of this cell comes nearest to so many parameters."""
    return min(range(1, 4096), key=lambda units: abs(parameters(cell, units, symbols) - wanted))


def parameters(cell: str, units: int, symbols: int) -> int:
    """Of the whole model: W, U and b of each block, the GRU's bn, and the dense layer."""
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
    recurrent = blocks * units * (symbols + units + 1) + (units if cell == "gru" else 0)
    return recurrent + symbols * (units + 1)
