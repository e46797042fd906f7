"""Melodies of every shape that a writer has to get right, by name."""

from fractions import Fraction

from hypothesis import strategies as st

from lstm_from_scratch.music import Melody, Note
from lstm_from_scratch.music.metre import bar_length


def melody(events, **keywords):
    return Melody(tuple(Note(pitch, Fraction(duration)) for pitch, duration in events), **keywords)


SCALE = [(p, 1) for p in (60, 62, 64, 65, 67, 69, 71, 72)]
MELODIES = {
    "4/4 with ties over barlines": melody(
        [(60, 1), (64, "5/2"), (67, 2), (65, 5), (60, 9), (62, "3/4"), (64, "1/4")],
        title='Tom & "Ann" <3',
        key=(0, "major"),
        meter=(4, 4),
    ),
    "3/4 with an upbeat": melody(
        [(62, 1), (67, 2), (69, 1), (71, "3/2"), (72, "1/2"), (74, 3), (67, 2)],
        title="Ännchen",
        key=(7, "major"),
        meter=(3, 4),
        upbeat=Fraction(1),
    ),
    "6/8, minor with flats": melody(
        [(67, "1/2"), (72, 1), (75, "1/2"), (74, "3/2"), (68, 1), (70, 2), (72, "3/2"), (71, 2), (72, 1)],
        key=(0, "minor"),
        meter=(6, 8),
        upbeat=Fraction(1, 2),
    ),
    "rests first, within and last": melody(
        [(None, 3), (60, 1), (None, 6), (62, "1/2"), (None, "3/2")], key=(2, "minor"), meter=(4, 4)
    ),
    "triplets": melody(
        [(60, "1/3"), (62, "1/3"), (64, "1/3"), (65, "2/3"), (67, "1/3"), (60, 2)], meter=(2, 4)
    ),
    "all upbeat": melody([(60, 1)], meter=(3, 4), upbeat=Fraction(1)),
    "one note without a meter": melody([(60, 1)]),
    "without a meter or key": melody(SCALE * 8 + [(61, "1/2"), (None, "3/4"), (66, "7/2"), (60, 5)]),
    "without a meter, triplets off the beat": melody(
        [(60, "1/2"), *[(p, "1/3") for p in (61, 66, 65)] * 20, (60, "1/2"), (60, "1/4")], key=(8, "major")
    ),
    "long": melody(SCALE * 10, key=(9, "minor"), meter=(4, 4)),
    "changes of meter": melody(
        [(62, 1), (67, 3), (69, 2), (71, 4), (72, "1/2"), (74, "5/2"), (67, "3/2"), (67, "1/2")],
        key=(7, "major"),
        meter=(3, 4),
        upbeat=Fraction(1),
        meter_changes=((Fraction(4), (2, 4)), (Fraction(8), (3, 4)), (Fraction(13), (6, 8))),
    ),
    "sharps": melody([(p, "1/2") for p in range(58, 82)], key=(6, "major"), meter=(4, 4)),
}


@st.composite
def melodies(draw, metered=None):
    """Any melody whose durations are multiples of one fraction of a quarter, with and without a meter."""
    unit = draw(st.sampled_from([1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 12, 16, 20, 24, 48]))
    durations = st.integers(1, 9 * unit).map(lambda n: Fraction(n, unit))
    notes = draw(st.lists(st.tuples(st.none() | st.integers(0, 127), durations), min_size=1, max_size=12))
    key = draw(st.none() | st.tuples(st.integers(0, 11), st.sampled_from(["major", "minor"])))
    meters = st.tuples(st.integers(1, 13), st.sampled_from([2, 4, 8, 16]))
    meter = draw(meters if metered else st.none() if metered is False else st.none() | meters)
    if not meter:
        return melody(notes, key=key)
    whole = sum(duration for _, duration in notes)
    bar = bar_length(meter)
    upbeats = [Fraction(n, 4) for n in range(9) if n < 4 * min(bar, whole)]
    upbeat = draw(st.sampled_from(upbeats))
    onsets = sorted(draw(st.sets(st.integers(1, 20).map(lambda n: (upbeat or bar) + n - 1), max_size=3)))
    changes = tuple((onset, draw(meters)) for onset in onsets if onset < whole)
    return melody(notes, key=key, meter=meter, upbeat=upbeat, meter_changes=changes)
