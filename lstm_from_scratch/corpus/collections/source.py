"""Where songs lie inside music21: a folder of ABC files, and the terms they come under."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """Songs that lie as ABC in one folder of music21's corpus.

    Parameters
    ----------
    name : str
        Of the folder that the songs are unpacked into.
    folder : str
        Of music21's corpus.
    collections : dict of str to tuple of str
        The collections that can be asked for, each with its ABC files: names without `.abc`, or `*` for all.
    notice : str
        One line to show whenever the songs are used: whose they are, and what is allowed.
    terms : str
        The same at length, to lie beside the unpacked songs.
    """

    name: str
    folder: str
    collections: dict[str, tuple[str, ...]]
    notice: str
    terms: str
