"""Melodies to begin with: this project's own tunes, as far as a model knows their symbols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..composing.primer import read_primer
from ..files import shipped
from ..model.model import MelodyModel
from ..music.kern import read_kern
from ..music.metre import Meter

TUNES = shipped("data") / "tunes"


@dataclass(frozen=True)
class Beginning:
    """A melody to begin with.

    Parameters
    ----------
    title : str
    symbols : sequence of str
    meter : (int, int) or None
    upbeat : int
        In 16ths.
    own : int or None
        How many of the symbols are the beginning's, the rest being the network's; None for all.
    """

    title: str
    symbols: Sequence[str]
    meter: Meter | None = (4, 4)
    upbeat: int = 0
    own: int | None = None


def known_tunes(model: MelodyModel) -> list[Beginning]:
    """Those of this project's own tunes whose symbols the model knows, in C major or A minor."""
    tunes = []
    for path in sorted(TUNES.glob("*.krn")):
        try:
            primer = read_primer(str(path))
        except ValueError:  # triplets have no symbols
            continue
        if set(primer.symbols) <= set(model.vocabulary or ()):
            title, upbeat = read_kern(path).title, int(4 * primer.upbeat)
            tunes.append(Beginning(title, primer.symbols, primer.meter, upbeat))
    return tunes
