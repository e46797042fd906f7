"""How a melody begins: what is understood, how it is made to fit, and how it comes back."""

import json
from fractions import Fraction

import numpy as np
import pytest
from helpers.melodies import melody

from lstm_from_scratch.composing.compositions import Request, write_compositions
from lstm_from_scratch.composing.primer import Primer, as_melody, read_primer
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.music import (
    FormatError,
    KernError,
    Note,
    Vocabulary,
    decode,
    encode,
    read_kern,
    write_kern,
)
from lstm_from_scratch.music.engraving import GIVEN_COLOUR
from lstm_from_scratch.music.midi import to_midi
from lstm_from_scratch.music.musicxml import to_musicxml
from lstm_from_scratch.music.rules import to_common_key

# --- Symbols


def test_symbols_are_taken_as_they_are():
    assert read_primer("67 _  65 _ r") == Primer(["67", "_", "65", "_", "r"])
    assert read_primer(None) == read_primer("") == read_primer("  ") == Primer([])


# --- Names of notes


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("C4 D4 E4/2", [(60, 1), (62, 1), (64, 2)]),
        ("C D E", [(60, 1), (62, 1), (64, 1)]),
        ("c4/8 d4/16 e4/4. r/8 g5/1", [(60, "1/2"), (62, "1/4"), (64, "3/2"), (None, "1/2"), (79, 4)]),
        ("F#4 Gb4 G-4 C##4 Bbb3 B3 R", [(66, 1), (66, 1), (66, 1), (62, 1), (57, 1), (59, 1), (None, 1)]),
    ],
)
def test_names_of_notes(text, notes):
    primer = read_primer(text)
    assert decode(primer.symbols).transposed(-primer.shift).notes == melody(notes).notes
    assert primer.complete and primer.meter is None and not primer.remarks


# --- Tunes and files


def test_a_tunes_name_finds_it(tunes):
    path = next(path for path in tunes if path.stem == "sakura")
    assert read_primer("sakura") == read_primer("Sakura") == read_primer(str(path))
    assert read_primer("amazing grace").symbols == read_primer("amazing_grace").symbols


@pytest.mark.parametrize("stem", ["greensleeves", "irish_washerwoman", "auld_lang_syne"])
def test_the_projects_own_tunes_can_be_gone_on_from(model, tmp_path, tunes, stem):
    """Each of them in its own key and meter."""
    path = next(p for p in tunes if p.stem == stem)
    own = read_kern(path)
    primer = read_primer(str(path))
    assert tuple(primer.symbols) == encode(to_common_key(own)) and primer.complete
    model.save(tmp_path / "model.npz")
    request = Request(tmp_path / "model.npz", primer=stem, steps=len(primer.symbols) + 16)
    assert len([*write_compositions(request, tmp_path / "out")]) == 2
    written = read_kern(tmp_path / "out" / "T0.7_1.krn")
    assert written.notes[: len(own.notes)] == own.notes
    assert (written.key, written.meter, written.upbeat) == (own.key, own.meter, own.upbeat)


@pytest.mark.parametrize("suffix", ["krn", "KRN", "mid", "musicxml"])
def test_files_of_every_kind(tmp_path, suffix):
    tune = melody([(62, 1), (66, 2), (69, 1), (74, 2)], key=(2, "major"), meter=(3, 4), upbeat=Fraction(1))
    path = tmp_path / f"tune.{suffix}"
    made = {"krn": write_kern, "mid": to_midi, "musicxml": to_musicxml}[suffix.lower()](tune)
    path.write_bytes(made if isinstance(made, bytes) else made.encode())
    primer = read_primer(str(path))
    assert decode(primer.symbols).notes == tune.transposed(-2).notes
    assert (primer.key, primer.meter, primer.upbeat, primer.shift) == (tune.key, (3, 4), 1, -2)


def test_one_of_several_columns(tmp_path):
    (tmp_path / "duet.krn").write_text("**kern\t**kern\n4c\t4e\n*-\t*-\n")
    assert len(read_primer(str(tmp_path / "duet.krn"), spine=2).symbols) == 4


def test_a_primer_without_a_key_or_bars_has_its_key_estimated(tmp_path):
    path = tmp_path / "p.krn"
    path.write_text("**kern\n" + "4d\n4f#\n4a\n4dd\n4a\n4f#\n2d\n*-\n")
    primer = read_primer(str(path))
    assert primer.key == (2, "major") and primer.shift == -2 and primer.meter is None
    assert as_melody([*primer.symbols, "60"], primer, "x").notes[:7] == read_kern(path).notes


# --- Triplets


def test_triplets_are_moved_to_the_nearest_16ths_and_a_line_says_so(tmp_path):
    path = tmp_path / "p.krn"
    path.write_text("**kern\n*C:\n*M2/4\n12c\n12d\n12e\n4f\n=\n24g\n24a\n24b\n2cc\n==\n*-\n")
    primer = read_primer(str(path))
    assert " ".join(primer.symbols) == "60 62 _ 64 65 _ _ _ 67 71 72 _ _ _ _ _ _ _"
    (remark,) = primer.remarks
    assert "p.krn: 6 notes are not a whole number of 16ths" in remark
    assert "1 shorter than that left out" in remark


# --- Octaves

KNOWN = ["_", "r", "/", *map(str, (60, 62, 64, 65, 67, 69, 71, 72))]


@pytest.mark.parametrize(
    ("text", "octaves"), [("C4 D4 C4", 0), ("C2 E2 C2", 2), ("C7 G7 C7", -3), ("36 _ 40 36", 2)]
)
def test_another_octave_is_moved_into_the_vocabulary_and_back(text, octaves):
    there, here = read_primer(text), read_primer(text, KNOWN)
    assert here.shift - there.shift == 12 * octaves and set(here.symbols) <= set(KNOWN)
    assert as_melody(here.symbols, here, "").notes == as_melody(there.symbols, there, "").notes
    assert bool(here.remarks) == bool(octaves)
    if octaves:
        assert f"moved {'up' if octaves > 0 else 'down'} by {abs(octaves)} octaves" in here.remarks[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("C2 D2 F#2 C2", r"the primer C2 D2 F#2 C2: note 3, F#2, was in no song"),
        ("60 _ 61 60", "the primer 60 _ 61 60: note 2, 61, was in no song"),
        ("C4 C9 C4", "note [12], C[49], was in no song"),
    ],
)
def test_a_note_that_fits_in_no_octave_is_named_as_the_user_wrote_it(text, reason):
    with pytest.raises(ValueError, match=reason):
        read_primer(text, KNOWN)


def test_a_rest_that_the_model_does_not_know():
    with pytest.raises(ValueError, match="'r' was in no song"):
        read_primer("60 _ r _", [symbol for symbol in KNOWN if symbol != "r"])


# --- What is not understood


@pytest.mark.parametrize(
    "text", ["xyz", "60 61 200", "C4 H4", "C4/3", "60 /", "C4 60", "-1", "notes.txt", "C4\0", "é" * 10_000]
)
def test_what_is_not_understood_gets_an_example(text):
    with pytest.raises(ValueError, match="is not understood: want notes such as") as refusal:
        read_primer(text)
    assert "sakura" in str(refusal.value) and ".mid" in str(refusal.value) and len(str(refusal.value)) < 500


def test_a_name_nearly_right():
    with pytest.raises(ValueError, match="did you mean sakura"):
        read_primer("sakuara")


@pytest.mark.parametrize(
    ("name", "content", "error", "reason"),
    [
        ("p.krn", "**kern\n4c 4e\n*-\n", KernError, r"p\.krn:2: "),
        ("p.krn", "**kern\n*B:\n4CCCCC\n*-\n", ValueError, r"p\.krn: .*MIDI number"),
        ("p.mid", "no MIDI", FormatError, r"p\.mid: music21 cannot read it"),
        ("p.txt", "C D E", FormatError, r"p\.txt: want a file of one of these kinds"),
    ],
)
def test_a_file_that_is_no_melody_is_refused_by_name(tmp_path, name, content, error, reason):
    (tmp_path / name).write_text(content)
    with pytest.raises(error, match=reason):
        read_primer(str(tmp_path / name))


# --- And back


def test_a_melody_without_a_primer_is_in_c_major_or_a_minor():
    c = as_melody(["60", "_", "64", "_", "67", "_", "60", "_"], Primer([]), "x")
    a = as_melody(["69", "_", "60", "_", "64", "_", "69", "_"], Primer([]), "x")
    assert (c.key, a.key, c.title) == ((0, "major"), (9, "minor"), "x")


def test_a_melody_without_a_primer_gets_the_meter_of_its_notes():
    bar = ["72", *"_" * 7, "71", *"_" * 3]
    waltz = as_melody(["67", *"_" * 3, *bar * 7, "72", *"_" * 7], Primer([]), "x")
    assert (waltz.meter, waltz.upbeat) == ((3, 4), 1)


def test_a_primer_keeps_its_changes_of_meter_and_a_last_rest_is_left_out():
    changes = (3, (2, 4)), (5, (3, 4))
    tune = melody([(60, 3), (62, 2), (64, 3)], key=(0, "major"), meter=(3, 4), meter_changes=changes)
    primer = Primer(list(encode(tune)), 0, tune.key, tune.meter, tune.upbeat, tune.meter_changes, True)
    drawn = as_melody([*primer.symbols, "65", *"_" * 11, *"r" * 9], primer, "x")
    assert (drawn.meter, drawn.meter_changes) == (tune.meter, tune.meter_changes)
    assert drawn.notes == (*tune.notes, Note(65, Fraction(3)))
    assert [sum(piece.duration for piece in bar) for bar in drawn.bars()] == [3, 2, 3, 3]


def test_nothing_but_rests_can_still_be_written():
    assert as_melody(["r", "_", "r"], Primer([]), "x").notes == ((None, Fraction(3, 4)),)
    assert as_melody([], Primer([]), "x").notes == ()


def test_remarks_are_said_before_the_melodies(tmp_path):
    model = MelodyModel(len(KNOWN), 4, rng=np.random.default_rng(0))
    model.vocabulary = Vocabulary(KNOWN)
    model.save(tmp_path / "model.npz")
    first, *_ = write_compositions(
        Request(tmp_path / "model.npz", primer="C2 E2", steps=20), tmp_path / "out"
    )
    assert first == "C2 E2: moved up by 2 octaves while the model continues it, and back again"


def test_the_primer_is_told_from_what_follows(model, tmp_path):
    model.save(tmp_path / "model.npz")
    request = Request(tmp_path / "model.npz", primer="60 _ 62 _", steps=20)
    line, *_ = write_compositions(request, tmp_path / "out")
    assert "20 symbols" in line and "the first 4 are the primer's, blue in the score" in line
    assert json.loads((tmp_path / "out" / "compositions.json").read_text())["primer_symbols"] == 4
    assert (tmp_path / "out" / "T0.7_1.svg").read_text().count(f'fill="{GIVEN_COLOUR}"') == 2
