"""The ABC reader: pitches, durations, ties, fields, dance tunes, and what it refuses."""

from fractions import Fraction

import pytest

from lstm_from_scratch.corpus.collections.abc_fields import read_rhythm
from lstm_from_scratch.corpus.collections.abc_reader import read_tune


def tune(body, key="C", meter="4/4", unit="1/4", essen=True, **fields):
    head = {"T": "Title", "N": "E0001", "M": meter, "L": unit} | fields | {"K": key}
    text = "".join(f"{name}: {value}\n" for name, value in head.items() if value) + body
    melody, lost = read_tune(text, essen)
    assert not lost
    return melody


def dance(body, **fields):
    return tune(body, essen=False, **fields)


def pitches(body, key="C"):
    return [pitch for pitch, _ in tune(body, key).notes]


@pytest.mark.parametrize(
    ("key", "body", "expected"),
    [
        ("C", "C c c' C, z", [60, 72, 84, 48, None]),
        ("C", "^C _D =E", [61, 61, 64]),
        ("C", "^F F | F", [66, 66, 65]),  # to the barline
        ("C", "^F f F, | f", [66, 78, 54, 77]),  # at any octave
        ("C", "^f F | F f", [78, 66, 65, 77]),
        ("C", "^F\nF | F", [66, 66, 65]),  # over the end of a line
        ("C", "^F\n| F", [66, 65]),
        ("C", "^F =F F ^F", [66, 65, 65, 66]),
        ("C", "^F G", [66, 67]),  # for its own letter only
        ("G", "F =F F | F", [66, 65, 65, 66]),  # back to the signature
        ("F", "B _B =B b | b", [70, 70, 71, 83, 82]),
        ("Bb", "B E A", [70, 63, 69]),
        ("D", "c f g", [73, 78, 79]),
        ("F#", "E F A", [65, 66, 70]),
        ("Dm", "B A", [70, 69]),
        ("Es", "B E A", [70, 63, 68]),
        ("C", "^F- | F F", [66, 65]),  # a tie carries it on, for its own note
        ("C", "^F- | =F", [66, 65]),
    ],
)
def test_pitches(key, body, expected):
    assert pitches(body, key) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("C C2 C12 z3", [(60, 1), (60, 2), (60, 12), (None, 3)]),
        ("C-C D2- | D", [(60, 2), (62, 3)]),
        ("C2\n-C", [(60, 3)]),
        ("C-D", [(60, 1), (62, 1)]),
        ("C-c", [(60, 1), (72, 1)]),
        ("C-zC", [(60, 1), (None, 1), (60, 1)]),
        ("z2-z-C", [(None, 3), (60, 1)]),
        ("C C", [(60, 1), (60, 1)]),
        ("-C", [(60, 1)]),
    ],
)
def test_durations_and_ties(body, expected):
    assert tune(body).notes == tuple(expected)
    halved = tuple((pitch, Fraction(duration, 2)) for pitch, duration in expected)
    assert tune(body, unit="1/8").notes == halved


@pytest.mark.parametrize(
    ("meter", "body", "expected"),
    [
        ("3/4", "C | D3", ((3, 4), 1)),
        ("3/4", " | | D | D3", ((3, 4), 1)),
        ("3/4", "D3 | D", ((3, 4), 0)),
        ("3/4", "D", ((3, 4), 0)),
        ("none", "C | D3", (None, 0)),
        ("FREI4/4", "C | D3", (None, 0)),
        ("2/2]", "C | D3", ((2, 2), 1)),
    ],
)
def test_meter_and_upbeat(meter, body, expected):
    melody = tune(body, meter=meter)
    assert (melody.meter, melody.upbeat) == expected


def test_the_tonic_is_stated_and_the_mode_found():
    assert tune("CDEFGABcGEC", "C").key == (0, "major")
    assert tune("CD_EFG_A=BcG_EC", "C").key == (0, "minor")
    assert tune("CD_EFG_A=BcG_EC", "Eb").key[0] == 3
    assert tune("CDEFGABcGEC", "Dm").key == (2, "minor")  # where it states the mode, that counts


def test_title_and_number():
    melody = tune("C", T=" Xiao n\x81xu  ", N="C0002\nN: a remark")
    assert (melody.title, melody.number) == ("Xiao nüxu", "C0002")


def test_lengths_without_a_note_keep_their_time_and_are_counted():
    melody, lost = read_tune("M: 3/4\nL: 1/4\nK: C\nC2 | 2 C | 3", essen=True)
    assert melody.notes == ((60, 2), (None, 2), (60, 1), (None, 3)) and lost == 2


# --- what dance tunes need ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "durations"),
    [
        ("C/ C// C/4 C3/2 C3/ C4/4", ["1/2", "1/4", "1/4", "3/2", "3/2", 1]),
        ("C>D E<F", ["3/2", "1/2", "1/2", "3/2"]),
        ("C2>D2 E>F2", [3, 1, "3/2", 1]),
        ("C>>D C<<D C>>>D", ["7/4", "1/4", "1/4", "7/4", "15/8", "1/8"]),
        ("(C>)D C> D C>{E}D C>.D C>\"Am\"D", ["3/2", "1/2"] * 5),
        ("C>z D", ["3/2", "1/2", 1]),
        ("C-C>D", ["5/2", "1/2"]),
        ("(3CDE F", ["2/3"] * 3 + [1]),
        ("((3CDE) (3:2:3CDE (3::2CDE", ["2/3"] * 6 + ["2/3", "2/3", 1]),
        ("(3C2D2z2 (3C>DE", ["4/3"] * 3 + [1, "1/3", "2/3"]),
        ("(3{F}E{D}DE", ["2/3"] * 3),
        ("(2CD (4CDEF (5CDEFG", ["3/2"] * 2 + ["3/4"] * 4 + ["2/5"] * 5),
        ("(6CDEFGA (8CDEFGABc", ["1/3"] * 6 + ["3/8"] * 8),
    ],
)  # fmt: skip
def test_lengths_of_dance_tunes(body, durations):
    assert [duration for _, duration in dance(body).notes] == [Fraction(each) for each in durations]


@pytest.mark.parametrize(("meter", "factor"), [("6/8", 3), ("9/8", 3), ("12/8", 3), ("3/4", 2), ("C|", 2)])
def test_how_long_a_tuplet_of_five_is_depends_on_the_meter(meter, factor):
    assert {d for _, d in dance("(5CDEFG", meter=meter, unit="1/8").notes} == {Fraction(factor, 10)}


@pytest.mark.parametrize(
    "body",
    [
        "|: C D :| E F |", "C D :: E F |]", "C |1 D :|2 E || F", "C D |[1 E :|[2 F |]", "[| C D [1 E [2 F |]",
        "C D ||: E F :||", "C {ga}D {b}E F", '"Am"C "^slow"D E "D.C."F', "~C .D vE uF", "HC TD MC Lc",
        "(C D) (E F)", "C D\\\nE F", "C`D``E F", "C D !\nE F", "!Segno!C !mf!D !4!E !D.C.!F",
        "C D % ga ga\nE F", "C D |=20\nE F =\n|", "C D Hx |] E y F", "C D |\nP:A\nE F", "C D\nw: la la\nE F",
        "|:C D|\n:E F:|", "C D\nQ: 1/4=80\nE F\n\nga ga",
    ],
)  # fmt: skip
def test_what_is_left_out_of_dance_tunes(body):
    pitches = [60, 62, 60, 72] if "Lc" in body else [60, 62, 64, 65]
    assert dance(body).notes == tuple((pitch, 1) for pitch in pitches)


@pytest.mark.parametrize(
    ("key", "expected", "f", "c", "b"),
    [
        ("G", (7, "major"), 66, 72, 71),
        ("Am", (9, "minor"), 65, 72, 71),
        ("A Minor", (9, "minor"), 65, 72, 71),
        ("EMin", (4, "minor"), 66, 72, 71),
        ("Ador", (9, "minor"), 66, 72, 71),
        ("A Dorian % Aird has mixolydian", (9, "minor"), 66, 72, 71),
        ("DMix", (2, "major"), 66, 72, 71),
        ("A Mixolydian", (9, "major"), 66, 73, 71),
        ("Glyd", (7, "major"), 66, 73, 71),
        ("Dphr", (2, "minor"), 65, 72, 70),
        ("Bloc", (11, "minor"), 65, 72, 71),
        ("F#m", (6, "minor"), 66, 73, 71),
        ("Bb major", (10, "major"), 65, 72, 70),
    ],
)
def test_modes(key, expected, f, c, b):
    melody = dance("F c B", key=key)
    assert melody.key == expected and [pitch for pitch, _ in melody.notes] == [f, c, b]


def test_double_accidentals():
    assert [pitch for pitch, _ in dance("^^C __B =C").notes] == [62, 69, 60]


def test_fields_in_the_tune_change_key_unit_and_meter():
    melody = dance("F4|\nK:D\nF4|[K:C]F4|[L:1/8]F8|\nM:3/4\nF6|F6|[M:2/4]F4|")
    assert melody.notes == ((65, 4), (66, 4), (65, 4), (65, 4), (65, 3), (65, 3), (65, 2))
    assert melody.meter == (4, 4) and melody.meter_changes == ((16, (3, 4)), (22, (2, 4)))


@pytest.mark.parametrize(
    ("meter", "expected", "unit"),
    [
        ("C", (4, 4), "1/2"),
        ("C|", (2, 2), "1/2"),
        ("3/4", (3, 4), "1/2"),
        ("2/4", (2, 4), "1/4"),
        ("none", None, "1/2"),
    ],
)
def test_meters_and_the_unit_that_they_bring(meter, expected, unit):
    melody = dance("C", meter=meter, unit="")
    assert melody.meter == expected and melody.notes == ((60, Fraction(unit)),)


def test_a_number_is_the_essen_songs_own():
    assert dance("C").number == "" and dance("C").title == "Title"


@pytest.mark.parametrize(
    ("fields", "rhythm"),
    [
        ("R: REEL", "reel"),
        ("R:double jig", "jig"),
        ("R: slipjig ", "slip jig"),
        ("R:slip jig", "slip jig"),
        ("", ""),
    ],
)
def test_rhythm(fields, rhythm):
    assert read_rhythm(f"T:x\n{fields}\nK:C\nC\nR:hornpipe") == rhythm


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"key": "H"}, "K: H is no key"),
        ({"key": ""}, "K:  is no key"),
        ({"unit": "1"}, "L: 1 is no unit"),
        ({"unit": "1/128"}, "L: 1/128 is no unit"),
        ({"meter": "soft"}, "M: soft is no meter"),
        ({"meter": ""}, "M:  is no meter"),
        ({"meter": "3/5"}, "meter 3/5"),
        ({"body": "| |"}, "no notes"),
        ({"body": "C0"}, "more than 0"),
        ({"body": "C/0"}, "more than 0"),
        ({"body": "C//2"}, "length //2"),
        ({"body": "C [CEG] D"}, "'\\[' begins a chord"),
        ({"body": "C & D"}, "'&' is no note"),
        ({"body": "C Z D"}, "'Z' is no note"),
        ({"body": 'C "D'}, "'\"' is no note"),
        ({"body": "C {D"}, "'{' is no note"),
        ({"body": "C\nV: 2\nD"}, "V: 2 begins a voice"),
        ({"body": "C [V:2] D"}, "'\\[' begins a chord"),
        ({"body": "> C D"}, "'>' has no note before it"),
        ({"body": "C\nK: nothing\nD"}, "K: nothing is no key"),
        ({"key": "EM"}, "K: EM is no key"),
        ({"key": "G#lyd"}, "K: G#lyd needs 9 accidentals"),
        ({"body": "C | 2 D", "essen": False}, "a length without a note"),
    ],
)
def test_refused(fields, reason):
    with pytest.raises(ValueError, match=reason):
        tune(**{"body": "C", **fields})
