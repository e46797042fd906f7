"""A few seconds of what benchmarks/corrupt.py and fuzz.py try at length; hypothesis looks on its own."""

import importlib.util
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_from_scratch.corpus.collections.abc_reader import read_tune
from lstm_from_scratch.music import KernError, Vocabulary, decode, encode, parse_kern, write_kern


def load(name):
    """A script of benchmarks/."""
    path = Path(__file__).parents[1] / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_corrupted_checkpoint_is_read_as_if_it_were_whole(tmp_path):
    counts = load("corrupt").trial(tmp_path, 200, seed=1)
    assert counts.keys() <= {"refused", "read, and the same"} and counts["refused"] > 150


@pytest.mark.skipif(not hasattr(__import__("signal"), "setitimer"), reason="time limits of POSIX")
@pytest.mark.parametrize("target", ["kern", "abc", "vocabularies", "primers"])
def test_mutants_are_refused_or_come_back(target):
    fuzz = load("fuzz")
    counts, wrong = fuzz.trial(target, 200, seed=1, seconds=20)
    assert not wrong and counts.total() == 200 and len(counts) > 1


TOKENS = st.one_of(
    st.text(max_size=8),
    st.from_regex(r"[\[(]?[0-9.%]{1,5}([a-gA-G]{1,4}|r)[#n-]{0,2}[\])_;JL]{0,2}", fullmatch=True),
    st.sampled_from(["*M3/4", "*G:", "*a:", "=", "=1-", "*-", "*^", ".", "!", "**kern", "4c\t4d", "*MX"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(TOKENS, max_size=12))
def test_any_kern_is_refused_or_comes_back(tokens):
    try:
        melody = parse_kern("\n".join(["**kern", *tokens, "*-"]))
        text = write_kern(melody)
    except ValueError as error:
        assert isinstance(error, KernError) or "999" in str(error) or "**kern has no note" in str(error)
    else:
        assert parse_kern(text) == melody


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("ABCDEFGabcdefgz^_=',|-0123456789 \n") | st.characters(), max_size=40))
def test_any_abc_is_refused_or_comes_back(body):
    try:
        melody, _ = read_tune(f"T:x\nM:3/4\nL:1/16\nK:G\n{body}")
        text = write_kern(melody)
    except ValueError:
        return
    assert parse_kern(text) == melody


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["60", "_", "r", "127", "128", "/", "٦٠", " 60", "060", ""]), max_size=12))
def test_any_symbols_are_refused_or_come_back(symbols):
    try:
        melody = decode(symbols)
    except ValueError:
        return
    assert encode(decode(encode(melody))) == encode(melody)


VALUES = st.none() | st.integers(-1, 4) | st.text(max_size=3) | st.just({})


@settings(max_examples=100, deadline=None)
@given(VALUES | st.dictionaries(st.text(max_size=3), VALUES, max_size=4))
def test_any_json_is_a_vocabulary_or_refused(value):
    pairs = json.loads(json.dumps(value), object_pairs_hook=list)
    try:
        found = Vocabulary.from_pairs(pairs)
    except ValueError:
        return
    assert dict(zip(found, range(len(found)))) == value


@pytest.mark.parametrize("length", ["0", "257", "4000000000", "9" * 5000])
def test_a_length_that_no_note_has_is_refused(length):
    with pytest.raises(ValueError, match="want more than 0 and at most 64 quarters"):
        read_tune(f"T:x\nM:3/4\nL:1/16\nK:G\nc{length}|")


@pytest.mark.parametrize("fields", ["M:0/0\nL:1/16", "M:3/0\nL:1/16", "M:3/4\nL:1/0", "M:3/4\nL:1/00"])
def test_a_meter_or_a_unit_of_0_is_refused(fields):
    with pytest.raises(ValueError, match=r"meter|unit of length"):
        read_tune(f"T:x\n{fields}\nK:G\nc4|d4|")


def test_the_longest_length_is_that_of_kern():
    melody, _ = read_tune("T:x\nM:3/4\nL:1/16\nK:G\nc256|")
    assert melody.notes[0].duration == Fraction(64)
