"""MusicXML is read back as the melody that was written, by music21 and element by element."""

from itertools import pairwise
from xml.etree import ElementTree

import music21
import pytest
from helpers.melodies import MELODIES, SCALE, melody
from helpers.readers import bars_in_musicxml, notes_in_musicxml

from lstm_from_scratch.music.metre import bar_length
from lstm_from_scratch.music.musicxml import to_music21, to_musicxml
from lstm_from_scratch.music.spelling import spelled

each_melody = pytest.mark.parametrize("tune", MELODIES.values(), ids=MELODIES)


def sounding(stream):
    """Notes and rests of a music21 stream, ties joined, neighbouring rests too."""
    notes = stream.flatten().stripTies().notesAndRests
    return melody([(None if n.isRest else n.pitch.midi, n.quarterLength) for n in notes]).notes


@each_melody
def test_music21_part_holds_the_notes_in_whole_bars(tune):
    part = to_music21(tune)
    measures = list(part.getElementsByClass("Measure"))
    assert sounding(part) == tune.notes
    assert [m.number for m in measures] == list(range(not tune.upbeat, len(measures) + (not tune.upbeat)))
    assert all(after.offset == before.offset + before.highestTime for before, after in pairwise(measures))
    if tune.meter:
        signatures = {m.offset: m.timeSignature.ratioString for m in measures if m.timeSignature}
        meters = [(0, tune.meter), *tune.meter_changes]
        assert signatures == {onset: "%d/%d" % meter for onset, meter in meters}
        for measure in measures:  # a bar is full, or padded at one end to its length
            bar = bar_length(next(meter for onset, meter in reversed(meters) if onset <= measure.offset))
            assert measure.paddingLeft + measure.highestTime + measure.paddingRight == bar
            assert measure.barDuration.quarterLength == bar
            end = measure.offset + measure.highestTime
            may_be_short = measure in (measures[0], measures[-1]) or end in signatures
            assert may_be_short or measure.highestTime == bar
        assert measures[0].paddingLeft == (tune.bar_length - tune.upbeat if tune.upbeat else 0)
        assert (measures[0].showNumber == "never") == bool(tune.upbeat)


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_music21_part_has_the_key_and_its_spelling(mode):
    for tonic in range(12):
        part = to_music21(melody([(p, 1) for p in range(128)], key=(tonic, mode)))
        found = part.recurse().getElementsByClass("Key").first()
        assert (found.tonic.pitchClass, found.mode) == (tonic, mode)
        notes = list(part.recurse().notes)
        assert [n.pitch.midi for n in notes] == list(range(128))
        assert [(n.pitch.name, n.pitch.octave) for n in notes] == [
            spelled(p, (tonic, mode)) for p in range(128)
        ]
        scale = {n.pitch.name for n in notes} & {p.name for p in found.pitches}
        assert len(scale) == 7
        assert found.tonic.name in scale


def test_music21_part_begins_with_key_then_meter():
    first = to_music21(MELODIES["3/4 with an upbeat"]).getElementsByClass("Measure").first()
    assert [type(e).__name__ for e in first][:2] == ["Key", "TimeSignature"]


def test_music21_part_ties_only_what_one_note_is():
    tune = melody([(60, 5), (60, 3), (None, 5), (60, 3)], meter=(4, 4))
    notes = to_music21(tune).recurse().notesAndRests
    assert [n.tie and n.tie.type for n in notes] == ["start", "stop", None, None, None, None]
    long = to_music21(melody([(60, 12)], meter=(4, 4))).recurse().notes
    assert [n.tie.type for n in long] == ["start", "continue", "stop"]


@each_melody
def test_musicxml_reads_back_as_the_melody(tune):
    text = to_musicxml(tune, 90)
    ElementTree.fromstring(text)
    read = music21.converter.parseData(text, format="musicxml")
    assert sounding(read.parts[0]) == tune.notes
    assert read.metadata.bestTitle == (tune.title or "Untitled")
    assert read.recurse().getElementsByClass("MetronomeMark").first().number == 90
    meters = [tune.meter, *(meter for _, meter in tune.meter_changes)] if tune.meter else []
    signatures = read.recurse().getElementsByClass("TimeSignature")
    assert [meter.ratioString for meter in signatures] == ["%d/%d" % meter for meter in meters]
    key = read.recurse().getElementsByClass("Key").first()
    assert (key and (key.tonic.pitchClass, key.mode)) == tune.key


def test_musicxml_marks_the_upbeat_and_names_no_composer_or_day():
    root = ElementTree.fromstring(to_musicxml(MELODIES["6/8, minor with flats"]))
    bars = [(bar.get("number"), bar.get("implicit")) for bar in root.iter("measure")]
    assert bars[:2] == [("0", "yes"), ("1", "no")]
    assert not list(root.iter("creator"))
    assert not list(root.iter("encoding-date"))
    # C minor has its flats in the signature: A flat and E flat need no sign, B natural does
    signs = [(n.findtext("pitch/step"), n.findtext("accidental")) for n in root.iter("note")]
    assert [sign for sign in signs if sign[1]] == [("B", "natural")]


def test_musicxml_of_a_title_that_is_no_xml():
    text = to_musicxml(melody(SCALE, title="a\x07b"))
    assert ElementTree.fromstring(text).findtext("work/work-title") == "ab"


@each_melody
def test_musicxml_holds_every_note_raw(tune):
    assert notes_in_musicxml(to_musicxml(tune)) == tune.notes


def test_musicxml_without_a_meter_is_one_measure_that_holds_everything():
    tune = melody([(60, "3/2"), (62, "3/2"), (64, "3/2"), (65, 1)])
    text = to_musicxml(tune)
    assert bars_in_musicxml(text) == [[(pitch, duration, False, False) for pitch, duration in tune.notes]]
    root = ElementTree.fromstring(text)
    assert not [*root.iter("beats")] and len([*root.iter("senza-misura")]) == 1


@each_melody
def test_musicxml_has_a_clef_and_a_final_barline(tune):
    root = ElementTree.fromstring(to_musicxml(tune))
    assert [(e.findtext("sign"), e.findtext("line")) for e in root.iter("clef")] == [("G", "2")]
    *others, last = root.iter("measure")
    assert last.findtext("barline/bar-style") == "light-heavy"
    assert not any(measure.find("barline") for measure in others)


def test_musicxml_of_a_bass_has_its_clef():
    root = ElementTree.fromstring(to_musicxml(melody([(36, 1), (43, 1), (60, 1)])))
    assert [(e.findtext("sign"), e.findtext("line")) for e in root.iter("clef")] == [("F", "4")]


def test_musicxml_tuplets_are_whole_and_end():
    """Triplets of unequal values, then plain notes, which are not in a triplet."""
    tune = melody([(60, "2/3"), (62, "1/3"), (64, "1/2"), (65, "1/2"), (67, 1)], meter=(3, 4))
    root = ElementTree.fromstring(to_musicxml(tune))
    types = [n.findtext("type") for n in root.iter("note")]
    assert types == ["quarter", "eighth", "eighth", "eighth", "quarter"]
    ratios = [n.findtext("time-modification/actual-notes") for n in root.iter("note")]
    assert ratios == ["3", "3", None, None, None]
    assert [e.get("type") for e in root.iter("tuplet")] == ["start", "stop"]


@pytest.mark.parametrize("durations", [("82/39", "167/45"), ("1/2000", "5/7"), (50, "1/96")])
def test_musicxml_of_durations_that_no_note_head_has(durations):
    tune = melody([(60, durations[0]), (None, durations[1])])
    assert notes_in_musicxml(to_musicxml(tune)) == tune.notes
