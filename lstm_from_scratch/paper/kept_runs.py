"""Training runs whose time is measured, and which are kept rather than run again."""

from __future__ import annotations

import json
import platform
import time
from pathlib import Path

import numpy as np

from ..corpus.corpus import Corpus
from ..files import write_text
from ..model.checkpoint import CheckpointError
from ..model.model import MelodyModel
from ..training.loop import train
from ..training.recipe import Recipe
from ..training.run import AfterBatch, Run, ignore_batch
from ..training.running_means import Row
from . import Result

WRITTEN_EVERY = 10.0  # seconds of its time that a run may lose when it is killed


def trained(
    corpus: Corpus, recipe: Recipe, folder: Path, seed: int = 0, progress: AfterBatch = ignore_batch
) -> tuple[MelodyModel, Result]:
    """The best model of a run, and its record; a run that the folder holds, finished, is read from there.

    An unfinished run continues from its last checkpoint.

    Returns
    -------
    model : MelodyModel
    record : dict
        "seed"; "recipe"; "corpus", its digest; "parameters"; "steps"; "rows", the history, each row with the
        "seconds" of training and validation up to it; and "best", the row of the model. Seconds are processor
        time, so other work on the machine does not count; on one thread an idle machine takes as long.
    """
    wanted = {"seed": seed, "recipe": recipe.record(), "corpus": corpus.digest}
    record = _read(folder / "record.json")
    if {name: record.get(name) for name in wanted} != wanted or not record.get("finished"):
        for name in ("measures.json", "context.json"):  # of another run
            (folder / name).unlink(missing_ok=True)
        record = wanted | _train(corpus, recipe, folder, seed, progress)
        write_text(folder / "record.json", json.dumps(record, indent=1) + "\n")
    return MelodyModel.load(folder / "best.npz"), record


def as_it_stands(folder: Path) -> tuple[MelodyModel, Result]:
    """Like `trained`, for a run that is not finished: its best model so far, and a record of it."""
    model = MelodyModel.load(folder / "best.npz")
    history = json.loads((folder / "history.json").read_text(encoding="utf-8"))
    about = {name: model.about[name] for name in ("seed", "recipe", "corpus")}
    return model, about | _record(False, model, history, folder)


def _train(corpus: Corpus, recipe: Recipe, folder: Path, seed: int, progress: AfterBatch) -> Result:
    clock = _Clock(folder / "clock.json", progress)
    try:
        run = train(corpus, recipe, folder, seed, resume=True, progress=clock)
    except CheckpointError:  # the folder holds a run with another recipe, seed or corpus
        run = train(corpus, recipe, folder, seed, overwrite=True, progress=clock)
    if not run.finished:
        clock.write(run.step)
        raise KeyboardInterrupt
    return _record(True, run.model, run.history, folder)


def _record(finished: bool, model: MelodyModel, history: list[Row], folder: Path) -> Result:
    seconds = _read(folder / "clock.json")
    _check_seconds(history, seconds, folder)
    rows = [row | {"seconds": seconds[str(row["step"])]} for row in history]
    return {
        "finished": finished,
        "parameters": sum(p.size for p in model.params.values()),
        "steps": rows[-1]["step"],
        "best": min(rows, key=lambda row: row["validation_loss"]),
        "rows": rows,
    }


class _Clock:
    """Processor seconds of a run at each validation, in a file beside its checkpoints.

    The file also holds the seconds at the last batch seen, from which a resumed run goes on counting.
    """

    def __init__(self, path: Path, progress: AfterBatch):
        self._path, self._progress, self._start = path, progress, time.process_time()
        self._seconds: dict[str, float] = {}

    def __call__(self, run: Run, row: Row | None) -> None:
        if not self._seconds:  # the first batch since the run was started or resumed
            kept = {"0": 0.0} | (_read(self._path) if run.step > 1 else {})
            # A killed run resumes at its last checkpoint, which may be earlier than its clock's last step.
            self._before = float(np.interp(run.step - 1, [int(step) for step in kept], list(kept.values())))
            self._seconds = {step: s for step, s in kept.items() if int(step) < run.step}
            _check_seconds(run.history[: -1 if row else None], self._seconds, self._path.parent)
            self._written = time.monotonic()
        if row:
            self._seconds[str(row["step"])] = self._now()
        if row or time.monotonic() - self._written > WRITTEN_EVERY:
            self.write(run.step)
        self._progress(run, row)

    def _now(self) -> float:
        return self._before + time.process_time() - self._start

    def write(self, step: int) -> None:
        """Write the seconds known after so many steps."""
        if self._seconds:
            write_text(self._path, json.dumps(self._seconds | {str(step): self._now()}) + "\n")
            self._written = time.monotonic()


def _check_seconds(history: list[Row], seconds: dict[str, float], folder: Path) -> None:
    """Refuse a run that is missing some of its times, for example because another command trained it."""
    for row in history:
        if str(row["step"]) not in seconds:
            raise ValueError(
                f"{folder}: clock.json does not say when step {row['step']} was made; "
                "remove this folder, and the run starts afresh"
            )


def _read(path: Path) -> Result:
    try:
        found: Result = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def machine() -> dict[str, str]:
    """The machine and the versions with which a figure was measured, and the date."""
    return {
        "processor": _processor(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "date": time.strftime("%Y-%m-%d"),
    }


def _processor() -> str:
    """The processor's name as Linux gives it, or else as Python does."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
