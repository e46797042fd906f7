"""The sound is measured: pitches, onsets, silences, loudness and clicks."""

import io
import wave
from itertools import pairwise

import numpy as np
import pytest
from helpers.melodies import MELODIES, melody

from lstm_from_scratch.music import sound as module
from lstm_from_scratch.music.sound import PEAK, RELEASE, SAMPLE_RATE, synthesise, to_wav

each_melody = pytest.mark.parametrize("tune", MELODIES.values(), ids=MELODIES)


def sound_of(data):
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, SAMPLE_RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767


def strongest_frequency(sound):
    """In Hz, to a part of a bin of the spectrum."""
    size = 1 << 17
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size))
    return np.argmax(spectrum) * SAMPLE_RATE / size


def spans(tune, tempo):
    """The samples at which each event begins and ends."""
    ends = np.cumsum([float(duration) for _, duration in tune.notes]) * 60 / tempo * SAMPLE_RATE
    return pairwise([0, *np.round(ends).astype(int)])


@each_melody
def test_wav_lasts_as_the_melody_and_is_neither_faint_nor_clipped(tune):
    assert SAMPLE_RATE >= 22_050
    sound = sound_of(to_wav(tune))
    seconds = float(tune.duration) / 2
    assert seconds <= len(sound) / SAMPLE_RATE <= seconds + 0.3
    assert 0.1 < np.abs(sound).max() < 0.95


@pytest.mark.parametrize("tempo", [60, 120, 240])
def test_wav_has_each_pitch_at_its_time(tempo):
    tune = melody([(p, 2) for p in (30, 69, 45, 110, 60, 61, 60, 96, 72, 84)])
    sound = sound_of(to_wav(tune, tempo))
    for note, (begin, end) in zip(tune.notes, spans(tune, tempo)):
        part = sound[begin + round(RELEASE * SAMPLE_RATE) : end]
        want = 440 * 2 ** ((note.pitch - 69) / 12)
        assert strongest_frequency(part) == pytest.approx(want, rel=0.012, abs=1)
        assert 0.05 < np.abs(part).max() <= 0.81
        early = sound[begin : begin + 2000]
        assert np.sqrt(np.mean(early**2)) > 0.05  # it sounds as soon as it begins


def test_wav_of_repeated_notes_strikes_each():
    tune = melody([(60, 1)] * 4)
    sound = sound_of(to_wav(tune, 60))
    for begin, end in spans(tune, 60):
        early, late = sound[begin : begin + 4000], sound[end - 4000 : end]
        assert np.abs(early).max() > 1.5 * np.abs(late).max()
        assert np.abs(late[-200:]).max() > 0.05  # and lets it sound to its end


def test_wav_is_silent_in_rests():
    tune = MELODIES["rests first, within and last"]
    sound = sound_of(to_wav(tune))
    tail = round(RELEASE * SAMPLE_RATE)
    rests = [span for note, span in zip(tune.notes, spans(tune, 120)) if note.pitch is None]
    for begin, end in rests:
        assert not sound[begin + (tail if begin else 0) : end].any()
    assert not sound_of(to_wav(melody([(None, 4)]))).any()


@each_melody
def test_wav_begins_and_ends_in_silence(tune):
    sound = synthesise(tune, 400)
    assert abs(sound[0]) < 1e-12
    assert abs(sound[-1]) < 1e-12


@pytest.mark.parametrize("tempo", [20, 120, 400])
def test_wav_does_not_click(tempo, monkeypatch):
    """A pure tone bends no faster than its frequency and its fades make it, at the joints of notes too."""
    monkeypatch.setattr(module, "PARTIALS", 1)
    tune = melody([(36, 1), (43, "1/4"), (38, 1), (38, 1), (None, 1), (40, "1/4"), (41, "3/4"), (36, 1)])
    sound = np.concatenate([[0], synthesise(tune, tempo), [0]])
    turn, fade = 2 * np.pi * 98 / SAMPLE_RATE, np.pi / (0.005 * SAMPLE_RATE)  # radians a sample
    assert np.abs(np.diff(sound)).max() < 2 * (turn + fade)
    assert np.abs(np.diff(sound, 2)).max() < (turn + fade) ** 2


def test_partials_above_half_the_sample_rate_are_left_out():
    for pitch in (100, 110, 124):
        frequency = 440 * 2 ** ((pitch - 69) / 12)
        sound = synthesise(melody([(pitch, 4)]))
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        places = np.arange(len(spectrum)) * SAMPLE_RATE / len(sound)
        away = np.abs((places + frequency / 2) % frequency - frequency / 2) > 60
        assert spectrum[away].max() < 1e-3 * spectrum.max()
    assert not synthesise(melody([(127, 1)])).any()


def test_loudness_does_not_depend_on_other_notes_being_rests():
    assert np.abs(synthesise(melody([(60, 1), (None, 4)]))).max() == pytest.approx(PEAK)


def test_twice_the_tempo_takes_half_the_time():
    tune = MELODIES["4/4 with ties over barlines"]
    tail = round(RELEASE * SAMPLE_RATE)
    slow, fast = (len(synthesise(tune, tempo)) - tail for tempo in (90, 180))
    assert abs(slow - 2 * fast) <= 1
    assert len(to_wav(tune)) == len(to_wav(tune, 120))


def loudness(sound):
    return np.sqrt(np.mean(sound**2))


@pytest.mark.parametrize("pitch", [45, 60, 76])
def test_a_note_decays_and_its_high_partials_do_so_first(pitch):
    sound = synthesise(melody([(pitch, 4)]), 60)
    windows = [sound[round(t * SAMPLE_RATE) :][:4096] for t in (0.05, 0.5, 1.5, 3)]
    assert all(loudness(before) > 1.4 * loudness(after) > 0 for before, after in pairwise(windows))
    bin_of_first = 440 * 2 ** ((pitch - 69) / 12) * 4096 / SAMPLE_RATE

    def share_of_partial(k, window):
        spectrum = np.abs(np.fft.rfft(window * np.hanning(4096)))
        first, other = (spectrum[round(n * bin_of_first) - 2 :][:5].max() for n in (1, k))
        return other / first

    for k in (3, 5):
        assert share_of_partial(k, windows[0]) > 2 * share_of_partial(k, windows[2])


def test_the_room_answers_after_the_string_is_damped_and_then_is_silent():
    sound = synthesise(melody([(60, 1), (None, 1)]), 60)
    damped, silent = (round((1 + seconds) * SAMPLE_RATE) for seconds in (module.DAMPER, RELEASE))
    assert loudness(sound[damped : damped + 500]) > 1e-3 and not sound[silent:].any()


def test_beats_are_stressed_where_the_meter_is_known():
    eight = [(60, "1/2")] * 8
    for tune, stressed in ((melody(eight, meter=(4, 4)), True), (melody(eight), False)):
        parts = [loudness(synthesise(tune)[begin:end]) for begin, end in spans(tune, 120)]
        first, third, offbeat = parts[0], parts[4], parts[5]
        if stressed:
            assert 1.04 * third < first < 1.2 * third and 1.1 * offbeat < third < 1.4 * offbeat
        else:
            assert max(parts[1:]) < 1.02 * min(parts[1:])


def test_the_file_is_no_longer_than_the_melody_needs():
    assert len(to_wav(melody([(60, 8)]))) == 44 + 2 * round((4 + 0.12) * SAMPLE_RATE)
