"""The songs inside music21: what unpacking makes of them, and what music21 says of the result."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from lstm_from_scratch.corpus.collections import unpack, unpacking
from lstm_from_scratch.corpus.collections.abc_reader import read_tune
from lstm_from_scratch.corpus.collections.essen import ESSEN
from lstm_from_scratch.corpus.collections.unpacking import abc_files, abc_tunes
from lstm_from_scratch.music import read_kern


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    return unpack("all", tmp_path_factory.mktemp("songs"))


def test_every_song_but_two_is_read_and_those_are_named(everything):
    assert len(everything.files) == len(set(everything.files)) == 8512
    assert all(path.is_file() for path in everything.files)
    assert everything.refused == ("han2.abc X:374: K: H is no key", "han2.abc X:445: K: H is no key")
    assert [line.partition(": ")[0] for line in everything.doubtful] == [
        "erk20.abc X:237",
        "dva0.abc X:27",
        "folkHaydn.abc X:13",
        "lot.abc X:107",
    ]


def test_files_are_in_the_order_of_the_collection(everything):
    files = ESSEN.collections["all"]
    assert list(everything.files) == sorted(
        everything.files, key=lambda path: (files.index(path.parent.name), path.name)
    )


def test_the_terms_come_with_the_songs(everything):
    terms = (everything.files[0].parents[1] / "NOTICE.txt").read_text(encoding="utf-8")
    for words in ("unclear", "Dahlig-Turek", "Schaffrath", "Shlien", "non-commercial", "Never commit"):
        assert words in terms
    assert "for non-commercial use" in everything.notice and "\n" not in everything.notice


@pytest.mark.parametrize(
    ("name", "count"),
    [("erk", 1781), ("han", 1222), ("lotlux", 1118), ("irl", 62), ("test", 52), ("haydn", 50)],
)
def test_sizes(everything, name, count):
    assert sum(path.parent.name in ESSEN.collections[name] for path in everything.files) == count


def test_collections():
    collections = ESSEN.collections
    assert len(collections["all"]) == len(set(collections["all"])) == 31
    others = {"folkHaydn", "han1", "han2", "irl", "lot", "lux"}
    assert set(collections["deutschl"]) == set(collections["all"]) - others
    assert collections["erk"] == ("erk5", "erk10", "erk20", "erk30")
    folder = unpacking._music21_corpus() / ESSEN.folder
    assert {path.stem for path in folder.glob("*.abc")} == set(collections["all"])


def test_unpacking_again_mends_what_was_interrupted(tmp_path):
    first = unpack("irl", tmp_path / "deep" / "er")
    contents = {path: path.read_bytes() for path in first.files}
    one, other, *_ = contents
    one.unlink()
    other.write_bytes(b"half")
    assert unpack("irl", str(tmp_path / "deep" / "er")) == first
    assert {path: path.read_bytes() for path in first.files} == contents


def test_what_else_lies_in_the_folder_is_not_taken_for_a_song(tmp_path):
    folder = unpack("irl", tmp_path).files[0].parent
    (folder / "mine.krn").write_text("**kern\n4c\n*-\n")
    assert len(unpack("irl", tmp_path).files) == 62 and (folder / "mine.krn").is_file()


def test_an_unknown_collection_lists_the_known(tmp_path):
    with pytest.raises(
        ValueError,
        match=r"no collection 'erk5': choose from aird, all, altdeu.*deutschl.*erk.*oneill.*zuccal",
    ):
        unpack("erk5", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_music21_without_the_songs(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r"music21.*not installed"):
        unpack("erk", tmp_path / "new")
    other = type("Spec", (), {"submodule_search_locations": [str(tmp_path)]})
    monkeypatch.setattr(unpacking, "find_spec", lambda name: other)
    with pytest.raises(FileNotFoundError, match=r"erk5\.abc: not in the installed music21"):
        unpack("erk", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_music21_is_not_imported(tmp_path):
    code = "import sys; from lstm_from_scratch.corpus.collections import unpack; "
    code += f"unpack('irl', {str(tmp_path)!r}); sys.exit('music21' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3]).returncode == 0


# --- the kern reader and music21, on the same songs --------------------------------------------------------


def as_music21_reads(path: Path):
    """Notes with ties and rests merged, key, meter and upbeat, as music21 reads a **kern file."""
    from music21 import converter, key, meter, note, stream

    score = converter.parse(path.read_text(encoding="utf-8"), format="humdrum")
    events = []
    for element in score.flatten().notesAndRests:
        pitch = element.pitch.midi if isinstance(element, note.Note) else None
        tied = element.tie is not None and element.tie.type in ("stop", "continue")
        duration = Fraction(element.quarterLength)
        if events and events[-1][0] == pitch and (tied or pitch is None):
            duration += events.pop()[1]
        events.append((pitch, duration))
    keys, meters = score[key.Key], score[meter.TimeSignature]
    bars = [measure.highestTime for measure in score[stream.Measure] if measure.highestTime]
    known_key = (keys.first().tonic.pitchClass, keys.first().mode) if keys else None
    known_meter = (meters.first().numerator, meters.first().denominator) if meters else None
    return events, known_key, known_meter, bars[0]


def test_the_reader_agrees_with_music21(everything):
    paths = sorted(everything.files)[::43]
    assert len(paths) == 198 and len({path.parent for path in paths}) > 20
    for path in paths:
        melody = read_kern(path)
        events, key, meter, first_bar = as_music21_reads(path)
        assert list(melody.notes) == events, path
        assert (melody.key, melody.meter) == (key, meter), path
        if meter and len(melody.bars()) > 1:
            assert first_bar == (melody.upbeat or melody.bar_length), path


def test_every_written_song_reads_back(everything):
    """A tune, its kern file, and that file's melody are one."""
    for file in abc_files("all"):
        if file.stem in ("irl", "han2", "test1", "folkHaydn"):
            tunes = dict(abc_tunes(file))
            for path in everything.files:
                if path.parent.name == file.stem:
                    assert read_kern(path) == read_tune(tunes[int(path.stem)], essen=True)[0]
