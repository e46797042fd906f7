"""A progress bar at a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ..terminal import warn
from .run import Run
from .running_means import Row


class Progress:
    """A bar with loss, onset accuracy and time left; without a terminal, a line a validation.

    Parameters
    ----------
    first : sequence of str
        Lines to begin with. They are printed after the first batch, so that bad input leaves only its one
        line of error.
    """

    def __init__(self, first: Sequence[str] = ()) -> None:
        self._first = first
        self._run: Run | None = None
        self._bar: Any = None  # tqdm's

    def __call__(self, run: Run, row: Row | None) -> None:
        try:
            self._show(run, row)
        except OSError:  # the terminal is gone, which must not end the training
            self._show = lambda run, row: None  # type: ignore[method-assign]

    def _show(self, run: Run, row: Row | None) -> None:
        if self._run is None:
            for line in self._first:
                warn(line)
        if run is not self._run:  # each run has its own bar
            self._run, self._bar = run, _new_bar(run)
        self._bar.update()
        if self._bar.disable:
            if row:
                print(_in_words(row, run.steps), file=sys.stderr, flush=True)
        elif row or run.step % 50 == 0:
            means = (
                {k.removeprefix("training_"): v for k, v in row.items()} if row else run.running_means.means()
            )
            self._bar.set_postfix_str(
                f"loss {means['loss']:.3f}, onset accuracy {means['onset_accuracy']:.2f}"
            )
            if row:
                self._bar.write(_in_words(row, run.steps), file=sys.stderr)
        if run.finished:
            self._bar.close()

    def close(self) -> None:
        """Leave the bar's line, so that what follows starts on its own."""
        with suppress(OSError):
            if self._bar is not None:
                self._bar.close()


def _new_bar(run: Run) -> Any:
    from tqdm import tqdm

    return tqdm(
        total=run.steps,
        initial=run.step - 1,
        unit="step",
        disable=not sys.stderr.isatty() or os.environ.get("TERM") == "dumb",
        dynamic_ncols=True,
    )


def _in_words(row: Row, steps: int) -> str:
    return (
        f"step {row['step']:>6} of {steps}  training loss {row['training_loss']:.3f}  validation loss "
        f"{row['validation_loss']:.3f}  onset accuracy {row['validation_onset_accuracy']:.3f}"
    )
