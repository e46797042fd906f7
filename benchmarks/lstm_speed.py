"""How fast is a training step? Ours beside torch.nn.LSTM's and beside the matrix products alone, in one run.

    python benchmarks/lstm_speed.py [--rounds 7]

A step is forward, backward and Adam on one batch: one-hot symbols -> LSTM -> dropout 0.2 -> dense -> softmax
cross-entropy, in float32. "last" has one target for each window, as in the paper; "every" has one at every
step. The floor is 3 T products of (4H, H) by (H, B). The three take turns, a block of steps each; the table
gives medians over all steps but the first of each block. Needs the `bench` extra.
"""

import argparse
import os
import sys

if os.environ.keys() & {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}:
    # They pin NumPy to an older kernel, and are read when it is imported: start again without them.
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    os.execv(sys.executable, [sys.executable, *sys.argv])

import platform
import statistics
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.network import Adam

SHAPES = {"paper": (40, 256, 64, 64), "small": (40, 64, 64, 16), "large": (40, 512, 64, 128)}  # V, H, T, B


def ours(V: int, H: int, tokens: np.ndarray, targets: np.ndarray) -> Callable[[], None]:
    """A training step of this package."""
    model = MelodyModel(V, H, rng=np.random.default_rng(0))
    adam = Adam(model.params)

    def step() -> None:
        model.forward(tokens, targets)
        model.backward()
        adam.step(model.grads)

    return step


def torchs(V: int, H: int, tokens: np.ndarray, targets: np.ndarray) -> Callable[[], None]:
    """The same step of PyTorch."""
    lstm, dense = torch.nn.LSTM(V, H), torch.nn.Linear(H, V)
    dropout, loss = torch.nn.Dropout(0.2), torch.nn.CrossEntropyLoss()
    adam = torch.optim.Adam([*lstm.parameters(), *dense.parameters()])
    tokens, targets = torch.from_numpy(tokens), torch.from_numpy(targets)

    def step() -> None:
        adam.zero_grad()
        h, _ = lstm(torch.nn.functional.one_hot(tokens, V).float())
        y = dense(dropout(h[-1] if targets.ndim == 1 else h))
        loss(y.reshape(-1, V), targets.reshape(-1)).backward()
        adam.step()

    return step


def floor(H: int, T: int, B: int) -> Callable[[], None]:
    """The products that no LSTM can avoid: U h forward, U^T dz and dz h^T backward."""
    rng = np.random.default_rng(0)
    U, h = rng.standard_normal((4 * H, H), np.float32), rng.standard_normal((H, B), np.float32)
    z = np.empty((4 * H, B), np.float32)

    def step() -> None:
        for _ in range(3 * T):
            np.matmul(U, h, out=z)

    return step


def medians(steps: list[Callable[[], None]], rounds: int, block: int) -> list[float]:
    """Milliseconds a step."""
    times: list[list[float]] = [[] for _ in steps]
    for _ in range(rounds):
        for step, found in zip(steps, times):
            step()  # not timed: caches are cold, and the other library's threads may still be spinning
            for _ in range(block):
                start = time.perf_counter()
                step()
                found.append(1000 * (time.perf_counter() - start))
    return [statistics.median(found) for found in times]


def blas() -> str:
    """The libraries that make the products, and the kernels that they chose."""
    found = [info for info in threadpool_info() if info["user_api"] == "blas"]
    return "; ".join(f"{i['internal_api']} {i.get('version')} {i['architecture']}" for i in found)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--shape", choices=SHAPES, action="append")
    options = parser.parse_args()
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    print(f"{date.today()}, {machine}, NumPy {np.__version__} ({blas()}), torch {torch.__version__}")
    head = "shape V H T B|targets|threads|ours ms|torch ms|floor ms|ours / torch|ours / floor".split("|")
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for name in options.shape or SHAPES:
        V, H, T, B = SHAPES[name]
        rng = np.random.default_rng(0)
        tokens = rng.integers(0, V, (T, B))
        for kind, shape in (("last", (B,)), ("every", (T, B))):
            targets = rng.integers(0, V, shape)
            for threads in (1, 2):
                torch.set_num_threads(threads)
                os.environ["OPENBLAS_NUM_THREADS"] = str(threads)  # our layers look there
                with threadpool_limits(threads, user_api="blas"):
                    steps = [ours(V, H, tokens, targets), torchs(V, H, tokens, targets), floor(H, T, B)]
                    a, b, c = medians(steps, options.rounds, 5)
                row = [f"{name} {V} {H} {T} {B}", kind, threads, f"{a:.1f}", f"{b:.1f}", f"{c:.1f}"]
                print("|", " | ".join(map(str, [*row, f"{a / b:.2f}", f"{a / c:.2f}"])), "|", flush=True)


if __name__ == "__main__":
    main()
