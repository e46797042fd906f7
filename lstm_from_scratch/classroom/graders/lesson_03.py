"""Grades lesson 3."""

import numpy as np

from ...evaluation.baselines import AlwaysHold, NGram
from ...training.batches import window_batch
from ..check import NotYet, grader


@grader("3.1")
def gather(answer):
    """Windows, columns being examples, and their targets."""
    stream = np.random.default_rng(3).permutation(40)  # all different, so that an entry tells its place
    for starts, length in (([2, 17, 0], 4), ([30, 1, 8, 9, 22], 7), ([5], 3)):
        starts = np.array(starts)
        given = stream.copy()
        found = answer(given, starts.copy(), length)
        if not np.array_equal(given, stream):
            raise NotYet("Your code changed the stream; it has to stay as it is for the next batch.")
        if found is None:
            raise NotYet("gather returned None: return both, `windows, targets`.")
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise NotYet("gather returned one thing: want two, the windows and their targets.")
        _explain(*map(np.asarray, found), stream, starts, length)
    return "Any batch from one stream, without a copy of all windows."


def _explain(tokens, targets, stream, starts, length):
    right = window_batch(stream, np.arange(length + 1)[:, None], starts)
    batch, said = len(starts), f"{len(starts)} windows of {length}"
    if tokens.shape == (batch, length) != (length, batch) and np.array_equal(tokens, right.tokens.T):
        raise NotYet(
            f"For {said} the shape is {tokens.shape}: rows are examples. Want columns, ({length}, {batch})."
        )
    if tokens.shape == (length + 1, batch):
        raise NotYet(
            f"For {said} there are {length + 1} rows: the target is in the window. Keep it separate."
        )
    if tokens.shape != (length, batch):
        raise NotYet(f"For {said} the windows have the shape {tokens.shape}, want ({length}, {batch}).")
    if not np.array_equal(tokens, right.tokens):
        if np.array_equal(tokens, np.arange(length)[:, None] + starts):
            raise NotYet("Your windows hold *places* in the stream: look them up, stream[places].")
        if np.array_equal(tokens, right.tokens[::-1]):
            raise NotYet("Your windows run backwards: row 0 is the symbol at `starts`.")
        if np.array_equal(tokens, stream[np.arange(length)[:, None] + starts + 1]):
            raise NotYet("Your windows begin one symbol too late: the first is at `starts` itself.")
        raise NotYet(
            f"Start {starts[0]}: the window is {tokens[:, 0].tolist()}, want {right.tokens[:, 0].tolist()}."
        )
    if targets.shape != (batch,):
        raise NotYet(
            f"The targets have the shape {targets.shape}, want ({batch},): one number for each window."
        )
    if np.array_equal(targets, right.tokens[-1]):
        raise NotYet(
            "Your target is the window's own last symbol, so a network would only have to copy it. Want the "
            "one that *follows* the window."
        )
    if not np.array_equal(targets, right.targets):
        if np.array_equal(targets, starts + length):
            raise NotYet("Your targets are *places*: look them up in the stream.")
        raise NotYet(
            f"Start {starts[0]}, length {length}: the target is {targets[0]}, want {right.targets[0]}, the "
            f"symbol at place {starts[0]} + {length}."
        )


END, V = 0, 7


def _songs(count, rng):
    """Made up: each symbol depends on the one before, 1 being by far the most frequent, and 6 very rare."""
    follow = np.array(
        [
            [0.00, 0.04, 0.60, 0.20, 0.10, 0.05, 0.01],
            [0.04, 0.60, 0.10, 0.10, 0.08, 0.08, 0.00],
            [0.00, 0.90, 0.00, 0.10, 0.00, 0.00, 0.00],
            [0.00, 0.80, 0.15, 0.00, 0.05, 0.00, 0.00],
            [0.00, 0.10, 0.00, 0.10, 0.00, 0.80, 0.00],
            [0.00, 0.10, 0.00, 0.00, 0.80, 0.10, 0.00],
            [0.00, 0.50, 0.50, 0.00, 0.00, 0.00, 0.00],
        ]
    )
    for _ in range(count):
        song = [END]
        while len(song) == 1 or song[-1] != END:
            song.append(int(rng.choice(V, p=follow[song[-1]])))
        yield song


@grader("3.2")
def fit(answer):
    """A predictor that beats always the most frequent symbol."""
    rng = np.random.default_rng(5)
    training, judge = list(_songs(150, rng)), list(_songs(40, rng))
    judge.append([END, 6, 2, 6, 6, 4, 2, END])  # pairs that are new
    given = [list(song) for song in training]
    predict = answer(given, V)
    if given != training:
        raise NotYet("Your code changed the songs that it was given: they are needed again.")
    if not callable(predict):
        raise NotYet(
            "fit must return a *function*, from the ids so far to V probabilities; it returned "
            f"{type(predict).__name__}."
        )
    rows = np.array([_distribution(predict, [END, a] if a != END else [END]) for a in range(V)])
    _check_rows(rows)
    nats = [-np.log(_distribution(predict, song[:t])[song[t]]) for song in judge for t in range(1, len(song))]
    ends = [-np.log(_distribution(predict, song[:-1])[END]) for song in judge]
    _compare(rows, float(np.mean(nats)), float(np.mean(ends)), training, judge)
    always = _nats(AlwaysHold, training, judge)
    return f"On made-up songs: {np.mean(nats):.2f} nats a symbol, always `_` has {always:.2f}."


def _distribution(predict, so_far):
    p = predict(list(so_far))
    if p is None:
        raise NotYet("Your predictor returned None: does it return the probabilities in every case?")
    p = np.asarray(p, float)
    if p.shape != (V,):
        raise NotYet(
            f"Your predictor returned something of shape {p.shape}, want ({V},): one number a symbol."
        )
    return p


def _check_rows(rows):
    """Each must be a distribution without zeros."""
    if not np.all(np.isfinite(rows)):
        raise NotYet(
            "Your predictor gave nan: some symbol was never followed by anything in training, and 0 "
            "/ 0 is undefined. What could every count begin with?"
        )
    sums = rows.sum(axis=1)
    if not np.allclose(sums, 1, rtol=0, atol=1e-6):
        a = int(np.abs(sums - 1).argmax())
        if sums.max() > 2 and np.allclose(rows, rows.round()):
            raise NotYet("Your predictor returned counts: divide each row of them by its own sum.")
        if np.allclose(rows.sum(axis=0), 1):
            raise NotYet(
                "Your probabilities add up to 1 over the symbols *before*. They should add up over what "
                "may follow: along the other axis."
            )
        if np.isclose(rows.sum(), 1):
            raise NotYet(
                "The probabilities of all contexts together add up to 1. Each context is a question of "
                "its own: divide its counts by its own sum."
            )
        raise NotYet(
            f"After symbol {a} your probabilities add up to {sums[a]:.7g}, not 1. Change the counts "
            "first, then divide: a change after the division spoils the sum."
        )
    if rows.min() <= 0:
        if np.all(np.sort(rows, axis=1)[:, -2] == 0):
            raise NotYet("Your predictor is sure of one symbol each time: others surprise it infinitely.")
        a, b = np.argwhere(rows <= 0)[0]
        raise NotYet(
            f"After symbol {a} you give {b} the probability {rows[a, b]:g}. It never came there in "
            "training, but it may, and then the surprise is infinite. What if each pair had been "
            "seen once before?"
        )


def _compare(rows, nats, ends, training, judge):
    """The rows (V, V) and the nats, with those of simpler predictors."""
    always, pairs = _nats(AlwaysHold, training, judge), _nats(NGram, training, judge, 2)
    counts = np.ones((V, V))
    for song in training:
        np.add.at(counts, (song[:-1], song[1:]), 1)
    if np.allclose(rows, rows[0]):
        if rows[0].argmax() != counts.sum(axis=0).argmax():
            raise NotYet(
                "Your predictor says the same after every symbol: what comes at the *beginning* of a "
                "song. Which entry of the ids so far does it look at?"
            )
        if np.ptp(np.sort(rows[0])[:-1]) < 1e-9:
            raise NotYet(
                'That is "always `_`" itself, with equal shares for the rest. Look at what comes before!'
            )
        raise NotYet(
            'Your predictor gives symbol frequencies, whatever came before. It beats "always `_`" '
            "already; now let it look at the last symbol."
        )
    before = counts.T / counts.T.sum(axis=1, keepdims=True)
    after = counts / counts.sum(axis=1, keepdims=True)
    if np.abs(rows - before).mean() < 0.3 * np.abs(rows - after).mean():
        raise NotYet("Your table says what came *before* a symbol, not after: are rows and columns swapped?")
    if ends > 1.5 * _nats(NGram, training, judge, 2, ends=True):
        raise NotYet(
            f"The end of a song surprises your predictor ({ends:.1f} nats): are pairs with the delimiter "
            "counted, the last one too?"
        )
    if nats > pairs + 0.12:
        raise NotYet(
            f'On made-up songs: {nats:.2f} nats a symbol. "Always `_`" has {always:.2f}, counting pairs '
            f"{pairs:.2f}: are all pairs of all songs counted?"
        )


def _nats(kind, training, judge, order=None, ends=False):
    """Nats a symbol, or an end, of one of the package's baselines."""
    training, judge = ([np.array(song[1:-1]) for song in songs] for songs in (training, judge))
    predictor = kind(training, V, 1) if order is None else kind(order, training, V, END)
    p = predictor.log_probabilities(judge)
    nats = [-p_song[np.arange(len(p_song)), np.append(song, END)] for p_song, song in zip(p, judge)]
    return float(np.mean([n[-1] for n in nats] if ends else np.concatenate(nats)))
