"""What gpu.py times. A section yields the rows of its table, in milliseconds unless it says otherwise."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
from gpu_checks import PATHS, Rows, Sizes, attempt, forced

from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.network import LSTM, Adam, lstm
from lstm_from_scratch.network.backend import CPU, Backend

ROUND = 50.0  # milliseconds after which a block ends, so that slow paths do not take all the time


class Clock:
    """Three times of one thing: on the wall, of the device, and of the host.

    The last two are taken while the device is still busy with a long product: so the device never waits for
    the host, nor the host for the device.
    """

    def __init__(self, gpu: Backend, sizes: Sizes):
        self._gpu, self._rounds, self._block = gpu, sizes.rounds, sizes.block
        self._a = gpu.to_device(np.ones((sizes.busy, sizes.busy), np.float32))
        self._b = self._a @ self._a

    def wall(self, act: Callable[[], object]) -> float:
        """The median over rounds of a block of them, with one wait at its end."""
        self._block_of(1, act)  # compiles and allocates
        block = max(1, min(self._block, int(ROUND / self._block_of(1, act))))
        return statistics.median(self._block_of(block, act) for _ in range(self._rounds))

    def _block_of(self, size: int, act: Callable[[], object]) -> float:
        self._gpu.synchronize()
        start = time.perf_counter()
        for _ in range(size):
            act()
        self._gpu.synchronize()
        return 1000 * (time.perf_counter() - start) / size

    def device_and_host(self, act: Callable[[], object]) -> tuple[float, float]:
        """Medians over rounds of one each."""
        cuda, times = self._gpu.xp.cuda, []
        for _ in range(self._rounds + 1):
            start, end = cuda.Event(), cuda.Event()
            self._gpu.synchronize()
            self._gpu.xp.matmul(self._a, self._a, out=self._b)
            start.record()
            began = time.perf_counter()
            act()
            host = 1000 * (time.perf_counter() - began)
            end.record()
            end.synchronize()
            times.append((cuda.get_elapsed_time(start, end), host))
        device, host = zip(*times[1:])
        return statistics.median(device), statistics.median(host)

    def all(self, act: Callable[[], object]) -> list[float]:
        """Wall, device, host."""
        return [self.wall(act), *self.device_and_host(act)]


def written(times: object) -> list[str]:
    """A cell for each time; or, where nothing could be measured, why."""
    return [times] if isinstance(times, str) else [f"{ms:.3f}" for ms in times]


def batch(V: int, T: int, B: int, last: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Random tokens, and targets for the last step or for every one."""
    rng = np.random.default_rng(0)
    return rng.integers(0, V, (T, B)), rng.integers(0, V, (B,) if last else (T, B))


def training_step(backend: Backend, V: int, H: int, tokens: np.ndarray, targets: np.ndarray) -> Any:
    """A training step of this package; its parts by name."""
    model = MelodyModel(V, H, rng=np.random.default_rng(0), backend=backend)
    adam = Adam({"weights": model.weights})
    tokens, targets = backend.to_device(tokens), backend.to_device(targets)
    parts = {
        "forward": lambda: model.forward(tokens, targets),
        "backward": model.backward,
        "Adam": lambda: adam.step({"weights": model.gradients}),
    }

    def backward_again() -> None:  # alone it would be refused: one backward for each forward
        model.forward(tokens, targets)
        model.backward()

    def step() -> None:
        for part in parts.values():
            part()

    return SimpleNamespace(step=step, forward=parts["forward"], both=backward_again, adam=parts["Adam"])


def lstm_alone(gpu: Backend, V: int, H: int, T: int, B: int) -> Callable[[], None]:
    """Forward and backward of the layer alone, with a gradient into every h."""
    layer = LSTM(V, H, rng=np.random.default_rng(0), backend=gpu)
    tokens = gpu.to_device(batch(V, T, B)[0])
    dh = gpu.to_device(np.random.default_rng(1).standard_normal((T, H, B)).astype(np.float32))

    def act() -> None:
        layer.forward(tokens)
        layer.backward(dh)

    return act


def time_start(gpu: Backend, sizes: Sizes) -> Rows:
    """Seconds of the first training step, which compiles all kernels, and of the second."""
    V, H, T, B = next(iter(sizes.timed.values()))
    for path in dict.fromkeys([None, *PATHS]):
        with forced(path):
            made = training_step(gpu, V, H, *batch(V, T, B))
            seconds = []
            for _ in range(2):
                start = time.perf_counter()
                failed = attempt(made.step)
                gpu.synchronize()
                seconds.append(f"{time.perf_counter() - start:.3f}")
            yield [path or "chosen", *(seconds if failed is None else [failed, ""])]


def time_kernels(gpu: Backend, sizes: Sizes) -> Rows:
    """Microseconds of each kernel on the device, and of a launch on the host."""
    V, H, T, B = next(iter(sizes.timed.values()))
    clock = Clock(gpu, sizes)
    for path in PATHS[1:]:
        with forced(path), recorded(gpu.xp) as launches:
            failed = attempt(lstm_alone(gpu, V, H, T, B))
        if failed:
            yield [path, "", failed, ""]
        for name, launch in launches.items():
            yield [path, name, *microseconds(clock, launch, 10 * sizes.block)]
    rng = np.random.default_rng(0)
    h, U = (gpu.to_device(rng.standard_normal(s).astype(np.float32)) for s in ((B, H), (H, 4 * H)))
    z = h @ U
    product = partial(gpu.xp.matmul, h, U, out=z)
    yield ["fused", "the product of a step, forward", *microseconds(clock, product, 10 * sizes.block)]


def microseconds(clock: Clock, launch: Callable[[], object], times: int) -> list[str]:
    """Of one launch among many: on the device, and on the host."""

    def many() -> None:
        for _ in range(times):
            launch()

    found = attempt(clock.device_and_host, many)
    return [found, ""] if isinstance(found, str) else [f"{1000 * ms / times:.1f}" for ms in found]


class Recorded:
    """A raw kernel whose last launch is kept."""

    def __init__(self, kernel: Any, name: str, launches: dict[str, Callable]):
        self.__dict__.update(kernel=kernel, name=name, launches=launches)

    def __call__(self, *arguments: object, **options: object) -> None:
        self.launches[self.name] = partial(self.kernel, *arguments, **options)
        self.kernel(*arguments, **options)

    def __getattr__(self, name: str) -> object:
        return getattr(self.kernel, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self.kernel, name, value)


@contextmanager
def recorded(xp: Any) -> Iterator[dict[str, Callable]]:
    """Inside, the last launch of each raw kernel, by name, ready to be made again."""
    launches: dict[str, Callable] = {}
    RawModule = xp.RawModule

    def watched(**options: object) -> SimpleNamespace:
        module = RawModule(**options)
        return SimpleNamespace(get_function=lambda n: Recorded(module.get_function(n), n, launches))

    xp.RawModule = watched
    try:
        yield launches
    finally:
        xp.RawModule = RawModule


def time_parts(gpu: Backend, sizes: Sizes) -> Rows:
    """Where the time of a training step goes, with a target at every step."""
    clock = Clock(gpu, sizes)
    for name, (V, H, T, B) in sizes.timed.items():
        made = training_step(gpu, V, H, *batch(V, T, B))
        rng = np.random.default_rng(0)
        dz, h, x = (gpu.to_device(rng.standard_normal((T * B, n)).astype(np.float32)) for n in (4 * H, H, V))
        parts = {
            "forward": made.forward,
            "forward and backward": made.both,
            "of these, the products for dU and dW": lambda dz=dz, h=h, x=x: (dz.T @ h, dz.T @ x),
            "Adam": made.adam,
            "a whole step": made.step,
        }
        attempt(made.step)  # so that there are gradients for Adam
        for part, act in parts.items():
            yield [f"{name} {V} {H} {T} {B}", part, *written(attempt(clock.all, act))]


def time_sweep(gpu: Backend, sizes: Sizes) -> Rows:
    """The LSTM alone over H and B: where one path should take over from another."""
    _, _, T, _ = next(iter(sizes.timed.values()))
    clock = Clock(gpu, sizes)
    for H, B in sizes.swept:
        found: dict[str, object] = {}
        for path in PATHS:
            with forced(path):
                found[path] = attempt(clock.wall, lstm_alone(gpu, 40, H, T, B))
        measured = {path: ms for path, ms in found.items() if isinstance(ms, float)}
        fastest = min(measured, key=measured.get, default="none")
        tokens = gpu.to_device(batch(40, T, B)[0])
        chosen = lstm.choose_path(LSTM(40, H, rng=np.random.default_rng(0), backend=gpu), tokens)
        cells = [f"{ms:.3f}" if isinstance(ms, float) else ms for ms in found.values()]
        yield [str(H), str(B), *cells, fastest, chosen]


def time_numpy(gpu: Backend, sizes: Sizes) -> Rows:
    """A training step of this package on the CPU of the same machine."""
    for name, (V, H, T, B) in sizes.timed.items():
        for targets in ("last", "every"):
            step = training_step(CPU, V, H, *batch(V, T, B, last=targets == "last")).step
            step()
            start = time.perf_counter()
            step()
            yield [f"{name} {V} {H} {T} {B}", targets, f"{1000 * (time.perf_counter() - start):.1f}"]
