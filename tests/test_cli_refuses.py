"""Whatever is wrong, `melody` says so in one clear line, ends with status 2 and writes nothing."""

import os
import shutil
from pathlib import Path

import pytest

from lstm_from_scratch import commands
from lstm_from_scratch.cli import main
from lstm_from_scratch.corpus import collections
from lstm_from_scratch.model import MelodyModel, checkpoint


def tree(folder):
    """Every file and folder below, with its size."""
    return {p.relative_to(folder): p.is_file() and p.stat().st_size for p in folder.rglob("*")}


@pytest.fixture
def refused(capsys, tmp_path):
    """A check that a command ends with one line and status 2, and changes no file."""

    def check(arguments, *said):
        before = tree(tmp_path)
        capsys.readouterr()
        assert main(list(map(str, arguments))) == 2
        output = capsys.readouterr()
        assert output.out == "" and output.err.startswith("melody: ") and output.err.count("\n") == 1, (
            output.err
        )
        for words in said:
            assert str(words) in output.err, output.err
        assert tree(tmp_path) == before

    return check


def test_a_directory_with_no_usable_song(refused, tmp_path):
    (tmp_path / "empty").mkdir()
    refused(
        ["prepare", tmp_path / "empty", "--out", tmp_path / "out"],
        tmp_path / "empty",
        "it is empty",
    )
    (tmp_path / "empty" / "a.krn").write_text("nothing")
    (tmp_path / "empty" / "b.krn").write_text("**kern\n12c\n*-\n")
    refused(
        ["prepare", tmp_path / "empty", "--out", tmp_path / "out"],
        "no usable song in 2",
        "a.krn:1: ",
        "1 left out",
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"**kern\t**kern\n4c\t4e\n*-\t*-\n", ":1: "),
        (b"**kern\n4c 4e\n*-\n", ":2: "),
        (bytes(range(256)) * 40, ":1: "),
        (b"", ":1: "),
        (b"**kern\n*B:\n4CCCCC\n*-\n", "MIDI number"),
    ],
    ids=["polyphonic", "chord", "binary", "empty", "too low"],
)
def test_a_file_that_is_no_melody(refused, tmp_path, content, reason):
    path = tmp_path / "x.krn"
    path.write_bytes(content)
    refused(["prepare", path, "--out", tmp_path / "out"], f"{path}", reason)


def test_what_is_not_there(refused, tmp_path, best, corpus_folder):
    gone = tmp_path / "gone"
    refused(["prepare", gone, "--out", tmp_path / "out"], gone, "no such file or folder")
    refused(["prepare", os.devnull, "--out", tmp_path / "out"], os.devnull)
    refused(["train", "--corpus", gone, "--out", tmp_path / "out"], gone, "melody prepare")
    refused(["compose", "--model", gone, "--out", tmp_path / "out"], gone, "no such file")
    refused(
        ["compose", "--model", best, "--primer", "gone.krn", "--out", tmp_path / "out"],
        "gone.krn",
        "No such file",
    )
    refused(["compose", "--model", best, "--corpus", gone, "--out", tmp_path / "out"], gone)
    refused(["evaluate", "--model", gone, "--corpus", corpus_folder], gone, "no such file")
    refused(["evaluate", "--model", best, "--corpus", gone], gone)


def test_an_unknown_collection_names_the_known_ones(refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(["prepare", "--collection", "jazz", "--out", tmp_path / "out"], "'jazz'", "deutschl", "erk")
    refused(["prepare", tmp_path, "--collection", "erk"], "not both")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("one\n  two"), "one two"),
        (MemoryError(), "not enough memory; fewer --units or a smaller --batch take less"),
        (
            MemoryError("one\n two"),
            "not enough memory: one two; fewer --units or a smaller --batch take less",
        ),
        (ModuleNotFoundError("No module named 'verovio'"), "No module named 'verovio'"),
        (PermissionError(13, "Permission denied", "runs/x"), "runs/x: Permission denied"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (FileExistsError(17, "File exists", "runs"), "runs: there is a file where a folder should be"),
    ],
)
def test_every_error_is_one_line(error, said, monkeypatch, capsys):
    def fail(_):
        raise error

    monkeypatch.setattr(commands, "doctor", fail)
    assert main(["doctor"]) == 2
    assert capsys.readouterr().err == f"melody: {said}\n"


def test_ctrl_c_is_130(monkeypatch, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "doctor", interrupted)
    assert main(["doctor"]) == 130
    assert capsys.readouterr().err == "\nmelody: stopped\n"


def test_an_empty_vocabulary(refused, corpus_folder, tmp_path):
    (corpus_folder / "vocabulary.json").write_text("{}")
    refused(["train", "--corpus", corpus_folder, "--out", tmp_path / "out"], corpus_folder)


@pytest.mark.parametrize("primer", ["60 61 200", "x", "_ 60", "60 /", "60 " * 99])
def test_a_primer_that_does_not_fit(refused, best, tmp_path, primer):
    arguments = ["compose", "--model", best, "--primer", primer, "--steps", "64", "--out", tmp_path / "out"]
    refused(arguments, best, "primer")


def test_a_kern_primer_that_does_not_fit(refused, best, tmp_path):
    path = tmp_path / "p.krn"
    for text, reason in (
        ("**kern\n4c 4e\n*-\n", ":2: "),
        ("**kern\n*C:\n4CC#\n*-\n", "note 1, C#2, was in no song"),
    ):
        path.write_text(text)
        refused(["compose", "--model", best, "--primer", path, "--out", tmp_path / "out"], path, reason)


@pytest.mark.parametrize("temperature", ["-0.5", "nan", "inf"])
def test_a_temperature_that_means_nothing(refused, best, tmp_path, temperature):
    arguments = ["compose", "--model", best, "--temperature", "0.5", temperature, "--out", tmp_path / "out"]
    refused(arguments, "temperature", "want a finite number, 0 or more")


@pytest.mark.parametrize("tempo", ["0", "-3", "nan", "1e9"])
def test_a_tempo_that_means_nothing(refused, best, tmp_path, tempo):
    refused(
        ["compose", "--model", best, "--tempo", tempo, "--out", tmp_path / "out"], "tempo", "want 20 to 400"
    )


def test_a_checkpoint_that_is_none(refused, best, corpus_folder, tmp_path, monkeypatch):
    model = MelodyModel.load(best)
    monkeypatch.setattr(checkpoint, "FORMAT", 99)
    model.save(tmp_path / "newer.npz")
    monkeypatch.undo()
    (tmp_path / "cut.npz").write_bytes(best.read_bytes()[:1000])
    (tmp_path / "text.npz").write_text("text")
    for name, reason in (
        ("newer.npz", "format version 99"),
        ("cut.npz", "not a check"),
        ("text.npz", "not a check"),
    ):
        path = tmp_path / name
        refused(["compose", "--model", path, "--out", tmp_path / "out"], path, reason)
        refused(["evaluate", "--model", path, "--corpus", corpus_folder], path, reason)
    refused(["compose", "--model", tmp_path, "--out", tmp_path / "out"], tmp_path)


def test_a_model_of_another_vocabulary(refused, best, tmp_path, tunes):
    assert main(["prepare", *map(str, tunes[:12]), "--out", str(tmp_path / "other")]) == 0
    refused(
        ["evaluate", "--model", best, "--corpus", tmp_path / "other"], best, tmp_path / "other", "vocabulary"
    )


def test_a_run_of_other_options(refused, corpus_folder, tmp_path, runs):
    shutil.copytree(runs / "model", tmp_path / "model")
    arguments = ["train", "--corpus", corpus_folder, "--preset", "smoke", "--units", "9", "--epochs", "4"]
    refused([*arguments, "--resume", "--out", tmp_path / "model"], "last.npz", "units")


def test_an_output_folder_that_cannot_be(refused, best, corpus_folder, tmp_path, tunes):
    (tmp_path / "file").write_text("here")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        refused(["prepare", tunes[0], "--out", out], tmp_path / "file")
        refused(
            ["train", "--corpus", corpus_folder, "--preset", "smoke", "--units", "4", "--out", out],
            tmp_path / "file",
        )
        refused(["compose", "--model", best, "--steps", "8", "--out", out], tmp_path / "file")


def test_a_demo_that_cannot_be_written(tmp_path, monkeypatch, tunes, capsys):
    def unpack(collection, folder, rhythm):
        return collections.Unpacked(tuple(tunes), (), (), "")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(collections, "unpack", unpack)
    Path("file").write_text("here")
    assert main(["demo", "--steps", "1", "--out", "file"]) == 2
    assert "melody: file" in capsys.readouterr().err


@pytest.mark.parametrize("songs", [1, 3])
def test_songs_that_do_not_fill_every_part(refused, tmp_path, tunes, best, songs):
    assert main(["prepare", *map(str, tunes[4 : 4 + songs]), "--out", str(tmp_path / "few")]) == 0
    arguments = ["train", "--corpus", tmp_path / "few", "--out", tmp_path / "out", "--preset", "smoke"]
    refused(arguments, tmp_path / "few", f"no song fell into the validation part of {songs}")


@pytest.mark.parametrize(
    "options",
    [["--dropout", "1"], ["--dropout", "nan"], ["--dropout", "-0.1"], ["--batch", "100000"]],
    ids=" ".join,
)
def test_training_options_that_mean_nothing(refused, corpus_folder, tmp_path, options):
    arguments = [
        "train",
        "--corpus",
        corpus_folder,
        "--preset",
        "smoke",
        "--units",
        "4",
        "--out",
        tmp_path / "out",
    ]
    refused([*arguments, *options], options[1], corpus_folder if "--batch" in options else "dropout")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["train"],
        ["compose"],
        ["compose", "--model", "x.npz", "--temperature"],
        ["compose", "--model", "x.npz", "--temperature", "warm"],
        ["compose", "--model", "x.npz", "--count", "0"],
        ["compose", "--model", "x.npz", "--steps", "-1"],
        ["train", "--corpus", "x", "--units", "0"],
        ["train", "--corpus", "x", "--units", "1e3"],
        ["train", "--corpus", "x", "--lr", "nan"],
        ["train", "--corpus", "x", "--lr", "inf"],
        ["train", "--corpus", "x", "--cell", "elman"],
        ["train", "--corpus", "x", "--preset", "slow"],
        ["train", "--corpus", "x", "--seed", "-1"],
        ["demo", "--minutes", "0"],
        ["demo", "--minutes", "1", "--steps", "5"],
        ["prepare", "--rule", "both"],
    ],
    ids=" ".join,
)
def test_arguments_that_argparse_refuses(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "Traceback" not in capsys.readouterr().err
