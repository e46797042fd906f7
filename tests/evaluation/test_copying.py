"""The longest shared run, against looking at every pair of places."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_from_scratch.evaluation.copying import SpanFinder, training_spans

symbols = st.lists(st.sampled_from(["60", "62", "_", "r"]), max_size=14)


def slow(melody, songs):
    """The longest run that both hold, and the onsets of the first of that length."""
    best = []
    for i in range(len(melody)):
        for j in range(i + 1, len(melody) + 1):
            run = melody[i:j]
            shared = any(run == s[k : k + len(run)] for s in songs for k in range(len(s)))
            if shared and len(run) > len(best):
                best = run
    return len(best), sum(s != "_" for s in best)


@settings(max_examples=200, deadline=None)
@given(melody=symbols, songs=st.lists(symbols, max_size=4))
def test_the_longest_run_is_found(melody, songs):
    assert SpanFinder(songs)(melody) == slow(melody, songs)


def test_a_run_does_not_cross_songs():
    find = SpanFinder([["60", "62"], ["64", "65"]])
    assert find(["60", "62", "64", "65"]) == (2, 2)
    assert find(["62", "64"]) == (1, 1)


def test_symbols_are_compared_whole():
    assert SpanFinder([["6", "0"]])(["60"]) == (0, 0)
    assert SpanFinder([["6", "0"]])(["6", "0", "61"]) == (2, 2)


def test_symbols_that_no_song_has_are_never_shared():
    find = SpanFinder([["60", "_"]])
    assert find(["71", "72"]) == (0, 0) and find(["71", "60", "_", "72"]) == (2, 1)
    assert find([]) == (0, 0) and SpanFinder([])(["60"]) == (0, 0)


def test_a_copy_is_seen_as_one():
    song = ["60", "_", "62", "_", "r", "_"] * 20
    assert SpanFinder([["64"], song])(song) == (120, 60)


def test_the_training_songs_alone_are_looked_through(corpus):
    find, names = training_spans(corpus), corpus.vocabulary.names
    assert all(find(names(song))[0] == len(song) for song in corpus.part("training"))
    assert not all(find(names(song))[0] == len(song) for song in corpus.part("test"))
