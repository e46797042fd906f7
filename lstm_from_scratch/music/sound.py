"""A melody as sound: a struck string in a small room, by NumPy."""

from __future__ import annotations

import io
import wave
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .melody import Melody
from .metre import TEMPO, check_tempo, loudness

SAMPLE_RATE = 22_050  # samples a second
PEAK = 0.8  # of the largest 16-bit sample

# --- The string
PARTIALS = 12
DARKNESS = 1.2  # partial k begins with amplitude k ** -DARKNESS, ...
STRUCK_AT = 0.12  # ... less where the string is struck near a node of it, at this part of its length, ...
DAMPING = 0.8  # ... and fades by k times so many e-folds a second at middle C, twice as many 2 octaves up
STRIKE, SETTLING = 0.5, 7.0  # this share of a note is its strike, which fades by so many e-folds a second
ATTACK, DAMPER = 0.006, 0.05  # seconds in which a note begins, and in which the damper ends it

# --- The room: many faint echoes, each with some sign, that fade as they come later
ECHOES, FIRST_ECHO, LAST_ECHO = 48, 0.006, 0.069  # seconds
ROOM_FADE, ROOM_ENERGY = 0.03, 0.06  # seconds to one e-fold; the echoes' energy, of the sound's own

RELEASE = 0.12  # seconds after a note's end until nothing of it is left, neither of string nor room


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


def synthesise(melody: Melody, tempo: float = TEMPO) -> NDArray[np.float64]:
    """The melody as a sound, its beats slightly stressed; parameters and errors as `to_midi`.

    Returns
    -------
    ndarray of float64, shape (samples,)
        At `SAMPLE_RATE`, between -`PEAK` and `PEAK`; each note rings on for `RELEASE` seconds.
    """
    rate = Fraction(60 * SAMPLE_RATE) / Fraction(check_tempo(tempo))  # samples a quarter, exactly
    damper, tail = round(DAMPER * SAMPLE_RATE), round(RELEASE * SAMPLE_RATE)
    sound = np.zeros(round(melody.duration * rate) + tail)
    onset = Fraction(0)
    for (pitch, duration), place in zip(melody.notes, melody.places()):
        begin, onset = round(onset * rate), onset + duration
        end = round(onset * rate) + damper
        if pitch is not None:
            sound[begin:end] += loudness(place) * _tone(pitch, end - begin)
    sound = _in_a_room(sound)
    loudest = np.abs(sound).max()
    return sound * (PEAK / loudest) if loudest else sound


def _tone(pitch: int, samples: int) -> NDArray[np.float64]:
    """One note, zero at both ends.

    Partial k is the k-th power of the first, a rotation that decays, so the whole sound is a polynomial.
    Partials that this sample rate cannot hold are left out.
    """
    frequency = 440.0 * 2.0 ** ((pitch - 69) / 12)
    k = np.arange(1, min(PARTIALS, int(SAMPLE_RATE / 2 / frequency)) + 1)
    amplitudes = k**-DARKNESS * np.abs(np.sin(np.pi * STRUCK_AT * k)) / np.sin(np.pi * STRUCK_AT)
    seconds = np.arange(samples) / SAMPLE_RATE
    rotation = np.exp((2j * np.pi * frequency - DAMPING * 2.0 ** ((pitch - 60) / 24)) * seconds)
    tone = np.polyval([*amplitudes[::-1], 0], rotation).imag
    tone *= STRIKE * np.exp(-SETTLING * seconds) + (1 - STRIKE)
    for edge, length in ((tone, ATTACK), (tone[::-1], DAMPER)):
        fade = edge[: round(length * SAMPLE_RATE)]
        fade *= 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, len(fade)))
    return np.asarray(tone, np.float64)


def _in_a_room(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sound and its echoes from the walls."""
    rng = np.random.default_rng(0)  # the same room every time
    seconds = rng.uniform(FIRST_ECHO, LAST_ECHO, ECHOES)
    echoes = rng.choice([-1, 1], ECHOES) * np.exp(-seconds / ROOM_FADE)
    echoes *= np.sqrt(ROOM_ENERGY / np.sum(echoes**2))
    heard = sound.copy()
    for delay, echo in zip(np.round(seconds * SAMPLE_RATE).astype(int), echoes):
        heard[delay:] += echo * sound[:-delay]
    return heard
