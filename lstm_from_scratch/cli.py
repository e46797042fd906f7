"""The `melody` command: what it takes, and how it fails."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from . import __version__, commands

N = TypeVar("N", int, float)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 after one line on bad input, 130 after Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # titles are UTF-8 even where the terminal is not
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = parser().parse_args(arguments)
    try:
        status: int = options.run(options) or 0
        print(end="", flush=True)  # so that a full disk or a closed pipe shows here, where it is caught
        return status
    except KeyboardInterrupt:
        print("\nmelody: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever reads the output has seen enough
        _flush_or_drop()
        return 0
    except (ValueError, OSError, RuntimeError, ImportError, MemoryError) as error:
        if options.traceback:
            raise
        print(f"melody: {_one_line(error)}", file=sys.stderr)
        _flush_or_drop()
        return 2


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
        return " ".join(str(error).split()) or "not enough memory"
    return " ".join(str(error).split()) or type(error).__name__


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
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
        sub.add_argument("--seed", type=_natural, default=0, help="of every random draw (default 0)")

    def device(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--device", choices=("auto", "cpu", "gpu"), default="auto", help="(default auto)")

    def out(sub: argparse.ArgumentParser, default: str) -> None:
        sub.add_argument(
            "--out", type=Path, default=Path(default), metavar="DIR", help=f"(default {default})"
        )

    demo = verb(
        "demo", commands.demo, "Train on folk songs, compose, and write a page.", "melody demo --minutes 5"
    )
    length = demo.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=_positive, default=2.0, help="of training (default 2)")
    length.add_argument(
        "--steps", type=_counting, help="of training, instead of minutes: repeats a demo exactly"
    )
    seed(demo)
    out(demo, "runs/demo")

    prepare = verb(
        "prepare", commands.prepare, "Make a corpus of .krn files, or of the songs inside music21.",
        "melody prepare --collection han --out runs/han",
    )  # fmt: skip
    prepare.add_argument("paths", nargs="*", type=Path, metavar="PATH", help=".krn files, or folders of them")
    prepare.add_argument(
        "--collection", default=None, help="erk (default), deutschl, han, lot, lux, irl, all, ..."
    )
    prepare.add_argument(
        "--rule", choices=("event", "song"), default="event", help="what a bad duration discards"
    )
    prepare.add_argument(
        "--spine", type=_counting, metavar="N", help="of several **kern columns, the Nth from the left"
    )
    out(prepare, "runs/corpus")

    train = verb(
        "train",
        commands.train,
        "Train a model on a corpus.",
        "melody train --corpus runs/corpus --preset fast",
    )
    train.add_argument("--corpus", type=Path, required=True, metavar="DIR")
    train.add_argument("--preset", choices=("paper", "fast", "smoke"), default="fast", help="(default fast)")
    train.add_argument("--cell", choices=("lstm", "gru", "rnn"))
    train.add_argument("--units", type=_counting)
    train.add_argument("--dropout", type=float)
    train.add_argument("--lr", type=_positive)
    train.add_argument(
        "--clip", type=_from_0, metavar="X", help="limit of the gradients' global norm, 0 for none"
    )
    train.add_argument("--batch", type=_counting)
    train.add_argument("--epochs", type=_counting)
    train.add_argument("--resume", action="store_true", help="go on from the folder's last.npz")
    seed(train)
    device(train)
    out(train, "runs/model")

    compose = verb(
        "compose", commands.compose, "Draw melodies from a model.",
        'melody compose --model runs/demo/model/best.npz --temperature 0.6 1 --primer "67 _ 65 _"',
    )  # fmt: skip
    compose.add_argument("--model", type=Path, required=True, metavar="FILE.npz")
    compose.add_argument(
        "--temperature", type=float, nargs="+", default=[0.7], metavar="T", help="(default 0.7)"
    )
    compose.add_argument("--primer", help="symbols, or a .krn file, to go on from")
    compose.add_argument("--count", type=_counting, default=1, help="melodies a temperature (default 1)")
    compose.add_argument(
        "--steps", type=_counting, help="16ths at most; without it the model ends the melody"
    )
    compose.add_argument("--tempo", type=float, default=120.0, help="quarters a minute (default 120)")
    compose.add_argument(
        "--corpus", type=Path, metavar="DIR", help="to look for copied runs in its training part"
    )
    seed(compose)
    out(compose, "runs/melodies")

    play = verb(
        "play", commands.play, "Write a page with the network in it, to look into and to play with.",
        "melody play --model runs/demo/model/best.npz",
    )  # fmt: skip
    play.add_argument("--model", type=Path, required=True, metavar="FILE.npz")
    play.add_argument(
        "--out",
        type=Path,
        default=Path("runs/play.html"),
        metavar="FILE.html",
        help="(default runs/play.html)",
    )

    evaluate = verb(
        "evaluate", commands.evaluate, "Measure a model on the test part, beside counting models.",
        "melody evaluate --model runs/model/best.npz --corpus runs/corpus",
    )  # fmt: skip
    evaluate.add_argument("--model", type=Path, required=True, metavar="FILE.npz")
    evaluate.add_argument("--corpus", type=Path, required=True, metavar="DIR")
    evaluate.add_argument("--json", action="store_true")

    compare = verb(
        "compare", commands.compare, "Measure the paper's Table I: RNN, GRU and LSTM.",
        "melody compare --corpus runs/corpus --seeds 1",
    )  # fmt: skip
    compare.add_argument("--corpus", type=Path, required=True, metavar="DIR")
    compare.add_argument("--seeds", type=_counting, default=3, help="runs of each (default 3)")
    out(compare, "runs/compare")

    gradcheck = verb("gradcheck", commands.gradcheck, "Check every gradient numerically.", "melody gradcheck")
    gradcheck.add_argument("--json", action="store_true")
    seed(gradcheck)

    lesson = verb(
        "lesson", commands.lesson, "List the lessons, open your own copy of one in JupyterLab, or grade it.",
        "melody lesson 5, later: melody lesson 5 --check",
    )  # fmt: skip
    lesson.add_argument("number", nargs="?", type=_counting, metavar="N", help="without it, list them all")
    action = lesson.add_mutually_exclusive_group()
    action.add_argument(
        "--check", nargs="*", type=Path, metavar="PATH",
        help="run your copy as saved and say what passes, or those in others' folders or files",
    )  # fmt: skip
    lesson.add_argument("--json", action="store_true", help="with --check: for a teacher's own table")
    action.add_argument("--export", type=Path, metavar="DIR", help="write .ipynb copies, for Colab")

    verb("doctor", commands.doctor, "What is installed here, and what is missing.", "melody doctor")
    return top


def _natural(text: str) -> int:
    return _number(text, int, lambda n: n >= 0, "a whole number, 0 or more")


def _counting(text: str) -> int:
    return _number(text, int, lambda n: n >= 1, "a whole number, 1 or more")


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
        raise argparse.ArgumentTypeError(f"{text!r}: want {wanted}")
    return number
