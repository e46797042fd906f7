"""Small cases by hand, and every measure against its definition written out."""

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_from_scratch.evaluation import diversity as module
from lstm_from_scratch.evaluation.diversity import (
    distinct,
    diversity,
    edit_distance,
    relative_diversity,
    self_bleu,
    tokens,
)
from lstm_from_scratch.music import Melody, Note

QUARTER = Fraction(1)
notes = st.builds(Note, st.none() | st.integers(60, 62), st.sampled_from([QUARTER, QUARTER / 2]))
melodies = st.builds(Melody, st.lists(notes, max_size=9))
sets = st.lists(melodies, min_size=2, max_size=6)
examples = settings(max_examples=30, deadline=None)


def melody(*pitches):
    return Melody(tuple(Note(pitch, QUARTER) for pitch in pitches))


def walks(count, seed, length=20, step=3):
    rng = np.random.default_rng(seed)
    steps = rng.integers(-step, step + 1, (count, length))
    return [melody(*map(int, np.clip(64 + np.cumsum(row), 30, 100))) for row in steps]


def levenshtein(a, b):
    """Row by row from the definition."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y)))
    return row[-1]


def bleu(text, others):
    """One melody against the others, by looking at each of them for each n-gram."""
    if not text:
        return 0.0
    orders = range(1, min(4, len(text)) + 1)
    logs = []
    for n in orders:
        own, *counts = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in [text, *others])
        matches = sum(min(k, max(c[gram] for c in counts)) for gram, k in own.items())
        if not matches and n == 1:
            return 0.0
        logs.append(math.log((matches or 0.1) / sum(own.values())))
    nearest = min((abs(len(t) - len(text)), len(t)) for t in others)[1]
    return math.exp(min(0, 1 - nearest / len(text)) + sum(logs) / len(logs))


def test_tokens_by_hand():
    tune = Melody(
        (
            Note(None, QUARTER),
            Note(60, QUARTER),
            Note(None, QUARTER / 2),
            Note(67, 2 * QUARTER),
            Note(65, QUARTER),
        )
    )
    assert tokens(tune) == [("rest", 1), ("first", 1), ("rest", 0.5), (7, 2), (-2, 1)]


def test_distinct_by_hand():
    scale = melody(60, 62, 64, 66)  # first, 2, 2, 2
    assert distinct([scale], 1) == 2 / 4 and distinct([scale], 2) == 2 / 3 and distinct([scale], 3) == 1
    assert distinct([scale, scale], 2) == 2 / 6
    assert distinct([scale, melody(60)], 2) == 2 / 3  # no n-gram crosses from one to the other


def test_distinct_counts_durations_too():
    assert distinct([Melody((Note(60, QUARTER), Note(62, QUARTER), Note(64, 2 * QUARTER)))], 1) == 1


def test_self_bleu_by_hand():
    """first 2 2 2 and first 2 2 -2: 3 of 4 tokens match, 2 of 3, 1 of 2, and 0.1 of 1."""
    found = self_bleu([melody(60, 62, 64, 66), melody(60, 62, 64, 62)])
    assert found == pytest.approx((3 / 4 * 2 / 3 * 1 / 2 * 0.1) ** (1 / 4))


def test_self_bleu_of_a_beginning():
    """All of the shorter one matches, but it is short; 4/8, 3/7, 2/6 and 1/5 of the longer one match."""
    found = self_bleu([melody(60, 62, 65, 69), melody(60, 62, 65, 69, 64, 58, 51, 43)])
    assert found == pytest.approx((math.exp(1 - 8 / 4) + (4 / 8 * 3 / 7 * 2 / 6 * 1 / 5) ** (1 / 4)) / 2)


def test_edit_distance_by_hand():
    """first 2 2 2, first 2 2 and first 1: 1 edit in 4, 3 in 4, 2 in 3."""
    found = edit_distance([melody(60, 62, 64, 66), melody(60, 62, 64), melody(60, 61)])
    assert found == pytest.approx((1 / 4 + 3 / 4 + 2 / 3) / 3)


@examples
@given(sets)
def test_edit_distance_is_its_definition(tunes):
    texts = [tokens(tune) for tune in tunes]
    pairs = [(a, b) for i, a in enumerate(texts) for b in texts[:i]]
    expected = np.mean([levenshtein(a, b) / max(len(a), len(b), 1) for a, b in pairs])
    assert edit_distance(tunes) == pytest.approx(expected)


@examples
@given(sets)
def test_self_bleu_is_its_definition(tunes):
    texts = [tokens(tune) for tune in tunes]
    expected = np.mean([bleu(text, texts[:i] + texts[i + 1 :]) for i, text in enumerate(texts)])
    assert self_bleu(tunes) == pytest.approx(expected)


@examples
@given(
    st.lists(melodies.filter(lambda m: len(m.notes) > 3), min_size=2, max_size=6),
    st.integers(-20, 20),
    st.randoms(),
)
def test_bounds_order_and_transposition(tunes, semitones, random):
    found = diversity(tunes)
    assert all(0 <= value <= 1 + 1e-12 for value in found.values())
    moved = [tune.transposed(semitones) for tune in tunes[::2]] + tunes[1::2]
    random.shuffle(moved)
    assert diversity(moved) == pytest.approx(found)


def test_copies_are_not_diverse():
    assert edit_distance([melody(60, 62, 59, 60, 64)] * 3) == 0
    for length in (1, 3, 6):
        assert self_bleu(walks(1, 0, length) * 3) == pytest.approx(1)


def test_nothing_in_common():
    """Not even the first note's duration."""
    tunes = [melody(60, 61, 62, 63), Melody(tuple(Note(p, QUARTER / 2) for p in (60, 62, 64, 66, 68)))]
    assert edit_distance(tunes) == 1 and self_bleu(tunes) == 0


def test_many_melodies_are_sampled(monkeypatch):
    tunes = walks(7, 0)
    monkeypatch.setattr(module, "PAIRED", 3)
    monkeypatch.setattr(module, "_order", lambda size: np.arange(size)[::-1])
    assert edit_distance(tunes) == edit_distance(tunes[:3:-1]) != edit_distance(tunes[:3])


def test_relative_to_itself_is_one():
    tunes = walks(5, 0)
    assert relative_diversity(tunes, tunes) == dict.fromkeys(diversity(tunes), 1)
    again = relative_diversity(tunes[::-1], tunes)
    assert again == pytest.approx(dict.fromkeys(again, 1))


def test_relative_to_more_of_the_same_kind_is_near_one():
    """By itself, the larger set has a far smaller share of distinct n-grams and a far higher self-BLEU."""
    few, many = walks(8, 0, length=60, step=2), walks(80, 1, length=60, step=2)
    assert distinct(few, 3) > 2 * distinct(many, 3) and self_bleu(few) < 0.8 * self_bleu(many)
    found = relative_diversity(few, many)
    assert found == pytest.approx(dict.fromkeys(found, 1), abs=0.15)


def test_relative_to_longer_melodies_of_the_same_kind_is_near_one():
    short, long = walks(20, 0, length=40, step=2), walks(20, 1, length=200, step=2)
    assert distinct(short, 3) > 2 * distinct(long, 3)
    assert relative_diversity(short, long)["distinct_3"] == pytest.approx(1, abs=0.15)
    assert relative_diversity(long, short)["distinct_3"] == pytest.approx(1, abs=0.15)


def test_the_amount_is_counted_from_the_beginning_across_melodies():
    scale, leaps = melody(60, 62, 64, 66, 68), melody(60, 65, 70, 75, 80)
    assert diversity([scale, leaps], 9)["distinct_4"] == distinct([scale, melody(60, 65, 70, 75)], 4)
    assert diversity([scale, leaps], 7)["distinct_2"] == distinct([scale, melody(60, 65)], 2)


def test_noise_is_above_one_and_repetition_below():
    calm = walks(8, 0, step=2)
    noise, repeated = relative_diversity(walks(8, 1, step=9), calm), relative_diversity(calm[:2] * 4, calm)
    for name in noise:
        assert noise[name] < 1 < repeated[name] if name == "self_bleu" else repeated[name] < 1 < noise[name]


def test_what_cannot_be_measured_is_refused():
    tune = melody(60, 62, 59, 60, 64)
    for measure in (self_bleu, edit_distance, diversity):
        with pytest.raises(ValueError, match=r"1 melodies: .* 2 or more"):
            measure([tune])
    with pytest.raises(ValueError, match="no melody has 4 notes and rests"):
        distinct([melody(60, 62, 64)], 4)
    with pytest.raises(ValueError, match="edit_distance is 0 for the reference"):
        relative_diversity(walks(2, 0), [tune] * 2)
