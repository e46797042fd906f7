"""The report says in words and tables what was measured; its pictures and files are those of the melodies."""

import base64
import json
import runpy
from pathlib import Path

import pytest

from lstm_from_scratch.music import decode, score
from lstm_from_scratch.page import playground
from lstm_from_scratch.page.report import Exhibit, report_as_json
from lstm_from_scratch.paper.figures import results

make_model = runpy.run_path(str(Path(__file__).parent / "conftest.py"))["make_model"]
EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'&"
SYMBOLS = ["60", "_", "62", "_", "64", "_", "_", "_"] * 2
ROW = {"nats_per_symbol": 1.0, "interval": [0.9, 1.1], "bits_per_onset": 4.0, "onset_accuracy": 0.4}
ROW |= {"accuracy": 0.7, "something else": object()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def exhibits(folder):
    return [
        Exhibit(t, 0.5, "16 symbols", (5, 2), score.save(decode(SYMBOLS), folder, f"melody_T{t:g}"), SYMBOLS)
        for t in (0.2, 1.3)
    ]


def make_report(exhibits, name="5-gram", text="For comparison: nothing."):
    history = [
        {"step": s}
        | {f"{p}_{m}": 1 / s for p in ("training", "validation") for m in ("loss", "onset_accuracy")}
        for s in (1, 2, 3)
    ]
    measures = {
        "network": ROW,
        "always _": ROW | {"nats_per_symbol": 2.0},
        name: ROW | {"nats_per_symbol": 1.25},
    }
    curves = results.training_curves(history, {"5-gram": ROW})
    return report_as_json([("songs", "30"), (text, text)], curves, measures, text, exhibits)


@pytest.fixture
def page(corpus, browser, folder, exhibits):
    """The page with a report, unfolded."""

    def show(**parts):
        report = make_report(exhibits, **parts)
        playground.write_page(folder / "index.html", make_model(corpus.vocabulary), report=report)
        browser.get((folder / "index.html").as_uri())
        browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
        return browser

    yield show
    assert browser.get_log("browser") == []


def test_the_data_is_json_and_has_the_files(exhibits, folder):
    report = json.loads(json.dumps(make_report(exhibits)))
    assert report["measures"]["5-gram"] == {k: v for k, v in ROW.items() if k != "something else"} | {
        "nats_per_symbol": 1.25
    }
    for melody, exhibit in zip(report["melodies"], exhibits):
        assert base64.b64decode(melody["score"]) == exhibit.files["svg"].read_bytes()
        assert all((folder / name).is_file() for name in melody["files"]) and len(melody["files"]) == 5


def test_the_report_is_told_in_words_and_tables(page):
    browser = page()
    text = browser.find_element("id", "report").text
    for said in (
        "best of the models that count, 5-gram, by 1.250: a ratio of 0.80",
        "Temperature 1.3",
        "0.900 to 1.100",
        "16 symbols. Entropy, how open its choices were: 0.50 nats",
        "40.0 %",
        "5 symbols, 2 of them",
    ):
        assert said in text, text
    links = [a.get_attribute("href") for a in browser.find_elements("css selector", "#report a")]
    assert len(links) == 10 and links[0].endswith("/melody_T0.2.krn")
    pictures = browser.execute_script(
        "return [...document.images].map((i) => [i.complete && i.naturalWidth > 0, i.alt.length > 20])"
    )
    assert pictures == [[True, True]] * 3


def test_a_melody_of_the_report_is_shown_and_played(page):
    browser = page()
    browser.execute_script("document.querySelector('.melody button').click()")
    assert browser.execute_script("return melody.song.symbols") == SYMBOLS
    assert browser.execute_script("return melody.player.playing && !melody.song.own.some(Boolean)")


def test_what_comes_from_elsewhere_stays_text(page):
    browser = page(name=EVIL, text=EVIL)
    assert browser.find_element("id", "report").text.count(EVIL) == 5
    assert (
        browser.execute_script(
            "return document.querySelectorAll('#report script, #report img[src=x]').length"
        )
        == 0
    )


def test_the_snapshots_are_shown_by_a_slider(corpus, browser, folder):
    snapshots = [
        {"step": s, "loss": 1 / (s + 1), "symbols": [str(60 + k), *"___"]} for k, s in enumerate((0, 10, 30))
    ]
    playground.write_page(
        folder / "learning.html", make_model(corpus.vocabulary), learning={"snapshots": snapshots}
    )
    browser.get((folder / "learning.html").as_uri())
    slider = browser.find_element("id", "snapshot")
    assert (
        slider.get_attribute("max") == "2" and "After 30 steps" in browser.find_element("id", "learning").text
    )
    browser.execute_script("arguments[0].value = 1; arguments[0].dispatchEvent(new Event('input'))", slider)
    assert "After 10 steps it is surprised by 0.13 bits" in browser.find_element("id", "learning").text
    browser.execute_script("document.querySelector('#learning button').click()")
    assert browser.execute_script("return melody.song.symbols") == ["61", *"___"]
    assert browser.get_log("browser") == []


def test_a_title_with_a_script_stays_text_in_every_format(folder):
    from dataclasses import replace

    files = score.save(replace(decode(["60", "_"]), title=EVIL), folder, "evil")
    for suffix in ("svg", "musicxml"):
        assert "<script" not in files[suffix].read_text(encoding="utf-8")
