"""**kern read: every construct that is handled or skipped."""

import re
from fractions import Fraction

import pytest

from lstm_from_scratch.music import KernError, Melody, Note, parse_kern, read_kern
from lstm_from_scratch.music.kern import KernWarning


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
        ("4c#i", 61, 1),
        ("4ggx#", 80, 1),
        ("8eL-", 63, Fraction(1, 2)),
        ("4fLn", 65, 1),
        ("4c@16@#", 61, 1),
        ("(>8gL", 67, Fraction(1, 2)),
        ("8rGG", None, Fraction(1, 2)),
        ("8GGr", None, Fraction(1, 2)),
        ("4rbb-", None, 1),
        ("4r.", None, Fraction(3, 2)),
        ("4c.", 60, Fraction(3, 2)),
        ("[8ee-L..", 75, Fraction(7, 8)),
        ("1000c", 60, Fraction(1, 250)),
        ("1248%257c", 60, Fraction(257, 312)),
    ],
)
def test_a_token(token, pitch, duration):
    assert events(token) == [(pitch, duration)]


@pytest.mark.parametrize(
    "mark",
    "{ } ( ) L J LL JJ K k / \\ ; ' \" ~ ^ ` T t M m W w S O , : X x y yy ? &( z v u"
    " i j l N V Z @ + < > | (> @16@ @@32@@ U".split(),
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
    "line",
    [
        "*ICvox",
        "*>A",
        "*tb8",
        "*MM120",
        "*met(c)",
        "*M3+2/8",
        "*k[f#b-]",
        "*a:foo",
        "*?:",
        "*Trd1c2",
        "*k[x]",
    ],
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
        (["*k[f#c#g-]", "*G:"], (7, "major")),  # a stated tonic makes a wrong signature harmless
        (["*d:dor"], (2, "minor")),
        (["*G:mix"], (7, "major")),
        (["*e:phr"], (4, "minor")),
        (["*F:lyd"], (5, "major")),
        (["*a:aeo"], (9, "minor")),
        (["*C:ion"], (0, "major")),
        (["*b:loc"], (11, "minor")),
        (["*f#:dorian"], (6, "minor")),
        (["*a:foo", "*d:"], (2, "minor")),
        (["*k[b-]", "*a:phr"], (9, "minor")),
        ([], None),
    ],
)
def test_key(lines, key):
    assert parse_kern(song(*lines, "4c")).key == key


SCALE = "4g 4a 4b 4cc 4dd 4ee 4ff# 4gg".split()


@pytest.mark.parametrize(
    ("signature", "notes", "key"),
    [
        ("*k[f#]", SCALE, (7, "major")),
        ("*k[f#]", [*SCALE, "1e", "1B", "1e"], (4, "minor")),
        ("*k[]", SCALE, (0, "major")),  # G major fits best, but the signature excludes it
        ("*k[b-e-a-]", [*SCALE, "1c", "1G", "1c"], (0, "minor")),
        ("*k[f#c#g#d#a#e#b#]", ["4c#"], (1, "major")),
        ("*k[b-e-a-d-g-c-f-]", ["4b", "4d#", "4f#"], (11, "major")),
        ("*k[f#]", ["4r"], (7, "major")),  # nothing to decide by
    ],
)
def test_a_signature_alone_leaves_two_keys(signature, notes, key):
    assert parse_kern(song(signature, *notes)).key == key


def test_the_first_signature_counts():
    assert parse_kern(song("*k[f#]", *SCALE, "*k[]", "1c")).key == (7, "major")


def test_the_song_whose_signature_was_overruled():
    lines = "*k[f#] *M4/4 4d =1 2d 4d 4e =2 2d 4b 4a =3 4d 4d 4f# 4a =4 1g".split()
    assert parse_kern(song(*lines)).key == (7, "major")


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
    "lines",
    [
        ["**kern\t**text", "4c\ta", "*\t*^", "4d\tb\tc", "*\t*v\t*v", "4e\td", "*-\t*-"],
        ["**text\t**kern", "a\t4c", "*^\t*", "b\tc\t4d", "*v\t*v\t*", "d\t4e", "*-\t*-"],
        [
            "**text\t**kern",
            "*^\t*",
            "a\tb\t4c",
            "*^\t*\t*",
            "a\tb\tc\t4d",
            "*v\t*v\t*v\t*",
            "a\t4e",
            "*-\t*-",
        ],
        ["**text\t**kern\t**text", "a\t4c\ta", "*-\t*\t*", "4d\tb", "*\t*-", "4e", "*-"],
        ["**text\t**kern", "a\t4c", ".\t4d", ".\t4e", "*\t*-", "b", "c", "*-"],
        ["**kern\t**text", "4c\ta", "*+\t*", "*\t**dynam\t*", "4d\tf\tb", "*\t*-\t*", "4e\tc", "*-\t*-"],
        ["**kern\t**text", "4c\ta", "*x\t*x", "b\t4d", "*x\t*x", "4e\tc", "*-\t*-"],
        ["**text\t**kern", "a\t4c", "*x\t*x", "4d\tb", "4e\tc", "*-\t*-"],
        ["**kern", "4c", "4d\t", "4e\t\t", "*-"],  # tabs at the end
    ],
)
def test_columns_that_are_not_read_split_join_and_end(lines):
    assert parse_kern("\n".join(lines)).notes == ((60, 1), (62, 1), (64, 1))


PARTS = (
    "**kern\t**text\t**kern\t**kern\n4C\ta\t4c\t4cc\n*\t*\t*^\t*\n4D\tb\t4d\t4e\t4dd\n*-\t*-\t*-\t*-\t*-\n"
)


def test_one_of_several_kern_columns_is_chosen_by_its_number():
    assert parse_kern(PARTS, spine=1).notes == ((48, 1), (50, 1))
    assert parse_kern(PARTS, spine=3).notes == ((72, 1), (74, 1))
    assert parse_kern(song("4c"), spine=1).notes == ((60, 1),)


@pytest.mark.parametrize(
    ("spine", "reason"),
    [
        (None, r"FILE:1: 3 \*\*kern columns.*choose one with --spine 1 to 3"),
        (2, r"FILE:3: '\*\^' splits"),
        (4, "FILE:1: spine 4: want 1 to 3"),
        (0, "spine 0: want 1 to 3"),
    ],
)
def test_a_choice_that_cannot_be(spine, reason):
    with pytest.raises(KernError, match=reason):
        parse_kern(PARTS, "FILE", spine)


@pytest.mark.parametrize("text", ["A tune", "first\nsecond", "Title:\tA tune", "%% 4th tune"])
def test_plain_text_above_kern_is_skipped_with_a_warning(text):
    with pytest.warns(KernWarning, match=r"^FILE:2: plain text above \*\*kern was skipped$") as warned:
        melody = parse_kern("!!!OTL: it\n" + text + "\n" + song("4c"), "FILE")
    assert melody.notes == ((60, 1),) and len(warned) == 1


@pytest.mark.parametrize(
    "data",
    [
        "!!!OTL: Müller\n**kern\n4c\n*-\n".encode(),
        "!!!OTL: Müller\n**kern\n4c\n*-\n".encode("latin-1"),
        "!!!OTL: Müller\r\n**kern\r\n\r\n4c\r\n*-\r\n".encode("utf-8-sig"),
        "!!!OTL: Müller\r**kern\r4c\r*-".encode(),
        "!!!OTL: Müller\n**kern\n4c\n*-\n".encode("utf-16"),
        "\ufeff!!!OTL: Müller\r\n**kern\r\n4c\r\n*-\r\n".encode("utf-16-be"),
        "!!!OTL: Müller\r\n**kern\r\n4c\r\n*-\r\n\x1a".encode(),
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
