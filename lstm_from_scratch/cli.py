"""The `melody` command: what it takes, and how it fails."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import NoReturn, TypeVar

from . import __version__, commands
from .stopping import on_stop, raise_interrupt
from .terminal import printable, warn

N = TypeVar("N", int, float)
MOST_UNITS = 2048  # of a layer: 17 million weights, which take 10 s to draw

PRESETS = ("paper", "fast", "attention", "smoke")  # of training/recipe.py, which takes long to import


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 after one line on bad input, 130 when it was asked to stop."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # titles are UTF-8 even where the terminal is not
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = parser().parse_args(arguments)
    if options.run is not commands.lesson:  # whose notebooks have the user's own
        _settle_threads()
    try:
        with on_stop(raise_interrupt):
            status: int = options.run(options) or 0
            print(end="", flush=True)  # so that a full disk or a closed pipe shows here, where it is caught
        return status
    except KeyboardInterrupt as stop:
        _last_words(f"\nmelody: {str(stop) or 'stopped'}")
        return 130
    except BrokenPipeError:  # whoever reads the output has seen enough
        _flush_or_drop()
        return 0
    except (ValueError, OSError, RuntimeError, ImportError, MemoryError) as error:
        if options.traceback:
            raise
        _last_words(f"melody: {_one_line(error)}")
        _flush_or_drop()
        return 2


def _settle_threads() -> None:
    """What NumPy reads when it is imported, settled before it is.

    On matrices of this size several threads gain little, and on a busy machine they wait for each other: the
    demo was 17 times slower. So BLAS has one, unless the user says otherwise in words that it understands.
    """
    if "numpy" not in sys.modules:
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
            given = os.environ.get(name, "")
            if given.isdecimal() and int(given):
                break
            if given:
                warn(f"melody: {name}={given}: want a number, 1 or more; taking 1")
        else:
            os.environ["OPENBLAS_NUM_THREADS"] = "1"


def _last_words(line: str) -> None:
    """Print a line to stderr, if there still is one: its terminal may have been closed."""
    with suppress(OSError):
        for part in line.split("\n"):
            warn(part)


def _flush_or_drop() -> None:
    """Write pending output or drop it: Python would try again as it exits, and complain."""
    try:
        print(end="", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _one_line(error: BaseException) -> str:
    if isinstance(error, FileExistsError):
        return f"{error.filename}: there is a file where a folder should be"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, MemoryError):
        about = " ".join(str(error).split())
        return (
            f"not enough memory{f': {about}' if about else ''}; fewer --units or a smaller --batch take less"
        )
    return " ".join(str(error).split()) or type(error).__name__


class _Parser(argparse.ArgumentParser):
    """Whose errors are one line, which shows what was typed and does not obey it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{printable(f'{self.prog}: {message}; see {self.prog} --help')}\n")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(
        prog="melody", description="An LSTM melody generator written by hand: kern to symbols to melodies."
    )
    top.add_argument("--version", action="version", version=f"lstm_from_scratch {__version__}")
    top.add_argument("--traceback", action="store_true", help="show where an error arose")
    verbs = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def verb(
        name: str, run: Callable[[argparse.Namespace], int | None], help_text: str, example: str
    ) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=help_text, description=help_text, epilog=f"example: {example}")
        sub.set_defaults(run=run)
        return sub

    def seed(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--seed", type=_whole(0, 2**128 - 1), default=0, help="of every random draw (default 0)"
        )

    def device(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--device", choices=("auto", "cpu", "gpu"), default="auto", help="(default auto)")

    def out(sub: argparse.ArgumentParser, default: str) -> None:
        sub.add_argument(
            "--out", type=Path, default=Path(default), metavar="DIR", help=f"(default {default})"
        )

    def songs(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--songs",
            type=Path,
            metavar="DIR",
            help="where collections are unpacked, once (default: MELODY_SONGS, or the user's cache folder)",
        )

    demo = verb(
        "demo", commands.demo, "Train on folk songs, compose, and write a page.", "melody demo --minutes 5"
    )
    length = demo.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=_minutes, default=2.0, metavar="M", help="of training (default 2)")
    length.add_argument(
        "--steps",
        type=_whole(1, 10**9),
        metavar="N",
        help="of training, instead of minutes: repeats a demo exactly",
    )
    again = demo.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="go on with a demo that was stopped")
    again.add_argument(
        "--overwrite", action="store_true", help="replace the demo in the folder, once the new page is whole"
    )
    seed(demo)
    songs(demo)
    out(demo, "runs/demo")

    prepare = verb(
        "prepare",
        commands.prepare,
        "Make a corpus of your own songs, or of those inside music21.",
        "melody prepare --collection han --out runs/han",
    )
    prepare.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="files or folders of **kern, MIDI, MusicXML, ABC"
    )
    prepare.add_argument(
        "--collection",
        default=None,
        help="erk (default), deutschl, han, lot, lux, irl, all, ...; dance books: oneill, ryan, aird",
    )
    prepare.add_argument(
        "--rule", choices=("event", "song"), default="event", help="what a bad duration discards"
    )
    prepare.add_argument(
        "--rhythm", metavar="NAME", help="only the jigs, reels, hornpipes, ... of oneill or ryan"
    )
    prepare.add_argument(
        "--spine", type=_whole(1, 1000), metavar="N", help="of several parts in a file, the Nth"
    )
    prepare.add_argument("--overwrite", action="store_true", help="replace what the folder holds")
    songs(prepare)
    out(prepare, "runs/corpus")

    train = verb(
        "train",
        commands.train,
        "Train a model on a corpus.",
        "melody train --corpus runs/corpus --preset fast",
    )
    train.add_argument("--corpus", type=Path, required=True, metavar="DIR")
    train.add_argument(
        "--preset", choices=("paper", "fast", "attention", "smoke"), default="fast", help="(default fast)"
    )
    train.add_argument("--cell", choices=("lstm", "gru", "rnn"))
    train.add_argument("--units", type=_whole(1, MOST_UNITS), metavar="N")
    train.add_argument("--dropout", type=float)
    train.add_argument("--lr", type=_positive)
    train.add_argument(
        "--clip", type=_from_0, metavar="X", help="limit of the gradients' global norm, 0 for none"
    )
    train.add_argument("--batch", type=_whole(1, 10**6), metavar="N")
    train.add_argument("--epochs", type=_whole(1, 10**6), metavar="N")
    again = train.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="go on from the folder's last.npz")
    again.add_argument(
        "--overwrite", action="store_true", help="start afresh in a folder that holds something"
    )
    seed(train)
    device(train)
    out(train, "runs/model")

    compose = verb(
        "compose",
        commands.compose,
        "Draw melodies from a model.",
        'melody compose --model runs/demo/model/best.npz --temperature 0.6 1 --primer "67 _ 65 _"',
    )
    compose.add_argument("--model", type=Path, required=True, metavar="FILE.npz")
    compose.add_argument(
        "--temperature", type=float, nargs="+", default=[0.7], metavar="T", help="(default 0.7)"
    )
    compose.add_argument(
        "--primer", help="notes, symbols, a tune's name or a file to go on from: 'C4 D4 E4/2', sakura, my.mid"
    )
    compose.add_argument(
        "--spine", type=_whole(1, 1000), metavar="N", help="of several melodies in the primer's file, the Nth"
    )
    compose.add_argument(
        "--count", type=_whole(1, 10_000), default=1, metavar="N", help="melodies a temperature (default 1)"
    )
    compose.add_argument(
        "--steps",
        type=_whole(1, 8192),
        metavar="N",
        help="16ths at most, up to 8192; without it the network ends the melody",
    )
    compose.add_argument(
        "--meter", type=_meter, metavar="M/N", help="3/4 for a waltz; else as the notes suggest"
    )
    compose.add_argument(
        "--upbeat",
        type=_upbeat,
        default=Fraction(0),
        metavar="M/N",
        help="a note value, 1/4 say (default none)",
    )
    compose.add_argument("--tempo", type=float, default=120.0, help="quarters a minute (default 120)")
    compose.add_argument(
        "--corpus", type=Path, metavar="DIR", help="to look for copied runs in its training part"
    )
    seed(compose)
    out(compose, "runs/melodies")

    play = verb(
        "play",
        commands.play,
        "Write a page with the network in it, to look into and to play with.",
        "melody play --model runs/demo/model/best.npz",
    )
    play.add_argument("--model", type=Path, required=True, metavar="FILE.npz")
    play.add_argument(
        "--out",
        type=Path,
        default=Path("runs/play.html"),
        metavar="FILE.html",
        help="(default runs/play.html)",
    )

    evaluate = verb(
        "evaluate",
        commands.evaluate,
        "Measure a model on the test part, beside counting models.",
        "melody evaluate --model runs/model/best.npz --corpus runs/corpus",
    )
    evaluate.add_argument("--model", type=Path, required=True, metavar="FILE.npz")
    evaluate.add_argument("--corpus", type=Path, required=True, metavar="DIR")
    evaluate.add_argument("--json", action="store_true")

    compare = verb(
        "compare",
        commands.compare,
        "Measure the paper's Table I: RNN, GRU and LSTM.",
        "melody compare --corpus runs/corpus --seeds 1",
    )
    compare.add_argument("--corpus", type=Path, required=True, metavar="DIR")
    compare.add_argument(
        "--seeds", type=_whole(1, 1000), default=3, metavar="N", help="runs of each (default 3)"
    )
    out(compare, "runs/compare")

    gradcheck = verb("gradcheck", commands.gradcheck, "Check every gradient numerically.", "melody gradcheck")
    gradcheck.add_argument("--json", action="store_true")
    seed(gradcheck)

    lesson = verb(
        "lesson",
        commands.lesson,
        "List the lessons, open your own copy of one in JupyterLab, or grade it.",
        "melody lesson 5, later: melody lesson 5 --check",
    )
    lesson.add_argument(
        "number", nargs="?", type=_whole(1, 1000), metavar="N", help="without it, list them all"
    )
    action = lesson.add_mutually_exclusive_group()
    action.add_argument(
        "--check",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="run your copy as saved and say what passes, or those in others' folders or files",
    )
    lesson.add_argument("--json", action="store_true", help="with --check: for a teacher's own table")
    action.add_argument("--export", type=Path, metavar="DIR", help="write .ipynb copies, for Colab")

    verb("doctor", commands.doctor, "What is installed here, and what is missing.", "melody doctor")
    return top


def _whole(low: int, high: int) -> Callable[[str], int]:
    most = f"{high:,}" if high < 2**64 else "2^128 - 1"
    return lambda text: _number(text, int, lambda n: low <= n <= high, f"a whole number from {low} to {most}")


def _meter(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r}: want a meter such as 3/4")
    return int(match[1]), int(match[2])


def _upbeat(text: str) -> Fraction:
    """Quarter lengths of a note value: 1/4 is 1."""
    beats, unit = _meter(text)
    if not unit:
        raise argparse.ArgumentTypeError(f"{text!r}: want a note value such as 1/4")
    return Fraction(4 * beats, unit)


def _minutes(text: str) -> float:
    return _number(text, float, lambda n: 0 < n <= 10_000, "a number of minutes, more than 0, 10,000 at most")


def _from_0(text: str) -> float:
    return _number(text, float, lambda n: 0 <= n < float("inf"), "a number, 0 or more")


def _positive(text: str) -> float:
    return _number(text, float, lambda n: 0 < n < float("inf"), "a number, more than 0")


def _number(text: str, kind: Callable[[str], N], fits: Callable[[N], bool], wanted: str) -> N:
    try:
        number: N | None = kind(text)
    except ValueError:
        number = None
    if number is None or not fits(number):
        shown = repr(text) if len(text) <= 40 else f"{text[:40]!r}..."
        raise argparse.ArgumentTypeError(f"{shown}: want {wanted}")
    return number
