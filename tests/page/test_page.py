"""The page is whole HTML, loads nothing, says all in words too, and a browser shows it."""

import base64
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from lstm_from_scratch.music import decode, score
from lstm_from_scratch.page import page
from lstm_from_scratch.paper.figures import results

VOID = {"meta", "img", "br", "link", "input", "hr"}
EVIL = "<script>alert('x')</script>\"'&"
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


class Tags(HTMLParser):
    """Every start tag with its attributes; what is not closed in order is an error."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> in {self.open}"
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data


def parsed(html):
    parser = Tags()
    parser.feed(html)
    parser.close()
    assert not parser.open
    return parser


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def parts(folder):
    """What `render` takes."""
    symbols = ["60", "_", "62", "_", "64", "_", "_", "_"] * 2
    row = {
        "nats_per_symbol": 1.0,
        "interval": [0.9, 1.1],
        "bits_per_onset": 4.0,
        "onset_accuracy": 0.4,
        "accuracy": 0.7,
    }
    history = [
        {
            "step": s,
            **{f"{p}_{m}": 1 / s for p in ("training", "validation") for m in ("loss", "onset_accuracy")},
        }
        for s in (1, 2, 3)
    ]
    exhibits = [
        page.Exhibit(
            t, 0.5, "16 symbols", (5, 2), score.save(decode(symbols), folder, f"melody_T{t:g}"), symbols
        )
        for t in (0.2, 1.3)
    ]
    return {
        "facts": [("songs", "30"), ("repeat it", "melody demo --steps 8 --seed 0")],
        "curves": results.training_curves(history, {"always _": row, "5-gram": row}),
        "measures": {
            "network": row,
            "always _": row | {"nats_per_symbol": 2.0},
            "5-gram": row | {"nats_per_symbol": 1.25},
        },
        "human_span": "For comparison: nothing.",
        "exhibits": exhibits,
    }


@pytest.fixture(scope="module")
def html(parts):
    return page.render(**parts)


def test_the_page_is_whole_and_has_a_language(html):
    found = parsed(html)
    assert html.startswith("<!DOCTYPE html>")
    assert ("html", {"lang": "en"}) in found.tags and ("meta", {"charset": "utf-8"}) in found.tags
    assert [tag for tag, _ in found.tags].count("h1") == 1 and len(html) < 10_000_000


def test_every_picture_has_a_text_and_every_player_a_label(html):
    tags = parsed(html).tags
    pictures = [a for tag, a in tags if tag == "img"]
    players = [a for tag, a in tags if tag == "audio"]
    assert len(pictures) == 3 and all(len(a["alt"]) > 20 for a in pictures)
    assert [a["aria-label"] for a in players] == ["Melody at temperature 0.2", "Melody at temperature 1.3"]
    assert all("controls" in a for a in players) and not any("autoplay" in a for a in players)


def test_the_page_loads_nothing_and_runs_nothing(html, parts):
    documents = [
        html,
        parts["curves"],
        *(e.files["svg"].read_text(encoding="utf-8") for e in parts["exhibits"]),
    ]
    for tag, attributes in [
        t for d in documents for t in parsed(re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>", "", d, flags=re.S)).tags
    ]:
        assert tag not in ("script", "link", "iframe", "object", "embed", "base", "foreignobject")
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("src", "href", "xlink:href", "poster", "srcset", "data", "action"):
                local = value.startswith(("data:image/svg+xml;", "data:audio/wav;", "#"))
                assert local or re.fullmatch(r"[\w.]+\.(krn|mid|musicxml|svg|wav)", value), value[:80]
    for document in documents:
        assert "@import" not in document and "javascript:" not in document
        assert all(m.startswith("#") for m in re.findall(r"url\(([^)]*)\)", document))


def test_the_links_lead_to_the_files(html, folder):
    links = [a["href"] for tag, a in parsed(html).tags if tag == "a"]
    assert len(links) == 10 and all((folder / link).is_file() for link in links)


def test_pictures_and_sounds_are_those_of_the_files(html, parts):
    for exhibit in parts["exhibits"]:
        for kind, mime in (("wav", "audio/wav"), ("svg", "image/svg+xml")):
            data = base64.b64encode(exhibit.files[kind].read_bytes()).decode()
            assert f"data:{mime};base64,{data}" in html


def test_the_page_says_what_was_measured(html):
    text = parsed(html).text
    assert "the best of the counting models, the 5-gram, needs\n1.250: a ratio of 0.80" in text
    assert "Entropy 0.50 nats" in text and "5 symbols, 2 onsets" in text and "0.900 to 1.100" in text
    assert "non-commercial" in text and "melody demo --steps 8 --seed 0" in text


def test_what_comes_from_elsewhere_is_escaped(parts):
    exhibit = replace(parts["exhibits"][0], length=EVIL, symbols=[EVIL, "60"])
    html = page.render(
        [(EVIL, EVIL)],
        parts["curves"],
        parts["measures"] | {EVIL: parts["measures"]["5-gram"]},
        EVIL,
        [exhibit],
    )
    found = parsed(html)
    assert not [tag for tag, _ in found.tags if tag == "script"] and found.text.count(EVIL) == 6


def test_a_title_with_a_script_stays_text_in_every_format(folder):
    files = score.save(replace(decode(["60", "_"]), title=EVIL), folder, "evil")
    for suffix in ("svg", "musicxml"):
        assert "<script" not in files[suffix].read_text(encoding="utf-8")


def test_the_curves_are_the_same_each_time(parts):
    assert "<svg" in parts["curves"] and "<dc:date>" not in parts["curves"]
    history = [{"step": 1, **dict.fromkeys(("training_loss", "validation_loss"), 1.0)}]
    history[0] |= dict.fromkeys(("training_onset_accuracy", "validation_onset_accuracy"), 0.5)
    assert results.training_curves(history, {}) == results.training_curves(history, {})


@pytest.mark.skipif(
    not BROWSER, reason="no chromium, chromium-browser or google-chrome on PATH: not looked at"
)
def test_a_browser_shows_and_plays_it(html, tmp_path):
    """The last script is the test's own: it tells what the browser made of the page."""
    report = """<script>window.addEventListener("load", () => setTimeout(() => { document.title =
        [...document.images].map(i => i.complete && i.naturalWidth > 0) + ";" +
        [...document.querySelectorAll("audio")].map(a => a.duration.toFixed(1)); }, 500));</script></body>"""
    (tmp_path / "index.html").write_text(html.replace("</body>", report), encoding="utf-8")
    arguments = [
        BROWSER,
        *QUIET,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--window-size=1000,1600",
        "--virtual-time-budget=8000",
        (tmp_path / "index.html").as_uri(),
    ]
    shown = subprocess.run([*arguments, "--dump-dom"], capture_output=True, timeout=90, text=True)
    title = re.search("<title>(.*?)</title>", shown.stdout)
    assert title and title[1] == "true,true,true;2.1,2.1", (title, shown.stderr[-500:])
    picture = tmp_path / "page.png"
    subprocess.run([*arguments, f"--screenshot={picture}"], capture_output=True, timeout=90)
    from matplotlib.image import imread

    pixels = imread(picture)[..., :3]
    assert pixels.shape[:2] == (1600, 1000)
    assert 0.02 < np.mean(pixels.min(axis=2) < 0.5) < 0.5  # ink on paper
