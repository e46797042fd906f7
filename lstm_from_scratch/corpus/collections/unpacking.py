"""Songs that lie as ABC inside the installed music21 package, unpacked as **kern into a folder.

music21's own ABC reader is not used: in the Essen songs an accidental lasts to the barline at every octave,
which it does not know, and it takes minutes where `abc_reader` takes seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ...files import write_bytes
from ...music import write_kern
from ...music.kern import decode_text
from .abc_reader import read_tune
from .essen import ESSEN
from .source import Source

#: Every collection that can be unpacked, and the source that it belongs to.
COLLECTIONS = {name: source for source in (ESSEN,) for name in source.collections}


@dataclass(frozen=True)
class Unpacked:
    """What `unpack` did.

    Parameters
    ----------
    files : tuple of Path
        The songs, in the order of the collection.
    refused : tuple of str
        `FILE.abc X:NUMBER: reason` for each song that could not be read.
    doubtful : tuple of str
        The same for each song that was read although it holds lengths without a note, which became rests.
    notice : str
        Whose songs they are and what is allowed, in one line.
    """

    files: tuple[Path, ...]
    refused: tuple[str, ...]
    doubtful: tuple[str, ...]
    notice: str


def unpack(collection: str, folder: str | Path) -> Unpacked:
    """Write the songs of a collection as `folder/SOURCE/FILE/NUMBER.krn`, their terms as `SOURCE/NOTICE.txt`.

    Files that are missing or differ are written again, so the next run mends one that was interrupted.

    Parameters
    ----------
    collection : str
        A name in `COLLECTIONS`.
    folder : str or Path

    Returns
    -------
    Unpacked

    Raises
    ------
    ValueError
        There is no such collection.
    FileNotFoundError
        music21, or this collection in it, is missing.
    OSError
        The folder cannot be written.
    """
    if collection not in COLLECTIONS:
        raise ValueError(f"no collection {collection!r}: choose from {', '.join(sorted(COLLECTIONS))}")
    source = COLLECTIONS[collection]
    # All are read before anything is written.
    tunes = {file: list(abc_tunes(source, file)) for file in source.collections[collection]}
    folder = Path(folder) / source.name
    folder.mkdir(parents=True, exist_ok=True)
    _keep(folder / "NOTICE.txt", source.terms.encode("utf-8"))
    files, refused, doubtful = [], [], []
    for file in tunes:
        (folder / file).mkdir(exist_ok=True)
        written = []
        for number, tune in tunes[file]:
            try:
                melody, lost = read_tune(tune)
            except ValueError as error:
                refused.append(f"{file}.abc X:{number}: {error}")
                continue
            if lost:
                doubtful.append(f"{file}.abc X:{number}: {lost} lengths without a note, read as rests")
            written.append(folder / file / f"{number:04d}.krn")
            _keep(written[-1], write_kern(melody).encode("utf-8"))
        files += sorted(written)
    return Unpacked(tuple(files), tuple(refused), tuple(doubtful), source.notice)


def _keep(path: Path, content: bytes) -> None:
    """Write a file unless it holds this already: writing takes a disk far longer than looking."""
    if not path.is_file() or path.read_bytes() != content:
        write_bytes(path, content, flush=False)  # whole at once: another process may be reading it


def abc_tunes(source: Source, file: str) -> Iterator[tuple[int, str]]:
    """The number of every tune in one of a source's ABC files, and its text after the line of `X:`.

    Raises
    ------
    FileNotFoundError
        music21, or this file in it, is missing.
    """
    path = _music21_corpus() / source.folder / f"{file}.abc"
    if not path.is_file():
        raise FileNotFoundError(f"{path}: not in the installed music21; version 9.1 and newer should have it")
    text = decode_text(path.read_bytes()).replace("\r\n", "\n")
    for tune in re.split(r"^X:", text, flags=re.MULTILINE)[1:]:
        number, _, rest = tune.partition("\n")
        yield int(number), rest


def _music21_corpus() -> Path:
    spec = find_spec("music21")  # importing it would take a second
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("music21, which holds these songs, is not installed: pip install music21")
    return Path(spec.submodule_search_locations[0]) / "corpus"
