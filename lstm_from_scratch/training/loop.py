"""The training loop: batches until all are made, validation stops improving, or it is asked to stop."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from ..corpus.corpus import Corpus
from ..files import make_folder, only_writer, remove_parts, require_empty, write_text
from ..network.backend import CPU, Backend
from ..stopping import on_stop
from .recipe import Recipe
from .run import AfterBatch, Run, ignore_batch
from .running_means import Row
from .saved_run import restore_run, save_run

WRITTEN = ("best.npz", "last.npz", "history.json", "vocabulary.json")


def train(
    corpus: Corpus,
    recipe: Recipe,
    out: Path,
    seed: int = 0,
    resume: bool = False,
    overwrite: bool = False,
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
    overwrite : bool
        Start afresh in a folder that holds something. The model of an earlier run stays until this run has a
        best of its own.
    backend : Backend
    progress : callable
        Called after each batch with the run and, after a validation, its row.

    Returns
    -------
    Run
        Not `finished` if it was interrupted: `last.npz` then holds all that `resume` needs.

    Raises
    ------
    OccupiedError
        The folder holds something, and neither `resume` nor `overwrite` was asked for.
    LockedError
        Another run is using the folder.
    DivergedError
        The numbers are no longer finite; the files of earlier steps are kept.
    DeviceError
        The GPU has too little memory; the files are kept then, too.
    """
    corpus.require("training", "validation")
    out = Path(out)
    resumes = resume and (out / "last.npz").exists()
    if not (resumes or overwrite or (out / ".lock").exists()):  # a lock is asked first: it knows better
        _require_empty(out)
    with backend.explained():
        run = Run(corpus, recipe, seed, backend)
    make_folder(out)
    with only_writer(out), backend.explained():
        if resumes:
            restore_run(run, out / "last.npz")
        elif not overwrite:
            _require_empty(out)
        remove_parts(out, WRITTEN)
        replaces = overwrite and (out / "last.npz").exists()
        if not (resumes or replaces):
            save_run(run, out / "last.npz")  # from now on --resume works, and tells that this is a run
        _go_on(run, out, progress, replaces)
    return run


def _require_empty(out: Path) -> None:
    if (out / "last.npz").exists():
        instead = "give --resume to go on with the run there, --overwrite to start afresh, or another --out"
    else:
        instead = "give another folder with --out, or --overwrite"
    require_empty(out, instead)


def _go_on(run: Run, out: Path, progress: AfterBatch, replaces: bool) -> None:
    """Batches, validations and checkpoints, until the run is finished or asked to stop.

    A run that replaces an earlier one leaves that one's files until it has a best model of its own.
    """
    saved = time.monotonic()
    with _stop_asked() as asked:
        while not run.finished and not asked.is_set():
            run.advance()
            row = None
            if run.step % run.validate_every == 0 or run.step == run.steps:
                row = run.validate()
                _write_validated(run, row, out)
            progress(run, row)
            kept = replaces and not run.history
            if not kept and time.monotonic() - saved > run.recipe.save_seconds:
                save_run(run, out / "last.npz")
                saved = time.monotonic()
        save_run(run, out / "last.npz")


def _write_validated(run: Run, row: Row, out: Path) -> None:
    """The history and, where the last validation is the best, the model."""
    if len(run.history) == 1:
        run.corpus.vocabulary.save(out / "vocabulary.json")
    if row is run.best:
        run.averaged.save(out / "best.npz")
    write_text(out / "history.json", json.dumps(run.history, indent=1) + "\n")


@contextmanager
def _stop_asked() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM and SIGHUP set: the run then stops between two batches, and saves.

    A second Ctrl-C stops it at once; what it saved last is then where it goes on.
    """
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT and asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    with on_stop(ask):
        yield asked
