"""The training loop: batches until all are made, validation stops improving, or Ctrl-C."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..corpus.corpus import Corpus
from ..files import only_writer, remove_parts, write_text
from ..network.backend import CPU, Backend
from .recipe import Recipe
from .run import Run
from .running_means import Row


def train(
    corpus: Corpus,
    recipe: Recipe,
    out: Path,
    seed: int = 0,
    resume: bool = False,
    backend: Backend = CPU,
    progress: Callable[[Run, Row | None], None] = lambda run, row: None,
) -> Run:
    """Train, keeping `best.npz`, `last.npz`, `history.json` and `vocabulary.json` in a folder.

    Parameters
    ----------
    corpus : Corpus
    recipe : Recipe
    out : Path
    seed : int
    resume : bool
        Go on from `last.npz` where there is one, else start afresh.
    backend : Backend
    progress : callable
        Called after each batch with the run and, after a validation, its row.

    Returns
    -------
    Run
        Not `finished` where it was interrupted: `last.npz` then holds all that `resume` needs.

    Raises
    ------
    LockedError
        Another run works in the folder.
    DivergedError
        The numbers left all bounds; the files of the steps before are kept.
    DeviceError
        The GPU has too little memory; so are they.
    """
    corpus.require("training", "validation")
    out = Path(out)
    with backend.explained():
        run = Run(corpus, recipe, seed, backend)
    out.mkdir(parents=True, exist_ok=True)
    with only_writer(out), backend.explained():
        if resume and (out / "last.npz").is_file():
            run.restore(out / "last.npz")
        remove_parts(out)
        if not run.step:  # what another run left here would pass for this one's
            for name in ("best.npz", "last.npz", "history.json"):
                (out / name).unlink(missing_ok=True)
        corpus.vocabulary.save(out / "vocabulary.json")
        _go_on(run, out, progress)
    return run


def _go_on(run: Run, out: Path, progress: Callable[[Run, Row | None], None]) -> None:
    """Batches, validations and checkpoints, until the run is finished or Ctrl-C."""
    recipe = run.recipe
    saved = time.monotonic()
    with _interruption() as interrupted:
        while not run.finished and not interrupted.is_set():
            run.advance()
            row = None
            if run.step % (recipe.validate_every or run.batches.per_epoch) == 0 or run.step == run.steps:
                row = run.validate()
                if row is run.best:
                    run.averaged.save(out / "best.npz")
                write_text(out / "history.json", json.dumps(run.history, indent=1) + "\n")
            progress(run, row)
            if time.monotonic() - saved > recipe.save_seconds:
                run.save(out / "last.npz")
                saved = time.monotonic()
        run.save(out / "last.npz")


@contextmanager
def _interruption() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets, so that a run stops between two batches and never within one."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.signal(signal.SIGINT, lambda *_: asked.set())
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
