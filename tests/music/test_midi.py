"""The bytes of a MIDI file, and music21's reading of them."""

from fractions import Fraction

import music21
import pytest
from helpers.melodies import MELODIES, SCALE, melodies, melody
from helpers.readers import midi_events, notes_in_midi
from hypothesis import given

from lstm_from_scratch.music.metre import bar_length
from lstm_from_scratch.music.midi import to_midi

each_melody = pytest.mark.parametrize("tune", MELODIES.values(), ids=MELODIES)


# Kinds of events
END, TEMPO, METER, KEY = 0x2F, 0x51, 0x58, 0x59


def meta(data, kind):
    """(quarter lengths, content) of every meta event of a kind."""
    events, quarter = midi_events(data)
    return [(Fraction(now, quarter), content) for now, found, content in events if found == kind]


def meters(data):
    return [(when, (content[0], 1 << content[1])) for when, content in meta(data, METER)]


@each_melody
def test_midi_sounds_exactly_the_melody(tune):
    assert notes_in_midi(to_midi(tune)) == tune.notes


@given(melodies())
def test_midi_ends_with_the_melody(tune):
    data = to_midi(tune)
    assert meta(data, END) == [(tune.duration, b"")]
    assert data.endswith(b"\xff\x2f\0")


@pytest.mark.parametrize("tempo", [20, 97.5, 120, 400])
def test_midi_has_the_tempo_at_its_beginning(tempo):
    ((when, microseconds),) = meta(to_midi(MELODIES["triplets"], tempo), TEMPO)
    assert when == 0
    assert int.from_bytes(microseconds, "big") == pytest.approx(60e6 / tempo, abs=1)


@given(melodies())
def test_midi_has_the_melodys_meters_or_none(tune):
    changes = list(tune.meter_changes)
    found = meters(to_midi(tune))
    if not tune.meter:
        assert found == []
    elif not tune.upbeat:
        assert found == [(0, tune.meter), *changes]
    else:  # a bar of its own
        (start, short), *others = found
        assert (
            start == 0
            and bar_length(short) == tune.upbeat
            and others == [(tune.upbeat, tune.meter), *changes]
        )


def test_midi_of_an_upbeat_that_no_meter_holds():
    tune = melody([(60, "1/3"), (62, 3)], meter=(3, 4), upbeat=Fraction(1, 3))
    assert meters(to_midi(tune)) == [(Fraction(1, 3), (3, 4))]


@pytest.mark.parametrize(
    ("key", "content"),
    [
        (None, None),
        ((0, "major"), b"\0\0"),
        ((9, "minor"), b"\0\1"),
        ((7, "major"), b"\1\0"),
        ((0, "minor"), b"\xfd\1"),
        ((6, "major"), b"\6\0"),
    ],
)
def test_midi_has_the_key(key, content):
    assert meta(to_midi(melody(SCALE, key=key)), KEY) == ([] if key is None else [(0, content)])


def test_midi_whose_durations_no_ticks_can_hold_rounds_each_onset():
    tune = melody([(60, "1/997"), *[(62, "1/991")] * 500, (64, 1)])
    notes = notes_in_midi(to_midi(tune))
    assert len(notes) == 502
    assert abs(sum(duration for _, duration in notes) - tune.duration) < Fraction(1, 30_000)


def test_midi_of_a_long_rest():
    """Its ticks take several bytes."""
    tune = melody([(None, 5000), (60, 1)])
    assert notes_in_midi(to_midi(tune)) == tune.notes


def test_midi_stresses_the_beats():
    def velocities(tune):
        return [content[1] for _, kind, content in midi_events(to_midi(tune))[0] if kind == 0x90]

    eight = [(60, "1/2")] * 8
    stressed = velocities(melody(eight, meter=(4, 4)))
    assert stressed[0] > stressed[4] > stressed[2] > stressed[1] == stressed[7]
    assert len(set(velocities(melody(eight)))) == 1


@pytest.mark.parametrize("name", ["3/4 with an upbeat", "changes of meter", "6/8, minor with flats"])
def test_midi_is_read_by_music21(name):
    tune = MELODIES[name]
    read = music21.converter.parseData(to_midi(tune, 90), format="midi")
    notes = [(n.pitch.midi, n.quarterLength) for n in read.flatten().stripTies().notes]
    assert notes == [note for note in tune.notes if note.pitch is not None]
    assert read.recurse().getElementsByClass("MetronomeMark").first().number == 90
    key = read.recurse().getElementsByClass("Key").first()
    assert (key.tonic.pitchClass, key.mode) == tune.key
