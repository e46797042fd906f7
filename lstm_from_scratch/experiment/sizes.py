"""Which models are compared: as many units, and as many parameters."""

from __future__ import annotations


def sizes(symbols: int, units: int = 256) -> list[tuple[str, int]]:
    """The cells compared: all with `units`, then RNN and GRU with the LSTM's number of parameters."""
    wanted = parameters("lstm", units, symbols)
    matched = [(cell, matched_units(cell, symbols, wanted)) for cell in ("rnn", "gru")]
    return [(cell, units) for cell in ("rnn", "gru", "lstm")] + matched


def matched_units(cell: str, symbols: int, wanted: int) -> int:
    """The units with which a model of this cell comes nearest to so many parameters."""
    return min(range(1, 4096), key=lambda units: abs(parameters(cell, units, symbols) - wanted))


def parameters(cell: str, units: int, symbols: int) -> int:
    """Of the whole model: W, U and b of each block, the GRU's bn, and the dense layer."""
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
    recurrent = blocks * units * (symbols + units + 1) + (units if cell == "gru" else 0)
    return recurrent + symbols * (units + 1)
