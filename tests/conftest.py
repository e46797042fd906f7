"""What the tests of several rooms and of the command line share: a few songs and a model of them."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from lstm_from_scratch.cli import main
from lstm_from_scratch.corpus import Corpus, prepare
from lstm_from_scratch.corpus.parts import PARTS
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.music import Vocabulary
from lstm_from_scratch.network import lstm
from lstm_from_scratch.network.backend import Backend

TUNES = sorted((Path(__file__).parents[1] / "data" / "tunes").glob("*.krn"))


@cache
def _fake_cupy():
    """The package beside this file, which is on no path."""
    folder = Path(__file__).parent / "helpers" / "fake_cupy"
    spec = importlib.util.spec_from_file_location("fake_cupy", folder / "__init__.py")
    package = sys.modules["fake_cupy"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)
    return package


@pytest.fixture
def cupy():
    """A stand-in for CuPy, with counts of its own."""
    return _fake_cupy().FakeCupy()


@pytest.fixture
def gpu(cupy, monkeypatch):
    """The backend of that stand-in; where no kernel can run, an LSTM takes the plain path."""
    if not _can_compile():
        monkeypatch.setattr(lstm, "choose_path", lambda *_: "plain")
    return Backend("gpu", cupy, "a stand-in")


def _can_compile():
    """Whether kernels run here: by g++, and with fibres and sections as Linux has them."""
    return sys.platform == "linux" and _fake_cupy().kernels.COMPILER is not None


@pytest.fixture(scope="session")
def check_kernels():
    """kernel_checks.py, which gives a verdict on each of many sources of the kernels."""
    if not _can_compile():
        pytest.skip("no g++ on Linux here: the kernels are not run")

    def check(mutants):
        script = Path(__file__).parent / "helpers" / "kernel_checks.py"
        done = subprocess.run(
            [sys.executable, script],
            input=json.dumps(mutants),
            text=True,
            capture_output=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )
        assert not done.returncode, done.stderr
        return {k: v for line in done.stdout.splitlines() for k, v in json.loads(line).items()}

    return check


@pytest.fixture(scope="session")
def sound_kernels(check_kernels):
    """Kernels that have passed: what writes out of bounds would kill this process."""
    assert check_kernels({"as it is": []}) == {"as it is": "passes"}


@pytest.fixture(params=["plain", "fused", "whole step"])
def path(request, monkeypatch):
    """Each way that an LSTM takes on a GPU, forced upon all that are in float32."""
    if request.param != "plain":
        request.getfixturevalue("sound_kernels")
    forced = lambda layer, x: request.param if layer.backend.name == "gpu" else "plain"  # noqa: E731
    monkeypatch.setattr(lstm, "choose_path", forced)
    return request.param


@pytest.fixture(scope="session")
def tunes():
    """The project's own tunes."""
    return TUNES


@pytest.fixture(scope="session")
def corpus():
    """Those tunes, prepared: 21 to train, 2 to validate, 7 to test."""
    made, refused = prepare(TUNES)
    assert not refused and set(made.parts) == set(PARTS)
    return made


@pytest.fixture(scope="session")
def small():
    """26 random songs of 8 symbols: quick to train on."""
    rng = np.random.default_rng(0)
    vocabulary = Vocabulary(["/", "_", "r", "60", "62", "64", "65", "67"])
    onsets = vocabulary.ids(["60", "62", "64", "65", "67"])
    songs = [rng.choice([*onsets, vocabulary.ids("_")[0]], rng.integers(20, 60)) for _ in range(26)]
    for song in songs:
        song[0] = onsets[0]
    parts = [("training", "training", "validation", "test")[i % 4] for i in range(26)]
    names = [f"{i}.krn" for i in range(26)]
    return Corpus(vocabulary, songs, parts, names, names, "event", {"files": 26})


@pytest.fixture
def model(corpus):
    """An untrained model of 16 units that carries its state."""
    made = MelodyModel(len(corpus.vocabulary), 16, rng=np.random.default_rng(1))
    made.vocabulary = corpus.vocabulary
    return made


@pytest.fixture
def window_model(corpus):
    """An untrained model of 16 units for windows of 64."""
    made = MelodyModel(len(corpus.vocabulary), 16, rng=np.random.default_rng(1))
    made.vocabulary, made.window = corpus.vocabulary, 64
    return made


@pytest.fixture(scope="session")
def runs(tunes, tmp_path_factory):
    """A folder with a corpus and a trained model, made by the commands."""
    folder = tmp_path_factory.mktemp("runs")
    assert main(["prepare", str(tunes[0].parent), "--out", str(folder / "corpus")]) == 0
    arguments = ["train", "--preset", "smoke", "--units", "8", "--epochs", "4", "--device", "cpu"]
    assert main([*arguments, "--corpus", str(folder / "corpus"), "--out", str(folder / "model")]) == 0
    return folder


@pytest.fixture
def corpus_folder(runs, tmp_path):
    return Path(shutil.copytree(runs / "corpus", tmp_path / "corpus"))


@pytest.fixture
def best(runs, tmp_path):
    return Path(shutil.copy(runs / "model" / "best.npz", tmp_path))
