"""What a model that only counts can know before each symbol of a song, as features of every symbol."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lstm_from_scratch.corpus.corpus import Corpus
from lstm_from_scratch.evaluation.backoff import BackOff, preceding
from lstm_from_scratch.music.symbols import HOLD

EVENTS, LONGEST = 9, 32  # events that a context may hold; 16ths of a duration, all longer ones alike
LAGS = (8, 12, 16, 24, 32, 36, 48, 64, 72, 96, 128, 192)

# Contexts from the column that counts first to the one that is given up first.
MELODY = ["elapsed", "pitch0", "pitch1", "duration1", "pitch2", "duration2", "pitch3", "duration3"]
RHYTHM = ["elapsed", "duration1", "duration2", "duration3"]
EVENT = ["elapsed", "pitch0", *(f"{what}{k}" for k in range(1, EVENTS) for what in ("duration", "pitch"))]
CHAINS = {
    **{f"symbols {n}": [f"back{k}" for k in range(1, n + 1)] for n in (1, 2, 3, 4, 6, 8, 12, 16, 24)},
    **{f"events {n}": EVENT[: 2 * n] for n in (1, 2, 3, 4, 6, EVENTS)},
    **{f"pitches {n}": ["elapsed", *(f"pitch{k}" for k in range(n))] for n in (3, 8)},
    **{f"durations {n}": ["elapsed", *(f"duration{k}" for k in range(1, n + 1))] for n in (4, 8)},
    "rhythm": [f"onset{k}" for k in range(1, 33)],
    **{f"melody mod {n}": [f"mod{n}", *MELODY] for n in (12, 16)},
    **{f"melody mod {n}": [f"mod{n}", *MELODY[:4]] for n in (8, 32, 48)},
    **{f"rhythm mod {n}": [f"mod{n}", *RHYTHM, "pitch0"] for n in (12, 16)},
    **{f"upbeat mod {n}": ["first", f"mod{n}", *MELODY[:2], "duration1", "pitch1"] for n in (12, 16)},
    **{f"upbeats {n}": [f"mod{n}", "elapsed", "first", "second", "pitch0", "duration1"] for n in (12, 16)},
    "period": ["period", "phase", *MELODY[:4]],
    "period's rhythm": ["period", "phase", *RHYTHM],
    "place": ["place", "elapsed", "pitch0", "duration1", "pitch1"],
    "bar": ["bar", "mod16", "elapsed", "pitch0", "pitch1"],
    "end 16": ["mod16", "bar", "pitch0"],
    "end 12": ["mod12", "bar", "pitch0"],
}  # fmt: skip
# What the song's own counts correct: which chain, agreement of what, and the lengths of the contexts.
OWN = {
    "symbols + song": ("symbols 24", "symbols", (8, 12, 16, 20, 24, 32, 48)),
    "events + song": (f"events {EVENTS}", "symbols", (4, 8, 12, 16, 20, 24, 32, 48)),
    "events + song's events": (f"events {EVENTS}", "events", (1, 2, 3, 4, 5, 6, 8, 10)),
    "symbols + song's events": ("symbols 24", "events", (2, 3, 4, 6, 8)),
    "melody + song's rhythm": ("melody mod 16", "rhythm", (12, 16, 24, 32, 48)),
    "song": (None, "symbols", (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32)),
    "song's events": (None, "events", (0, 1, 2, 3, 4, 6)),
}
MATCH_EDGES = {
    "symbols": (4, 8, 12, 16, 24, 32, 48),
    "events": (1, 2, 3, 4, 6, 8, 12),
    "rhythm": (8, 16, 24, 32, 48, 64),
}
BY_MATCH = ("symbols 24", "symbols + song", "events + song's events", "melody mod 16", "song")
BY_PLACE = ("place", "symbols 24", "symbols + song", "upbeat mod 16")


class Heard:
    """What is known before each target of a song: columns (len + 1,), and which places agree."""

    def __init__(self, song: np.ndarray, hold: int, delimiter: int):
        T, t = len(song), np.arange(len(song) + 1)
        self.song, self.onset = song, song != hold
        begins = np.flatnonzero(self.onset)
        last = np.searchsorted(begins, t) - 1  # the event that is sounding
        at = [np.where(last >= k, begins[(last - k).clip(0)], -1) for k in range(EVENTS)]
        c = {f"mod{n}": t % n for n in (8, 12, 16, 32, 48)}
        c |= {
            "elapsed": np.minimum(t - at[0], LONGEST),
            "place": np.minimum(t, 255),
            "bar": np.minimum(t // 16, 20),
        }
        c |= {f"pitch{k}": np.where(at[k] >= 0, song[at[k]], delimiter) for k in range(EVENTS)}
        c |= {
            f"duration{k}": np.where(at[k] >= 0, np.minimum(at[k - 1] - at[k], LONGEST), 0)
            for k in range(1, EVENTS)
        }
        lengths = np.append(np.minimum(np.diff(begins), LONGEST), [LONGEST] * 2)
        c |= {name: np.where(last > k, lengths[k], LONGEST + 1) for k, name in enumerate(("first", "second"))}
        c |= {f"back{k}": preceding([song], k, delimiter) for k in range(1, 33)}
        c |= {
            f"onset{k}": np.where(b == delimiter, 1, 2 * (b != hold))
            for k in range(1, 33)
            for b in [c[f"back{k}"]]
        }
        periods = np.array([8, 12, 16, 24])
        scores = np.array([self._same_onsets(n) for n in periods])
        best = np.where(t > 24, scores.argmax(axis=0), 2)
        c |= {"period": np.where(t > 24, best, 4), "phase": t % periods[best]}
        self.columns = c
        agree = {"symbols": agreements(song), "rhythm": agreements(self.onset)}
        agree["events"] = self._same_events(begins, last)
        self.agree = {name: np.tril(a, -1)[:, :T] for name, a in agree.items()}

    def _same_onsets(self, lag: int) -> np.ndarray:
        """How well the onsets so far repeat themselves at a lag; a wrong one costs half a right one."""
        score, t = np.full(len(self.song) + 1, -9.0), np.arange(len(self.song) + 1)
        both, either = self.onset[lag:] & self.onset[:-lag], self.onset[lag:] != self.onset[:-lag]
        score[lag + 1 :] = np.cumsum(both - 0.5 * either) / t[1 : len(both) + 1]
        return np.where(t > lag + 8, score, -9.0)

    def _same_events(self, begins: np.ndarray, last: np.ndarray) -> np.ndarray:
        """How many events, the sounding one and those before it, are the same before i and before j."""
        pitch, n = self.song[begins], len(begins)
        length = np.diff(np.append(begins, len(self.song)))
        same = np.zeros((n + 1, n + 1), np.int16)  # the last row and column: before the first event
        for i in range(n):
            before = np.zeros(n, np.int16)
            if i:
                before[1:] = np.where(length[:-1] == length[i - 1], same[i - 1, : n - 1], 0)
            same[i, :n] = np.where(pitch == pitch[i], before + 1, 0)
        elapsed = self.columns["elapsed"]
        return same[last][:, last] * (elapsed[:, None] == elapsed)


def agreements(sequence: np.ndarray) -> np.ndarray:
    """At (i, j), j < i: how many items before i are the same as those before j."""
    n = len(sequence) + 1
    agree = np.zeros((n, n), np.int16)
    for i in range(1, n):
        agree[i, 1:i] = np.where(sequence[: i - 1] == sequence[i - 1], agree[i - 1, : i - 1] + 1, 0)
    return agree


def joined(songs: list[Heard]) -> dict[str, np.ndarray]:
    """The columns of all songs, one after another."""
    return {name: np.concatenate([song.columns[name] for song in songs]) for name in songs[0].columns}


class Features:
    """The features of all targets of some songs: a list of (n, V) arrays that grows."""

    def __init__(self, songs: list[np.ndarray], chains: dict[str, BackOff], corpus: Corpus):
        self.V, self.hold = len(corpus.vocabulary), corpus.vocabulary.ids([HOLD])[0]
        self.delimiter, self.arrays = corpus.delimiter, []
        self.songs = [Heard(song, self.hold, self.delimiter) for song in songs]
        self.columns = joined(self.songs)
        self.n = len(self.columns["bar"])
        self.ends = np.cumsum([len(song) + 1 for song in songs])[:-1]
        self.guesses = {name: self._longest(name) for name in MATCH_EDGES}
        self.parts = {name: self._when_and_what(p) for name, p in self._distributions(chains)}
        for when_and_what in self.parts.values():
            self.arrays += when_and_what
        self._weights_by_bucket()
        for name, (guess, bucket) in self.guesses.items():
            if name == "rhythm":
                self._vote(guess, bucket, len(MATCH_EDGES[name]) + 1)
            else:
                self._guess(guess, bucket, len(MATCH_EDGES[name]) + 1)
        for lag in LAGS:
            self._lag(lag)
        self._end()

    def _distributions(self, chains: dict[str, BackOff]) -> Iterator[tuple[str, np.ndarray]]:
        p = {name: chains[name].p([self.columns[c] for c in CHAINS[name]], self.n) for name in CHAINS}
        yield from p.items()
        for name, (chain, what, contexts) in OWN.items():
            first = np.full((self.n, self.V), 1 / self.V) if chain is None else p[chain]
            pieces = zip(self.songs, np.split(first, self.ends))
            yield name, np.concatenate([self._own(s, q, s.agree[what], contexts) for s, q in pieces])

    def _own(self, heard: Heard, p: np.ndarray, agree: np.ndarray, contexts: tuple[int, ...]) -> np.ndarray:
        """As `WithSong`, with d = theta = 0.5, for any kind of agreement."""
        earlier = np.tri(len(p), len(heard.song), -1, dtype=bool)
        for length in contexts:
            c = ((agree >= length) & earlier) @ np.eye(self.V)[heard.song]
            total, distinct = c.sum(axis=1, keepdims=True), (c > 0).sum(axis=1, keepdims=True)
            p = np.where(total, (np.maximum(c - 0.5, 0) + (0.5 + 0.5 * distinct) * p) / (0.5 + total), p)
        return p

    def _longest(self, what: str) -> tuple[np.ndarray, np.ndarray]:
        """What followed the latest of the longest matches, -1 for none, and the bucket of its length."""
        guess, length = [], []
        for heard in self.songs:
            agree = heard.agree[what]
            where = agree.shape[1] - 1 - agree[:, ::-1].argmax(axis=1)
            length.append(agree[np.arange(len(agree)), where])
            guess.append(np.where(length[-1] > 0, heard.song[where], -1))
        return np.concatenate(guess), np.digitize(np.concatenate(length), MATCH_EDGES[what])

    def _when_and_what(self, p: np.ndarray) -> list[np.ndarray]:
        """ln p in two parts: of whether an onset comes, and of which; the second is 0 for the hold."""
        hold = p[:, [self.hold]].clip(1e-6, 1 - 1e-6)
        when = np.repeat(np.log(1 - hold), self.V, axis=1)
        when[:, [self.hold]] = np.log(hold)
        what = np.log((p / (1 - hold)).clip(1e-6))
        what[:, self.hold] = 0
        return [when.astype(np.float16), what.astype(np.float16)]

    def _weights_by_bucket(self) -> None:
        """A weight of its own for each bucket of the longest match, and of the place in the song."""
        place = np.digitize(self.columns["place"], (1, 16, 48, 96))
        for names, bucket, count in ((BY_MATCH, self.guesses["symbols"][1], 8), (BY_PLACE, place, 5)):
            for name in names:
                for part in self.parts[name]:
                    self.arrays += [part * (bucket == k)[:, None] for k in range(count)]

    def _ones(self, x: np.ndarray, rows: np.ndarray) -> None:
        """A feature that is 1 for x in these rows, else 0."""
        self.arrays.append(np.zeros((self.n, self.V), np.float16))
        self.arrays[-1][rows, x[rows]] = 1

    def _guess(self, x: np.ndarray, bucket: np.ndarray, buckets: int) -> None:
        """A bonus for x in each bucket, one if it is a hold and one if it is an onset."""
        for k in range(buckets):
            self._ones(x, (bucket == k) & (x == self.hold))
            self._ones(x, (bucket == k) & (x >= 0) & (x != self.hold))

    def _vote(self, x: np.ndarray, bucket: np.ndarray, buckets: int) -> None:
        """The same for whether an onset comes: for the hold 1 if x is one, -1 if it is an onset."""
        for k in range(buckets):
            self.arrays.append(np.zeros((self.n, self.V), np.float16))
            self.arrays[-1][:, self.hold] = ((x == self.hold) * 2 - 1) * (x >= 0) * (bucket == k)

    def _lag(self, lag: int) -> None:
        """Bonuses for the symbol so many steps back, by how the song agreed with itself at that lag."""
        x, run, share, rhythm = (np.full(self.n, -1.0) for _ in range(4))
        for start, heard in zip(np.append(0, self.ends), self.songs):
            song, T = heard.song, len(heard.song)
            if T >= lag:
                here = slice(start + lag, start + T + 1)
                x[here] = song[: T + 1 - lag]
                run[here] = heard.agree["symbols"][np.arange(lag, T + 1), np.arange(T + 1 - lag)]
                for found, kind in ((share, song), (rhythm, heard.onset)):
                    found[here] = recent_share(kind[lag:] == kind[:-lag])
        x, t, some = x.astype(int), self.columns["place"], share >= 0
        self._guess(np.where(some, x, -1), np.digitize(run, (1, 4, 8, 16, 32)), 6)
        self._guess(np.where(some, x, -1), np.digitize(share, (0.45, 0.7, 0.9)), 4)
        self._vote(np.where(some, x, -1), np.digitize(rhythm, (0.6, 0.8, 0.95)), 4)
        for k in range(4):  # by the quarter of the lag that the song is in
            self._ones(x, some & (run < 4) & (t % lag * 4 // lag == k) & (x != self.hold))
        self._ones(x, some & (t == lag))
        self._ones(x, some & (t % lag == 0))

    def _end(self) -> None:
        """Bonuses for the end: by the last pitch, the place, the longest match, the last note's length."""
        end, pitch = np.full(self.n, self.delimiter), self.columns["pitch0"]
        elapsed, match = self.columns["elapsed"], self.guesses["symbols"][1]
        t = np.concatenate([np.arange(len(heard.song) + 1) for heard in self.songs])
        conditions = [pitch == k for k in range(self.V)] + [t % k == 0 for k in (8, 12, 16, 24, 32, 48, 64)]
        for condition in conditions + [match == k for k in range(8)] + [elapsed == k for k in range(1, 17)]:
            self._ones(end, condition)


def recent_share(equal: np.ndarray, over: int = 16) -> np.ndarray:
    """The share of the last `over` comparisons that were equal, before each and at the end."""
    total, i = np.append(0, np.cumsum(equal)), np.arange(len(equal) + 1)
    return (total - total[np.maximum(i - over, 0)]) / np.clip(i, 1, over)
