"""What students answer in lesson 18, and should not."""

import numpy as np


def pitches(melody):
    return [pitch for pitch, _ in melody.notes if pitch is not None]


def quantiles(values, ends=(0.025, 0.975)):
    low, high = np.quantile(values, ends)
    return low, high


def drawn(x, rng):
    return x[rng.integers(len(x), size=len(x))]


def differences(a, b, rng, draws):
    return [drawn(a, rng).mean() - drawn(b, rng).mean() for _ in range(draws)]


def drawn_once_for_both(a, b, rng, draws):
    places = [rng.integers(len(a), size=len(a)) for _ in range(draws)]
    return quantiles([a[k].mean() - b[k].mean() for k in places])


def only_one_drawn(a, b, rng, draws):
    return quantiles([drawn(a, rng).mean() - b.mean() for _ in range(draws)])


def single_numbers(a, b, rng, draws):
    return quantiles(rng.choice(a, draws) - rng.choice(b, draws))


def without_replacement(a, b, rng, draws):
    return quantiles([rng.permutation(a).mean() - rng.permutation(b).mean() for _ in range(draws)])


def in_place(a, b, rng, draws):
    a -= b.mean()
    return quantiles([drawn(a, rng).mean() for _ in range(draws)])


WRONG = {
    "18.1": [
        lambda melody: max(pitches(melody)) - min(pitches(melody)),
        lambda melody: sum(pitches(melody)) / max(len(pitches(melody)), 1),
        lambda melody: np.mean(pitches(melody)) * 0,
        lambda melody: len(set(pitches(melody))),
        lambda melody: 7,
        lambda melody: np.random.default_rng().random() + len(melody.notes),
        lambda melody: [len(melody.notes)],
        lambda melody: None,
        lambda melody: 1 / len(pitches(melody)),
    ],
    "18.2": [
        drawn_once_for_both,
        only_one_drawn,
        single_numbers,
        without_replacement,
        in_place,
        lambda a, b, rng, draws: quantiles(differences(b, a, rng, draws)),
        lambda a, b, rng, draws: quantiles(differences(a, b, rng, draws), (0.05, 0.95)),
        lambda a, b, rng, draws: (min(d := differences(a, b, rng, draws)), max(d)),
        lambda a, b, rng, draws: quantiles(differences(a, b, np.random.default_rng(0), draws)),
        lambda a, b, rng, draws: quantiles(differences(a, b, rng, 4000)),
        lambda a, b, rng, draws: differences(a, b, rng, draws),
        lambda a, b, rng, draws: quantiles(differences(a, b, rng, draws))[::-1],
    ],
}
