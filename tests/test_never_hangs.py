"""Pipes, devices, folders and sizes out of all proportion: refused by name, at once."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lstm_from_scratch import cli, files
from lstm_from_scratch.cli import main
from lstm_from_scratch.corpus.corpus import Corpus, CorpusError
from lstm_from_scratch.music import KernError, Vocabulary, read_kern

ROOT = Path(__file__).parents[1]
posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes and devices of POSIX")


def run(*arguments):
    """Status and stderr of a command in a process of its own, which may take 30 seconds."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "lstm_from_scratch", *map(str, arguments)],
        capture_output=True, text=True, timeout=30, env=environment,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.fixture(params=["pipe", "device", "link to a device", "folder"])
def trap(request, tmp_path):
    """Makes at a path what would never end, or is no file."""

    def make(path):
        if request.param == "pipe":
            os.mkfifo(path)
        elif request.param == "device":
            path.symlink_to("/dev/urandom")
        elif request.param == "link to a device":
            second = path.with_name(f"second-{path.name}.link")
            second.unlink(missing_ok=True)
            second.symlink_to("/dev/zero")
            path.symlink_to(second)
        else:
            path.mkdir()
        return path

    return make


@posix
def test_as_a_model_a_primer_a_song_and_a_corpus(trap, best, corpus_folder, tmp_path):
    out = tmp_path / "out"
    npz, krn = trap(tmp_path / "x.npz"), trap(tmp_path / "x.krn")
    for arguments in (
        ["compose", "--model", npz, "--out", out],
        ["evaluate", "--model", npz, "--corpus", corpus_folder],
        ["compose", "--model", best, "--primer", krn, "--out", out],
        ["prepare", krn, "--out", out],
    ):
        status, said = run(*arguments)
        assert status == 2 and said.count("\n") == 1 and said.startswith("melody: "), said
        assert "x.npz: " in said or "x.krn: " in said
    for name in ("corpus.npz", "corpus.json", "vocabulary.json"):
        (corpus_folder / name).rename(tmp_path / name)
        trap(corpus_folder / name)
        status, said = run("train", "--corpus", corpus_folder, "--out", out)
        assert status == 2 and said.startswith(f"melody: {corpus_folder}: "), said
        (corpus_folder / name).rmdir() if (corpus_folder / name).is_dir() else (corpus_folder / name).unlink()
        (tmp_path / name).rename(corpus_folder / name)
    assert not out.exists()


@posix
def test_among_the_songs_of_a_folder(trap, tunes, tmp_path, capsys):
    songs = tmp_path / "songs"
    songs.mkdir()
    for path in tunes:
        (songs / path.name).symlink_to(path)
    trap(songs / "a.krn")
    assert main(["prepare", str(songs), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().err
    assert said in (f"refused {songs / 'a.krn'}: {what}\n" for what in ("not a regular file", "a folder"))
    assert len(Corpus.load(tmp_path / "out").songs) == len(tunes)


@posix
def test_as_a_table_of_melodies(trap, best, tmp_path, capsys):
    """compose goes round it, and its page leaves it out."""
    out = tmp_path / "out"
    out.mkdir()
    trap(out / "compositions.json")
    assert main(["compose", "--model", str(best), "--steps", "4", "--out", str(out)]) == 0
    assert (out / "compositions_2.json").is_file() and "Traceback" not in capsys.readouterr().err


@posix
def test_as_a_lock(small, tmp_path):
    from lstm_from_scratch.training.loop import train
    from lstm_from_scratch.training.recipe import Recipe

    os.mkfifo(tmp_path / ".lock")
    train(small, Recipe(objective="stream", units=4, batch=4, length=5, steps=2), tmp_path)


def test_a_file_larger_than_any_song_is_refused_by_name(tmp_path):
    path = tmp_path / "large.krn"
    with path.open("wb") as file:
        file.truncate(30_000_000)  # no disk is written for it
    with pytest.raises(OSError, match="larger than 20 MB") as caught:
        read_kern(path)
    assert caught.value.filename == str(path)
    with (tmp_path / "vocabulary.json").open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(OSError, match="larger than 100 MB"):
        Vocabulary.load(tmp_path / "vocabulary.json")
    assert files.read_regular(path, 30_000_000) == bytes(30_000_000)


def test_a_corpus_whose_text_is_no_text(corpus_folder):
    for content in (b"\xff", b"[" * 100_000, b"{}", b"[]", b'{"rule": 1}'):
        (corpus_folder / "corpus.json").write_bytes(content)
        with pytest.raises(CorpusError, match=r"make it again: the same 'melody prepare' with --overwrite"):
            Corpus.load(corpus_folder)


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["compose", "--model", "x", "--count", "1000000000"], "from 1 to 10,000"),
        (["compose", "--model", "x", "--steps", "8193"], "from 1 to 8,192"),
        (["train", "--corpus", "x", "--units", "1" + "0" * 22], "from 1 to 2,048"),
        (["train", "--corpus", "x", "--units", "9" * 5000], "from 1 to 2,048"),
        (["train", "--corpus", "x", "--batch", "10000000"], "from 1 to 1,000,000"),
        (["train", "--corpus", "x", "--epochs", "10000000"], "from 1 to 1,000,000"),
        (["train", "--corpus", "x", "--seed", str(2**128)], "from 0 to 2^128 - 1"),
        (["compare", "--corpus", "x", "--seeds", "100000"], "from 1 to 1,000"),
        (["demo", "--steps", "10000000000"], "from 1 to 1,000,000,000"),
        (["demo", "--minutes", "1e9"], "10,000 at most"),
        (["lesson", "9999999999999999999999"], "from 1 to 1,000"),
    ],
)  # fmt: skip
def test_a_number_out_of_all_proportion(arguments, wanted, capsys):
    before = time.perf_counter()
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    said = capsys.readouterr().err
    assert (stopped.value.code == 2 and f"want a whole number {wanted}" in said) or wanted in said
    assert (
        said.count("\n") == 1
        and said.endswith(f"see melody {arguments[0]} --help\n")
        and len(said) < 250
        and time.perf_counter() - before < 1
    )


def test_the_largest_numbers_are_taken():
    options = cli.parser().parse_args(["compose", "--model", "x", "--count", "10000", "--steps", "8192"])
    assert (options.count, options.steps) == (10_000, 8192)
    options = cli.parser().parse_args(
        ["train", "--corpus", "x", "--seed", str(2**128 - 1), "--units", "2048"]
    )
    assert options.seed == 2**128 - 1 and options.units == 2048


def test_the_largest_seed_can_be_saved_and_read(small, tmp_path):
    from lstm_from_scratch.training.loop import train
    from lstm_from_scratch.training.recipe import Recipe

    recipe = Recipe(objective="stream", units=4, batch=4, length=5, steps=2)
    train(small, recipe, tmp_path, seed=2**128 - 1)
    assert train(small, recipe, tmp_path, seed=2**128 - 1, resume=True).finished


def test_an_unreadable_file_is_an_error_that_names_it(tmp_path):
    for error, path in ((OSError, tmp_path), (FileNotFoundError, tmp_path / "gone.krn")):
        with pytest.raises(error) as caught:
            read_kern(path)
        assert not isinstance(caught.value, KernError) and caught.value.filename == str(path)
