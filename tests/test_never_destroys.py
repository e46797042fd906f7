"""Nothing of the user's, and no earlier result, is overwritten unless that was asked for."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_from_scratch import given_songs
from lstm_from_scratch.cli import main
from lstm_from_scratch.corpus.corpus import Corpus
from lstm_from_scratch.files import OccupiedError, only_writer
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.model.checkpoint import read_checkpoint
from lstm_from_scratch.page import demo, demo_folder
from lstm_from_scratch.training.divergence import DivergedError
from lstm_from_scratch.training.loop import WRITTEN, train
from lstm_from_scratch.training.recipe import Recipe

RECIPE = Recipe(objective="stream", units=6, batch=4, length=5, steps=8, validate_every=4, save_seconds=0)


def tree(folder):
    """Every file below a folder, hidden ones too, with what it holds."""
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def model_folder(runs, tmp_path):
    return Path(shutil.copytree(runs / "model", tmp_path / "model"))


@pytest.fixture
def call(capsys):
    """A command's status and its last line on stderr."""

    def run(*arguments):
        capsys.readouterr()
        status = main(list(map(str, arguments)))
        return status, (capsys.readouterr().err.splitlines() or [""])[-1]

    return run


def small_run(corpus_folder, out, *more):
    options = ["--preset", "smoke", "--units", "4", "--epochs", "2", "--device", "cpu"]
    return ["train", "--corpus", corpus_folder, *options, "--out", out, *more]


# --- train


def test_train_leaves_a_used_folder_alone(call, corpus_folder, model_folder):
    before = tree(model_folder)
    status, said = call(*small_run(corpus_folder, model_folder))
    assert status == 2 and "--resume to go on" in said and "--overwrite to start afresh" in said
    assert tree(model_folder) == before


@pytest.mark.parametrize("name", [*WRITTEN, "notes.txt", "index.html", "corpus.npz", "T0.7_1.krn"])
@pytest.mark.parametrize("more", [[], ["--resume"]])
def test_train_leaves_the_users_files_alone(call, corpus_folder, tmp_path, name, more):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / name).write_text("of the user")
    status, said = call(*small_run(corpus_folder, mine, *more))
    assert status == 2 and str(mine) in said
    found = tree(mine)
    found.pop(Path(".lock"), None)  # where a run was to be resumed
    assert found == {Path(name): b"of the user"}


def test_a_folder_is_used_as_soon_as_training_begins(small, tmp_path):
    """Killed in its first second, it can be resumed, and is no free place for another run."""
    with pytest.raises(ZeroDivisionError):
        train(small, RECIPE, tmp_path, progress=lambda *_: 1 / 0)
    assert read_checkpoint(tmp_path / "last.npz")[1]["run"]["step"] == 0
    with pytest.raises(OccupiedError):
        train(small, RECIPE, tmp_path)
    assert train(small, RECIPE, tmp_path, resume=True).finished


@pytest.mark.parametrize("stop", ["killed", "interrupted", "diverged"])
def test_overwriting_keeps_the_old_model_until_there_is_a_new_best(small, tmp_path, stop):
    train(small, RECIPE, tmp_path, seed=1)
    before = tree(tmp_path)

    def progress(run, row):
        if run.step == 3:  # before the first validation, after checkpoints would have been written
            if stop == "interrupted":
                signal.raise_signal(signal.SIGINT)
                return
            if stop == "killed":
                raise SystemExit
            run.model.weights[:] = float("nan")

    expected = {"killed": SystemExit, "diverged": DivergedError, "interrupted": ()}[stop]
    try:
        train(small, RECIPE, tmp_path, seed=2, overwrite=True, progress=progress)
    except expected:
        pass
    after = tree(tmp_path)
    kept = {name for name in before if after[name] == before[name]}
    assert kept >= {Path(name) for name in ("best.npz", "history.json", "vocabulary.json")}
    assert (Path("last.npz") in kept) == (stop != "interrupted")
    assert after.keys() == before.keys()
    run = train(
        small, RECIPE, tmp_path, seed=2, resume=stop == "interrupted", overwrite=stop != "interrupted"
    )
    assert run.finished and MelodyModel.load(tmp_path / "best.npz").about["seed"] == 2
    assert json.loads((tmp_path / "history.json").read_text()) == run.history


def test_a_learning_rate_that_diverges_leaves_what_was_saved(call, corpus_folder, model_folder):
    before = tree(model_folder)
    status, said = call(*small_run(corpus_folder, model_folder, "--overwrite", "--lr", "1e30", "--clip", "0"))
    assert status == 2 and "what was saved before is kept" in said
    assert tree(model_folder) == before


def test_only_parts_of_our_own_files_are_removed(small, tmp_path):
    train(small, RECIPE, tmp_path)
    ours = [".last.npz.123.part", ".best.npz.9.part", ".history.json.77.part"]
    theirs = [".song.part", ".last.npz.part", ".last.npz.old.part", ".thesis.tex.12.part", "last.npz.12.part"]
    for name in (*ours, *theirs):
        (tmp_path / name).write_text("half")
    train(small, RECIPE, tmp_path, resume=True)
    assert [name for name in ours if (tmp_path / name).exists()] == []
    assert [name for name in theirs if not (tmp_path / name).exists()] == []


# --- prepare


def test_prepare_writes_over_no_other_corpus_and_no_file(call, corpus_folder, tmp_path, tunes):
    before = tree(corpus_folder)
    status, said = call("prepare", tunes[0], "--out", corpus_folder)
    assert status == 2 and "holds another corpus" in said and tree(corpus_folder) == before
    for name in ("corpus.json", "vocabulary.json", "anything.txt"):
        mine = tmp_path / name.replace(".", "-")
        mine.mkdir()
        (mine / name).write_text("of the user")
        status, said = call("prepare", tunes[0], "--out", mine)
        assert status == 2 and str(mine) in said and tree(mine) == {Path(name): b"of the user"}
    (corpus_folder / "notes.txt").write_text("of the user")
    assert call("prepare", tunes[0], "--out", corpus_folder, "--overwrite")[0] == 0
    assert len(Corpus.load(corpus_folder).songs) == 1
    assert (corpus_folder / "notes.txt").read_text() == "of the user"


def test_the_same_corpus_again_is_no_error(call, corpus_folder, tunes):
    before = tree(corpus_folder)
    assert call("prepare", tunes[0].parent, "--out", corpus_folder)[0] == 0
    assert tree(corpus_folder) == before


# --- compose


def test_compose_numbers_on(call, best, tmp_path):
    out = tmp_path / "out"
    arguments = ["compose", "--model", best, "--steps", "8", "--out", out]
    assert call(*arguments, "--temperature", "0.7", "1")[0] == 0
    before = tree(out)
    assert call(*arguments, "--seed", "5", "--count", "2")[0] == 0
    after = tree(out)
    page = Path("play.html")  # shows the whole folder, and is written anew
    assert {k: after[k] for k in before if k != page} == {k: v for k, v in before.items() if k != page}
    new = {path.name for path in after.keys() - before.keys()}
    assert {name for name in new if name.endswith(".krn")} == {"T0.7_2.krn", "T0.7_3.krn"}
    table = json.loads((out / "compositions_2.json").read_text())
    assert table["seed"] == 5 and [row["name"] for row in table["melodies"]] == ["T0.7_2", "T0.7_3"]


def test_compose_goes_round_the_users_files(call, best, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    mine = {"T0.7_1.krn", "T0.7_4.txt", "T0.7_3.mid.bak", "compositions.json", "notes.txt"}
    for name in mine:
        (out / name).write_text("of the user")
    assert call("compose", "--model", best, "--steps", "4", "--out", out)[0] == 0
    assert all((out / name).read_text() == "of the user" for name in mine)
    assert (out / "T0.7_5.wav").exists() and (out / "compositions_2.json").exists()


def test_a_melody_does_not_depend_on_how_many_were_asked_for_at_once(call, best, tmp_path):
    arguments = ["compose", "--model", best, "--steps", "8", "--out"]
    assert call(*arguments, tmp_path / "a", "--count", "2")[0] == 0
    assert call(*arguments, tmp_path / "b")[0] == call(*arguments, tmp_path / "b")[0] == 0
    a, b = tree(tmp_path / "a"), tree(tmp_path / "b")
    music = {".krn", ".mid", ".musicxml", ".svg", ".wav"}
    a, b = ({k: v for k, v in files.items() if k.suffix in music} for files in (a, b))
    assert a == b and len(a) == 2 * len(music)


def test_two_cannot_compose_into_one_folder(call, best, tmp_path):
    code = "import sys; from pathlib import Path; from lstm_from_scratch.files import only_writer\n" + (
        "with only_writer(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        status, said = call("compose", "--model", best, "--steps", "4", "--out", tmp_path)
        holder.communicate()
    assert status == 2 and "another run is using this folder" in said
    with only_writer(tmp_path):
        pass


# --- demo


@pytest.fixture
def quick_demo(corpus, monkeypatch):
    """The demo on this project's tunes."""
    monkeypatch.setattr(given_songs, "prepared", lambda options: corpus)
    monkeypatch.setattr(demo, "DEMO_RECIPE", demo.replace(demo.DEMO_RECIPE, units=4))


@pytest.fixture
def stopped_at(monkeypatch):
    """Make the next demo's training stop like after Ctrl-C."""

    def stop(step):
        def progress(self, run, row):
            if run.step == step:
                signal.raise_signal(signal.SIGINT)

        monkeypatch.setattr("lstm_from_scratch.training.progress.Progress.__call__", progress)

    return stop


def test_a_demo_over_a_demo(call, quick_demo, stopped_at, tmp_path):
    out = tmp_path / "demo"
    arguments = ["demo", "--out", out]
    assert call(*arguments, "--steps", "8")[0] == 0
    (out / "notes.txt").write_text("of the user")
    (out / "model" / "notes.txt").write_text("of the user")
    before = tree(out)
    status, said = call(*arguments, "--steps", "9")
    assert status == 2 and "--overwrite" in said and tree(out) == before
    stopped_at(5)
    status, said = call(*arguments, "--steps", "9", "--overwrite")
    assert status == 130 and said == f"melody: stopped; to go on: melody demo --resume --out {out}"
    assert {k: v for k, v in tree(out).items() if k in before} == before  # the old page, model and all
    assert call(*arguments)[0] == 2
    stopped_at(0)
    assert call(*arguments, "--resume")[0] == 0
    after = tree(out)
    assert not (out / demo_folder.UNFINISHED).exists() and after.keys() == before.keys()
    assert after[Path("index.html")] != before[Path("index.html")]
    assert after[Path("notes.txt")] == after[Path("model/notes.txt")] == b"of the user"
    assert json.loads(after[Path("measures.json")])["steps"] == 9


def test_a_demo_that_was_stopped_ends_like_one_that_was_not(call, quick_demo, stopped_at, tmp_path):
    arguments = ["demo", "--steps", "8", "--seed", "3", "--out"]
    assert call(*arguments, tmp_path / "whole")[0] == 0
    stopped_at(5)
    assert call(*arguments, tmp_path / "parts")[0] == 130
    assert not (tmp_path / "parts" / "index.html").exists()
    stopped_at(0)
    assert call("demo", "--out", tmp_path / "parts")[0] == 2
    status, said = call("demo", "--out", tmp_path / "parts", "--resume", "--steps", "7")
    assert status == 2 and "begun with --steps 8 --seed 3" in said
    assert call("demo", "--out", tmp_path / "parts", "--resume")[0] == 0
    assert tree(tmp_path / "parts") == tree(tmp_path / "whole")
    assert call("demo", "--out", tmp_path / "parts", "--resume")[0] == 0  # finished, and said so


@pytest.mark.parametrize("name", ["index.html", "notes.txt", "model/best.npz"])
def test_a_demo_leaves_the_users_files_alone(call, quick_demo, tmp_path, name):
    path = tmp_path / "mine" / name
    path.parent.mkdir(parents=True)
    path.write_text("of the user")
    status, said = call("demo", "--steps", "8", "--out", tmp_path / "mine")
    assert status == 2 and str(tmp_path / "mine") in said
    assert tree(tmp_path / "mine") == {Path(name): b"of the user"}


def test_a_demo_stopped_while_its_files_are_moved(call, quick_demo, monkeypatch, tmp_path):
    """What is left is moved by --resume; the page comes last."""
    out = tmp_path / "demo"
    replace, moved = Path.replace, []

    def stop(self, target):
        if (
            demo_folder.UNFINISHED in self.parts
            and self.parent.name == demo_folder.UNFINISHED
            and self.suffix == ".svg"
        ):
            raise KeyboardInterrupt
        moved.append(self.name)
        return replace(self, target)

    put_in_place = demo_folder.put_in_place

    def put(work, out):
        monkeypatch.setattr(Path, "replace", stop)
        put_in_place(work, out)

    monkeypatch.setattr(demo_folder, "put_in_place", put)
    assert call("demo", "--steps", "8", "--out", out)[0] == 130
    assert moved and not (out / "index.html").exists()
    monkeypatch.undo()
    assert call("demo", "--out", out, "--resume")[0] == 0
    assert (out / "index.html").exists() and (out / "curves.svg").exists()


def test_compare_leaves_the_users_files_alone(call, corpus_folder, tmp_path):
    for name in ("compare.json", "memory.svg", "anything.txt"):
        mine = tmp_path / name.replace(".", "-")
        mine.mkdir()
        (mine / name).write_text("of the user")
        status, said = call("compare", "--corpus", corpus_folder, "--out", mine)
        assert status == 2 and str(mine) in said and tree(mine) == {Path(name): b"of the user"}
