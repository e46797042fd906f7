"""What the lessons show and play: tunes, scores, sound, and the songs to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..corpus import Corpus, prepare
from ..corpus.collections import unpack
from ..files import shipped
from ..music import Melody, read_kern, score
from .check import home

TUNES = shipped("data") / "tunes"


def tune(name: str) -> Melody:
    """One of the project's own tunes, such as "frere_jacques"."""
    return read_kern(TUNES / f"{name}.krn")


def kern(name: str) -> str:
    """The **kern text of one of the project's own tunes."""
    return (TUNES / f"{name}.krn").read_text(encoding="utf-8")


def show(melody: Melody) -> Any:
    """The melody's score, as the last line of a cell."""
    from IPython.display import SVG

    # JupyterLab shows an image, which the text's colour does not reach: black on white, in a dark theme too.
    return SVG(score.to_svg(melody).replace("<svg ", '<svg style="color: black; background: white" ', 1))


def listen(melody: Melody, tempo: float = 120) -> Any:
    """A player for the melody, as the last line of a cell; the tempo is in quarters a minute."""
    from IPython.display import Audio

    return Audio(score.to_wav(melody, tempo))


def songs(collection: str = "erk", rule: str = "event") -> Corpus:
    """A collection of folk songs in three parts, prepared once and then read from where it was kept."""
    folder = home() / "songs" / f"{collection}-{rule}"
    if not (folder / "corpus.npz").is_file():
        prepare(_files(collection), rule)[0].save(folder)
    return Corpus.load(folder)


def melodies(collection: str = "erk") -> list[Melody]:
    """The same songs as they stand in their files: no note left out, each in its own key."""
    return [read_kern(path) for path in _files(collection)]


def _files(collection: str) -> tuple[Path, ...]:
    """The songs of a collection, unpacked beside the student's outcomes."""
    return unpack(collection, home() / "songs" / "kern").files
