"""How far counting can go: a log-linear mix of counting models, benchmarks/results/counting_bound.json.

    OPENBLAS_NUM_THREADS=1 python benchmarks/counting_bound.py

A symbol's score is a weighted sum of its features, and p = softmax(score): there is no hidden unit. Features
are ln p of n-grams over symbols, events, rhythm and place in the bar; of the same corrected by the song's own
counts; and bonuses for the symbol that followed the longest match, or is so many steps back, by how well the
song agrees with itself there. Each ln p has a weight for whether an onset comes and one for which.

The weights are fitted on training songs, with counts from the other folds, and on the validation songs. The
features were chosen on the validation songs; the test songs are only measured.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import studies
from counting_features import CHAINS, Features, Heard, joined

from lstm_from_scratch.corpus.corpus import Corpus
from lstm_from_scratch.evaluation.backoff import BackOff, targets
from lstm_from_scratch.evaluation.baselines import KneserNey, WithSong
from lstm_from_scratch.evaluation.bootstrap import ratio
from lstm_from_scratch.evaluation.evaluation import song_totals, summary
from lstm_from_scratch.music.symbols import HOLD

FOLDS, EVERY = 6, 3  # of the training songs, every third is fitted on, with the counts of the other folds
PENALTY = 2e-4  # times half the squared weights
SAMPLED = 0.1  # of the examples, for the curvature
CHUNK = 2048  # examples at a time
# Part by part: features (n, V, F) as float16, and targets (n,).
Examples = list[tuple[np.ndarray, np.ndarray]]


def count(songs: list[np.ndarray], corpus: Corpus) -> dict[str, BackOff]:
    """The n-gram of every chain, from some songs."""
    hold, y = corpus.vocabulary.ids([HOLD])[0], targets(songs, corpus.delimiter)
    columns = joined([Heard(song, hold, corpus.delimiter) for song in songs])
    return {
        name: BackOff([columns[c] for c in chain], y, len(corpus.vocabulary), 0.9, 2.0)
        for name, chain in CHAINS.items()
    }


def examples(
    songs: list[np.ndarray], counted: list[np.ndarray], corpus: Corpus
) -> tuple[np.ndarray, np.ndarray]:
    """The features (n, V, F) of all targets of songs, by what was counted in others, and the targets (n,)."""
    arrays = Features(songs, count(counted, corpus), corpus).arrays
    return np.stack(arrays, axis=-1), targets(songs, corpus.delimiter)


def out_of_fold(corpus: Corpus) -> Examples:
    """The examples of every third training song, fold by fold, with counts from the other folds."""
    songs, parts = corpus.part("training"), []
    for fold in range(FOLDS):
        others = [song for k, song in enumerate(songs) if k % FOLDS != fold]
        parts.append(examples(songs[fold::FOLDS][::EVERY], others, corpus))
        print(f"fold {fold + 1} of {FOLDS}: {len(parts[-1][1]):,} targets", flush=True)
    return parts


def chunks(parts: Examples, share: float = 1.0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Features (n, V, F), as float32, and targets (n,): a few examples at a time, or a share of them."""
    for X, y in parts:
        for start in range(0, len(y), CHUNK):
            end = min(start + CHUNK, len(y))
            end = start + int(np.ceil(share * (end - start)))
            yield X[start:end].astype(np.float32), y[start:end]


def log_p(X: np.ndarray, w: np.ndarray) -> np.ndarray:
    """(n, V), from the features of a few examples."""
    score = (X @ w.astype(np.float32)).astype(float)
    return score - np.logaddexp.reduce(score, axis=1, keepdims=True)


def loss_and_gradient(parts: Examples, w: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean -ln p of the targets plus the penalty, and the gradient by the weights."""
    n = sum(len(y) for _, y in parts)
    loss, gradient = PENALTY / 2 * (w @ w), PENALTY * w
    for X, y in chunks(parts):
        log, rows = log_p(X, w), np.arange(len(y))
        error = np.exp(log).astype(np.float32)
        error[rows, y] -= 1
        loss -= log[rows, y].sum() / n
        gradient = gradient + np.tensordot(error, X, ((0, 1), (0, 1))) / n
    return loss, gradient


def curvature(parts: Examples, w: np.ndarray) -> np.ndarray:
    """The second derivatives (F, F) by the weights, with the penalty, of a sample of the examples."""
    found, n = np.zeros((len(w), len(w))), 0
    for X, y in chunks(parts, SAMPLED):
        p = np.exp(log_p(X, w)).astype(np.float32)
        mean = np.einsum("nv,nvf->nf", p, X, optimize=True)
        spread = (X * np.sqrt(p)[:, :, None]).reshape(-1, len(w))
        found += spread.T @ spread - mean.T @ mean
        n += len(y)
    return found / n + PENALTY * np.eye(len(w))


def fit(parts: Examples, rounds: int = 12) -> np.ndarray:
    """The weights with the least loss, by Newton's method with the curvature of a sample."""
    w = np.zeros(parts[0][0].shape[-1])
    w[2 * len(CHAINS) : 2 * len(CHAINS) + 2] = 1  # from Kneser-Ney + song
    loss, gradient = loss_and_gradient(parts, w)
    for _ in range(rounds):
        step, size, before = np.linalg.solve(curvature(parts, w), gradient), 1.0, loss
        while True:
            loss, gradient = loss_and_gradient(parts, w - size * step)
            if loss < before or size < 0.01:
                break
            size /= 2
        w = w - size * step
        print(f"loss {loss:.4f} after a step of {size:g}", flush=True)
        if before - loss < 1e-4:
            break
    return w


class Mix:
    """The mix as a `Predictor`."""

    name = "counting bound"

    def __init__(self, counted: list[np.ndarray], w: np.ndarray, corpus: Corpus):
        self.counted, self.w, self.corpus = counted, w, corpus

    def log_probabilities(self, songs: list[np.ndarray]) -> list[np.ndarray]:
        """Nats, (len + 1, V) a song."""
        parts = [examples(songs, self.counted, self.corpus)]
        log = np.concatenate([log_p(X, self.w) for X, _ in chunks(parts)])
        return np.split(log, np.cumsum([len(song) + 1 for song in songs])[:-1])


def main() -> None:
    options = studies.options(__doc__).parse_args()
    corpus, start = studies.songs("erk", options.runs), time.process_time()
    training, validation, test = (corpus.part(part) for part in ("training", "validation", "test"))
    parts = out_of_fold(corpus)
    w = fit(parts)
    parts.append(examples(validation, training, corpus))
    alone = loss_and_gradient(parts[-1:], w)[0] - PENALTY / 2 * (w @ w)
    print(f"validation, with weights from training songs alone: {alone:.4f} nats a symbol", flush=True)
    w = fit(parts)
    del parts
    rows = song_totals(Mix(training, w, corpus), test, corpus.vocabulary)
    strongest = WithSong(KneserNey(training, len(corpus.vocabulary), corpus.delimiter))
    others = song_totals(strongest, test, corpus.vocabulary)
    studies.write(
        "counting_bound",
        "python benchmarks/counting_bound.py",
        corpus=studies.about(corpus),
        features=len(w),
        validation=alone,
        seconds=time.process_time() - start,
        test=summary(rows) | {"over": {strongest.name: ratio(rows, others)}},
    )


if __name__ == "__main__":
    studies.start(main)
