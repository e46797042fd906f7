"""What is said of single units is so where it was planted."""

import runpy
from itertools import pairwise
from pathlib import Path

import numpy as np

from lstm_from_scratch.page import units
from lstm_from_scratch.page.beginnings import Beginning

make_model = runpy.run_path(str(Path(__file__).parent / "conftest.py"))["make_model"]
SONG = [s for pitch in np.random.default_rng(0).integers(60, 72, 40) for s in (str(pitch), "_", "_")]


def test_units_that_are_alike_stand_together():
    rng = np.random.default_rng(0)
    sources = rng.normal(size=(200, 4))
    groups = rng.permutation(np.repeat(np.arange(4), 6))
    states = sources[:, groups] + 0.1 * rng.normal(size=(200, 24))
    order = units.likeness_order(states)
    assert sorted(order) == list(range(24))
    assert sum(groups[a] != groups[b] for a, b in pairwise(order)) == 3


def test_a_unit_that_never_moves_has_a_place_too():
    states = np.random.default_rng(0).normal(size=(50, 5))
    states[:, 2] = 0.5
    assert sorted(units.likeness_order(states)) == list(range(5))


def test_memory_is_the_lag_at_which_a_unit_forgets():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(20_000, 3))
    states = np.zeros_like(noise)
    for t in range(1, len(states)):
        states[t] = np.array([0.0, 0.8, 0.95]) * states[t - 1] + noise[t]
    found = units.memory([states[:10_000], states[10_000:]])
    assert (
        found[0] == 1 and abs(found[1] - -1 / np.log(0.8)) <= 1.5 and abs(found[2] - -1 / np.log(0.95)) <= 4
    )


def test_the_units_that_follow_something_are_found():
    named = units.labels([Beginning("", SONG)])
    rng = np.random.default_rng(0)
    states = rng.normal(size=(len(SONG), 8))
    planted = {"the place in the bar of 4/4": 5, "the pitch": 2, "the phrase": 7}
    for name, unit in planted.items():
        states[:, unit] = np.sin(3 * named[name]) + 0.01 * states[:, unit]
    told = {story["follows"]: story for story in units.stories(states, named)}
    for name, unit in planted.items():
        assert told[name]["unit"] == unit and told[name]["share"] > 0.95
    assert len({story["unit"] for story in told.values()}) == len(told)


def test_bars_are_counted_from_the_first_barline():
    named = units.labels([Beginning("", SONG, upbeat=4)])
    assert list(named["the place in the bar of 4/4"][:6]) == [12, 13, 14, 15, 0, 1]


def test_every_model_is_described(corpus):
    clock = {"attention": 4, "clock_kinds": ("bar", "16")}
    for options in ({}, {"cell": "gru"}, {"cell": "rnn"}, clock):
        found = units.describe_units(make_model(corpus.vocabulary, **options), [])  # its own melodies
        assert sorted(found["alike"]) == sorted(found["memory"]) == list(range(16))
        assert all(0 <= story["share"] <= 1 for story in found["stories"])
