"""Runs that are measured and kept, and not run again."""

import json
import signal
from dataclasses import replace

import numpy as np
import pytest

from lstm_from_scratch.files import write_text
from lstm_from_scratch.paper import kept_runs
from lstm_from_scratch.paper.kept_runs import trained
from lstm_from_scratch.training.recipe import PRESETS

TINY = replace(PRESETS["smoke"], units=6, batch=4, length=8, steps=30, validate_every=10, save_seconds=0)


def test_a_run_is_recorded_and_not_run_again(small, tmp_path, monkeypatch):
    model, record = trained(small, TINY, tmp_path, seed=3)
    assert record["parameters"] == sum(p.size for p in model.params.values())
    assert [row["step"] for row in record["rows"]] == [10, 20, 30]
    seconds = [row["seconds"] for row in record["rows"]]
    assert seconds == sorted(seconds) and seconds[0] > 0
    assert record["best"]["validation_loss"] == min(row["validation_loss"] for row in record["rows"])
    monkeypatch.setattr(kept_runs, "train", lambda *_, **__: pytest.fail("trained again"))
    again, same = trained(small, TINY, tmp_path, seed=3)
    assert same == record
    assert all(np.array_equal(p, again.params[name]) for name, p in model.params.items())


@pytest.mark.parametrize("change", ["seed", "recipe", "songs"])
def test_another_run_is_run(small, tmp_path, change):
    trained(small, TINY, tmp_path)
    if change == "seed":
        _, record = trained(small, TINY, tmp_path, seed=1)
        assert record["seed"] == 1
    elif change == "recipe":
        _, record = trained(small, replace(TINY, steps=20), tmp_path)
        assert record["steps"] == 20
    else:
        other = replace(small, songs=[song[::-1] for song in small.songs])
        _, record = trained(other, TINY, tmp_path)
        assert record["corpus"] == other.digest != small.digest


def test_an_interrupted_run_goes_on_and_its_seconds_too(small, tmp_path):
    def stop(run, row):
        if run.step == 15:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        trained(small, TINY, tmp_path, progress=stop)
    seen = []
    _, record = trained(small, TINY, tmp_path, progress=lambda run, row: seen.append(run.step))
    assert seen[0] == 16
    seconds = [row["seconds"] for row in record["rows"]]
    assert seconds == sorted(seconds) and len(seconds) == 3
    whole = trained(small, TINY, tmp_path / "whole")[1]
    assert [row["validation_loss"] for row in whole["rows"]] == [r["validation_loss"] for r in record["rows"]]


def stop_at(last):
    """A progress that interrupts a run after so many batches."""
    return lambda run, row: run.step == last and signal.raise_signal(signal.SIGINT)


@pytest.fixture
def now(monkeypatch):
    """A processor whose every batch takes a second: what its clock has told, the last is now."""
    batch, told = kept_runs.Run.advance, [100.0]
    monkeypatch.setattr(kept_runs.Run, "advance", lambda run: batch(run) or told.append(told[-1] + 1))
    monkeypatch.setattr(kept_runs.time, "process_time", lambda: told[-1])
    return told


@pytest.mark.parametrize("last", [4, 15])  # before the first validation, and between two
def test_the_seconds_before_an_interruption_count(small, tmp_path, now, last):
    with pytest.raises(KeyboardInterrupt):
        trained(small, TINY, tmp_path, progress=stop_at(last))
    now.append(7.0)  # the next process begins anew
    assert [row["seconds"] for row in trained(small, TINY, tmp_path)[1]["rows"]] == [10, 20, 30]


def test_the_seconds_of_a_run_that_was_killed_after_its_last_checkpoint_count_until_there(
    small, tmp_path, now
):
    with pytest.raises(KeyboardInterrupt):
        trained(small, TINY, tmp_path, progress=stop_at(15))
    clock = tmp_path / "clock.json"
    clock.write_text(clock.read_text().replace('"15": 15.0', '"18": 18.0'))
    now.append(7.0)
    assert [row["seconds"] for row in trained(small, TINY, tmp_path)[1]["rows"]] == [10, 20, 30]


def test_a_run_that_ended_without_a_record_gets_one(small, tmp_path):
    record = trained(small, TINY, tmp_path)[1]
    (tmp_path / "record.json").unlink()
    assert trained(small, TINY, tmp_path)[1] == record


def test_a_run_without_a_clock_is_refused_before_it_goes_on(small, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        trained(small, TINY, tmp_path, progress=stop_at(15))
    (tmp_path / "clock.json").unlink()
    with pytest.raises(ValueError, match=r"step 10 was made; remove this folder"):
        trained(small, TINY, tmp_path, progress=lambda run, row: pytest.fail("trained on"))


def test_an_unfinished_run_is_read_as_it_stands(small, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        trained(small, TINY, tmp_path, progress=stop_at(25))
    _, record = kept_runs.as_it_stands(tmp_path)
    assert not record["finished"] and [row["step"] for row in record["rows"]] == [10, 20]
    assert all(row["seconds"] > 0 for row in record["rows"])
    write_text(tmp_path / "record.json", json.dumps(record))
    whole = trained(small, TINY, tmp_path)[1]  # what is written of an unfinished run does not end it
    assert whole["finished"] and whole["steps"] == 30


def test_measures_of_another_run_are_removed(small, tmp_path):
    trained(small, TINY, tmp_path)
    (tmp_path / "measures.json").write_text("{}")
    trained(small, TINY, tmp_path)
    assert (tmp_path / "measures.json").is_file()
    trained(small, TINY, tmp_path, seed=1)
    assert not (tmp_path / "measures.json").exists()
