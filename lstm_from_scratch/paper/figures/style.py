"""What all figures share: no screen, calm colours, and SVG that has the same bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

# Okabe and Ito's colours, which the colour-blind can tell apart, and greys for everything but networks.
BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#9A5B8C"
INK, GREY, PALE = "#222222", "#6B6B6B", "#E9ECEF"
LIGHT, WARM = "#DCEAF4", "#F9DCC4"  # tints of BLUE and ORANGE that text is legible on
CELL_STYLES = {"rnn": (GREEN, "^"), "gru": (ORANGE, "s"), "lstm": (BLUE, "o")}
MATPLOTLIB_SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "lstm_from_scratch",
    "svg.fonttype": "none",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "font.monospace": ["DejaVu Sans Mono", "Menlo", "Consolas"],
}
WIDTH = 9.0  # inches: shown 800 pixels wide, 10 points are 12 pixels
MONO = {"family": "monospace"}


def sheet(height: float, width: float = WIDTH) -> Any:
    """An empty white figure; sizes are in inches."""
    from matplotlib.figure import Figure  # pyplot would bring global state and look for a screen

    return Figure(figsize=(width, height), layout="constrained")


def axes(columns: int, height: float = 3.4, **options: Any) -> tuple[Any, list[Any]]:
    """A figure with one row of axes, all made `plain`."""
    figure = sheet(height)
    found = list(figure.subplots(1, columns, squeeze=False, **options)[0])
    for axis in found:
        plain(axis)
    return figure, found


def plain(axis: Any, grid: str = "both") -> None:
    """Keep only the left and bottom axes, with a pale grid behind what is drawn."""
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["left", "bottom"]].set_color(GREY)
    axis.grid(visible=True, axis=grid, color=PALE, linewidth=0.8)
    axis.set_axisbelow(True)


def empty(axis: Any, why: str) -> None:
    """A panel that has nothing to show, and the reason."""
    axis.axis("off")
    axis.text(0.5, 0.5, why, ha="center", va="center", color=GREY, wrap=True, transform=axis.transAxes)


def powers(axis: Any, values: Sequence[int]) -> None:
    """Make x logarithmic, with a tick at each value that is a power of two."""
    axis.set_xscale("log", base=2)
    shown = [v for v in values if v & (v - 1) == 0]
    axis.set_xticks(shown, [str(v) for v in shown])


def ticks_at(axis: Any, temperatures: Any) -> None:
    """Label x as the temperature, with a tick wherever something was measured."""
    axis.set_xticks(list(temperatures), [f"{T:g}" for T in temperatures])
    axis.set_xlabel("temperature T")


def below(axis: Any, **options: Any) -> None:
    """Put the legend under a panel, where it covers no line."""
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), fontsize=9, frameon=False, **options)


def box(axis: Any, x: float, y: float, width: float, height: float, color: str) -> None:
    """A rectangle with a thin frame, given its lower left corner."""
    from matplotlib.patches import Rectangle

    axis.add_patch(Rectangle((x, y), width, height, facecolor=color, edgecolor=GREY, linewidth=0.6))


def span(low: float, high: float, digits: int = 2) -> str:
    """An interval in words."""
    return f"{low:.{digits}f} to {high:.{digits}f}"


def svg(figure: Any) -> str:
    """The figure as SVG; with a fixed salt and no date, the same figure always has the same bytes.

    Text stays text, which is smaller and can be searched and read aloud. Its space is measured in DejaVu
    Sans; the fonts that replace it elsewhere are no wider. Coordinates are rounded to hundredths of a point,
    where matplotlib writes millionths.
    """
    import matplotlib

    buffer = io.StringIO()
    with matplotlib.rc_context(MATPLOTLIB_SETTINGS):
        figure.savefig(buffer, format="svg", metadata={"Date": None}, facecolor="white")
    tidy = re.sub(r"\n +", "\n", buffer.getvalue())
    return re.sub(r"<[^>]+>", lambda tag: re.sub(r"\d+\.\d{3,}", _rounded, tag[0]), tidy)


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
