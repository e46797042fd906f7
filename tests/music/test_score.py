"""Each format is read back as the melody that was written."""

import re
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

import music21
import pytest
from helpers.melodies import MELODIES, SCALE, melody

from lstm_from_scratch.music import Melody, score
from lstm_from_scratch.music.metre import bar_length
from lstm_from_scratch.music.sound import to_wav
from lstm_from_scratch.music.spelling import spelled

each_melody = pytest.mark.parametrize("tune", MELODIES.values(), ids=MELODIES)


def sounding(stream):
    """Notes and rests of a music21 stream, ties joined, neighbouring rests too."""
    notes = stream.flatten().stripTies().notesAndRests
    return melody([(None if n.isRest else n.pitch.midi, n.quarterLength) for n in notes]).notes


def without_last_rest(notes):
    return notes[:-1] if notes[-1].pitch is None else notes


# --- Melody.to_music21


@each_melody
def test_music21_part_holds_the_notes_in_whole_bars(tune):
    part = score.to_music21(tune)
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
        part = score.to_music21(melody([(p, 1) for p in range(128)], key=(tonic, mode)))
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
    first = score.to_music21(MELODIES["3/4 with an upbeat"]).getElementsByClass("Measure").first()
    assert [type(e).__name__ for e in first][:2] == ["Key", "TimeSignature"]


def test_music21_part_ties_only_what_one_note_is():
    tune = melody([(60, 5), (60, 3), (None, 5), (60, 3)], meter=(4, 4))
    notes = score.to_music21(tune).recurse().notesAndRests
    assert [n.tie and n.tie.type for n in notes] == ["start", "stop", None, None, None, None]
    long = score.to_music21(melody([(60, 12)], meter=(4, 4))).recurse().notes
    assert [n.tie.type for n in long] == ["start", "continue", "stop"]


# --- MIDI


def midi_events(data):
    """(tick of the start, pitch, ticks) of every note, and the ticks of a quarter."""
    file = music21.midi.MidiFile()
    file.readstr(data)
    notes, tempos = [], []
    for track in file.tracks:
        now, begun = 0, {}
        for event in track.events:
            if event.isDeltaTime():
                now += event.time
            elif event.isNoteOn():
                assert event.pitch not in begun
                begun[event.pitch] = now
            elif event.isNoteOff():
                start = begun.pop(event.pitch)
                notes.append((start, event.pitch, now - start))
            elif event.type == music21.midi.MetaEvents.SET_TEMPO:
                tempos.append((now, int.from_bytes(event.data, "big")))
        assert not begun
    return notes, file.ticksPerQuarterNote, tempos


@each_melody
def test_midi_sounds_exactly_the_melody(tune):
    notes, quarter, _ = midi_events(score.to_midi(tune))
    want, now = [], Fraction(0)
    for pitch, duration in tune.notes:
        if pitch is not None:
            want.append((now * quarter, pitch, duration * quarter))
        now += duration
    assert notes == want


@pytest.mark.parametrize("tempo", [20, 97.5, 120, 400])
def test_midi_has_the_tempo_at_its_beginning(tempo):
    _, _, tempos = midi_events(score.to_midi(MELODIES["triplets"], tempo))
    ((when, microseconds),) = tempos
    assert when == 0
    assert microseconds == pytest.approx(60e6 / tempo, abs=1)


def test_midi_is_read_by_music21():
    tune = MELODIES["4/4 with ties over barlines"]
    read = music21.converter.parseData(score.to_midi(tune, 90), format="midi")
    assert without_last_rest(sounding(read.parts[0])) == tune.notes
    assert read.recurse().getElementsByClass("MetronomeMark").first().number == 90


# --- MusicXML


@each_melody
def test_musicxml_reads_back_as_the_melody(tune):
    text = score.to_musicxml(tune, 90)
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
    root = ElementTree.fromstring(score.to_musicxml(MELODIES["6/8, minor with flats"]))
    bars = [(bar.get("number"), bar.get("implicit")) for bar in root.iter("measure")]
    assert bars[:2] == [("0", "yes"), ("1", "no")]
    assert not list(root.iter("creator"))
    assert not list(root.iter("encoding-date"))
    # C minor has its flats in the signature: A flat and E flat need no sign, B natural does
    signs = [(n.findtext("pitch/step"), n.findtext("accidental")) for n in root.iter("note")]
    assert [sign for sign in signs if sign[1]] == [("B", "natural")]


def test_musicxml_of_a_title_that_is_no_xml():
    text = score.to_musicxml(melody(SCALE, title="a\x07b"))
    assert ElementTree.fromstring(text).findtext("work/work-title") == "ab"


# --- SVG


def by_class(svg, name):
    return [e for e in ElementTree.fromstring(svg).iter() if name in e.get("class", "").split()]


def key_signature(tune):
    return (
        tune.key and score.to_music21(tune).recurse().getElementsByClass("Key").first().alteredPitches
    ) or []


@each_melody
def test_svg_shows_every_written_note_and_rest(tune):
    svg = score.to_svg(tune)
    pieces = [piece for bar in tune.bars() for piece in bar]
    assert len(by_class(svg, "note")) == sum(piece.pitch is not None for piece in pieces)
    assert len(by_class(svg, "tie")) == sum(piece.tied for piece in pieces)
    assert len(by_class(svg, "meterSig")) == (1 + len(tune.meter_changes) if tune.meter else 0)
    assert len(by_class(svg, "keyAccid")) == len(key_signature(tune)) * len(by_class(svg, "system"))
    if tune.meter:
        barlines = len(by_class(svg, "barLine"))
        assert len(tune.bars()) - 1 <= barlines <= len(tune.bars()) + 1


def note_places(svg):
    """(system, x) of every note head, and the width of the page, in verovio's units."""
    (page,) = [e for e in ElementTree.fromstring(svg).iter() if e.get("class") == "definition-scale"]
    systems = [e for e in page.iter() if "system" in e.get("class", "").split()]
    places = []
    for number, system in enumerate(systems):
        for head in system.iter():
            if "notehead" in head.get("class", "").split():
                places.append(
                    (number, int(re.search(r"translate\((\d+)", ElementTree.tostring(head).decode())[1]))
                )
    return places, int(page.get("viewBox").split()[2])


@pytest.mark.parametrize("name", ["without a meter or key", "without a meter, triplets off the beat", "long"])
def test_svg_lines_break_and_notes_stand_apart(name):
    svg = score.to_svg(MELODIES[name])
    places, width = note_places(svg)
    assert places[-1][0] >= 1
    assert max(x for _, x in places) < width - 1000
    _, _, page_width, page_height = map(float, ElementTree.fromstring(svg).get("viewBox").split())
    assert page_height < 120 * (places[-1][0] + 2)
    assert page_width == 900
    steps = [b[1] - a[1] for a, b in pairwise(places) if a[0] == b[0]]
    assert min(steps) > 250  # a note head is about 200 wide


def test_svg_without_a_meter_shows_where_an_accidental_ends():
    pitches = 66, 65, 65, 66, 77, 78, 67, 68, 68, 67, 79, 54, 53
    svg = score.to_svg(melody([(pitch, 3) for pitch in pitches], key=(7, "major")))
    signs = [
        any("accid" in e.get("class", "") and list(e) for e in note.iter()) for note in by_class(svg, "note")
    ]
    assert signs == [bool(x) for x in (0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1)]
    assert not any(list(e) for e in by_class(svg, "barLine")[:-1])  # the invisible ones


def test_svg_without_a_meter_can_break_after_every_four_quarters():
    assert len(by_class(score.to_svg(melody([(60, 1)] * 40)), "measure")) == 10
    assert len(by_class(score.to_svg(melody([(60, 1), (60, "3/2"), (60, "3/2")] * 10)), "measure")) == 10


def test_svg_beams_are_those_of_the_meter():
    six = melody([(67, "1/2")] * 12, meter=(6, 8))
    assert len(by_class(score.to_svg(six), "beam")) == 4
    three = melody([(67, "1/2")] * 12, meter=(3, 4))
    assert len(by_class(score.to_svg(three), "beam")) == 6


@each_melody
def test_svg_needs_nothing_from_elsewhere(tune):
    svg = score.to_svg(tune)
    assert set(re.findall(r"https?://[^\"']*", svg)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert not re.search(r"url\(|@import|@font-face|<script|<image|<foreignObject", svg)
    ids = re.findall(r'\bid="([^"]*)"', svg)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="([^"]*)"', svg)) <= {f"#{i}" for i in ids}
    assert tune.title not in svg or not tune.title


def test_svgs_in_one_page_share_no_id():
    ids = [re.findall(r'\bid="([^"]*)"', score.to_svg(tune)) for tune in MELODIES.values()]
    assert sum(map(len, ids)) == len(set().union(*ids))


def test_svg_that_needs_more_than_the_longest_page(monkeypatch):
    monkeypatch.setitem(score.ENGRAVING, "pageHeight", 400)
    with pytest.raises(ValueError, match="80 notes on one page"):
        score.to_svg(MELODIES["long"])


# --- All together

FORMATS = {
    "midi": score.to_midi,
    "musicxml": score.to_musicxml,
    "svg": lambda tune, tempo: score.to_svg(tune),
    "wav": to_wav,
}


@pytest.mark.parametrize("make", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("name", ["3/4 with an upbeat", "without a meter or key"])
def test_the_same_melody_gives_the_same_bytes(make, name):
    assert make(MELODIES[name], 100) == make(MELODIES[name], 100)


@pytest.mark.parametrize("tempo", [0, -120, 19, 401, float("nan"), float("inf")])
@pytest.mark.parametrize("make", [score.to_midi, score.to_musicxml, to_wav])
def test_a_tempo_that_cannot_be(make, tempo):
    with pytest.raises(ValueError, match="20 to 400"):
        make(MELODIES["triplets"], tempo)


def test_save_writes_five_files(tmp_path):
    tune = MELODIES["3/4 with an upbeat"]
    paths = score.save(tune, tmp_path / "new" / "folder", "T = 0.5", tempo=90)
    assert sorted(p.name for p in (tmp_path / "new" / "folder").iterdir()) == sorted(
        f"T = 0.5.{suffix}" for suffix in ("krn", "mid", "musicxml", "svg", "wav")
    )
    assert paths["krn"].read_bytes() == score.write_kern(tune).encode()
    assert paths["mid"].read_bytes() == score.to_midi(tune, 90)
    assert paths["musicxml"].read_bytes() == score.to_musicxml(tune, 90).encode()
    assert paths["svg"].read_bytes() == score.to_svg(tune).encode()
    assert paths["wav"].read_bytes() == to_wav(tune, 90)


@pytest.mark.parametrize("maker", ["write_kern", "to_midi", "to_musicxml", "to_svg", "to_wav"])
def test_save_writes_nothing_when_a_format_fails(maker, tmp_path, monkeypatch):
    def fail(*arguments):
        raise ValueError("out of ink")

    monkeypatch.setattr(score, maker, fail)
    with pytest.raises(ValueError, match="out of ink"):
        score.save(melody(SCALE), tmp_path / "folder", "tune")
    assert not (tmp_path / "folder").exists()


def test_save_leaves_the_old_file_when_writing_fails(tmp_path, monkeypatch):
    (tmp_path / "tune.krn").write_text("old")

    def full(path, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space"):
        score.save(melody(SCALE), tmp_path, "tune")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("tune.krn", "old")]


def test_a_melody_without_notes_is_refused(tmp_path):
    with pytest.raises(ValueError, match="without notes"):
        score.save(Melody(()), tmp_path / "folder", "tune")
    assert not (tmp_path / "folder").exists()


def test_an_all_rest_melody_can_be_saved(tmp_path):
    assert len(score.save(melody([(None, 8)], meter=(4, 4)), tmp_path, "rest")) == 5
