"""A network beside every baseline, on the songs that nothing was tuned on."""

from __future__ import annotations

from ..music.symbols import HOLD
from .baselines import AlwaysHold, NGram
from .dataset import Corpus
from .evaluation import Network, ratio, song_totals, summary
from .model import MelodyModel

ORDERS = range(1, 9)


def measure(corpus: Corpus, model: MelodyModel) -> dict[str, dict]:
    """The test part through `evaluate`: the network, always-`_`, and n-grams to order 8, a row each.

    The network's row also holds "over_ngram": its nats over those of the best n-gram, named in "best_ngram",
    with the paired bootstrap interval over songs.
    """
    songs, training, V = corpus.part("test"), corpus.part("training"), len(corpus.vocabulary)
    hold = corpus.vocabulary.ids([HOLD])[0]
    network = Network(model, corpus.delimiter)
    grams = [NGram(order, training, V, corpus.delimiter) for order in ORDERS]
    predictors = [network, AlwaysHold(training, V, hold), *grams]
    rows = {p.name: song_totals(p, songs, corpus.vocabulary) for p in predictors}
    best = min((gram.name for gram in grams), key=lambda name: rows[name][:, 0].sum())
    found = {name: summary(of_songs) for name, of_songs in rows.items()}
    found[network.name] |= {"best_ngram": best, "over_ngram": ratio(rows[network.name], rows[best])}
    return found
