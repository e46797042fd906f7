"""All that a GPU is to show, by one command: right, as strict as the stand-in, learning alike, and how fast.

    python benchmarks/gpu.py [--out docs/gpu.md]
    python benchmarks/gpu.py --dry-run

1. every variant of the recurrent layers against float64 on the CPU;
2. the cases that tests/strictness.py holds against the stand-in for CuPy, on the real one;
3. 200 steps of training on both devices, and their losses;
4. milliseconds of a training step (forward, backward, Adam; float32, no TF32 anywhere) by every path, beside
   torch.nn.LSTM (cuDNN) and NumPy.

Writes one page of Markdown, and ends with 1 where a check fails. Needs the `bench` extra and a `gpu` extra;
without torch its column is empty. --dry-run does all of it with small numbers on the stand-in: its times mean
nothing. It needs g++ on Linux.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ["CUPY_TF32"] = "0"  # read when CuPy is imported
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "helpers"))

import platform
import statistics
import time
from collections.abc import Callable
from datetime import date
from functools import partial

import numpy as np
from gpu_checks import PATHS, WRONG, Rows, attempt, check_layers, check_strictness, check_training, forced

from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.network import LSTM, Adam, lstm
from lstm_from_scratch.network.backend import CPU, Backend, DeviceError, choose_backend

try:
    import torch
except ImportError:
    torch = None

CHECKED = [(3, 5, 7, 3), (5, 40, 67, 19), (64, 40, 256, 64), (16, 40, 512, 128)]  # T, V, H, B
TIMED = {"paper": (40, 256, 64, 64), "small": (40, 64, 64, 16), "large": (40, 512, 64, 128)}  # V, H, T, B
REAL = {"checked": CHECKED, "timed": TIMED, "steps": 200, "changes": {"batch": 8}, "rounds": 7, "block": 10}
DRY = {
    "checked": CHECKED[:1], "timed": {"tiny": (5, 7, 3, 4)}, "steps": 20,
    "changes": {"units": 6, "batch": 4, "length": 8}, "rounds": 1, "block": 1,
}  # fmt: skip


def ours(backend: Backend, V: int, H: int, tokens: np.ndarray, targets: np.ndarray) -> Callable[[], None]:
    """A training step of this package."""
    model = MelodyModel(V, H, rng=np.random.default_rng(0), backend=backend)
    adam = Adam({"": model.weights})
    tokens, targets = backend.to_device(tokens), backend.to_device(targets)

    def step() -> None:
        model.forward(tokens, targets)
        model.backward()
        adam.step({"": model.gradients})

    return step


def torchs(device: str, V: int, H: int, tokens: np.ndarray, targets: np.ndarray) -> Callable[[], None]:
    """The same step of PyTorch."""
    lstm_, dense = torch.nn.LSTM(V, H).to(device), torch.nn.Linear(H, V).to(device)
    dropout, loss = torch.nn.Dropout(0.2), torch.nn.CrossEntropyLoss()
    adam = torch.optim.Adam([*lstm_.parameters(), *dense.parameters()])
    tokens, targets = (torch.from_numpy(a).to(device) for a in (tokens, targets))

    def step() -> None:
        adam.zero_grad()
        h, _ = lstm_(torch.nn.functional.one_hot(tokens, V).float())
        y = dense(dropout(h[-1] if targets.ndim == 1 else h))
        loss(y.reshape(-1, V), targets.reshape(-1)).backward()
        adam.step()

    return step


def milliseconds(build: Callable, data: tuple, wait: Callable[[], None], rounds: int, block: int) -> float:
    """The median over rounds of a block of the steps that `build` makes, with one wait at its end."""
    step = build(*data)
    times = []
    for _ in range(rounds + 1):  # the first compiles and allocates
        wait()
        start = time.perf_counter()
        for _ in range(block):
            step()
        wait()
        times.append(1000 * (time.perf_counter() - start) / block)
    return statistics.median(times[1:])


def time_steps(gpu: Backend, sizes: dict, cuda: bool) -> Rows:
    """A row a shape: ours by every path, the path that is chosen, torch's, and NumPy's."""
    rows, rounds, block = [], sizes["rounds"], sizes["block"]
    for name, (V, H, T, B) in sizes["timed"].items():
        rng = np.random.default_rng(0)
        tokens = rng.integers(0, V, (T, B))
        for kind, shape in (("last", (B,)), ("every", (T, B))):
            data = V, H, tokens, rng.integers(0, V, shape)
            found = {}
            for path in PATHS:
                with forced(path):
                    found[path] = attempt(
                        milliseconds, partial(ours, gpu), data, gpu.synchronize, rounds, block
                    )
            chosen = lstm.choose_path(LSTM(V, H, rng=rng, backend=gpu), tokens)
            peer = "no torch"
            if torch:
                wait = torch.cuda.synchronize if cuda else CPU.synchronize
                peer = attempt(
                    milliseconds, partial(torchs, "cuda" if cuda else "cpu"), data, wait, rounds, block
                )
            cpu = milliseconds(partial(ours, CPU), data, CPU.synchronize, 1, block)
            both = isinstance(peer, float) and isinstance(found[chosen], float)
            times = [*found.values(), chosen, peer, found[chosen] / peer if both else "", cpu]
            rows.append([f"{name} {V} {H} {T} {B}", kind, *map(written, times)])
    return rows


def written(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def versions(gpu: Backend) -> str:
    """Device, driver and libraries."""
    runtime = gpu.xp.cuda.runtime
    about, driver = runtime.getDeviceProperties(0), runtime.driverGetVersion()
    text = (
        f"{about['name'].decode()} (compute capability {about['major']}.{about['minor']}), driver for CUDA "
    )
    text += f"{driver // 1000}.{driver % 1000 // 10}, CuPy {gpu.xp.__version__}, NumPy {np.__version__}"
    if torch:
        text += f", torch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}"
    return f"{text}, Python {platform.python_version()}, {os.cpu_count()} CPU cores, {date.today()}"


def table(head: str, rows: Rows) -> list[str]:
    columns = head.split("|")
    return [f"| {' | '.join(cells)} |" for cells in (columns, ["---"] * len(columns), *rows)]


def measure(gpu: Backend, dry_run: bool) -> tuple[list[str], int]:
    """The page, line by line, and the number of checks that failed."""
    sizes = DRY if dry_run else REAL
    if torch:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    checks = check_layers(gpu, sizes["checked"]) + check_strictness(gpu, dry_run)
    checks += check_training(gpu, sizes["steps"], sizes["changes"])
    times = time_steps(gpu, sizes, cuda=bool(torch) and not dry_run)
    page = ["**A dry run on a stand-in for CuPy: its times mean nothing.**", ""] if dry_run else []
    page += [versions(gpu), "", *table("check|found|gate|right", checks), ""]
    page += ["Milliseconds of a training step, float32 without TF32:", ""]
    head = "shape V H T B|targets|plain|fused|whole step|chosen|torch.nn.LSTM|chosen / torch|NumPy on the CPU"
    return page + table(head, times), sum(WRONG in r[-1] for r in checks)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="a file for the page, which is printed too")
    parser.add_argument("--dry-run", action="store_true", help="on the stand-in for CuPy, with small numbers")
    options = parser.parse_args(arguments)
    if options.dry_run:
        from fake_cupy import FakeCupy

        gpu = Backend("gpu", FakeCupy(), "a stand-in")
    else:
        try:
            gpu = choose_backend("gpu")
        except DeviceError as refused:
            parser.error(str(refused))
    page, failed = measure(gpu, options.dry_run)
    print("\n".join(page))
    if options.out:
        options.out.write_text("\n".join(page) + "\n", encoding="utf-8")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
