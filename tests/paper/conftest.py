"""Numbers of the shape that the experiments write, made up: what figures are drawn of."""

import math

import pytest

from lstm_from_scratch.evaluation.context import CONTEXTS
from lstm_from_scratch.paper.samples import SAMPLED_TEMPERATURES

MODELS = {"rnn-256": 85_000, "gru-256": 235_557, "lstm-256": 310_565, "rnn-505": 310_112, "gru-299": 311_012}


def measures(bits):
    """As `summary` gives them."""
    found = {
        "nats_per_symbol": bits / 4.4,
        "bits_per_onset": bits,
        "onset_accuracy": 1 / bits,
        "accuracy": 0.77,
        "pitch_bits": bits - 1,
    }
    intervals = {name: [0.97 * value, 1.025 * value] for name, value in found.items()}
    return {**found, "interval": intervals["nats_per_symbol"], "intervals": intervals}


def sampled(T, k=0.0):
    """As `over_seeds` gives it, of one temperature."""
    overlap, distinct = 0.95 - 0.3 * (T - 0.6 - k / 10) ** 2, 0.2 + T + k / 20
    span = 60 / (1 + T) - k
    return {
        "overlaps": {"mean": [overlap, overlap - 0.01, overlap + 0.01]},
        **{f"distinct_{n}": [distinct + n / 50, distinct - 0.02, distinct + 0.12] for n in (2, 3, 4)},
        "lengths": [90.0, 200.0, 340.0],
        "copied_symbols": [span / 2, span, 2 * span],
        "copied_onsets": [4.0, 6.0, 9.0],
        "theirs_symbols": [17.0, 29.0, 45.0 + k],
        "theirs_onsets": [5.0, 6.0, 9.0],
    }


def held_out():
    return {
        "overlaps": {"mean": 0.963},
        "copied_symbols": [16.0, 23.0, 43.0],
        "lengths": [80.0, 144.0, 256.0],
    }


def context(perplexities, reach):
    """As `context.context_used` gives it."""
    return {
        "perplexity": perplexities,
        "effective_length": [reach, reach // 2, 2 * reach],
        "effective_length_of_seeds": [reach, 2 * reach, reach],
    }


def model(k, parameters):
    """As `ModelMeasures.summed_up` gives it, the better the larger k is."""
    bits, reach = 3.9 - 0.2 * k, (8, 32, 64, 12, 48)[k]
    fade = (0.7, 0.93, 0.985, 0.75, 0.95)[k]
    return measures(bits) | {
        "parameters": parameters,
        "bits_per_onset_of_seeds": [bits - 0.02, bits, bits + 0.02],
        "over_baseline": [0.8 - k / 30, 0.78 - k / 30, 0.82 - k / 30],
        "context": {
            "symbols": context(
                [1.9 + 2.5 * math.exp(-3 * L / reach) + 0.1 * (4 - k) for L in CONTEXTS], reach
            ),
            "onsets": context([8 + 12 * math.exp(-3 * L / reach) + 0.6 * (4 - k) for L in CONTEXTS], reach),
        },
        "gradient_norm": [0.4 * fade**L for L in CONTEXTS],
        "samples": {str(T): sampled(T, k) for T in SAMPLED_TEMPERATURES},
    }


@pytest.fixture
def compared():
    """What `compare` returns."""
    return {
        "baseline": {"name": "7-gram", **measures(4.31)},
        "held_out": held_out(),
        "models": {key: model(k, size) for k, (key, size) in enumerate(MODELS.items())},
        "recall": {
            "rnn": {"one alone": [0, 2, 1], "one": [8, 4, 8], "two": [2, 2, 4], "four": [0, 0, 0]},
            "gru": {"one alone": [32, 16, 64], "one": [128, 256, 256], "two": [16, 8, 8], "four": [0, 1, 2]},
            "lstm": {"one alone": [16, 16, 8], "one": [256, 256, 128], "two": [8, 4, 4], "four": [1, 1, 1]},
        },
    }


def preset(epochs, seconds, best, turn):
    """benchmarks/results/PRESET-COLLECTION.json of a run that is best at epoch `turn`."""
    rows = []
    for epoch in range(1, epochs + 1):
        loss = best + 0.4 / epoch - 0.4 / turn + 0.02 * max(0, epoch - turn)
        rows.append(
            {
                "step": 348 * epoch,
                "epoch": float(epoch),
                "seconds": seconds * epoch,
                "training_loss": 1 / epoch**0.5,
                "training_accuracy": 0.8 - 0.2 / epoch,
                "validation_loss": loss,
                "validation_accuracy": 1.4 - loss,
            }
        )
    return {
        "recipe": {"objective": "stream"},
        "rows": rows,
        "best": min(rows, key=lambda row: row["validation_loss"]),
        "window_accuracy": None,
        "held_out": held_out(),
        "samples": {str(T): sampled(T) for T in SAMPLED_TEMPERATURES},
    }


@pytest.fixture
def presets():
    """The paper's and the fast preset's."""
    counted = {"network": 0.8213, "delimiter or _": 0.7712}
    return {
        "paper": preset(40, 400.0, 0.74, 10)
        | {"window_accuracy": counted, "recipe": {"objective": "window"}},
        "fast": preset(44, 12.5, 0.71, 44),
    }


@pytest.fixture
def genres():
    """benchmarks/results/genres.json."""
    names = ("erk", "han", "lotlux")
    return {
        "trained_and_tested": {
            a: {
                b: {
                    "network": measures(3.1 + 0.2 * i + 1.1 * abs(i - j)),
                    "bits_per_onset_of_seeds": [3.1],
                    "best n-gram": measures(4.3 + 0.1 * i + 1.3 * abs(i - j)),
                }
                for j, b in enumerate(names)
            }
            for i, a in enumerate(names)
        }
    }


@pytest.fixture
def ablated():
    """benchmarks/results/ablations.json."""

    def row(bits):
        return measures(bits) | {"bits_per_onset_of_seeds": [bits - 0.012, bits + 0.012]}

    names = ("all", "without dropped weights", "without cut songs")
    recipes = {name: row(3.2 + k / 20) for k, name in enumerate(names)}
    recipes |= {f"dropout {p} alone": row(3.6 - p + 1.2 * p**2) for p in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)}
    recipes["best n-gram"] = {"name": "7-gram", **measures(4.31)}
    return {
        "recipes": recipes,
        "keys": {
            "not transposed": row(3.52),
            "best n-gram, not transposed": {"name": "5-gram", **measures(4.87)},
        },
        "rules": {"event rule": row(3.18), "song rule": row(3.26)},
    }
