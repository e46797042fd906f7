"""What each `melody` command does. Each imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .classroom.lesson_files import Lesson
    from .corpus.corpus import Corpus

UNPACKED = Path("data")  # where the bundled collections are unpacked


def demo(options: argparse.Namespace) -> None:
    """Songs, training, melodies, a page."""
    # Set before NumPy is imported. On batches this small several threads gain little, and on a busy machine
    # they wait for each other: the demo was 17 times slower.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from .page.demo import run_demo
    from .training.progress import Progress

    corpus = _make_corpus("erk", [], "event", options.out / "corpus")
    with closing(Progress()) as progress:
        index = run_demo(
            corpus, options.out, options.minutes, options.steps, options.seed, progress=progress
        )  # fmt: skip
    print(f"Open {index.resolve().as_uri()} in a browser to hear and see them.")


def prepare(options: argparse.Namespace) -> None:
    if options.paths and options.collection:
        raise ValueError("give either paths or a collection, not both")
    _make_corpus(options.collection or "erk", options.paths, options.rule, options.out, options.spine)
    print(f"corpus in {options.out}; next: melody train --corpus {options.out}")


def _make_corpus(
    collection: str, paths: list[Path], rule: str, out: Path, spine: int | None = None
) -> Corpus:
    """Prepare the songs of some paths, or of a collection if there are none; save them and print a table."""
    from .corpus import CorpusError, prepare
    from .corpus.collections import unpack
    from .corpus.parts import PARTS
    from .music.kern import KernWarning

    if paths:
        files = [file for path in paths for file in _kern_files(path)]
    else:
        unpacked = unpack(collection, UNPACKED)
        print(unpacked.notice, file=sys.stderr)
        for line in (*unpacked.refused, *unpacked.doubtful):
            print(line, file=sys.stderr)
        files = list(unpacked.files)
    try:
        with warnings.catch_warnings(record=True) as skipped:
            warnings.simplefilter("always", KernWarning)
            corpus, refused = prepare(files, rule, spine)
    except CorpusError as error:
        raise CorpusError(f"{', '.join(map(str, paths)) or collection}: {error}") from None
    corpus.save(out)
    _first_twenty("warning:", [str(warning.message) for warning in skipped])
    _first_twenty("refused", list(refused.values()))
    rows = corpus.report | {f"in the {part} part": len(corpus.part(part)) for part in PARTS}
    rows |= {"symbols": sum(map(len, corpus.songs)), "different symbols": len(corpus.vocabulary)}
    for name, count in rows.items():
        print(f"{name:<50} {count:>9,}")
    return corpus


def _first_twenty(word: str, lines: list[str]) -> None:
    for line in lines[:20]:
        print(word, line, file=sys.stderr)
    if len(lines) > 20:
        print(f"{word} {len(lines) - 20} more", file=sys.stderr)


def _kern_files(path: Path) -> list[Path]:
    """A file itself, or all .krn files below a folder."""
    if path.is_dir():
        return sorted(path.rglob("*.krn"))
    if not path.is_file():
        raise ValueError(f"{path}: no such file or folder")
    return [path]


def train(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from .corpus.corpus import Corpus
    from .network.backend import choose_backend
    from .training.loop import train
    from .training.progress import Progress
    from .training.recipe import PRESETS

    changes = {k: getattr(options, k) for k in ("cell", "units", "dropout", "lr", "clip", "batch", "epochs")}
    recipe = replace(PRESETS[options.preset], **{k: v for k, v in changes.items() if v is not None})
    if options.epochs:
        recipe = replace(recipe, steps=None)
    corpus = Corpus.load(options.corpus)
    backend = choose_backend(options.device)
    first = [backend.reason]
    if options.resume and not (options.out / "last.npz").is_file():
        first.append(f"no checkpoint in {options.out}: starting afresh")
    with closing(Progress(first)) as progress:
        run = train(corpus, recipe, options.out, options.seed, options.resume, backend, progress)
    if not run.finished:
        print(f"\nstopped at step {run.step}; the same command with --resume goes on", file=sys.stderr)
        return 130
    best = run.best
    print(f"best validation loss {best['validation_loss']:.4f} nats a symbol at step {best['step']}")
    print(f"next: melody compose --model {options.out / 'best.npz'}")
    return 0


def compose(options: argparse.Namespace) -> None:
    from .composing.compositions import Request, write_compositions

    request = Request(
        options.model,
        temperatures=tuple(options.temperature),
        primer=options.primer,
        count=options.count,
        steps=options.steps,
        tempo=options.tempo,
        seed=options.seed,
        corpus=options.corpus,
    )
    for line in write_compositions(request, options.out):
        print(line)


def play(options: argparse.Namespace) -> None:
    from .model.model import MelodyModel
    from .page.playground import write_page

    write_page(options.out, MelodyModel.load(options.model))
    print(f"Open {options.out.resolve().as_uri()} in a browser: it needs nothing else.")


def evaluate(options: argparse.Namespace) -> None:
    from .corpus.corpus import Corpus
    from .evaluation.evaluation import STRONGEST, measure
    from .model.model import MelodyModel

    corpus, model = Corpus.load(options.corpus), MelodyModel.load(options.model)
    if model.vocabulary != corpus.vocabulary:
        raise ValueError(f"{options.model}: its vocabulary is not that of {options.corpus}")
    corpus.require("training", "test")
    found = measure(corpus, model)
    songs = len(corpus.part("test"))
    if options.json:
        print(json.dumps({"test": found, "songs": songs}, indent=1))
        return
    print(
        f"{f'{songs} test songs':<17} nats a symbol  95 % interval    bits an onset  onset accuracy  accuracy"
        "  bits a pitch"
    )
    for name, m in found.items():
        low, high = m["interval"]
        print(
            f"{name:<17} {m['nats_per_symbol']:13.3f}  {low:.3f} to {high:.3f} {m['bits_per_onset']:16.2f}"
            f" {100 * m['onset_accuracy']:13.1f} % {100 * m['accuracy']:7.1f} % {m['pitch_bits']:13.2f}"
        )
    over, low, high = found["network"]["over"][STRONGEST]
    print(f"the network's nats over those of {STRONGEST}: {over:.3f} ({low:.3f} to {high:.3f})")


def compare(options: argparse.Namespace) -> None:
    from .corpus.corpus import Corpus
    from .paper.table_one import compare, in_words
    from .training.progress import Progress

    corpus = Corpus.load(options.corpus)
    with closing(Progress()) as progress:
        found = compare(
            corpus,
            options.out,
            options.seeds,
            progress=progress,
            say=lambda line: print(line, file=sys.stderr),
        )
    print(*in_words(found), sep="\n")
    print(f"all of it in {options.out / 'compare.json'}")


def gradcheck(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from .gradients.selfcheck import check_all_layers

    checks = check_all_layers(options.seed)
    if options.json:
        print(json.dumps([asdict(check) | {"ok": check.ok} for check in checks], indent=1))
    else:
        print(*checks, sep="\n")
    return 0 if all(check.ok for check in checks) else 1


def lesson(options: argparse.Namespace) -> int:
    from .classroom import lesson_files, student_copy

    if options.json and options.check is None:
        raise ValueError("--json goes with --check")
    if options.number is None and options.check is not None:
        raise ValueError("--check wants the lesson's number before it: melody lesson 5 --check")
    chosen = lesson_files.lessons() if options.number is None else [lesson_files.lesson(options.number)]
    if options.export is not None:
        print(*student_copy.export(chosen, options.export), sep="\n")
        return 0
    if options.number is None:
        print(*student_copy.overview(chosen, student_copy.my_lessons()), sep="\n")
        return 0
    if options.check is not None:
        return _check_lesson(chosen[0], options.check, options.json)
    mine, said = student_copy.take_copy(chosen[0], student_copy.my_lessons())
    print(said, flush=True)
    return student_copy.open_lab(mine)


def _check_lesson(found: Lesson, places: list[Path], as_json: bool) -> int:
    """Grade the answers in each place; without places the student's own copy, keeping its outcomes."""
    from .classroom import grading, student_copy

    student_copy.need("jupytext", "nbclient", "ipykernel")
    for place in places:
        if not place.exists():
            raise ValueError(f"{place}: no such file or folder")
    own = [] if places else [grading.grade_own(found, student_copy.my_lessons())]
    graded = []
    for each in own or (grading.grade_place(found, place) for place in places):
        print(grading.in_words(each), file=sys.stderr if as_json else sys.stdout, flush=True)
        graded.append(each)
    if as_json:
        print(json.dumps(graded, indent=1))
    return 0 if all(each["passed"] == each["of"] for each in graded) else 1


def doctor(options: argparse.Namespace) -> None:
    from .doctor import report

    print(*report(), sep="\n")
