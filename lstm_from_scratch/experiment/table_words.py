"""Table I of the paper as lines for a terminal, from what `compare` returns. [P IV-B]"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median_low

from .drawing import Found


def in_words(found: Found) -> Iterator[str]:
    """A line a model and a line a cell; of context lengths and of distances recalled the seeds' median."""
    best = found["baseline"]["name"]
    yield (
        "test part   parameters  bits an onset  95 % interval  over "
        f"{best}  context  overlap  distinct-4  copied"
    )
    for name, m in found["models"].items():
        low, high = m["intervals"]["bits_per_onset"]
        lengths, sampled = m.get("effective_length_perplexity"), m["samples"]["1.0"]
        context = median_low(lengths) if lengths else "-"  # no test song is long enough
        overlap, distinct = "-", "-"  # melodies too short to be compared
        if "overlaps" in sampled:
            overlap, distinct = f"{sampled['overlaps']['mean'][0]:.2f}", f"{sampled['distinct_4'][0]:.2f}"
        yield (
            f"{name:<10} {m['parameters']:11,} {m['bits_per_onset']:14.2f}  {low:5.2f} to {high:5.2f}"
            f" {m['over_baseline'][0]:12.3f} {context:>8} {overlap:>8} {distinct:>11}"
            f" {sampled['copied_symbols'][1]:7g}"
        )
    yield "The last three are of melodies drawn at T = 1."
    for cell, distance in found["recall"].items():
        alone, mixed = (median_low(distance[kind]) for kind in ("alone", "mixed"))
        yield (
            f"{cell} recalls an item after {mixed} others; "
            f"where it learns with no shorter ones, after {alone}"
        )
