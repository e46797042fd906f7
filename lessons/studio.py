"""What the lessons show and play: tunes, scores, sound, and the songs to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lstm_from_scratch.experiment.dataset import Corpus, prepare
from lstm_from_scratch.music import Melody, essen, read_kern, score

from .checks import home

TUNES = Path(__file__).parent.parent / "data" / "tunes"


def tune(name: str) -> Melody:
    """One of the project's own tunes, such as "frere_jacques"."""
    return read_kern(TUNES / f"{name}.krn")


def kern(name: str) -> str:
    """The **kern text of one of the project's own tunes."""
    return (TUNES / f"{name}.krn").read_text(encoding="utf-8")


def show(melody: Melody) -> Any:
    """The melody's score, as the last line of a cell."""
    from IPython.display import SVG

    return SVG(score.to_svg(melody))


def listen(melody: Melody, tempo: float = 120) -> Any:
    """A player for the melody, as the last line of a cell; the tempo is in quarters a minute."""
    from IPython.display import Audio

    return Audio(score.to_wav(melody, tempo))


def songs(collection: str = "erk", rule: str = "event") -> Corpus:
    """A collection of folk songs in three parts, prepared once and then read from where it was kept."""
    folder = home() / "songs" / f"{collection}-{rule}"
    if not (folder / "corpus.npz").is_file():
        essen.unpack(collection, home() / "songs" / "kern")
        names = essen.COLLECTIONS[collection]
        files = [f for name in names for f in sorted((home() / "songs" / "kern" / name).glob("*.krn"))]
        prepare(files, rule)[0].save(folder)
    return Corpus.load(folder)
