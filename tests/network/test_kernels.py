"""kernels.cu on the CPU, by g++: right at every shape and in every order, and each planted bug is caught."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from lstm_from_scratch.network import kernels
from lstm_from_scratch.network.backend import CPU
from lstm_from_scratch.network.kernels import choose_path

PLANTED = runpy.run_path(str(Path(__file__).parents[1] / "helpers" / "kernel_mutants.py"))
MUTANTS = PLANTED["MUTANTS"]


@pytest.fixture(scope="module")
def verdicts(check_kernels):
    return check_kernels(MUTANTS)


def test_the_kernels_as_they_are(sound_kernels):
    """In a process of their own; every other test that runs them asks for this first."""


@pytest.mark.parametrize("mutant", MUTANTS)
def test_every_mutant_is_caught(verdicts, mutant):
    assert verdicts[mutant].startswith("caught: "), verdicts[mutant]


def test_what_only_another_order_shows(verdicts):
    """Blocks one way and the other, and threads too: bit 0 of the order reverses blocks, bit 1 threads."""
    assert "whole step (2, 3, 67, 19) order 1" in verdicts[PLANTED["BLOCKS_IN_ORDER"]]
    assert "whole step (3, 5, 7, 3) order 2" in verdicts[PLANTED["THREADS_IN_ORDER"]]


def test_a_mutant_whose_text_is_gone_is_no_pass(check_kernels):
    assert "holds 'nowhere' 0 times" in check_kernels({"gone": ["nowhere", ""]})["gone"]


def test_a_kernel_that_kills_its_process_is_caught(check_kernels):
    far = ["float i = sigmoid(", "z[1ull << 40] = 0;\n    float i = sigmoid("]
    assert check_kernels({"far": far})["far"] == "caught: killed by signal 11"


@pytest.mark.parametrize(
    ("dtype", "units", "columns", "path"),
    [
        (np.float32, 256, 64, "whole step"),  # the paper's
        (np.float32, 256, 1, "whole step"),
        (np.float32, 512, 128, "fused"),
        (np.float32, 256, 4096, "fused"),  # evaluation
        (np.float64, 256, 64, "plain"),
        (np.complex128, 4, 2, "plain"),
    ],
)
def test_which_way_is_taken(gpu, dtype, units, columns, path):
    layer = SimpleNamespace(backend=gpu, dtype=np.dtype(dtype), units=units)
    tokens = np.empty((3, columns))
    assert choose_path(layer, tokens) == path
    layer.backend = CPU
    assert choose_path(layer, tokens) == "plain"


def test_the_tiles_of_the_source_and_of_the_launches_are_the_same():
    assert "const int UNITS = %d, ROWS = %d," % kernels.TILE in kernels.SOURCE.read_text()


def test_the_mutants_are_many():
    assert len(MUTANTS) >= 40 and len({json.dumps(m) for m in MUTANTS.values()}) == len(MUTANTS)


def test_what_cannot_be_checked_here_says_so(tmp_path):
    """With no compiler on the path."""
    tests = ["test_kernels.py", "test_kernels_compile.py"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-rs",
        "-p",
        "no:cacheprovider",
        "-k",
        "as_they_are or nvcc-sm_90",
    ]
    done = subprocess.run(
        [*command, *(Path(__file__).with_name(name) for name in tests)],
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert "kernels run on Linux alone, and with g++" in done.stdout
    assert "nvcc, or the g++ that it calls, is not here" in done.stdout and "2 skipped" in done.stdout
