"""How much is read, how fast, and do music21 and verovio read the same notes?

    python benchmarks/reading.py [--parts 60]

Of the **kern files inside music21 every part is read, and some are given to music21 and verovio too. Keys: of
the tunes in the dance books that state a major or a minor key, and with it a signature, how often does
the estimate find that key, free and limited to the two keys of the signature? Speed: the Essen songs as
**kern, in seconds of one processor, the median of five rounds. All songs come with music21; they are
unpacked below --runs.
"""

import base64
import platform
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import studies
import verovio
from music21 import converter, midi

from lstm_from_scratch.corpus.collections import unpack
from lstm_from_scratch.corpus.collections.abc_fields import read_key
from lstm_from_scratch.corpus.collections.abc_reader import read_tune
from lstm_from_scratch.corpus.collections.unpacking import abc_files, abc_tunes
from lstm_from_scratch.music import KernError, Melody, parse_kern
from lstm_from_scratch.music.kern import decode_text
from lstm_from_scratch.music.rules import estimate_key, keys_of_signature

BOOKS = ("oneill", "ryan", "aird")
Notes = list[tuple[Fraction, Fraction, int]]  # onset and duration in quarter lengths, MIDI number


def kern_parts() -> Iterator[tuple[str, str, int]]:
    """Every **kern column of music21's files: the file's name, its text, and the column's number."""
    for path in sorted((Path(find_spec("music21").origin).parent / "corpus").rglob("*.krn")):
        text = decode_text(path.read_bytes())
        header = next(line for line in text.splitlines() if line.startswith("**"))
        for spine in range(1, header.split("\t").count("**kern") + 1):
            yield path.name, text, spine


def alone(text: str, spine: int) -> str:
    """One **kern column of a text in which no column splits, without repeats to be played, as a text."""
    lines = [line for line in text.splitlines() if line and not line.startswith(("!!", "*>"))]
    header = next(line for line in lines if line.startswith("**")).split("\t")
    column = [i for i, token in enumerate(header) if token == "**kern"][spine - 1]
    tokens = [line.split("\t")[column] for line in lines]
    return "\n".join(re.sub("[:!|]", "", token) if token[0] == "=" else token for token in tokens) + "\n"


def sounding(melody: Melody) -> Notes:
    onset, notes = Fraction(0), []
    for pitch, duration in melody.notes:
        if pitch is not None:
            notes.append((onset, duration, pitch))
        onset += duration
    return notes


def by_music21(text: str) -> Notes:
    score = converter.parse(text, format="humdrum").stripTies()
    notes = (note for note in score.flatten().notes if not note.duration.isGrace)
    return [
        (
            Fraction(n.getOffsetInHierarchy(score)).limit_denominator(1000),
            Fraction(n.quarterLength),
            n.pitch.midi,
        )
        for n in notes
    ]


def by_verovio(text: str) -> Notes:
    """What verovio's MIDI plays, to the 48th of a quarter; it ends each note a tick early."""
    toolkit = verovio.toolkit()
    toolkit.loadData(text)
    file = midi.MidiFile()
    file.readstr(base64.b64decode(toolkit.renderToMIDI()))
    notes, begun = [], {}
    for track in file.tracks:
        ticks = 0
        for event in track.events:
            if isinstance(event, midi.DeltaTime):
                ticks += event.time
            elif event.isNoteOn() and event.velocity:
                begun[event.pitch] = ticks
            elif (event.isNoteOff() or event.isNoteOn()) and event.pitch in begun:
                onset = begun.pop(event.pitch)
                times = (onset, ticks + 1 - onset)
                notes.append(
                    (*(Fraction(round(48 * t / file.ticksPerQuarterNote), 48) for t in times), event.pitch)
                )
    return sorted(notes)


def kern_files(compared: int) -> None:
    parts, read = list(kern_parts()), []
    reasons: Counter[str] = Counter()
    for name, text, spine in parts:
        try:
            read.append((name, alone(text, spine), parse_kern(text, name, spine)))
        except KernError as error:
            reasons[re.sub(r".*:\d+: ('\*\^'|\w+).*", r"\1", str(error))] += 1
    print(f"**kern inside music21: {len(read):,} of {len(parts):,} parts read; not {dict(reasons)}")
    same: Counter[str] = Counter()
    notes = 0
    for name, text, melody in read[:: max(1, len(read) // compared)]:
        ours = sounding(melody)
        notes += len(ours)
        for reader in (by_music21, by_verovio):
            same[reader.__name__] += reader(text) == ours
            if reader(text) != ours:
                print(f"  {name}: not as {reader.__name__}")
    print(
        f"  the same notes, of {notes:,} in {len(read[:: max(1, len(read) // compared)])} parts: {dict(same)}"
    )


def dance_books() -> None:
    right: Counter[str] = Counter()
    for book in BOOKS:
        tunes = [tune for path in abc_files(book) for _, tune in abc_tunes(path)]
        read = 0
        for tune in tunes:
            try:
                melody, _ = read_tune(tune)
            except ValueError:
                continue
            read += 1
            stated = re.search(r"^K:(.*)", tune, re.MULTILINE)[1]
            two = keys_of_signature(sum(read_key(stated).alters.values()))
            if melody.key in two:  # neither dorian nor mixolydian, say
                right["tunes"] += 1
                right["free"] += estimate_key(melody) == melody.key
                right["of the signature's two"] += estimate_key(melody, two) == melody.key
        print(f"{book}: {read:,} of {len(tunes):,} tunes read")
    for how in ("free", "of the signature's two"):
        print(
            f"  the key that is stated, of {right['tunes']:,} tunes, {how}: {right[how] / right['tunes']:.1%}"
        )


def speed(runs: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in unpack("all", runs).files]
    rates = []
    for _ in range(5):
        start = time.process_time()
        for text in texts:
            parse_kern(text)
        rates.append(len(texts) / (time.process_time() - start))
    low, median, high = min(rates), statistics.median(rates), max(rates)
    print(f"speed: {median:,.0f} Essen songs a second ({low:,.0f} to {high:,.0f})")


def main() -> None:
    parser = studies.options(__doc__)
    parser.add_argument("--parts", type=int, default=60, help="to be compared (default 60)")
    options = parser.parse_args()
    verovio.enableLog(verovio.LOG_OFF)
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, {date.today()}")
    speed(options.runs / "kern")
    dance_books()
    kern_files(options.parts)


if __name__ == "__main__":
    main()
