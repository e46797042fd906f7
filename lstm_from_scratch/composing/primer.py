"""How a melody begins: what a user gives becomes symbols in C major or A minor, and goes back to its key."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path

from ..files import shipped
from ..music import Melody, Note, decode, encode, read_melody
from ..music.formats import SUFFIXES
from ..music.metre import Meter
from ..music.metre_finder import in_its_metre
from ..music.rules import common_key_shift, estimate_key
from ..music.spelling import PITCH_CLASSES, Key, spelled
from ..music.symbols import HOLD, PITCHES, REST, STEPS_A_QUARTER

EXAMPLES = (
    'want notes such as "C4 D4/8 E4/2. r", symbols such as "67 _ 65 _", one of the project\'s tunes such as '
    f"sakura, or a file ({', '.join(SUFFIXES)})"
)
LONGEST_SHOWN = 60  # characters of a primer in a message
OCTAVE = 4  # of a note that names none
NOTE_VALUE = Fraction(1, 4)  # of a whole note, of a note that names none
_NOTE = re.compile(r"(?:([A-Ga-g])(##?|bb?|--?)?([0-9])?|[rR])(?:/(1|2|4|8|16)(\.?))?")


@dataclass(frozen=True)
class Primer:
    """How a melody begins, in C major or A minor, and how to get back to where it came from.

    Parameters
    ----------
    symbols : list of str
    shift : int
        Semitones that took the primer to C major or A minor, and into the octaves that the model knows.
    key : (int, str) or None
        The primer's own.
    meter : (int, int) or None
        None leaves the meter and the upbeat to be found from the whole melody.
    upbeat : Fraction
    meter_changes : tuple of (Fraction, (int, int))
    complete : bool
        Its last note has its full length and may not be held on.
    remarks : tuple of str
        What was changed to make it fit, a sentence each.
    """

    symbols: list[str]
    shift: int = 0
    key: Key | None = None
    meter: Meter | None = None
    upbeat: Fraction = Fraction(0)
    meter_changes: tuple[tuple[Fraction, Meter], ...] = ()
    complete: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def duration(self) -> Fraction:
        """Quarter lengths."""
        return Fraction(len(self.symbols), STEPS_A_QUARTER)


def read_primer(text: str | None, known: Collection[str] = (), spine: int | None = None) -> Primer:
    """A primer from what a user gives: symbols, names of notes, a tune's name, or a file.

    Parameters
    ----------
    text : str or None
        Symbols such as "67 _ 65 _" are taken as they are. Of notes such as "C4 Bb3/8 E4/2. r", a number after
        the slash is the note value, a quarter unless given; without an octave it is the one above middle C.
    known : collection of str
        The model's symbols, into which the primer is moved by octaves. With none, it stays where it is.
    spine : int, optional
        Which of several melodies in a file.

    Raises
    ------
    KernError, FormatError
        The file is not one melody.
    ValueError
        It is none of these, or has a note that the model does not know, in any octave.
    OSError
        The file cannot be read.
    """
    words = (text or "").split()
    if not text or not words:
        return Primer([])
    name = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
    if all(word in PITCHES or word in (REST, HOLD) for word in words):
        return _fitted(Primer(words), [word for word in words if word != HOLD], known, name)
    if all(_NOTE.fullmatch(word) for word in words):
        return _from_melody(Melody(tuple(map(_named_note, words))), words, known, name)
    melody = read_melody(_file(text), spine)
    names = [_in_words(note, melody.key) for note in melody.notes]
    return _from_melody(melody, names, known, text)


def _file(text: str) -> Path:
    """The file that a text names: its path, or the name of one of the project's tunes."""
    path = Path(text)
    if path.suffix.lower() in SUFFIXES or _exists(path):
        return path
    tunes = {tune.stem: tune for tune in (shipped("data") / "tunes").glob("*.krn")}
    name = re.sub(r"[^a-z]+", "_", text.lower()).strip("_")
    if name in tunes:
        return tunes[name]
    similar = get_close_matches(name, tunes, n=1)
    hint = f"; did you mean {similar[0]}?" if similar else ""
    raise ValueError(f"the primer {text[:LONGEST_SHOWN]!r} is not understood: {EXAMPLES}{hint}")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, or one with a null character
        return False


def _named_note(word: str) -> Note:
    """A note from its name: `C4` is a quarter, `F#5/8` an 8th, `Bb3/2.` a dotted half, `r/1` a whole rest."""
    match = _NOTE.fullmatch(word)
    assert match is not None
    letter, accidental, octave, value, dot = match.groups(default="")
    duration = 4 * (Fraction(1, int(value)) if value else NOTE_VALUE) * (Fraction(3, 2) if dot else 1)
    if not letter:
        return Note(None, duration)
    alter = accidental.count("#") - accidental.count("b") - accidental.count("-")
    return Note(12 * (int(octave or OCTAVE) + 1) + PITCH_CLASSES[letter.upper()] + alter, duration)


def _in_words(note: Note, key: Key | None) -> str:
    if note.pitch is None:
        return REST
    name, octave = spelled(note.pitch, key)
    return f"{name.replace('-', 'b')}{octave}"


def _from_melody(melody: Melody, names: Sequence[str], known: Collection[str], name: str) -> Primer:
    """A primer from a melody whose notes the user calls by these names."""
    melody = replace(melody, key=melody.key or estimate_key(melody))
    notes, kept, remarks = _on_the_grid(melody)
    shift = common_key_shift(melody)
    try:
        symbols = list(encode(Melody(notes).transposed(shift)))
    except ValueError as error:
        raise ValueError(f"the primer {name}: {error}") from None
    primer = Primer(
        symbols,
        shift,
        melody.key,
        melody.meter,
        melody.upbeat,
        melody.meter_changes,
        complete=True,
        remarks=tuple(f"{name}: {remark}" for remark in remarks),
    )
    return _fitted(primer, [names[place] for place in kept], known, name)


def _on_the_grid(melody: Melody) -> tuple[tuple[Note, ...], list[int], list[str]]:
    """The notes with their ends at the nearest 16ths; the places of those that are left; what was changed."""
    notes: list[Note] = []
    kept: list[int] = []
    onset, steps, moved = Fraction(0), 0, 0
    for place, (pitch, duration) in enumerate(melody.notes):
        moved += (duration * STEPS_A_QUARTER).denominator != 1
        onset += duration
        begin, steps = steps, max(steps, round(onset * STEPS_A_QUARTER))
        if steps > begin and pitch is None and notes and notes[-1].pitch is None:
            notes.append(Note(None, notes.pop().duration + Fraction(steps - begin, STEPS_A_QUARTER)))
        elif steps > begin:
            notes.append(Note(pitch, Fraction(steps - begin, STEPS_A_QUARTER)))
            kept.append(place)
    if not moved:
        return melody.notes, kept, []
    lost = sum(pitch is not None for pitch, _ in melody.notes) - sum(pitch is not None for pitch, _ in notes)
    remark = f"{moved} notes are not a whole number of 16ths; their ends were moved to the nearest"
    return tuple(notes), kept, [remark + (f", and {lost} shorter than that left out" if lost else "")]


def _fitted(primer: Primer, names: Sequence[str], known: Collection[str], name: str) -> Primer:
    """The primer in the octave nearest to its own in which the model knows every note."""
    if not known:
        return primer
    for octaves in sorted(range(-10, 11), key=abs):
        moved = [_octaves_higher(symbol, octaves) for symbol in primer.symbols]
        if all(symbol in known for symbol in moved):
            if not octaves:
                return primer
            direction = "up" if octaves > 0 else "down"
            many = f"{abs(octaves)} octaves" if abs(octaves) > 1 else "an octave"
            remark = f"{name}: moved {direction} by {many} while the model continues it, and back again"
            remarks = (*primer.remarks, remark)
            return replace(primer, symbols=moved, shift=primer.shift + 12 * octaves, remarks=remarks)
    raise ValueError(f"the primer {name}: {_unknown(primer.symbols, names, known)}")


def _octaves_higher(symbol: str, octaves: int) -> str:
    """The symbol of a note so many octaves higher, which may be none; of anything else, the symbol itself."""
    return str(PITCHES[symbol] + 12 * octaves) if symbol in PITCHES else symbol


def _unknown(symbols: list[str], names: Sequence[str], known: Collection[str]) -> str:
    """What the model does not know, in the octave in which it knows most: by the user's name for it."""

    def known_at(octaves: int) -> int:
        return sum(_octaves_higher(symbol, octaves) in known for symbol in symbols)

    octaves = max(sorted(range(-10, 11), key=abs), key=known_at)
    strange = next(symbol for symbol in symbols if _octaves_higher(symbol, octaves) not in known)
    if strange in (REST, HOLD):
        return f"{strange!r} was in no song that the model learnt from: begin without"
    place = [symbol for symbol in symbols if symbol != HOLD].index(strange)
    return (
        f"note {place + 1}, {names[place]}, was in no song that the model learnt from, in whatever octave: "
        "begin with other notes"
    )


def as_melody(symbols: list[str], primer: Primer, title: str) -> Melody:
    """The melody that was drawn, in the primer's key and meter.

    Without these it is in C major or A minor, as it sounds, and in the meter that its notes suggest. A rest
    at the end is left out.
    """
    drawn = decode(symbols).transposed(-primer.shift)
    key = primer.key or estimate_key(drawn, among=((0, "major"), (9, "minor")))
    if primer.meter:
        drawn = replace(drawn, meter=primer.meter, upbeat=primer.upbeat, meter_changes=primer.meter_changes)
    else:
        drawn = in_its_metre(drawn)
    return replace(drawn, title=title, key=key).without_last_rest()
