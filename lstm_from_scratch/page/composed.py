"""The page of a folder of compositions: the network that wrote them, and all of them in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ..composing.primer import Primer, read_primer
from ..files import read_regular
from ..model.model import MelodyModel
from .beginnings import Beginning
from .playground import may_write, write_page

PAGE = "play.html"
LONGEST_SHOWN = 512  # symbols, as many as the page lets the network write
MOST_SHOWN = 100  # melodies
LARGEST_TABLE = 10**9  # bytes


def write_composed_page(folder: Path, model: MelodyModel) -> Path | None:
    """Write `play.html` anew with the melodies of all `compositions*.json` in the folder, the newest first.

    Those with symbols that the model does not know are left out.

    Returns
    -------
    Path or None
        The page; None if a file of that name there is somebody else's.
    """
    page = folder / PAGE
    if not may_write(page):
        return None
    known = set(model.vocabulary or ())
    melodies = [each for each in composed_melodies(folder) if set(each.symbols) <= known]
    write_page(page, model, melodies=melodies[:MOST_SHOWN])
    return page


def composed_melodies(folder: Path) -> Iterator[Beginning]:
    """The melodies of a folder's tables, the newest table first."""
    tables = sorted(
        folder.glob("compositions*.json"), key=lambda path: path.lstat().st_mtime_ns, reverse=True
    )
    for path in tables:
        try:
            table = json.loads(read_regular(path, LARGEST_TABLE))
            primer = _primer(table["primer"])
            for row in table["melodies"]:
                if len(row["symbols"]) <= LONGEST_SHOWN:
                    yield Beginning(
                        row["name"],
                        row["symbols"],
                        primer.meter,
                        int(4 * primer.upbeat),
                        len(primer.symbols),
                    )
        except (
            OSError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
        ):  # a file of another's that has such a name
            continue


def _primer(text: str | None) -> Primer:
    """As it was read when the melodies were drawn, if it can still be read."""
    try:
        return read_primer(text)
    except (OSError, ValueError):
        return Primer([])
