"""The tunes in data/tunes: other readers and the project's own agree on them; data/README.md lists them."""

import re
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import music21
import pytest
import verovio

from lstm_from_scratch.music import read_kern
from lstm_from_scratch.music.rules import ACCEPTABLE_DURATIONS, has_acceptable_durations

DATA = Path(__file__).parents[2] / "data"
TUNES = sorted((DATA / "tunes").glob("*.krn"))
each_tune = pytest.mark.parametrize("path", TUNES, ids=[path.stem for path in TUNES])

# Where music21's guess, from the time spent on each pitch class, is not the key that the tune is in.
MISJUDGED = {
    "au_clair_de_la_lune": "it has no fourth, and the second sounds nearly as long as the tonic: E minor",
    "good_king_wenceslas": "the tonic sounds so much that it passes for a fifth: D major",
    "my_bonnie": "it has no fourth, and stays long on the second: G minor, the relative",
    "we_wish_you_a_merry_christmas": "the fourth, which tells A from E major, sounds for one 8th: E major",
    "yankee_doodle": "the fourth hardly sounds, and the chorus dwells on the sixth: E minor, the relative",
}


@cache
def parsed(path):
    return music21.converter.parse(path, forceSource=True).parts[0]


def measures(path):
    """The notes and rests in each measure."""
    return [list(m.notesAndRests) for m in parsed(path).getElementsByClass("Measure")]


def time(events):
    return sum((Fraction(e.quarterLength) for e in events), Fraction(0))


def key(path):
    return parsed(path).recurse().getElementsByClass("Key").first()


def meter(path):
    return parsed(path).recurse().getElementsByClass("TimeSignature").first()


def upbeat(path):
    first = time(measures(path)[0])
    return first if first < meter(path).barDuration.quarterLength else Fraction(0)


@cache
def sounding(path):
    """(MIDI number or None, quarter lengths) of every note and rest, ties merged."""
    events = parsed(path).stripTies().recurse().notesAndRests
    return [(None if e.isRest else e.pitch.midi, Fraction(e.quarterLength)) for e in events]


@cache
def shows(path):
    """What there is to see in a tune, in the words of the table in data/README.md."""
    written = [event for measure in measures(path) for event in measure]
    left_out = sorted({duration for _, duration in sounding(path)} - ACCEPTABLE_DURATIONS)
    found = {
        "upbeat": upbeat(path),
        "tie": any(e.tie for e in written),
        "dotted": any(e.duration.dots for e in written),
        "triplet": any(e.duration.tuplets for e in written),
        "rest": any(e.isRest for e in written),
        "left out: " + " ".join(map(str, left_out)): left_out,
    }
    return [word for word, here in found.items() if here]


# --- Each tune


@each_tune
def test_file_is_plain_text_with_one_token_a_line(path):
    data = path.read_bytes()
    lines = data.decode("utf-8").split("\n")
    assert b"\r" not in data
    assert re.fullmatch("[a-z]+(_[a-z]+)*", path.stem)
    assert re.fullmatch(r"!!!OTL: \S.*\S", lines[0])
    assert re.fullmatch(r"!!!ONB: \S.*; encoded from memory for this project, CC0", lines[1])
    assert lines[2] == "**kern"
    assert lines[-3:] == ["==", "*-", ""]
    assert all(re.fullmatch(r"\S+", line) for line in lines[2:-1])


@each_tune
def test_bars_are_whole_and_numbered(path):
    full = Fraction(meter(path).barDuration.quarterLength)
    lengths = [time(measure) for measure in measures(path)]
    if upbeat(path):  # the last bar gives it back
        assert lengths.pop(0) + lengths.pop() == full
    assert set(lengths) == {full}
    lines = path.read_text("utf-8").split()
    numbers = [line for line in lines if line.startswith("=") and line != "=="]
    assert numbers == [f"={n + 1}" for n in range(len(numbers))]
    assert len(numbers) == len(measures(path)) - bool(upbeat(path))


@each_tune
def test_music21_hears_the_stated_key(path):
    heard = parsed(path).analyze("key")
    if path.stem in MISJUDGED:
        assert heard != key(path), "no exception any more"
    else:
        assert heard == key(path)


@each_tune
def test_signature_is_the_keys(path):
    altered = [p.name[0].lower() + p.name[1:] for p in key(path).alteredPitches]
    assert f"*k[{''.join(altered)}]" in path.read_text("utf-8").split()


@each_tune
def test_verovio_engraves_every_note(path):
    toolkit = verovio.toolkit()
    assert toolkit.loadFile(str(path))
    assert toolkit.getLog() == ""
    assert toolkit.getPageCount() >= 1
    mei = toolkit.getMEI()
    events = [event for measure in measures(path) for event in measure]
    assert len(re.findall(r"<note\b", mei)) == sum(e.isNote for e in events)
    assert len(re.findall(r"<rest\b", mei)) == sum(e.isRest for e in events)
    assert len(re.findall(r"<measure\b", mei)) == len(measures(path))


@each_tune
def test_our_reader_agrees_with_music21(path):
    melody = read_kern(path)
    assert list(melody.notes) == sounding(path)
    assert melody.key == (key(path).tonic.pitchClass, key(path).mode)
    assert melody.meter == (meter(path).numerator, meter(path).denominator)
    assert melody.upbeat == upbeat(path)
    assert melody.title == path.read_text("utf-8").split("\n")[0].removeprefix("!!!OTL: ")


# --- All of them


def test_the_set_has_something_of_everything():
    assert 20 <= len(TUNES) <= 40
    assert MISJUDGED.keys() < {path.stem for path in TUNES}
    words = [word.split(":")[0] for path in TUNES for word in shows(path)]
    least = {"upbeat": 10, "tie": 3, "dotted": 10, "rest": 5, "triplet": 1, "left out": 3}
    assert {word: words.count(word) >= count for word, count in least.items()} == dict.fromkeys(least, True)
    meters = [meter(path).ratioString for path in TUNES]
    least = {"2/4": 5, "3/4": 6, "4/4": 5, "6/8": 4}
    assert {m: meters.count(m) >= count for m, count in least.items()} == dict.fromkeys(least, True)
    assert set(meters) == set(least)
    keys = [key(path).tonicPitchNameWithCase for path in TUNES]
    assert set(keys) == set("C G D A F B- E- a d e g".split())
    assert sum(k.islower() for k in keys) >= 5


def test_the_papers_rule_keeps_most_tunes_whole():
    whole = [path for path in TUNES if has_acceptable_durations(read_kern(path))]
    assert whole == [path for path in TUNES if not any(w.startswith("left out") for w in shows(path))]
    assert len(TUNES) - len(whole) <= 6


def test_some_tie_joins_notes_over_a_barline():
    assert any(
        before[-1].tie and after[0].tie for path in TUNES for before, after in pairwise(measures(path))
    )


# --- data/README.md


def test_readme_lists_every_tune():
    readme = (DATA / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[`(\w+\.krn)`\]\(tunes/(\S+)\) \|(.*)\|$", readme, re.M)
    table = {file: [cell.strip() for cell in cells.split("|")] for file, _, cells in rows}
    assert len(table) == len(rows)
    assert all(file == link for file, link, _ in rows)
    assert table == {
        path.name: [
            read_kern(path).title,
            f"{key(path).tonic.name} {key(path).mode}".replace("-", " flat"),
            meter(path).ratioString,
            ", ".join(shows(path)),
        ]
        for path in TUNES
    }


def test_tunes_are_dedicated_to_the_public_domain():
    link = "https://creativecommons.org/publicdomain/zero/1.0/"
    assert link in (DATA / "tunes" / "LICENSE").read_text("utf-8")
    assert link in (DATA / "README.md").read_text("utf-8")
