"""The ABC reader: pitches, durations, ties, fields, and what it refuses."""

from fractions import Fraction

import pytest

from lstm_from_scratch.corpus.collections.abc_reader import read_tune


def tune(body, key="C", meter="4/4", unit="1/4", **fields):
    head = {"T": "Title", "N": "E0001", "M": meter, "L": unit, "K": key, **fields}
    melody, lost = read_tune("".join(f"{name}: {value}\n" for name, value in head.items() if value) + body)
    assert not lost
    return melody


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
    melody, lost = read_tune("M: 3/4\nL: 1/4\nK: C\nC2 | 2 C | 3")
    assert melody.notes == ((60, 2), (None, 2), (60, 1), (None, 3)) and lost == 2


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"key": "H"}, "K: H is no key"),
        ({"key": ""}, "K:  is no key"),
        ({"unit": "1"}, "L: 1 is no unit"),
        ({"unit": ""}, "L:  is no unit"),
        ({"meter": "soft"}, "M: soft is no meter"),
        ({"meter": ""}, "M:  is no meter"),
        ({"meter": "3/5"}, "meter 3/5"),
        ({"body": "C (3DEF"}, "'\\(' is no note"),
        ({"body": "C0"}, "more than 0"),
    ],
)
def test_refused(fields, reason):
    with pytest.raises(ValueError, match=reason):
        tune(**{"body": "C", **fields})
