"""How much do melodies repeat themselves and each other? Measured over (interval, duration) pairs."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from ..music import Melody

Token = tuple[int | str, float]  # a Fraction would be slow to hash
DISTINCT_ORDERS = (2, 3, 4)
PAIRED = 200  # melodies of which every pair is compared: 19,900 pairs


def tokens(melody: Melody) -> list[Token]:
    """Each note and rest as (interval, duration): semitones from the last note, and quarter lengths.

    The first note's interval is "first" and a rest's is "rest". Melodies with equal tokens are transpositions
    of each other.
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
    """Distinct n-grams of `tokens` over all of them [Li16], in (0, 1]; none spans two melodies.

    It falls as the text grows: compare only equal numbers of tokens, as `relative_diversity` does.

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

    BLEU [Papineni02] is the geometric mean of the precisions of a melody's 1- to 4-grams of `tokens`. It is
    multiplied by exp(1 - r/c) where the melody's length c is less than r, the length of the other melody
    nearest in length (the shorter of two). A precision counts each n-gram at most as often as it occurs in
    any one of the others. Where nothing matches, 0.1 matches are counted ("method 1" of [Chen14]), but 0
    for single tokens. A melody of fewer than 4 tokens has only the orders that it is long enough for.
    More melodies give a higher value: compare equal numbers of them.

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
        largest: dict[tuple[Token, ...], list[int]] = defaultdict(lambda: [0, 0])  # the second and the first
        for count in counts:
            for gram, k in count.items():
                largest[gram] = sorted([*largest[gram], k])[1:]
        for count, found in zip(counts, precisions):
            # min(k, the largest of the others) is min(k, second), whether or not k is the largest itself.
            matches = sum(min(k, largest[gram][0]) for gram, k in count.items())
            if count:
                found.append((matches or (0.1 if n > 1 else 0)) / count.total())
    scores = []
    for i, (found, c) in enumerate(zip(precisions, lengths)):
        r = min(lengths[:i] + lengths[i + 1 :], key=lambda other: (abs(other - c), other))
        scores.append(math.prod(found) ** (1 / len(found)) * math.exp(min(0, 1 - r / c)) if found else 0.0)
    return sum(scores) / len(scores)


def edit_distance(melodies: Sequence[Melody]) -> float:
    """The mean Levenshtein distance of two melodies' `tokens`, divided by the longer one's length: 0 to 1.

    The mean is over all pairs of up to 200 melodies; of more, 200 are drawn with a fixed seed.

    Raises
    ------
    ValueError
        Fewer than two melodies.
    """
    texts = _two_or_more(melodies)
    texts = sorted((texts[i] for i in _order(len(texts))[:PAIRED]), key=len)
    names = {token: name for name, token in enumerate(dict.fromkeys(t for text in texts for t in text))}
    padded = np.zeros((len(texts[-1]), len(texts)), np.int32)  # a column a melody, the shortest first
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
        # An insertion makes best[j] at most best[j - 1] + 1: with j subtracted, that is a running minimum.
        row = np.minimum.accumulate(best - steps) + steps
    distances: np.ndarray = row[lengths, np.arange(len(lengths))]
    return distances


def diversity(melodies: Sequence[Melody], amount: int | None = None) -> dict[str, float]:
    """The measures by name: distinct_2, distinct_3, distinct_4, self_bleu, edit_distance.

    Parameters
    ----------
    melodies : sequence of Melody
        Two or more, at least one of them with 4 tokens or more.
    amount : int, optional
        `distinct` counts only the first so many tokens, and cuts the melody in which they run out.
    """
    found = {f"distinct_{n}": distinct(_cut(melodies, amount), n) for n in DISTINCT_ORDERS}
    return found | {"self_bleu": self_bleu(melodies), "edit_distance": edit_distance(melodies)}


def relative_diversity(melodies: Sequence[Melody], reference: Sequence[Melody]) -> dict[str, float]:
    """Each measure of `diversity`, divided by the reference's: 1 is as diverse as the reference.

    Above 1 is noise rather than success, and below 1 is repetition; for self_bleu, which measures repetition,
    it is the other way round. Distinct n-grams and self-BLEU depend on the amount of text, so both sets are
    shuffled with a fixed seed and cut to the smaller number of melodies, and for `distinct` also to the
    smaller number of tokens.

    Raises
    ------
    ValueError
        `diversity` cannot measure a set, or a measure, which is named, is 0 for the reference.
    """
    size = min(len(melodies), len(reference))
    sets = [[melodies[i] for i in _order(len(melodies))[:size]] for melodies in (melodies, reference)]
    amount = min(sum(len(melody.notes) for melody in some) for some in sets)
    ours, theirs = (diversity(some, amount) for some in sets)
    for name, value in theirs.items():
        if not value:
            raise ValueError(f"{name} is 0 for the reference, so no ratio to it exists")
    return {name: ours[name] / theirs[name] for name in ours}


def _two_or_more(melodies: Sequence[Melody]) -> list[list[Token]]:
    if len(melodies) < 2:
        raise ValueError(f"only {len(melodies)} melodies: a comparison needs 2 or more")
    return [tokens(melody) for melody in melodies]


def _order(size: int) -> np.ndarray:
    """A shuffled order, always the same one: neighbouring files often hold songs of one region."""
    return np.random.default_rng(0).permutation(size)


def _cut(melodies: Sequence[Melody], amount: int | None) -> Sequence[Melody]:
    if amount is None:
        return melodies
    kept: list[Melody] = []
    for melody in melodies:
        kept.append(Melody(melody.notes[:amount]))
        amount -= len(kept[-1].notes)
    return kept
