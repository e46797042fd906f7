"""A run killed at 20 random moments, also while it writes, ends with the bytes of one that never was."""

import importlib.util
import os
from pathlib import Path

import pytest


def load(name):
    """A script of benchmarks/."""
    path = Path(__file__).parents[1] / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_run_killed_20_times_ends_like_one_never_killed(tmp_path):
    counts = load("kill").trial(tmp_path, kills=20, seed=0)
    print(counts)
    assert counts["kills"] == 20 and counts["files that differ"] == 0
    assert counts["most parts left"] <= 1 and counts["parts left at the end"] == 0
