"""Drawing symbols: the distribution is right, and a melody begins and ends as it should."""

import math

import numpy as np
import pytest

from lstm_from_scratch.composing import sample
from lstm_from_scratch.composing.player import Player
from lstm_from_scratch.composing.sampling import compose, compose_many, draw, tempered
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.music import Vocabulary, decode

Y = np.array([1.0, -2.0, 0.5, 3.0])


def softmax(y):
    return np.exp(y) / np.exp(y).sum()


def rigged(vocabulary, **biases):
    """A model whose logits are given, whatever it has heard."""
    model = MelodyModel(len(vocabulary), 4, rng=np.random.default_rng(0))
    model.vocabulary = vocabulary
    model.params["dense.W"][...] = 0
    model.params["dense.b"][...] = 0
    for symbol, bias in biases.items():
        model.params["dense.b"][vocabulary.ids([symbol.removeprefix("s")])[0]] = bias
    return model


VOCABULARY = Vocabulary(["/", "_", "r", "60", "62"])


@pytest.mark.parametrize("temperature", [0.3, 1, 1.3, 100])
def test_tempered_is_the_papers_formula(temperature):
    p = softmax(Y)
    papers = np.exp(np.log(p) / temperature) / np.exp(np.log(p) / temperature).sum()
    assert tempered(Y, temperature) == pytest.approx(papers, rel=1e-12)
    assert tempered(Y + 1000, temperature) == pytest.approx(papers, rel=1e-9)


@pytest.mark.parametrize("temperature", [0, 5e-324, 1e-6, 1, 100])
@pytest.mark.parametrize("y", [[1e4, -1e4, 0], [-1e4, 1e4, 1e4 - 1], [1e4, -np.inf, 0], [7.0]])
def test_tempered_never_overflows(y, temperature):
    p = tempered(np.array(y, np.float32), temperature)
    assert p.sum() == pytest.approx(1, abs=1e-12) and (p >= 0).all() and p.argmax() == np.argmax(y)


def test_zero_is_the_likeliest_and_a_high_temperature_nearly_even():
    assert tempered(Y, 0).tolist() == [0, 0, 0, 1]
    assert tempered(np.zeros(3), 0).tolist() == [1, 0, 0]
    assert tempered(Y, 1e-6).tolist() == [0, 0, 0, 1]
    assert tempered(Y, 1e6) == pytest.approx([0.25] * 4, abs=1e-5)


@pytest.mark.parametrize("temperature", [-0.1, -math.inf, math.inf, math.nan])
def test_a_temperature_that_means_nothing_is_refused(temperature, model):
    with pytest.raises(ValueError, match=r"temperature .*: want a finite number, 0 or more"):
        tempered(Y, temperature)
    with pytest.raises(ValueError, match="temperature"):
        compose(model, temperature=temperature, primer=["60"], steps=1)


@pytest.mark.parametrize("y", [[np.nan, 1], [np.inf, 1], [-np.inf, -np.inf]])
def test_broken_logits_are_refused(y):
    for temperature in (0, 1):
        with pytest.raises(ValueError, match="weights are broken"):
            tempered(np.array(y), temperature)


def test_symbols_are_drawn_as_often_as_the_softmax_says():
    model = rigged(VOCABULARY, s60=1.0, s62=0.2, r=-1.0, _=0.5)
    model.params["dense.b"][0] = -1e9  # the delimiter never
    drawn = sample(model, temperature=2.0, primer=["60"], steps=8_001, rng=np.random.default_rng(0))[1:]
    want = softmax(np.array([1.0, 0.2, -1.0, 0.5]) / 2)
    found = np.array([drawn.count(s) for s in ("60", "62", "r", "_")])
    chi_square = ((found - 8000 * want) ** 2 / (8000 * want)).sum()
    assert len(drawn) == 8000 and chi_square < 16.3  # 99.9 % of fair draws, 3 degrees of freedom


@pytest.mark.parametrize("steps", [1, 30, 63, 64])
def test_a_melody_has_the_length_asked_for(model, steps):
    drawn = compose(model, steps=steps, rng=np.random.default_rng(3))
    assert len(drawn.symbols) == steps and not drawn.ended
    assert drawn.length_in_words == f"{steps} symbols, cut at the length allowed"


def test_a_melody_ends_itself_after_64_symbols_and_not_before():
    eager = rigged(VOCABULARY, **{"/": 50.0})
    drawn = compose(eager, steps=200)
    assert len(drawn.symbols) == 64 and drawn.ended and "/" not in drawn.symbols
    assert drawn.length_in_words == "64 symbols, ended by the network itself"
    assert len(compose(eager, primer=["60"] * 100, steps=200).symbols) == 100
    assert not compose(eager, steps=64).ended


def test_without_a_length_there_is_a_limit():
    endless = rigged(VOCABULARY, **{"/": -1e9})
    assert len(compose(endless).symbols) == 512
    assert len(compose(endless, primer=["60"] * 500).symbols) == 564


def test_no_melody_begins_with_a_hold():
    holding = rigged(VOCABULARY, _=50.0)
    for seed in range(20):
        symbols = sample(holding, steps=20, temperature=1.0, rng=np.random.default_rng(seed))
        assert symbols[0] != "_" and symbols[1:] == ["_"] * 19
        decode(symbols)
    assert sample(holding, temperature=0, steps=5)[0] == "60"


def test_the_melody_begins_with_the_primer(model):
    primer = ["67", "_", "65", "_", "r"]
    for steps in (5, 6, 80):
        symbols = sample(model, primer=iter(primer), steps=steps, rng=np.random.default_rng(steps))
        assert symbols[:5] == primer and len(symbols) <= steps
    assert compose(model, primer=primer, steps=5).entropy == 0


def test_a_complete_primer_is_not_held_on():
    holding, resting = rigged(VOCABULARY, _=50.0), rigged(VOCABULARY, r=50.0)
    assert sample(holding, primer=["60", "_"], steps=4) == ["60", "_", "_", "_"]
    assert compose(holding, primer=["60", "_"], steps=9, complete=True).symbols[2] not in ("_",)
    assert compose(resting, primer=["60", "_"], steps=9, complete=True).symbols[2] == "r"
    assert compose(resting, primer=["60", "r", "_"], steps=9, complete=True).symbols[3] in ("60", "62")
    assert compose(holding, primer=["60", "r", "_"], steps=9, complete=True).symbols[3] in ("60", "62")


@pytest.mark.parametrize(
    ("primer", "steps", "reason"),
    [
        (["60", "61x"], 64, r"primer: symbol 2, '61x', is none: want MIDI numbers \(60 is middle C\)"),
        (["60", "26"], 64, r"symbol 2, 26 \(D1\), was in no song .* \(\d+ \(.*\) to .*up by an octave"),
        (["60", "120"], 64, r"symbol 2, 120 \(C9\), .* down by an octave"),
        (["_", "60"], 64, "begins with '_'"),
        (["60", "/"], 64, "delimiter"),
        (["60"] * 9, 8, "the primer has 9 symbols, more than the 8 steps"),
        ([], 0, "0 steps: want a whole number, 1 or more"),
        ([], -5, "-5 steps: want"),
        ([], float("nan"), "nan steps: want a whole number"),
        ([], float("inf"), "inf steps: want"),
        ([], 2.5, r"2\.5 steps: want"),
        ([], "many", "many steps: want"),
    ],
)
def test_a_primer_or_length_that_does_not_fit_is_refused(model, primer, steps, reason):
    with pytest.raises(ValueError, match=reason):
        sample(model, primer=primer, steps=steps)


def test_a_vocabulary_is_needed_and_must_fit(model):
    with pytest.raises(ValueError, match="vocabulary of 5 for a model of 26"):
        sample(model, VOCABULARY)
    model.vocabulary = None
    with pytest.raises(ValueError, match="no vocabulary of its own"):
        sample(model)


def test_one_seed_is_one_melody(model):
    a, b, c = (sample(model, steps=60, temperature=1.0, rng=np.random.default_rng(s)) for s in (1, 1, 2))
    assert a == b != c
    assert sample(model, steps=60) == sample(model, steps=60, rng=np.random.default_rng(0))


def test_each_symbol_is_drawn_from_the_whole_song_before_it(model):
    player, ids = Player(model, 0), [3, 6, 6, 9]
    player.start(ids)
    for i in (5, 7, 1):
        ids.append(i)
        whole = model.logits(np.array([[0, *ids]]).T, last_only=True)[:, 0].copy()
        assert player.step(i)[:, 0] == pytest.approx(whole, rel=1e-4, abs=1e-6)


def test_a_window_model_hears_its_window_alone(window_model):
    player = Player(window_model, 0)
    ids = [int(i) for i in np.random.default_rng(0).integers(1, 26, 80)]
    padded = [0] * 64 + ids
    for n in (0, 1, 40, 63, 64, 80):
        window = np.array([padded[n : n + 64]]).T
        want = window_model.logits(window, last_only=True)[:, 0].copy()
        assert Player(window_model, 0).start(ids[:n])[:, 0] == pytest.approx(want, rel=1e-4, abs=1e-6)
    assert player.start(ids)[:, 0] == pytest.approx(want, rel=1e-4, abs=1e-6)


def test_the_greedy_melody_is_the_one_of_the_logits(model):
    ids = model.vocabulary.ids(["60"])
    for _ in range(30):
        y = model.logits(np.array([[model.vocabulary.ids(["/"])[0], *ids]]).T, last_only=True)[:, 0].copy()
        y[model.vocabulary.ids(["/"])] = -np.inf
        ids.append(int(y.argmax()))
    assert sample(model, temperature=0, primer=["60"], steps=31) == model.vocabulary.names(ids)


def test_the_entropy_is_the_mean_of_the_distributions_drawn_from():
    model = rigged(VOCABULARY, s60=1.0, s62=0.2, r=-1.0, _=0.5)
    first = softmax(np.array([1.0, 0.2, -1.0]) / 0.5)
    later = softmax(np.array([1.0, 0.2, -1.0, 0.5]) / 0.5)

    def nats(p):
        return -(p * np.log(p)).sum()

    drawn = compose(model, temperature=0.5, steps=10)
    assert drawn.entropy == pytest.approx((nats(first) + 9 * nats(later)) / 10, rel=1e-5)
    assert compose(model, temperature=0, steps=10).entropy == 0


@pytest.mark.parametrize(("u", "index"), [(0.0, 1), (0.4999, 1), (0.5, 3), (1 - 2**-53, 3)])
def test_what_has_no_probability_is_never_drawn(u, index):
    class Fixed:
        def random(self):
            return u

    assert draw(np.array([0, 0.5, 0, 0.5, 0]), Fixed()) == index


def test_a_model_can_be_trained_on_after_it_has_sung(model):
    """Also after a melody that could not be drawn: nothing that drawing keeps outlives it."""
    tokens = np.array([[1, 2], [3, 4]])
    model.params["dense.b"][8] = np.nan
    for _ in range(2):
        with pytest.raises(ValueError, match="weights are broken"):
            compose(model, steps=5)
        model.params["dense.b"][8] = 0
        compose(model, steps=5)
        for p in model.params.values():
            p += 0.1
        fresh = MelodyModel(26, 16, rng=np.random.default_rng(9))
        for name, p in fresh.params.items():
            p[...] = model.params[name]
        assert np.array_equal(fresh.logits(tokens), model.logits(tokens))
        model.params["dense.b"][8] = np.nan


def test_melodies_side_by_side_are_those_of_one_alone(model, window_model):
    """Greedily, all columns are one melody, and it is the one that the logits give."""
    for which in (model, window_model):
        which.params["dense.b"][which.vocabulary.ids(["/"])[0]] = -5.0
        alone = compose(which, temperature=0, steps=40).symbols
        assert compose_many(which, 3, 0, np.random.default_rng(0), longest=40) == [alone] * 3


def test_melodies_side_by_side_end_each_for_itself_and_begin_with_an_onset():
    model = rigged(VOCABULARY, s60=0.0, s62=0.0, r=0.0, _=1.0, **{"/": 0.5})
    melodies = compose_many(model, 40, 1.0, np.random.default_rng(0), longest=30)
    assert len({len(melody) for melody in melodies}) > 3
    assert all(1 <= len(melody) <= 30 and melody[0] != "_" and "/" not in melody for melody in melodies)
    assert melodies != compose_many(model, 40, 1.0, np.random.default_rng(1), longest=30)


def test_melodies_side_by_side_each_hear_themselves_alone(model, window_model):
    """What each is drawn from is what a player of its own gives after its own symbols."""
    for which in (model, window_model):
        which.params["dense.W"][...] *= 20
        delimiter, hold = which.vocabulary.ids(["/", "_"])
        found = compose_many(which, 3, 1.0, np.random.default_rng(0), longest=12)
        rng, players, drawn = (
            np.random.default_rng(0),
            [Player(which, delimiter) for _ in found],
            [[], [], []],
        )
        logits = [player.start() for player in players]
        for t in range(12):
            for k, player in enumerate(players):
                if drawn[k][-1:] != [delimiter]:
                    logits[k][[delimiter, hold]] -= np.inf if t == 0 else 0
                    drawn[k].append(draw(tempered(logits[k][:, 0], 1.0), rng))
                    logits[k] = player.step(drawn[k][-1])
        assert [which.vocabulary.names(i for i in ids if i != delimiter) for ids in drawn] == found
        assert len(set(map(tuple, found))) == 3


def test_a_primer_steps_and_a_seed_may_be_written_as_they_are_meant(model):
    wanted = sample(model, primer=["67", "_", "r"], steps=40, rng=np.random.default_rng(3))
    for primer in ("67 _ r", " 67  _ r ", [67, "_", "r"], (s for s in ("67", "_", "r"))):
        assert sample(model, primer=primer, steps=40.0, rng=3) == wanted
    assert sample(model, steps=np.int64(30)) == sample(model, steps=30)
    for temperature in ("0.7", None, 1j):
        with pytest.raises(ValueError, match=r"temperature .*: want a finite number"):
            sample(model, temperature=temperature)
