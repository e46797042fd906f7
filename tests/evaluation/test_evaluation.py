"""The measures, against the definitions written out one target at a time."""

import math

import numpy as np
import pytest

from lstm_from_scratch.evaluation.evaluation import STRONGEST, evaluate, measure, song_totals
from lstm_from_scratch.evaluation.predictors import ModelPredictor

SONGS = [["60", "_", "r", "_"], ["62", "_", "_"], ["60"], ["64", "_", "62", "_", "60", "_", "_", "_"]]


class Given:
    """Random distributions, the same every time."""

    def __init__(self, symbols):
        self.symbols = symbols

    def log_probabilities(self, songs):
        rng = np.random.default_rng(0)
        p = [rng.random((len(song) + 1, self.symbols)) for song in songs]
        return [np.log(x / x.sum(axis=1, keepdims=True)) for x in p]


@pytest.fixture
def songs(corpus):
    return [np.array(corpus.vocabulary.ids(song)) for song in SONGS]


def test_the_measures_are_as_defined(corpus, songs):
    names = list(corpus.vocabulary)
    predictor = Given(len(names))
    nats = pitch_nats = 0.0
    symbols = onsets = right = right_onsets = notes = 0
    for song, log_p in zip(SONGS, predictor.log_probabilities(songs)):
        for target, row in zip([*song, "/"], log_p):
            p = dict(zip(names, np.exp(row)))
            hit = max(p, key=p.get) == target
            nats -= math.log(p[target])
            symbols += 1
            right += hit
            if target != "_":
                onsets += 1
                right_onsets += hit
            if target.isdigit():
                notes += 1
                pitch_nats -= math.log(p[target] / sum(q for s, q in p.items() if s.isdigit()))
    assert (symbols, onsets, notes) == (20, 11, 6)
    found = evaluate(predictor, songs, corpus.vocabulary)
    intervals = found.pop("intervals")
    assert found.pop("interval") == intervals["nats_per_symbol"]
    assert all(low <= found[name] <= high for name, (low, high) in intervals.items())
    assert intervals.keys() == found.keys()
    assert found == pytest.approx(
        {
            "nats_per_symbol": nats / symbols,
            "bits_per_onset": nats / math.log(2) / onsets,
            "onset_accuracy": right_onsets / onsets,
            "accuracy": right / symbols,
            "pitch_bits": pitch_nats / math.log(2) / notes,
        }
    )


def test_the_interval_holds_the_mean_and_is_the_same_each_time(corpus):
    test, predictor = corpus.part("test"), Given(len(corpus.vocabulary))
    found = evaluate(predictor, test, corpus.vocabulary)
    low, high = found["interval"]
    assert low < found["nats_per_symbol"] < high < low + 0.5
    assert evaluate(predictor, test, corpus.vocabulary) == found
    assert evaluate(predictor, test, corpus.vocabulary, bootstrap=0)["interval"] == [None, None]


def test_the_interval_covers_19_means_of_20(corpus):
    """Of bootstraps over songs whose nats a symbol are drawn with mean 2, about 95 % hold 2."""

    class Fixed:
        def __init__(self, rng):
            self.rng = rng

        def log_probabilities(self, songs):
            return [np.full((len(s) + 1, 26), -max(0.0, self.rng.normal(2, 0.5))) for s in songs]

    songs, rng, held = [np.array([1, 2, 3])] * 40, np.random.default_rng(0), 0
    for _ in range(100):
        low, high = evaluate(Fixed(rng), songs, corpus.vocabulary, bootstrap=300)["interval"]
        held += low <= 2 <= high
    assert 85 <= held <= 99


def test_one_song_has_an_interval_of_no_width(corpus, songs):
    found = evaluate(Given(len(corpus.vocabulary)), songs[:1], corpus.vocabulary)
    assert found["interval"] == pytest.approx([found["nats_per_symbol"]] * 2)


def test_without_songs_there_is_nothing_to_measure(corpus):
    with pytest.raises(ValueError, match="no song to evaluate"):
        evaluate(Given(26), [], corpus.vocabulary)


def test_a_song_of_rests_has_no_pitch_bits(corpus):
    rests = [np.array(corpus.vocabulary.ids(["r", "_"]))]
    assert evaluate(Given(len(corpus.vocabulary)), rests, corpus.vocabulary)["pitch_bits"] == 0


def test_huge_logits_do_not_overflow(corpus, model):
    model.params["dense.b"][...] = np.linspace(-1e4, 1e4, 26)[:, None]
    totals = song_totals(ModelPredictor(model, corpus.delimiter), corpus.songs[:2], corpus.vocabulary)
    assert np.isfinite(totals).all()


def test_everything_is_measured_on_the_test_part(corpus, model):
    found = measure(corpus, model)
    counted = ["always _", *(f"{n}-gram" for n in range(1, 9)), "kneser-ney", STRONGEST]
    assert list(found) == ["network", *counted]
    songs = corpus.part("test")
    network = found["network"].copy()
    ratios = network.pop("over")
    assert list(ratios) == counted
    for name, (over, low, high) in ratios.items():
        expected = network["nats_per_symbol"] / found[name]["nats_per_symbol"]
        assert over == pytest.approx(expected) and low < over < high
    assert network == evaluate(ModelPredictor(model, corpus.delimiter), songs, corpus.vocabulary)
    nats = {name: found[name]["nats_per_symbol"] for name in counted}
    assert min(nats, key=nats.get) == STRONGEST and nats["5-gram"] < nats["always _"] < math.log(26)
    assert found["network"]["nats_per_symbol"] == pytest.approx(math.log(26), abs=0.2)
