"""What each `melody` command does. Each imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from . import given_songs
from .terminal import quoted, say, warn

if TYPE_CHECKING:
    from .classroom.lesson_files import Lesson
    from .gradients.gradcheck import TensorCheck


def demo(options: argparse.Namespace) -> int:
    """Songs, training, melodies, a page."""
    from .page import demo as page
    from .page.demo_folder import UNFINISHED, is_whole, place_to_work, put_in_place
    from .training.progress import Progress

    out = options.out
    if options.resume and is_whole(out) and not (out / UNFINISHED).exists():
        say(f"{out}: this demo is finished; --overwrite makes it anew")
        return 0
    _settle_matplotlib()
    page.import_writers()
    with place_to_work(out, options.resume, options.overwrite) as work, closing(Progress()) as progress:
        try:
            if not is_whole(work):
                corpus = given_songs.prepared(options)
                given_songs.keep(corpus, work / "corpus", overwrite=True)
                page.run_demo(
                    corpus,
                    work,
                    options.minutes,
                    options.steps,
                    options.seed,
                    options.resume,
                    say,
                    progress,
                    out / page.TRAINING_PAGE,
                )
            put_in_place(work, out)
            page.remove_training_page(out)
        except KeyboardInterrupt:
            progress.close()
            raise KeyboardInterrupt(f"stopped; to go on: melody demo --resume --out {quoted(out)}") from None
    say(f"Open {(out / 'index.html').resolve().as_uri()} in a browser to hear and see them.")
    return 0


def _settle_matplotlib() -> None:
    """Its own settings, and not the user's backend or a `matplotlibrc` that lies in the current folder."""
    os.environ["MPLBACKEND"] = "agg"  # figures go to files
    import matplotlib

    matplotlib.rcdefaults()


def prepare(options: argparse.Namespace) -> None:
    from .files import OccupiedError, require_empty, require_place

    if options.paths and options.collection:
        raise ValueError("give either paths or a collection, not both")
    if options.rhythm and not options.collection:
        raise ValueError("--rhythm needs a --collection that names rhythms: oneill or ryan")
    out = options.out
    require_place(out)
    if not options.overwrite and not (out / "corpus.npz").is_file():
        require_empty(out, "give another folder with --out, or --overwrite")
    corpus = given_songs.prepared(options)
    if not given_songs.keep(corpus, out, options.overwrite):
        raise OccupiedError(
            f"{out}: holds another corpus: give another folder with --out, or --overwrite to replace it"
        )
    missing = [part for part in ("training", "validation") if not corpus.part(part)]
    if missing:
        say(
            f"corpus in {out}; to train on it takes more songs: of these {len(corpus.songs)} none fell into "
            f"the {' or the '.join(missing)} part"
        )
    else:
        say(f"corpus in {out}; next: melody train --corpus {quoted(out)}")


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
    how = "the same command with " + ("--resume in place of --overwrite" if options.overwrite else "--resume")
    with closing(Progress(first)) as progress:
        try:
            run = train(
                corpus,
                recipe,
                options.out,
                options.seed,
                resume=options.resume,
                overwrite=options.overwrite,
                backend=backend,
                progress=progress,
            )
        except KeyboardInterrupt:
            progress.close()
            raise KeyboardInterrupt(
                f"stopped at once, not saved; {how} goes on from what was saved before"
            ) from None
    if not run.finished:
        raise KeyboardInterrupt(f"stopped at step {run.step} of {run.steps}; {how} goes on")
    best = run.best
    say(f"best validation loss {best['validation_loss']:.4f} nats a symbol at step {best['step']}")
    say(f"next: melody compose --model {quoted(options.out / 'best.npz')}")
    return 0


def compose(options: argparse.Namespace) -> None:
    from .composing.compositions import Request, write_compositions
    from .model.model import MelodyModel
    from .page.composed import write_composed_page

    request = Request(
        options.model,
        temperatures=tuple(options.temperature),
        primer=options.primer,
        spine=options.spine,
        count=options.count,
        steps=options.steps,
        tempo=options.tempo,
        seed=options.seed,
        corpus=options.corpus,
        meter=options.meter,
        upbeat=options.upbeat,
    )
    for line in write_compositions(request, options.out):
        say(line)
    if page := write_composed_page(options.out, MelodyModel.load(options.model)):
        say(f"to look inside the network that wrote it: open {page.resolve().as_uri()} in a browser")


def play(options: argparse.Namespace) -> None:
    from .model.model import MelodyModel
    from .page.playground import write_page

    write_page(options.out, MelodyModel.load(options.model))
    say(f"Open {options.out.resolve().as_uri()} in a browser: it needs nothing else.")


def evaluate(options: argparse.Namespace) -> None:
    from .corpus.corpus import Corpus
    from .evaluation.evaluation import STRONGEST, measure
    from .model.model import MelodyModel

    corpus, model = Corpus.load(options.corpus), MelodyModel.load(options.model)
    if model.vocabulary != corpus.vocabulary:
        raise ValueError(
            f"{options.model}: its vocabulary is not that of {options.corpus}; give the corpus that it was "
            "trained on, or train on this one"
        )
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
    from .files import require_empty, require_place
    from .paper.table_one import compare, in_words
    from .training.progress import Progress

    require_place(options.out)
    if not any(options.out.glob("*-lr*-seed*/last.npz")):  # it goes on with runs of its own
        require_empty(options.out, "give another folder with --out")
    _settle_matplotlib()
    corpus = Corpus.load(options.corpus)
    with closing(Progress()) as progress:
        found = compare(
            corpus,
            options.out,
            options.seeds,
            progress=progress,
            say=warn,
        )
    say(*in_words(found), f"all of it in {options.out / 'compare.json'}")


def gradcheck(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from .gradients.selfcheck import check_all_layers

    checks = check_all_layers(options.seed)
    if options.json:
        print(json.dumps([asdict(check) | {"ok": check.ok} for check in checks], indent=1))
    else:
        say(*checks, _verdict(checks))
    return 0 if all(check.ok for check in checks) else 1


def _verdict(checks: Sequence[TensorCheck]) -> str:
    """What gradcheck found, in a line."""
    wrong = list(dict.fromkeys(check.tensor for check in checks if not check.ok))
    if not wrong:
        return f"all {len(checks)} checks passed: the gradients written by hand are those of the loss"
    return f"{sum(not check.ok for check in checks)} of {len(checks)} checks failed: {', '.join(wrong)}"


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

    say(*report())
