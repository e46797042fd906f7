"""What is no melody in **kern is refused, with the line and the reason; nothing hostile does more harm."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_from_scratch.music import KernError, Melody, parse_kern

REFUSED = [
    ("", 1, "no **kern"),
    ("\n\n", 1, "no **kern"),
    ("!! only a comment\n", 1, "no **kern"),
    ("hello\nworld\n", 1, "no **kern"),
    ("!! x\n\n**text\nla\n*-\n", 3, "no **kern"),
    ("*M3/4\n**kern\n4c\n*-\n", 1, "no **kern"),
    ("\x00\x01\x02PK\xff", 1, "no **kern"),
    ("**kern\t**kern\n4c\t4e\n*-\t*-\n", 1, "2 **kern columns"),
    ("**kern\t**text\t**kern\n4c\tx\t4e\n*-\t*-\t*-\n", 1, "2 **kern columns"),
    ("**kern\n*^\n4c\t4e\n*-\t*-\n", 2, "'*^' splits the **kern column: a melody has one voice, so"),
    ("**text\t**kern\n*\t*^\na\t4c\t4e\n*-\t*-\t*-\n", 2, "'*^' splits the **kern column"),
    ("**kern\n4c\n*+\n*-\n", 4, "1 columns, want 2"),
    ("**kern\t**text\n4c\ta\n*v\t*v\n*-\n", 3, "'*v' joins the **kern column with another"),
    ("**kern\t**text\n4c\ta\n*\t*v\n*-\n", 3, "'*v' has no column beside it"),
    ("**kern\t**text\n4c\ta\n*\t*x\n*-\n", 3, "'*x' exchanges two columns"),
    ("**kern\t**text\n*\t*^\n4c\ta\n*-\t*-\t*-\n", 3, "2 columns, want 3"),
    ("**kern\t**text\n4c\ta\n*^\ta\n*-\t*-\n", 3, "interpretations and data"),
    ("**kern **text\n4c a\n*- *-\n", 1, "blanks in '**kern **text': want a tab between columns"),
    ("**kern\t**text\n4c a\n*-\t*-\n", 2, "1 columns, want 2, with a tab between them"),
    ("**kern\n4c\t4d\n*-\n", 2, "2 columns, want 1"),
    ("**kern\t**text\n4c\n*-\t*-\n", 2, "1 columns, want 2"),
    ("**kern\t**text\n4c\ta\n*-\n", 3, "1 columns, want 2"),
    ("**kern\t**text\n4c\ta\n*-\t*\n", 3, "no '*-' at the end of every column"),
    ("**kern\t**text\n*M3/4\ta\n*-\t*-\n", 2, "interpretations and data"),
    ("**kern\t**text\n4c\t\n\ta\n*-\t*-\n", 3, "no duration"),
    ("**kern\n4c 4e\n*-\n", 2, "chord '4c 4e'"),
    ("**kern\n8qc 8qe\n4c\n*-\n", 2, "chord"),
    ("**kern\n4c\n1.5a\n*-\n", 3, "two durations"),
    ("**kern\n4c8\n*-\n", 2, "two durations"),
    ("**kern\n4cd\n*-\n", 2, "two pitches"),
    ("**kern\n4cC\n*-\n", 2, "two pitches"),
    ("**kern\n4c#c\n*-\n", 2, "two pitches"),
    ("**kern\n4rcC\n*-\n", 2, "two pitches"),
    ("**kern\n4c#LJ#\n*-\n", 2, "two accidentals"),
    ("**kern\n4f#n\n*-\n", 2, "two accidentals"),
    ("**kern\n4r#\n*-\n", 2, "'#' before the pitch in '4r#'"),
    ("**kern\n4c.8\n*-\n", 2, "two durations"),
    ("**kern\n4@8c\n*-\n", 2, "two durations"),
    ("**kern\nr.\n*-\n", 2, "'.' before the duration"),
    ("**kern\nc\n*-\n", 2, "no duration in 'c'"),
    ("**kern\nr\n*-\n", 2, "no duration"),
    ("**kern\n4\n*-\n", 2, "no pitch in '4'"),
    ("**kern\n4;\n*-\n", 2, "no pitch"),
    ("**kern\n4c!\n*-\n", 2, "unknown character '!'"),
    ("**kern\n4é\n*-\n", 2, "unknown character '\\xe9'"),
    ("**kern\n4c###\n*-\n", 2, "accidental '###'"),
    ("**kern\n4#c\n*-\n", 2, "'#' before the pitch in '4#c'"),
    ("**kern\n4c\x00\n*-\n", 2, "unknown character '\\x00'"),
    ("**kern\n٤c\n*-\n", 2, "unknown character"),  # an Arabic 4, which int() would take
    ("**kern\n4c\u2028*-\n", 2, "unknown character"),
    ("**kern\n4h\n*-\n", 2, "no pitch"),
    ("**kern\n4c" + "L" * 63 + "\n*-\n", 2, "65 characters, want at most 64"),
    ("**kern\n4c\n*-\n4d\n", 4, "after '*-'"),
    ("**kern\n4c\n*-\n**kern\n4d\n*-\n", 4, "after '*-'"),
    ("**kern\n4c\n**kern\n4d\n*-\n", 3, "in the middle"),
    ("**kern\n4c\n", 2, "no '*-'"),
    ("**kern\n*-\n", 2, "no notes"),
    ("**kern\n*M3/4\n=1\n.\n8qc\n==\n*-\n", 7, "no notes"),
    ("**kern\n4ccccccc\n*-\n", 2, "MIDI number 132"),
    ("**kern\n4CCCCCC\n*-\n", 2, "MIDI number -12"),
    ("**kern\n4CCCCC-\n*-\n", 2, "MIDI number -1,"),
    ("**kern\n0000c\n*-\n", 2, "'0000' is not a duration"),
    ("**kern\n04c\n*-\n", 2, "not a duration"),
    ("**kern\n1000000c\n*-\n", 2, "not a duration"),
    ("**kern\n4%0c\n*-\n", 2, "not a duration"),
    ("**kern\n4%c\n*-\n", 2, "not a duration"),
    ("**kern\n0%3c\n*-\n", 2, "not a duration"),
    ("**kern\n4....c\n*-\n", 2, "not a duration"),
    ("**kern\n.c\n*-\n", 2, "'.' before the duration"),
    ("**kern\n1%17c\n*-\n", 2, "68 quarters, want at most 64"),
    ("**kern\n1%999999999999c\n*-\n", 2, "not a duration"),
    ("**kern\n997c\n991c\n*-\n", 3, "multiples of 1/988027 of a quarter"),
    ("**kern\n4002c\n*M3/64\n4d\n4006c\n*-\n", 5, "multiples of"),
    ("*\0*\0k\0e\0r\0n\0\n", 1, "save it as UTF-8"),
    ("4c\n**kern\n4d\n*-\n", 1, "'4c' stands above it"),
    ("=1\n**kern\n4d\n*-\n", 1, "'=1' stands above it"),
    ("a title\n4c\t4d\n**kern\n4d\n*-\n", 2, "stands above it"),
    ("**kern\n*M0/4\n4c\n*-\n", 2, "meter 0/4"),
    ("**kern\n*M3/0\n4c\n*-\n", 2, "meter 3/0"),
    ("**kern\n*M3/5\n4c\n*-\n", 2, "meter 3/5"),
    ("**kern\n4c\n*M100/4\n*-\n", 3, "meter 100/4"),
    ("**kern\n*M3/128\n4c\n*-\n", 2, "meter 3/128"),
    ("**kern\n*M" + "9" * 5000 + "/4\n4c\n*-\n", 2, "meter"),
]


@pytest.mark.parametrize(
    ("text", "line", "reason"), REFUSED, ids=[ascii(text)[:40] for text, _, _ in REFUSED]
)
def test_refused(text, line, reason):
    with pytest.raises(KernError) as refusal:
        parse_kern(text, "FILE")
    message = str(refusal.value)
    assert message.startswith(f"FILE:{line}: ") and reason in message
    assert "\n" not in message and len(message) < 250 and message.isascii()


def test_crlf_and_cr_count_as_one_line_each():
    for end in ("\n", "\r\n", "\r"):
        with pytest.raises(KernError, match=r"^<text>:3:"):
            parse_kern(end.join(["**kern", "4c", "4x", "*-"]))


def test_a_kern_error_is_a_value_error():
    assert issubclass(KernError, ValueError)


LONG = 300_000


@pytest.mark.parametrize(
    "token",
    [
        "0" * LONG + "c",
        "4" + "." * LONG + "c",
        "4" + "c" * LONG,
        "1%" + "9" * LONG + "c",
        "4c" + "#" * LONG,
        "[" * LONG,
    ]
    + ["4c" + " " * LONG + "4", "*M" + "9" * LONG + "/4", "4" + "cd" * LONG, "1.1" * LONG, "!" + "4c" * LONG],
    ids=lambda token: token[:6],
)
def test_long_tokens_are_refused_at_once(token):
    start = time.perf_counter()
    with pytest.raises(KernError) as refusal:
        parse_kern(f"**kern\n{token}\n", "FILE")
    assert len(str(refusal.value)) < 250
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    "lines",
    [["[4c"] + ["4c_"] * 100_000, [f"{(1, 3, 5, 7, 9, 64)[i % 6]}%{1 + i % 13}c_" for i in range(20_000)]],
    ids=["one tie", "many denominators"],
)
def test_long_songs_take_linear_time(lines):
    start = time.perf_counter()
    try:
        assert parse_kern("\n".join(["**kern", "*M2/4", *lines, "=1", "4d", "*-"])).notes[-1].pitch == 62
    except KernError as error:
        pytest.fail(str(error))
    assert time.perf_counter() - start < 10


PIECES = st.sampled_from(
    "**kern **text *- *^ *v *M3/4 *M1/1 *G: *k[f#] = =1 == ."
    " 4c 8.dd# [2c 2c] 4r 4 c r q 1.5 % 0 00 { } ( ) ! !! !!!OTL: \t \n"
    " 4c\t4d \r ٤ \x00 \x85 \u2028 - # n * _ 20%3 L X é".split(" ")
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES | st.just("\n"), max_size=30).map("".join) | st.text(max_size=60))
def test_any_text_is_a_melody_or_a_kern_error(text):
    for candidate in (text, f"**kern\n{text}\n*-", f"**kern\n4c\n{text}\n4d\n*-"):
        try:
            assert isinstance(parse_kern(candidate), Melody)
        except KernError as error:
            assert str(error).startswith("<text>:")
