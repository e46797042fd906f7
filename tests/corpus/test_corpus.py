"""Songs become integers in three parts, and a folder that holds them is whole or refused."""

import json
import random
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from lstm_from_scratch.archive import read_arrays
from lstm_from_scratch.corpus.corpus import Corpus, CorpusError, prepare
from lstm_from_scratch.corpus.parts import part_of
from lstm_from_scratch.files import write_arrays
from lstm_from_scratch.music import encode, parse_kern, read_kern
from lstm_from_scratch.music.rules import to_common_key

HEAD = "**kern\n*C:\n*M4/4\n"


def write(folder, **songs):
    """Files of **kern data lines."""
    paths = [folder / f"{name}.krn" for name in songs]
    for path, notes in zip(paths, songs.values()):
        path.write_text(HEAD + "\n".join(notes.split()) + "\n*-\n")
    return paths


def test_a_part_is_a_matter_of_the_first_32_symbols():
    """These must never change: models are compared over versions on the songs that they put aside."""
    openings = (["60"], ["63", "_"], ["41", "_"], ["60", "_", "62", "_"] * 10)
    assert [part_of(s) for s in openings] == ["validation", "validation", "test", "training"]
    song = ["60", "_"] * 16
    assert part_of([*song, "71", "/"]) == part_of(song) == part_of(iter(song))
    assert part_of(["40", *["_", "62"] * 20]) == "test" != part_of(["40", *["_", "62"] * 15])  # 31 symbols


def test_the_parts_are_80_10_and_10_of_100():
    rng = random.Random(0)
    counts = Counter(part_of(rng.choices("abcdefgh", k=32)) for _ in range(10_000))
    assert abs(counts["training"] - 8000) < 160
    assert abs(counts["validation"] - 1000) < 120 and abs(counts["test"] - 1000) < 120


def test_a_song_is_in_one_part_in_every_collection(tunes, corpus):
    half, _ = prepare(tunes[::2])
    parts = dict(zip(corpus.names, corpus.parts))
    assert [parts[name] for name in half.names] == half.parts


def test_songs_are_encoded_in_the_common_key(tunes, corpus):
    i = [path.stem for path in tunes].index("auld_lang_syne")
    song = corpus.vocabulary.names(corpus.songs[i])
    assert tuple(song) == encode(to_common_key(read_kern(tunes[i])))
    assert corpus.names[i] == "auld_lang_syne.krn" and corpus.titles[i] == read_kern(tunes[i]).title


def test_the_event_rule_leaves_out_events_and_the_song_rule_songs(tmp_path):
    paths = write(tmp_path, good="4c 4d", bad="4c 12d 4e", hopeless="12d 12e")
    event, _ = prepare(paths, "event")
    assert [event.vocabulary.names(s) for s in event.songs] == [
        ["60", *"___", "62", *"___"],
        ["60", *"___", "64", *"___"],
    ]
    assert event.report == {
        "files": 3,
        "kept whole": 1,
        "kept without some events": 1,
        "left out: no note has an acceptable duration": 1,
    }
    song, _ = prepare(paths, "song")
    assert song.names == ["good.krn"] and song.rule == "song"
    assert song.report == {"files": 3, "kept whole": 1, "left out: has an unacceptable duration": 2}
    with pytest.raises(ValueError, match="want 'event' or 'song'"):
        prepare(paths, "both")


def test_every_file_is_accounted_for(tmp_path):
    paths = write(tmp_path, good="4c 4d", chord="4c 4e\u00204g", triplets="12d 12e", low="4CCCCC")
    (tmp_path / "chord.krn").write_text(HEAD + "4c 4e\n*-\n")
    (tmp_path / "low.krn").write_text("**kern\n*B:\n4CCCCC\n*-\n")  # 0: there is nothing 11 semitones below
    (tmp_path / "binary.krn").write_bytes(bytes(range(256)))
    (tmp_path / "folder.krn").mkdir()
    made, refused = prepare(
        [*paths, tmp_path / "binary.krn", tmp_path / "folder.krn", tmp_path / "absent.krn"]
    )
    assert made.names == ["good.krn"]
    assert made.report.pop("files") == 7 == sum(made.report.values())
    assert {Path(path).name for path in refused} == {
        "chord.krn",
        "low.krn",
        "binary.krn",
        "folder.krn",
        "absent.krn",
    }
    assert all(path in reason for path, reason in refused.items())


def test_without_a_usable_song_there_is_no_corpus(tmp_path):
    with pytest.raises(CorpusError, match="no usable song in 0"):
        prepare([])
    (tmp_path / "x.krn").write_text("no kern")
    with pytest.raises(CorpusError, match=r"no usable song in 1 .*x\.krn:1: "):
        prepare([tmp_path / "x.krn"])


def test_a_corpus_of_16ths_alone_still_knows_the_hold(tmp_path):
    made, _ = prepare(write(tmp_path, short="16c 16d"))
    assert "_" in made.vocabulary and made.vocabulary[made.delimiter] == "/"


def test_a_corpus_comes_back_from_its_folder(corpus, tmp_path):
    corpus.save(tmp_path / "a" / "b")
    found = Corpus.load(tmp_path / "a" / "b")
    assert found.vocabulary == corpus.vocabulary and found.digest == corpus.digest
    assert len(found.songs) == 30 and all(map(np.array_equal, found.songs, corpus.songs))
    for name in ("parts", "names", "titles", "rule", "report"):
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
    with pytest.raises(CorpusError, match=rf"{re.escape(str(tmp_path))}: no corpus.npz.*melody prepare"):
        Corpus.load(tmp_path)


def test_titles_keep_their_letters(tmp_path):
    (tmp_path / "x.krn").write_text("!!!OTL: Grüß Gott, 小白菜\n" + HEAD + "4c\n*-\n", encoding="utf-8")
    made, _ = prepare([tmp_path / "x.krn"])
    made.save(tmp_path / "out")
    assert Corpus.load(tmp_path / "out").titles == ["Grüß Gott, 小白菜"]
    assert "小白菜" in (tmp_path / "out" / "corpus.json").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "out" / "vocabulary.json").read_text())["60"] == 1
    assert parse_kern((tmp_path / "x.krn").read_text(encoding="utf-8")).title == made.titles[0]
