"""The page's scripts say their types in JSDoc, and TypeScript's checker finds nothing wrong with them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from lstm_from_scratch.page import playground

ROOT = Path(__file__).parents[2]


def test_all_scripts_are_joined():
    assert {path.stem for path in playground.HERE.glob("*.js")} == set(playground.SCRIPTS)


def test_the_types_are_right():
    """TypeScript is no part of the project: `npm install typescript` puts it where this looks."""
    checker = shutil.which("tsc") or shutil.which("tsc", path=ROOT / "node_modules" / ".bin")
    if checker is None:
        pytest.skip("TypeScript is not installed: the page's scripts were not checked")
    config = playground.HERE / "jsconfig.json"
    done = subprocess.run([checker, "-p", config], capture_output=True, text=True)
    assert not done.returncode, done.stdout
