"""Behind lesson 11: the curves of a run, and those of broken ones."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

BLUE, ORANGE = "#0072B2", "#D55E00"
Curves = dict[str, np.ndarray]


def draw_run(losses: list[float], looks: list[int], held: list[float], levels: dict[str, float]) -> None:
    """Training loss of each batch and its running mean, held-out loss at the looks, and lines to compare."""
    steps = len(losses)
    means = [float(np.mean(losses[max(0, k - 50) : k + 49] if k > 50 else losses[k - 1])) for k in looks]
    _, axis = plt.subplots(figsize=(9, 4.6))
    for name, level in levels.items():
        axis.axhline(level, color="gray", lw=1)
        axis.text(1.3, level + 0.03, name, va="bottom", color="#444444")
    axis.plot(np.arange(steps) + 1, losses, color=BLUE, lw=0.6, alpha=0.35, label="training, each batch")
    label = "training, mean of 99 batches (from step 60)"
    axis.plot(looks, means, "o-", color=BLUE, ms=4, label=label)
    axis.plot(looks, held, "s-", color=ORANGE, ms=4, label="held out")
    axis.set(xscale="log", xlim=(0.95, steps * 1.06), ylim=(0.5, 4))
    axis.set(xlabel="training step (logarithmic)", ylabel="loss in nats a symbol")
    axis.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    axis.legend(loc="center right")
    plt.tight_layout()
    plt.show()


def draw_broken(runs: dict[str, Curves], healthy: Curves, levels: dict[str, float]) -> None:
    """Four runs beside a healthy one."""
    _, grid = plt.subplots(2, 2, figsize=(10.5, 8), sharex=True, sharey=True)
    for axis, (name, run) in zip(grid.flat, runs.items()):
        for text, level in levels.items():
            axis.axhline(level, color="gray", lw=0.8, ls=":")
            axis.text(515, level + 0.07, text, color="#444444", fontsize=9)
        axis.plot(healthy["step"], healthy["training"], color="silver", lw=2)
        axis.plot(healthy["step"], healthy["held_out"], color="silver", lw=2, ls="--")
        axis.plot(run["step"], run["training"], "o-", color=BLUE, ms=4, label="training")
        axis.plot(run["step"], run["held_out"], "s--", color=ORANGE, ms=4, label="held out")
        axis.set_yscale("symlog", linthresh=4, linscale=3)  # as it is up to 4, logarithmic above
        axis.set_yticks([0, 1, 2, 3, 4, 10, 100], [0, 1, 2, 3, 4, 10, 100])
        axis.set(title=f"run {name}", ylim=(-0.15, 200), xlim=(0, 660))
    for axis in grid[1]:
        axis.set_xlabel("training steps")
    for axis in grid[:, 0]:
        axis.set_ylabel("nats a symbol (above 4: logarithmic)")
    grid[0, 0].legend(loc="upper right")
    plt.tight_layout()
    plt.show()
