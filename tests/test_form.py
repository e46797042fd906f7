"""What checks the form is the same everywhere: in a clone, before a commit, and on GitHub."""

import os
import re
from pathlib import Path

import pytest

from lstm_from_scratch import __version__

ROOT = Path(__file__).parents[1]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_a_commit_is_checked_by_the_versions_of_the_constraints():
    pinned = dict(line.split("==") for line in text("constraints.txt").splitlines() if "==" in line)
    used = re.findall(r"([a-z]+)==([\d.]+)", text(".pre-commit-config.yaml"))
    assert used and all(pinned[name] == version for name, version in used)


def test_the_pythons_tested_begin_with_the_oldest_that_setup_cfg_allows():
    tested = re.findall(r'"(3\.\d+)"', text(".github/workflows/tests.yml").partition("python: [")[2])
    assert f"python_requires = >={tested[0]}\n" in text("setup.cfg")
    assert f"python_version = {tested[0]}\n" in text("setup.cfg")
    assert f'target-version = "py{tested[0].replace(".", "")}"' in text("ruff.toml")


def test_the_citation_names_this_version():
    assert f"\nversion: {__version__}\n" in text("CITATION.cff")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permission")
@pytest.mark.parametrize("script", [".ci/run", ".ci/form"])
def test_a_script_can_be_run(script):
    assert os.access(ROOT / script, os.X_OK)
