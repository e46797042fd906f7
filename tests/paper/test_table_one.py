"""Table I on a few songs: which models, what is kept, and what is said of it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lstm_from_scratch.corpus.corpus import CorpusError
from lstm_from_scratch.model.model import MelodyModel
from lstm_from_scratch.paper import kept_runs, recall, table_one_measures
from lstm_from_scratch.paper import table_one as table
from lstm_from_scratch.paper.table_one import compare, in_words, parameters, sizes
from lstm_from_scratch.training.recipe import PRESETS

TINY = replace(PRESETS["smoke"], units=6, batch=4, length=8, steps=30, validate_every=10, save_seconds=0)


def test_matched_units_match():
    wanted = 310_565
    for cell, units in sizes(37):
        model = MelodyModel(37, units, cell, rng=np.random.default_rng(0))
        size = sum(p.size for p in model.params.values())
        assert units == 256 or abs(size - wanted) / wanted < 0.003
        assert size == parameters(cell, units, 37)


def test_table_one_of_a_few_songs(small, tmp_path, monkeypatch):
    monkeypatch.setattr(table_one_measures, "MELODIES", 8)
    monkeypatch.setattr(table_one_measures, "SAMPLED_TEMPERATURES", (0.7, 1.5))
    monkeypatch.setattr(recall, "RECALL_UPDATES", 2)
    monkeypatch.setattr(recall, "DISTANCES", (1, 2))
    monkeypatch.setattr(table, "sizes", lambda symbols: [("rnn", 6), ("lstm", 5)])
    found = compare(small, tmp_path, seeds=2, recipe=TINY, say=lambda line: None)
    assert found == json.loads((tmp_path / "compare.json").read_text())
    lstm = found["models"]["lstm-5"]
    of_rates = lstm["validation_loss_of_rates"]
    assert set(of_rates) == {"0.001", "0.002", "0.005", "0.01", "0.02"}
    assert of_rates[str(lstm["lr"])] == min(of_rates.values()) == lstm["validation_loss"][0]
    low, high = lstm["intervals"]["bits_per_onset"]
    assert low < lstm["bits_per_onset"] < high
    of_seeds = lstm["bits_per_onset_of_seeds"]
    assert np.mean(of_seeds) == pytest.approx(lstm["bits_per_onset"]) and of_seeds[0] != of_seeds[1]
    sampled = lstm["samples"]["1.5"]
    assert sampled["copied_symbols"] == sorted(sampled["copied_symbols"]) and sampled["lengths"][2] <= 512
    least, most = sampled["overlaps"]["note_count"][1:]
    assert 0 <= least <= sampled["overlaps"]["mean"][2] and most <= 1
    assert "context" not in lstm  # no song is long enough
    drawn = {path.stem: path.read_text() for path in tmp_path.glob("*.svg")}
    assert (
        set(drawn) == {"sequence_length", "quality", "diversity"}
        and "no test song is long enough" in drawn["sequence_length"]
    )
    assert f"{lstm['bits_per_onset']:.2f} (" in drawn["quality"] and "LSTM, 5" in drawn["diversity"]
    over, low, high = found["paired"]["lstm-5 over rnn-6"]
    rnn = found["models"]["rnn-6"]
    assert over == pytest.approx(lstm["nats_per_symbol"] / rnn["nats_per_symbol"]) and low < over < high
    assert found["paired"]["rnn-6 over lstm-5"][0] == pytest.approx(1 / over)
    assert found["recall"]["gru"] == {"one alone": [0, 0], "one": [0, 0], "two": [0, 0], "four": [0, 0]}
    monkeypatch.setattr(kept_runs, "train", lambda *_, **__: pytest.fail("trained again"))
    monkeypatch.setattr(table, "measure_recall", lambda *_: pytest.fail("measured again"))
    assert compare(small, tmp_path, seeds=2, recipe=TINY, say=lambda line: None)["models"] == found["models"]


@pytest.mark.parametrize("count", [1, 3])
def test_too_few_test_songs_are_refused_before_anything_is_trained(small, tmp_path, monkeypatch, count):
    monkeypatch.setattr(kept_runs, "train", lambda *_, **__: pytest.fail("trained"))
    test = [i for i, part in enumerate(small.parts) if part == "test"]
    parts = ["training" if i in test[count:] else part for i, part in enumerate(small.parts)]
    with pytest.raises(CorpusError, match=f"test part has {count} melodies"):
        compare(replace(small, parts=parts), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_line_has_the_seeds_median_and_what_figures_have(compared):
    lines = list(in_words(compared))
    assert len(lines) == 1 + len(compared["models"]) + 1 + len(compared["recall"])
    (lstm,) = (line.split() for line in lines if line.startswith("lstm-256"))
    model = compared["models"]["lstm-256"]
    sample, low = model["samples"]["1.0"], model["intervals"]["bits_per_onset"][0]
    assert lstm[1:4] == ["310,565", f"{model['bits_per_onset']:.2f}", f"{low:.2f}"]
    overlap, distinct = f"{sample['overlaps']['mean'][0]:.2f}", f"{sample['distinct_4'][0]:.2f}"
    copied = f"{sample['copied_symbols'][1]:g}"
    assert lstm[6:] == [f"{model['over_baseline'][0]:.3f}", "64", overlap, distinct, copied]  # of 64, 128, 64
    (recall,) = (line for line in lines if line.startswith("lstm recalls"))
    assert recall == (
        "lstm recalls one item after 256 others, of two each after 4, of four after 1; "
        "one where it learns with no shorter distances, after 16"
    )


def test_what_could_not_be_measured_is_a_dash(compared):
    for model in compared["models"].values():
        del model["context"]
        for sample in model["samples"].values():
            del sample["overlaps"], sample["distinct_4"]
    assert all(line.split()[7:10] == ["-"] * 3 for line in list(in_words(compared))[1:6])
