"""The `melody` command, from files to melodies; and one clear line for whatever is wrong."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from lstm_from_scratch import __version__, cli
from lstm_from_scratch.cli import main
from lstm_from_scratch.corpus import Corpus, collections
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.music import KernError, read_kern
from lstm_from_scratch.paper import recall, table_one, table_one_measures
from lstm_from_scratch.training.recipe import PRESETS

ROOT = Path(__file__).parents[1]
MELODY = [sys.executable, "-m", "lstm_from_scratch"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "error"}
ENVIRONMENT.pop("PYTHONUNBUFFERED", None)
MEASURES = {"nats_per_symbol", "bits_per_onset", "onset_accuracy", "accuracy", "interval"}


def test_prepare_ends_with_a_table(tunes, tmp_path, capsys):
    bad = tmp_path / "bad.krn"
    bad.write_text("**kern\n4c 4e\n*-\n")
    assert main(["prepare", str(tunes[0].parent), str(bad), "--out", str(tmp_path / "out")]) == 0
    output = capsys.readouterr()
    table = dict(line.rsplit(None, 1) for line in output.out.splitlines()[:-1])
    assert table["files"] == "31" and table["kept whole"] == "25" and table["in the training part"] == "21"
    assert table["refused: not a melody that could be read"] == "1" and table["symbols"] == "5,350"
    assert output.err.startswith(f"refused {bad}:2: ") and output.err.count("\n") == 1
    assert "next: melody train --corpus" in output.out


def test_prepare_reads_one_of_several_parts_and_hands_on_warnings(tmp_path, capsys):
    text = "A title\n**kern\t**kern\n*C:\t*C:\n4c\t4e\n4d\t4f\n*-\t*-\n"
    (tmp_path / "two.krn").write_text(text)
    command = ["prepare", str(tmp_path / "two.krn"), "--out", str(tmp_path / "out")]
    assert main(command) == 2
    assert (
        "2 **kern columns, where a melody has one: choose one with --spine 1 to 2" in capsys.readouterr().err
    )
    assert main([*command, "--spine", "2"]) == 0
    warning = f"warning: {tmp_path / 'two.krn'}:1: plain text above **kern was skipped"
    assert capsys.readouterr().err.splitlines() == [warning]
    corpus = Corpus.load(tmp_path / "out")
    assert corpus.vocabulary.names(corpus.songs[0]) == ["64", *"___", "65", *"___"]


def test_prepare_unpacks_a_collection(tmp_path, monkeypatch, capsys, tunes):
    def unpack(collection, folder, rhythm):
        assert (collection, rhythm) == ("irl", "jig")
        return collections.Unpacked((tunes[1],), ("irl.abc X:9: no",), ("irl.abc X:8: hm",), "their terms")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(collections, "unpack", unpack)
    assert main(["prepare", "--collection", "irl", "--rhythm", "jig", "--out", "out"]) == 0
    output = capsys.readouterr()
    assert output.err.splitlines() == ["their terms", "irl.abc X:9: no", "irl.abc X:8: hm"]
    assert (tmp_path / "out" / "corpus.npz").is_file()


def test_training_leaves_its_four_files_and_its_lock(runs):
    assert {p.name for p in (runs / "model").iterdir()} == {
        ".lock",
        "best.npz",
        "last.npz",
        "history.json",
        "vocabulary.json",
    }
    model = MelodyModel.load(runs / "model" / "best.npz")
    assert (
        model.units == 8 and model.about["recipe"]["epochs"] == 4 and model.about["recipe"]["steps"] is None
    )
    vocabulary = json.loads((runs / "model" / "vocabulary.json").read_text())
    assert list(vocabulary) == list(model.vocabulary)


def test_compose_writes_melodies(runs, tmp_path, capsys):
    model, out = str(runs / "model" / "best.npz"), tmp_path / "Ö 中"
    arguments = ["compose", "--model", model, "--temperature", "0.5", "1", "--count", "2", "--steps", "32"]
    arguments += [
        "--primer",
        "67 _ 65 _",
        "--corpus",
        str(runs / "corpus"),
        "--tempo",
        "90",
        "--out",
        str(out),
    ]
    assert main(arguments) == 0
    assert capsys.readouterr().out.count("32 symbols") == 4
    written = json.loads((out / "compositions.json").read_text())
    assert len(written["melodies"]) == 4 and written["tempo"] == 90
    for melody in written["melodies"]:
        assert melody["symbols"][:4] == ["67", "_", "65", "_"]
        assert read_kern(out / f"{melody['name']}.krn").duration == 8


def test_evaluate_prints_the_schema(runs, capsys):
    arguments = ["evaluate", "--model", str(runs / "model" / "best.npz"), "--corpus", str(runs / "corpus")]
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == {"test", "songs"} and found["songs"] == 7
    assert found["test"].keys() >= {"network", "5-gram", "always _"}
    for row in found["test"].values():
        assert row.keys() >= MEASURES
        low, high = row["interval"]
        assert low <= row["nats_per_symbol"] <= high
    assert main(arguments) == 0
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 2 + len(found["test"]) and table[0].startswith("7 test songs")
    assert f"kneser-ney + song: {found['test']['network']['over']['kneser-ney + song'][0]:.3f}" in table[-1]
    assert f"{found['test']['network']['nats_per_symbol']:.3f}" in table[1]


def test_compare_prints_a_line_a_model_and_keeps_its_figures(runs, tmp_path, capsys, monkeypatch):
    tiny = replace(PRESETS["smoke"], units=4, batch=4, length=8, steps=4, validate_every=2)
    monkeypatch.setattr(table_one_measures, "MELODIES", 4)
    monkeypatch.setattr(table_one_measures, "SAMPLED_TEMPERATURES", (1.0,))
    monkeypatch.setattr(table_one, "sizes", lambda symbols: [("rnn", 4)])
    monkeypatch.setattr(recall, "RECALL_UPDATES", 2)
    monkeypatch.setattr(recall, "DISTANCES", (1, 2))
    monkeypatch.setattr(table_one, "compare", partial(table_one.compare, recipe=tiny))
    arguments = ["compare", "--corpus", str(runs / "corpus"), "--out", str(tmp_path), "--seeds", "2"]
    assert main(arguments) == 0
    printed = capsys.readouterr()
    assert printed.err.count("RNN of 4 units, rate") == 5 + 2  # each rate once, and the best with each seed
    assert printed.err.count("step      4 of 4") == 5 + 1
    lines = printed.out.splitlines()
    assert lines[0].startswith("test part") and lines[1].startswith("rnn-4")
    assert "lstm recalls one item after 0 others" in printed.out and lines[-1].endswith("compare.json")
    assert {"sequence_length.svg", "quality.svg", "diversity.svg"} <= {
        path.name for path in tmp_path.iterdir()
    }


def test_gradcheck_prints_every_tensor(capsys):
    assert main(["gradcheck", "--json"]) == 0
    checks = json.loads(capsys.readouterr().out)
    assert all(c["ok"] and c["error"] <= c["gate"] for c in checks)
    assert {c["method"] for c in checks} == {"central difference", "complex step"}
    assert {"LSTM.W", "GRU.bn", "RNN.U", "Dense.b"} <= {c["tensor"] for c in checks}
    assert main(["gradcheck"]) == 0
    *lines, verdict = capsys.readouterr().out.splitlines()
    assert len(lines) == len(checks) and verdict.startswith(f"all {len(checks)} checks passed")


def test_doctor_says_what_is_there(capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert f"NumPy       {np.__version__}" in out and "verovio" in out and "GPU" in out
    named = {line.split()[0] for line in out.splitlines()}
    assert named >= {"jupyterlab", "jupytext", "nbclient", "ipykernel", "browser", "MPI"}


def test_resume_says_when_it_starts_afresh(corpus_folder, tmp_path, capsys):
    arguments = ["train", "--corpus", corpus_folder, "--preset", "smoke", "--units", "4", "--epochs", "1"]
    arguments = list(map(str, [*arguments, "--resume", "--out", tmp_path / "m"]))
    assert main(arguments) == 0
    assert f"no checkpoint in {tmp_path / 'm'}: starting afresh" in capsys.readouterr().err
    assert main(arguments) == 0
    output = capsys.readouterr()
    assert "afresh" not in output.err and "best validation loss" in output.out


@pytest.mark.parametrize("verb", ["demo", "prepare", "train", "compose", "evaluate", "gradcheck", "doctor"])
def test_every_verb_has_help_with_an_example(verb, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([verb, "--help"])
    assert stopped.value.code == 0 and f"example: melody {verb}" in capsys.readouterr().out


def test_a_traceback_when_asked_for(tmp_path):
    (tmp_path / "x.krn").write_text("no")
    with pytest.raises(ValueError, match="no usable song"):
        main(["--traceback", "prepare", str(tmp_path)])
    assert issubclass(KernError, ValueError)


# --- as a program


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({}, "1"),
        ({"OPENBLAS_NUM_THREADS": "2"}, "2"),
        ({"OMP_NUM_THREADS": "2"}, "None"),
        ({"OPENBLAS_NUM_THREADS": "abc"}, "1"),
        ({"OPENBLAS_NUM_THREADS": "0"}, "1"),
        ({"OMP_NUM_THREADS": ""}, "1"),
    ],
    ids=str,
)
def test_commands_take_one_thread_unless_told_otherwise(given, taken):
    """It is settled before NumPy is imported, which looks once."""
    code = (
        "import os, sys\n"
        "from lstm_from_scratch import cli, commands\n"
        "assert 'numpy' not in sys.modules\n"
        "commands.doctor = lambda _: print(os.environ.get('OPENBLAS_NUM_THREADS'))\n"
        "cli.main(['doctor'])"
    )
    environment = {k: v for k, v in ENVIRONMENT.items() if not k.endswith("_NUM_THREADS")} | given
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert found.stdout == f"{taken}\n", found.stderr
    assert ("want a number" in found.stderr) == (given.get("OPENBLAS_NUM_THREADS") in ("abc", "0"))


def test_a_lesson_has_the_users_own_environment():
    """JupyterLab and its kernels inherit it: figures would not be shown, and threads not be measured."""
    code = (
        "import os\n"
        "from lstm_from_scratch import cli, commands\n"
        "commands.lesson = lambda _: print(dict(os.environ) == before)\n"
        "before = dict(os.environ)\n"
        "cli.main(['lesson'])"
    )
    settings = {k: v for k, v in ENVIRONMENT.items() if not k.endswith("_NUM_THREADS")}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=settings)
    assert found.stdout == "True\n", found.stderr


def test_help_and_import_load_nothing_heavy():
    look = "import sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    for code in (
        f"import lstm_from_scratch; {look}",
        "from lstm_from_scratch.cli import main\ntry: main(['train', '--help'])\n"
        f"except SystemExit: pass\n{look}",
    ):
        found = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT, check=True
        )
        loaded = set(found.stdout.splitlines()[-1].split())
        assert "sys" in loaded
        assert not loaded & {"music21", "matplotlib", "verovio", "scipy", "tqdm", "cupy", "torch", "numpy"}


def test_it_runs_as_a_program(tmp_path):
    found = subprocess.run([*MELODY, "--version"], capture_output=True, text=True, env=ENVIRONMENT)
    assert (found.returncode, found.stdout.strip()) == (0, f"lstm_from_scratch {__version__}")
    arguments = [*MELODY, "compose", "--model", tmp_path / "gone.npz"]
    found = subprocess.run(arguments, capture_output=True, text=True, env=ENVIRONMENT)
    assert found.returncode == 2
    assert found.stderr.startswith(f"melody: {tmp_path / 'gone.npz'}: no such file; ")


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="there is no /dev/full here to stand for a full disk"
)
def test_output_that_cannot_be_written_is_one_line():
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(
            [*MELODY, "doctor"], stdout=full, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
        )
    assert found.returncode == 2 and "No space left" in found.stderr and found.stderr.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX closes the output")
def test_no_output_at_all_is_no_error():
    found = subprocess.run(
        f'"{sys.executable}" -m lstm_from_scratch doctor >&-',
        shell=True,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert (found.returncode, found.stderr) == (0, "")


def test_a_reader_that_has_seen_enough_is_no_error():
    with subprocess.Popen(
        [*MELODY, "gradcheck"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        process.stdout.close()
        assert (process.stderr.read(), process.wait(60)) == ("", 0)


def test_the_presets_are_those_of_the_recipes():
    assert set(cli.PRESETS) == set(PRESETS)
