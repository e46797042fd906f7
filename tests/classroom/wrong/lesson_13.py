"""What students answer in lesson 13, and should not."""

import numpy as np


def both(song, end):
    return np.append(end, song), np.append(song, end)


def full_pieces_only(song, end, T):
    tokens, targets = both(song, end)
    return [(tokens[a : a + T], targets[a : a + T]) for a in range(0, len(tokens) - T + 1, T)]


def without_delimiter(song, end, T):
    targets = np.append(song[1:], end)
    return [(song[a : a + T], targets[a : a + T]) for a in range(0, len(song), T)]


def without_end(song, end, T):
    tokens = np.append(end, song[:-1])
    return [(tokens[a : a + T], song[a : a + T]) for a in range(0, len(song), T)]


def overlapping(song, end, T):
    tokens, targets = both(song, end)
    return [(tokens[a : a + T], targets[a : a + T]) for a in range(0, len(tokens), max(T // 2, 1))]


def shifted_in_each(song, end, T):
    whole = np.concatenate([[end], song, [end]])
    pieces = [whole[a : a + T] for a in range(0, len(whole), T)]
    return [(piece[:-1], piece[1:]) for piece in pieces]


def not_shifted(song, end, T):
    tokens, _ = both(song, end)
    return [(tokens[a : a + T], tokens[a : a + T]) for a in range(0, len(tokens), T)]


def one_longer(song, end, T):
    tokens, targets = both(song, end)
    return [(tokens[a : a + T + 1], targets[a : a + T]) for a in range(0, len(tokens), T)]


def loss(carry=True, clear=True, mean=False, total=False):
    def loss_of(songs, forward):
        nats, counts, state = [], [], None
        for pieces in songs:
            state = None if clear else state
            for tokens, targets in pieces:
                found, after = forward(tokens, targets, state)
                state = after if carry else None
                nats.append(found * (1 if mean else len(targets)))
                counts.append(1 if mean else len(targets))
        return sum(nats) if total else sum(nats) / sum(counts)

    return loss_of


def mean_of_songs(songs, forward):
    return np.mean([loss()([pieces], forward) for pieces in songs])


def first_pieces(songs, forward):
    return loss()([pieces[:1] for pieces in songs], forward)


WRONG = {
    "13.1": [
        full_pieces_only,
        without_delimiter,
        without_end,
        overlapping,
        shifted_in_each,
        not_shifted,
        one_longer,
        lambda song, end, T: None,
    ],
    "13.2": [
        loss(carry=False),
        loss(clear=False),
        loss(mean=True),
        loss(carry=False, mean=True),
        loss(total=True),
        mean_of_songs,
        first_pieces,
        lambda songs, forward: None,
    ],
}
