"""Where no GPU can be used, `--device gpu` and the doctor say why and what to do, and `auto` says why."""

import ctypes
import os
import runpy
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from lstm_from_scratch.cli import main
from lstm_from_scratch.network import driver
from lstm_from_scratch.network.backend import DeviceError, choose_backend

BROKEN = runpy.run_path(str(Path(__file__).with_name("helpers") / "broken_cupy.py"))
FAILURES, NO_CUPY, INSTALL_12, fails = (BROKEN[k] for k in ("FAILURES", "NO_CUPY", "INSTALL_12", "fails"))


@pytest.fixture
def pretend(cupy, monkeypatch):
    """CuPy is there, broken in some way, with a driver of some version."""

    def act(breaks, version):
        monkeypatch.setattr(driver, "driver_version", lambda: version)
        monkeypatch.setitem(sys.modules, "cupy", cupy if breaks else None)
        if breaks:
            breaks(cupy)

    return act


def check_refusal(cause, remedy):
    """`gpu` gives the cause and the remedy, `auto` falls back with the cause, each in one line."""
    with pytest.raises(DeviceError) as refused:
        choose_backend("gpu")
    said, reason = str(refused.value), choose_backend("auto").reason
    assert said.startswith(f"no GPU can be used: {cause}") and remedy in said and "\n" not in said, said
    assert choose_backend("auto").xp is np
    assert f"on the CPU, no GPU: {cause}" in reason and "\n" not in reason, reason


@pytest.mark.parametrize("failure", FAILURES)
def test_a_gpu_that_does_not_compute(pretend, failure):
    breaks, version, cause, remedy = FAILURES[failure]
    pretend(breaks, version)
    check_refusal(cause, remedy)


@pytest.mark.parametrize("version", NO_CUPY)
def test_no_cupy(pretend, version):
    pretend(None, version)
    check_refusal("CuPy is not installed", NO_CUPY[version])


def test_no_cuda_on_macos(pretend, monkeypatch):
    pretend(None, None)
    monkeypatch.setattr(sys, "platform", "darwin")
    check_refusal("CuPy is not installed", "there is no CUDA on macOS: use --device cpu")


def test_a_gpu_that_computes(pretend, cupy):
    pretend(lambda cupy: setattr(cupy, "is_available", fails(RuntimeError("13.6 raises here"))), (12, 8))
    for device in ("auto", "gpu"):
        backend = choose_backend(device)
        assert (backend.name, backend.xp) == ("gpu", cupy)
        assert backend.reason == "CuPy 14.2.0 on Stand-in"


def test_nothing_is_chosen_at_import(tmp_path):
    (tmp_path / "cupy.py").write_text("raise SystemExit('cupy was imported')")
    code = "import lstm_from_scratch.cli, lstm_from_scratch.training.loop"
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    done = subprocess.run(
        [sys.executable, "-c", "import cupy"], env=environment, capture_output=True, text=True
    )
    assert "cupy was imported" in done.stderr


@pytest.mark.parametrize(
    ("status", "number", "found"), [(0, 12080, (12, 8)), (0, 13010, (13, 1)), (0, 0, None), (3, 13000, None)]
)
def test_the_driver_is_asked_without_cupy(monkeypatch, status, number, found):
    def ask(pointer):
        pointer._obj.value = number
        return status

    monkeypatch.setattr(ctypes, "CDLL", lambda name: types.SimpleNamespace(cuDriverGetVersion=ask))
    assert driver.driver_version() == found
    monkeypatch.setattr(ctypes, "CDLL", fails(OSError("libcuda.so.1: cannot open shared object file")))
    assert driver.driver_version() is None


@pytest.fixture
def train(small, tmp_path, capsys):
    """`melody train` on a small corpus: its status and what it wrote to stderr, and to the folder."""
    small.save(tmp_path / "corpus")
    out = tmp_path / "model"

    def act(*options):
        arguments = [
            "train",
            "--corpus",
            tmp_path / "corpus",
            "--preset",
            "smoke",
            "--epochs",
            "1",
            "--units",
            "4",
        ]
        status = main(list(map(str, [*arguments, "--batch", 4, "--out", out, *options])))
        return status, capsys.readouterr().err, sorted(p.name for p in out.iterdir()) if out.is_dir() else []

    return act


@pytest.mark.parametrize("failure", FAILURES)
def test_the_command_ends_with_one_line_and_2(pretend, train, failure):
    breaks, version, cause, remedy = FAILURES[failure]
    pretend(breaks, version)
    status, said, files = train("--device", "gpu")
    assert (status, files, said.count("\n")) == (2, [], 1)
    assert said.startswith(f"melody: no GPU can be used: {cause}") and remedy in said


def test_auto_says_in_one_line_which_and_why(pretend, cupy, train):
    pretend(None, (12, 8))
    status, said, _ = train("--device", "auto")
    assert status == 0
    assert said.splitlines()[0] == f"NumPy {np.__version__} on the CPU, no GPU: CuPy is not installed"


@pytest.mark.parametrize("path", ["fused"], indirect=True)
def test_the_gpu_is_said_too_and_is_used(pretend, cupy, train, path):
    pretend(lambda cupy: None, (12, 8))
    status, said, files = train()
    assert status == 0 and said.splitlines()[0] == "CuPy 14.2.0 on Stand-in"
    assert cupy.counts["launches"] > 1000 and {"best.npz", "last.npz"} <= set(files)


@pytest.mark.parametrize("bytes_free", [100, 20_000, 40_000])
def test_memory_that_is_too_little_for_training(pretend, cupy, train, bytes_free):
    """At the first arrays, or at a later one."""

    def small_memory(cupy):
        used = 0
        new = cupy._new

        def allocate(a, launches=1):
            nonlocal used
            used += a.nbytes
            if a.nbytes > 24 and used > bytes_free:
                raise cupy.cuda.memory.OutOfMemoryError(a.nbytes, used)
            return new(a, launches)

        cupy._new = allocate

    pretend(small_memory, (13, 0))
    status, said, files = train("--device", "gpu")
    assert status == 2 and said.splitlines()[-1].startswith(
        "melody: the GPU has too little memory (OutOfMemoryError"
    )
    assert "a smaller --batch" in said and "Traceback" not in said
    assert "best.npz" not in files


def test_an_error_of_the_cpu_is_left_alone(cupy):
    with pytest.raises(MemoryError, match="Out of memory"), choose_backend("cpu").explained():
        raise cupy.cuda.memory.OutOfMemoryError(1, 1)


@pytest.mark.parametrize("failure", FAILURES)
def test_the_doctor_says_what_is_wrong(pretend, capsys, failure):
    breaks, version, cause, remedy = FAILURES[failure]
    pretend(breaks, version)
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()[-4:]
    assert [line.split()[0] for line in lines] == ["NVIDIA", "CuPy", "CUDA", "GPU"]
    assert lines[3].startswith(f"GPU         not used: {cause}") and remedy in lines[3]
    assert driver.how_to_install(version) in lines[0]
    assert ("not used" in lines[2]) == ("libraries" in cause)


def test_the_doctor_says_what_is_there(pretend, capsys):
    pretend(lambda cupy: None, (12, 8))
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.splitlines()[-4:] == [
        f"NVIDIA      driver for CUDA 12.8; for the GPU: {INSTALL_12}",
        "CuPy        14.2.0, for CUDA 12.9",
        "CUDA        NVRTC 12.9, cuBLAS",
        "GPU         CuPy 14.2.0 on Stand-in, compute capability 9.0, 8.0 of 16.0 GiB of memory free",
    ]
