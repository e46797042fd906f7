"""Ctrl-C, SIGTERM and SIGHUP: what was made is saved, and the last line says how to go on."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lstm_from_scratch.cli import main
from lstm_from_scratch.model.checkpoint import read_checkpoint
from lstm_from_scratch.stopping import on_stop, raise_interrupt
from lstm_from_scratch.training.loop import train
from lstm_from_scratch.training.recipe import Recipe

ROOT = Path(__file__).parents[1]
MELODY = [sys.executable, "-m", "lstm_from_scratch"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "error"}
ENDLESS = Recipe(objective="stream", units=4, batch=4, length=5, steps=10**6, save_seconds=1e9)
posix = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


def begun(runs, out, *more, **options):
    """A training run in a process of its own that has made its first step."""
    arguments = ["train", "--corpus", runs / "corpus", "--preset", "smoke", "--device", "cpu", "--out", out]
    process = subprocess.Popen(
        [*MELODY, *arguments, *more], stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, **options
    )
    process.stderr.readline()  # printed once a batch is made
    return process


@pytest.fixture(autouse=True)
def hearing_everything():
    """Whoever started these tests may have had SIGHUP ignored, as nohup does, and children inherit that."""
    if not hasattr(signal, "SIGHUP"):
        yield
        return
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_training_run_saves_and_says_how_to_go_on(runs, tmp_path, name, capsys):
    process = begun(runs, tmp_path / "m")
    process.send_signal(getattr(signal, name))
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in said, said
    step = read_checkpoint(tmp_path / "m" / "last.npz")[1]["run"]["step"]
    assert 0 < step < 5000
    assert (
        said.splitlines()[-1]
        == f"melody: stopped at step {step} of 5000; the same command with --resume goes on"
    )
    capsys.readouterr()


@posix
def test_nohup_is_heeded(runs, tmp_path):
    process = begun(runs, tmp_path / "m", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    assert process.poll() is None
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 130


@posix
def test_a_closed_terminal_ends_no_run_before_it_is_saved(runs, tmp_path):
    """What a run prints then fails, which must not keep it from saving."""
    import pty

    leader, follower = pty.openpty()
    arguments = ["train", "--corpus", runs / "corpus", "--preset", "smoke", "--device", "cpu"]
    process = subprocess.Popen(
        [*MELODY, *arguments, "--out", tmp_path / "m"], stderr=follower, stdout=follower, env=ENVIRONMENT
    )
    os.close(follower)
    os.read(leader, 10)
    os.close(leader)  # from here on every write is an error
    time.sleep(0.5)
    process.send_signal(signal.SIGHUP)
    process.wait(60)
    assert read_checkpoint(tmp_path / "m" / "last.npz")[1]["run"]["step"] > 0


@posix
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_other_commands_stop_like_after_ctrl_c(name, monkeypatch, capsys):
    from lstm_from_scratch import commands

    monkeypatch.setattr(commands, "doctor", lambda _: signal.raise_signal(getattr(signal, name)))
    before = signal.getsignal(getattr(signal, name))
    assert main(["doctor"]) == 130
    assert capsys.readouterr().err == "\nmelody: stopped\n"
    assert signal.getsignal(getattr(signal, name)) is before


def test_a_second_ctrl_c_stops_at_once(small, tmp_path):
    """And the folder can be resumed from what was saved before."""

    def twice(run, row):
        if run.step == 3:
            signal.raise_signal(signal.SIGINT)
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(small, ENDLESS, tmp_path, progress=twice)
    assert read_checkpoint(tmp_path / "last.npz")[1]["run"]["step"] == 0
    train(small, ENDLESS, tmp_path, resume=True, progress=lambda *_: signal.raise_signal(signal.SIGINT))
    assert read_checkpoint(tmp_path / "last.npz")[1]["run"]["step"] == 1


def test_what_composing_was_stopped_at_is_told(best, tmp_path, monkeypatch, capsys):
    """The melodies before are whole, and in the table."""
    import json

    from lstm_from_scratch.music import score

    save, made = score.save, []

    def stop(melody, folder, stem, *options):
        if len(made) == 2:
            raise_interrupt(0, None)
        made.append(stem)
        return save(melody, folder, stem, *options)

    monkeypatch.setattr(score, "save", stop)
    arguments = [
        "compose",
        "--model",
        str(best),
        "--count",
        "10000",
        "--steps",
        "4",
        "--out",
        str(tmp_path / "o"),
    ]
    assert main(arguments) == 130
    table = json.loads((tmp_path / "o" / "compositions.json").read_text())["melodies"]
    assert [row["name"] for row in table] == made == ["T0.7_1", "T0.7_2"]


def test_in_a_thread_nothing_changes():
    found = []

    def look():
        with on_stop(raise_interrupt):
            found.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [before] == [signal.getsignal(signal.SIGINT)]
