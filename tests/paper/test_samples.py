"""Melodies beside held-out songs: every measure against its definition, on the project's own tunes."""

import pytest

from lstm_from_scratch.evaluation.diversity import relative_diversity
from lstm_from_scratch.evaluation.overlap import overlaps
from lstm_from_scratch.evaluation.repetition import repeated_by_place, share_repeated
from lstm_from_scratch.paper.samples import SampleMeasures, as_melodies, over_seeds, quantiles


@pytest.fixture(scope="module")
def measures(corpus):
    return SampleMeasures(corpus)


def test_melodies_are_held_against_the_test_songs(measures, corpus):
    training, test = ([corpus.vocabulary.names(s) for s in corpus.part(p)] for p in ("training", "test"))
    other = next(song for song in training if len(song) > 100 and "r" in song)
    drawn = [other[:70], ["61", *other[:9], "61"], *training[2:6]]
    found = measures.measure(drawn)
    songs, melodies = as_melodies(test), as_melodies(drawn)
    assert found["overlaps"] == overlaps(songs, melodies) != overlaps(melodies, songs)
    relative = relative_diversity(melodies, songs)
    assert {name: found[name] for name in relative} == relative
    assert found["copied_symbols"] == [70, 9, *map(len, training[2:6])] and found["copied_whole"] == 5
    assert found["copied_onsets"][:2] == [sum(s != "_" for s in other[:n]) for n in (70, 9)]
    cut = measures.songs_of_lengths(map(len, drawn))
    assert list(zip(found["theirs_symbols"], found["theirs_onsets"])) == [measures.find_span(s) for s in cut]
    for name, sung in (("repeated", drawn), ("theirs_repeated", cut)):
        assert found[name] == [share_repeated(melody) for melody in sung]
        assert found[f"{name}_by_place"] == repeated_by_place(sung)
    assert found["repeated"] != found["theirs_repeated"]


def test_melodies_too_short_to_be_compared_are_measured_all_the_same(measures):
    found = measures.measure([["60"], ["62", "_"]])
    assert "overlaps" not in found and found["lengths"] == [1, 2]


def test_songs_without_a_note_are_no_melodies():
    assert len(as_melodies([["r", "_"], ["r", "60"]])) == 1


def test_held_out_songs_are_one_half_against_the_other(measures, corpus):
    songs = [corpus.vocabulary.names(song) for song in corpus.part("test")]
    found = measures.held_out()
    assert found["overlaps"] == overlaps(as_melodies(songs[::2]), as_melodies(songs[1::2]))
    assert found["lengths"] == quantiles([len(song) for song in songs])
    assert found["repeated"] == quantiles([share_repeated(song) for song in songs])
    assert found["repeated_by_place"] == repeated_by_place(songs)
    symbols, onsets = zip(*map(measures.find_span, songs))
    assert found["copied_symbols"] == quantiles(symbols) and found["copied_onsets"] == quantiles(onsets)


def test_over_seeds_numbers_have_their_range_and_lists_their_quantiles():
    samples = [
        {"overlaps": {"mean": 0.2}, "lengths": [0, 1, 2, 3, 4], "copied_whole": 1, "distinct_2": 1.0},
        {"overlaps": {"mean": 0.6}, "lengths": [5, 6, 7, 8, 9, 10], "copied_whole": 4},
    ]
    assert over_seeds(samples) == {
        "overlaps": {"mean": pytest.approx([0.4, 0.2, 0.6])},
        "lengths": pytest.approx([1, 5, 9]),
        "copied_whole": [2.5, 1, 4],
    }


def test_songs_beside_melodies_have_their_lengths(small):
    songs = SampleMeasures(small).songs_of_lengths([5, 20, 10**6, 20])
    longest = max(map(len, small.part("test")))
    assert [len(song) for song in songs] == [5, 20, longest, 20]
    beginnings = [small.vocabulary.names(song) for song in small.part("test")]
    assert all(any(song == b[: len(song)] for b in beginnings) for song in songs)
    assert songs[1] != songs[3]
