"""The folder of a demo: made aside until it is whole, and then put in place, so that nothing is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..files import OccupiedError, make_folder, only_writer, require_empty, write_text

UNFINISHED = ".unfinished"  # in a demo's folder: where a demo is made until its page is whole
PLAN = ".plan.json"  # in that one: what the demo was begun with


@contextmanager
def place_to_work(out: Path, resume: bool, overwrite: bool) -> Iterator[Path]:
    """The folder inside `out` in which a demo is made, with `out` locked.

    Raises
    ------
    OccupiedError
        There is something in `out`, and neither of the two was asked for.
    LockedError
        Another demo is being made there.
    """
    work, may_write = out / UNFINISHED, resume or overwrite
    if not may_write and not (out / ".lock").exists():
        _require_room(out)
    make_folder(out)
    with only_writer(out):
        if not may_write:
            _require_room(out)
        if not resume and work.exists():
            shutil.rmtree(work)
        work.mkdir(exist_ok=True)
        yield work


def _require_room(out: Path) -> None:
    if (out / UNFINISHED / PLAN).exists():
        raise OccupiedError(
            f"{out}: holds a demo that was stopped: give --resume to go on with it, --overwrite to begin "
            "anew, or another folder with --out"
        )
    require_empty(out, "give another folder with --out, or --overwrite to replace the demo in it")


def is_whole(folder: Path) -> bool:
    """Whether a folder holds a whole demo; its page is written last, and moved last."""
    return (folder / "index.html").is_file()


def put_in_place(work: Path, out: Path) -> None:
    """Move a demo that is whole to where it is to be, its page last; files of other names there stay."""
    files = [path for path in sorted(work.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    files.sort(key=lambda path: path.name == "index.html")
    for path in files:
        place = out / path.relative_to(work)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
    shutil.rmtree(work)


def write_plan(path: Path, minutes: float, steps: int | None, seed: int) -> None:
    """Keep what a demo was begun with, for a `read_plan` after it was stopped."""
    write_text(path, json.dumps({"minutes": minutes, "steps": steps, "seed": seed}) + "\n")


def read_plan(path: Path, steps: int | None, seed: int) -> tuple[float, int | None, int]:
    """What a demo began with; ValueError if it was asked for other steps or another seed now."""
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
        minutes, planned, its_seed = float(plan["minutes"]), plan["steps"], int(plan["seed"])
        planned = None if planned is None else int(planned)
    except (ValueError, TypeError, KeyError, OverflowError):
        raise ValueError(f"{path}: damaged; --overwrite begins anew") from None
    if steps not in (None, planned) or seed not in (0, its_seed):
        raise ValueError(
            f"{path}: this demo was begun with --steps {planned} --seed {its_seed}: leave them out to go on "
            "with it, or give --overwrite to begin anew"
        )
    return minutes, planned, its_seed
