"""Table I's figures show what `compare` returns."""

import re

import pytest

from lstm_from_scratch.evaluation.context import CONTEXTS
from lstm_from_scratch.paper.figures import table_one
from lstm_from_scratch.paper.figures.style import CELL_STYLES, svg


@pytest.fixture
def drawn(monkeypatch, compared):
    """The figure that a function draws of `compared`."""

    def figure(name):
        made = []
        monkeypatch.setattr(table_one, "svg", lambda figure: made.append(figure) or "")
        getattr(table_one, name)(compared)
        svg(made[0])  # it can be written too
        return made[0]

    return figure


def with_data(axis, y):
    """The lines of these values."""
    return [line for line in axis.lines if list(line.get_ydata()) == list(y)]


def test_the_same_numbers_give_the_same_small_files(compared):
    found = table_one.figures(compared)
    assert found == table_one.figures(compared) and set(found) == {"sequence_length", "quality", "diversity"}
    for name, text in found.items():
        assert len(text.encode()) < 90_000 and not re.search(r"<[^>]*\d\.\d{3}", text), name


def test_sequence_length_has_each_models_curves(drawn, compared):
    symbols, onsets, gradient, _ = drawn("sequence_length").axes
    for name, axis in (("symbols", symbols), ("onsets", onsets), ("gradient_norm", gradient)):
        for key, model in compared["models"].items():
            expected = model[name] if name in model else model["context"][name]["perplexity"]
            (line,) = with_data(axis, expected)
            assert (
                tuple(line.get_xdata()) == CONTEXTS and line.get_color() == CELL_STYLES[key.split("-")[0]][0]
            )
            assert line.get_linestyle() == ("-" if key.endswith("-256") else "--")
    assert gradient.get_yscale() == gradient.get_xscale() == "log"


def test_effective_lengths_are_rings_with_their_intervals(drawn, compared):
    symbols = drawn("sequence_length").axes[0]
    written = [text.get_text() for text in symbols.get_legend().get_texts()]
    assert written == ["8 (4 to 16)", "32 (16 to 64)", "64 (32 to 128)", "12 (6 to 24)", "48 (24 to 96)"]
    perplexity = compared["models"]["lstm-256"]["context"]["symbols"]["perplexity"][CONTEXTS.index(64)]
    (ring,) = with_data(symbols, [perplexity])
    assert list(ring.get_xdata()) == [64]


def test_recall_has_every_seed_and_the_median(drawn, compared):
    recall = drawn("sequence_length").axes[3]
    seeds = [list(line.get_xdata()) for line in recall.lines]
    expected = [distances for tasks in compared["recall"].values() for distances in tasks.values()]
    assert seeds == [[table_one.place(d) for d in distances] for distances in expected]
    assert [bar.get_width() for bar in recall.patches] == [1, 4, 2, 0, 6, 9, 4, 1, 5, 9, 3, 1]
    assert [text.get_text() for text in recall.texts] == [
        "1",
        "8",
        "2",
        "0",
        "32",
        "256",
        "8",
        "1",
        "16",
        "256",
        "4",
        "1",
    ]
    ticks = dict(zip((label.get_text() for label in recall.get_xticklabels()), recall.get_xticks()))
    assert ticks["0"] == 0 and ticks["256"] == table_one.place(256) == 9


def test_without_long_songs_sequence_length_says_so(compared):
    for model in compared["models"].values():
        del model["context"], model["gradient_norm"]
    text = table_one.sequence_length(compared)
    assert text.count("no test song is long enough") == 3 and ">256<" in text


def test_a_gradient_that_vanishes_breaks_nothing(drawn, compared):
    norms = compared["models"]["rnn-256"]["gradient_norm"]
    norms[-2:] = [0.0, 0.0]
    assert with_data(drawn("sequence_length").axes[2], norms)


def test_quality_has_dots_intervals_seeds_and_the_counting_model(drawn, compared):
    (axis,) = drawn("quality").axes
    data = [list(line.get_xdata()) for line in axis.lines]
    written = [text.get_text() for text in axis.texts]
    for model in compared["models"].values():
        low, high = interval = model["intervals"]["bits_per_onset"]
        assert interval in data and [model["bits_per_onset"]] in data
        assert model["bits_per_onset_of_seeds"] in data
        assert f"{model['bits_per_onset']:.2f} ({low:.2f} to {high:.2f})" in written
    assert [4.31, 4.31] in data and "7-gram: 4.31 (4.18 to 4.42)" in written
    assert axis.get_yticklabels()[2].get_text() == "LSTM, 256 units\n310,565 parameters"


def test_diversity_has_a_line_a_model_and_a_panel_a_cell(drawn, compared):
    overlap, distinct, *copied = [axis for part in drawn("diversity").subfigs for axis in part.axes]
    for key, model in compared["models"].items():
        samples = model["samples"].values()
        for axis, values in (
            (overlap, [s["overlaps"]["mean"][0] for s in samples]),
            (distinct, [s["distinct_4"][0] for s in samples]),
        ):
            (line,) = with_data(axis, values)
            assert list(line.get_xdata()) == [0.2, 0.5, 0.7, 1.0, 1.2, 1.5]
            assert line.get_linestyle() == ("-" if key.endswith("-256") else "--")
    assert with_data(overlap, [0.963, 0.963]) and with_data(distinct, [1, 1])
    named = [[text.get_text() for text in axis.get_legend().get_texts()][1:] for axis in copied]
    assert named == [["RNN, 256", "RNN, 505"], ["GRU, 256", "GRU, 299"], ["LSTM, 256"]]
    medians = [s["copied_symbols"][1] for s in compared["models"]["gru-256"]["samples"].values()]
    assert with_data(copied[1], medians) and with_data(copied[1], [29.0] * 6)


def test_melodies_too_short_to_compare_break_nothing(drawn, compared):
    for model in compared["models"].values():
        for sample in model["samples"].values():
            for name in ("overlaps", "distinct_2", "distinct_3", "distinct_4"):
                del sample[name]
    overlap = drawn("diversity").subfigs[0].axes[0]
    assert [list(line.get_ydata()) for line in overlap.lines] == [[0.963, 0.963]]


def test_units_of_the_lstm_are_drawn_in_full():
    assert [table_one.dashed({"rnn-6": 0, "lstm-5": 0}, key) for key in ("rnn-6", "lstm-5")] == [
        True,
        False,
    ]
    assert not table_one.dashed({"rnn-6": 0}, "rnn-6")
