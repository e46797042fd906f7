"""Metre: time signatures, bars, upbeats, and the values that a note head can have."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

Meter = tuple[int, int]  # (3, 4) is three quarters in a bar
LONGEST_HEAD = Fraction(16)  # quarter lengths of a longa, the longest note that is written without a tie


class Piece(NamedTuple):
    """What one written note head holds: a note, or a part of one that a tie joins to the next."""

    pitch: int | None
    duration: Fraction
    tied: bool  # to the piece that follows


def check_meter(meter: Meter) -> None:
    """Raise ValueError for a meter that no melody can have."""
    beats, unit = meter
    if not 1 <= beats <= 99 or unit not in (1, 2, 4, 8, 16, 32, 64):
        raise ValueError(f"meter {beats}/{unit}: want 1 to 99 over 1, 2, 4, 8, 16, 32 or 64")


def bar_length(meter: Meter) -> Fraction:
    """Quarter lengths in a bar."""
    return Fraction(4 * meter[0], meter[1])


def upbeat_until(first_barline: Fraction | None, meter: Meter | None) -> Fraction:
    """The upbeat of a melody whose first barline after the start stands at `first_barline` quarters.

    It is 0 where a full bar or more precedes that barline, where there is none, and without a meter.
    """
    if first_barline is None or not meter or first_barline >= bar_length(meter):
        return Fraction(0)
    return first_barline


@lru_cache(maxsize=4096)
def written_ticks(limit: int, quarter: int) -> tuple[Fraction, int]:
    """`written_value` of `limit` ticks, of which a quarter has `quarter`, also in ticks."""
    value = written_value(Fraction(limit, quarter))
    return value, int(value * quarter)


def written_value(limit: Fraction) -> Fraction:
    """The longest value of a single note head, plain, dotted or of a triplet, up to `limit` and a longa.

    Values that are neither binary nor ternary (a fifth of a quarter) stay whole: their reciprocal
    can be written as it is.
    """
    limit = min(limit, LONGEST_HEAD)
    odd = limit.denominator
    while odd % 2 == 0:
        odd //= 2
    if odd not in (1, 3):
        return limit
    unit = Fraction(1, limit.denominator)
    if odd == 3:  # a triplet's own values are powers of two of its unit
        return unit * (1 << (limit.numerator.bit_length() - 1))
    power = unit * (1 << (limit.numerator.bit_length() - 1))
    return next(v for v in (power * 7 / 4, power * 3 / 2, power) if v <= limit)


TEMPO = 120  # quarters a minute
SLOWEST, FASTEST = 20, 400


def check_tempo(tempo: float) -> float:
    if not SLOWEST <= tempo <= FASTEST:  # NaN is neither
        raise ValueError(f"tempo {tempo}: want {SLOWEST} to {FASTEST} quarters a minute")
    return tempo
