"""The columns of a **kern text: which is the melody's, and what splits, joins and ends do to the others."""

from __future__ import annotations

from itertools import groupby

from .kern_token import show

_OPERATORS = {"*^", "*v", "*+", "*x", "*-"}
_ONE_VOICE = "a melody has one voice, so keep one of the two and delete the other"


class Columns:
    """The columns that are open, from left to right.

    Parameters
    ----------
    header : list of str
        The line of `**` interpretations, a token for each column.
    spine : int or None
        Which of the **kern columns is the melody's, 1 for the leftmost; None if there is only one.

    Raises
    ------
    ValueError
        There is no such column, or none was chosen of several.
    """

    def __init__(self, header: list[str], spine: int | None):
        kerns = [i for i, token in enumerate(header) if token.strip() == "**kern"]
        if not kerns:
            raise ValueError(f"no **kern column: its first interpretation is {show(header[0])}")
        if spine is None and len(kerns) > 1:
            raise ValueError(
                f"{len(kerns)} **kern columns, where a melody has one: choose one with --spine 1 to "
                f"{len(kerns)}, counted from the left"
            )
        if spine is not None and not 1 <= spine <= len(kerns):
            raise ValueError(
                f"spine {spine}: want 1 to {len(kerns)}, since it has {len(kerns)} **kern columns"
            )
        self._set([i == kerns[(spine or 1) - 1] for i in range(len(header))])

    def _set(self, mine: list[bool]) -> None:
        self._mine = mine  # for each column, whether it is the melody's
        self.count = len(mine)
        self.melody = mine.index(True) if True in mine else None  # its place from 0, None after its end

    def follow(self, tokens: list[str]) -> None:
        """Split, join, exchange, add and end columns as a line of interpretations says.

        Raises
        ------
        ValueError
            The melody's column splits or joins another, or an operator has no partner.
        """
        if not _OPERATORS.intersection(tokens):
            return
        before = self._exchanged(tokens)
        after: list[bool] = []
        for token, group in groupby(zip(tokens, before), key=lambda pair: pair[0]):
            mine = [is_mine for _, is_mine in group]
            if token in ("*^", "*v") and any(mine):
                what = "splits the **kern column" if token == "*^" else "joins the **kern column with another"
                raise ValueError(f"'{token}' {what}: {_ONE_VOICE}")
            if token == "*v":
                if len(mine) == 1:
                    raise ValueError("'*v' has no column beside it to join")
                after.append(False)
            elif token == "*^":
                after += [False] * (2 * len(mine))
            elif token == "*+":
                after += [each for is_mine in mine for each in (is_mine, False)]
            elif token != "*-":
                after += mine
        self._set(after)

    def _exchanged(self, tokens: list[str]) -> list[bool]:
        columns = self._mine.copy()
        if "*x" in tokens:
            if tokens.count("*x") != 2:
                raise ValueError("'*x' exchanges two columns: want it twice in a line")
            i, j = (place for place, token in enumerate(tokens) if token == "*x")
            columns[i], columns[j] = columns[j], columns[i]
        return columns
