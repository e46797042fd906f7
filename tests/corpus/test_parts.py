"""Which part a song belongs to."""

import random
from collections import Counter

from lstm_from_scratch.corpus import prepare
from lstm_from_scratch.corpus.parts import part_of


def test_a_part_is_a_matter_of_the_first_32_symbols():
    """These must never change: models are compared over versions on the songs that they put aside."""
    openings = (["60"], ["63", "_"], ["41", "_"], ["60", "_", "62", "_"] * 10)
    assert [part_of(s) for s in openings] == ["validation", "validation", "test", "training"]
    song = ["60", "_"] * 16
    assert part_of([*song, "71", "/"]) == part_of(song) == part_of(iter(song))
    assert part_of(["40", *["_", "62"] * 20]) == "test" != part_of(["40", *["_", "62"] * 15])  # 31 symbols


def test_the_parts_are_80_10_and_10_of_100():
    rng = random.Random(0)
    counts = Counter(part_of(rng.choices("abcdefgh", k=32)) for _ in range(10_000))
    assert abs(counts["training"] - 8000) < 160
    assert abs(counts["validation"] - 1000) < 120 and abs(counts["test"] - 1000) < 120


def test_a_song_is_in_one_part_in_every_collection(tunes, corpus):
    half, _ = prepare(tunes[::2])
    parts = dict(zip(corpus.names, corpus.parts))
    assert [parts[name] for name in half.names] == half.parts
