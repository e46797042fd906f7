"""Three books of dance tunes and songs, printed from 1778 to 1903, and the terms they come under."""

from __future__ import annotations

from .source import Source

_TERMS = """\
The tunes in this folder are those of {book}, as they are distributed
inside the music21 package (corpus/{folder}), rewritten as **kern on this machine.

- The book is out of copyright.
- {transcribers}
  The files name them in their Z: lines and state no terms of use.
- music21's corpus/license.txt: "To the best of our knowledge, [each] piece of music in the corpus is either
  out of copyright in the United States or is licensed for use, though there may be restrictions on
  commercial use."

So name book and transcribers where you use the tunes, and ask the transcribers before any commercial use.
This project does not pass the tunes on.
"""


def _book(name: str, folder: str, book: str, transcribers: str) -> Source:
    return Source(
        name=name,
        folder=folder,
        collections={name: ("*",)},
        notice=f"{book}, from music21: out of copyright; {transcribers}",
        terms=_TERMS.format(book=book, folder=folder, transcribers=transcribers),
    )


ONEILL = _book(
    "oneill",
    "oneills1850",
    "O'Neill's Music of Ireland: Eighteen Hundred and Fifty Melodies (Chicago, 1903)",
    "transcribed by Henrik Norbeck, Bob Safranek, Trish O'Neil, John Chambers, Dan G. Petersen, "
    "Michael Hogan, Stephen Foy, John B. Walsh and others.",
)
RYAN = _book(
    "ryan",
    "ryansMammoth",
    "Ryan's Mammoth Collection (Boston, 1883)",
    "transcribed by Ray Davies, John Chambers, John B. Walsh, Bob Puckette and others.",
)
AIRD = _book(
    "aird",
    "airdsAirs",
    "Aird's Selection of Scotch, English, Irish and Foreign Airs (Glasgow, from 1778)",
    "transcribed by Jack Campin.",
)
