"""Behind lesson 16: NumPy with a counter at its door, problems to time, and a melody drawn twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator

from ...music import encode
from ...network import LSTM
from ...network.backend import Backend
from ..show_and_play import tune
from .by_heart import Learnt, by_cells, by_the_package, learn_by_heart

Function = Callable[..., None]  # of xp, p, tokens, h and c


class CountingModule:
    """NumPy under another name. What its arrays are asked to do is counted."""

    launches = new_arrays = 0

    def asarray(self, a: Any) -> Any:
        return np.asarray(a).view(Counted)

    def empty(self, shape: Any, dtype: Any = float) -> Any:
        self.new_arrays += 1
        return self.asarray(np.empty(shape, dtype))

    def empty_like(self, a: Any) -> Any:
        return self.empty(a.shape, a.dtype)

    def __getattr__(self, name: str) -> Any:  # exp, tanh, matmul and all the others are NumPy's own
        return getattr(np, name)


class Counted(np.ndarray):
    """An array whose operations count as launches, and those without `out=` as new arrays."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        counting.launches += 1
        plain = [a.view(np.ndarray) if isinstance(a, Counted) else a for a in inputs]
        if out is not None:
            options["out"] = tuple(a.view(np.ndarray) for a in out)
        result = getattr(ufunc, method)(*plain, **options)
        if out is not None:
            return out[0]
        counting.new_arrays += 1
        return counting.asarray(result)

    def __setitem__(self, key: Any, value: Any) -> None:
        counting.launches += 1
        super().__setitem__(key, value)

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        if isinstance(found, np.ndarray) and not np.may_share_memory(found, self):  # not a view, so a gather
            counting.launches += 1
            counting.new_arrays += 1
        return found


counting = CountingModule()


def problem(V: int, H: int, T: int, B: int, seed: int = 0) -> tuple[LSTM, dict[str, Any], Any, Any, Any]:
    """A layer with non-zero biases, its weights, tokens, and room for the result, in float32."""
    rng = np.random.default_rng(seed)
    layer = LSTM(V, H, rng=rng)
    layer.params["b"][...] = rng.standard_normal((4 * H, 1))
    p = layer.params | {"one_hot": np.eye(V, dtype=np.float32)}
    tokens = rng.integers(V, size=(T, B))
    return layer, p, tokens, np.zeros((T + 1, H, B), np.float32), np.zeros((H, B), np.float32)


def count(function: Function, T: int) -> tuple[int, int]:
    """Launches and new arrays of one forward pass over T steps."""
    _, p, tokens, h, c = problem(V=10, H=3, T=T, B=2)
    p = {name: counting.asarray(a) for name, a in p.items()}
    h, c = counting.asarray(h), counting.asarray(c)
    counting.launches = counting.new_arrays = 0
    function(counting, p, tokens, h, c)
    return counting.launches, counting.new_arrays


def count_package() -> np.ndarray:
    """The same of one step of the package's layer, without what comes before its loop."""

    def total(T: int) -> tuple[int, int]:
        layer = LSTM(
            10, 3, rng=np.random.default_rng(0), backend=Backend("cpu", cast(Any, counting), "counts")
        )
        layer.params = {name: counting.asarray(a) for name, a in layer.params.items()}
        tokens = np.random.default_rng(0).integers(10, size=(T, 2))
        layer.forward(tokens)
        counting.launches = counting.new_arrays = 0
        layer.forward(tokens)
        return counting.launches, counting.new_arrays

    return np.subtract(total(6), total(5))


def learn_for(seconds: float) -> tuple[Learnt, Learnt]:
    """What two networks know of half a tune after that time: by `lstm_cell`, and by the package's layer."""
    symbols = encode(tune("au_clair_de_la_lune"))[:64]
    return learn_by_heart(symbols, by_cells, seconds), learn_by_heart(symbols, by_the_package, seconds)


def table(counts: dict[str, Any], medians: dict[str, dict[str, float]]) -> str:
    """Launches and new arrays of a step, and for each shape the median time and its ratio to the first."""
    lines = ["           launches  new arrays      small: ms  ratio      paper: ms  ratio"]
    for name, (launched, new) in counts.items():
        line = f"{name:9} {launched:9} {new:11}"
        for found in medians.values():
            line += f"{1000 * found[name]:15.2f} {found[name] / found['textbook']:6.2f}"
        lines.append(line)
    return "\n".join(lines)


def time_sizes(sizes: list[int], textbook: Function, side_by_side: Any) -> dict[str, list[float]]:
    """Seconds of a forward pass for each batch size, by the textbook's loop and the package; drawn too."""
    curves: dict[str, list[float]] = {"textbook": [], "package": []}
    for B in sizes:
        layer, p, tokens, h, c = problem(V=40, H=64, T=16, B=B)
        calls = {
            "textbook": partial(textbook, np, p, tokens, h, c),
            "package": partial(layer.forward, tokens),
        }
        for name, found in side_by_side(calls, 15).items():
            curves[name].append(float(np.median(found)))
    draw_sizes(sizes, curves)
    return curves


def draw_sizes(sizes: list[int], curves: dict[str, list[float]]) -> None:
    """The time of a forward pass of 16 steps against the batch size, and the same for each symbol."""
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 4.3))
    B = np.array(sizes)
    for (name, seconds), colour, style in zip(curves.items(), ("#D55E00", "#0072B2"), ("s--", "o-")):
        left.loglog(B, 1e3 * np.array(seconds), style, color=colour, label=name)
        right.loglog(B, 1e6 * np.array(seconds) / (16 * B), style, color=colour, label=name)
    left.loglog(B, 1e3 * curves["package"][-1] * B / B[-1], ":", color="gray", label="proportional to B")
    left.set(ylabel="milliseconds a forward pass", title="T = 16, H = 64")
    right.set(ylabel="microseconds a symbol", title="the same, for each symbol read")
    for axis in (left, right):
        axis.set_xlabel("batch size B (logarithmic)")
        axis.set_xticks(sizes, [str(B) for B in sizes])
        axis.minorticks_off()
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter("{x:g}")
        axis.legend()
    plt.tight_layout()
    plt.show()
