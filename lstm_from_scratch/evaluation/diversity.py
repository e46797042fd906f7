"""How much do melodies repeat themselves and each other? Measured over (interval, duration), in any key."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from ..music import Melody

Token = tuple[int | str, float]  # not Fraction, which takes long to hash
ORDERS = (2, 3, 4)  # of distinct n-grams
LIMIT = 200  # melodies whose pairs are all compared: 19,900


def tokens(melody: Melody) -> list[Token]:
    """Each note and rest as (interval, duration): semitones from the last note, and quarter lengths.

    The interval of the first note is "first" and that of a rest is "rest", so that equal tokens are equal
    melodies up to transposition.
    """
    found: list[Token] = []
    before = None
    for pitch, duration in melody.notes:
        if pitch is None:
            found.append(("rest", float(duration)))
        else:
            found.append(("first" if before is None else pitch - before, float(duration)))
            before = pitch
    return found


def distinct(melodies: Sequence[Melody], n: int) -> float:
    """Distinct n-grams over all n-grams of `tokens` [Li16], more than 0 up to 1; none crosses two melodies.

    It falls as the text grows, so compare only equal numbers of tokens, as `relative_diversity` does.

    Raises
    ------
    ValueError
        No melody has n tokens.
    """
    found = [gram for melody in melodies for gram in _grams(tokens(melody), n)]
    if not found:
        raise ValueError(f"no melody has {n} notes and rests, so there is nothing to count")
    return len(set(found)) / len(found)


def _grams(text: list[Token], n: int) -> list[tuple[Token, ...]]:
    return list(zip(*(text[i:] for i in range(n))))


def self_bleu(melodies: Sequence[Melody]) -> float:
    """The mean BLEU-4 of each melody against all others [Zhu18], 0 to 1; 1 where all are the same.

    BLEU [Papineni02] is the geometric mean of the precisions of a melody's 1- to 4-grams of `tokens`, times
    exp(1 - r/c) if its length c is less than r, that of the other melody nearest in length (the shorter of
    two). A precision counts each n-gram at most as often as it stands in any one of the others. No match
    counts as 0.1 matches ("method 1" of [Chen14]), but no shared token as 0; a melody of fewer than 4
    tokens has only the orders it has. The more melodies, the higher: compare equal numbers of them.

    Raises
    ------
    ValueError
        Fewer than two melodies.
    """
    texts = _two_or_more(melodies)
    lengths = [len(text) for text in texts]
    precisions: list[list[float]] = [[] for _ in texts]
    for n in range(1, 5):
        counts = [Counter(_grams(text, n)) for text in texts]
        largest: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])  # the second and the first, by n-gram
        for count in counts:
            for gram, k in count.items():
                largest[gram] = sorted([*largest[gram], k])[1:]
        for count, found in zip(counts, precisions):
            # No need to look for the others' largest: that is the second, or at least k and the second too.
            matches = sum(min(k, largest[gram][0]) for gram, k in count.items())
            if count:
                found.append((matches or (0.1 if n > 1 else 0)) / count.total())
    scores = []
    for i, (found, c) in enumerate(zip(precisions, lengths)):
        r = min(lengths[:i] + lengths[i + 1 :], key=lambda other: (abs(other - c), other))
        scores.append(math.prod(found) ** (1 / len(found)) * math.exp(min(0, 1 - r / c)) if found else 0.0)
    return sum(scores) / len(scores)


def edit_distance(melodies: Sequence[Melody]) -> float:
    """The mean Levenshtein distance of two melodies' `tokens`, over the longer one's number of them: 0 to 1.

    Over all pairs of up to 200 melodies; of more, over those of 200 drawn with a fixed seed.

    Raises
    ------
    ValueError
        Fewer than two melodies.
    """
    texts = _two_or_more(melodies)
    texts = sorted((texts[i] for i in _order(len(texts))[:LIMIT]), key=len)
    names = {token: name for name, token in enumerate(dict.fromkeys(t for text in texts for t in text))}
    padded = np.zeros((len(texts[-1]), len(texts)), np.int32)  # a column a melody, from the shortest on
    for column, text in enumerate(texts):
        padded[: len(text), column] = [names[token] for token in text]
    lengths = np.array([len(text) for text in texts])
    distances = [
        _to_shorter(padded[: lengths[i], i], padded[: lengths[i - 1], :i], lengths[:i]) / max(lengths[i], 1)
        for i in range(1, len(texts))
    ]
    return float(np.concatenate(distances).mean())


def _to_shorter(text: np.ndarray, others: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Levenshtein distances [Wagner74] from one text to each column of `others`, (longest, N); (N,)."""
    steps = np.arange(len(others) + 1, dtype=np.int32)[:, None]
    row = np.tile(steps, len(lengths))  # row[j]: from the first i tokens of the text to j of the other
    for i, token in enumerate(text, 1):
        best = np.empty_like(row)
        best[0] = i
        np.minimum(row[1:] + 1, row[:-1] + (others != token), out=best[1:])
        # An insertion makes best[j] at most best[j - 1] + 1: a running minimum once j is taken off.
        row = np.minimum.accumulate(best - steps) + steps
    return row[lengths, np.arange(len(lengths))]


def diversity(melodies: Sequence[Melody], amount: int | None = None) -> dict[str, float]:
    """The measures by name: distinct_2, distinct_3, distinct_4, self_bleu, edit_distance.

    Parameters
    ----------
    melodies : sequence of Melody
        Two or more, one of them of 4 tokens at least.
    amount : int, optional
        `distinct` looks at this many tokens from the beginning, and cuts the melody where they run out.
    """
    found = {f"distinct_{n}": distinct(_cut(melodies, amount), n) for n in ORDERS}
    return found | {"self_bleu": self_bleu(melodies), "edit_distance": edit_distance(melodies)}


def relative_diversity(melodies: Sequence[Melody], reference: Sequence[Melody]) -> dict[str, float]:
    """Each measure of `diversity`, divided by the reference's: 1 is as diverse as the reference.

    Above 1 is noise, not success, and below 1 repetition; self_bleu, which measures repetition, is the other
    way round. Distinct n-grams and self-BLEU depend on the amount of text: so both sets are shuffled with a
    fixed seed and cut to the smaller number of melodies, and then, for `distinct`, both to the smaller number
    of tokens.

    Raises
    ------
    ValueError
        What `diversity` cannot measure, or a measure that is 0 for the reference, by its name.
    """
    size = min(len(melodies), len(reference))
    sets = [[melodies[i] for i in _order(len(melodies))[:size]] for melodies in (melodies, reference)]
    amount = min(sum(len(melody.notes) for melody in some) for some in sets)
    ours, theirs = (diversity(some, amount) for some in sets)
    for name, value in theirs.items():
        if not value:
            raise ValueError(f"{name} is 0 for the reference, so nothing can be measured by it")
    return {name: ours[name] / theirs[name] for name in ours}


def _two_or_more(melodies: Sequence[Melody]) -> list[list[Token]]:
    if len(melodies) < 2:
        raise ValueError(f"{len(melodies)} melodies: to compare them takes 2 or more")
    return [tokens(melody) for melody in melodies]


def _order(size: int) -> np.ndarray:
    """The same shuffled order every time: files that lie side by side often hold songs of one region."""
    return np.random.default_rng(0).permutation(size)


def _cut(melodies: Sequence[Melody], amount: int | None) -> Sequence[Melody]:
    if amount is None:
        return melodies
    kept: list[Melody] = []
    for melody in melodies:
        kept.append(Melody(melody.notes[:amount]))
        amount -= len(kept[-1].notes)
    return kept
