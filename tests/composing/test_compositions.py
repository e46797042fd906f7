"""Melodies in files: a primer is gone on from and keeps its key, bars and notes."""

import json
from fractions import Fraction

import numpy as np
import pytest

from lstm_from_scratch.composing.compositions import Request, write_compositions
from lstm_from_scratch.evaluation.copying import training_spans
from lstm_from_scratch.music import Note, decode, encode, read_kern
from lstm_from_scratch.music.metre_finder import SONGS
from lstm_from_scratch.music.rules import to_common_key

SUFFIXES = ["krn", "mid", "musicxml", "svg", "wav"]
UPBEAT = "!!!OTL: An upbeat in D minor\n**kern\n*d:\n*M3/4\n4A\n=1\n4d\n8e\n8f\n4g\n=2\n2a\n4f\n=\n*-\n"


@pytest.fixture
def saved(model, tmp_path):
    model.save(tmp_path / "model.npz")
    return tmp_path / "model.npz"


def compositions(
    saved, out, temperatures=(0.7,), primer=None, count=1, steps=20, tempo=120.0, seed=0, corpus=None
):
    """The lines, and what `compositions.json` holds."""
    request = Request(saved, temperatures, primer, count, steps, tempo, seed, corpus)
    *lines, listen = write_compositions(request, out)
    assert listen.startswith(f"to listen: open {out}")
    return lines, json.loads((out / "compositions.json").read_text(encoding="utf-8"))


def test_every_melody_is_written_in_all_formats(saved, tmp_path):
    out = tmp_path / "öffentlich" / "out"
    lines, about = compositions(saved, out, (0, 0.7, 1.0), count=2)
    names = ["T0_1", "T0_2", "T0.7_1", "T0.7_2", "T1.0_1".replace(".0", ""), "T1_2"]
    assert sorted(p.name for p in out.iterdir()) == sorted(
        [".lock", "compositions.json", *(f"{n}.{s}" for n in names for s in SUFFIXES)]
    )
    assert [m["name"] for m in about["melodies"]] == names and len(lines) == 6
    for melody, line in zip(about["melodies"], lines):
        assert line.startswith(f"{out / melody['name']}: 20 symbols, cut at the length allowed, entropy ")
        written = read_kern(out / f"{melody['name']}.krn")
        assert written.notes == decode(melody["symbols"]).without_last_rest().notes
        assert written.meter in SONGS and written.key in ((0, "major"), (9, "minor"))
    assert about["seed"] == 0 and about["primer"] is None and about["model"] == str(saved)
    assert about["melodies"][0]["entropy"] == 0 < about["melodies"][2]["entropy"]


def test_one_seed_is_one_set_of_files(saved, tmp_path):
    for name, seed in (("a", 4), ("b", 4), ("c", 5)):
        compositions(saved, tmp_path / name, seed=seed, count=2)
    a, b, c = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in "abc")
    assert a == b and a["T0.7_1.krn"] != c["T0.7_1.krn"] and a["T0.7_1.mid"] != a["T0.7_2.mid"]


def test_a_temperature_given_twice_is_drawn_once_and_near_ones_are_two(saved, tmp_path):
    lines, _ = compositions(saved, tmp_path / "out", (0.5, 0.5, 0.50000001), steps=4)
    assert len(lines) == 2 and len(list((tmp_path / "out").glob("*.krn"))) == 2


def test_a_kern_primer_is_gone_on_from_in_its_own_key_and_bars(saved, tmp_path):
    path = tmp_path / "primer.krn"
    path.write_text(UPBEAT)
    own = read_kern(path)
    _, about = compositions(saved, tmp_path / "out", (0.5, 1.5), str(path), steps=64)
    for melody in about["melodies"]:
        written = read_kern(tmp_path / "out" / f"{melody['name']}.krn")
        assert tuple(melody["symbols"][:28]) == encode(to_common_key(own))
        assert written.notes[: len(own.notes)] == own.notes and len(written.notes) > len(own.notes)
        assert (written.key, written.meter, written.upbeat) == ((2, "minor"), (3, 4), Fraction(1))
        assert written.duration == decode(melody["symbols"]).without_last_rest().duration


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"temperatures": (0.5, -1.0)}, "temperature -1.0"),
        ({"temperatures": (0.5, float("nan"))}, "temperature nan"),
        ({"tempo": float("nan")}, "tempo nan"),
        ({"tempo": 1.0}, "tempo 1.0"),
        (
            {"primer": "60 61 999"},
            r"model\.npz: the primer '60 61 999' is not understood: want notes such as",
        ),
        ({"primer": "60 61 62"}, r"model\.npz: the primer 60 61 62: note 2, 61, was in no song"),
        ({"primer": "_ 60"}, "begins with '_'"),
        ({"primer": "60 " * 21}, "more than the 20 steps"),
        ({"steps": 100_000}, "more than 8192 symbols"),
        ({"steps": None, "primer": "60 " * 9000}, "more than 8192 symbols"),
    ],
)
def test_what_is_asked_for_wrongly_leaves_nothing_behind(saved, tmp_path, wrong, reason):
    with pytest.raises(ValueError, match=reason):
        compositions(saved, tmp_path / "out", **wrong)
    assert not (tmp_path / "out").exists()


def test_broken_weights_are_blamed_on_the_model(model, tmp_path):
    model.params["dense.W"][...] = np.nan
    model.save(tmp_path / "m.npz")
    with pytest.raises(ValueError, match=r"m\.npz: the logits hold no finite largest value"):
        compositions(tmp_path / "m.npz", tmp_path / "out")


def test_one_note_again_and_again_is_warned_of(model, tmp_path):
    model.params["dense.b"][model.vocabulary.ids(["67"])[0]] = 60
    model.save(tmp_path / "m.npz")
    lines, _ = compositions(tmp_path / "m.npz", tmp_path / "a")
    assert "the one note 67 again and again: try a higher temperature" in lines[0]
    lines, _ = compositions(tmp_path / "m.npz", tmp_path / "b", primer="60 62 64")
    assert "the one note 67" in lines[0]  # the primer's own notes do not hide it
    model.params["dense.b"][...] = 0
    model.save(tmp_path / "m.npz")
    assert "again and again" not in compositions(tmp_path / "m.npz", tmp_path / "c", (1.0,))[0][0]


def test_copied_runs_are_looked_for_in_the_training_part(saved, corpus, tmp_path):
    corpus.save(tmp_path / "corpus")
    song = corpus.vocabulary.names(corpus.part("training")[0])[:30]
    lines, about = compositions(
        saved, tmp_path / "out", primer=" ".join(song), steps=31, corpus=tmp_path / "corpus"
    )
    copied = about["melodies"][0]["copied_symbols"]
    assert copied in (30, 31) and f"longest run shared with the training songs {copied} symbols" in lines[0]
    drawn = about["melodies"][0]["symbols"][:copied]
    assert about["melodies"][0]["copied_onsets"] == sum(s != "_" for s in drawn)
    find = training_spans(corpus)
    tests = [find(corpus.vocabulary.names(song))[0] == len(song) for song in corpus.part("test")]
    assert not all(tests)


def test_the_last_note_of_a_kern_primer_keeps_its_length(model, tmp_path):
    model.params["dense.b"][model.vocabulary.ids(["_"])[0]] = 60
    model.save(tmp_path / "m.npz")
    (tmp_path / "p.krn").write_text("**kern\n*C:\n*M4/4\n4c\n4d\n*-\n")
    compositions(tmp_path / "m.npz", tmp_path / "out", primer=str(tmp_path / "p.krn"), steps=16)
    first, second, third = read_kern(tmp_path / "out" / "T0.7_1.krn").notes
    assert (first, second, third.duration) == (Note(60, Fraction(1)), Note(62, Fraction(1)), 2)


def test_a_meter_that_is_asked_for_is_written(saved, tmp_path):
    lines = list(
        write_compositions(Request(saved, steps=64, meter=(3, 4), upbeat=Fraction(1)), tmp_path / "out")
    )
    assert lines[0].startswith("this model does not know of bars")
    melody = read_kern(tmp_path / "out" / "T0.7_1.krn")
    assert (melody.meter, melody.upbeat) == ((3, 4), 1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"upbeat": Fraction(1)}, "an upbeat needs a meter"),
        ({"meter": (3, 5)}, "meter 3/5"),
        ({"meter": (3, 4), "upbeat": Fraction(3)}, "want less than a bar of 3/4"),
        ({"meter": (3, 4), "primer": "alle_voegel_sind_schon_da"}, "has a meter of its own, 4/4"),
    ],
)
def test_a_meter_that_cannot_be(saved, tmp_path, options, said):
    with pytest.raises(ValueError, match=said):
        list(write_compositions(Request(saved, **options), tmp_path / "out"))
    assert not (tmp_path / "out").exists()
