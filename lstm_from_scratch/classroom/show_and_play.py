"""What the lessons show and play: tunes, scores, sound, and the songs to learn from."""

from __future__ import annotations

import io
import itertools
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..corpus import Corpus, prepare
from ..corpus.collections import unpack
from ..files import shipped, write_bytes
from ..model import MelodyModel
from ..music import Melody, read_kern, score, sound
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

    # JupyterLab shows it as an image, which does not inherit the text's colour: black on white in any theme.
    svg = score.to_svg(melody).replace("<svg ", '<svg style="color: black; background: white" ', 1)
    return SVG(svg)


def listen(melody: Melody, tempo: float = 120) -> Any:
    """A player for the melody, as the last line of a cell; the tempo is in quarters a minute."""
    from IPython.display import Audio

    return Audio(sound.to_wav(melody, tempo))


def save(what: Any, name: str) -> Any:
    """Keep a melody as MIDI, a figure as PNG, a network as .npz or a text, beside the student's outcomes.

    A file that is already there keeps its name, and the new one gets a number. As the last line of a cell
    it shows a melody's player.
    """
    if isinstance(what, Melody):
        data, suffix, shown = score.to_midi(what), ".mid", listen(what)
    elif isinstance(what, str):
        data, suffix, shown = f"{what}\n".encode(), ".txt", None
    elif isinstance(what, MelodyModel):
        with TemporaryDirectory() as folder:
            what.save(Path(folder) / "model.npz")
            data, suffix, shown = (Path(folder) / "model.npz").read_bytes(), ".npz", None
    else:
        buffer = io.BytesIO()
        what.savefig(buffer, dpi=150)
        data, suffix, shown = buffer.getvalue(), ".png", None  # the cell shows the figure by itself
    for k in itertools.count(1):
        path = home() / f"{name}{f'_{k}' if k > 1 else ''}{suffix}"
        if not path.exists():
            write_bytes(path, data)
        if path.read_bytes() == data:
            print(f"saved: {path.name}")
            return shown


def songs(collection: str = "erk", rule: str = "event") -> Corpus:
    """A collection of folk songs in three parts; it is prepared once, and then read from its folder."""
    folder = home() / "songs" / f"{collection}-{rule}"
    if not (folder / "corpus.npz").is_file():
        prepare(_files(collection), rule)[0].save(folder)
    return Corpus.load(folder)


def melodies(collection: str = "erk") -> list[Melody]:
    """The same songs as their files have them: no note left out, each in its own key."""
    return [read_kern(path) for path in _files(collection)]


def _files(collection: str) -> tuple[Path, ...]:
    """The songs of a collection, unpacked beside the student's outcomes."""
    return unpack(collection, home() / "songs" / "kern").files
