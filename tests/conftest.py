"""Fixtures that several rooms share: a few songs, models of them, and a stand-in for a GPU."""

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
from hypothesis import HealthCheck, settings

from lstm_from_scratch.cli import main
from lstm_from_scratch.corpus import Corpus, prepare
from lstm_from_scratch.corpus.parts import PARTS
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.music import Vocabulary
from lstm_from_scratch.network import lstm
from lstm_from_scratch.network.backend import Backend

# How long an example takes says how busy the machine is, and no test asserts it.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

TUNES = sorted((Path(__file__).parents[1] / "data" / "tunes").glob("*.krn"))


@cache
def _fake_cupy():
    """The package in helpers/, which is not on sys.path."""
    folder = Path(__file__).parent / "helpers" / "fake_cupy"
    spec = importlib.util.spec_from_file_location("fake_cupy", folder / "__init__.py")
    package = sys.modules["fake_cupy"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)
    return package


@pytest.fixture
def cupy():
    """A stand-in for CuPy, whose counts begin at 0."""
    return _fake_cupy().FakeCupy()


@pytest.fixture
def gpu(cupy, monkeypatch):
    """The backend of that stand-in. Where kernels cannot run, an LSTM takes the plain path."""
    if not _can_compile():
        monkeypatch.setattr(lstm, "choose_path", lambda *_: "plain")
    return Backend("gpu", cupy, "a stand-in")


def _can_compile():
    """Whether kernels can run here: they need g++, and the fibres and linker sections of Linux."""
    return sys.platform == "linux" and _fake_cupy().kernels.COMPILER is not None


@pytest.fixture(scope="session")
def check_kernels():
    """kernel_checks.py, which gives a verdict on each of many versions of the kernels."""
    if not _can_compile():
        pytest.skip("kernels run on Linux alone, and with g++")

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
    """Makes sure that the kernels pass, since one that writes out of bounds would kill this process."""
    assert check_kernels({"as it is": []}) == {"as it is": "passes"}


@pytest.fixture(params=["plain", "fused", "whole step"])
def path(request, monkeypatch):
    """Each path that an LSTM can take on a GPU, forced on all layers in float32."""
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
    """Those tunes, prepared: 21 for training, 2 for validation, 7 for testing."""
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
