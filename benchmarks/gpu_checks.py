"""What gpu.py checks: errors, races, training, and the habits of CuPy. A section yields rows of a table."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import strictness
from outputs import errors, outputs

from lstm_from_scratch.corpus import prepare
from lstm_from_scratch.network import GRU, LSTM, RNN, lstm
from lstm_from_scratch.network.backend import CPU, Backend
from lstm_from_scratch.training.recipe import PRESETS
from lstm_from_scratch.training.run import Run

PATHS = ("plain", "fused", "whole step")
TUNES = Path(__file__).parents[1] / "data" / "tunes"
WRONG = "**NO**"
WEIGHTS = ("W", "U", "b", "bn")  # of their gradients
TENSORS = ("h", "h_last", "c_last", "dx", "dh0", "dc0", *WEIGHTS)
# The largest error allowed, as a part of a tensor's largest entry. Weight gradients are sums over all steps.
GATE, GATE_OF_WEIGHTS, GATE_OF_FLOAT64 = 1e-5, 1e-4, 1e-12
SANITIZER = shutil.which("compute-sanitizer") or "/usr/local/cuda/bin/compute-sanitizer"
Rows = Iterator[list[str]]


@dataclass(frozen=True)
class Sizes:
    """How much is done: on a GPU, or on the stand-in."""

    checked: list[tuple[int, ...]]  # T, V, H, B
    timed: dict[str, tuple[int, ...]]  # V, H, T, B
    swept: list[tuple[int, int]]  # H, B
    steps: int  # of training on both devices
    changes: dict[str, int]  # to the recipe
    rounds: int
    block: int  # steps timed together
    busy: int  # rows of the product that keeps the device busy
    on_stand_in: bool = False


@contextmanager
def forced(path: str | None) -> Iterator[None]:
    """Inside, LSTMs in float32 on a GPU take this path; with None, the path that they choose."""
    chosen = lstm.choose_path
    if path:
        lstm.choose_path = lambda layer, x: "plain" if layer.backend.name == "cpu" else path
    try:
        yield
    finally:
        lstm.choose_path = chosen


def attempt(act: Callable, *arguments: object) -> object:
    """The result, or how it failed: a GPU is rare, and the other rows should be measured all the same."""
    try:
        return act(*arguments)
    except Exception as raised:
        return f"{WRONG} {type(raised).__name__}: {' '.join(str(raised).split())}".replace("|", "/")


def check_errors(gpu: Backend, sizes: Sizes) -> Rows:
    """Each tensor of each layer, by path and shape, beside float64 on the CPU; and once more, bit for bit."""
    yield from _compare(gpu, sizes.checked)


def check_under_watch(gpu: Backend, sizes: Sizes) -> Rows:
    """The smaller shapes alone, for compute-sanitizer, under which everything is slow."""
    yield from _compare(gpu, sizes.checked[:2])


def _compare(gpu: Backend, shapes: list[tuple[int, ...]]) -> Rows:
    variants = [(LSTM, np.float32, path) for path in PATHS] + [(LSTM, np.float64, "plain")]
    variants += [(cell, np.float32, "plain") for cell in (GRU, RNN)]
    for shape in shapes:
        exact = {cell: outputs(CPU, np.float64, shape, cell) for cell in (LSTM, GRU, RNN)}
        for cell, dtype, path in variants:
            row = [cell.__name__, dtype.__name__, path, " ".join(map(str, shape))]
            with forced(path):
                first = attempt(outputs, gpu, dtype, shape, cell)
                second = attempt(outputs, gpu, dtype, shape, cell)
            if isinstance(first, str) or isinstance(second, str):
                yield [*row, *[""] * len(TENSORS), "", first if isinstance(first, str) else second]
                continue
            found = errors(first, exact[cell])
            right = all(error < _gate(name, dtype) for name, error in found.items())  # NaN is not
            other = [name for name in first if not np.array_equal(first[name], second[name])]
            row += [f"{found[name]:.0e}" if name in found else "" for name in TENSORS]
            yield [*row, "yes" if right else WRONG, f"{WRONG} {', '.join(other)}" if other else "yes"]


def _gate(name: str, dtype: type) -> float:
    if dtype is np.float64:
        return GATE_OF_FLOAT64
    return GATE_OF_WEIGHTS if name in WEIGHTS else GATE


def check_sanitizer(gpu: Backend, sizes: Sizes) -> Rows:
    """What NVIDIA's compute-sanitizer says to the kernels, where it is installed."""
    if not Path(SANITIZER).is_file():
        yield ["memcheck, racecheck", "compute-sanitizer is not installed here", "not run"]
        return
    command = [sys.executable, str(Path(__file__).with_name("gpu.py")), "--section", "watched"]
    command += ["--dry-run"] if sizes.on_stand_in else []
    for tool in ("memcheck", "racecheck"):
        done = subprocess.run(
            [SANITIZER, "--tool", tool, "--error-exitcode", "9", *command], capture_output=True, text=True
        )
        said = [line.strip("= ") for line in (done.stdout + done.stderr).splitlines() if "SUMMARY" in line]
        right = done.returncode == 0 and bool(said)
        yield [tool, said[-1] if said else f"status {done.returncode}, no summary", "yes" if right else WRONG]


def check_training(gpu: Backend, sizes: Sizes) -> Rows:
    """Mean losses of ten steps each on both devices, from the same seed, on the project's own tunes."""
    corpus, _ = prepare(sorted(TUNES.glob("*.krn")))
    recipe = replace(PRESETS["fast"], steps=sizes.steps, **sizes.changes)

    def apart() -> np.ndarray:
        runs = [Run(corpus, recipe, 0, backend) for backend in (CPU, gpu)]
        losses = [[ten_steps(run) for _ in range(sizes.steps // 10)] for run in runs]
        return np.abs(np.subtract(*losses)) / losses[0]

    found = attempt(apart)
    if isinstance(found, str):
        yield [str(sizes.steps), found]
        return
    for steps, error, gate in (("the first ten", found[0], 1e-4), (f"all {sizes.steps}", found.max(), 0.05)):
        yield [steps, f"{error:.1e}", f"{gate:.0e}", "yes" if error < gate else WRONG]


def ten_steps(run: Run) -> float:
    """Their mean loss."""
    run.running_means.restore()
    for _ in range(10):
        run.advance()
    return run.running_means.means()["loss"]


def check_strictness(gpu: Backend, sizes: Sizes) -> Rows:
    """Whether CuPy does what tests/helpers/strictness.py says of it; the stand-in refuses all cases."""
    for kind, cases in (("refused", strictness.REFUSED), ("done silently", strictness.SILENT)):
        refused = kind == "refused" or sizes.on_stand_in
        other = [name for name, (_, act) in cases.items() if refuses(gpu, act) != refused]
        yield [kind, str(len(cases)), f"all but {', '.join(other)}" if other else "all"]


def refuses(gpu: Backend, act: Callable) -> bool:
    """Whether a case raises, at once or when the device is waited for."""
    host = np.arange(3, dtype=np.float32)
    try:
        act(gpu.xp, gpu.to_device(host), host)
        gpu.synchronize()
    except Exception:  # of any type: each library refuses in its own words
        return True
    return False
