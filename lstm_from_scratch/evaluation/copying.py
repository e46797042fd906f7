"""Is it copying? The longest run of symbols that a melody shares with the training songs."""

from __future__ import annotations

from collections.abc import Sequence

from ..corpus import Corpus
from ..music.symbols import HOLD


class SpanFinder:
    """Finds the longest run that a melody shares with any of a set of songs.

    Parameters
    ----------
    songs : list of sequence of str
    """

    def __init__(self, songs: Sequence[Sequence[str]]):
        names = sorted({s for song in songs for s in song})
        self._letters = {name: chr(0x100 + i) for i, name in enumerate(names)}  # one character a symbol
        self._text = "\n".join(self._spell(song) for song in songs)

    def _spell(self, symbols: Sequence[str]) -> str:
        return "".join(self._letters.get(s, "\0") for s in symbols)

    def __call__(self, symbols: Sequence[str]) -> tuple[int, int]:
        """(symbols, onsets) of the longest shared run."""
        text = self._spell(symbols)
        longest, where = 0, 0
        for start in range(len(text)):
            while start + longest < len(text) and text[start : start + longest + 1] in self._text:
                longest, where = longest + 1, start
        return longest, sum(s != HOLD for s in symbols[where : where + longest])


def training_spans(corpus: Corpus) -> SpanFinder:
    """A finder of the runs that a melody shares with a corpus's training songs."""
    return SpanFinder([corpus.vocabulary.names(song) for song in corpus.part("training")])
