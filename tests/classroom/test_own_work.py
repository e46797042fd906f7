"""The lesson goes on with a student's own answer, and keeps what it has made."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_from_scratch.classroom import check, show_and_play
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.music import decode


def quarters(value):
    raise NotImplementedError


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MELODY_LESSONS_HOME", str(tmp_path))
    return tmp_path


def test_until_an_answer_passes_the_solution_takes_its_place(monkeypatch, capsys):
    from fractions import Fraction

    monkeypatch.setitem(vars(sys.modules["__main__"]), "Fraction", Fraction)
    ours = check.own("1.1", quarters)
    assert ours("2..") == Fraction(7, 2) and "goes on with ours" in capsys.readouterr().out
    assert check.own("1.1", ours) is ours
    assert "runs on your own `quarters`" in capsys.readouterr().out


def test_what_the_package_runs_can_take_its_place():
    assert check.own("1.1", quarters, len) is len


def test_what_is_saved_overwrites_nothing(home, capsys):
    one, other = decode(["60", "_"]), decode(["62", "_"])
    for melody in (one, other, one, other):
        assert show_and_play.save(melody, "mine") is not None
    assert sorted(path.name for path in home.iterdir()) == ["mine.mid", "mine_2.mid"]
    assert capsys.readouterr().out.splitlines()[-2:] == ["saved: mine.mid", "saved: mine_2.mid"]


def test_texts_figures_and_networks_are_saved(home):
    figure, _ = plt.subplots()
    show_and_play.save("a report", "mine")
    show_and_play.save(figure, "mine")
    show_and_play.save(MelodyModel(5, units=3, rng=np.random.default_rng(0)), "mine")
    plt.close(figure)
    assert (home / "mine.txt").read_text() == "a report\n"
    assert (home / "mine.png").read_bytes().startswith(b"\x89PNG")
    assert MelodyModel.load(home / "mine.npz").units == 3
