"""`melody demo`: songs -> training -> melodies -> a page to hear and see."""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np

from .. import __version__
from ..composing.primer import Primer, as_melody
from ..composing.sampling import compose
from ..corpus.corpus import Corpus
from ..corpus.parts import PARTS
from ..evaluation.copying import SpanFinder, training_spans
from ..evaluation.evaluation import measure
from ..files import write_text
from ..model.model import MelodyModel
from ..music import Vocabulary, score
from ..paper.figures import results
from ..training.loop import train
from ..training.recipe import Recipe
from ..training.run import AfterBatch, Run, ignore_batch
from ..training.running_means import Row
from .demo_folder import PLAN, read_plan, write_plan
from .learning import Snapshots
from .playground import may_write, write_page
from .report import Exhibit, report_as_json

# For a few minutes only: what keeps the fast preset from learning songs by heart would slow this down.
DEMO_RECIPE = Recipe(
    objective="stream", batch=32, length=32, lr=0.006, warmup=100, decay=True, averaging=0.99, clip=1.0,
    dropout=0.3,
)  # fmt: skip
DEMO_TEMPERATURES = (0.2, 0.5, 0.7, 1.0, 1.3)
MELODY_LENGTH = 128  # 16ths at most: eight bars of 4/4
VALIDATIONS = 8
CALIBRATION = 0.03  # of the training time, and 10 s at most
SNAPSHOTS = ".snapshots.json"
TRAINING_PAGE = "training.html"  # stands beside what is being made
COMPARED = 40  # test songs whose longest shared span is shown beside the melodies'


def calibration(seconds: float) -> float:
    """The seconds of so many that go into measuring how fast this machine trains."""
    return min(CALIBRATION * seconds, 10.0)


def calibrated_steps(corpus: Corpus, seconds: float, seed: int) -> int:
    """How many batches fit into a time on this machine, estimated with a model that is then thrown away."""
    run = Run(corpus, replace(DEMO_RECIPE, steps=10**9), seed)
    run.advance()
    start, batches = time.perf_counter(), 0
    while not batches or time.perf_counter() - start < calibration(seconds):
        run.advance()
        batches += 1
    batch = (time.perf_counter() - start) / batches
    start = time.perf_counter()
    run.validate()
    validation = time.perf_counter() - start
    return max(VALIDATIONS, int((0.96 * seconds - VALIDATIONS * validation) / batch))


def with_steps(steps: int) -> Recipe:
    """The demo's recipe for a number of steps."""
    return replace(DEMO_RECIPE, steps=steps, validate_every=-(-steps // VALIDATIONS))


def spell(songs: list[np.ndarray], vocabulary: Vocabulary) -> list[tuple[str, ...]]:
    """Songs of integers, as symbols."""
    return [tuple(vocabulary.names(song)) for song in songs]


def exhibit_melodies(model: MelodyModel, find_span: SpanFinder, out: Path, seed: int) -> list[Exhibit]:
    """One melody for each temperature, written in all formats."""
    exhibits = []
    for temperature in DEMO_TEMPERATURES:
        drawn = compose(model, temperature=temperature, steps=MELODY_LENGTH, rng=np.random.default_rng(seed))
        melody = as_melody(drawn.symbols, Primer([]), f"Melody at T = {temperature:g}, seed {seed}")
        files = score.save(melody, out, f"melody_T{temperature:g}")
        exhibits.append(
            Exhibit(
                temperature,
                drawn.entropy,
                drawn.length_in_words,
                find_span(drawn.symbols),
                files,
                drawn.symbols,
            )
        )
    return exhibits


def human_span(corpus: Corpus, find_span: SpanFinder) -> str:
    """A sentence on what test songs, cut to the melodies' length, share with the training songs."""
    songs = spell(corpus.part("test")[:COMPARED], corpus.vocabulary)
    spans = [find_span(song[:MELODY_LENGTH])[0] for song in songs]
    return (
        f"For comparison: in {len(spans)} folk songs that were held out, cut to at most {MELODY_LENGTH} "
        "symbols, the longest run also found in a training song has "
        f"{statistics.median(spans):g} symbols in the median and {max(spans)} at most."
    )


def run_demo(
    corpus: Corpus,
    out: Path,
    minutes: float = 2.0,
    steps: int | None = None,
    seed: int = 0,
    resume: bool = False,
    say: Callable[[str], None] = print,
    progress: AfterBatch = ignore_batch,
    training_page: Path | None = None,
) -> Path:
    """Train for some minutes, or for `steps` batches; compose, measure, and write `out/index.html`.

    With `resume` a demo that was stopped in this folder goes on, with the options that it began with. While
    training goes on, `training_page` shows how far it is, and the network as it is then.

    Returns
    -------
    Path
        The page.
    """
    corpus.require(*PARTS)
    out.mkdir(parents=True, exist_ok=True)
    if resume and (out / PLAN).is_file():
        minutes, steps, seed = read_plan(out / PLAN, steps, seed)
    write_plan(out / PLAN, minutes, steps, seed)
    if steps is None:
        say(f"measuring how fast this machine trains, for {calibration(60 * minutes):.0f} s")
        steps = calibrated_steps(corpus, 60 * minutes, seed)
        write_plan(out / PLAN, minutes, steps, seed)
        say(
            f"{steps} training steps fit into {minutes:g} minutes here; "
            f"--steps {steps} repeats this demo exactly"
        )
    start = time.perf_counter()
    snapshots = _begin_snapshots(out / SNAPSHOTS, seed, resume)
    if training_page and not may_write(training_page):
        training_page = None

    def look(run: Run) -> None:
        if snapshots.take(run):
            write_text(out / SNAPSHOTS, json.dumps(snapshots.taken))
            if training_page and not run.finished:
                reached = (run.step, run.steps)
                write_page(training_page, run.averaged, learning=snapshots.as_json(), training=reached)

    def after_batch(run: Run, row: Row | None) -> None:
        look(run)
        progress(run, row)

    if not snapshots.taken:
        look(Run(corpus, with_steps(steps), seed))
    if training_page:
        say(f"while it trains, {training_page.resolve().as_uri()} shows what it has learnt so far")
    run = train(corpus, with_steps(steps), out / "model", seed, resume, progress=after_batch)
    if not run.finished:
        raise KeyboardInterrupt
    say(f"trained in {time.perf_counter() - start:.0f} s")  # not on the page: --steps repeats it exactly
    model = MelodyModel.load(out / "model" / "best.npz")
    say("measuring on songs that were held out, and composing")
    measures = measure(corpus, model)
    find_span = training_spans(corpus)
    exhibits = exhibit_melodies(model, find_span, out, seed)
    shown = {name: measures[name] for name in ("3-gram", "5-gram")}
    facts = [
        ("songs", ", ".join(f"{len(corpus.part(p))} {p}" for p in PARTS)),
        ("symbols", f"{sum(map(len, corpus.songs))}, {len(corpus.vocabulary)} different"),
        (
            "network",
            f"one-hot, {run.recipe.cell.upper()} of {run.recipe.units} units, dropout, dense softmax",
        ),
        ("parameters", f"{sum(p.size for p in model.params.values())}"),
        ("training", f"{steps} steps of {run.recipe.batch} x {run.recipe.length} symbols"),
        ("repeat it", f"melody demo --steps {steps} --seed {seed}"),
        ("machine", f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}"),
        ("version", f"lstm_from_scratch {__version__}"),
    ]
    curves = results.training_curves(run.history, shown)
    write_text(out / "curves.svg", curves)
    write_text(
        out / "measures.json",
        json.dumps({"steps": steps, "seed": seed, "trained": model.about, "test": measures}, indent=1) + "\n",
    )
    index = out / "index.html"
    report = report_as_json(facts, curves, measures, human_span(corpus, find_span), exhibits)
    songs = len(corpus.part("training"))
    write_page(index, model, learning=snapshots.as_json(), report=report, songs=songs)
    return index


def _begin_snapshots(path: Path, seed: int, resume: bool) -> Snapshots:
    """None yet, or those of the demo that goes on."""
    if not (resume and path.is_file()):
        return Snapshots(seed)
    try:
        return Snapshots(seed, json.loads(path.read_text(encoding="utf-8")))
    except ValueError:
        raise ValueError(f"{path}: damaged; --overwrite begins anew") from None


def remove_training_page(out: Path) -> None:
    """Of a demo that is whole; a file of that name that is somebody else's stays."""
    if may_write(out / TRAINING_PAGE):
        (out / TRAINING_PAGE).unlink(missing_ok=True)


def import_writers() -> None:
    """Import what writes the page: if it cannot be imported, training is not worth beginning."""
    for name in ("matplotlib.figure", "music21", "verovio"):
        import_module(name)
