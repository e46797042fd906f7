"""What each `melody` command does. Each imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

ESSEN = Path("data/essen")


def demo(options: argparse.Namespace) -> None:
    """Songs, training, melodies, a page."""
    # Before NumPy is imported. Several threads gain little on batches so small, and where the machine does
    # something else too, each waits for the others: the demo was 17 times slower.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from .experiment.demo import run_demo

    corpus = _make_corpus("erk", [], "event", options.out / "corpus")
    with closing(_Progress()) as progress:
        index = run_demo(
            corpus, options.out, options.minutes, options.steps, options.seed, progress=progress
        )  # fmt: skip
    print(f"Open {index.resolve().as_uri()} in a browser to hear and see them.")


def prepare(options: argparse.Namespace) -> None:
    if options.paths and options.collection:
        raise ValueError("give either paths or a collection, not both")
    _make_corpus(options.collection or "erk", options.paths, options.rule, options.out)
    print(f"corpus in {options.out}; next: melody train --corpus {options.out}")


def _make_corpus(collection: str, paths: list[Path], rule: str, out: Path):
    """Unpack a collection where no paths are given, prepare the songs, save them, and print the table."""
    from .experiment.dataset import PARTS, CorpusError, prepare
    from .music import essen

    if paths:
        files = [file for path in paths for file in _kern_files(path)]
    else:
        unpacked = essen.unpack(collection, ESSEN)
        print(essen.NOTICE, file=sys.stderr)
        for line in (*unpacked.refused, *unpacked.doubtful):
            print(line, file=sys.stderr)
        files = [f for name in essen.COLLECTIONS[collection] for f in sorted((ESSEN / name).glob("*.krn"))]
    try:
        corpus, refused = prepare(files, rule)
    except CorpusError as error:
        raise CorpusError(f"{', '.join(map(str, paths)) or ESSEN}: {error}") from None
    corpus.save(out)
    for reason in list(refused.values())[:20]:
        print(f"refused {reason}", file=sys.stderr)
    if len(refused) > 20:
        print(f"refused {len(refused) - 20} more", file=sys.stderr)
    rows = corpus.report | {f"in the {part} part": len(corpus.part(part)) for part in PARTS}
    rows |= {"symbols": sum(map(len, corpus.songs)), "different symbols": len(corpus.vocabulary)}
    for name, count in rows.items():
        print(f"{name:<50} {count:>9,}")
    return corpus


def _kern_files(path: Path) -> list[Path]:
    """A file itself, or all .krn files below a folder."""
    if path.is_dir():
        return sorted(path.rglob("*.krn"))
    if not path.is_file():
        raise ValueError(f"{path}: no such file or folder")
    return [path]


def train(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from .experiment.dataset import Corpus
    from .experiment.recipe import PRESETS
    from .experiment.training import train
    from .network.backend import choose_backend

    changes = {k: getattr(options, k) for k in ("cell", "units", "dropout", "lr", "clip", "batch", "epochs")}
    recipe = replace(PRESETS[options.preset], **{k: v for k, v in changes.items() if v is not None})
    if options.epochs:
        recipe = replace(recipe, steps=None)
    corpus = Corpus.load(options.corpus)
    backend = choose_backend(options.device)
    first = [backend.reason]
    if options.resume and not (options.out / "last.npz").is_file():
        first.append(f"no checkpoint in {options.out}: starting afresh")
    with closing(_Progress(first)) as progress:
        run = train(corpus, recipe, options.out, options.seed, options.resume, backend, progress)
    if not run.finished:
        print(f"\nstopped at step {run.step}; the same command with --resume goes on", file=sys.stderr)
        return 130
    best = run.best
    print(f"best validation loss {best['validation_loss']:.4f} nats a symbol at step {best['step']}")
    print(f"next: melody compose --model {options.out / 'best.npz'}")
    return 0


def compose(options: argparse.Namespace) -> None:
    from .experiment.composing import compose_files

    for line in compose_files(
        options.model, options.temperature, options.primer, options.count, options.steps, options.tempo,
        options.seed, options.out, options.corpus,
    ):  # fmt: skip
        print(line)


def evaluate(options: argparse.Namespace) -> None:
    from .experiment.dataset import Corpus
    from .experiment.measuring import measure
    from .experiment.model import MelodyModel

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
        f"{f'{songs} test songs':<14} nats a symbol  95 % interval    bits an onset  onset accuracy  accuracy"
        "  bits a pitch"
    )
    for name, m in found.items():
        low, high = m["interval"]
        print(
            f"{name:<14} {m['nats_per_symbol']:13.3f}  {low:.3f} to {high:.3f} {m['bits_per_onset']:16.2f}"
            f" {100 * m['onset_accuracy']:13.1f} % {100 * m['accuracy']:7.1f} % {m['pitch_bits']:13.2f}"
        )
    over, low, high = found["network"]["over_ngram"]
    best = found["network"]["best_ngram"]
    print(f"the network's nats over those of the {best}, the best: {over:.3f} ({low:.3f} to {high:.3f})")


def compare(options: argparse.Namespace) -> None:
    from .experiment.compare import compare
    from .experiment.dataset import Corpus
    from .experiment.table_words import in_words

    corpus = Corpus.load(options.corpus)
    with closing(_Progress()) as progress:
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

    from .network.selfcheck import check_all_layers

    checks = check_all_layers(options.seed)
    if options.json:
        print(json.dumps([asdict(check) | {"ok": check.ok} for check in checks], indent=1))
    else:
        print(*checks, sep="\n")
    return 0 if all(check.ok for check in checks) else 1


def lesson(options: argparse.Namespace) -> int:
    from .lessons import book, desk

    if options.json and options.check is None:
        raise ValueError("--json goes with --check")
    if options.number is None and options.check is not None:
        raise ValueError("--check wants the lesson's number before it: melody lesson 5 --check")
    chosen = book.lessons() if options.number is None else [book.lesson(options.number)]
    if options.export is not None:
        print(*desk.export(chosen, options.export), sep="\n")
        return 0
    if options.number is None:
        print(*desk.overview(chosen, desk.my_lessons()), sep="\n")
        return 0
    if options.check is not None:
        return _check_lesson(chosen[0], options.check, options.json)
    mine, said = desk.take_copy(chosen[0], desk.my_lessons())
    print(said, flush=True)
    return desk.open_lab(mine)


def _check_lesson(found, places: list[Path], as_json: bool) -> int:
    """Grade what lies in each place, or the student's own copy and keep its outcomes."""
    from .lessons import desk, grading

    desk.need("jupytext", "nbclient", "ipykernel")
    for place in places:
        if not place.exists():
            raise ValueError(f"{place}: no such file or folder")
    own = [] if places else [grading.grade_own(found, desk.my_lessons())]
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


class _Progress:
    """A bar with loss, onset accuracy and time left; plain lines where there is no terminal.

    Parameters
    ----------
    first : list of str
        Lines to begin with: once a batch is made, so that bad input leaves its one line alone.
    """

    def __init__(self, first: Sequence[str] = ()) -> None:
        self._first, self._bar, self._run = first, None, None

    def __call__(self, run, row) -> None:
        from tqdm import tqdm

        if self._bar is None:
            for line in self._first:
                print(line, file=sys.stderr)
        if run is not self._run:  # each has a bar of its own
            self._run = run
            self._bar = tqdm(
                total=run.steps,
                initial=run.step - 1,
                unit="step",
                disable=not sys.stderr.isatty(),
                dynamic_ncols=True,
            )
        self._bar.update()
        if self._bar.disable:
            if row:
                print(_in_words(row, run.steps), file=sys.stderr, flush=True)
        elif row or run.step % 50 == 0:
            means = run.meter.means() if not row else {k.removeprefix("training_"): v for k, v in row.items()}
            self._bar.set_postfix_str(
                f"loss {means['loss']:.3f}, onset accuracy {means['onset_accuracy']:.2f}"
            )
            if row:
                self._bar.write(_in_words(row, run.steps), file=sys.stderr)
        if run.finished:
            self._bar.close()

    def close(self) -> None:
        """Leave the line of the bar, so that what follows has its own."""
        if self._bar is not None:
            self._bar.close()


def _in_words(row: dict[str, float], steps: int) -> str:
    return (
        f"step {row['step']:>6} of {steps}  training loss {row['training_loss']:.3f}  validation loss "
        f"{row['validation_loss']:.3f}  onset accuracy {row['validation_onset_accuracy']:.3f}"
    )
