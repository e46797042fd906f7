"""What the README shows can be done, and its map is the tree."""

import re
import runpy
import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MELODY = ROOT / "docs" / "like_sakura.wav"


def loudness(path):
    """Of the samples of a WAV file, and its seconds."""
    with wave.open(str(path)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        return np.abs(samples.astype(float)).max(), sound.getnframes() / sound.getframerate()


def test_the_example_ends_in_a_sound(runs, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "data" / "tunes", tmp_path / "data" / "tunes")
    shutil.copytree(runs / "model", tmp_path / "runs" / "demo" / "model")
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"^```python\n(.*?)^```", README, re.M | re.S)
    exec(compile(example, "README.md", "exec"), {})
    peak, seconds = loudness(tmp_path / "frere_jacques_goes_on.wav")
    assert peak > 10_000 and seconds > 4  # two bars at 120 quarters a minute, and more


def test_there_is_something_to_hear():
    peak, seconds = loudness(MELODY)
    assert peak > 10_000 and f"({seconds:.0f} seconds)" in README


def test_two_commands_are_marked_and_each_begins_with_an_environment():
    commands = re.findall(r"<!-- (demo|test) -->\n```sh\n(.*)\n```", README)
    assert [name for name, _ in commands] == ["demo", "test"]
    assert all(command.startswith("python3 -m venv .venv && ") for _, command in commands)


def listed_on_the_map():
    """The rooms of the package, and the folders beside it, as the README lists them."""
    (lines,) = re.findall(r"^```\nlstm_from_scratch/\n(.*?)^```", README, re.M | re.S)
    names = re.findall(r"^( *)(\S+)/ +\S", lines, re.M)
    return [name for indent, name in names if indent], [name for indent, name in names if not indent]


def test_the_map_has_the_rooms_in_their_order():
    order = runpy.run_path(str(ROOT / "tests" / "test_rooms.py"))["ORDER"]
    folders = [name for name in order if (ROOT / "lstm_from_scratch" / name).is_dir()]
    assert listed_on_the_map()[0] == folders


def test_the_map_has_every_folder_beside_the_package():
    found = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if found.returncode:
        pytest.skip("no git here, or no clone: which folders belong to the project is not known")
    folders = {line.split("/")[0] for line in found.stdout.splitlines() if "/" in line}
    listed = {"lstm_from_scratch", *listed_on_the_map()[1]}
    assert listed == {name for name in folders if not name.startswith(".")}


def test_the_bugs_that_it_counts_are_there():
    for name, said in (
        ("mutants", "{} bugs planted in the real source"),
        ("kernel_mutants", "{} planted bugs"),
    ):
        mutants = runpy.run_path(str(ROOT / "tests" / "helpers" / f"{name}.py"))["MUTANTS"]
        assert said.format(len(mutants)) in " ".join(README.split())
