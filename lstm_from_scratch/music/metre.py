"""Metre: time signatures, bars, upbeats, tempo, and the values that a note head can have."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

Meter = tuple[int, int]  # (3, 4) is three quarters in a bar
LONGEST_HEAD = Fraction(16)  # quarter lengths of a longa, the longest note that is written without a tie
TEMPO = 120  # quarters a minute
SLOWEST, FASTEST = 20, 400  # quarters a minute
SOFTER = 0.08  # for every level of the metre that a note's onset misses


class Place(NamedTuple):
    """A point in a bar."""

    since_barline: Fraction  # quarter lengths
    meter: Meter


class Piece(NamedTuple):
    """What one written note head holds: a note, or a part of one that a tie joins to the next."""

    pitch: int | None
    duration: Fraction
    tied: bool  # to the next piece


def check_meter(meter: Meter) -> None:
    """Raise ValueError for a meter that no melody can have."""
    beats, unit = meter
    if beats not in range(1, 100) or unit not in (1, 2, 4, 8, 16, 32, 64):
        raise ValueError(f"meter {beats}/{unit}: want 1 to 99 over 1, 2, 4, 8, 16, 32 or 64")


def check_tempo(tempo: float) -> float:
    """The tempo itself; raise ValueError unless it is 20 to 400 quarters a minute."""
    if not SLOWEST <= tempo <= FASTEST:  # false for NaN too
        raise ValueError(f"tempo {tempo}: want {SLOWEST} to {FASTEST} quarters a minute")
    return tempo


def bar_length(meter: Meter) -> Fraction:
    """Quarter lengths in a bar."""
    return Fraction(4 * meter[0], meter[1])


def beat_levels(meter: Meter) -> tuple[Fraction, ...]:
    """Quarter lengths of the bar, of half a bar where beats pair up, of the beat, and of its two halvings.

    6/8, 9/8 and 12/8 have beats of three 8ths, whose parts are 8ths and 16ths.
    """
    beats, unit = meter
    compound = beats > 3 and beats % 3 == 0
    beat = Fraction(12 if compound else 4, unit)
    parts = (beat / 3, beat / 6) if compound else (beat / 2, beat / 4)
    bar = bar_length(meter)
    half = [bar / 2] if bar / beat % 2 == 0 and bar > 2 * beat else []
    return (bar, *half, beat, *parts) if bar > beat else (bar, *parts)


def strength(since_barline: Fraction, meter: Meter) -> int:
    """How many of the `beat_levels` have a beat at this place: all of them on the downbeat."""
    return sum(since_barline % level == 0 for level in beat_levels(meter))


def loudness(place: Place | None) -> float:
    """Of a note that begins there: 1 on a downbeat or without a meter, less on each lower level."""
    if place is None:
        return 1.0
    return 1 - SOFTER * (len(beat_levels(place.meter)) - strength(*place))


def upbeat_until(first_barline: Fraction | None, meter: Meter | None) -> Fraction:
    """The upbeat of a melody whose first barline after its start stands at `first_barline` quarters.

    It is 0 without such a barline, without a meter, and where a full bar or more comes before the barline.
    """
    if first_barline is None or not meter or first_barline >= bar_length(meter):
        return Fraction(0)
    return first_barline


@lru_cache(maxsize=4096)
def written_ticks(limit: int, quarter: int) -> tuple[Fraction, int]:
    """`written_value` of `limit` ticks, and how many ticks that is, with `quarter` ticks to a quarter."""
    value = written_value(Fraction(limit, quarter))
    return value, int(value * quarter)


def written_value(limit: Fraction) -> Fraction:
    """The longest value of a single note head, plain, dotted or in a triplet, up to `limit` and a longa.

    Anything else, such as a fifth of a quarter, is returned whole: **kern can write its reciprocal.
    """
    limit = min(limit, LONGEST_HEAD)
    odd = limit.denominator
    while odd % 2 == 0:
        odd //= 2
    if odd not in (1, 3):
        return limit
    unit = Fraction(1, limit.denominator)
    power = unit * (1 << (limit.numerator.bit_length() - 1))
    if odd == 3:  # in a triplet, only powers of two of its unit are one head
        return power
    return next(v for v in (power * 7 / 4, power * 3 / 2, power) if v <= limit)
