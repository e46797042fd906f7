"""A melody as an engraved score, an SVG by verovio."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from .kern_writer import write_kern
from .melody import Melody
from .spelling import clef, key_fifths, signature

# For 900 pixels of an HTML page, at which a staff is 36 pixels high.
ENGRAVING: dict[str, str | int | bool] = {
    "inputFrom": "humdrum", "header": "none", "footer": "none", "smuflTextFont": "none",
    "scale": 50, "pageWidth": 1800, "pageHeight": 60_000, "adjustPageHeight": True,
    "svgViewBox": True, "svgRemoveXlink": True, "xmlIdChecksum": True,
}  # fmt: skip
GIVEN_COLOUR = "#2f6db5"  # legible on white and on black
GROUP = 4  # quarter lengths after which a line without barlines may break


def to_svg(melody: Melody, given: Fraction = Fraction(0)) -> str:
    """The engraved score: one SVG element as wide as its container, with all systems and no title.

    It loads nothing and takes its colour from the text around it. Its ids contain a checksum of the melody,
    so several scores can share an HTML page.

    Parameters
    ----------
    melody : Melody
    given : Fraction
        Quarter lengths at the beginning that a user gave. What begins there is in `GIVEN_COLOUR`.

    Raises
    ------
    ValueError
        verovio cannot fit it on one page.
    """
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions(ENGRAVING)
    if not toolkit.loadData(_engravable_kern(melody, given)) or toolkit.getPageCount() != 1:
        raise ValueError(f"verovio cannot engrave this melody of {len(melody.notes)} notes on one page")
    return _without_idle_ids(str(toolkit.renderToSVG(1)))


def _engravable_kern(melody: Melody, given: Fraction) -> str:
    """The melody's **kern with a clef and beams, and with places to break a line if there are no barlines."""
    letter, line = clef(pitch for pitch, _ in melody.notes if pitch is not None)
    text = write_kern(melody).replace("**kern\n", f"**kern\n*clef{letter}{line}\n", 1)
    if given:
        text = (
            "".join(_marked(text, melody, given)) + f"!!!RDF**kern: @ = marked note, color={GIVEN_COLOUR}\n"
        )
    if melody.meter is None:
        text = "".join(_with_invisible_barlines(text, melody))
    return text + "!!!filter: autobeam\n"


def _marked(text: str, melody: Melody, given: Fraction) -> Iterator[str]:
    """An @ after each note and rest that begins in the part that was given."""
    lengths = iter([piece.duration for bar in melody.bars() for piece in bar])
    time = Fraction(0)
    for line in text.splitlines(keepends=True):
        if line[0] in "!*=":
            yield line
        else:
            yield line.replace("\n", "@\n") if time < given else line
            time += next(lengths)


def _with_invisible_barlines(text: str, melody: Melody) -> Iterator[str]:
    """An invisible barline after every `GROUP` quarter lengths, or at the end of the beat that follows.

    For verovio an accidental holds on past such a barline, but a reader cannot see that: every note outside
    the key gets its sign.
    """
    altered = signature(key_fifths(melody.key))

    def signed(match: re.Match[str]) -> str:
        letters, signs = match.groups()
        if signs.count("#") - signs.count("-") == altered.get(letters[0].upper(), 0):
            return match[0]
        return f"{letters}{signs}X" if signs else f"{letters}n"

    (pieces,) = melody.bars()
    lengths = iter([piece.duration for piece in pieces])
    filled = Fraction(0)
    for line in text.splitlines(keepends=True):
        is_note = line[0] not in "!*="
        if is_note and filled >= GROUP and (filled.denominator == 1 or filled >= 2 * GROUP):
            yield "=-\n"
            filled = Fraction(0)
        if is_note:
            filled += next(lengths)
            line = re.sub(r"([a-gA-G]+)([#-]*)", signed, line)
        yield line


def _without_idle_ids(svg: str) -> str:
    """Drop the ids that nothing refers to: verovio numbers them from 1 in every score, so they clash."""
    used = set(re.findall(r"#([\w-]+)", svg))
    return re.sub(r' id="([^"]*)"', lambda match: match[0] if match[1] in used else "", svg)
