"""Disk full, read-only, deleted, too little memory: one line, status 2, and the last checkpoint as it was."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from lstm_from_scratch.cli import main
from lstm_from_scratch.model.checkpoint import read_checkpoint
from lstm_from_scratch.training import progress, recipe

HARM_AT = 3  # step: checkpoints of the steps before are written
resource = pytest.importorskip("resource", reason="limits of POSIX")


@pytest.fixture
def out(tmp_path):
    """A folder, and below it what is mounted."""
    yield tmp_path / "out"
    if os.path.ismount(tmp_path / "out"):
        subprocess.run(["umount", tmp_path / "out"], check=True)


def mount(folder):
    """A disk of 1 MiB."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root only")


@pytest.fixture
def train(corpus_folder, out, monkeypatch, capsys):
    """`melody train` with a checkpoint every step; harm is done at one; what it says, and the step kept."""

    def run(harm, *options):
        class Progress:
            def __init__(self, first=()):
                pass

            def __call__(self, run, row):
                if run.step == HARM_AT:
                    harm()

            def close(self):
                pass

        monkeypatch.setattr(progress, "Progress", Progress)
        monkeypatch.setitem(recipe.PRESETS, "smoke", replace(recipe.PRESETS["smoke"], save_seconds=0.0))
        arguments = ["train", "--corpus", str(corpus_folder), "--preset", "smoke", "--units", "6", "--out"]
        capsys.readouterr()
        assert main([*arguments, str(out), "--device", "cpu", "--epochs", "4", *options]) == 2
        output = capsys.readouterr()
        assert output.out == "" and output.err.startswith("melody: ") and output.err.count("\n") == 1
        return output.err

    return run


def kept(out):
    assert not list(out.glob(".*.part"))
    return read_checkpoint(out / "last.npz")[1]["run"]["step"]


def fill(folder):
    """Write until nothing more fits."""
    with (folder / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass


def test_a_full_disk_and_one_that_is_read_only(train, out):
    mount(out)
    assert train(lambda: fill(out)) == f"melody: {out / 'last.npz'}: No space left on device\n"
    assert kept(out) == HARM_AT - 1
    (out / "filler").unlink()
    subprocess.run(["mount", "-o", "remount,ro", out], check=True)
    for resume in ([], ["--resume"]):
        assert train(lambda: None, *resume) == f"melody: {out / '.lock'}: Read-only file system\n"
    assert kept(out) == HARM_AT - 1


def test_a_limit_on_the_size_of_files(train, out):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        said = train(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, before[1])))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert said == f"melody: {out / 'last.npz'}: File too large\n"
    assert kept(out) == HARM_AT - 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(train, out):
    out.mkdir(mode=0o500)
    assert "Permission denied" in train(lambda: None)


def test_a_folder_that_is_deleted(train, out):
    said = train(lambda: shutil.rmtree(out))
    assert said == f"melody: {out / 'last.npz'}: No such file or directory\n"
    assert not out.exists()


LIMITED = """
import resource, sys
from lstm_from_scratch.cli import main
from lstm_from_scratch.training import loop
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + 300 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to RLIMIT_AS")
def test_too_little_memory(runs, tmp_path):
    shutil.copytree(runs / "model", tmp_path / "model")
    before = (tmp_path / "model" / "last.npz").read_bytes()
    arguments = [
        "train",
        "--corpus",
        str(runs / "corpus"),
        "--units",
        "2048",
        "--overwrite",
        "--device",
        "cpu",
        "--out",
    ]
    found = subprocess.run(
        [sys.executable, "-c", LIMITED, *arguments, str(tmp_path / "model")],
        capture_output=True,
        text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )
    assert found.returncode == 2 and found.stderr.count("\n") == 1, found.stderr
    assert "not enough memory" in found.stderr and "fewer --units" in found.stderr
    assert (tmp_path / "model" / "last.npz").read_bytes() == before


def test_a_place_where_no_folder_can_be_made(tmp_path, capsys, corpus_folder, best):
    """As in a current folder that is read-only."""
    mount(tmp_path / "out")
    try:
        subprocess.run(["mount", "-o", "remount,ro", tmp_path / "out"], check=True)
        place = tmp_path / "out" / "runs"
        for arguments in (
            ["train", "--corpus", corpus_folder, "--preset", "smoke", "--out", place],
            ["compose", "--model", best, "--steps", "4", "--out", place],
            ["demo", "--out", place],
        ):
            capsys.readouterr()
            assert main(list(map(str, arguments))) == 2
            said = capsys.readouterr().err
            assert said == f"melody: {place}: Read-only file system; give another folder with --out\n"
    finally:
        subprocess.run(["umount", tmp_path / "out"], check=True)
