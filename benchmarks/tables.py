"""What the pages made from results share: Markdown tables, numbers with intervals, sources."""

from __future__ import annotations

from lstm_from_scratch.paper import Result


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def spread(value: float, bounds: list[float], digits: int = 2) -> str:
    """A number with its interval, or with its least and greatest value."""
    return f"{value:.{digits}f} ({bounds[0]:.{digits}f} to {bounds[1]:.{digits}f})"


def source(found: Result) -> str:
    """Where a section's numbers come from."""
    machine = found["machine"]
    return f"`{found['command']}`, {machine['processor']}, NumPy {machine['numpy']}, {machine['date']}"


def ratio(found: list[float]) -> str:
    """A ratio with its interval."""
    return spread(found[0], found[1:], 3)
