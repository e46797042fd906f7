"""The training loop: batches until all are made, validation stops improving, or Ctrl-C."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..corpus.corpus import Corpus
from ..files import only_writer, remove_parts, write_text
from ..network.backend import CPU, Backend
from .recipe import Recipe
from .run import AfterBatch, Run, ignore_batch
from .saved_run import restore_run, save_run


def train(
    corpus: Corpus,
    recipe: Recipe,
    out: Path,
    seed: int = 0,
    resume: bool = False,
    backend: Backend = CPU,
    progress: AfterBatch = ignore_batch,
) -> Run:
    """Train, keeping `best.npz`, `last.npz`, `history.json` and `vocabulary.json` in a folder.

    Parameters
    ----------
    corpus : Corpus
    recipe : Recipe
    out : Path
    seed : int
    resume : bool
        Continue from `last.npz` if there is one, else start afresh.
    backend : Backend
    progress : callable
        Called after each batch with the run and, after a validation, its row.

    Returns
    -------
    Run
        Not `finished` if it was interrupted: `last.npz` then holds all that `resume` needs.

    Raises
    ------
    LockedError
        Another run is using the folder.
    DivergedError
        The numbers are no longer finite; the files of earlier steps are kept.
    DeviceError
        The GPU has too little memory; the files are kept then, too.
    """
    corpus.require("training", "validation")
    out = Path(out)
    with backend.explained():
        run = Run(corpus, recipe, seed, backend)
    out.mkdir(parents=True, exist_ok=True)
    with only_writer(out), backend.explained():
        if resume and (out / "last.npz").is_file():
            restore_run(run, out / "last.npz")
        remove_parts(out)
        if not run.step:  # what another run left here would pass for this one's
            for name in ("best.npz", "last.npz", "history.json"):
                (out / name).unlink(missing_ok=True)
        corpus.vocabulary.save(out / "vocabulary.json")
        _go_on(run, out, progress)
    return run


def _go_on(run: Run, out: Path, progress: AfterBatch) -> None:
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
                save_run(run, out / "last.npz")
                saved = time.monotonic()
        save_run(run, out / "last.npz")


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
