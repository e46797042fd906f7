"""Songs that lie as ABC inside the installed music21 package, unpacked as **kern into a folder.

music21's own ABC reader is not used: in the Essen songs an accidental lasts to the barline at every octave,
which it does not know, and it takes minutes where `abc_reader` takes seconds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ...files import write_bytes
from ...music import write_kern
from ...music.kern import decode_text
from .abc_fields import read_rhythm
from .abc_reader import read_tune
from .books import AIRD, ONEILL, RYAN
from .essen import ESSEN

#: Every collection that can be unpacked, and the source that it belongs to.
COLLECTIONS = {name: source for source in (ESSEN, ONEILL, RYAN, AIRD) for name in source.collections}


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


def unpack(collection: str, folder: str | Path, rhythm: str | None = None) -> Unpacked:
    """Write the songs of a collection as **kern into `folder/SOURCE`, and their terms as `NOTICE.txt`.

    A song is `FILE/NUMBER.krn`, or `FILE.krn` where its ABC file holds no other. Files that are missing or
    differ are written again, so the next run mends one that was interrupted.

    Parameters
    ----------
    collection : str
        A name in `COLLECTIONS`.
    folder : str or Path
    rhythm : str or None
        Only the tunes whose `R:` field says that they are this: "jig", "reel", "hornpipe", ...

    Returns
    -------
    Unpacked

    Raises
    ------
    ValueError
        There is no such collection, or it says of no tune that it has this rhythm.
    FileNotFoundError
        music21, or this collection in it, is missing.
    OSError
        The folder cannot be written.
    """
    if collection not in COLLECTIONS:
        raise ValueError(f"no collection {collection!r}: choose from {', '.join(sorted(COLLECTIONS))}")
    source = COLLECTIONS[collection]
    # All are read before anything is written.
    tunes = {path: list(abc_tunes(path)) for path in abc_files(collection)}
    if rhythm is not None:
        _check_rhythm(rhythm, (tune for each in tunes.values() for _, tune in each), collection)
    folder = Path(folder) / source.name
    folder.mkdir(parents=True, exist_ok=True)
    _keep(folder / "NOTICE.txt", source.terms.encode("utf-8"))
    files, refused, doubtful = [], [], []
    for path in tunes:
        written = []
        for number, tune in tunes[path]:
            if rhythm is not None and read_rhythm(tune) != rhythm:
                continue
            name = f"{path.name} X:{number}"
            try:
                melody, lost = read_tune(tune, essen=source is ESSEN)
                text = write_kern(melody)
            except ValueError as error:
                refused.append(f"{name}: {error}")
                continue
            if lost:
                doubtful.append(f"{name}: {lost} lengths without a note, read as rests")
            place = f"{path.stem}/{number:04d}.krn" if len(tunes[path]) > 1 else f"{path.stem}.krn"
            written.append(folder / place)
            _keep(written[-1], text.encode("utf-8"))
        files += sorted(written)
    return Unpacked(tuple(files), tuple(refused), tuple(doubtful), source.notice)


def _check_rhythm(rhythm: str, tunes: Iterable[str], collection: str) -> None:
    """ValueError, with the rhythms that there are, if no tune has this one."""
    known = Counter(map(read_rhythm, tunes))
    if not known[rhythm]:
        del known[""]
        names = ", ".join(name for name, _ in known.most_common(12)) or "none"
        raise ValueError(f"{collection} has no tune that it calls {rhythm!r}: its rhythms are {names}")


def _keep(path: Path, content: bytes) -> None:
    """Write a file unless it holds this already: writing takes a disk far longer than looking."""
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(exist_ok=True)
        write_bytes(path, content, flush=False)  # whole at once: another process may be reading it


def abc_files(collection: str) -> list[Path]:
    """The ABC files of a collection, inside the installed music21.

    Raises
    ------
    FileNotFoundError
        music21, or one of these files in it, is missing.
    """
    source = COLLECTIONS[collection]
    folder = _music21_corpus() / source.folder
    files = []
    for pattern in source.collections[collection]:
        found = sorted(folder.glob(f"{pattern}.abc"))
        if not found:
            missing = folder / f"{pattern}.abc"
            raise FileNotFoundError(f"{missing}: not in the installed music21; version 9.1 and newer have it")
        files += found
    return files


def abc_tunes(path: Path) -> Iterator[tuple[int, str]]:
    """The number of every tune in an ABC file, and its text after the line of `X:`."""
    text = decode_text(path.read_bytes()).replace("\r\n", "\n")
    for tune in re.split(r"^X:", text, flags=re.MULTILINE)[1:]:
        number, _, rest = tune.partition("\n")
        yield int(number), rest


def _music21_corpus() -> Path:
    spec = find_spec("music21")  # importing it would take a second
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("music21, which holds these songs, is not installed: pip install music21")
    return Path(spec.submodule_search_locations[0]) / "corpus"
