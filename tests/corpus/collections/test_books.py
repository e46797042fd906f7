"""The dance books inside music21: how many of their tunes are read, and how music21 reads them."""

import re
from fractions import Fraction

import pytest

from lstm_from_scratch.corpus.collections import unpack
from lstm_from_scratch.corpus.collections.abc_reader import read_tune
from lstm_from_scratch.corpus.collections.unpacking import abc_files, abc_tunes
from lstm_from_scratch.music import read_kern

TUNES = {"oneill": 2009, "ryan": 1059, "aird": 1180}
READ = {"oneill": 1985, "ryan": 983, "aird": 1139}


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    return {name: unpack(name, folder) for name in TUNES}


@pytest.mark.parametrize("name", TUNES)
def test_how_many_tunes_are_read(books, name):
    book = books[name]
    assert len(book.files) == len(set(book.files)) == READ[name]
    assert len(book.refused) == TUNES[name] - READ[name] and not book.doubtful


def test_why_the_others_are_not(books):
    reasons = " ".join(line for book in books.values() for line in book.refused)
    assert reasons.count("begins a chord") == 117  # two of them where a second voice begins
    assert sum(len(book.refused) for book in books.values()) == 141


@pytest.mark.parametrize("name", TUNES)
def test_each_book_says_whose_it_is(books, name):
    terms = (books[name].files[0].parents[0 if name == "ryan" else 1] / "NOTICE.txt").read_text(
        encoding="utf-8"
    )
    assert "out of copyright" in terms and "Z: lines and state no terms" in terms and "{" not in terms
    assert "out of copyright; transcribed by " in books[name].notice


def test_the_files_state_no_terms():
    """What NOTICE.txt says of them; were a file to state terms, it would have to be said."""
    for name in TUNES:
        for path in abc_files(name):
            assert not re.search(
                rb"(?i)copyright|licen[sc]e|permission|public domain|commercial", path.read_bytes()
            )


def test_tunes_are_chosen_by_rhythm(books, tmp_path):
    jigs = unpack("ryan", tmp_path, rhythm="slip jig")
    assert len(jigs.files) == 17 and all(read_kern(path).meter == (9, 8) for path in jigs.files)
    names = {path.name for path in books["ryan"].files}
    assert {path.name for path in jigs.files} < names  # wherever it was chosen from, a tune is the same file
    assert len(unpack("oneill", tmp_path, rhythm="reel").files) == 275
    with pytest.raises(
        ValueError, match="aird has no tune that it calls 'jig': its rhythms are hornpipe, gavotte"
    ):
        unpack("aird", tmp_path / "new", rhythm="jig")
    assert not (tmp_path / "new").exists()


# --- music21, on the same tunes ----------------------------------------------------------------------------


def bare(tune):
    """A tune's notes, bars and lengths alone, without what music21 trips over.

    It knows no accidental that lasts to the barline, drops notes with a fermata (H) and some before `::`,
    takes slurs written as ties for ties, and forgets broken rhythm at the end of a slur.
    """
    head, key, body = re.match(r"(.*?\n)(K:[^\n]*\n)(.*)", tune, re.DOTALL).groups()
    body = re.split(r"\n[ \t]*\n", body.strip("\n"))[0]
    asides = r'"[^"\n]*"|\{[^}\n]*\}|![A-Z][A-Za-z.]+!|![a-z0-9]f?!|!8va\(!|%[^\n]*|^[A-JN-Za-z]:(?![|:]).*'
    body = re.sub(asides, "", body, flags=re.MULTILINE)
    body = re.sub(r"\((?![2-9])|[).~H-Wh-y!`\\*=_^-]", "", re.sub(r"\n\s*", "\n", body)).replace(
        "::", ":| |:"
    )
    return (
        "".join(re.findall(r"^[ML]:.*\n", head, re.MULTILINE))
        + key.partition("%")[0].rstrip()
        + f"\n{body}\n"
    )


def sounding(melody):
    """Onset, quarter lengths and MIDI number of every note."""
    time, found = Fraction(0), []
    for pitch, duration in melody.notes:
        if pitch is not None:
            found.append((time, duration, pitch))
        time += duration
    return found


def as_music21_reads(tune):
    from music21 import converter

    score = converter.parse("X: 1\n" + tune, format="abc").stripTies()  # which cut bars that are too full
    return [
        (exact(note.getOffsetInHierarchy(score)), exact(note.quarterLength), note.pitch.midi)
        for note in score.flatten().notes
    ]


def exact(time):
    """What a float was before it was one."""
    return Fraction(time).limit_denominator(5000)


def readable(name):
    for path in abc_files(name):
        for number, tune in abc_tunes(path):
            try:
                melody, _ = read_tune(tune)
            except ValueError:
                continue
            if not re.search(r"^[KLM]:|\[[KLM]:", tune.partition("\nK:")[2], re.MULTILINE):
                yield f"{path.name} X:{number}", tune, melody


@pytest.mark.parametrize("name", TUNES)
def test_the_reader_agrees_with_music21(name):
    tunes = list(readable(name))[::45]
    assert len(tunes) > 20
    for place, tune, melody in tunes:
        plain, _ = read_tune(bare(tune))
        assert sounding(plain) == as_music21_reads(bare(tune)), place
        if "-" not in tune:
            assert [note.duration for note in plain.notes] == [note.duration for note in melody.notes], place
