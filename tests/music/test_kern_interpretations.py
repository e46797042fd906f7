"""What **kern states besides notes: keys, signatures, meters and their changes, upbeats."""

from fractions import Fraction

import pytest

from lstm_from_scratch.music import Note, parse_kern


def song(*lines):
    return "\n".join(["**kern", *lines, "*-", ""])


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
    ("lines", "meter", "upbeat", "changes"),
    [
        (["*M3/4", "2.c", "=", "*M2/4", "2d", "=", "*M3/4", "2.e"], (3, 4), 0, ((3, (2, 4)), (5, (3, 4)))),
        (["*M3/4", "4c", "=", "2.c", "=", "*M2/4", "2d"], (3, 4), 1, ((4, (2, 4)),)),
        (["*M3/4", "4c", "*M2/4", "2d", "=", "2e"], (3, 4), 1, ((1, (2, 4)),)),  # a change begins a bar
        (["*M3/4", "2.c", "=", "*M3/4", "2.d"], (3, 4), 0, ((3, (3, 4)),)),  # stated again
        (["*M3/4", "2.c", "=", "*M2/4", "*M4/4", "1d"], (3, 4), 0, ((3, (4, 4)),)),  # the last of two counts
        (["*M3/4", "*M2/4", "2.c", "=", "2.d"], (3, 4), 0, ()),  # at the start the first
        (["*M3/4", "2.c", "=", "*M2/4"], (3, 4), 0, ()),  # nothing sounds in it
        (["*M3/4", "2.c", "=", "*MX", "2d"], None, 0, ()),  # no bars can be kept from there on
        (["*MX", "2.c", "=", "*M3/4", "2.d"], None, 0, ()),
        (["4c", "=", "*M3/4", "2.d", "=", "*M4/4", "1e"], (3, 4), 1, ((4, (4, 4)),)),
        (["*M2+3/8", "2c", "8c", "=", "*M3/4", "2.d"], None, 0, ()),
    ],
)
def test_meter_changes(lines, meter, upbeat, changes):
    melody = parse_kern(song(*lines))
    assert (melody.meter, melody.upbeat, melody.meter_changes) == (meter, upbeat, changes)


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
