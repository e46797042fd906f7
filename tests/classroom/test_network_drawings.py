"""Drawings of networks: they hold the names and numbers of their lessons, and no text lies on another."""

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from lstm_from_scratch.classroom import network_drawings
from lstm_from_scratch.network import Dense, SoftmaxCrossEntropy

W, B, H = [[2, 1], [1, -1], [-1, 1]], [-0.5, 0.5, 0.5], [1, 0.5]
SYMBOLS = ["65", "_", "_", "_", "67"]
SKETCHES = {
    "dense": (lambda: network_drawings.dense(W, B, H, 1), "$h$ $W$ $p$ softmax"),
    "recurrent": (
        lambda: network_drawings.recurrent(SYMBOLS),
        "$x_t$ $z_t$ $h_t$ $h_0$ $x_5$ $h_5$ $W$ $U$ $b$ tanh 65 _ 67",
    ),
    "through_time": (network_drawings.through_time, "$x_1$ $z_2$ $h_0$ $L$ $r_2$ $u$ $w$ $b$ tanh"),
    "lstm": (
        network_drawings.lstm,
        "$x_t$ $h_{t-1}$ $h_t$ $c_{t-1}$ $c_t$ $i$ $f$ $o$ $g$ $z_i$ $z_f$ $z_o$ $z_g$",
    ),
}


def texts(figure):
    """Their words, and the pixels that each takes."""
    figure.canvas.draw()
    return [(text.get_text(), text.get_window_extent()) for text in figure.axes[0].texts]


@pytest.mark.parametrize("draw", [draw for draw, _ in SKETCHES.values()], ids=SKETCHES)
def test_no_arrow_crosses_a_text_but_its_own(draw):
    """That one it does not cross either: behind a text on an arrow there is white."""
    axis = draw().figure.axes[0]
    axis.figure.canvas.draw()
    arrows = [patch for patch in axis.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) > 10
    paths = [arrow.get_transform().transform_path(arrow.get_path()) for arrow in arrows]
    shafts = [Path(path.vertices[:3], path.codes[:3]) for path in paths]  # then comes the head
    for text in axis.texts:
        place = text.get_window_extent().padded(-1)
        crossing = sum(path.intersects_bbox(place, filled=False) for path in shafts)
        assert crossing <= bool(text.get_bbox_patch()), text.get_text()


@pytest.mark.parametrize(("draw", "names"), SKETCHES.values(), ids=SKETCHES)
def test_holds_its_names_apart_and_in_the_frame(draw, names):
    before = plt.get_fignums()
    sketch = draw()
    assert "<svg" in sketch._repr_svg_()
    figure = sketch.figure
    found = texts(figure)
    assert set(names.split()) <= {text for text, _ in found}
    assert plt.get_fignums() == before
    for (one, a), (other, b) in combinations(found, 2):
        assert not a.overlaps(b), (one, other)
    for text, place in found:
        assert figure.bbox.containsx(place.x0) and figure.bbox.containsx(place.x1), text
        assert figure.bbox.containsy(place.y0) and figure.bbox.containsy(place.y1), text


def test_the_numbers_of_the_dense_layer_are_those_of_the_package():
    layer, loss = Dense(2, 3, rng=np.random.default_rng(0), dtype=float), SoftmaxCrossEntropy()
    layer.params["W"][...], layer.params["b"][...] = W, np.reshape(B, (3, 1))
    y = layer.forward(np.reshape(H, (2, 1)))
    loss.forward(y, np.array([1]))
    dy = loss.backward()
    shown = {text for text, _ in texts(network_drawings.dense(W, B, H, 1).figure)}
    p = dy[:, 0] + [0, 1, 0]
    wanted = [f"{value:g}" for value in y[:, 0]] + [f"{value:.3f}" for value in p]
    wanted += [f"{value:+.3f}".replace("-", "−") for value in dy[:, 0]]
    assert set(wanted) <= shown
