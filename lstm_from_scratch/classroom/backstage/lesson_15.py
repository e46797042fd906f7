"""Behind lesson 15: two small networks, one of which looks back, and what it looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from ...composing.sampling import sample
from ...corpus import Corpus
from ...evaluation.evaluation import evaluate
from ...evaluation.predictors import ModelPredictor
from ...model.model import MelodyModel
from ...music import Melody, decode, encode
from ...music.rules import to_common_key
from ...training.recipe import Recipe
from ...training.run import Run

BLUE = "#0072B2"


def train(corpus: Corpus, attention: int) -> MelodyModel:
    """400 steps on whole songs, with attention of that width, or without any: 0."""
    recipe = Recipe(
        objective="song", units=48, batch=8, lr=0.005, warmup=20, decay=True, averaging=0.98, clip=1.0,
        dropout=0.1, steps=400, attention=attention,
    )  # fmt: skip
    run = Run(corpus, recipe, seed=0)
    while not run.finished:
        run.advance()
    run.averaged.vocabulary = corpus.vocabulary
    return run.averaged


def compose(model: MelodyModel, seed: int = 3) -> Melody:
    """A melody at temperature 0.8 that begins with the first two bars of a tune of ours."""
    from ..show_and_play import tune

    primer = encode(to_common_key(tune("frere_jacques")))[:32]
    return decode(sample(model, temperature=0.8, primer=primer, steps=160, rng=np.random.default_rng(seed)))


def loss(model: MelodyModel, corpus: Corpus) -> float:
    """Nats a symbol on 30 songs of the validation part."""
    held_out = corpus.part("validation")[:30]
    found = evaluate(ModelPredictor(model, corpus.delimiter), held_out, corpus.vocabulary, bootstrap=0)
    return float(found["nats_per_symbol"])


def a_repeating_song(corpus: Corpus) -> np.ndarray:
    """The validation song of up to 128 symbols in which most symbols continue a match of 16 or more."""

    def share(song: np.ndarray) -> float:
        text = song.astype(np.uint8).tobytes()
        return float(np.mean([text[t - 16 : t] in text[: t - 1] for t in range(16, len(text))]))

    short = [song for song in corpus.part("validation") if 64 <= len(song) <= 128]
    return max(short, key=share)


def in_its_words(melody: Melody, corpus: Corpus) -> list[str]:
    """The symbols of a tune in the common key, as far as the corpus has them."""
    return [symbol for symbol in encode(to_common_key(melody)) if symbol in corpus.vocabulary]


def logits_and_scores(model: MelodyModel, ids: Sequence[int] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The dense layer's logits (T, V) and the scores (T, 1 + T) of one song."""
    assert model.attention
    tokens = np.array(ids)[:, None]
    h = model.recurrent.forward(tokens)
    y = np.array(model.dense.forward(h)[:, :, 0], float)
    return y, np.array(model.attention.forward(h, tokens)[0], float)


def probabilities(model: MelodyModel, ids: Sequence[int] | np.ndarray) -> np.ndarray:
    """p (T, V) of the symbol after each, by the package."""
    logits = np.asarray(model.logits(np.array(ids)[:, None])[:, :, 0], float)
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(p / p.sum(axis=1, keepdims=True))


def draw_attention(model: MelodyModel, symbols: list[str]) -> Any:
    """Where each step's attention goes; the figure."""
    assert model.vocabulary is not None
    _, e = logits_and_scores(model, model.vocabulary.ids(["/", *symbols]))
    a = np.exp(e - e.max(axis=1, keepdims=True))
    a /= a.sum(axis=1, keepdims=True)
    T = len(a)
    figure, (side, axis) = plt.subplots(
        1, 2, figsize=(8.5, 7), width_ratios=[1, 24], sharey=True, layout="constrained"
    )
    side.imshow(a[:, :1], aspect="auto", cmap="Blues", vmin=0, vmax=1, extent=(0, 1, T, 0))
    side.set(xticks=[0.5], xticklabels=["nothing"], ylabel="the step that looks")
    picture = axis.imshow(a[:, 1:], aspect="auto", cmap="Blues", vmin=0, vmax=1, extent=(0, T, T, 0))
    axis.set(xlabel="the step that it looks at (16 are a bar of 4/4)", xticks=range(0, T + 1, 16))
    axis.set_yticks(range(0, T + 1, 16))
    figure.colorbar(picture, ax=axis, label="attention", fraction=0.03)
    return figure


def draw_tables(model: MelodyModel) -> None:
    """What a match of each length is worth, and each distance."""
    assert model.attention
    m, r = (np.asarray(model.attention.params[name])[:, 0] for name in "mr")
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 3.4), layout="constrained")
    left.plot(m, "o-", color=BLUE, ms=3)
    left.set(xlabel="length of the match", ylabel="m, added to the score")
    right.bar(range(1, 130), r[1:130], color=BLUE)
    right.set(xlabel="distance in 16ths", ylabel="r, added to the score", xticks=range(0, 129, 16))
    plt.show()
