"""Files become songs of integers: rules, keys, meters, and an account of every file."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from lstm_from_scratch.corpus import Corpus, CorpusError, prepare
from lstm_from_scratch.music import encode, parse_kern, read_kern
from lstm_from_scratch.music.rules import to_common_key

HEAD = "**kern\n*C:\n*M4/4\n"


def write(folder, **songs):
    """Files of **kern data lines."""
    paths = [folder / f"{name}.krn" for name in songs]
    for path, notes in zip(paths, songs.values()):
        path.write_text(HEAD + "\n".join(notes.split()) + "\n*-\n")
    return paths


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


def test_each_song_keeps_its_meter_and_upbeat(tmp_path):
    lines = {
        "waltz": "*M3/4\n4c\n=1\n2.d\n=2\n2.c\n==",
        "jig": "*M6/8\n8c\n=1\n4.d\n4.e\n==",
        "changing": "*M3/4\n2.c\n=\n*M2/4\n2d\n=\n2c\n==",
        "restated": "*M3/4\n4c\n=\n2.c\n=\n*M3/4\n2.d\n==",
        "cut short": "*M3/4\n2.c\n=\n4c\n=\n*M3/4\n2.d\n==",
        "without": "*MX\n4c\n=1\n1d",
        "shifted": "*M3/4\n4c\n=1\n12d\n12e\n12f\n2g\n==",  # loses its triplet, and so its bars
    }
    for name, text in lines.items():
        (tmp_path / f"{name}.krn").write_text(f"**kern\n*C:\n{text}\n*-\n")
    made, _ = prepare([tmp_path / f"{name}.krn" for name in lines])
    assert made.meters == [(3, 4), (6, 8), None, (3, 4), None, None, None]
    assert made.upbeats == [1, Fraction(1, 2), 0, 1, 0, 0, 0]
    made.save(tmp_path / "out")
    again = Corpus.load(tmp_path / "out")
    assert (again.meters, again.upbeats) == (made.meters, made.upbeats)
    assert all(isinstance(upbeat, Fraction) for upbeat in again.upbeats)


def test_the_place_in_the_bar_follows_from_meter_and_upbeat(tunes, corpus):
    """Symbol i stands (i - upbeat) mod bar 16ths after a barline: there are the barlines of the melody."""
    for path, song, meter, upbeat in zip(tunes, corpus.songs, corpus.meters, corpus.upbeats):
        if meter:
            first = 4 * upbeat or 16 * Fraction(*meter)
            barlines = [i for i in range(len(song)) if (i - 4 * upbeat) % (16 * Fraction(*meter)) == 0]
            lengths = [sum(piece.duration for piece in bar) for bar in read_kern(path).bars()]
            starts = [4 * sum(lengths[:n]) for n in range(len(lengths))]
            assert barlines == starts[bool(upbeat) :] and (len(starts) < 2 or starts[1] == first)


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


def test_songs_are_read_in_every_format(tmp_path):
    (tmp_path / "A.KRN").write_text("**kern\n*C:\n4c\n4d\n*-\n")
    (tmp_path / "b.abc").write_text("X:1\nM:4/4\nL:1/4\nK:C\nCD\n")
    (tmp_path / "two.krn").write_text("**kern\t**kern\n*C:\t*C:\n4e\t4c\n4e\t4d\n*-\t*-\n")
    (tmp_path / "c.txt").write_text("no song")
    made, refused = prepare(sorted(tmp_path.iterdir()))
    assert made.names == ["A.KRN", "b.abc"] and len(refused) == 2
    assert "want a file of one of these kinds" in refused[str(tmp_path / "c.txt")]
    assert (
        made.vocabulary.names(made.songs[0])
        == made.vocabulary.names(made.songs[1])
        == ["60", *"___", "62", *"___"]
    )
    assert prepare([tmp_path / "two.krn"], spine=2)[0].songs[0].tolist() == made.songs[0].tolist()


def test_without_a_usable_song_there_is_no_corpus(tmp_path):
    with pytest.raises(CorpusError, match="no usable song in 0"):
        prepare([])
    (tmp_path / "x.krn").write_text("no kern")
    with pytest.raises(CorpusError, match=r"no usable song in 1 .*x\.krn:1: "):
        prepare([tmp_path / "x.krn"])


def test_a_corpus_of_16ths_alone_still_knows_the_hold(tmp_path):
    made, _ = prepare(write(tmp_path, short="16c 16d"))
    assert "_" in made.vocabulary and made.vocabulary[made.delimiter] == "/"


def test_titles_keep_their_letters(tmp_path):
    (tmp_path / "x.krn").write_text("!!!OTL: Grüß Gott, 小白菜\n" + HEAD + "4c\n*-\n", encoding="utf-8")
    made, _ = prepare([tmp_path / "x.krn"])
    made.save(tmp_path / "out")
    assert Corpus.load(tmp_path / "out").titles == ["Grüß Gott, 小白菜"]
    assert "小白菜" in (tmp_path / "out" / "corpus.json").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "out" / "vocabulary.json").read_text())["60"] == 1
    assert parse_kern((tmp_path / "x.krn").read_text(encoding="utf-8")).title == made.titles[0]
