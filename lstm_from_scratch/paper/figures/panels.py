"""Parts of figures: dots with intervals, copied spans, levels, temperature bands, a heat map."""

from __future__ import annotations

from typing import Any

from .. import Result
from .style import GREY, INK, span

# The paper's temperature bands in its own words [P III-B3]: where each ends, and its shade.
BANDS = {
    "structured: T below 0.5": (0.5, "#E8F0F7"),
    "balanced: 0.5 to 0.7": (0.7, "#D3DCE4"),
    "exploring: above 0.7": (None, "#FAF3E3"),
}


def level(axis: Any, y: float, name: str) -> None:
    """A grey line at the level that songs reach, labelled with its name and value."""
    axis.axhline(y, color=GREY, linestyle="--")
    axis.annotate(
        f"{name}: {y:.2g}",
        (1, y),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        va="bottom",
        color=GREY,
        fontsize=9,
    )


def copied(axis: Any, samples: dict[float, Result], color: str, name: str) -> None:
    """Copied spans, median and 10th to 90th percentile, beside those of songs cut to the same lengths."""
    T = list(samples)
    for key, shade, style, label in (
        ("theirs", GREY, "--", "songs of the same length"),
        ("copied", color, "o-", name),
    ):
        low, median, high = zip(*(sample[f"{key}_symbols"] for sample in samples.values()))
        axis.fill_between(T, low, high, color=shade, alpha=0.18, linewidth=0)
        axis.plot(T, median, style, color=shade, label=label, markersize=4)


def dots(axis: Any, rows: list[tuple[str, Result, str]]) -> None:
    """Rows of (name, measures, colour): bits an onset as a dot with its 95 % interval, each seed as a ring.

    The numbers are at the right, and the axis's label says what the marks mean.
    """
    for y, (_, row, color) in enumerate(rows):
        value, (low, high) = row["bits_per_onset"], row["intervals"]["bits_per_onset"]
        axis.plot([low, high], [y, y], color=color, linewidth=2, alpha=0.5, solid_capstyle="butt")
        axis.plot(value, y, "o", color=color)
        seeds = row.get("bits_per_onset_of_seeds", [])
        axis.plot(seeds, [y + 0.28] * len(seeds), "o", mfc="none", mec=color, markersize=4)
        words = f"{value:.2f} ({span(low, high)})"
        axis.text(1.01, y, words, transform=axis.get_yaxis_transform(), va="center", fontsize=9, color=INK)
    axis.set_yticks(range(len(rows)), [name for name, _, _ in rows])
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.set_xlabel(
        "bits an onset, test part: fewer are better (bar: 95 % interval over songs; ring: a seed)"
    )


def heat_map(axis: Any, grid: list[list[Result]], least: float, most: float) -> Any:
    """Bits an onset as numbers on colours, with their intervals below; a model's own genre is bold."""
    values = [[cell["bits_per_onset"] for cell in row] for row in grid]
    places = range(len(grid))
    mesh = axis.pcolormesh(
        places, places, values, cmap="YlGnBu", vmin=least, vmax=most, edgecolor="white", linewidth=2
    )
    for i, j in ((i, j) for i in places for j in places):
        value = values[i][j]
        color = "white" if value > least + 0.55 * (most - least) else INK
        centred = {"ha": "center", "color": color}
        axis.text(j, i, f"{value:.2f}", va="bottom", weight="bold" if i == j else "normal", **centred)
        axis.text(
            j, i + 0.06, span(*grid[i][j]["intervals"]["bits_per_onset"]), va="top", fontsize=8, **centred
        )
    axis.set_ylim(len(grid) - 0.5, -0.5)
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    return mesh


def shade_bands(axis: Any) -> list[Any]:
    """Shade a panel by the paper's temperature bands, and return the shades for a legend."""
    left, right = axis.get_xlim()
    shades, start = [], left
    for end, color in BANDS.values():
        shades.append(axis.axvspan(start, end or right, color=color, zorder=0, linewidth=0))
        start = end
    axis.set_xlim(left, right)
    axis.grid(visible=False)
    return shades
