"""Figure 1 shows what the package computes."""

import re

import pytest

from lstm_from_scratch.music import encode, read_kern
from lstm_from_scratch.music.rules import keep_acceptable_events, to_common_key
from lstm_from_scratch.paper.figures import pipeline


def texts(drawn):
    """What is written in an SVG, in its order."""
    return re.findall(r"<text[^>]*>([^<]+)</text>", drawn)


@pytest.fixture
def named(tunes):
    return {tune.stem: tune for tune in tunes}


def test_the_pipeline_shows_the_tunes_own_values(named, corpus):
    drawn = pipeline.pipeline(named["frere_jacques"], corpus)
    written = texts(drawn)
    symbols = list(encode(to_common_key(read_kern(named["frere_jacques"]))))
    tokens = ["=1", "4f", "4g", "4a", "4f", "=2", "4f", "4g", "4a", "4f"]
    at = written.index("=1")
    assert written[at : at + 10] == tokens
    at = written.index("MIDI number, r or _") + 1
    assert written[at : at + 32] == symbols[:32]
    at = written.index(f"of V = {len(corpus.vocabulary)} symbols") + 1
    assert written[at : at + 32] == [str(i) for i in corpus.vocabulary.ids(symbols[:32])]
    assert "F major to C major:" in written and "-5 semitones" in written
    assert "32 stay, 0 left out" in written and len(drawn.encode()) < 80_000
    assert drawn == pipeline.pipeline(named["frere_jacques"], corpus)


def test_its_windows_are_the_papers(named, corpus):
    written = texts(pipeline.pipeline(named["frere_jacques"], corpus))
    ids = [str(i) for i in corpus.vocabulary.ids(encode(to_common_key(read_kern(named["frere_jacques"]))))]
    for target in (27, 28, 29):
        at = written.index(f"{64 - target} \N{MULTIPLICATION SIGN} {corpus.delimiter}")
        assert written[at + 1 : at + 2 + target] == ids[: target + 1]
    songs = corpus.part("training")
    count = sum(map(len, songs)) + 64 * len(
        songs
    )  # one stream, and a window for each symbol but the first 64
    assert f"{count:,} of {len(songs)} songs;" in written and "tokens (T, B) = (64, 64)" in written


def test_the_duration_rule_is_seen_at_work(named, corpus):
    tune = named["row_row_row_your_boat"]
    read = read_kern(tune)
    kept = keep_acceptable_events(read)
    written = texts(pipeline.pipeline(tune, corpus))
    assert f"{len(kept.notes)} stay, {len(read.notes) - len(kept.notes)} left out" in written
    plain, crossed = (pipeline.pipeline(named[name], corpus) for name in ("frere_jacques", tune.stem))
    assert "stroke: #d55e00" in crossed and "stroke: #d55e00" not in plain
    shown = list(encode(to_common_key(kept)))
    at = written.index("MIDI number, r or _") + 1
    assert len(shown) < 32 and written[at : at + len(shown)] == shown


def test_every_tune_of_ours_can_be_shown(tunes, corpus):
    for tune in tunes[::5]:
        assert tune.name + ":" in texts(pipeline.pipeline(tune, corpus))
