"""From the meters and barlines that a text states to a melody's meter, upbeat and changes of meter."""

from __future__ import annotations

from fractions import Fraction

from .metre import Meter, upbeat_until


class StatedBars:
    """The meters of a text and its first barline, as a reader comes upon them; times in quarter lengths."""

    def __init__(self) -> None:
        self._meters: list[tuple[Fraction, Meter | None]] = []  # with their onsets
        self._first_barline: Fraction | None = None

    @property
    def begun(self) -> bool:
        """Whether the first barline after the start has been met; later ones change nothing."""
        return self._first_barline is not None

    def barline(self, time: Fraction) -> None:
        """A barline; one at the very start has no upbeat before it, and does not count."""
        if time and not self.begun:
            self._first_barline = time

    def meter(self, time: Fraction, meter: Meter | None) -> None:
        """A meter, None for a free one. One that comes later than the first begins a bar."""
        if not self._meters:
            self._meters.append((time, meter))
        elif time > self._meters[-1][0]:
            self._meters.append((time, meter))
            self.barline(time)
        elif time:  # nothing has sounded in the one before
            self._meters[-1] = time, meter

    def until(self, end: Fraction) -> tuple[Meter | None, Fraction, tuple[tuple[Fraction, Meter], ...]]:
        """Meter, upbeat and changes of a melody of this length.

        A melody that is free in places has no meter, since its bars could not be kept.
        """
        meters = [(time, meter) for time, meter in self._meters[1:] if time < end]
        changes = tuple((time, meter) for time, meter in meters if meter)
        first = self._meters[0][1] if self._meters else None
        if first is None or len(changes) < len(meters):
            return None, Fraction(0), ()
        return first, upbeat_until(self._first_barline, first), changes
