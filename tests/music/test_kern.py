"""**kern read: notes, ties, what is skipped, records, and the bytes of a file."""

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
