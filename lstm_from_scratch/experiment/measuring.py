"""A network beside every baseline, on the songs that nothing was tuned on."""

from __future__ import annotations

from ..music.symbols import HOLD
from .baselines import AlwaysHold, NGram
from .dataset import Corpus
from .evaluation import Network, evaluate
from .model import MelodyModel

ORDERS = range(1, 9)


def measure(corpus: Corpus, model: MelodyModel) -> dict[str, dict]:
    """The test part through `evaluate`: the network, always-`_`, and n-grams to order 8, a row each."""
    songs, training, V = corpus.part("test"), corpus.part("training"), len(corpus.vocabulary)
    hold = corpus.vocabulary.ids([HOLD])[0]
    predictors = [
        Network(model, corpus.delimiter),
        AlwaysHold(training, V, hold),
        *(NGram(order, training, V, corpus.delimiter) for order in ORDERS),
    ]
    return {p.name: evaluate(p, songs, corpus.vocabulary) for p in predictors}
