"""Behind lesson 10: one tune, networks that learn it by heart, and two figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from ...model.model import MelodyModel
from ...music import Melody, Vocabulary, decode, encode
from ..show_and_play import tune

BLUE, ORANGE, GREEN, GRAY = "#0072B2", "#D55E00", "#009E73", "gray"
SONG = list(encode(tune("frere_jacques")))
VOCABULARY = Vocabulary([*SONG, "/"])  # "/" stands before and after a song
IDS = np.array(VOCABULARY.ids(["/", *SONG]))[:, None]  # (T + 1, B), with B = 1

Optimiser = Callable[..., Any]  # made from params and lr=, with a method step(grads)


def untrained(units: int = 32, dropout: float = 0.0) -> MelodyModel:
    """The paper's network, small, before its first step."""
    return MelodyModel(len(VOCABULARY), units=units, dropout=dropout, rng=np.random.default_rng(1))


def gradients() -> dict[str, np.ndarray]:
    """Its gradients on the tune, by name."""
    model = untrained()
    model.forward(IDS[:-1], IDS[1:])
    model.backward()
    return dict(model.grads)


def _train(model: MelodyModel, optimiser: Any, steps: int, scale: float = 1.0) -> np.ndarray:
    """The loss before each step."""
    losses = []
    for _ in range(steps):
        losses.append(float(model.forward(IDS[:-1], IDS[1:])))
        model.backward()
        optimiser.step({name: g * scale for name, g in model.grads.items()})
    return np.array(losses)


class Descent:
    """Plain gradient descent."""

    def __init__(self, params: dict[str, np.ndarray], lr: float):
        self.params, self.lr = params, lr

    def step(self, grads: dict[str, np.ndarray]) -> None:
        for name, p in self.params.items():
            p -= self.lr * grads[name]


class KnowsByHeart:
    """A network with dropout 0.5 that has learnt the tune by heart in 300 steps of an optimiser."""

    def __init__(self, optimiser: Optimiser):
        self.model = untrained(units=64, dropout=0.5)
        _train(self.model, optimiser(self.model.params, lr=0.01), 300)

    def loss(self, dropout_on: bool) -> float:
        return float(self.model.forward(IDS[:-1], IDS[1:], training=dropout_on))

    def play(self, dropout_on: bool) -> list[str]:
        """From the first note, always the likeliest symbol."""
        symbols, state, tokens = SONG[:1], None, IDS[:2]
        while len(symbols) < len(SONG):
            h = self.model.recurrent.forward(tokens, *(state or ()))
            state = self.model.state
            y = self.model.dense.forward(self.model.dropout.forward(h[-1:], dropout_on))[0, :, 0]
            y[VOCABULARY.ids(["/"])] = -np.inf  # not to end before the tune does
            tokens = np.array([[y.argmax()]])
            symbols = [*symbols, VOCABULARY[int(y.argmax())]]
        return symbols

    def right(self, symbols: list[str]) -> float:
        """The share that is as in the tune."""
        return float(np.mean(np.array(symbols) == SONG))

    def worst(self, count: int = 3) -> Melody:
        """The one of some melodies with dropout on that has the least of the tune."""
        return decode(min((self.play(True) for _ in range(count)), key=self.right))


def draw_first_steps(path: Callable[..., np.ndarray], grads: dict[str, np.ndarray]) -> None:
    """The size of the first step against that of the gradient, over how frequent each size is."""
    g = np.geomspace(1e-11, 1e3, 300)
    rules = {
        "plain descent: lr |g|": (0.001 * g, ORANGE, "--"),
        "Adam": ([abs(path([x])[0]) for x in g], BLUE, "-"),
        "Adam without bias correction": ([abs(path([x], correct=False)[0]) for x in g], "black", ":"),
    }
    _, (upper, lower) = plt.subplots(2, 1, figsize=(8, 6), sharex=True, height_ratios=(3, 1))
    for name, (steps, colour, style) in rules.items():
        upper.loglog(g, steps, style, color=colour, lw=2, label=name)
    upper.axvline(1e-8, color=GRAY, lw=1)
    upper.text(1.4e-8, 3e-12, "epsilon", color=GRAY)
    upper.text(30, 5e-4, "lr", color=BLUE, va="top")
    upper.set(ylabel="size of the first step", ylim=(1e-12, 10))
    upper.legend(loc="lower right")
    sizes = np.abs(np.concatenate([a.ravel() for a in grads.values()]))
    lower.hist(sizes[sizes > 0], bins=np.geomspace(1e-11, 1e3, 57), color="#999999")
    lower.set(xlabel="size of the gradient (logarithmic)", ylabel="weights", xlim=(1e-11, 1e3))
    plt.tight_layout()
    plt.show()


UNITS = (
    (1 / 128, "mean surprise / 128", GREEN, ":", 4.0),
    (1, "mean surprise", BLUE, "-", 1.5),
    (128, "mean surprise x 128: the sum", ORANGE, "--", 2.0),
)


def draw_scales(adam: Optimiser) -> dict[tuple[str, float], np.ndarray]:
    """Losses of plain descent and of an Adam, with the loss in three units; the curves."""
    curves = {}
    _, panels = plt.subplots(1, 2, figsize=(11, 4), sharey=True)
    for panel, (rule, optimiser, lr) in zip(panels, (("plain descent", Descent, 1.0), ("Adam", adam, 0.01))):
        for scale, text, colour, style, width in UNITS:
            model = untrained()
            curve = _train(model, optimiser(model.params, lr=lr), 120, scale)
            panel.plot(curve.clip(max=6), style, color=colour, lw=width, label=text)
            curves[rule, scale] = curve
        panel.axhline(np.log(len(VOCABULARY)), color=GRAY, lw=1)
        panel.set(xlabel="step", ylim=(0, 5), title=f"{rule}, lr {lr}")
    panels[1].text(118, np.log(len(VOCABULARY)) + 0.08, "ln V: untrained", color=GRAY, ha="right")
    panels[0].set_ylabel("loss in nats a symbol")
    panels[0].legend(loc="upper right", bbox_to_anchor=(1, 0.9))
    plt.tight_layout()
    plt.show()
    return curves
