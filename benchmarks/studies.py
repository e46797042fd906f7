"""What the experiments of RESULTS.md share: the bundled songs as corpora, and where results are kept."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lstm_from_scratch.corpus import Corpus, prepare
from lstm_from_scratch.corpus.collections import unpack
from lstm_from_scratch.files import write_text
from lstm_from_scratch.paper.kept_runs import machine

RESULTS = Path(__file__).parent / "results"


def options(doc: str) -> argparse.ArgumentParser:
    """A parser that knows where runs are kept: finished ones are read from there and not made again."""
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


def about(corpus: Corpus) -> dict[str, Any]:
    """Of a corpus, what a result says."""
    parts = {part: len(corpus.part(part)) for part in ("training", "validation", "test")}
    return {"rule": corpus.rule, **parts, "symbols": sum(map(len, corpus.songs)), "V": len(corpus.vocabulary)}


def start(main: Callable[[], None]) -> None:
    """Run a script's main function, which Ctrl-C may stop."""
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("stopped; the same command goes on from here") from None


def write(name: str, command: str, **found: Any) -> None:
    """Keep `benchmarks/results/NAME.json`, with the command and the machine it was measured on."""
    text = json.dumps({"command": command, "machine": machine(), **found}, indent=1)
    write_text(RESULTS / f"{name}.json", text + "\n")
    print(f"written: benchmarks/results/{name}.json")
