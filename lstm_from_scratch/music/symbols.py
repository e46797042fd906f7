"""A melody as symbols, one a 16th: a MIDI number where a note begins, `r` where a rest does, else `_`.

Symbols are the only thing the network ever sees. [P III-A2, III-A3]
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from numbers import Integral
from pathlib import Path
from typing import overload

from ..files import read_regular, write_text
from .melody import Melody, Note

STEPS_A_QUARTER = 4  # a symbol stands for a 16th
REST, HOLD = "r", "_"
DELIMITER = "/"  # stands between songs
PITCHES = {str(pitch): pitch for pitch in range(128)}


def encode(melody: Melody) -> tuple[str, ...]:
    """The symbols of a melody, one for each 16th.

    Parameters
    ----------
    melody : Melody
        Every duration must be a whole number of 16ths.

    Returns
    -------
    tuple of str

    Raises
    ------
    ValueError
        A note off the grid; the message gives its place and duration.
    """
    symbols: list[str] = []
    for place, (pitch, duration) in enumerate(melody.notes, 1):
        steps, rest = divmod(duration.numerator * STEPS_A_QUARTER, duration.denominator)
        if rest:
            raise ValueError(
                f"note {place} lasts {duration} quarters, which is not a whole number of 16ths "
                "(rules.keep_acceptable_events leaves such notes out)"
            )
        symbols.append(REST if pitch is None else str(pitch))
        symbols.extend([HOLD] * (steps - 1))
    return tuple(symbols)


def decode(symbols: str | Iterable[object]) -> Melody:
    """The melody that symbols stand for; `decode(encode(m)).notes == m.notes`.

    Parameters
    ----------
    symbols : iterable of str or int, or str
        A string is split at its blanks.

    Raises
    ------
    ValueError
        Anything but a pitch, `r` or `_`, or a `_` with nothing before it to hold.
    """
    onsets: list[int | None] = []  # pitch or None
    steps: list[int] = []
    for place, symbol in enumerate(symbols.split() if isinstance(symbols, str) else symbols, 1):
        name = str(symbol) if isinstance(symbol, str | Integral) else ""
        if name == HOLD:
            if not steps:
                raise ValueError("a melody cannot begin with '_': there is no note to hold")
            steps[-1] += 1
        elif name == REST or name in PITCHES:
            onsets.append(PITCHES.get(name))
            steps.append(1)
        else:
            raise ValueError(f"symbol {place} is {symbol!r}: want a MIDI number 0 to 127, 'r' or '_'")
    return Melody(tuple(Note(pitch, Fraction(n, STEPS_A_QUARTER)) for pitch, n in zip(onsets, steps)))


class Vocabulary(Sequence[str]):
    """Symbols numbered 0, 1, 2, ... in sorted order, so that equal sets of symbols get equal numbers.

    Parameters
    ----------
    symbols : iterable of str
        Duplicates count once.

    Raises
    ------
    ValueError
        There are no symbols.
    """

    def __init__(self, symbols: Iterable[str]):
        self.symbols = tuple(sorted(set(symbols)))
        if not self.symbols:
            raise ValueError("a vocabulary needs at least one symbol")
        self._ids = {symbol: i for i, symbol in enumerate(self.symbols)}

    def __len__(self) -> int:
        return len(self.symbols)

    @overload
    def __getitem__(self, i: int) -> str: ...
    @overload
    def __getitem__(self, i: slice) -> Sequence[str]: ...
    def __getitem__(self, i: int | slice) -> str | Sequence[str]:
        return self.symbols[i]

    def __iter__(self) -> Iterator[str]:
        return iter(self.symbols)

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._ids

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.symbols == other.symbols

    def __hash__(self) -> int:
        return hash(self.symbols)

    def __repr__(self) -> str:
        return f"Vocabulary({list(self.symbols)})"

    def ids(self, symbols: Iterable[str]) -> list[int]:
        """The integers of symbols.

        Raises
        ------
        ValueError
            A symbol outside the vocabulary; the message names it and its place.
        """
        ids = []
        for place, symbol in enumerate(symbols, 1):
            if symbol not in self._ids:
                raise ValueError(f"symbol {place}, {symbol!r}, is not in the vocabulary of {len(self)}")
            ids.append(self._ids[symbol])
        return ids

    def names(self, ids: Iterable[int]) -> list[str]:
        """The symbols of integers."""
        return [self.symbols[i] for i in ids]

    def save(self, path: str | Path) -> None:
        """Write `{symbol: integer}` as JSON."""
        write_text(path, json.dumps(self._ids, indent=1) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> Vocabulary:
        """Read what `save` wrote.

        Raises
        ------
        ValueError
            The file is not a JSON object whose symbols are numbered 0, 1, 2, ... in sorted order.
        """
        try:
            pairs = json.loads(read_regular(path, 10**8), object_pairs_hook=list)
        except ValueError as error:
            raise ValueError(f"{path}: not JSON ({error})") from None
        return cls.from_pairs(pairs, name=str(path))

    @classmethod
    def from_pairs(cls, pairs: object, name: str = "vocabulary") -> Vocabulary:
        """A vocabulary from (symbol, integer) pairs, checked as in `load`; errors begin with `name`."""
        if not isinstance(pairs, list) or not pairs or not all(isinstance(p, tuple) for p in pairs):
            raise ValueError(f"{name}: want one non-empty object of symbols and integers")
        if len({symbol for symbol, _ in pairs}) != len(pairs):
            raise ValueError(f"{name}: a symbol occurs twice")
        vocabulary = cls(symbol for symbol, _ in pairs)
        for symbol, i in pairs:
            if type(i) is not int or vocabulary._ids[symbol] != i:
                raise ValueError(
                    f"{name}: {symbol!r} has {i!r}, want {vocabulary._ids[symbol]}: symbols are numbered "
                    "0, 1, 2, ... in sorted order, each once"
                )
        return vocabulary
