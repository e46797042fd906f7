"""Table I of the paper as lines for a terminal, from what `compare` returns. [P IV-B]"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median_low

from .figures.style import Found


def in_words(found: Found) -> Iterator[str]:
    """A line a model and a line a cell; of context lengths and of distances recalled the seeds' median."""
    best = found["baseline"]["name"]
    yield (
        "test part   parameters  bits an onset  95 % interval  over "
        f"{best}  context  overlap  distinct-4  copied"
    )
    for name, m in found["models"].items():
        low, high = m["intervals"]["bits_per_onset"]
        sampled = m["samples"]["1.0"]
        # without it, no test song was long enough
        context = m["context"]["symbols"]["effective_length"][0] if "context" in m else "-"
        overlap, distinct = "-", "-"  # melodies too short to be compared
        if "overlaps" in sampled:
            overlap, distinct = f"{sampled['overlaps']['mean'][0]:.2f}", f"{sampled['distinct_4'][0]:.2f}"
        yield (
            f"{name:<10} {m['parameters']:11,} {m['bits_per_onset']:14.2f}  {low:5.2f} to {high:5.2f}"
            f" {m['over_baseline'][0]:12.3f} {context:>8} {overlap:>8} {distinct:>11}"
            f" {sampled['copied_symbols'][1]:7g}"
        )
    yield "The last three are of melodies drawn at T = 1."
    for cell, tasks in found["recall"].items():
        alone, one, two, four = (median_low(distances) for distances in tasks.values())
        yield (
            f"{cell} recalls one item after {one} others, of two each after {two}, of four after {four}; "
            f"one where it learns with no shorter distances, after {alone}"
        )
