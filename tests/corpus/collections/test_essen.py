"""The songs inside music21: their ABC, what unpacking makes of them, and what music21 says of the result."""

import re
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from lstm_from_scratch.corpus.collections import essen as essen_module
from lstm_from_scratch.corpus.collections.abc_reader import read_tune
from lstm_from_scratch.corpus.collections.essen import COLLECTIONS, unpack
from lstm_from_scratch.music import Melody, read_kern


def tune(body, key="C", meter="4/4", unit="1/4", **fields):
    head = {"T": "Title", "N": "E0001", "M": meter, "L": unit, "K": key, **fields}
    melody, lost = read_tune("".join(f"{name}: {value}\n" for name, value in head.items() if value) + body)
    assert not lost
    return melody


def pitches(body, key="C"):
    return [pitch for pitch, _ in tune(body, key).notes]


# --- the small ABC reader ----------------------------------------------------------------------------------


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


# --- the collections ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    return unpack("all", tmp_path_factory.mktemp("essen"))


def test_every_song_but_two_is_read_and_those_are_named(everything):
    assert everything.songs == len(list(everything.folder.glob("*/*.krn"))) == 8512
    assert everything.refused == ("han2.abc X:374: K: H is no key", "han2.abc X:445: K: H is no key")
    assert [text.split(":")[0] + text.split(":")[1] for text in everything.doubtful] == [
        "erk20.abc X237",
        "dva0.abc X27",
        "folkHaydn.abc X13",
        "lot.abc X107",
    ]


def test_the_terms_come_with_the_songs(everything):
    notice = (everything.folder / "NOTICE.txt").read_text(encoding="utf-8")
    for words in ("unclear", "Dahlig-Turek", "Schaffrath", "Shlien", "non-commercial", "Never commit"):
        assert words in notice


@pytest.mark.parametrize(
    ("name", "count"),
    [("erk", 1781), ("han", 1222), ("lotlux", 1118), ("irl", 62), ("test", 52), ("haydn", 50)],
)
def test_sizes(everything, name, count):
    assert sum(len(list((everything.folder / file).glob("*.krn"))) for file in COLLECTIONS[name]) == count


def test_collections():
    assert len(COLLECTIONS["all"]) == len(set(COLLECTIONS["all"])) == 31
    others = {"folkHaydn", "han1", "han2", "irl", "lot", "lux"}
    assert set(COLLECTIONS["deutschl"]) == set(COLLECTIONS["all"]) - others
    assert COLLECTIONS["erk"] == ("erk5", "erk10", "erk20", "erk30")
    folder = essen_module._abc_folder()
    assert {path.stem for path in folder.glob("*.abc")} == set(COLLECTIONS["all"])


def test_unpacking_again_mends_what_was_interrupted(tmp_path):
    first = unpack("irl", tmp_path / "deep" / "er")
    contents = {path: path.read_bytes() for path in first.folder.glob("irl/*.krn")}
    one, other, *_ = contents
    one.unlink()
    other.write_bytes(b"half")
    assert unpack("irl", str(first.folder)) == first
    assert {path: path.read_bytes() for path in first.folder.glob("irl/*.krn")} == contents


def test_an_unknown_collection_lists_the_known(tmp_path):
    with pytest.raises(
        ValueError, match=r"no collection 'erk5': there are all, altdeu, ballad.*deutschl.*erk.*zuccal"
    ):
        unpack("erk5", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_music21_without_the_songs(tmp_path, monkeypatch):
    monkeypatch.setattr(essen_module, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r"music21.*not installed"):
        unpack("erk", tmp_path / "new")
    other = type("Spec", (), {"submodule_search_locations": [str(tmp_path)]})
    monkeypatch.setattr(essen_module, "find_spec", lambda name: other)
    with pytest.raises(FileNotFoundError, match=r"erk5\.abc: the installed music21"):
        unpack("erk", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_music21_is_not_imported():
    import subprocess

    code = "import sys, lstm_from_scratch.corpus.collections.essen as e; "
    code += "e._abc('irl'); sys.exit('music21' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2]).returncode == 0


# --- the kern reader and music21, on the same songs --------------------------------------------------------


def as_music21_reads(path: Path):
    """Notes with ties and rests merged, key, meter and upbeat, as music21 reads a **kern file."""
    from music21 import converter, key, meter, note, stream

    score = converter.parse(path.read_text(encoding="utf-8"), format="humdrum")
    events = []
    for element in score.flatten().notesAndRests:
        pitch = element.pitch.midi if isinstance(element, note.Note) else None
        tied = element.tie is not None and element.tie.type in ("stop", "continue")
        duration = Fraction(element.quarterLength)
        if events and events[-1][0] == pitch and (tied or pitch is None):
            duration += events.pop()[1]
        events.append((pitch, duration))
    keys, meters = score[key.Key], score[meter.TimeSignature]
    bars = [measure.highestTime for measure in score[stream.Measure] if measure.highestTime]
    known_key = (keys.first().tonic.pitchClass, keys.first().mode) if keys else None
    known_meter = (meters.first().numerator, meters.first().denominator) if meters else None
    return events, known_key, known_meter, bars[0]


def test_the_reader_agrees_with_music21(everything):
    paths = sorted(everything.folder.glob("*/*.krn"))[::43]
    assert len(paths) == 198 and len({path.parent for path in paths}) > 20
    for path in paths:
        melody = read_kern(path)
        events, key, meter, first_bar = as_music21_reads(path)
        assert list(melody.notes) == events, path
        assert (melody.key, melody.meter) == (key, meter), path
        if meter and len(melody.bars()) > 1:
            assert first_bar == (melody.upbeat or melody.bar_length), path


def test_every_written_song_reads_back(everything):
    """A tune, its kern file, and that file's melody are one."""
    for file in ("irl", "han2", "test1", "folkHaydn"):
        for text in re.split(r"^X:", essen_module._abc(file), flags=re.M)[1:]:
            number, _, rest = text.partition("\n")
            path = everything.folder / file / f"{int(number):04d}.krn"
            if path.exists():
                melody = read_kern(path)
                assert isinstance(melody, Melody) and melody == read_tune(rest)[0]
