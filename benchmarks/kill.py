"""Kill a training run by SIGKILL at random moments, resume it each time, and compare it with one left alone.

    python benchmarks/kill.py [--kills 200] [--seed 0]

A checkpoint is written after every batch, so about half of the moments fall into a write. What must be
equal, byte for byte, are `last.npz` (weights, Adam, averages, state, history, position) and `best.npz`.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
DRIVER = ROOT / "tests" / "helpers" / "training_driver.py"
STEPS_A_LIFE = 20
FILES = ("last.npz", "best.npz", "history.json", "vocabulary.json")


def start(folder: Path, steps: int) -> subprocess.Popen:
    """The run in a process of its own; it prints each step it makes."""
    command = [sys.executable, str(DRIVER), str(folder), str(steps)]
    return subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)


def environment() -> dict[str, str]:
    """One thread, and the package from this repository."""

    return os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}


def live_and_die(folder: Path, steps: int, rng: random.Random) -> bool:
    """One life, killed after some batches and a random time more; False where it ended before."""
    with start(folder, steps) as process:
        if rng.random() < 0.1:  # while it starts, or reads its checkpoint
            select.select([process.stdout], [], [], rng.uniform(0.1, 1.0))  # its first batch ends the wait
        else:
            for _ in range(rng.randrange(1, STEPS_A_LIFE)):
                process.stdout.readline()
            time.sleep(rng.uniform(0, 0.02))
        alive = process.poll() is None
        process.kill()
    return alive


def trial(folder: Path, kills: int, seed: int) -> dict[str, int]:
    """So many kills, then the run's end; counts, and how many of the files differ from an unkilled run's."""
    steps, rng = STEPS_A_LIFE * (kills + 2), random.Random(seed)
    counts = {"kills": 0, "in a write": 0, "most parts left": 0}
    while counts["kills"] < kills:
        if not live_and_die(folder / "killed", steps, rng):
            raise RuntimeError("the run was over before its kills were: it made more steps than it was to")
        counts["kills"] += 1
        parts = len(list((folder / "killed").glob(".*.part")))
        counts["in a write"] += parts > 0
        counts["most parts left"] = max(counts["most parts left"], parts)
    for name in ("killed", "whole"):
        with start(folder / name, steps) as process:
            process.communicate()
            if process.returncode:
                raise RuntimeError(f"the run ended with status {process.returncode}")
    counts["parts left at the end"] = len(list((folder / "killed").glob(".*.part")))
    counts["files that differ"] = sum(
        (folder / "killed" / name).read_bytes() != (folder / "whole" / name).read_bytes() for name in FILES
    )
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        counts = trial(Path(folder), options.kills, options.seed)
    for name, count in counts.items():
        print(f"{name:<24} {count:>6}")
    print(f"{'seconds':<24} {time.perf_counter() - begun:6.0f}")
    return 1 if counts["files that differ"] or counts["parts left at the end"] else 0


if __name__ == "__main__":
    sys.exit(main())
