"""All formats together: they agree note for note, and are written all or none."""

from xml.etree import ElementTree

import numpy as np
import pytest
from helpers.melodies import MELODIES, SCALE, melodies, melody
from helpers.readers import bars_in_musicxml, notes_in_levels, notes_in_midi, notes_in_musicxml
from hypothesis import HealthCheck, given, settings

from lstm_from_scratch.music import Melody, parse_kern, score, sound

EXACT_TEMPO = 262.5  # a quarter is 5,040 samples, so that every duration of `melodies` ends on one


@pytest.fixture
def levels(monkeypatch):
    """A "sound" that shows its notes: 1 while one lasts, and its pitch and 1,000 where it begins."""

    def tone(pitch, samples):
        level = np.ones(samples)
        level[0] += 1000 + pitch
        level[samples - round(sound.DAMPER * sound.SAMPLE_RATE) :] = 0
        return level

    monkeypatch.setattr(sound, "_tone", tone)
    monkeypatch.setattr(sound, "_in_a_room", lambda heard: heard)
    monkeypatch.setattr(sound, "loudness", lambda place: 1)


def notes_in_wav(tune):
    heard = sound.synthesise(tune, EXACT_TEMPO)
    heard = heard[: len(heard) - round(sound.RELEASE * sound.SAMPLE_RATE)]
    unit = min((level for level in np.unique(heard) if level), default=1.0)
    return notes_in_levels(np.round(heard / unit).astype(int), 5040)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tune=melodies())
def test_every_format_and_the_sound_have_the_same_notes(levels, tune):
    text = score.write_kern(tune, EXACT_TEMPO)
    assert parse_kern(text) == tune and "*MM262.5\n" in text
    assert notes_in_midi(score.to_midi(tune)) == tune.notes
    assert notes_in_musicxml(score.to_musicxml(tune)) == tune.notes
    assert notes_in_wav(tune) == tune.notes


@settings(max_examples=30, deadline=None)
@given(tune=melodies())
def test_every_format_has_the_same_bars(tune):
    bars = [[(piece.pitch, piece.duration) for piece in bar] for bar in tune.bars()]
    assert [[note[:2] for note in bar] for bar in bars_in_musicxml(score.to_musicxml(tune))] == bars
    heads = [e for e in ElementTree.fromstring(score.to_svg(tune)).iter() if e.get("class") == "notehead"]
    assert len(heads) == sum(pitch is not None for bar in bars for pitch, _ in bar)
    kern = score.write_kern(tune).splitlines()
    barlines = [line for line in kern if line.startswith("=") and not line.startswith(("=1-", "=="))]
    assert len(barlines) == len(bars) - 1


def test_the_formats_are_told_apart_from_broken_ones(levels):
    """The readers see a wrong note, a wrong length and a missing rest."""
    tune, other = melody([(60, 1), (None, 1), (62, 2)]), melody([(60, 1), (None, 2), (62, 1)])
    for read in (
        lambda m: notes_in_midi(score.to_midi(m)),
        lambda m: notes_in_musicxml(score.to_musicxml(m)),
        notes_in_wav,
    ):
        assert read(tune) == tune.notes != read(other) == other.notes


FORMATS = {
    "midi": score.to_midi,
    "musicxml": score.to_musicxml,
    "svg": lambda tune, tempo: score.to_svg(tune),
    "wav": score.to_wav,
}


@pytest.mark.parametrize("make", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("name", ["3/4 with an upbeat", "without a meter or key"])
def test_the_same_melody_gives_the_same_bytes(make, name):
    assert make(MELODIES[name], 100) == make(MELODIES[name], 100)


@pytest.mark.parametrize("tempo", [0, -120, 19, 401, float("nan"), float("inf")])
@pytest.mark.parametrize("make", [score.to_midi, score.to_musicxml, score.to_wav])
def test_a_tempo_that_cannot_be(make, tempo):
    with pytest.raises(ValueError, match="20 to 400"):
        make(MELODIES["triplets"], tempo)


def test_save_writes_five_files(tmp_path):
    tune = MELODIES["3/4 with an upbeat"]
    paths = score.save(tune, tmp_path / "new" / "folder", "T = 0.5", tempo=90)
    assert sorted(p.name for p in (tmp_path / "new" / "folder").iterdir()) == sorted(
        f"T = 0.5.{suffix}" for suffix in ("krn", "mid", "musicxml", "svg", "wav")
    )
    assert paths["krn"].read_bytes() == score.write_kern(tune, 90).encode()
    assert paths["mid"].read_bytes() == score.to_midi(tune, 90)
    assert paths["musicxml"].read_bytes() == score.to_musicxml(tune, 90).encode()
    assert paths["svg"].read_bytes() == score.to_svg(tune).encode()
    assert paths["wav"].read_bytes() == score.to_wav(tune, 90)


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
