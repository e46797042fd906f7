"""A score drawn by matplotlib, with one unit of the axis for each 16th, to go above other pictures.

verovio (`show_and_play.show`) engraves better, but spaces notes for reading, not by their time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path as File
from typing import Any

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, ScaledTranslation

from ..music import Melody
from ..music.metre import Piece
from ..music.spelling import key_fifths, signature, spelled

LETTERS = "CDEFGAB"
B4 = 4 * 7 + 6  # the note on the middle line, in diatonic steps
SHARPS, FLATS = (8, 5, 9, 6, 3, 7, 4), (4, 7, 3, 6, 2, 5, 1)  # of a signature, from the lowest line up
# SMuFL code points of verovio's font.
CLEF, WHOLE_HEAD, HALF_HEAD, HEAD, DIGIT, DOT = 0xE050, 0xE0A2, 0xE0A3, 0xE0A4, 0xE080, 0xE1E7
SIGNS = {-2: 0xE264, -1: 0xE260, 0: 0xE261, 1: 0xE262, 2: 0xE263}
RESTS = {4: 0xE4E3, 2: 0xE4E4, 1: 0xE4E5, 0.5: 0xE4E6, 0.25: 0xE4E7}
FLAGS_UP, FLAGS_DOWN = {0.5: 0xE240, 0.25: 0xE242}, {0.5: 0xE241, 0.25: 0xE243}


def draw_score(axis: Any, melody: Melody, size: float = 6) -> None:
    """Draw a melody's score on an axis without a frame: the note of step k at k + 1/2, the clef left of 0.

    Parameters
    ----------
    axis : matplotlib Axes
        Its x axis counts 16ths; the staff is in the middle of it.
    melody : Melody
    size : float
        Points from one line to the next.
    """
    axis.set_axis_off()
    steps = float(4 * melody.duration)
    axis.set_xlim(0, steps)
    staff = _Staff(axis, size)
    staff.lines(steps, staff.head(melody))
    time = 0.0
    bars = melody.bars()
    for bar in bars:
        signs = signature(key_fifths(melody.key))
        for piece in bar:
            staff.piece(piece, time, signs, melody)
            time += float(4 * piece.duration)
        if melody.meter:
            staff.path([(0, -2), (0, 2)], time, lw=1)


class _Staff:
    """Draws paths; coordinates are in staff spaces, from the middle line at a given time."""

    def __init__(self, axis: Any, size: float):
        self.axis, self.size, self.scale = axis, size, axis.figure.dpi_scale_trans
        self.tied_from: float | None = None

    def path(self, points: Any, time: float, lw: float | None = None, codes: Any = None) -> None:
        """Points in staff spaces: a line of that width, or a filled shape if there is no width."""
        place = ScaledTranslation(time, 0.5, self.axis.get_xaxis_transform())
        transform = Affine2D().scale(self.size / 72) + self.scale + place
        style: dict[str, Any] = {"fc": "black", "lw": 0} if lw is None else {"fill": False, "lw": lw}
        patch = PathPatch(Path(points, codes), transform=transform, clip_on=False, **style)
        self.axis.add_artist(patch)
        patch.set_clip_path(None)

    def glyph(self, code: int, time: float, x: float, y: float) -> float:
        """Draw a glyph; returns its width in staff spaces."""
        points = np.asarray(_outline(code).vertices)
        self.path(points + (x, y), time, codes=_outline(code).codes)
        return _width(code)

    def head(self, melody: Melody) -> float:
        """Draw clef, signature and meter left of the first step; returns how far they reach."""
        fifths = key_fifths(melody.key)
        width = x = -(3.6 + 1.05 * abs(fifths) + 2.0 * bool(melody.meter))
        self.glyph(CLEF, 0, x + 0.3, -1)
        x += 3.4
        for place in SHARPS[:fifths] if fifths > 0 else FLATS[: -fifths if fifths else 0]:
            self.glyph(SIGNS[1 if fifths > 0 else -1], 0, x, place / 2 - 2)
            x += 1.05
        if melody.meter:
            for number, y in zip(melody.meter, (1, -1)):
                for k, digit in enumerate(str(number)):
                    self.glyph(DIGIT + int(digit), 0, x + 0.2 + 1.6 * k, y)
        return width

    def lines(self, steps: float, left: float) -> None:
        for y in range(-2, 3):
            self.path([(left, y), (0, y)], 0, lw=0.6)
            offset = ScaledTranslation(0, y * self.size / 72, self.scale)
            transform = self.axis.get_xaxis_transform() + offset
            self.axis.plot([0, steps], [0.5, 0.5], color="black", lw=0.6, transform=transform, clip_on=False)

    def piece(self, piece: Piece, time: float, signs: dict[str, int], melody: Melody) -> None:
        value = float(piece.duration)
        plain = next(v for v in (8, 4, 2, 1, 0.5, 0.25, 0.125) if v <= value)
        time += 0.5
        if piece.pitch is None:
            self._dots(value / plain, time, 1.0, 0.5)
            self.glyph(RESTS.get(plain, 0xE4E5), time, -0.5, 1 if plain == 4 else 0)
            return
        name, octave = spelled(piece.pitch, melody.key)
        y = (octave * 7 + LETTERS.index(name[0]) - B4) / 2
        alter = name.count("#") - name.count("-")
        if signs.get(name[0] + str(octave), signs.get(name[0], 0)) != alter and self.tied_from is None:
            self.glyph(SIGNS[alter], time, -1.65, y)
        signs[name[0] + str(octave)] = alter
        code = HEAD if plain <= 1 else HALF_HEAD if plain == 2 else WHOLE_HEAD
        half = _width(code) / 2
        self.glyph(code, time, -half, y)
        for line in range(3, int(abs(y)) + 1):
            ledger = line if y > 0 else -line
            self.path([(-half - 0.35, ledger), (half + 0.35, ledger)], time, lw=0.8)
        self._dots(value / plain, time, half + 0.35, y + 0.5 * (y == int(y)))
        if plain <= 2:
            up = y < 0
            x, tip = (half - 0.06, y + 3.5) if up else (-half + 0.06, y - 3.5)
            self.path([(x, y), (x, tip)], time, lw=1)
            if flag := (FLAGS_UP if up else FLAGS_DOWN).get(plain):
                self.glyph(flag, time, x, tip)
        self._tie(piece.tied, time, y)

    def _dots(self, share: float, time: float, x: float, y: float) -> None:
        for k in range({1.5: 1, 1.75: 2}.get(share, 0)):
            self.glyph(DOT, time, x + 0.6 * k, y)

    def _tie(self, tied: bool, time: float, y: float) -> None:
        below = -1 if y < 0 else 1
        offset = ScaledTranslation(0, (y + 0.8 * below) * self.size / 72, self.scale)
        if self.tied_from is not None:
            place = self.axis.get_xaxis_transform() + offset
            rad = below * min(0.25, 1.5 / (time - self.tied_from))
            arc = {"arrowstyle": "-", "connectionstyle": f"arc3,rad={rad}", "lw": 1.2}
            arc |= {"shrinkA": 3, "shrinkB": 3}
            ends = (self.tied_from, 0.5), (time, 0.5)
            self.axis.annotate("", *ends, xycoords=place, textcoords=place, arrowprops=arc)
        self.tied_from = time if tied else None


@lru_cache
def _outline(code: int) -> Path:
    """A glyph of verovio's own font, in staff spaces."""
    import verovio

    file = File(verovio.__file__).parent / "data" / "Leipzig" / f"{code:04X}.xml"
    return _svg_path(file.read_text(encoding="utf-8").partition(' d="')[2].partition('"')[0])


def _width(code: int) -> float:
    """The width of a glyph, in staff spaces."""
    return float(np.asarray(_outline(code).vertices)[:, 0].max())


def _svg_path(text: str) -> Path:
    """An SVG path made of the commands M, c, s, l, h, v and z, scaled by 1/250."""
    points, codes = [], []
    here = start = control = np.zeros(2)
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", text):
        a = np.array([float(x) for x in re.findall(r"-?\d*\.?\d+", numbers)])
        if command in "hv":
            a = np.stack([a, 0 * a] if command == "h" else [0 * a, a], axis=1)
        if command in "Zz":
            points.append(start)
            codes.append(Path.CLOSEPOLY)
            here = control = start
            continue
        for p in a.reshape(-1, {"c": 3, "s": 2}.get(command, 1), 2):
            if command == "M":
                here = control = start = p[0]
                new, code = [here], Path.MOVETO
            elif command in "cs":
                first = here + p[0] if command == "c" else 2 * here - control
                new, code = [first, *(here + p[-2:])], Path.CURVE4
                control, here = new[1], new[2]
            else:
                here = control = here + p[0]
                new, code = [here], Path.LINETO
            points += new
            codes += [code] * len(new)
    return Path(np.array(points) / 250, codes)
