"""The page to play with: one HTML file that holds the network, its weights and everything that it needs."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .. import __version__
from ..files import write_text
from ..model.model import MelodyModel, model_arrays
from ..music.clock import clock_sizes
from .beginnings import Beginning, known_tunes
from .units import describe_units

HERE = Path(__file__).parent
SCRIPTS = (
    "cells", "pointer", "clock", "network", "notes", "files", "sound", "song", "colours", "roll", "inside",
    "piano", "playing", "learning", "report", "screen", "next", "melody", "look", "play",
)  # fmt: skip
MARK = '<meta name="generator" content="lstm_from_scratch">'
TERMS = (
    "Where this network was trained on songs of the Essen Folksong Collection, in the ABC edition by Seymour "
    "Shlien that the music21 package distributes with the permission of Ewa Dahlig-Turek for non-commercial "
    "use, their terms hold for its weights too: keep this page, and what you make with it, to personal and "
    "non-commercial use."
)


def write_page(path: str | Path, model: MelodyModel, **parts: Any) -> None:
    """Write the page of a model; parameters and errors as `render`.

    Raises
    ------
    ValueError
        At that path stands something that is no page of this program.
    """
    path = Path(path)
    if not may_write(path):
        raise ValueError(f"{path}: this is no page of this program's, and is left alone: give another --out")
    html = render(model, **parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, html)


def may_write(path: Path) -> bool:
    """Whether a page may be written there: there is nothing, or a page of this program's."""
    if not path.exists():
        return True
    return path.is_file() and MARK in path.read_text(encoding="utf-8", errors="replace")[:1000]


def render(
    model: MelodyModel,
    melodies: Sequence[Beginning] = (),
    learning: dict[str, Any] | None = None,
    report: dict[str, Any] | None = None,
    songs: int | None = None,
    training: tuple[int, int] | None = None,
) -> str:
    """The page as one HTML text, which loads nothing from anywhere.

    Parameters
    ----------
    model : MelodyModel
        With its vocabulary; any cell, carrying its state or trained on windows.
    melodies : sequence of Beginning
        What stands first among the beginnings; the page opens with the first of them, else with a tune.
    learning : dict, optional
        Snapshots of the training, from `Snapshots.as_json`.
    report : dict, optional
        What was measured, from `report.as_json`.
    songs : int, optional
        How many songs the model was trained on, for the heading.
    training : (int, int), optional
        The step that training has reached, and that at which it ends, where it still goes on.

    Raises
    ------
    ValueError
        The model has no vocabulary, or a clock that does not say what it shows.
    """
    if model.vocabulary is None:
        raise ValueError("the model has no vocabulary: a page needs to know what its symbols mean")
    if clock_sizes(model.clock_kinds) != model.clock:
        raise ValueError(f"the model has clocks of {model.clock} values and does not say what they show")
    tunes = known_tunes(model)
    data = {
        "version": __version__,
        "songs": songs,
        "training": training,
        "melodies": [asdict(melody) for melody in melodies],
        "model": model_as_json(model),
        "tunes": [asdict(tune) for tune in tunes],
        "units": describe_units(model, tunes),
        "learning": learning,
        "report": report,
        "terms": TERMS,
    }
    return join((HERE / "play.html").read_text(encoding="utf-8"), data)


def join(html: str, data: dict[str, Any]) -> str:
    """Put style, scripts and data into the page, whose policy allows these by checksum and nothing else."""
    style = (HERE / "play.css").read_text(encoding="utf-8")
    scripts = "\n".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    script = f'(() => {{\n"use strict";\n{scripts}\n}})();\n'
    policy = (
        f"default-src 'none'; script-src {_checksum(script)}; style-src {_checksum(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    # Inside a script element only `<` could end it, and JSON may spell that otherwise.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    parts = {"policy": policy, "style": style, "data": text, "script": script}
    return re.sub(
        r"\{\{(\w+)\}\}", lambda match: parts[match[1]], html
    )  # at once: a title may hold {{style}}


def _checksum(text: str) -> str:
    """As a content security policy names an element of this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def model_as_json(model: MelodyModel) -> dict[str, Any]:
    """The configuration, and the weights as float32 in base64, one tensor after the other."""
    arrays = model_arrays(model)
    weights = b"".join(array.astype("<f4").tobytes() for array in arrays.values())
    return {
        "cell": model.cell,
        "units": model.units,
        "window": model.window,
        "clock": list(model.clock),
        "clock_kinds": list(model.clock_kinds),
        "vocabulary": list(model.vocabulary or ()),
        "shapes": {name: list(array.shape) for name, array in arrays.items()},
        "weights": base64.b64encode(weights).decode(),
    }
