"""The numbers of the experiments are in their figures, and what is missing breaks none."""

import re

import pytest

from lstm_from_scratch.paper.figures import results
from lstm_from_scratch.paper.figures.style import sheet, svg


def texts(drawn):
    """What is written in an SVG."""
    return re.findall(r"<text[^>]*>([^<]+)</text>", drawn)


@pytest.fixture
def panels(monkeypatch):
    """What a function draws, as its figure's axes."""

    def drawn(draw, *arguments):
        svg_of = []
        monkeypatch.setattr(results, "svg", lambda figure: svg_of.append(figure) or "")
        draw(*arguments)
        svg(svg_of[0])  # it can be written too
        return svg_of[0].axes

    return drawn


def lines(axis):
    """x and y of each line by its label."""
    return {line.get_label(): [list(line.get_xdata()), list(line.get_ydata())] for line in axis.lines}


def every_figure(presets, genres, ablated):
    return {
        "curves": results.learning_curves(presets["paper"]),
        "race": results.race(presets),
        "temperatures": results.temperatures(presets["fast"]),
        "genres": results.genre_matrix(genres),
        "ablations": results.ablations(ablated),
    }


def test_the_same_data_gives_the_same_small_file(presets, genres, ablated):
    first, second = (every_figure(presets, genres, ablated) for _ in range(2))
    assert first == second
    for name, drawn in first.items():
        assert len(drawn.encode()) < 80_000, name
        assert 'style="fill: #ffffff"' in drawn[:1500], f"{name} has no white page"
        assert not re.search(r"<[^>]*\d\.\d{3}", drawn), f"{name} has long coordinates"


def test_coordinates_are_rounded_and_what_is_written_is_not():
    figure = sheet(1.0)
    figure.add_subplot().text(0.123456, 0.654321, "0.123456")
    assert "0.123456" in texts(svg(figure))


def test_figures_3_and_4_show_each_epoch_and_the_best(presets, panels):
    paper = presets["paper"]
    loss, accuracy = panels(results.learning_curves, paper)
    for axis, measure in ((loss, "loss"), (accuracy, "accuracy")):
        drawn = lines(axis)
        epochs, values = drawn["validation"]
        assert epochs == [float(k) for k in range(1, 41)]
        assert values == [row[f"validation_{measure}"] for row in paper["rows"]]
        best = [[10.0], [paper["best"][f"validation_{measure}"]]]
        assert drawn[f"best epoch, 10: {best[1][0]:.3f}"] == best
        # A window's target may be a delimiter, which is easy: not what validation counts.
        assert drawn["training, delimiters among the targets"][1] == [
            row[f"training_{measure}"] for row in paper["rows"]
        ]
    assert lines(accuracy)["validation as the paper counts, delimiters too: 0.821"] == [[10.0], [0.8213]]
    assert lines(accuracy)["there: delimiter after delimiter, else _: 0.771"][1] == [0.7712] * 2


def test_a_preset_without_windows_has_plain_names(presets, panels):
    _, accuracy = panels(results.learning_curves, presets["fast"])
    assert list(lines(accuracy))[:2] == ["training", "validation"] and len(accuracy.lines) == 3


def test_the_race_tells_when_the_papers_best_is_reached(presets, panels):
    (axis,) = panels(results.race, presets)
    goal = presets["paper"]["best"]["validation_loss"]
    rows = presets["fast"]["rows"]
    first = next(row["seconds"] for row in rows if row["validation_loss"] <= goal)
    before = [row["validation_loss"] for row in rows if row["seconds"] < first]
    assert min(before) > goal and results.seconds_to(rows, goal) == first == 137.5
    named = lines(axis)
    assert named["paper: reaches it after 1.11 h"][0][9] == 4000
    seconds, losses = named["fast: reaches it after 2.29 min, 0.034 of the time"]
    assert seconds == [row["seconds"] for row in rows]
    assert losses == [row["validation_loss"] for row in rows]
    assert named[f"best of paper: {goal:.3f}"][1] == [goal, goal]
    assert [137.5] in [x for x, _ in named.values()], "its point is not marked"
    assert axis.get_xscale() == "log"


def test_a_race_may_be_lost(presets, panels):
    for row in presets["fast"]["rows"]:
        row["validation_loss"] += 1
    (axis,) = panels(results.race, presets)
    assert "fast: does not reach it" in lines(axis)
    assert results.seconds_to(presets["fast"]["rows"], 0.5) is None


def test_temperatures_show_every_measure_over_three_bands(presets, panels):
    samples = presets["fast"]["samples"]
    overlap, distinct, copied = panels(results.temperatures, presets["fast"])
    T = [float(key) for key in samples]
    assert next(iter(lines(overlap).values())) == [T, [s["overlaps"]["mean"][0] for s in samples.values()]]
    assert next(iter(lines(distinct).values())) == [T, [s["distinct_4"][0] for s in samples.values()]]
    assert lines(copied)["melodies"] == [T, [s["copied_symbols"][1] for s in samples.values()]]
    assert lines(copied)["songs of the same length"][1] == [29.0] * len(T)
    low, high = (samples["1.0"]["copied_symbols"][k] for k in (0, 2))
    band = copied.collections[1].get_paths()[0].vertices
    assert [1.0, low] in band.tolist() and [1.0, high] in band.tolist()
    for axis in (overlap, distinct, copied):
        edges = [patch.get_x() + patch.get_width() for patch in axis.patches]
        assert edges == pytest.approx([0.5, 0.7, axis.get_xlim()[1]])
    assert lines(overlap)[next(reversed(lines(overlap)))][1] == [0.963, 0.963]


def test_melodies_too_short_to_compare_leave_a_gap(presets, panels):
    samples = presets["fast"]["samples"]
    del samples["0.2"]["overlaps"], samples["0.2"]["distinct_4"]
    overlap, distinct, copied = panels(results.temperatures, presets["fast"])
    assert [len(next(iter(lines(axis).values()))[0]) for axis in (overlap, distinct)] == [5, 5]
    assert len(lines(copied)["melodies"][0]) == 6


def test_the_matrix_has_every_number_where_it_belongs(genres, panels):
    network, gram, _ = panels(results.genre_matrix, genres)
    matrix = genres["trained_and_tested"]
    for axis, kind in ((network, "network"), (gram, "best n-gram")):
        written = {}
        for text in axis.texts:
            written.setdefault((round(text.get_position()[1]), text.get_position()[0]), []).append(
                text.get_text()
            )
        for i, row in enumerate(matrix.values()):
            for j, cell in enumerate(row.values()):
                low, high = cell[kind]["intervals"]["bits_per_onset"]
                value = f"{cell[kind]['bits_per_onset']:.2f}"
                assert written[i, j] == [value, f"{low:.2f} to {high:.2f}"]
    assert [label.get_text() for label in network.get_xticklabels()][:2] == ["German", "Chinese"]
    assert network.get_ylim() == (2.5, -0.5)  # the first row on top, as in a table


def test_numbers_on_dark_cells_are_white(genres, panels):
    _, gram, _ = panels(results.genre_matrix, genres)
    colors = {text.get_text(): text.get_color() for text in gram.texts}
    assert colors["6.90"] == "white" and colors["4.30"] != "white"


def test_ablations_are_ordered_with_their_intervals(ablated, panels):
    recipes, keys, rules = panels(results.ablations, ablated)
    names = [label.get_text() for label in recipes.get_yticklabels()]
    bits = [ablated["recipes"][name]["bits_per_onset"] for name in names]
    assert bits == sorted(bits) and len(names) == 9 and names[0] == "all"
    low, high = ablated["recipes"]["all"]["intervals"]["bits_per_onset"]
    assert recipes.texts[0].get_text() == f"3.20 ({low:.2f} to {high:.2f})"
    assert [low, high] in [list(line.get_xdata()) for line in recipes.lines]
    assert [3.188, 3.212] in [pytest.approx(list(line.get_xdata())) for line in recipes.lines]
    assert [label.get_text() for label in keys.get_yticklabels()] == ["transposed", "not transposed"]
    assert "4.31" in keys.get_title("left") and "4.87" in keys.get_title("left")
    assert [label.get_text() for label in rules.get_yticklabels()] == ["event rule", "song rule"]
