"""A melody as files to open, read and hear: **kern, MIDI, MusicXML, an engraved SVG score and WAV.

The same melody gives the same bytes in every format, on any day.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from ..files import write_bytes
from .engraving import to_svg
from .kern_writer import write_kern
from .melody import Melody
from .metre import TEMPO
from .midi import to_midi
from .musicxml import to_musicxml
from .sound import to_wav

__all__ = ["save", "to_midi", "to_musicxml", "to_svg", "to_wav", "write_kern"]


def save(
    melody: Melody, folder: str | Path, stem: str, tempo: float = TEMPO, given: Fraction = Fraction(0)
) -> dict[str, Path]:
    """Write a melody in all five formats, or in none if one of them cannot be made.

    Parameters
    ----------
    melody : Melody
    folder : str or Path
        Created if missing.
    stem : str
        The files' name without the suffix.
    tempo : float
        Quarters a minute, 20 to 400.
    given : Fraction
        Quarter lengths at the beginning that the score shows in another colour.

    Returns
    -------
    dict of Path
        By suffix: "krn", "mid", "musicxml", "svg", "wav".

    Raises
    ------
    ValueError
        A tempo outside that range, or a melody that cannot be engraved.
    OSError
        The folder cannot be created or written.
    """
    contents = {
        "krn": write_kern(melody, tempo).encode("utf-8"),
        "mid": to_midi(melody, tempo),
        "musicxml": to_musicxml(melody, tempo).encode("utf-8"),
        "svg": to_svg(melody, given).encode("utf-8"),
        "wav": to_wav(melody, tempo),
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {suffix: folder / f"{stem}.{suffix}" for suffix in contents}
    for suffix, path in paths.items():
        write_bytes(path, contents[suffix])
    return paths
