"""A progress bar at a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence


class Progress:
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
