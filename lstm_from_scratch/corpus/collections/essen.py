"""The Essen folk songs that lie as ABC inside the installed music21 package, unpacked as **kern.

Only as much ABC is read as those files hold: notes, rests, barlines and ties, one voice, no tuplets.
music21's own reader is not used: in this collection an accidental lasts to the barline at every
octave, which it does not know, and it takes minutes where this takes seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ...music import write_kern
from ...music.kern import decode_text
from .abc_reader import read_tune

FAMILIES = {
    "erk": ("erk5", "erk10", "erk20", "erk30"),
    "altdeu": ("altdeu10", "altdeu20"),
    "ballad": tuple(f"ballad{n}0" for n in range(1, 9)),
    "boehme": ("boehme10", "boehme20"),
    "dva": ("dva0",),
    "fink": ("fink0",),
    "kinder": ("kinder0",),
    "test": ("test0", "test1", "testd", "teste"),
    "variant": ("variant0",),
    "zuccal": ("zuccal0",),
    "haydn": ("folkHaydn",),
    "han": ("han1", "han2"),
    "irl": ("irl",),
    "lot": ("lot",),
    "lux": ("lux",),
}
_GERMAN = "erk altdeu ballad boehme dva fink kinder test variant zuccal".split()

#: The ABC files of each collection that `unpack` knows: a family, or several together.
COLLECTIONS = FAMILIES | {
    "deutschl": tuple(file for family in _GERMAN for file in FAMILIES[family]),
    "lotlux": FAMILIES["lot"] + FAMILIES["lux"],
    "all": tuple(file for files in FAMILIES.values() for file in files),
}

NOTICE = (
    "Essen Folksong Collection (Helmut Schaffrath, Ewa Dahlig-Turek; ABC by Seymour Shlien), from music21: "
    "for non-commercial use"
)
_TERMS = """\
The songs in this folder are the Essen Folksong Collection as it is distributed inside the music21 package
(corpus/essenFolksong, whose license.txt is the authority), rewritten as **kern on this machine.

- "The legal status of the Essen folksong database is unclear, as the data has been input by many people."
- The original encoding was supervised by Helmut Schaffrath. Prof. Dr. Ewa Dahlig-Turek, who took the project
  over, "has given permission for non-commercial distribution and use of these files in music21".
- The ABC encodings were made by Seymour Shlien and are distributed with music21 by his permission.

So use them for non-commercial purposes only. Never commit them, weights trained on them or their notation.
"""


@dataclass(frozen=True)
class Unpacked:
    """What `unpack` did.

    Parameters
    ----------
    folder : Path
        Where the songs are.
    songs : int
        How many were read and written.
    refused : tuple of str
        `FILE.abc X:NUMBER TITLE: reason` of each song that could not be read.
    doubtful : tuple of str
        The same of each that was read although lengths stand in it without a note; they became rests.
    """

    folder: Path
    songs: int
    refused: tuple[str, ...]
    doubtful: tuple[str, ...]


def unpack(collection: str, folder: str | Path) -> Unpacked:
    """Write the songs of a collection as `folder/FILE/NUMBER.krn`, with their terms in `folder/NOTICE.txt`.

    A file that is not as it should be is written anew, so that an interrupted run is mended by the next.

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
        raise ValueError(f"no collection {collection!r}: there are {', '.join(sorted(COLLECTIONS))}")
    texts = {file: _abc(file) for file in COLLECTIONS[collection]}  # all are there, or nothing is written
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "NOTICE.txt").write_text(_TERMS, encoding="utf-8")
    songs, refused, doubtful = 0, [], []
    for file, text in texts.items():
        (folder / file).mkdir(exist_ok=True)
        for number, tune in _tunes(text):
            try:
                melody, lost = read_tune(tune)
            except ValueError as error:
                refused.append(f"{file}.abc X:{number}: {error}")
                continue
            if lost:
                doubtful.append(f"{file}.abc X:{number}: {lost} lengths without a note, read as rests")
            _keep(folder / file / f"{number:04d}.krn", write_kern(melody).encode("utf-8"))
            songs += 1
    return Unpacked(folder, songs, tuple(refused), tuple(doubtful))


def _abc_folder() -> Path:
    spec = find_spec("music21")  # not imported: that takes a second
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("music21, which holds these songs, is not installed: pip install music21")
    return Path(spec.submodule_search_locations[0]) / "corpus" / "essenFolksong"


def _keep(path: Path, content: bytes) -> None:
    """Write a file unless it holds this already: to overwrite takes a disk far longer than to look."""
    if not path.is_file() or path.read_bytes() != content:
        path.write_bytes(content)


def _abc(file: str) -> str:
    path = _abc_folder() / f"{file}.abc"
    if not path.is_file():
        raise FileNotFoundError(f"{path}: the installed music21 does not hold it; 9.1 and newer should")
    return decode_text(path.read_bytes()).replace("\r\n", "\n")


def _tunes(text: str) -> Iterator[tuple[int, str]]:
    """Every tune's number and what follows it."""
    for tune in re.split(r"^X:", text, flags=re.MULTILINE)[1:]:
        number, _, rest = tune.partition("\n")
        yield int(number), rest
