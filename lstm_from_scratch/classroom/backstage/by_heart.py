"""Behind lessons 8 and 9: any LSTM program, right or wrong, learns a tune by heart."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...music import Vocabulary
from ...network import LSTM, Adam, Dense, SoftmaxCrossEntropy, clip_by_global_norm
from ...network.cells import lstm_cell, lstm_cell_gradient

# From parameters W, U, b, x, h0, c0 and R to h (T, H, B) and all gradients of L = sum of R h.
Program = Callable[[dict[str, np.ndarray], np.ndarray], dict[str, np.ndarray]]
UNITS, STEPS, RATE = 32, 300, 0.01


@dataclass(frozen=True)
class Learnt:
    """What came of it.

    Parameters
    ----------
    symbols : list of str
        What it plays from the first note, always the likeliest symbol.
    loss : float
        Nats a symbol, at the last step.
    right : float
        The share of the symbols that are those of the tune.
    ms : float
        Milliseconds of one forward and backward pass, the median.
    steps : int
        That it was trained for.
    """

    symbols: list[str]
    loss: float
    right: float
    ms: float
    steps: int


def learn_by_heart(symbols: Sequence[str], program: Program, limit: float = np.inf) -> Learnt:
    """Train the program's LSTM, with a dense layer and the softmax loss, on one tune; then let it play.

    It takes `STEPS` steps or, where there is a limit, as many as it can in so many seconds.
    """
    rng, vocabulary = np.random.default_rng(0), Vocabulary(symbols)
    V, H, ids = len(vocabulary), UNITS, np.array(vocabulary.ids(symbols))
    x = np.eye(V)[ids][:, :, None]
    p = {"W": rng.normal(0, 0.3, (4 * H, V)), "U": rng.normal(0, 0.15, (4 * H, H)), "b": np.zeros((4 * H, 1))}
    p["b"][H : 2 * H] = 1  # the forget bias
    fixed = {"h0": np.zeros((H, 1)), "c0": np.zeros((H, 1))}
    dense, loss = Dense(H, V, rng=rng, dtype=np.float64), SoftmaxCrossEntropy()
    adam = Adam({**p, **{f"dense.{name}": a for name, a in dense.params.items()}}, lr=RATE)
    nothing, seconds = np.zeros((len(ids) - 1, H, 1)), []
    began = time.perf_counter()
    for step in itertools.count():
        if time.perf_counter() - began > limit or (step >= STEPS and not np.isfinite(limit)):
            break
        h = program({**p, **fixed, "x": x[:-1]}, nothing)["h"]
        last = float(loss.forward(dense.forward(h), ids[1:, None]))
        R = dense.backward(loss.backward())
        start = time.perf_counter()
        found = program({**p, **fixed, "x": x[:-1]}, R)
        seconds.append(time.perf_counter() - start)
        grads = {name: found[name] for name in p} | {f"dense.{name}": g for name, g in dense.grads.items()}
        clip_by_global_norm(grads, 1.0)
        adam.step(grads)
    played = [int(ids[0])]
    while len(played) < len(ids):
        so_far = np.eye(V)[played][:, :, None]
        h = program({**p, **fixed, "x": so_far}, np.zeros((len(played), H, 1)))["h"]
        played.append(int(dense.forward(h[-1:])[0, :, 0].argmax()))
    right = float(np.mean(np.array(played) == ids))
    return Learnt(vocabulary.names(np.array(played)), last, right, 1000 * float(np.median(seconds)), step)


def by_cells(p: dict[str, np.ndarray], R: np.ndarray) -> dict[str, np.ndarray]:
    """The program of lesson 8: the cell and its gradient, a step at a time."""
    x, W, U = p["x"], p["W"], p["U"]
    h, c, gates = [p["h0"]], [p["c0"]], []
    for x_t in x:
        h_t, c_t, i_f_o_g = lstm_cell(x_t, h[-1], c[-1], W, U, p["b"])
        h.append(h_t)
        c.append(c_t)
        gates.append(i_f_o_g)
    d = {name: np.zeros_like(p[name]) for name in ("W", "U", "b", "x")}
    dh, dc = np.zeros_like(h[0]), np.zeros_like(c[0])
    for t in reversed(range(1, len(x) + 1)):
        dz, dc = lstm_cell_gradient(R[t - 1] + dh, dc, gates[t - 1], c[t - 1], c[t])
        d["W"] += dz @ x[t - 1].T
        d["U"] += dz @ h[t - 1].T
        d["b"] += dz.sum(axis=1, keepdims=True)
        d["x"][t - 1] = W.T @ dz
        dh = U.T @ dz
    return {"h": np.array(h[1:]), **d, "h0": dh, "c0": dc}


def by_the_package(p: dict[str, np.ndarray], R: np.ndarray) -> dict[str, np.ndarray]:
    """The same by the package's fast layer."""
    layer = LSTM(p["x"].shape[1], p["U"].shape[1], rng=np.random.default_rng(0), dtype=np.float64)
    layer.params = {name: p[name] for name in "WUb"}
    h = layer.forward(p["x"], p["h0"], p["c0"]).copy()
    return {"x": layer.backward(R), "h": h, **layer.grads, "h0": layer.dh0, "c0": layer.dc0}
