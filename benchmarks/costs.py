"""What training and composing cost here, beside the paper's hours and gigabytes:
benchmarks/results/costs.json.

    python benchmarks/costs.py

Each is measured in a process of its own: the peak memory of training on all 8,512 songs (200 batches, a
validation on the whole validation part, a checkpoint) and the time of a batch; the peak memory of composing
with a model of 256 units, its symbols a second on one thread, and the size of its file.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import studies

from lstm_from_scratch.composing import sample
from lstm_from_scratch.corpus.corpus import Corpus
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.paper import Result
from lstm_from_scratch.training.loop import train
from lstm_from_scratch.training.recipe import PRESETS

BATCHES, SYMBOLS, ROUNDS = 200, 2048, 7


def peak_mb() -> float:
    """Peak resident memory of this process, in MB of 10^6 bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def training(preset: str, corpus_folder: str) -> Result:
    """Peak memory, and the median time of a batch."""
    corpus, times = Corpus.load(corpus_folder), [time.process_time()]
    recipe = replace(PRESETS[preset], steps=BATCHES, validate_every=BATCHES)
    with tempfile.TemporaryDirectory() as folder:
        train(corpus, recipe, Path(folder), progress=lambda run, row: times.append(time.process_time()))
    batches = np.diff(times)[1:-1]  # the first one allocates, the last one validates
    return {"peak_mb": peak_mb(), "batch_ms": 1000 * statistics.median(batches), "songs": len(corpus.songs)}


def composing(corpus_folder: str) -> Result:
    """Memory and speed of drawing melodies, from an untrained model."""
    vocabulary = Corpus.load(corpus_folder).vocabulary
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        made = MelodyModel(len(vocabulary), rng=np.random.default_rng(0))
        made.vocabulary = vocabulary
        made.params["dense.b"][vocabulary.ids("/")[0]] = -50  # no melody ends early
        made.save(path)
        size, model = path.stat().st_size, MelodyModel.load(path)
    seconds = []
    for seed in range(ROUNDS):
        start = time.process_time()
        sample(model, temperature=1.0, steps=SYMBOLS, rng=np.random.default_rng(seed))
        seconds.append(time.process_time() - start)
    return {
        "peak_mb": peak_mb(),
        "symbols_per_second": SYMBOLS / statistics.median(seconds),
        "model_bytes": size,
        "parameters": sum(p.size for p in model.params.values()),
    }


def alone(*arguments: str) -> Result:
    """What is measured in a new process on one thread."""
    command = [sys.executable, __file__, "--measure", *arguments]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    found: Result = json.loads(
        subprocess.run(command, env=environment, check=True, capture_output=True).stdout
    )
    return found


def main() -> None:
    parser = studies.options(__doc__)
    parser.add_argument("--measure", nargs="+", help="used by the script itself")
    options = parser.parse_args()
    if options.measure:
        kind, *arguments = options.measure
        print(json.dumps({"training": training, "composing": composing}[kind](*arguments)))
        return
    studies.songs("all", options.runs)
    folder = str(options.runs / "all-event")
    found = {preset: alone("training", preset, folder) for preset in ("paper", "fast")}
    studies.write("costs", "python benchmarks/costs.py", training=found, composing=alone("composing", folder))


if __name__ == "__main__":
    main()
