"""Melodies as symbols, and symbols as integers: there and back, or refused."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_from_scratch.music import Melody, Note, Vocabulary, decode, encode


def melody(*notes):
    return Melody(tuple(Note(pitch, Fraction(duration)) for pitch, duration in notes))


@pytest.mark.parametrize(
    ("notes", "symbols"),
    [
        ([(60, 1)], "60 _ _ _"),
        ([(60, "1/4")], "60"),
        ([(None, "1/4")], "r"),
        ([(None, "1/2"), (60, "3/4"), (60, "1/4"), (0, "1/2"), (127, "1/4")], "r _ 60 _ _ 60 0 _ 127"),
        ([], ""),
    ],
)
def test_symbols(notes, symbols):
    assert encode(melody(*notes)) == tuple(symbols.split())
    assert decode(symbols.split()) == melody(*notes)


sixteenths = st.integers(1, 40).map(lambda steps: Fraction(steps, 4))
on_the_grid = st.lists(
    st.tuples(st.none() | st.integers(0, 127), sixteenths).map(lambda n: Note(*n)), max_size=20
)


@given(on_the_grid.map(tuple).map(Melody))
def test_a_melody_on_the_grid_comes_back(tune):
    symbols = encode(tune)
    assert len(symbols) == tune.duration * 4
    assert decode(symbols).notes == tune.notes
    assert decode(iter(symbols)).notes == tune.notes


@given(st.lists(st.sampled_from(["60", "61", "127", "_", "_", "r"])).filter(lambda s: s[:1] != ["_"]))
def test_symbols_come_back_but_for_rests_that_are_one(symbols):
    back = encode(decode(symbols))
    assert len(back) == len(symbols)
    assert all(a == b or (a, b) == ("r", "_") for a, b in zip(symbols, back))


@pytest.mark.parametrize("symbols", [[60, "_", np.int64(62)], "60 _ 62", " 60  _\n62 ", ("60", "_", 62)])
def test_integers_and_one_string_are_understood(symbols):
    assert decode(symbols) == melody((60, "1/2"), (62, "1/4"))


@pytest.mark.parametrize("duration", ["1/3", "1/8", "3/8", "17/16", "1/5"])
def test_off_the_grid(duration):
    with pytest.raises(ValueError, match=f"note 2 lasts {duration} quarters"):
        encode(melody((60, 1), (62, duration)))


@pytest.mark.parametrize(
    ("symbols", "reason"),
    [
        (["_"], "cannot begin with '_'"),
        (["_", "60"], "cannot begin with '_'"),
        (["60", "128"], "symbol 2 is '128'"),
        (["60", "/"], "symbol 2 is '/'"),
        (["060"], "symbol 1 is '060'"),
        (["-1"], "symbol 1"),
        (["60.0"], "symbol 1"),
        (["٦٠"], "symbol 1"),
        ([""], "symbol 1 is ''"),
        (["R"], "symbol 1"),
        ([128], "symbol 1 is 128"),
        ([-1], "symbol 1 is -1"),
        ([60.0], "symbol 1 is 60.0"),
        ([60, True], "symbol 2 is True"),
        ([None], "symbol 1 is None"),
    ],
)
def test_what_is_no_melody(symbols, reason):
    with pytest.raises(ValueError, match=reason):
        decode(symbols)


# --- the vocabulary ----------------------------------------------------------------------------------------

vocabularies = st.lists(st.text(max_size=5), min_size=1, max_size=30).map(Vocabulary)


def test_sorted_and_a_bijection():
    vocabulary = Vocabulary(["r", "_", "60", "/", "7", "60"])
    assert list(vocabulary) == ["/", "60", "7", "_", "r"] == sorted(vocabulary)
    assert len(vocabulary) == 5 and vocabulary[1] == "60"
    assert "r" in vocabulary and "61" not in vocabulary
    assert vocabulary.ids(["r", "/", "r"]) == [4, 0, 4]
    assert vocabulary.names([4, 0, 4]) == ["r", "/", "r"]
    assert vocabulary == Vocabulary(reversed(vocabulary)) and hash(vocabulary) == hash(Vocabulary(vocabulary))
    assert vocabulary != Vocabulary(["60"]) and vocabulary != list(vocabulary)


@given(vocabularies)
def test_ids_and_names_are_inverse(vocabulary):
    assert vocabulary.ids(vocabulary) == list(range(len(vocabulary)))
    assert vocabulary.names(vocabulary.ids(vocabulary)) == list(vocabulary)


def test_an_unknown_symbol_is_named():
    with pytest.raises(ValueError, match="symbol 2, '61', is not in the vocabulary of 2"):
        Vocabulary(["60", "_"]).ids(["60", "61"])


def test_an_empty_vocabulary():
    with pytest.raises(ValueError, match="at least one"):
        Vocabulary([])


@given(vocabulary=vocabularies)
def test_saved_and_loaded(tmp_path_factory, vocabulary):
    path = tmp_path_factory.mktemp("vocabulary", numbered=True) / "vocabulary.json"
    vocabulary.save(path)
    assert Vocabulary.load(path) == Vocabulary.load(str(path)) == vocabulary
    assert json.loads(path.read_text(encoding="utf-8")) == {s: i for i, s in enumerate(vocabulary)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "one non-empty object"),
        ("{}", "one non-empty object"),
        ('["60", "_"]', "one non-empty object"),
        ('"60"', "one non-empty object"),
        ("3", "one non-empty object"),
        ("null", "one non-empty object"),
        ('{"60": 0, "60": 1}', "occurs twice"),
        ('{"60": 0, "_": 0}', "'_' has 0, want 1"),
        ('{"60": 0, "_": 2}', "'_' has 2, want 1"),
        ('{"60": 1, "_": 0}', "'60' has 1, want 0"),
        ('{"60": 0, "_": -1}', "'_' has -1"),
        ('{"60": 0, "_": 1.0}', "'_' has 1.0"),
        ('{"60": 0, "_": true}', "'_' has True"),
        ('{"60": 0, "_": "1"}', "'_' has '1'"),
        ('{"60": false, "_": 1}', "'60' has False"),
        ('{"60": {"_": 0}}', "'60' has"),
    ],
)
def test_what_is_no_vocabulary(tmp_path, text, reason):
    path = tmp_path / "vocabulary.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=reason) as refusal:
        Vocabulary.load(path)
    assert str(path) in str(refusal.value)


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "vocabulary.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="not JSON"):
        Vocabulary.load(path)
