"""Which part a song belongs to: training, validation or test."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

PARTS = ("training", "validation", "test")


def part_of(symbols: Iterable[str]) -> str:
    """Training, validation or test (80 : 10 : 10) by a hash of the first 32 symbols.

    Songs that begin alike stay together, and a song is on the same side in every collection.
    """
    opening = " ".join(list(symbols)[:32])
    slot = int.from_bytes(hashlib.sha256(opening.encode()).digest()[:8], "big") % 10
    return PARTS[max(0, slot - 7)]
