"""The page as a text: whole, allowed to do nothing but show itself, and with all of the model in it."""

import base64
import hashlib
import json
import re
import runpy
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from lstm_from_scratch.cli import main
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.music import Vocabulary, write_kern
from lstm_from_scratch.music.kern import read_kern
from lstm_from_scratch.page import beginnings, playground

make_model = runpy.run_path(str(Path(__file__).parent / "conftest.py"))["make_model"]
EVIL = "<script>alert('x')</script></script>{{style}}\"'&"
VOID = {"meta", "link", "input"}


class Page(HTMLParser):
    """Start tags with their attributes, and the texts of style and scripts; wrong nesting is an error."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.texts = [], [], {}
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append((tag, dict(attributes).get("type", "")))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if self.open:
            self.texts[self.open[-1]] = self.texts.get(self.open[-1], "") + data

    @property
    def data(self):
        return json.loads(self.texts["script", "application/json"])


@pytest.fixture(scope="module")
def html(corpus):
    return playground.render(make_model(corpus.vocabulary), songs=21)


def test_the_page_holds_the_model(html, corpus):
    found, model = Page(html).data["model"], make_model(corpus.vocabulary)
    weights = np.frombuffer(base64.b64decode(found["weights"]), "<f4")
    assert found["vocabulary"] == list(corpus.vocabulary) and found["units"] == 16
    assert list(found["shapes"]) == list(model.params)
    assert np.array_equal(weights, np.concatenate([p.ravel() for p in model.params.values()]))


def test_the_policy_allows_this_script_and_this_style_alone(html):
    page = Page(html)
    (policy,) = (a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    for kind, name in (("script-src", "script"), ("style-src", "style")):
        digest = hashlib.sha256(page.texts[name, ""].encode()).digest()
        assert f"{kind} 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy


def test_the_page_names_nothing_that_is_elsewhere(html):
    page = Page(html)
    assert html.startswith("<!DOCTYPE html>") and ("html", {"lang": "en"}) in page.tags
    for tag, attributes in page.tags:
        assert tag not in ("iframe", "object", "embed", "base", "img", "audio", "form")
        assert not {"style", "srcset", "src", "action"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("href", "data:,") == "data:,"
    code = page.texts["script", ""] + page.texts["style", ""]
    assert not re.search(
        r"https?:|@import|url\(|\bfetch\(|XMLHttp|WebSocket|sendBeacon|innerHTML|\beval\(", code
    )


def test_every_control_has_a_name(html):
    page = Page(html)
    labelled = {a["for"] for tag, a in page.tags if tag == "label" and "for" in a}
    for tag, attributes in page.tags:
        if tag == "canvas":
            assert attributes["role"] and len(attributes["aria-label"]) > 10
        if tag == "textarea" or (tag == "input" and attributes.get("type") == "range"):
            assert attributes["id"] in labelled


def test_tunes_that_the_model_does_not_know_are_left_out(corpus):
    tunes = beginnings.known_tunes(make_model(corpus.vocabulary))
    assert "Frère Jacques" in [tune.title for tune in tunes] and len(tunes) > 20
    few = Vocabulary(["/", "_", "60", "62"])
    assert beginnings.known_tunes(make_model(few)) == []
    assert Page(playground.render(make_model(few))).data["tunes"] == []


def test_a_tune_has_its_bars(corpus):
    (tune,) = (t for t in beginnings.known_tunes(make_model(corpus.vocabulary)) if "Grace" in t.title)
    assert tune.meter == (3, 4) and tune.upbeat == 4 and tune.symbols[0].isdigit()


def test_a_title_with_markup_stays_text(corpus, tmp_path, monkeypatch):
    melody = replace(read_kern(beginnings.TUNES / "frere_jacques.krn"), title=EVIL)
    (tmp_path / "evil.krn").write_text(write_kern(melody), encoding="utf-8")
    monkeypatch.setattr(beginnings, "TUNES", tmp_path)
    page = Page(playground.render(make_model(corpus.vocabulary)))
    assert [tune["title"] for tune in page.data["tunes"]] == [EVIL]
    assert [tag for tag, _ in page.tags].count("script") == 2


def test_the_page_of_the_usual_size_is_small(corpus):
    model = MelodyModel(len(corpus.vocabulary), 256, rng=np.random.default_rng(0))
    model.vocabulary = corpus.vocabulary
    assert len(playground.render(model).encode()) < 4_000_000


def test_the_same_model_gives_the_same_page(html, corpus):
    assert playground.render(make_model(corpus.vocabulary), songs=21) == html


def test_a_model_without_a_vocabulary_is_refused():
    with pytest.raises(ValueError, match="no vocabulary"):
        playground.render(MelodyModel(5, 4, rng=np.random.default_rng(0)))


def test_a_clock_that_does_not_say_what_it_shows_is_refused(corpus):
    model = make_model(corpus.vocabulary, clock_kinds=("16",))
    model.clock_kinds = ()
    with pytest.raises(ValueError, match="does not say what they show"):
        playground.render(model)


def test_what_is_no_page_is_left_alone(corpus, tmp_path):
    model = make_model(corpus.vocabulary)
    playground.write_page(tmp_path / "new" / "page.html", model)
    playground.write_page(tmp_path / "new" / "page.html", model)  # its own it may replace
    (tmp_path / "mine.html").write_text("my own")
    for path in (tmp_path / "mine.html", tmp_path):
        with pytest.raises(ValueError, match="no page of this program's"):
            playground.write_page(path, model)
    assert (tmp_path / "mine.html").read_text() == "my own"


def test_the_command_writes_a_page(best, tmp_path, capsys):
    assert main(["play", "--model", str(best), "--out", str(tmp_path / "p.html")]) == 0
    said = capsys.readouterr().out
    assert (tmp_path / "p.html").resolve().as_uri() in said
    assert Page((tmp_path / "p.html").read_text(encoding="utf-8")).data["model"]["units"] == 8
