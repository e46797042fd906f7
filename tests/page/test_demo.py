"""The demo, on this project's own tunes instead of the collection that it unpacks."""

import json
import re
import signal

import pytest

from lstm_from_scratch.cli import main
from lstm_from_scratch.corpus import collections
from lstm_from_scratch.corpus.corpus import Corpus, CorpusError
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.page import demo


@pytest.fixture(scope="module")
def unpacked(tunes):
    """What stands in for `collections.unpack`."""

    def unpack(collection, folder, rhythm):
        assert collection == "erk"
        return collections.Unpacked(tuple(tunes), ("erk5.abc X:7: one that does not read",), (), "")

    return unpack


@pytest.fixture(scope="module")
def made(unpacked, tmp_path_factory):
    """A folder in which the demo was run twice."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(collections, "unpack", unpacked)
        for out in ("a", "b"):
            assert main(["demo", "--steps", "8", "--seed", "3", "--out", out]) == 0
    return folder


def test_a_demo_is_repeated_exactly(made):
    same = ["index.html", "curves.svg", "measures.json", "model/best.npz", "model/history.json"]
    same += [
        f"melody_T{t:g}.{s}" for t in demo.DEMO_TEMPERATURES for s in ("krn", "mid", "musicxml", "svg", "wav")
    ]
    for name in same:
        assert (made / "a" / name).read_bytes() == (made / "b" / name).read_bytes(), name


def test_the_page_shows_what_was_made(made):
    html = (made / "a" / "index.html").read_text(encoding="utf-8")
    for said in (
        "melody demo --steps 8 --seed 3",
        "LSTM of 256 units",
        "21 training, 2 validation, 7 test",
        "8-gram",
    ):
        assert said in html
    assert len(html.encode()) < 4_000_000
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html)[1])
    assert [melody["temperature"] for melody in data["report"]["melodies"]] == [0.2, 0.5, 0.7, 1.0, 1.3]
    assert data["songs"] == 21 and [s["step"] for s in data["learning"]["snapshots"]] == [0, 8]
    assert "in 7 folk songs that were held out" in html


def test_the_measures_stand_beside_it(made):
    found = json.loads((made / "a" / "measures.json").read_text())
    assert (
        found["steps"] == 8
        and found["seed"] == 3
        and found["test"].keys() >= {"network", "5-gram", "always _"}
    )
    assert [r["step"] for r in json.loads((made / "a" / "model" / "history.json").read_text())] == list(
        range(1, 9)
    )
    model = MelodyModel.load(made / "a" / "model" / "best.npz")
    assert model.units == 256 and model.about["seed"] == 3 and model.window is None


def test_steps_are_fitted_into_the_minutes(corpus, monkeypatch):
    now = [0.0]

    def clock():  # every look at it takes a second
        now[0] += 1
        return now[0]

    monkeypatch.setattr(demo.time, "perf_counter", clock)
    monkeypatch.setattr(demo, "DEMO_RECIPE", demo.replace(demo.DEMO_RECIPE, units=4))
    steps = demo.calibrated_steps(corpus, 120, seed=0)
    assert 40 < steps < 110  # a batch seems to take 1 to 2 s, a validation 1
    assert demo.calibrated_steps(corpus, 1e-9, seed=0) == demo.VALIDATIONS


def test_eight_validations_and_none_after_a_few_steps_alone():
    for steps in (8, 100, 3636, 4321):
        recipe = demo.with_steps(steps)
        assert recipe.steps == steps and -(-steps // recipe.validate_every) == 8
        assert (steps % recipe.validate_every or recipe.validate_every) > recipe.validate_every / 4
    assert demo.with_steps(3).validate_every == 1


def test_ctrl_c_ends_the_demo(corpus, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        demo.run_demo(corpus, tmp_path, steps=8, progress=lambda *_: signal.raise_signal(signal.SIGINT))
    assert (tmp_path / "model" / "last.npz").is_file() and not (tmp_path / "index.html").exists()


def test_without_songs_to_test_nothing_is_written(corpus, tmp_path):
    parts = ["training" if p == "test" else p for p in corpus.parts]
    with pytest.raises(CorpusError, match="no song fell into the test part"):
        demo.run_demo(Corpus(**{**vars(corpus), "parts": parts}), tmp_path / "out", steps=8)
    assert not (tmp_path / "out").exists()


def test_a_page_tells_how_far_training_is(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "DEMO_RECIPE", demo.replace(demo.DEMO_RECIPE, units=4))
    there, seen = tmp_path / "training.html", []

    def look(run, row):
        title = re.search(r'"training":(.*?),"melodies"', there.read_text(encoding="utf-8"))[1]
        seen.append((run.step, title))
        if run.step == 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.run_demo(corpus, tmp_path / "work", steps=20, progress=look, training_page=there)
    assert seen[8:11] == [(9, "[0,20]"), (10, "[10,20]"), (11, "[10,20]")]
    demo.remove_training_page(tmp_path)
    assert not there.exists()
    there.write_text("my own", encoding="utf-8")
    demo.remove_training_page(tmp_path)
    assert there.read_text(encoding="utf-8") == "my own"
