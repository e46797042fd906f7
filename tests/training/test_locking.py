"""One run a folder; and what a killed one leaves behind stands in nobody's way."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from lstm_from_scratch import files
from lstm_from_scratch.cli import main
from lstm_from_scratch.training.loop import train
from lstm_from_scratch.training.recipe import Recipe

RECIPE = Recipe(objective="stream", units=6, batch=4, length=5, steps=4, validate_every=2)
HOLDER = "import sys; from pathlib import Path; from lstm_from_scratch.files import only_writer\n" + (
    "with only_writer(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder's lock."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline().startswith(b"held")
    yield process
    process.kill()
    process.communicate()


def test_a_second_run_is_refused_until_the_first_is_dead(small, tmp_path, holder):
    (tmp_path / "last.npz").write_bytes(b"the first run's")
    for resume in (False, True):
        with pytest.raises(files.LockedError, match=f"{re.escape(str(tmp_path))}: another run is using"):
            train(small, RECIPE, tmp_path, resume=resume)
    assert (tmp_path / "last.npz").read_bytes() == b"the first run's"
    os.kill(holder.pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    holder.wait()
    assert (tmp_path / ".lock").exists()
    assert train(small, RECIPE, tmp_path, overwrite=True).finished
    assert train(small, RECIPE, tmp_path, resume=True).finished  # it gave the lock back


def test_the_command_says_it_in_one_line(corpus_folder, tmp_path, holder, capsys):
    capsys.readouterr()
    arguments = ["train", "--corpus", str(corpus_folder), "--preset", "smoke", "--device", "cpu"]
    assert main([*arguments, "--out", str(tmp_path)]) == 2
    output = capsys.readouterr()
    assert output.err.startswith(
        f"melody: {tmp_path}: another run is using this folder; wait for it, or give"
    )
    assert output.err.count("\n") == 1


def test_a_file_system_without_locks_trains_too(small, tmp_path, monkeypatch):
    def fail(_):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(files, "_lock", fail)
    assert train(small, RECIPE, tmp_path).finished


def test_parts_of_killed_writes_are_removed(small, tmp_path):
    train(small, RECIPE, tmp_path)
    (tmp_path / ".last.npz.123.part").write_bytes(b"half of a checkp")
    train(small, replace(RECIPE), tmp_path, resume=True)
    assert not list(tmp_path.glob(".*.part"))
