"""Scores drawn by matplotlib, for figures with a time axis."""

import matplotlib.pyplot as plt
import pytest

from lstm_from_scratch.classroom import show_and_play
from lstm_from_scratch.classroom.score_drawing import HALF_HEAD, HEAD, WHOLE_HEAD, _outline, draw_score


@pytest.fixture
def axis():
    figure, axis = plt.subplots(figsize=(40, 3))
    yield axis
    plt.close(figure)


def centres(axis):
    """Where the heads stand, in 16ths."""
    axis.figure.canvas.draw()
    shapes = [len(_outline(code).vertices) for code in (HEAD, HALF_HEAD, WHOLE_HEAD)]
    for patch in axis.patches + [a for a in axis.artists if hasattr(a, "get_path")]:
        if len(patch.get_path().vertices) in shapes and patch.get_path().codes is not None:
            yield axis.transData.inverted().transform(patch.get_window_extent().get_points().mean(axis=0))[0]


@pytest.mark.parametrize("path", sorted(show_and_play.TUNES.glob("*.krn")), ids=lambda path: path.stem)
def test_each_head_stands_in_the_middle_of_its_first_step(path, axis):
    melody = show_and_play.tune(path.stem)
    draw_score(axis, melody)
    want, time = [], 0
    for bar in melody.bars():
        for piece in bar:
            want += [time + 0.5] if piece.pitch is not None else []
            time += float(4 * piece.duration)
    found = list(centres(axis))
    assert all(min(abs(t - f) for f in found) < 0.05 for t in want)
