"""The Essen folk songs that lie as ABC inside the installed music21 package, unpacked as **kern.

Only as much ABC is read as those files hold: notes, rests, barlines and ties, one voice, no tuplets.
music21's own reader is not used: in this collection an accidental lasts to the barline at every
octave, which it does not know, and it takes minutes where this takes seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from .kern import decode_text, write_kern
from .kern_token import LONGEST
from .kern_writer import FIFTHS
from .melody import PITCH_CLASSES, Melody, Meter, Note, check_meter, total, upbeat_until
from .rules import estimate_key

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

_NOTE = re.compile(r"([=_^]?)([A-Ga-gz])([,']*)([0-9]*)|([0-9]+)|([|-])|[ \n]+|(.)")
_ALTER = {"=": 0, "_": -1, "^": 1}
_KEY = re.compile(r"([A-G])([#b]?)(m?)")
_GERMAN_KEYS = {"Es": "Eb"}
_METER = re.compile(r"([0-9]{1,2})/([0-9]{1,2})")
_UNIT = re.compile(r"1/([1-9][0-9]?)")
# An umlaut that was DOS's own became a control character in some titles.
_UMLAUTS = {code: bytes([code]).decode("cp437") for code in range(0x80, 0xA0)}


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


def read_tune(text: str) -> tuple[Melody, int]:
    """One tune of the collection's ABC.

    An accidental lasts to the barline, at every octave; the end of a line does not end it, and a tie
    carries it on. `K:` states the tonic, and the mode where it ends in `m`; else the mode is estimated.

    Parameters
    ----------
    text : str
        From the line after `X:` on.

    Returns
    -------
    Melody
    int
        How many lengths stand there without a note. Their letters are lost; rests stand for them.

    Raises
    ------
    ValueError
        A field is missing or means nothing, or the tune holds something other than notes, rests `z`,
        barlines and ties.
    """
    fields: dict[str, str] = {}
    body = []
    for line in text.split("\n"):  # and at no other line separator, such as Latin-1's
        if line[1:2] == ":":
            fields.setdefault(line[0], line[2:].strip())
        else:
            body.append(line)
    tonic, mode, signature = _key(fields.get("K", ""))
    notes, first_barline, lost = _notes("\n".join(body), _unit(fields.get("L", "")), signature)
    meter = _meter(fields.get("M", ""))
    melody = Melody(
        tuple(notes),
        title=fields.get("T", "").translate(_UMLAUTS),
        number=fields.get("N", ""),
        meter=meter,
        upbeat=upbeat_until(first_barline, meter),
    )
    modes = (mode,) if mode else ("major", "minor")
    return replace(melody, key=estimate_key(melody, [(tonic, mode) for mode in modes])), lost


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


def _key(text: str) -> tuple[int, str | None, dict[str, int]]:
    """`K:` as tonic, mode where it says one, and what its signature does to each letter."""
    match = _KEY.fullmatch(_GERMAN_KEYS.get(text, text))
    if not match:
        raise ValueError(f"K: {text} is no key")
    letter, accidental, minor = match.groups()
    alter = {"#": 1, "b": -1, "": 0}[accidental]
    fifths = FIFTHS.index(letter) - 1 + 7 * alter - 3 * len(minor)
    altered = FIFTHS[:fifths] if fifths > 0 else FIFTHS[fifths:] if fifths else ""
    signature = dict.fromkeys(FIFTHS, 0) | dict.fromkeys(altered, 1 if fifths > 0 else -1)
    return (PITCH_CLASSES[letter] + alter) % 12, "minor" if minor else None, signature


def _meter(text: str) -> Meter | None:
    match = _METER.match(text)  # a bracket may follow
    if not match and text != "none" and not text.startswith("FREI"):
        raise ValueError(f"M: {text} is no meter")
    if not match:
        return None
    meter = int(match[1]), int(match[2])
    check_meter(meter)
    return meter


def _unit(text: str) -> int:
    """How many of `L:` are a whole note."""
    match = _UNIT.fullmatch(text)
    if not match:
        raise ValueError(f"L: {text} is no unit of length")
    return int(match[1])


def _parts(body: str) -> Iterator[tuple[str, ...]]:
    """What `_NOTE` finds, one after the other: a list of all takes a hundred times the tune's own memory."""
    return (match.groups("") for match in _NOTE.finditer(body))


def _notes(body: str, unit: int, signature: dict[str, int]) -> tuple[list[Note], Fraction | None, int]:
    """The notes, the time of the first barline after the start, and how many lengths have no note."""
    notes: list[Note] = []
    first_barline = None
    lost = 0
    alters = signature.copy()
    tied, written = False, ""  # whether a tie leaves the last note, and how that note was written
    for accidental, letter, octave, length, lost_length, sign, unknown in _parts(body):
        if letter == "z" or lost_length:
            notes.append(Note(None, _duration(unit, length or lost_length)))
            lost += bool(lost_length)
            tied, written = False, ""
        elif letter:
            if accidental:
                alters[letter.upper()] = _ALTER[accidental]
            pitch = _natural(letter + octave) + alters[letter.upper()]
            if tied and not accidental and letter + octave == written:
                pitch = notes[-1].pitch
            duration = _duration(unit, length)
            if tied and notes[-1].pitch == pitch:
                duration += notes.pop().duration
            notes.append(Note(pitch, duration))
            tied, written = False, letter + octave
        elif sign == "-":
            tied = bool(notes)
        elif sign == "|":
            alters = signature.copy()
            if first_barline is None and notes:
                first_barline = total(note.duration for note in notes)
        elif unknown:
            raise ValueError(f"{unknown!r} is no note, rest, barline or tie")
    return notes, first_barline, lost


@lru_cache(maxsize=1024)
def _duration(unit: int, length: str) -> Fraction:
    """Quarter lengths; as in **kern, no more than 64 for one written note, and more than 0."""
    if len(length) > 4 or not 0 < (duration := Fraction(4 * int(length or 1), unit)) <= LONGEST:
        raise ValueError(f"length {length[:9]}: want more than 0 and at most {LONGEST} quarters")
    return duration


@lru_cache(maxsize=1024)
def _natural(written: str) -> int:
    """MIDI number without accidentals: `C` is 60, `c` 72, `c'` 84, `C,` 48."""
    letter = written[0]
    octave = letter.islower() + written.count("'") - written.count(",")
    return 60 + 12 * octave + PITCH_CLASSES[letter.upper()]
