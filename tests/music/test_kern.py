"""**kern read and written: every construct that is handled or skipped, and the way there and back."""

import re
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lstm_from_scratch.music import KernError, Melody, Note, parse_kern, read_kern, write_kern
from lstm_from_scratch.music.spelling import key_fifths, spelled


def song(*lines):
    return "\n".join(["**kern", *lines, "*-", ""])


def events(*lines):
    return [tuple(note) for note in parse_kern(song(*lines)).notes]


@pytest.mark.parametrize(
    ("token", "pitch", "duration"),
    [
        ("4c", 60, 1),
        ("4cc", 72, 1),
        ("4ccccc", 108, 1),
        ("4C", 48, 1),
        ("4CC", 36, 1),
        ("4BBB", 35, 1),
        ("4b", 71, 1),
        ("4f#", 66, 1),
        ("4f##", 67, 1),
        ("4e-", 63, 1),
        ("4e--", 62, 1),
        ("4fn", 65, 1),
        ("4c-", 59, 1),
        ("1c", 60, 4),
        ("2c", 60, 2),
        ("2.c", 60, 3),
        ("4.c", 60, Fraction(3, 2)),
        ("4..c", 60, Fraction(7, 4)),
        ("8c", 60, Fraction(1, 2)),
        ("16c", 60, Fraction(1, 4)),
        ("64c", 60, Fraction(1, 16)),
        ("0c", 60, 8),
        ("0.c", 60, 12),
        ("00c", 60, 16),
        ("3c", 60, Fraction(4, 3)),
        ("6c", 60, Fraction(2, 3)),
        ("12c", 60, Fraction(1, 3)),
        ("24c", 60, Fraction(1, 6)),
        ("20%3c", 60, Fraction(3, 5)),
        ("4r", None, 1),
        ("1rr", None, 4),
        ("c4", 60, 1),
    ],
)
def test_a_token(token, pitch, duration):
    assert events(token) == [(pitch, duration)]


@pytest.mark.parametrize(
    "mark", "{ } ( ) L J LL JJ K k / \\ ; ' \" ~ ^ ` T t M m W w S O , : X x y yy ? &( z v u".split()
)
def test_what_changes_neither_pitch_nor_time_is_skipped(mark):
    assert events("4e-" + mark, "8f#") == events(mark + "4e-", "8f#") == [(63, 1), (66, Fraction(1, 2))]


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (["[4c", "8c]"], [(60, Fraction(3, 2))]),
        (["4c[", "2c_", "=2", "8c]"], [(60, Fraction(7, 2))]),
        (["[4c", "=2", ".", "! comment", "8ccq", "4c]"], [(60, 2)]),
        (["[4c", "4d]"], [(60, 1), (62, 1)]),  # another pitch
        (["[4c", "4r", "4c]"], [(60, 1), (None, 1), (60, 1)]),  # a rest between
        (["[4c", "4d", "4c]"], [(60, 1), (62, 1), (60, 1)]),
        (["4c", "4c]"], [(60, 1), (60, 1)]),  # nothing was open
        (["[4c", "4c"], [(60, 1), (60, 1)]),  # nothing ends it
        (["[4c", "[4c", "4c]"], [(60, 1), (60, 2)]),
        (["[4c", "4c]", "4c]"], [(60, 2), (60, 1)]),
        (["4c_", "4c_", "4d_", "4d]"], [(60, 2), (62, 2)]),
        (["[4f#", "4g-]"], [(66, 2)]),
        (["4c", "4c"], [(60, 1), (60, 1)]),
        (["[4r", "4r]"], [(None, 2)]),
        (["4r", "8r", "4c", "8r"], [(None, Fraction(3, 2)), (60, 1), (None, Fraction(1, 2))]),
    ],
)
def test_ties_and_rests(tokens, expected):
    assert events(*tokens) == expected


@pytest.mark.parametrize(
    "line", ["8ccq", "qqc", "8qc#L", "4ddQ", ".", "", "   ", "!! all", "! one", "!", "*", "*clefG2"]
)
def test_skipped_lines(line):
    assert events("4c", line, "4d") == [(60, 1), (62, 1)]


@pytest.mark.parametrize(
    "line", ["*ICvox", "*>A", "*tb8", "*MM120", "*met(c)", "*M3+2/8", "*k[f#]", "*a:dor", "*?:", "*Trd1c2"]
)
def test_other_interpretations_mean_nothing(line):
    melody = parse_kern(song(line, "4c"))
    assert (melody.key, melody.meter, melody.notes) == (None, None, (Note(60, Fraction(1)),))


@pytest.mark.parametrize("bar", ["=", "=1", "==", "=12a", "=:|!|:", "=2-", "=;", "=!!", "=|!:"])
def test_barlines_of_any_shape(bar):
    melody = parse_kern(song("*M4/4", "4c", bar, "1d", "=="))
    assert melody.upbeat == 1 and len(melody.notes) == 2


@pytest.mark.parametrize(
    ("lines", "upbeat"),
    [
        (["*M3/4", "4c", "=1", "2.d"], 1),
        (["*M3/4", "=1", "4c", "=2", "2.d"], 1),  # a barline at time 0 does not count
        (["*M3/4", "=", "=1", "8qc", "2.c", "=2"], 0),
        (["*M3/4", "2.c", "=1", "4d", "="], 0),  # a full bar
        (["*M3/4", "1c", "=1", "4d", "="], 0),  # more than one
        (["*M3/4", "4r", "8c", "=1", "2.d"], Fraction(3, 2)),
        (["*M3/4", "[4c", "=1", "2.c]", "=="], 1),  # cut where a tie crosses it
        (["*M6/8", "12c", "=1", "2.d"], Fraction(1, 3)),
        (["*M3/4", "4c"], 0),  # no barline
        (["*M3/4", "4c", "=="], 1),
        (["4c", "=1", "1d"], 0),  # no meter
        (["*MX", "4c", "=1", "1d"], 0),
        (["4c", "=1", "*M4/4", "1d"], 1),
    ],
)
def test_upbeat(lines, upbeat):
    assert parse_kern(song(*lines)).upbeat == upbeat


@pytest.mark.parametrize(
    ("lines", "meter"),
    [
        (["*M3/4"], (3, 4)),
        (["*M12/8"], (12, 8)),
        (["*M4/1"], (4, 1)),
        (["*M3/4", "4c", "*M2/4"], (3, 4)),  # the first counts
        (["*MX"], None),
        (["*MZ"], None),
        (["*MFREI"], None),
        (["*MFREI4/4"], None),
        (["*MX", "4c", "*M2/4"], None),
        ([], None),
    ],
)
def test_meter(lines, meter):
    assert parse_kern(song(*lines, "4c")).meter == meter


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        (["*G:"], (7, "major")),
        (["*g:"], (7, "minor")),
        (["*f#:"], (6, "minor")),
        (["*B-:"], (10, "major")),
        (["*C-:"], (11, "major")),
        (["*G:", "4c", "*d:"], (7, "major")),
        (["*k[f#c#g-]", "*G:"], (7, "major")),  # a wrong signature is nobody's business
        ([], None),
    ],
)
def test_key(lines, key):
    assert parse_kern(song(*lines, "4c")).key == key


def test_records():
    text = (
        "!!!OTL:  Ein  Lied \n!!!SCT: A0001\n!!!OTL@EN: A song\n!!!OTL: second\n"
        + song("4c")
        + "!!!ONB: after\n!!end\n"
    )
    melody = parse_kern(text)
    assert (melody.title, melody.number) == ("Ein Lied", "A0001")
    assert parse_kern(song("4c") + "!!!OTL: at the end: yes").title == "at the end: yes"
    assert (parse_kern(song("4c")).title, parse_kern(song("4c")).number) == ("", "")


def test_other_columns_are_ignored():
    text = "**text\t**kern\t**dynam\n*\t*M3/4\t*\n! x\nwords\t4c\tf\n=1\t=1\t=1\n"
    text += "4 e\t2.d\t.\n.\t.\t.\n*-\t*-\t*-\n"
    melody = parse_kern(text)
    assert melody.notes == ((60, 1), (62, 3)) and melody.meter == (3, 4) and melody.upbeat == 1


@pytest.mark.parametrize(
    "data",
    [
        "!!!OTL: Müller\n**kern\n4c\n*-\n".encode(),
        "!!!OTL: Müller\n**kern\n4c\n*-\n".encode("latin-1"),
        "!!!OTL: Müller\r\n**kern\r\n\r\n4c\r\n*-\r\n".encode("utf-8-sig"),
        "!!!OTL: Müller\r**kern\r4c\r*-".encode(),
        b"\xef\xbb\xbf!!!OTL: M\xc3\xbcller\n!!! \xe4\n**kern\n4c\n*-\n".replace(b"\xc3\xbc", b"\xfc"),
    ],
)
def test_bytes(tmp_path, data):
    path = tmp_path / "song.krn"
    path.write_bytes(data)
    assert read_kern(path) == read_kern(str(path)) == Melody((Note(60, Fraction(1)),), title="Müller")


@pytest.mark.parametrize("separator", "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
def test_only_line_ends_end_lines(separator):
    assert parse_kern(f"!!!OTL: a{separator}*-\n!!!SCT:{separator}1\n" + song("4c")).title == "a *-"


def test_read_kern_names_the_file(tmp_path):
    path = tmp_path / "bad.krn"
    path.write_text("**kern\n4c 4e\n*-\n", encoding="utf-8")
    with pytest.raises(KernError, match=f"^{re.escape(str(path))}:2: chord '4c 4e'"):
        read_kern(path)
    with pytest.raises(FileNotFoundError):
        read_kern(tmp_path / "none.krn")


# --- writing ---------------------------------------------------------------------------------------------


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
    return Melody(
        tuple(Note(*note) for note in notes),
        title=draw(st.text(max_size=20)),
        number=draw(st.text(max_size=8)),
        key=draw(st.none() | st.tuples(st.integers(0, 11), st.sampled_from(["major", "minor"]))),
        meter=meter,
        upbeat=upbeat,
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
@given(melodies())
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
