"""A folder that holds a corpus comes back whole, or is refused."""

import json
import re

import numpy as np
import pytest

from lstm_from_scratch.archive import read_arrays
from lstm_from_scratch.corpus import Corpus, CorpusError, prepare
from lstm_from_scratch.corpus import corpus as corpus_module
from lstm_from_scratch.files import write_arrays
from lstm_from_scratch.music.clock import NO_PLACE, read_clocks


def test_a_folder_from_before_meters_were_kept_is_read(corpus, tmp_path):
    corpus.save(tmp_path)
    about = json.loads((tmp_path / "corpus.json").read_text(encoding="utf-8"))
    del about["meters"], about["upbeats"]
    rewrite(tmp_path, about)
    old = Corpus.load(tmp_path)
    assert old.digest == corpus.digest and old.meters == [None] * 30 and old.upbeats == [0] * 30


@pytest.mark.parametrize(
    "wrong",
    [
        {"meters": ["3/4"]},
        {"meters": ["3/5"] * 30},
        {"meters": ["waltz"] * 30},
        {"meters": [34] * 30},
        {"upbeats": ["1/0"] * 30},
        {"upbeats": ["soon"] * 30},
        {"upbeats": [None] * 30},
    ],
)
def test_meters_and_upbeats_that_cannot_be_are_refused(corpus, tmp_path, wrong):
    corpus.save(tmp_path)
    rewrite(tmp_path, json.loads((tmp_path / "corpus.json").read_text(encoding="utf-8")) | wrong)
    with pytest.raises(CorpusError, match=rf"{re.escape(str(tmp_path))}: .*melody prepare"):
        Corpus.load(tmp_path)


def rewrite(folder, about):
    """Put another corpus.json into a folder, with the digest that belongs to it."""
    (folder / "corpus.json").write_text(json.dumps(about), encoding="utf-8")
    write_arrays(
        folder / "corpus.npz",
        read_arrays(folder / "corpus.npz") | {"digest": corpus_module._text_digest(folder)},
    )


def test_a_corpus_comes_back_from_its_folder(corpus, tmp_path):
    corpus.save(tmp_path / "a" / "b")
    found = Corpus.load(tmp_path / "a" / "b")
    assert found.vocabulary == corpus.vocabulary and found.digest == corpus.digest
    assert len(found.songs) == 30 and all(map(np.array_equal, found.songs, corpus.songs))
    for name in ("parts", "names", "titles", "rule", "report", "meters", "upbeats"):
        assert getattr(found, name) == getattr(corpus, name)
    assert found.songs[0].dtype == np.int64


def test_equal_corpora_have_equal_bytes(corpus, tmp_path, tunes):
    corpus.save(tmp_path / "a")
    prepare(tunes)[0].save(tmp_path / "b")
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_the_digest_tells_songs_and_parts(small):
    def changed(**fields):
        return Corpus(**{**vars(small), **fields}).digest

    assert changed() == small.digest
    assert changed(songs=[small.songs[0][::-1], *small.songs[1:]]) != small.digest
    assert changed(parts=["test", *small.parts[1:]]) != small.digest


def test_a_missing_part_is_named(small):
    alone = Corpus(**{**vars(small), "parts": ["training"] * 26, "source": "runs/x"})
    alone.require("training")
    with pytest.raises(CorpusError, match="runs/x: no song fell into the test part of 26"):
        alone.require("training", "test")


def remove(folder, name):
    (folder / name).unlink()


def cut(folder, name):
    (folder / name).write_bytes((folder / name).read_bytes()[:100])


def other(folder, name):
    """That of a corpus with other songs."""
    text = (folder / name).read_text()
    (folder / name).write_text(text.replace("60", "61") if name[0] == "v" else text.replace("event", "song"))


@pytest.mark.parametrize("damage", [remove, cut])
@pytest.mark.parametrize("name", ["corpus.npz", "corpus.json", "vocabulary.json"])
def test_a_damaged_folder_is_refused_by_name(corpus, tmp_path, name, damage):
    corpus.save(tmp_path)
    damage(tmp_path, name)
    with pytest.raises(CorpusError, match=rf"{re.escape(str(tmp_path))}: .*melody prepare"):
        Corpus.load(tmp_path)


@pytest.mark.parametrize("name", ["corpus.json", "vocabulary.json"])
def test_files_of_two_corpora_are_refused(corpus, tmp_path, name):
    corpus.save(tmp_path)
    other(tmp_path, name)
    with pytest.raises(CorpusError, match="does not belong"):
        Corpus.load(tmp_path)


@pytest.mark.parametrize(
    "fields",
    [
        {"names": ["one"]},
        {"parts": ["test"]},
        {"rule": None, "report": None, "titles": []},
    ],
)
def test_lists_of_other_lengths_are_refused(corpus, tmp_path, fields):
    Corpus(**{**vars(corpus), **fields}).save(tmp_path)
    with pytest.raises(CorpusError, match=re.escape(str(tmp_path))):
        Corpus.load(tmp_path)


def test_symbols_outside_the_vocabulary_are_refused(corpus, tmp_path):
    for wrong in ([-1], [len(corpus.vocabulary)], []):
        with pytest.raises(CorpusError, match=f"none of the {len(corpus.vocabulary)} symbols"):
            Corpus(**{**vars(corpus), "songs": [np.array(wrong, int), *corpus.songs[1:]]})
    corpus.save(tmp_path)
    arrays = read_arrays(tmp_path / "corpus.npz")
    for wrong in (-1, len(corpus.vocabulary)):
        arrays["tokens"][0] = wrong
        write_arrays(tmp_path / "corpus.npz", arrays)
        with pytest.raises(CorpusError, match=rf"{re.escape(str(tmp_path))}: .*symbols; make it again"):
            Corpus.load(tmp_path)


def test_a_folder_without_a_corpus_says_how_to_make_one(tmp_path):
    with pytest.raises(CorpusError, match=rf"{re.escape(str(tmp_path))}: no corpus.*melody prepare"):
        Corpus.load(tmp_path)


def test_the_clocks_of_a_part_are_those_of_its_songs(corpus):
    clocks, songs = corpus.clocks("test", ["bar", "16"]), corpus.part("test")
    assert [len(rows) for rows in clocks] == [len(song) + 1 for song in songs]
    known = [
        (meter, upbeat)
        for meter, upbeat, part in zip(corpus.meters, corpus.upbeats, corpus.parts)
        if part == "test"
    ]
    for rows, (meter, upbeat) in zip(clocks, known):
        np.testing.assert_array_equal(rows, read_clocks(["bar", "16"], len(rows), meter, upbeat))
    assert any((rows[:, 0] != NO_PLACE).all() for rows in clocks)
