"""The network in JavaScript is the network in NumPy: the same probabilities, the same melodies drawn."""

import runpy
from fractions import Fraction
from itertools import cycle, product
from pathlib import Path

import numpy as np
import pytest

from lstm_from_scratch.composing.sampling import compose
from lstm_from_scratch.model import log_probabilities
from lstm_from_scratch.music.clock import CLOCKS as SIZES
from lstm_from_scratch.music.clock import METERS, read_clocks
from lstm_from_scratch.page import playground

make_model = runpy.run_path(str(Path(__file__).parent / "conftest.py"))["make_model"]
CLOCKS = ("bar", "16", "12")
KINDS = {
    "lstm": {},
    "gru": {"cell": "gru"},
    "rnn": {"cell": "rnn"},
    "window": {"window": 8},
    "attention": {"attention": 8},
    "attention and clock": {"attention": 8, "clock_kinds": CLOCKS},
    "GRU with a clock": {"cell": "gru", "clock_kinds": ("12", "bar")},
}
TEMPERATURES = (0, 0.3, 0.7, 1.0, 1.8)
PRIMERS = ([], ["60", "_", "64", "_"], ["67", "_", "r", "_"])


class Listed(np.random.Generator):
    """A random generator that gives the numbers of a list, again and again."""

    def __init__(self, numbers):
        super().__init__(np.random.PCG64(0))
        self._numbers = cycle(numbers)

    def random(self):
        return next(self._numbers)


@pytest.fixture(params=KINDS)
def shown(request, corpus, browser, tmp_path):
    """A model in float64 whose weights a page holds, with that page open."""
    model = make_model(corpus.vocabulary, dtype=np.float64, **KINDS[request.param])
    playground.write_page(tmp_path / "page.html", model)
    browser.get((tmp_path / "page.html").as_uri())
    return model


def test_log_probabilities_are_those_of_numpy(shown, corpus, browser):
    for song in corpus.songs[:3]:
        tokens = [corpus.delimiter, *map(int, song[:100])]
        clock = read_clocks(shown.clock_kinds, len(tokens), (3, 4), Fraction(1))
        found = np.array(browser.execute_script("return melody.logp(...arguments)", tokens, clock.tolist()))
        wanted = log_probabilities(shown, np.array(tokens), clock if shown.clock else None)
        assert found.shape == wanted.shape and np.abs(found - wanted).max() < 1e-5
        assert np.ptp(wanted) > 3  # opinions, not a flat guess


def test_the_same_luck_draws_the_same_melody(shown, browser):
    numbers = np.random.default_rng(7).random(80).tolist()
    script = """
        const [how, numbers] = arguments;
        let next = 0;
        return melody.compose({ ...how, uniform: () => numbers[next++ % numbers.length] });"""
    for temperature, primer, (meter, upbeat) in product(TEMPERATURES, PRIMERS, (((4, 4), 0), ((6, 8), 2))):
        same = {"steps": 80, "complete": upbeat == 2, "meter": meter}
        wanted = compose(
            shown,
            temperature=temperature,
            primer=primer,
            rng=Listed(numbers),
            upbeat=Fraction(upbeat, 4),
            **same,
        )
        how = {"T": temperature, "beginning": primer, "upbeat": upbeat, **same}
        assert browser.execute_script(script, how, numbers) == wanted.symbols


def test_what_a_step_hears_is_the_window(corpus, browser, tmp_path):
    """A model of windows knows nothing of what stands before its window."""
    model = make_model(corpus.vocabulary, window=8)
    playground.write_page(tmp_path / "page.html", model)
    browser.get((tmp_path / "page.html").as_uri())
    script = """
        const { network } = melody;
        let moment = network.start();
        for (const token of arguments[0]) moment = network.step(moment, token);
        return Array.from(moment.logp);"""
    tail = list(map(int, corpus.songs[0][:8]))
    one, other = (browser.execute_script(script, [k, *tail]) for k in (3, 9))
    shorter = browser.execute_script(script, tail[1:])
    assert one == other and shorter != one


def test_a_clamped_gate_and_a_silenced_unit_change_what_comes(corpus, browser, tmp_path):
    playground.write_page(tmp_path / "page.html", make_model(corpus.vocabulary))
    browser.get((tmp_path / "page.html").as_uri())
    found = browser.execute_script("""
        const { network } = melody;
        const token = network.id["60"];
        const twice = () => network.step(network.step(network.start(), token), token);
        const free = twice();
        network.clamped.f = 0;
        const forgetful = twice();
        delete network.clamped.f;
        network.silenced.add(3);
        const silent = twice();
        network.silenced.clear();
        const again = twice();
        const { c, i, g } = forgetful;
        return {
            forgotten: Math.max(...c.map((c_j, j) => Math.abs(c_j - i[j] * g[j]))),
            silent: silent.h[3], others: Math.abs(silent.h[4] - free.h[4]),
            same: again.logp.every((p, k) => p === free.logp[k]),
        };""")
    assert found["forgotten"] < 1e-12 and found["silent"] == 0 and found["others"] > 1e-6 and found["same"]


def test_the_clocks_of_the_page_are_those_of_python(corpus, browser, tmp_path):
    playground.write_page(tmp_path / "page.html", make_model(corpus.vocabulary))
    browser.get((tmp_path / "page.html").as_uri())
    script = """
        const [kinds, meter, upbeat] = arguments;
        return Array.from({ length: 40 }, (_, t) => melody.readClocks(kinds, t, meter, upbeat));"""
    for meter in (*METERS, (5, 4), (9, 8)):
        for upbeat in (0, 1, 6):
            wanted = read_clocks(tuple(SIZES), 40, meter, Fraction(upbeat, 4))
            assert browser.execute_script(script, list(SIZES), meter, upbeat) == wanted.tolist()


def test_a_network_with_a_clock_obeys_the_meter(corpus, browser, tmp_path):
    model = make_model(corpus.vocabulary, attention=8, clock_kinds=CLOCKS)
    playground.write_page(tmp_path / "page.html", model)
    browser.get((tmp_path / "page.html").as_uri())
    found = browser.execute_script("""
        const { song, network } = melody;
        song.compute();
        const before = song.trace.map((moment) => moment.h[0]);
        const list = document.getElementById("meter");
        list.value = "3/4";
        list.dispatchEvent(new Event("change"));
        song.compute();
        const waltz = song.trace.map((moment) => moment.h[0]);
        song.keep();
        song.set({ symbols: ["60", "_"], meter: [2, 4] });
        song.compute();
        song.undo();
        song.compute();
        return {
            changed: waltz.every((h, t) => h !== before[t]),
            back: song.trace.every((moment, t) => moment.h[0] === waltz[t]),
            looks: song.trace[20].looks.length, sum: song.trace[20].looks.reduce((a, b) => a + b),
        };""")
    assert found["changed"] and found["back"] and found["looks"] == 21 and abs(found["sum"] - 1) < 1e-12
    assert "Copied from where the arcs lead" in browser.find_element("id", "next-text").text
    assert browser.get_log("browser") == []
