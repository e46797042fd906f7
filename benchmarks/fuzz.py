"""Mutated Kern, ABC, vocabularies and primers: the documented error, or what survives its round trip.

    python benchmarks/fuzz.py [--kern 100000] [--abc 20000] [--vocabularies 20000] [--primers 20000]

Each text has a second, and every 20th is watched for memory. `giants` are tried first, each with three
minutes and in a process of its own.
The mutants of music21's tunes live in memory only.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import signal
import sys
import time
import tracemalloc
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from lstm_from_scratch.composing.compositions import LONGEST_ENGRAVED
from lstm_from_scratch.composing.primer import read_primer
from lstm_from_scratch.composing.sampling import compose
from lstm_from_scratch.corpus.collections.abc_reader import read_tune
from lstm_from_scratch.corpus.collections.unpacking import abc_files, abc_tunes
from lstm_from_scratch.corpus.preparation import prepared_melody
from lstm_from_scratch.model import MelodyModel
from lstm_from_scratch.music import KernError, Melody, Vocabulary, decode, encode, parse_kern, write_kern
from lstm_from_scratch.music.kern import KernWarning, decode_text

TUNES = sorted((Path(__file__).parents[1] / "data" / "tunes").glob("*.krn"))
SECONDS = 1.0
BYTES_A_BYTE, BYTES = 400, 4_000_000  # of memory: for each byte of input, and for none
TRAPS = (
    *"\0 \t \n \r \x0b \x0c \x1c \x85 \u2028 \u2029 \ufeff \u202e \u200b \u0301 \ud800 \udcff".split(" "),
    *("٤c", "４c", "²c", "ⅷ", "ı", "İ", "ß", "ﬁ", "4с", "𝟒c", "½", "-0", "+4", "1e9", "0x4", "4_4"),
    *("**kern", "*-", "*^", "*v", "*+", "*x", "*M3/4", "*M0/0", "*M999/1", "*C:", "=1-", "!!!OTL:"),
    *("inf", "[4c", "4c_", "4c]", "4c 4e", "4.5c", "0000c", "000...c", "999%999c", "1%999c", "999%1c..."),
    *("4" + "c" * 70, "9" * 400 + "c", "c" * 12, "4" + "#" * 9 + "c", "[", "]", "_", "%", "....", "\t\t\t"),
    *("K:C", "M:4/4", "L:1/16", "L:1/0", "M:0/0", "M:99/1", "z", "z999999999", "c999999999", "c0"),
    *("^c''''''", "C,,,,,,", "q", ".", "4r", "=", "NaN", "==", "\U0001f3b5"),
)  # fmt: skip


def mutated(text: str, others: list[str], rng: random.Random) -> str:
    """One to six changes: characters, lines, stretches, traps, pieces of another text."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        at = rng.randrange(len(text) + 1)
        length = rng.choice((1, 1, 2, 5, 30, 300))
        other = rng.choice(others)
        start = rng.randrange(len(other) + 1)
        new = rng.choice((
            "", text[at : at + length] * 2, rng.choice(TRAPS), rng.choice(TRAPS) * rng.choice((1, 40)),
            chr(rng.choice((rng.randrange(128), rng.randrange(0x3000), rng.randrange(0x110000)))),
            other[start : start + length], text[at : at + length][::-1], text[at : at + length].swapcase(),
        ))  # fmt: skip
        text = text[:at] + new + text[at + length * rng.randrange(2) :]
    return text


def survives(melody: Melody) -> str:
    """What became of a melody that was read: it, and its symbols, must come back as they were."""
    prepared_or_refused(melody)
    try:
        symbols = encode(melody)
    except ValueError:
        pass  # off the grid
    else:
        assert decode(symbols).notes == melody.notes, "symbols do not come back"
    assert parse_kern(write_kern(melody)) == melody, "a melody does not come back from its **kern"
    return "read, and came back"


def prepared_or_refused(melody: Melody) -> None:
    """The duration rules and the transposition."""
    for rule in ("event", "song"):
        try:
            prepared_melody(melody, rule)
        except ValueError:
            pass  # the message says that it is not to be transposed


def kern(text: str) -> str:
    """As a file is read: bytes first, since not every text is UTF-8."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", KernWarning)
            melody = parse_kern(decode_text(text.encode("utf-8", "surrogatepass")))
    except KernError as error:
        assert "\n" not in str(error) and str(error).isprintable(), "an error of more than a line"
        return "refused"
    return survives(melody)


def abc(text: str) -> str:
    try:
        melody, _ = read_tune(text)
    except ValueError:
        return "refused"
    return survives(melody)


def vocabulary(text: str) -> str:
    try:
        pairs = json.loads(text, object_pairs_hook=list)  # as Vocabulary.load does, whose file it would be
    except (ValueError, RecursionError):
        return "refused: not JSON"
    try:
        found = Vocabulary.from_pairs(pairs)
    except ValueError:
        return "refused"
    again = json.loads(json.dumps(found._ids), object_pairs_hook=list)
    assert Vocabulary.from_pairs(again) == found, "a vocabulary does not come back"
    return "read, and came back"


def primer(text: str, made: list[MelodyModel] = []) -> str:  # noqa: B006
    if not made:
        made.append(MelodyModel(len(SYMBOLS), 4, rng=np.random.default_rng(0)))
        made[0].vocabulary = SYMBOLS
    try:
        symbols = read_primer(text).symbols
        if len(symbols) > LONGEST_ENGRAVED:
            return "refused"
        drawn = compose(made[0], primer=symbols, steps=len(symbols) + 1).symbols
    except (ValueError, OSError):
        return "refused"
    assert drawn[: len(symbols)] == symbols, "the primer is not what the melody begins with"
    assert encode(decode(drawn)) is not None
    return "taken, and gone on from"


SYMBOLS = Vocabulary(["/", "_", "r", *map(str, range(55, 80))])
TARGETS: dict[str, Callable[[str], str]] = {
    "kern": kern, "abc": abc, "vocabularies": vocabulary, "primers": primer,
}  # fmt: skip


def seeds(target: str) -> list[str]:
    """The whole texts that are mutated."""
    if target == "kern":
        return [path.read_text(encoding="utf-8") for path in TUNES]
    if target == "abc":
        files = [abc_files(name)[0] for name in ("erk", "han", "irl", "lux", "oneill", "aird")]
        return [tune for file in files for _, tune in abc_tunes(file)]
    if target == "vocabularies":
        return [json.dumps(SYMBOLS._ids), json.dumps({"/": 0, "_": 1, "60": 2}, indent=1), '{"ä": 0}']
    return ["67 _ 65 _", "60 _ _ _ 62 _ r _ 64", "r _ 60", str(TUNES[0]), "60 62 64 65 67 69 71 72 74 76"]


def giants() -> Iterator[tuple[str, str, Callable[[], str]]]:
    """Target, what it is, and what makes the text: as large as anything is likely to be made."""
    million = 10**6
    yield "kern", "a line of 10 MB", lambda: "**kern\n4" + "c" * 10**7 + "\n*-\n"
    yield "kern", "a comment of 10 MB", lambda: "!! " + "x" * 10**7 + "\n**kern\n4c\n*-\n"
    yield "kern", "a title of 10 MB", lambda: "!!!OTL: " + "x " * (5 * million) + "\n**kern\n4c\n*-\n"
    yield "kern", "10 MB of columns", lambda: "**kern" + "\t**x" * (5 * million // 2) + "\n*-\n"
    yield "kern", "10 MB of empty lines", lambda: "\n" * 10**7
    yield "kern", "10 MB of NUL", lambda: "\0" * 10**7
    yield "kern", "a million ties", lambda: "**kern\n[4c\n" + "4c_\n" * million + "4c]\n*-\n"
    yield "kern", "ties of 64 quarters", lambda: "**kern\n[000c\n" + "000c_\n" * 100_000 + "000c]\n*-\n"
    yield "kern", "a million rests", lambda: "**kern\n" + "4r\n" * million + "*-\n"
    yield "kern", "200,000 notes in 3/4", lambda: "**kern\n*M3/4\n" + "8c\n8dd\n" * 100_000 + "*-\n"
    yield (
        "kern",
        "unlike denominators",
        lambda: "**kern\n" + "".join(f"{n}c\n" for n in range(1, 1000)) * 20 + "*-\n",
    )
    yield "kern", "1e9 quarters", lambda: "**kern\n0.000000001c\n*-\n"
    yield "kern", "a digit a million times", lambda: "**kern\n" + "9" * million + "c\n*-\n"
    yield "kern", "100,000 unlike tokens", lambda: "**kern\n" + "".join(
        f"{d}{p}\n" for d in range(1, 1000) for p in "abcdefg") * 14 + "*-\n"  # fmt: skip
    head = "T:x\nM:4/4\nL:1/16\nK:C\n"
    yield "abc", "1e9 quarters", lambda: head + "c4000000000|\n"
    yield "abc", "a thousand of 1e9 quarters", lambda: head + "c4000000000|d-" * 1000
    yield "abc", "a digit 10,000 times", lambda: head + "c" + "9" * 10_000
    yield "abc", "a digit 4,000 times", lambda: head + "c" + "9" * 4_000
    yield "abc", "a million ties", lambda: head + "c-" * million
    yield "abc", "a million octaves", lambda: head + "c" + "'" * million
    yield "abc", "10 MB of accidentals", lambda: head + "^" * 10**7
    yield "abc", "10 MB of bars", lambda: head + "|" * 10**7
    yield "abc", "a million fields", lambda: head + "T:x\n" * million + "c4"
    yield "vocabularies", "deep", lambda: "[" * million
    yield "vocabularies", "a million symbols", lambda: json.dumps({f"{k:07}": k for k in range(million)})
    yield "vocabularies", "a number of a million digits", lambda: '{"a": ' + "1" * million + "}"
    yield "primers", "a million symbols", lambda: "60 _ " * (million // 2)
    yield "primers", "10 MB", lambda: "6" * 10**7


def try_text(target: str, text: str, seconds: float, watched: bool) -> str:
    """What became of a text, or what was wrong."""

    def late(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds * (5 if watched else 1))
    if watched:
        tracemalloc.start()
    try:
        outcome = TARGETS[target](text)
        peak = tracemalloc.get_traced_memory()[1] if watched else 0
    except TimeoutError:
        return "TOO LATE"
    except BaseException as error:
        return f"WRONG: {type(error).__name__}: {str(error)[:80]!a}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        tracemalloc.stop()
    limit = BYTES + BYTES_A_BYTE * len(text.encode("utf-8", "surrogatepass"))
    return outcome if peak <= limit else f"TOO MUCH MEMORY: {peak / 1e6:.0f} MB"


def giant(number: int) -> tuple[str, float, int, str]:
    """One giant in a process of its own: what it is, seconds, bytes of memory more than before, outcome."""
    target, what, make = next(islice(giants(), number, None))
    text = make()
    before, begun = peak_memory(), time.perf_counter()
    outcome = try_text(target, text, 180, watched=False)
    memory = peak_memory() - before
    if memory > 50 * BYTES + BYTES_A_BYTE * len(text):
        outcome = "TOO MUCH MEMORY"
    return f"{target}: {what}, {len(text) / 1e6:.1f} MB", time.perf_counter() - begun, memory, outcome


def peak_memory() -> int:
    """Bytes that this process has had at most."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def trial(
    target: str, texts: int, seed: int, seconds: float = SECONDS, every: int = 20
) -> tuple[Counter, list]:
    """Counts of outcomes, and the first texts that went wrong."""
    rng, counts, wrong = random.Random(f"{target} {seed}"), Counter(), []
    whole = seeds(target)
    for k in range(texts):
        text = mutated(rng.choice(whole), whole, rng)
        outcome = try_text(target, text, seconds, watched=k % every == 0)
        counts[outcome] += 1
        if outcome.split(":")[0].isupper() and len(wrong) < 5:
            wrong.append((outcome, text))
    return counts, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, count in {"kern": 100_000, "abc": 20_000, "vocabularies": 20_000, "primers": 20_000}.items():
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--giants-only", action="store_true")
    options, failed = parser.parse_args(), False
    with multiprocessing.get_context("spawn").Pool(2, maxtasksperchild=1) as pool:
        for what, seconds, memory, outcome in pool.imap(giant, range(len(list(giants()))), chunksize=1):
            print(f"{what:<45} {seconds:6.1f} s {memory / 1e6:6.0f} MB  {outcome}", flush=True)
            failed |= outcome.split(":")[0].isupper()
    if options.giants_only:
        return int(failed)
    jobs = [(t, getattr(options, t) // 10, 10 * options.seed + part) for t in TARGETS for part in range(10)]
    begun, counts = time.perf_counter(), {target: Counter() for target in TARGETS}
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for (target, _, _), (found, wrong) in zip(jobs, pool.starmap(trial, jobs, chunksize=1)):
            counts[target] += found
            for outcome, text in wrong:
                failed = True
                print(f"{target}: {outcome}: {text[:2000]!a}")
    for target, found in counts.items():
        print(
            target, found.total(), *(f"\n    {count:>7} {outcome}" for outcome, count in found.most_common())
        )
    print(f"{time.perf_counter() - begun:.0f} s")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
