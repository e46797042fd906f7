"""Figures 3 and 4 of the paper, and figures that go beyond it, from the files in `benchmarks/results/`.

The figures of Table I are in `table_one.py`, Figures 1 and 2 in `pipeline.py` and `network.py`.
"""

from __future__ import annotations

from typing import Any

from .. import Result
from .panels import BANDS, copied, dots, heat_map, level, shade_bands
from .style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, axes, below, plain, sheet, svg, ticks_at

GENRES = {"erk": "German", "han": "Chinese", "lotlux": "Lorraine and\nLuxembourg"}
MOMENTS = (1, 3, 10, 30, 60, 180, 600, 1800, 3600, 3 * 3600, 10 * 3600, 30 * 3600)  # seconds


def training_curves(history: list[dict[str, float]], baselines: dict[str, dict[str, float]]) -> str:
    """Loss and onset accuracy against steps, for training and validation, with baselines as lines.

    Parameters
    ----------
    history : list of dict
        As `Run.history`.
    baselines : dict of str to dict
        "nats_per_symbol" and "onset_accuracy" of each, by name.

    Returns
    -------
    str
        SVG.
    """
    figure = sheet(3.4)
    loss, accuracy = figure.subplots(1, 2)
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
    return svg(figure)


def learning_curves(found: Result) -> str:
    """Figures 3 and 4: loss (nats) and accuracy against epochs, in training and validation.

    Parameters
    ----------
    found : dict
        PRESET-COLLECTION.json: "recipe", "rows", "best", and, if there is one, "window_accuracy": the best
        model's accuracy as the paper counts it, beside that of a rule that needs no network.

    Returns
    -------
    str
        SVG.
    """
    figure, panels = axes(2, 4.1)
    windows = found["recipe"]["objective"] == "window"
    names = {"training": "training, delimiters among the targets" if windows else "training"}
    epochs, best = [row["epoch"] for row in found["rows"]], found["best"]
    for axis, measure in zip(panels, ("loss", "accuracy")):
        for part, color, style in (("training", ORANGE, "--"), ("validation", BLUE, "-")):
            values = [row[f"{part}_{measure}"] for row in found["rows"]]
            axis.plot(
                epochs, values, style, color=color, label=names.get(part, part), marker=".", markersize=4
            )
        value = best[f"validation_{measure}"]
        label = f"best epoch, {best['epoch']:g}: {value:.3f}"
        axis.plot(best["epoch"], value, "o", mfc="none", mec=INK, markersize=10, label=label)
        axis.set_xlabel("epoch")
        axis.set_xlim(left=0)
    panels[0].set_ylabel("loss, nats a symbol")
    panels[1].set_ylabel("accuracy")
    if counted := found.get("window_accuracy"):
        _window_accuracy(panels[1], best["epoch"], counted)
    for axis in panels:
        below(axis)
    return svg(figure)


def _window_accuracy(axis: Any, epoch: float, counted: dict[str, float]) -> None:
    """Accuracy over all windows of the validation part, with the delimiters between songs as targets too."""
    network, rule = counted["network"], counted["delimiter or _"]
    axis.plot(
        epoch,
        network,
        "D",
        color=BLUE,
        label=f"validation as the paper counts, delimiters too: {network:.3f}",
    )
    axis.axhline(
        rule, color=GREY, linestyle=":", label=f"there: delimiter after delimiter, else _: {rule:.3f}"
    )


def seconds_to(rows: list[dict[str, float]], loss: float) -> float | None:
    """Seconds to the first validation with no higher a loss; None if there is none."""
    return next((row["seconds"] for row in rows if row["validation_loss"] <= loss), None)


def race(results: dict[str, Result], target: str = "paper") -> str:
    """Validation loss against seconds of training, and when each recipe reaches the best loss of `target`.

    Parameters
    ----------
    results : dict of str to dict
        PRESET-COLLECTION.json of each preset, by its name, all measured on one machine.
    target : str
        The preset whose best validation loss is the line.

    Returns
    -------
    str
        SVG.
    """
    figure, (axis,) = axes(1, 4.2)
    goal = results[target]["best"]["validation_loss"]
    theirs = results[target]["best"]["seconds"]
    axis.axhline(goal, color=GREY, linestyle="--", label=f"best of {target}: {goal:.3f}")
    for (name, found), color, marker in zip(results.items(), (ORANGE, BLUE, GREEN, PURPLE), "sod^"):
        x, y = ([row[key] for row in found["rows"]] for key in ("seconds", "validation_loss"))
        reached = seconds_to(found["rows"], goal)
        words = "does not reach it" if reached is None else f"reaches it after {_time(reached)}"
        if reached is not None and name != target:
            words += f", {reached / theirs:.2g} of the time"
        axis.plot(x, y, color=color, marker=marker, markersize=3.5, label=f"{name}: {words}")
        if reached is not None:
            axis.plot(reached, y[x.index(reached)], marker, color=color, mec=INK, markersize=10)
            axis.axvline(reached, color=color, linestyle=":", zorder=0)
    axis.set_xscale("log")
    left, right = axis.get_xlim()
    moments = [s for s in MOMENTS if left <= s <= right]
    axis.set_xticks(moments, [_time(s) for s in moments])
    axis.minorticks_off()
    axis.set_xlabel("processor time of training and validation")
    axis.set_ylabel("validation loss, nats a symbol")
    below(axis, ncols=3)
    return svg(figure)


def _time(seconds: float) -> str:
    """Seconds in s, min or h, whichever suits."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def temperatures(found: Result) -> str:
    """Overlap, distinct 4-grams and copied spans (in 16ths) against temperature, over the paper's bands.

    Parameters
    ----------
    found : dict
        PRESET-COLLECTION.json: "samples" and "held_out". Points are left out where melodies were too short to
        be compared.

    Returns
    -------
    str
        SVG.
    """
    figure, panels = axes(3, 3.7)
    samples = {float(T): sample for T, sample in found["samples"].items()}
    compared = {T: sample for T, sample in samples.items() if "overlaps" in sample}
    x = list(compared)
    panels[0].plot(x, [s["overlaps"]["mean"][0] for s in compared.values()], "o-", color=BLUE, markersize=4)
    level(panels[0], found["held_out"]["overlaps"]["mean"], "songs beside songs")
    panels[1].plot(x, [s["distinct_4"][0] for s in compared.values()], "o-", color=BLUE, markersize=4)
    level(panels[1], 1, "songs")
    for axis in panels[:2]:
        axis.margins(y=0.12)  # room for the labels of the levels
    copied(panels[2], samples, BLUE, "melodies")
    panels[2].set_ylim(0, 1.3 * panels[2].get_ylim()[1])  # room for the legend
    panels[2].legend(fontsize=9, frameon=False, loc="upper center")
    names = ("overlap with held-out songs", "distinct 4-grams over songs'", "longest copied span, 16ths")
    for axis, name in zip(panels, names):
        axis.set_title(name, fontsize=10)
        ticks_at(axis, samples)
        shades = shade_bands(axis)
    figure.legend(shades, list(BANDS), loc="outside lower center", ncols=3, fontsize=9, frameon=False)
    return svg(figure)


def genre_matrix(found: Result) -> str:
    """Bits an onset of each genre's model on each genre's test songs, beside those of the best n-gram.

    Parameters
    ----------
    found : dict
        genres.json: "trained_and_tested".

    Returns
    -------
    str
        SVG.
    """
    matrix = found["trained_and_tested"]
    figure = sheet(4.1)
    panels = figure.subplots(1, 2, sharey=True)
    rows = {
        kind: [[cell[kind] for cell in row.values()] for row in matrix.values()]
        for kind in ("network", "best n-gram")
    }
    values = [cell["bits_per_onset"] for grid in rows.values() for row in grid for cell in row]
    for axis, (kind, grid) in zip(panels, rows.items()):
        mesh = heat_map(axis, grid, min(values), max(values))
        names = [GENRES.get(genre, genre) for genre in matrix]
        axis.set_xticks(range(len(names)), names)
        axis.set_yticks(range(len(names)), names)
        axis.set_title({"network": "the network"}.get(kind, f"the {kind}"), fontsize=11)
        axis.set_xlabel("tested on")
    panels[0].set_ylabel("trained on")
    figure.colorbar(mesh, ax=panels, label="bits an onset", shrink=0.8, aspect=30, pad=0.02)
    return svg(figure)


def ablations(found: Result) -> str:
    """Bits an onset without the named ingredient: dots with intervals over songs, each seed, the best on top.

    Parameters
    ----------
    found : dict
        ablations.json: "recipes", "keys", "rules". Compare rows only within a group: the last group has other
        test songs. The n-grams are far off, and so stand in the headings.

    Returns
    -------
    str
        SVG.
    """
    recipes, keys, rules = ({**found[name]} for name in ("recipes", "keys", "rules"))
    gram, other = recipes.pop("best n-gram"), keys.pop("best n-gram, not transposed")
    groups = {
        f"recipe ({_gram(gram)})": recipes,
        f"keys ({_gram(gram)}; not transposed: {other['bits_per_onset']:.2f})": {
            "transposed": recipes["all"], **keys,
        },
        "duration rule, on songs that both rules keep whole": rules,
    }  # fmt: skip
    counts = [len(rows) for rows in groups.values()]
    figure = sheet(0.3 * sum(counts) + 2.1)
    panels = figure.subplots(len(groups), 1, sharex=True, height_ratios=[n + 0.5 for n in counts])
    for axis, (title, rows) in zip(panels, groups.items()):
        plain(axis, grid="x")
        axis.set_title(title, loc="left", fontsize=10)
        ordered = sorted(rows.items(), key=lambda item: item[1]["bits_per_onset"])
        dots(axis, [(name, row, GREY if name in ("all", "transposed") else BLUE) for name, row in ordered])
        axis.set_xlabel(axis.get_xlabel() if axis is panels[-1] else "")
    return svg(figure)


def _gram(row: Result) -> str:
    return f"best n-gram, a {row['name']}: {row['bits_per_onset']:.2f}"
