"""benchmarks/gpu.py, as far as it goes without a GPU: every section runs on the stand-in, and can fail."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_from_scratch.network.kernels import SOURCE

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "benchmarks" / "gpu.py"
# What may be imported on a bare machine; beside the standard library, and beside the stand-in, CuPy.
OURS = "numpy lstm_from_scratch gpu_checks gpu_speed gpu_beside_torch outputs strictness fake_cupy".split()
BARE = f"""
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in {{*sys.stdlib_module_names, *{OURS}}}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Refuse())
"""
HANGS = """
import subprocess, sys
print("| a row |", flush=True)
subprocess.run([sys.executable, "-c", "import time; time.sleep(600)"])
"""


@pytest.fixture
def start(tmp_path):
    """Run the script, and all processes that it starts, after some lines of Python; warnings are errors."""

    def run(*arguments, before=BARE, path=None):
        (tmp_path / "sitecustomize.py").write_text(before)
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONWARNINGS": "error"}
        environment["PATH"] = path or environment["PATH"]
        command = [sys.executable, SCRIPT, *arguments]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)

    return run


@pytest.fixture
def gpu(monkeypatch):
    """The script as a module."""
    monkeypatch.setattr(sys, "path", [str(SCRIPT.parent), *sys.path])
    monkeypatch.setitem(os.environ, "CUPY_TF32", "0")
    spec = importlib.util.spec_from_file_location("gpu", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "gpu", module)
    spec.loader.exec_module(module)
    yield module
    for name in ("gpu_checks", "gpu_speed", "gpu_beside_torch", "outputs", "strictness"):
        sys.modules.pop(name, None)


def test_all_sections_run_where_there_is_numpy_alone(sound_kernels, start, gpu, tmp_path):
    done = start("--dry-run", "--out", "gpu.md")
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "gpu.md").read_text()
    assert done.stdout == page + "written: gpu.md\n" and done.stderr == ""
    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == list(gpu.SECTIONS)
    assert "its times mean nothing" in page and "Stand-in" in page and "PyTorch is not installed" in page
    assert "**NO**" not in page and page.count("| yes |") == 8
    for path in ("plain", "fused", "whole step"):
        assert f"| LSTM | float32 | {path} | 3 5 7 3 |" in page
        assert f"| tiny | LSTM alone: {path} |" in page
    for kernel in ("cell_forward", "cell_backward", "step_forward", "step_backward"):
        assert f"| {kernel} |" in page


def test_the_bare_machine_is_bare(start):
    refused = start("--section", "versions", "--dry-run", before=BARE + "import music21")
    assert "No module named 'music21'" in refused.stderr


def test_all_sections_take_ten_minutes_at_most(gpu):
    assert sum(section.seconds for section in gpu.SECTIONS.values()) <= 600


@pytest.mark.parametrize(
    ("section", "right", "wrong", "rows"),
    [
        ("errors", "z[0] = d * g * i * (1 - i);", "z[0] = d * g * i;", 2),
        ("training", "float g = ", "float g = -", 1),
    ],
)
def test_a_wrong_kernel(sound_kernels, start, tmp_path, section, right, wrong, rows):
    wrong = SOURCE.read_text().replace(right, wrong, 1)
    (tmp_path / "kernels.cu").write_text(wrong)
    before = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom lstm_from_scratch.network import kernels\n"
    before += f"kernels.SOURCE = type(kernels.SOURCE)({str(tmp_path / 'kernels.cu')!r})"
    done = start("--section", section, "--dry-run", before=before)
    assert done.returncode == 1, done.stderr
    assert sum("**NO**" in line for line in done.stdout.splitlines()) == rows


@pytest.mark.parametrize(("status", "verdict"), [(0, "yes"), (9, "**NO**")])
def test_what_compute_sanitizer_says(sound_kernels, start, tmp_path, status, verdict):
    """A stand-in for it, which runs what it is to look at."""
    tool = tmp_path / "compute-sanitizer"
    tool.write_text(
        f'#!/bin/sh\nshift 4\n"$@" && echo "===== ERROR SUMMARY: {status} errors"\nexit {status}\n'
    )
    tool.chmod(0o755)
    done = start("--section", "sanitizer", "--dry-run", path=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert done.returncode == bool(status), done.stderr
    for name in ("memcheck", "racecheck"):
        assert f"| {name} | ERROR SUMMARY: {status} errors | {verdict} |" in done.stdout


def test_beside_torch(sound_kernels, start):
    pytest.importorskip("torch")
    done = start("--section", "torch", "--dry-run", before="")
    assert done.returncode == 0 and "**NO**" not in done.stdout, done.stdout + done.stderr
    for what in ("LSTM alone: nn.LSTM", "step, last target: PyTorch, default Adam", "nn.LSTM launched"):
        assert f"| tiny | {what}" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="process groups of POSIX")
def test_a_section_that_hangs_is_stopped_and_its_rows_are_kept(gpu, monkeypatch, tmp_path):
    """Its time is up as soon as it has written a row; what it has started is stopped too."""
    (tmp_path / "hangs.py").write_text(HANGS)
    monkeypatch.setattr(gpu, "__file__", str(tmp_path / "hangs.py"))
    said = []

    class Timer:
        def __init__(self, seconds, act):
            self.start, self.cancel, Timer.act = lambda: None, lambda: None, staticmethod(act)

    def write(text):
        said.append(text)
        if len(said) == 1:
            Timer.act()

    monkeypatch.setattr(gpu.threading, "Timer", Timer)
    assert gpu.run_apart("errors", 80, False, write) == 1
    assert said == ["| a row |\n", "\n**NO** errors: stopped after 80 s\n\n"]


def test_a_section_that_dies_spoils_no_other(gpu, monkeypatch, tmp_path):
    (tmp_path / "dies.py").write_text("import os\nprint('| a row |', flush=True)\nos._exit(77)\n")
    monkeypatch.setattr(gpu, "__file__", str(tmp_path / "dies.py"))
    monkeypatch.setattr(gpu.os, "environ", dict(os.environ))
    assert gpu.run_all(tmp_path / "gpu.md", dry_run=False) == 1
    page = (tmp_path / "gpu.md").read_text()
    assert page.count("| a row |") == len(gpu.SECTIONS) == page.count("the process died with status 77")


def test_without_a_gpu_it_says_so_once(start):
    done = start("--out", "gpu.md")
    assert done.returncode == 2 and done.stderr == ""
    assert done.stdout.count("gpu.py: no GPU can be used: CuPy is not installed") == 1
    assert "Traceback" not in done.stdout
