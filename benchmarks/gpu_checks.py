"""What gpu.py checks before it times anything. A check gives rows: what, found, gate, whether it is right."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import strictness
from outputs import error, outputs

from lstm_from_scratch.corpus import prepare
from lstm_from_scratch.network import GRU, LSTM, RNN, lstm
from lstm_from_scratch.network.backend import CPU, Backend
from lstm_from_scratch.training.recipe import PRESETS
from lstm_from_scratch.training.run import Run

PATHS = ("plain", "fused", "whole step")
TUNES = Path(__file__).parents[1] / "data" / "tunes"
WRONG = "**NO**"
Rows = list[list[str]]


@contextmanager
def forced(path: str | None) -> Iterator[None]:
    """Inside, LSTMs in float32 on a GPU go this way; with None, the way that they choose."""
    chosen = lstm.choose_path
    if path:
        lstm.choose_path = lambda layer, x: "plain" if layer.backend.name == "cpu" else path
    try:
        yield
    finally:
        lstm.choose_path = chosen


def attempt(act: Callable, *arguments: object) -> object:
    """What it gives, or, since a GPU is rare and the rest is to be measured all the same, how it failed."""
    try:
        return act(*arguments)
    except Exception as raised:
        return f"{WRONG} {type(raised).__name__}: {' '.join(str(raised).split())}"


def row(what: str, found: object, gate: float) -> list[str]:
    """A number beside its gate, or how the check failed."""
    if isinstance(found, str):
        return [what, "", f"{gate:.0e}", found]
    return [what, f"{found:.1e}", f"{gate:.0e}", "yes" if found < gate else WRONG]


def check_layers(gpu: Backend, shapes: list) -> Rows:
    """The largest error of any output or gradient over the shapes, in parts of its tensor's largest entry."""
    variants = [(LSTM, np.float32, path, 1e-5) for path in PATHS] + [(LSTM, np.float64, "plain", 1e-12)]
    variants += [(cell, np.float32, "plain", 1e-5) for cell in (GRU, RNN)]
    return [
        row(
            f"{c.__name__}, {d.__name__}, {path}: largest error",
            attempt(largest, gpu, c, d, path, shapes),
            gate,
        )
        for c, d, path, gate in variants
    ]


def largest(gpu: Backend, cell: type, dtype: type, path: str, shapes: list) -> float:
    """The largest error of one variant."""
    with forced(path):
        pairs = [(outputs(gpu, dtype, s, cell), outputs(CPU, np.float64, s, cell)) for s in shapes]
    return np.max([error(*pair)[0] for pair in pairs])


def check_strictness(gpu: Backend, stand_in: bool) -> Rows:
    """How many cases end as tests/strictness.py says; the others are named. The stand-in refuses them all."""
    rows = []
    for kind, cases in (("refused", strictness.REFUSED), ("done silently", strictness.SILENT)):
        kind = "refused" if stand_in else kind
        other = [name for name, (_, act) in cases.items() if refuses(gpu, act) != (kind == "refused")]
        last = f"not so: {', '.join(other)}" if other else "yes"
        rows.append([f"cases that are {kind}", str(len(cases) - len(other)), str(len(cases)), last])
    return rows


def refuses(gpu: Backend, act: Callable) -> bool:
    """Whether a case raises, at once or when the device is waited for."""
    host = np.arange(3, dtype=np.float32)
    try:
        act(gpu.xp, gpu.to_device(host), host)
        gpu.synchronize()
    except Exception:  # of any type: that it refuses is the answer, and each library says it in its own way
        return True
    return False


def check_training(gpu: Backend, steps: int, changes: dict) -> Rows:
    """Mean losses of ten steps each on both devices, from the same seed, on the project's own tunes."""
    corpus, _ = prepare(sorted(TUNES.glob("*.krn")))
    recipe = replace(PRESETS["fast"], steps=steps, **changes)

    def apart() -> np.ndarray:
        runs = [Run(corpus, recipe, 0, backend) for backend in (CPU, gpu)]
        losses = [[ten_steps(run) for _ in range(steps // 10)] for run in runs]
        return np.abs(np.subtract(*losses)) / losses[0]

    found = attempt(apart)
    first, largest = (found, found) if isinstance(found, str) else (found[0], found.max())
    return [
        row("training loss on both devices, the first ten steps: apart by", first, 1e-4),
        row(f"training loss on both devices, {steps} steps: apart by", largest, 0.05),
    ]


def ten_steps(run: Run) -> float:
    """Their mean loss."""
    run.meter.restore()
    for _ in range(10):
        run.advance()
    return run.meter.means()["loss"]
