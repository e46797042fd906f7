"""Grades lesson 13."""

import numpy as np

from ..check import NotYet, grader

END = 9
SONG = np.array([1, 0, 2, 0, 3, 4, 0])


def _cut(song, T):
    tokens, targets = np.append(END, song), np.append(song, END)
    return [(tokens[a : a + T], targets[a : a + T]) for a in range(0, len(tokens), T)]


def _pieces(answer, song, T):
    """The answer's pieces, their form checked."""
    given = song.copy()
    found = answer(given, END, T)
    if found is None:
        raise NotYet("cut returned None: does it end with `return`?")
    if not np.array_equal(given, song):
        raise NotYet("Your code changed the song: others still need it.")
    found = list(found)
    if not all(isinstance(pair, (tuple, list)) and len(pair) == 2 for pair in found):
        raise NotYet("Want a list of pairs (tokens, targets).")
    for tokens, targets in found:
        if np.shape(tokens) != np.shape(targets) or np.ndim(tokens) != 1:
            raise NotYet(
                f"A piece has tokens of shape {np.shape(tokens)} and targets of shape {np.shape(targets)}: "
                "want as many targets as tokens, one for each."
            )
    return [(np.asarray(tokens), np.asarray(targets)) for tokens, targets in found]


@grader("13.1")
def cut(answer):
    """A song in pieces."""
    for song, T in ((SONG, 4), (SONG, 3), (SONG, 8), (SONG, 100), (SONG, 1)):
        found, right = _pieces(answer, song, T), _cut(song, T)
        same = len(found) == len(right) and all(
            np.array_equal(a, b) for pair, want in zip(found, right) for a, b in zip(pair, want)
        )
        if not same:
            _explain_cut(found, right, T)
    return "Every symbol is a target once, and the end too."


def _explain_cut(found, right, T):
    if not found or not sum(len(tokens) for tokens, _ in found):
        raise NotYet("No pieces at all.")
    tokens, targets = (np.concatenate(part) for part in zip(*found))
    want_targets = np.concatenate([piece for _, piece in right])
    shown = f"Cut by {T}, {' '.join(map(str, SONG))} gave {[list(map(int, t)) for t, _ in found]}"
    if any(len(t) > T for t, _ in found):
        raise NotYet(f"{shown}: a piece is longer than {T}.")
    if np.array_equal(tokens, targets):
        raise NotYet("Tokens and targets are the same: a target is the symbol that comes *next*.")
    if tokens[0] != END:
        raise NotYet(f"{shown}: the first token is not the delimiter, so nothing predicts the first symbol.")
    if len(targets) == len(want_targets) - 1 and targets[-1] != END:
        raise NotYet(f"{shown}: the song's end is never a target. It has to be predicted like any symbol.")
    if len(targets) > len(want_targets):
        raise NotYet(
            f"{shown}: the pieces overlap, so some symbols are targets twice. Go on where you stopped."
        )
    if np.array_equal(targets, want_targets[: len(targets)]):
        raise NotYet(f"{shown}: the last piece, shorter than {T}, is missing, and with it the song's end.")
    if len(targets) < len(want_targets) and set(map(len, (t for t, _ in found))) != {T}:
        raise NotYet(
            f"{shown}: between two pieces a symbol is never predicted. Shift the whole song by one first, "
            "then cut both in the same places."
        )
    raise NotYet(f"{shown}, with targets {targets.tolist()}, want {want_targets.tolist()}.")


class _Network:
    """Its loss tells how it was called: the state is the sum of all tokens so far."""

    def __init__(self):
        self.calls = []

    def __call__(self, tokens, targets, state):
        self.calls.append(state)
        before = 0 if state is None else state
        losses = [0.1 * target + 0.01 * (before + tokens[: k + 1].sum()) for k, target in enumerate(targets)]
        return float(np.mean(losses)), before + tokens.sum()


def _songs():
    rng = np.random.default_rng(13)
    return [_cut(rng.integers(0, 9, n), 4) for n in (9, 6, 2)]


def _loss(songs, carry=True, clear=True, mean=False):
    network, nats, counts, state = _Network(), [], [], None
    for pieces in songs:
        state = None if clear else state
        for tokens, targets in pieces:
            loss, after = network(tokens, targets, state)
            state = after if carry else None
            nats.append(loss * (1 if mean else len(targets)))
            counts.append(1 if mean else len(targets))
    return sum(nats) / sum(counts)


@grader("13.2")
def loss_of(answer):
    """A loss over pieces, the state carried."""
    songs, network = _songs(), _Network()
    found = answer(songs, network)
    if found is None or np.ndim(found):
        raise NotYet(f"loss_of gave {found!r}: want one number, nats a symbol.")
    right = _loss(songs)
    if np.isclose(found, right):
        return "The same for every length of the pieces."
    count = sum(len(targets) for pieces in songs for _, targets in pieces)
    if np.isclose(found, right * count):
        raise NotYet("That is the total of all nats: divide by the number of targets.")
    for options, message in (
        ({"carry": False}, "Every piece begins with an empty state: hand on what `forward` gave you."),
        ({"clear": False}, "The state goes on from one song into the next: a song begins with `None`."),
        (
            {"mean": True},
            "That is the mean of the pieces' means: a symbol of a short piece counts for more there. Add up "
            "nats, mean times number of targets, and divide once.",
        ),
        (
            {"mean": True, "carry": False},
            "Two things: no state is handed on, and the mean of the pieces' means counts the symbols of "
            "short pieces for more.",
        ),
    ):
        if np.isclose(found, _loss(songs, **options)):
            raise NotYet(message)
    songs_alone = [_loss([pieces]) for pieces in songs]
    if np.isclose(found, np.mean(songs_alone)):
        raise NotYet("That is the mean of the songs' means: a symbol of a short song counts for more there.")
    if len(network.calls) < sum(map(len, songs)):
        raise NotYet(f"`forward` was called {len(network.calls)} times for {sum(map(len, songs))} pieces.")
    raise NotYet(f"You gave {found:.4f}, want {right:.4f}: total nats over the number of all targets.")
