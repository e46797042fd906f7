"""Files of other programs: read as the melody that they hold, or refused by name with what to do."""

import os
import struct
import zipfile
from dataclasses import replace
from fractions import Fraction

import music21
import pytest
from helpers.melodies import MELODIES, melodies, melody
from hypothesis import given, settings

from lstm_from_scratch.music import FormatError, KernError, read_melody, write_kern
from lstm_from_scratch.music import formats as module
from lstm_from_scratch.music.midi import to_midi
from lstm_from_scratch.music.musicxml import to_musicxml

each_melody = pytest.mark.parametrize("tune", MELODIES.values(), ids=MELODIES)


@pytest.fixture
def put(tmp_path):
    """Write a file and give its path."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


# --- What this project writes comes back


@each_melody
def test_our_musicxml_comes_back_whole(put, tune):
    assert read_melody(put("tune.musicxml", to_musicxml(tune))) == tune


@each_melody
def test_our_midi_comes_back_but_for_its_title(put, tune):
    assert read_melody(put("tune.mid", to_midi(tune))) == replace(tune, title="")


@settings(max_examples=25, deadline=None)
@given(tune=melodies())
def test_any_melody_comes_back(tmp_path_factory, tune):
    if all(pitch is None for pitch, _ in tune.notes):
        return
    folder = tmp_path_factory.mktemp("formats")
    (folder / "tune.xml").write_text(to_musicxml(tune), encoding="utf-8")
    (folder / "tune.mid").write_bytes(to_midi(tune))
    assert read_melody(folder / "tune.xml").notes == tune.notes
    if any(48 % duration.denominator for _, duration in tune.notes):
        return  # such MIDI is taken to be played by hand
    read = read_melody(folder / "tune.mid")
    assert (read.notes, read.key) == (tune.notes, tune.key)
    if not tune.meter_changes:
        assert (read.meter, read.upbeat) == (tune.meter, tune.upbeat)


@pytest.mark.parametrize("suffix", [".krn", ".KRN", ".Krn"])
def test_kern_in_any_case(put, suffix):
    tune = MELODIES["3/4 with an upbeat"]
    assert read_melody(put("tune" + suffix, write_kern(tune))) == tune


def test_one_of_several_kern_columns(put):
    path = put("duet.krn", "**kern\t**kern\n4c\t4e\n*-\t*-\n")
    assert read_melody(path, spine=2).notes == ((64, 1),)


@pytest.mark.parametrize("suffix", [".MID", ".Midi", ".MusicXML", ".XML"])
def test_other_suffixes_in_any_case(put, suffix):
    tune = MELODIES["sharps"]
    data = to_midi(tune) if suffix.lower().startswith(".mid") else to_musicxml(tune)
    assert read_melody(put("tune" + suffix, data)) == tune


def test_compressed_musicxml(put, tmp_path):
    tune = MELODIES["6/8, minor with flats"]
    container = '<container><rootfiles><rootfile full-path="a.xml"/></rootfiles></container>'
    with zipfile.ZipFile(tmp_path / "tune.mxl", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("a.xml", to_musicxml(tune))
    assert read_melody(str(tmp_path / "tune.mxl")) == tune


# --- ABC

ABC = """X:1
T:A tune
M:3/4
L:1/8
K:G
D2|"G"G2 {a}B2 d2|(3efg !trill!d2 ^c2|=c6-|c4:|
"""


def test_abc(put):
    read = read_melody(put("tune.abc", ABC))
    third = Fraction(1, 3)
    notes = [
        (62, 1),
        (67, 1),
        (71, 1),
        (74, 1),
        (76, third),
        (78, third),
        (79, third),
        (74, 1),
        (73, 1),
        (72, 5),
    ]
    assert read.notes == tuple(notes)
    assert (read.title, read.key, read.meter, read.upbeat) == ("A tune", (7, "major"), (3, 4), 1)


@pytest.mark.parametrize(("k", "key"), [("Ddor", (2, "minor")), ("Gmix", (7, "major")), ("Am", (9, "minor"))])
def test_modes_go_with_their_third(put, k, key):
    assert read_melody(put("tune.abc", ABC.replace("K:G", f"K:{k}"))).key == key


def test_several_tunes_are_one_by_choice(put):
    path = put("book.abc", ABC + "\n" + ABC.replace("X:1", "X:2").replace("A tune", "Another"))
    with pytest.raises(
        FormatError, match=r"book\.abc: 2 melodies .1 A tune, 2 Another.: choose one with --spine"
    ):
        read_melody(path)
    assert read_melody(path, spine=2).title == "Another"


# --- Several parts, several voices


def duet():
    parts = []
    for name, pitches in (("Flute", (72, 74)), ("Cello", (48, 50))):
        part = music21.stream.Part([music21.note.Note(pitch, quarterLength=2) for pitch in pitches])
        part.partName = part.id = name
        parts.append(part)
    return music21.stream.Score(parts)


@pytest.mark.parametrize(("name", "parts"), [("duet.musicxml", "1 Flute, 2 Cello"), ("duet.mid", "1, 2")])
def test_one_of_several_parts(tmp_path, name, parts):
    duet().write("musicxml" if "xml" in name else "midi", tmp_path / name)
    with pytest.raises(FormatError, match=rf"2 melodies .{parts}.: choose one with --spine N, 1 to 2"):
        read_melody(tmp_path / name)
    assert [pitch for pitch, _ in read_melody(tmp_path / name, spine=2).notes][:2] == [48, 50]
    for spine in (0, 3, -1):
        with pytest.raises(FormatError, match=f"--spine {spine}: there are melodies 1 to 2"):
            read_melody(tmp_path / name, spine)


@pytest.mark.parametrize("name", ["chord.musicxml", "chord.mid"])
def test_several_notes_at_once_are_refused(tmp_path, name):
    part = music21.stream.Part([music21.note.Note(60), music21.chord.Chord([60, 64])])
    part.write("musicxml" if "xml" in name else "midi", tmp_path / name)
    with pytest.raises(FormatError, match=rf"{name}: several notes at once.*: a melody has one voice"):
        read_melody(tmp_path / name)


def test_two_voices_of_a_part_are_refused(tmp_path):
    voices = [music21.stream.Voice([music21.note.Note(p, quarterLength=4)]) for p in (60, 67)]
    music21.stream.Part([music21.stream.Measure(voices)]).write("musicxml", tmp_path / "two.xml")
    with pytest.raises(FormatError, match="several notes at once, 0 quarters after the start"):
        read_melody(tmp_path / "two.xml")


def test_a_signature_alone_leaves_two_keys(put):
    text = to_musicxml(melody([(69, 2), (72, 1), (76, 1), (69, 4)], key=(9, "minor")))
    assert "<mode>minor</mode>" in text
    assert read_melody(put("a.xml", text.replace("<mode>minor</mode>", ""))).key == (9, "minor")


# --- MIDI as it is played


def midi_file(notes, quarter=480, meta=b""):
    """A format 0 file of (begin, end, pitch) in ticks."""
    begins = [(begin, 1, bytes([0x90, pitch, 80])) for begin, _, pitch in notes]
    events = sorted(begins + [(end, 0, bytes([0x80, pitch, 0])) for _, end, pitch in notes])
    track, now = meta, 0
    for time, _, event in events:
        delta, now = time - now, time
        track += bytes([delta >> 7 & 127 | 128, delta & 127]) + event
    track += b"\0\xff\x2f\0"
    return struct.pack(">4sIHHH4sI", b"MThd", 6, 0, 1, quarter, b"MTrk", len(track)) + track


def test_notes_that_are_held_for_less_than_they_are_written(put):
    """As scorewriters export them: a note stops a little before the next begins."""
    played = [(0, 455, 60), (480, 695, 62), (720, 935, 64), (960, 2783, 65), (2880, 3300, 67)]
    half = Fraction(1, 2)
    assert read_melody(put("a.mid", midi_file(played))).notes == (
        (60, 1),
        (62, half),
        (64, half),
        (65, 4),
        (67, 1),
    )


def test_notes_played_by_hand_are_moved_to_a_grid(put):
    played = [
        (3, 470, 60),
        (487, 961, 62),
        (951, 1113, 64),
        (1123, 1270, 65),
        (1277, 1450, 67),
        (1911, 2400, 69),
    ]
    third = Fraction(1, 3)
    triplet = [(pitch, third) for pitch in (64, 65, 67)]
    assert read_melody(put("a.mid", midi_file(played))).notes == (
        (60, 1),
        (62, 1),
        *triplet,
        (None, 1),
        (69, 1),
    )


def test_percussion_and_empty_tracks_are_no_melodies(put):
    drum = bytes([0, 0x99, 38, 80, 0, 0x89, 38, 0])
    assert read_melody(put("beat.mid", midi_file([(0, 480, 60)], meta=drum))).notes[0] == (60, 1)
    with pytest.raises(FormatError, match="no notes"):
        read_melody(put("drums.mid", midi_file([], meta=drum)))


# --- What is no melody


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"C D E", r"a\.txt: want a file of one of these kinds: \.krn, \.mid, "),
        ("a", b"", "want a file of one of these kinds"),
        ("a.mid", b"", "a\\.mid: music21 cannot read it as MIDI"),
        ("a.mid", b"MThd garbage", "music21 cannot read it as MIDI"),
        ("a.mid", b"\x89PNG" * 100, "music21 cannot read it as MIDI"),
        ("a.midi", to_midi(melody([(60, 1)]))[:30], "music21 cannot read it as MIDI|no notes"),
        ("a.mid", to_midi(melody([(None, 4)])), "no notes"),
        ("a.xml", b"<html></html>", "a\\.xml: (music21 cannot read it|no notes)"),
        ("a.musicxml", b"\0\1\2", "music21 cannot read it"),
        ("a.mxl", b"PK no archive", "music21 cannot read it"),
        ("a.abc", b"X:1\nK:C\n", "music21 cannot read it|no notes"),
        ("a.musicxml", to_musicxml(melody([(None, 4)])).encode(), "no notes"),
    ],
)
def test_what_is_refused(put, name, content, reason):
    with pytest.raises(FormatError, match=reason) as refusal:
        read_melody(put(name, content))
    assert "\n" not in str(refusal.value)


def test_kern_is_refused_as_kern(put):
    with pytest.raises(KernError, match=r"a\.KRN:1: "):
        read_melody(put("a.KRN", "4c"))


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_melody(tmp_path / "none.mid")
    (tmp_path / "folder.mid").mkdir()
    with pytest.raises(FormatError, match=r"folder\.mid: not a file"):
        read_melody(tmp_path / "folder.mid")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.xml")
    with pytest.raises(FormatError, match="not a file"):
        read_melody(tmp_path / "pipe.xml")


def test_what_is_too_large_is_not_unpacked(put, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_FILE", 1000)
    with pytest.raises(FormatError, match=r"1,001 bytes; a melody has at most 1,000"):
        read_melody(put("large.mid", bytes(1001)))
    with zipfile.ZipFile(tmp_path / "bomb.mxl", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", bytes(100_000))
    with pytest.raises(FormatError, match="100,000 bytes"):
        read_melody(tmp_path / "bomb.mxl")


def test_a_rest_of_hours_is_refused(put):
    """One byte of a MIDI file can make it."""
    path = put("hours.mid", to_midi(melody([(60, 1), (None, 9000), (62, 1)])))
    with pytest.raises(FormatError, match="it lasts 9002 quarters, want at most 4096"):
        read_melody(path)
