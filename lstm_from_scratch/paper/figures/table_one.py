"""Table I of the paper as a figure for each of its columns, drawn from what `compare` returns. [P IV-B]

Each cell has the same colour and marker everywhere. Models with the LSTM's number of units have solid lines,
those with its number of parameters dashed ones.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from ...evaluation.context import CONTEXTS
from .. import Result
from .panels import copied, dots, level
from .style import CELL_STYLES, GREY, INK, axes, empty, plain, powers, sheet, span, svg, ticks_at

MARKED = [i for i, length in enumerate(CONTEXTS) if length.bit_count() == 1]  # 1, 2, 4, ...
SHORT = "no test song is long enough:\nnothing was measured"


def figures(found: Result) -> dict[str, str]:
    """SVG of each figure by its name: sequence_length, quality, diversity."""
    return {draw.__name__: draw(found) for draw in (sequence_length, quality, diversity)}


def sequence_length(found: Result) -> str:
    """Perplexity and the gradient's norm against context length in symbols, and the distances recalled.

    Parameters
    ----------
    found : dict
        What `compare` returns. Where no song was long enough to measure contexts, the panels say so.

    Returns
    -------
    str
        SVG.
    """
    figure = sheet(7.6)
    (symbols, onsets), (gradient, recall) = figure.subplots(2, 2)
    _perplexity(symbols, found["models"], "symbols")
    _perplexity(onsets, found["models"], "onsets")
    _gradient(gradient, found["models"])
    _recall(recall, found["recall"])
    _name_models(figure, found["models"])
    return svg(figure)


def _name_models(figure: Any, models: Result) -> None:
    """One legend for all panels, above them."""
    from matplotlib.lines import Line2D

    lines = [Line2D([], [], **line(models, key)) for key in models]
    names = [title(key) for key in models]
    figure.legend(lines, names, loc="outside upper center", ncols=len(names), fontsize=9, frameon=False)


def _perplexity(axis: Any, models: Result, over: str) -> None:
    """Perplexity against context length, ringed at the effective length; the legend gives its interval."""
    drawn = {key: found["context"][over] for key, found in models.items() if "context" in found}
    if not drawn:
        empty(axis, SHORT)
        return
    plain(axis)
    for key, found in drawn.items():
        style, perplexities = line(models, key), found["perplexity"]
        length, low, high = found["effective_length"]
        axis.plot(CONTEXTS, perplexities, label=f"{length} ({low} to {high})", markevery=MARKED, **style)
        at = perplexities[CONTEXTS.index(length)]
        axis.plot(length, at, "o", mfc="none", mec=style["color"], markersize=11)
    powers(axis, CONTEXTS)
    axis.set_yscale("log")
    _plain_numbers(axis)
    axis.set_xlabel("context, symbols (16ths)")
    axis.set_ylabel("perplexity")
    axis.set_title("all symbols" if over == "symbols" else over, fontsize=11)
    legend = axis.legend(title="effective length (ring), 95 %", fontsize=9, title_fontsize=9, frameon=False)
    legend.set_loc("upper right")


def _plain_numbers(axis: Any) -> None:
    """Label a short logarithmic axis 2, 3, 5 rather than with powers of ten."""
    from matplotlib.ticker import LogLocator, NullLocator

    axis.yaxis.set_major_locator(LogLocator(base=10, subs=(1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)))
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axis.yaxis.set_minor_locator(NullLocator())


def _gradient(axis: Any, models: Result) -> None:
    drawn = {key: found["gradient_norm"] for key, found in models.items() if "gradient_norm" in found}
    if not drawn:
        empty(axis, SHORT)
        return
    plain(axis)
    for key, norms in drawn.items():
        axis.plot(CONTEXTS, norms, markevery=MARKED, **line(models, key))
    powers(axis, CONTEXTS)
    axis.set_yscale("log", nonpositive="mask")  # a gradient may have vanished entirely
    axis.set_xlabel("distance, symbols (16ths)")
    axis.set_ylabel("gradient's norm, nats a unit of state")
    axis.set_title("what the state so far back still does", fontsize=11)


def _recall(axis: Any, recall: Result) -> None:
    """Each seed's longest distance as a marker, their median as a bar, on a scale of 0, 1, 2, 4, ..."""
    plain(axis, grid="x")
    names: list[str] = []
    for cell, found in recall.items():
        color, marker = CELL_STYLES[cell]
        for task, distances in found.items():
            y, middle = len(names), statistics.median_low(distances)
            axis.barh(y, place(middle), color=color, alpha=0.35, height=0.7)
            axis.plot([place(d) for d in distances], [y] * len(distances), marker, color=color, clip_on=False)
            axis.text(place(max(distances)) + 0.35, y, str(middle), va="center", color=INK)
            names.append(f"{cell.upper()}, {task}")
    axis.set_yticks(range(len(names)), names, fontsize=9)
    axis.set_ylim(len(names) - 0.4, -0.6)
    ticks = (0, 1, 4, 16, 64, 256)
    axis.set_xticks([place(d) for d in ticks], [str(d) for d in ticks])
    axis.set_xlim(-0.3, place(256) + 1)
    axis.tick_params(axis="y", length=0)
    axis.set_xlabel("distractors after which it is recalled")
    axis.set_title("recall of marked items", fontsize=11)


def place(distance: int) -> int:
    """The position of a power of two on an axis that also has 0: 0, 1, 2, 3 for 0, 1, 2, 4."""
    return distance.bit_length()


def quality(found: Result) -> str:
    """Bits an onset on the test part with 95 % intervals over songs, each seed, and a counting model.

    Parameters
    ----------
    found : dict
        What `compare` returns.

    Returns
    -------
    str
        SVG.
    """
    models, counted = found["models"], found["baseline"]
    figure, (axis,) = axes(1, 0.42 * len(models) + 1.4)
    plain(axis, grid="x")
    axis.grid(visible=False, axis="y")
    names = {key: f"{title(key)} units\n{model['parameters']:,} parameters" for key, model in models.items()}
    dots(axis, [(names[key], model, line(models, key)["color"]) for key, model in models.items()])
    low, high = counted["intervals"]["bits_per_onset"]
    value = counted["bits_per_onset"]
    axis.axvspan(low, high, color=GREY, alpha=0.15, linewidth=0)
    axis.axvline(value, color=GREY, linestyle="--")
    words = f"{counted['name']}: {value:.2f} ({span(low, high)})"
    axis.text(value, 1.02, words, transform=axis.get_xaxis_transform(), ha="right", color=GREY, fontsize=9)
    return svg(figure)


def diversity(found: Result) -> str:
    """Distinct 4-grams, overlap and copied spans of sampled melodies against temperature.

    Parameters
    ----------
    found : dict
        What `compare` returns. Points are left out where melodies were too short to be compared.

    Returns
    -------
    str
        SVG.
    """
    models = found["models"]
    figure = sheet(7.0)
    upper, lower = figure.subfigures(2, 1)
    overlap, distinct = upper.subplots(1, 2)
    for key, model in models.items():
        samples = {float(T): sample for T, sample in model["samples"].items()}
        compared = {T: sample for T, sample in samples.items() if "overlaps" in sample}
        _ranges(overlap, {T: s["overlaps"]["mean"] for T, s in compared.items()}, line(models, key))
        _ranges(distinct, {T: s["distinct_4"] for T, s in compared.items()}, line(models, key))
    level(overlap, found["held_out"]["overlaps"]["mean"], "songs beside songs")
    level(distinct, 1, "songs")
    overlap.set_title("overlap with held-out songs", fontsize=11)
    distinct.set_title("distinct 4-grams over songs'", fontsize=11)
    for axis in (overlap, distinct):
        plain(axis)
        axis.margins(y=0.12)  # room for the labels of the levels
        ticks_at(axis, samples)
    _name_models(upper, models)
    _copied(lower, models)
    return svg(figure)


def _ranges(axis: Any, ranges: dict[float, Sequence[float]], style: Result) -> None:
    """Means over seeds against T as a line, with bars from the least to the most."""
    if ranges:
        mean, least, most = zip(*ranges.values())
        axis.plot(list(ranges), mean, **style)
        axis.vlines(list(ranges), least, most, color=style["color"], alpha=0.5)


def _copied(figure: Any, models: Result) -> None:
    """A panel for each model with the LSTM's units; the same cell with matched parameters is dashed."""
    whole = [key for key in models if not dashed(models, key)]
    panels = figure.subplots(1, len(whole), sharey=True, squeeze=False)[0]
    for axis, key in zip(panels, whole):
        plain(axis)
        cell = key.split("-")[0]
        samples = {float(T): s for T, s in models[key]["samples"].items()}
        copied(axis, samples, CELL_STYLES[cell][0], title(key))
        for other in models:
            if other.startswith(f"{cell}-") and other != key:
                medians = [s["copied_symbols"][1] for s in models[other]["samples"].values()]
                axis.plot(list(samples), medians, label=title(other), **line(models, other))
        ticks_at(axis, samples)
        axis.legend(fontsize=9, frameon=False, loc="upper center")
    top = panels[0].get_ylim()[1]
    panels[0].set_ylim(0, 1.45 * top)  # room for the legends
    panels[0].set_ylabel("longest copied span, 16ths")
    figure.suptitle("copied spans: median, 10th to 90th percentile", fontsize=11)


def title(key: str) -> str:
    """A model's name in a figure: "LSTM, 256" for "lstm-256"."""
    cell, units = key.split("-")
    return f"{cell.upper()}, {units}"


def dashed(models: Result, key: str) -> bool:
    """Whether a model matches the LSTM's number of parameters rather than its units."""
    units = [other.split("-")[1] for other in models if other.startswith("lstm-")]
    return bool(units) and key.split("-")[1] not in units


def line(models: Result, key: str) -> Result:
    """A model's line: its cell's colour and marker, dashed and hollow if its parameters are matched."""
    color, marker = CELL_STYLES[key.split("-")[0]]
    matched = dashed(models, key)
    return {
        "color": color,
        "marker": marker,
        "markersize": 4,
        "linestyle": "--" if matched else "-",
        "markerfacecolor": "white" if matched else color,
    }
