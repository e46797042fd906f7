"""What the network sings while it learns is kept at the steps said, and looking changes nothing."""

import json
from dataclasses import replace

import numpy as np

from lstm_from_scratch.page.learning import LENGTH, Snapshots
from lstm_from_scratch.training.recipe import PRESETS
from lstm_from_scratch.training.run import Run

RECIPE = replace(PRESETS["smoke"], units=8, steps=34, validate_every=100)


def trained(corpus, snapshots=None):
    run = Run(corpus, RECIPE, 0)
    if snapshots:
        snapshots.take(run)
    while not run.finished:
        run.advance()
        if snapshots:
            snapshots.take(run)
    return run


def test_the_steps_are_0_10_30_and_the_last(corpus):
    snapshots = Snapshots(seed=3)
    trained(corpus, snapshots)
    assert [s["step"] for s in snapshots.taken] == [0, 10, 30, 34]
    losses = [s["loss"] for s in snapshots.taken]
    assert losses == sorted(losses, reverse=True) and abs(losses[0] - np.log(len(corpus.vocabulary))) < 0.2
    for snapshot in snapshots.taken:
        assert len(snapshot["symbols"]) == LENGTH and set(snapshot["symbols"]) <= set(corpus.vocabulary)
    again = Snapshots(seed=3)
    trained(corpus, again)
    assert json.dumps(again.as_json()) == json.dumps(snapshots.as_json())


def test_a_run_that_is_looked_at_learns_the_same(corpus):
    alone, watched = trained(corpus), trained(corpus, Snapshots())
    assert np.array_equal(alone.model.weights, watched.model.weights)
    assert np.array_equal(alone.averaged.weights, watched.averaged.weights)


def test_a_run_that_goes_on_keeps_what_was_taken_before(corpus):
    snapshots = Snapshots(seed=3)
    trained(corpus, snapshots)
    stopped = Snapshots(seed=3, taken=snapshots.taken[:3])
    trained(corpus, stopped)  # from the start once more, as after a stop before the first checkpoint
    assert stopped.taken == snapshots.taken
