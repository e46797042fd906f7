"""What a message says to do is done here, word for word, and works."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from lstm_from_scratch import terminal
from lstm_from_scratch.classroom import student_copy
from lstm_from_scratch.cli import main
from lstm_from_scratch.corpus import collections
from lstm_from_scratch.corpus.corpus import Corpus
from lstm_from_scratch.model import MelodyModel

QUICK = ["--preset", "smoke", "--units", "4", "--epochs", "1", "--device", "cpu"]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder to work in, whose name has to be quoted."""
    folder = tmp_path / "my own work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def said(capsys):
    """What a command says, on stdout and stderr, and its status."""

    def run(*arguments):
        capsys.readouterr()
        status = main(list(map(str, arguments)))
        output = capsys.readouterr()
        return status, output.out + output.err

    return run


def suggested(text):
    """The commands in a text: 'melody ...', or what follows "next: " or "to go on: "."""
    found = re.findall(r"'(melody (?:[^']|'[^']*')*?)'(?!\w)", text) + re.findall(
        r"(?:next|go on): (melody .*)", text
    )
    return [shlex.split(command)[1:] for command in found]


def test_from_songs_to_melodies_by_hints_alone(said, desk, tunes):
    shutil.copytree(tunes[0].parent, "songs")
    status, text = said("train", "--corpus", "songs")
    assert status == 2
    (prepare,) = suggested(text)
    status, text = said(*prepare)
    assert status == 0
    (train,) = suggested(text)
    assert train == ["train", "--corpus", "runs/corpus"]
    status, text = said(*train, *QUICK, "--out", "a model")
    assert status == 0
    (compose,) = suggested(text)
    status, text = said(*compose)
    assert status == 0
    for path in re.findall(r"open (.*\.wav) in any player, or (.*\.mid) in", text)[0]:
        assert Path(path).is_file()


def test_a_path_is_quoted(said, desk, tunes):
    shutil.copytree(tunes[0].parent, "my songs")
    assert suggested(said("train", "--corpus", "my songs")[1]) == [
        ["prepare", "my songs", "--out", "runs/corpus"]
    ]
    text = said("prepare", "my songs", "--out", "it's mine")[1]
    assert suggested(text)[-1] == ["train", "--corpus", "it's mine"]
    assert terminal.quoted("a b") in ("'a b'", '"a b"')


def test_a_missing_corpus_is_made_where_it_was_looked_for(said, desk, tunes, monkeypatch):
    def unpack(collection, folder, rhythm):
        return collections.Unpacked(tuple(tunes), (), (), "whose they are")

    monkeypatch.setattr(collections, "unpack", unpack)
    Path("other").mkdir()
    Path("other/notes.txt").write_text("of the user")
    for folder, made in (("gone away", "gone away"), ("other", "runs/corpus")):
        (prepare,) = suggested(said("evaluate", "--model", "x", "--corpus", folder)[1])
        assert said(*prepare)[0] == 0
        assert len(Corpus.load(made).songs) == len(tunes)


def test_few_songs_are_not_said_to_be_enough(said, desk, tunes):
    status, text = said("prepare", *tunes[4:7], "--out", "few")
    assert status == 0 and not suggested(text)
    assert "to train on it takes more songs: of these 3 none fell into the validation part" in text


def test_a_used_folder(said, desk, corpus_folder):
    arguments = ["train", "--corpus", corpus_folder, *QUICK, "--out", "m"]
    assert said(*arguments)[0] == 0
    status, text = said(*arguments)
    assert status == 2
    for option in re.findall(r"--resume|--overwrite", text):
        assert said(*arguments, option)[0] == 0
    assert said(*arguments, "--lr", "1e30", "--clip", "0", "--overwrite")[0] == 2


@pytest.mark.parametrize("lr", ["1e30", "1e4"])
def test_after_diverging(said, desk, corpus_folder, lr):
    arguments = ["train", "--corpus", corpus_folder, *QUICK, "--out", "m"]
    status, text = said(*arguments, "--lr", lr, "--clip", "0")
    advice = re.search(r"train again with (--overwrite) and (--lr) (\S+), or with (--clip) (\d)", text)
    assert status == 2 and advice
    assert said(*arguments, "--clip", "0", *advice.groups()[:3])[0] == 0


def test_a_folder_where_a_model_is_wanted(said, desk, runs):
    shutil.copytree(runs / "model", "model")
    status, text = said("compose", "--model", "model")
    path = re.search(r"model: a folder; give a model's file, (.*)", text)[1]
    assert status == 2 and MelodyModel.load(path).units == 8
    assert said("compose", "--model", desk)[1].endswith("a folder; give a model's file\n")


@pytest.mark.parametrize(
    ("primer", "wanted"),
    [
        ("C D H", r"'C D H' is not understood: want notes such as \"C4 .*\", symbols such as"),
        ("sakuro", r"is not understood: .* a file .*did you mean sakura"),
        ("60 _ 26", r"note 2, 26, was in no song .*: begin with other notes"),
        ("60 127", r"note 2, 127, was in no song .*: begin with other notes"),
    ],
)
def test_a_primer_that_does_not_fit(said, best, desk, primer, wanted):
    status, text = said("compose", "--model", best, "--primer", primer)
    assert status == 2 and re.search(wanted, text), text


def test_the_examples_in_such_a_message_are_taken(said, best, desk):
    text = said("compose", "--model", best, "--primer", "C D H")[1]
    for example in re.search(r'such as "(.*?)", symbols such as "(.*?)", .* such as (\w+),', text).groups():
        assert said("compose", "--model", best, "--primer", example)[0] == 0, example


def test_a_primer_that_leaves_nothing_to_compose(said, best, desk):
    status, text = said("compose", "--model", best, "--primer", "67 _ 65 _", "--steps", "4")
    assert status == 2 and "the primer has 4 symbols, so --steps 4 leaves none to compose: give more" in text
    assert said("compose", "--model", best, "--primer", "67 _ 65 _", "--steps", "5")[0] == 0


@pytest.mark.parametrize(
    ("names", "what"), [(["a.mp3", "b.mp3", "c.txt"], "2 .mp3, 1 .txt"), ([], "it is empty")]
)
def test_a_folder_without_a_song_says_what_there_is(said, desk, names, what):
    Path("songs").mkdir()
    for name in names:
        Path("songs", name).write_text("x")
    status, text = said("prepare", "songs", "--out", "c")
    assert status == 2 and "songs: no song there, which would be .krn, .mid" in text and what in text


def test_capital_suffixes_are_songs_too(said, desk, tunes):
    Path("songs").mkdir()
    for path in tunes:
        shutil.copy(path, Path("songs", path.name.replace(".krn", ".KRN")))
    assert said("prepare", "songs", "--out", "c")[0] == 0


def test_refused_files_are_counted_by_reason(said, desk, tunes):
    shutil.copytree(tunes[0].parent, "songs")
    for k in range(300):
        Path("songs", f"x{k:03}.krn").write_text(f"**kern\n4c 4e{'!' * k}\n*-\n")
        Path("songs", f"y{k:03}.krn").write_text("**kern\t**kern\n4c\t4e\n*-\t*-\n")
    lines = [
        line for line in said("prepare", "songs", "--out", "c")[1].splitlines() if line.startswith("refused")
    ]
    assert 2 <= len(lines) <= 12
    counts = [int(re.search(r"and (\d+) more for this reason", line)[1]) for line in lines if "more" in line]
    assert sum(counts) + len(lines) in (600, 601)  # and a row of the table


def test_packages_of_the_lessons_are_named_as_they_are_installed(monkeypatch):
    monkeypatch.setattr(student_copy, "find_spec", lambda name: None)
    with pytest.raises(
        ImportError, match=r"not installed: jupytext, nbclient.* -m pip install jupytext nbclient$"
    ):
        student_copy.need("jupytext", "nbclient")


def test_songs_that_cannot_be_unpacked(said, desk, monkeypatch):
    Path("file").write_text("of the user")
    monkeypatch.setenv("MELODY_SONGS", "file")
    status, text = said("prepare", "--collection", "lux", "--out", "c")
    assert status == 2 and "file" in text and "--songs DIR unpacks the songs somewhere else" in text
    assert said("prepare", "--collection", "lux", "--out", "c", "--songs", "unpacked")[0] == 0
    assert any(Path("unpacked").rglob("*.krn")) and not Path("data").exists()
