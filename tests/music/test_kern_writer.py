"""**kern written: it reads back as the same melody, its barlines stand where they belong."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lstm_from_scratch.music import Melody, Note, parse_kern, write_kern
from lstm_from_scratch.music.spelling import key_fifths, spelled


def song(*lines):
    return "\n".join(["**kern", *lines, "*-", ""])


@st.composite
def melodies(draw):
    durations = st.one_of(
        st.sampled_from(
            [
                Fraction(1, 4),
                Fraction(1, 2),
                Fraction(1),
                Fraction(3, 2),
                Fraction(3),
                Fraction(1, 3),
                Fraction(5),
                Fraction(5, 2),
                Fraction(7, 4),
                Fraction(20),
            ]
        ),
        st.integers(1, 200).map(lambda n: Fraction(n, 48)),
    )
    notes = draw(st.lists(st.tuples(st.none() | st.integers(0, 127), durations), min_size=1, max_size=12))
    meter = draw(st.none() | st.tuples(st.integers(1, 12), st.sampled_from([1, 2, 4, 8, 16])))
    upbeat = Fraction(0)
    if meter:
        whole, total = Fraction(4 * meter[0], meter[1]), sum(d for _, d in notes)
        limit = min(whole - Fraction(1, 48), total)
        upbeat = draw(
            st.sampled_from([Fraction(0), min(whole / 2, limit), limit])
            | st.integers(0, int(limit * 48)).map(lambda n: Fraction(n, 48))
        )
    changes = {}
    if meter:
        meters = st.tuples(st.integers(1, 12), st.sampled_from([2, 4, 8]))
        drawn = draw(st.dictionaries(st.integers(0, 100), meters, max_size=3))
        changes = {(upbeat or whole) + Fraction(n, 8): drawn[n] for n in sorted(drawn)}
    return Melody(
        tuple(Note(*note) for note in notes),
        title=draw(st.text(max_size=20)),
        number=draw(st.text(max_size=8)),
        key=draw(st.none() | st.tuples(st.integers(0, 11), st.sampled_from(["major", "minor"]))),
        meter=meter,
        upbeat=upbeat,
        meter_changes=tuple((onset, meter) for onset, meter in changes.items() if onset < total),
    )


QUARTER = Note(60, Fraction(1))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(melodies())
@example(Melody((QUARTER,), meter=(4, 4)))  # ends inside its first bar
@example(Melody((QUARTER,), meter=(4, 4), upbeat=Fraction(1)))  # is nothing but an upbeat
@example(Melody((QUARTER,), meter=(1, 4)))
@example(Melody((QUARTER, QUARTER), meter=(4, 4), upbeat=Fraction(1)))
@example(Melody((Note(60, Fraction(100)), Note(60, Fraction(2))), meter=(3, 4), upbeat=Fraction(1, 3)))
@example(Melody((QUARTER,), title="\ufeff: a:b *-", number="!!"))
@example(Melody((QUARTER,), title="two\nlines\r\n\x85 and blanks\u2028 "))
@example(Melody((Note(None, Fraction(4)),)))
def test_what_is_written_reads_back(melody):
    assert parse_kern(write_kern(melody)) == melody


@settings(max_examples=200, deadline=None)
@given(st.lists(st.fractions(Fraction(1, 2000), 200, max_denominator=2000), min_size=1, max_size=4))
def test_a_duration_is_written_exactly_or_refused(durations):
    melody = Melody(tuple(Note(60, d) for d in durations), meter=(3, 4))
    try:
        text = write_kern(melody)
    except ValueError as error:
        assert "duration rules" in str(error)
    else:
        assert parse_kern(text) == melody


@settings(max_examples=200, deadline=None)
@given(melodies().map(lambda melody: replace(melody, meter_changes=())))
def test_barlines_stand_where_meter_and_upbeat_say(melody):
    # Not by the reader: split at the barlines and add up.
    bars, bar = [], Fraction(0)
    lines = write_kern(melody).split("\n")
    for line in lines[lines.index("**kern") + 1 : -2]:
        if line.startswith("="):
            bars.append(bar)
            bar = Fraction(0)
        elif not line.startswith("*"):
            bar += parse_kern(song(re.sub(r"[\[\]_]", "", line))).duration
    bars = [b for b in [*bars, bar] if b]
    assert sum(bars) == melody.duration
    if melody.meter is None:
        assert len(bars) == 1
        return
    if melody.upbeat:
        assert bars.pop(0) == melody.upbeat
    assert all(b == melody.bar_length for b in bars[:-1])
    assert not bars or bars[-1] <= melody.bar_length


def test_the_text_itself():
    notes = [
        (67, 1),
        (69, Fraction(3, 4)),
        (70, Fraction(1, 4)),
        (72, 4),
        (None, 1),
        (66, Fraction(5, 2)),
        (50, Fraction(1, 2)),
    ]
    melody = Melody(
        tuple(Note(p, Fraction(d)) for p, d in notes),
        title="A song",
        number="7",
        key=(5, "major"),
        meter=(3, 4),
        upbeat=Fraction(1),
    )
    assert write_kern(melody) == (
        "!!!OTL: A song\n!!!SCT: 7\n**kern\n*k[b-]\n*F:\n*M3/4\n4g\n=1\n8.a\n16b-\n[2cc\n=2\n2cc]\n4r\n"
        "=3\n[2f#\n8f#]\n8D\n==\n*-\n"
    )
    plain = Melody((Note(60, Fraction(20)), Note(84, Fraction(12))))
    assert write_kern(plain) == "**kern\n[00c\n1c]\n0.ccc\n==\n*-\n"
    short = Melody((Note(60, Fraction(1)),), meter=(3, 4))
    assert write_kern(short) == "**kern\n*M3/4\n=1-\n4c\n*-\n"


def test_rests_do_not_tie():
    melody = Melody((Note(None, Fraction(5)), Note(60, Fraction(1))), meter=(2, 4))
    assert not set("[]_") & set(write_kern(melody))


@pytest.mark.parametrize(
    ("key", "fifths", "names"),
    [
        (None, 0, "C C# D E- E F F# G G# A B- B"),
        ((5, "major"), -1, "C C# D E- E F F# G A- A B- B"),
        ((11, "major"), 5, "B# C# D D# E E# F# F## G# A A# B"),
        ((6, "major"), 6, "B# C# C## D# E E# F# F## G# A A# B"),
        ((1, "major"), -5, "C D- D E- F- F G- G A- A B- C-"),
        ((9, "minor"), 0, "C C# D E- E F F# G G# A B- B"),
        ((3, "minor"), 6, "B# C# C## D# E E# F# F## G# A A# B"),
        ((0, "minor"), -3, "C D- D E- E F G- G A- A B- B"),
    ],
)
def test_spelling(key, fifths, names):
    assert key_fifths(key) == fifths
    assert [spelled(pitch, key)[0] for pitch in range(60, 72)] == names.split()
    assert parse_kern(write_kern(Melody(tuple(Note(p, Fraction(1)) for p in range(128)), key=key))).notes[
        127
    ] == (
        127,
        1,
    )


def test_octaves_of_spelled_names():
    assert spelled(70, (5, "major")) == ("B-", 4) and spelled(70, (11, "major")) == ("A#", 4)
    assert spelled(60, (11, "major")) == ("B#", 3) and spelled(71, (1, "major")) == ("C-", 5)


def test_an_empty_melody_is_not_written():
    with pytest.raises(ValueError, match="without notes"):
        write_kern(Melody(()))


@settings(max_examples=25, deadline=None)
@given(melodies())
def test_verovio_opens_what_is_written(melody):
    verovio = pytest.importorskip("verovio")
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    assert toolkit.loadData(write_kern(melody))
    assert toolkit.renderToSVG(1).count('class="note"') or all(pitch is None for pitch, _ in melody.notes)
