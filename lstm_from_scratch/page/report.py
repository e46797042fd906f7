"""The report of a demo: its melodies, what was measured, and what was done, as data for the page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEASURES = ("nats_per_symbol", "interval", "bits_per_onset", "onset_accuracy", "accuracy")


@dataclass(frozen=True)
class Exhibit:
    """One melody of the report.

    Parameters
    ----------
    temperature : float
    entropy : float
        Nats a symbol.
    length : str
        How long it is, and whether it ended itself.
    span : tuple of int
        Symbols and onsets of the longest run that also stands in a training song.
    files : dict of str to Path
        By suffix, as `score.save` gives them, in the page's folder.
    symbols : list of str
    """

    temperature: float
    entropy: float
    length: str
    span: tuple[int, int]
    files: dict[str, Path]
    symbols: list[str]

    def as_json(self) -> dict[str, Any]:
        """With the score as an SVG in base64, and the names of the files."""
        return {
            "temperature": self.temperature,
            "entropy": self.entropy,
            "length": self.length,
            "span": self.span,
            "files": [path.name for path in self.files.values()],
            "score": _base64(self.files["svg"].read_text(encoding="utf-8")),
            "symbols": self.symbols,
        }


def report_as_json(
    facts: Sequence[tuple[str, str]],
    curves: str,
    measures: dict[str, dict[str, Any]],
    human_span: str,
    exhibits: Sequence[Exhibit],
) -> dict[str, Any]:
    """The report, for `playground.render`.

    Parameters
    ----------
    facts : sequence of (str, str)
        What was done: a name and a value a row.
    curves : str
        SVG of the training curves.
    measures : dict of str to dict
        A row a predictor, the network's own called "network", as `measure` gives it.
    human_span : str
        What songs made by people share with the training songs, in a sentence.
    exhibits : sequence of Exhibit
    """
    return {
        "facts": [list(fact) for fact in facts],
        "curves": _base64(curves),
        "measures": {name: {key: row[key] for key in MEASURES} for name, row in measures.items()},
        "human_span": human_span,
        "melodies": [exhibit.as_json() for exhibit in exhibits],
    }


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode()
