"""What the experiments of RESULTS.md share: the bundled songs as corpora, and the place for results."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lstm_from_scratch.corpus import Corpus, prepare
from lstm_from_scratch.corpus.collections import unpack
from lstm_from_scratch.files import write_text
from lstm_from_scratch.paper import Result
from lstm_from_scratch.paper.kept_runs import machine

RESULTS = Path(__file__).parent / "results"


def options(doc: str) -> argparse.ArgumentParser:
    """A parser with the folder of runs: those that it holds, finished, are read and not made again."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path("runs/study"), metavar="DIR", help="(%(default)s)")
    return parser


def kern_files(collection: str, runs: Path) -> tuple[Path, ...]:
    """The songs of a bundled collection, unpacked."""
    return unpack(collection, runs / "kern").files


def songs(collection: str, runs: Path, rule: str = "event") -> Corpus:
    """A bundled collection, prepared once."""
    folder = runs / f"{collection}-{rule}"
    if not (folder / "corpus.npz").is_file():
        prepare(kern_files(collection, runs), rule)[0].save(folder)
    return Corpus.load(folder)


def about(corpus: Corpus) -> Result:
    """What a result says about its corpus."""
    parts = {part: len(corpus.part(part)) for part in ("training", "validation", "test")}
    return {"rule": corpus.rule, **parts, "symbols": sum(map(len, corpus.songs)), "V": len(corpus.vocabulary)}


def start(main: Callable[[], None]) -> None:
    """Run a script's main function; Ctrl-C stops it with a line of advice."""
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("stopped; the same command continues from here") from None


def write(name: str, command: str, **found: Any) -> None:
    """Write `benchmarks/results/NAME.json`, with the command and the machine it was measured on."""
    text = json.dumps({"command": command, "machine": machine(), **found}, indent=1)
    write_text(RESULTS / f"{name}.json", text + "\n")
    print(f"written: benchmarks/results/{name}.json")
