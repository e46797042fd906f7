"""What students answer in lesson 3, and should not."""

from itertools import pairwise

import numpy as np


def places(starts, length):
    return np.arange(length)[:, None] + starts


def rows_are_examples(stream, starts, length):
    return stream[places(starts, length)].T, stream[starts + length]


def target_is_last(stream, starts, length):
    return stream[places(starts, length)], stream[starts + length - 1]


def target_one_too_far(stream, starts, length):
    return stream[places(starts, length)], stream[starts + length + 1]


def target_in_window(stream, starts, length):
    return stream[places(starts, length + 1)], stream[starts + length]


def places_only(stream, starts, length):
    return places(starts, length), starts + length


def target_places(stream, starts, length):
    return stream[places(starts, length)], starts + length


def target_as_a_row(stream, starts, length):
    return stream[places(starts, length)], stream[starts + length][None]


def one_too_late(stream, starts, length):
    return stream[places(starts, length) + 1], stream[starts + length]


def windows_only(stream, starts, length):
    return stream[places(starts, length)]


def pair_counts(songs, V, start=1.0):
    counts = np.full((V, V), start)
    for song in songs:
        for before, after in pairwise(song):
            counts[before, after] += 1
    return counts


def frequencies_of(songs, V):
    return np.bincount(np.concatenate([song[1:] for song in songs]), minlength=V)


def always_the_most_frequent(songs, V):
    counts = frequencies_of(songs, V)
    p = np.full(V, (1 - counts.max() / counts.sum()) / (V - 1))
    p[counts.argmax()] = counts.max() / counts.sum()
    return lambda so_far: p


def frequencies(songs, V):
    counts = frequencies_of(songs, V) + 1
    return lambda so_far: counts / counts.sum()


def nothing_new(songs, V):
    counts = pair_counts(songs, V, 0)
    return lambda so_far: counts[so_far[-1]] / counts[so_far[-1]].sum()


def nothing_new_at_all(songs, V):
    counts = pair_counts(songs, V + 1, 0)[:V, :V]
    counts[V - 1] = 0  # a symbol that never came
    with np.errstate(all="ignore"):
        p = counts / counts.sum(axis=1, keepdims=True)
    return lambda so_far: p[so_far[-1]]


def counts_themselves(songs, V):
    counts = pair_counts(songs, V)
    return lambda so_far: counts[so_far[-1]]


def floor_after_division(songs, V):
    counts = pair_counts(songs, V, 0)
    p = np.maximum(counts / counts.sum(axis=1, keepdims=True), 1e-6)
    return lambda so_far: p[so_far[-1]]


def wrong_axis(songs, V):
    counts = pair_counts(songs, V)
    return lambda so_far: (counts / counts.sum(axis=0))[so_far[-1]]


def all_pairs_together(songs, V):
    counts = pair_counts(songs, V)
    return lambda so_far: counts[so_far[-1]] / counts.sum()


def backwards(songs, V):
    counts = pair_counts(songs, V).T
    return lambda so_far: counts[so_far[-1]] / counts[so_far[-1]].sum()


def first_symbol(songs, V):
    counts = pair_counts(songs, V)
    return lambda so_far: counts[so_far[0]] / counts[so_far[0]].sum()


def last_song_only(songs, V):
    counts = pair_counts(songs[-1:], V)
    return lambda so_far: counts[so_far[-1]] / counts[so_far[-1]].sum()


def ends_not_counted(songs, V):
    counts = pair_counts([song[:-1] for song in songs], V)
    return lambda so_far: counts[so_far[-1]] / counts[so_far[-1]].sum()


def a_guess(songs, V):
    counts = pair_counts(songs, V)
    return lambda so_far: np.eye(V)[counts[so_far[-1]].argmax()]


def the_table(songs, V):
    counts = pair_counts(songs, V)
    return counts / counts.sum(axis=1, keepdims=True)


WRONG = {
    "3.1": [
        rows_are_examples,
        target_is_last,
        target_one_too_far,
        target_in_window,
        places_only,
        target_places,
        target_as_a_row,
        one_too_late,
        windows_only,
    ],
    "3.2": [
        always_the_most_frequent,
        frequencies,
        nothing_new,
        nothing_new_at_all,
        counts_themselves,
        floor_after_division,
        wrong_axis,
        all_pairs_together,
        backwards,
        first_symbol,
        last_song_only,
        ends_not_counted,
        a_guess,
        the_table,
    ],
}
