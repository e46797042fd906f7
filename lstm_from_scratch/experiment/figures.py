"""Figures as SVG text, drawn by matplotlib without a screen."""

from __future__ import annotations

import io
from typing import Any


def training_curves(history: list[dict[str, float]], baselines: dict[str, dict[str, float]]) -> str:
    """Loss and onset accuracy against steps, training and validation, with baselines as lines.

    Parameters
    ----------
    history : list of dict
        As `Run.history`.
    baselines : dict of str to dict
        For each name its "nats_per_symbol" and "onset_accuracy".

    Returns
    -------
    str
        SVG.
    """
    figure, (loss, accuracy) = _axes(2)
    steps = [row["step"] for row in history]
    for axis, measure in ((loss, "loss"), (accuracy, "onset_accuracy")):
        for part in ("training", "validation"):
            axis.plot(steps, [row[f"{part}_{measure}"] for row in history], label=part, marker=".")
        key = "nats_per_symbol" if measure == "loss" else "onset_accuracy"
        for (name, found), style in zip(baselines.items(), ("--", ":", "-.")):
            axis.axhline(found[key], color="gray", linestyle=style, label=name)
        axis.set_xlabel("step")
        axis.grid(alpha=0.3)
    loss.set_ylabel("nats a symbol")
    accuracy.set_ylabel("onset accuracy")
    accuracy.legend()
    return _svg(figure)


def _axes(columns: int) -> tuple[Any, Any]:
    from matplotlib.figure import Figure  # without pyplot there is no global state and no screen

    figure = Figure(figsize=(4.5 * columns, 3.4), layout="constrained")
    return figure, figure.subplots(1, columns)


def _svg(figure: Any) -> str:
    import matplotlib

    buffer = io.StringIO()
    # A fixed salt and no date: the same figure has the same bytes.
    with matplotlib.rc_context({"svg.hashsalt": "lstm_from_scratch"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()
