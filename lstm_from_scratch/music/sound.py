"""A melody as sound: a plucked string, more or less, by NumPy."""

from __future__ import annotations

import io
import wave
from fractions import Fraction

import numpy as np

from .melody import Melody
from .metre import TEMPO, check_tempo

# --- Sound: a plucked string, more or less
SAMPLE_RATE = 22_050  # samples a second
PEAK = 0.8  # of what a 16-bit sample can hold
PARTIALS = 10
DARKNESS = 1.3  # partial k begins with amplitude k ** -DARKNESS ...
DAMPING = 1.0  # ... and fades k times as fast as the first, by this many e-folds a second
ATTACK, RELEASE = 0.008, 0.12  # seconds


def to_wav(melody: Melody, tempo: float = TEMPO) -> bytes:
    """A WAV file, 16-bit mono, of `synthesise`; parameters and errors as `to_midi`."""
    samples = np.round(synthesise(melody, tempo) * 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def synthesise(melody: Melody, tempo: float = TEMPO) -> np.ndarray:
    """The melody as a sound; parameters and errors as `to_midi`.

    Returns
    -------
    ndarray of float64, shape (samples,)
        At `SAMPLE_RATE`, between -`PEAK` and `PEAK`; each note rings on for `RELEASE` seconds.
    """
    rate = Fraction(60 * SAMPLE_RATE) / Fraction(check_tempo(tempo))  # samples a quarter, exactly
    tail = round(RELEASE * SAMPLE_RATE)
    sound = np.zeros(round(melody.duration * rate) + tail)
    onset = Fraction(0)
    for pitch, duration in melody.notes:
        begin, onset = round(onset * rate), onset + duration
        end = round(onset * rate) + tail
        if pitch is not None:
            sound[begin:end] += _tone(pitch, end - begin)
    loudest = np.abs(sound).max()
    return sound * (PEAK / loudest) if loudest else sound


def _tone(pitch: int, samples: int) -> np.ndarray:
    """One note, as loud in its first partial as any other, zero at both ends.

    Partial k is the k-th power of the first, one decaying rotation, so a polynomial is the whole sound.
    Partials that this sample rate cannot hold are left out.
    """
    frequency = 440.0 * 2.0 ** ((pitch - 69) / 12)
    partials = np.arange(1, min(PARTIALS, int(SAMPLE_RATE / 2 / frequency)) + 1)
    seconds = np.arange(samples) / SAMPLE_RATE
    rotation = np.exp((2j * np.pi * frequency - DAMPING) * seconds)
    tone = np.polyval([*partials[::-1] ** -DARKNESS, 0], rotation).imag
    for edge, length in ((tone, ATTACK), (tone[::-1], RELEASE)):
        fade = edge[: round(length * SAMPLE_RATE)]
        fade *= 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, len(fade)))
    return tone
