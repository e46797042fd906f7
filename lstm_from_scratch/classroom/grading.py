"""Grades a copy of a lesson by running it: which exercises pass, and what to say about those that do not."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from . import check
from .lesson_files import TIMEOUT, Lesson, execute

HEADING = re.compile(r"^## (?:Exercise (\d+\.\d+): )?(.+)$", re.MULTILINE)


def find_copy(found: Lesson, place: Path) -> Path:
    """A student's copy of a lesson: a file itself, or the one of the lesson's name in a folder.

    It may be Markdown, as `melody lesson` makes it, or an .ipynb, and may lie in `my_lessons` below.

    Raises
    ------
    ValueError
        There is none, or more than one.
    """
    if place.is_file():
        return place
    names = [found.path.name, found.path.with_suffix(".ipynb").name]
    copies = [f / name for f in (place, place / "my_lessons") for name in names if (f / name).is_file()]
    if not copies:
        raise ValueError(
            f"{place}: no {names[0]} there (`melody lesson {found.number}` makes it), nor an .ipynb"
        )
    if len(copies) > 1:
        raise ValueError(f"{place}: more than one copy, say which: {', '.join(map(str, copies))}")
    return copies[0]


def grade_own(found: Lesson, folder: Path) -> dict[str, Any]:
    """As `grade`, for the student's own copy in a folder, whose outcomes are kept there.

    Raises
    ------
    ValueError
        There is no copy, or it cannot be read.
    """
    graded = _named(found, folder) | grade(found, find_copy(found, folder))
    kept = {name: {k: e[k] for k in ("passed", "message")} for name, e in graded["exercises"].items()}
    check.keep(kept, folder)
    return graded


def grade_place(found: Lesson, place: Path) -> dict[str, Any]:
    """As `grade`, for what a student has handed in; what is not there or not readable has passed nothing."""
    try:
        return _named(found, place) | grade(found, find_copy(found, place))
    except ValueError as error:
        return _named(found, place) | _report(found, None, {}, [str(error)], 0)


def _named(found: Lesson, place: Path) -> dict[str, str]:
    """Whose it is: the last part of the path that names neither the lesson nor `my_lessons`."""
    others = ("my_lessons", found.path.name, found.path.with_suffix(".ipynb").name)
    return {"student": [part for part in place.resolve().parts if part not in others][-1]}


def in_words(graded: dict[str, Any]) -> str:
    """A line for each exercise, below the file and how many have passed."""
    lines = [f"{graded['file'] or graded['student']}: {graded['passed']} of {graded['of']} passed"]
    for name, exercise in graded["exercises"].items() if graded["file"] else ():
        state = "passed" if exercise["passed"] else "not yet"
        lines.append(f"  {name} {exercise['title']}: {state}. {exercise['message']}".rstrip())
    return "\n".join([*lines, *(f"  {problem}" for problem in graded["problems"])])


def grade(found: Lesson, path: Path, seconds: float = TIMEOUT) -> dict[str, Any]:
    """Run a copy from top to bottom, in a kernel and an empty folder of its own, and report.

    A cell that raises, never ends or ends the kernel costs what it answers, not the exercises after it.

    Parameters
    ----------
    found : Lesson
    path : Path
        Of the copy, Markdown or .ipynb.
    seconds : float
        That a cell may take.

    Returns
    -------
    dict
        "file", "lesson", "passed" and "of" (numbers of exercises), "seconds", "problems" (what else went
        wrong, in words), "exercises": for each its "title", whether it "passed", and the "message".

    Raises
    ------
    ValueError
        It cannot be read as a lesson.
    """
    start, notebook = time.monotonic(), _read(path)
    kept, stopped = _run(notebook, len(found.exercises) + 1, seconds)
    missing, places, others = found.exercises.keys() - kept.keys(), _places(notebook.cells), []
    for index, said in sorted([*stopped, *_errors(notebook.cells)]):
        exercise, heading = places[index]
        if exercise in missing:
            kept.setdefault(exercise, {"passed": False, "message": said})  # the first error caused the rest
        else:
            others.append(f"In '{heading}': {said}")
    for name in missing:
        said = (
            f'The cell check("{name}", ...) did not run. Is it missing, or changed? Copy it from the lesson.'
        )
        kept.setdefault(name, {"passed": False, "message": said})
    return _report(found, path, kept, others, time.monotonic() - start)


def _report(
    found: Lesson, path: Path | None, kept: dict[str, dict[str, Any]], problems: list[str], seconds: float
) -> dict[str, Any]:
    """The outcomes as `grade` gives them; exercises that are not among them have not passed."""
    nothing = {"passed": False, "message": "Nothing to grade."}
    exercises = {name: {"title": title} | kept.get(name, nothing) for name, title in found.exercises.items()}
    passed = sum(exercise["passed"] for exercise in exercises.values())
    return {
        "file": path and str(path), "lesson": found.number, "passed": passed, "of": len(exercises),
        "seconds": round(seconds, 1), "problems": problems, "exercises": exercises,
    }  # fmt: skip


def _read(path: Path) -> Any:
    """The notebook of a file."""
    import jupytext

    try:
        return jupytext.read(path, fmt="ipynb" if path.suffix == ".ipynb" else "md:myst")
    except Exception as error:  # what is handed in may be anything
        raise ValueError(f"{path}: not readable as a lesson: {' '.join(str(error).split())}") from None


def _run(notebook: Any, runs: int, seconds: float) -> tuple[dict[str, dict[str, Any]], list[tuple[int, str]]]:
    """Execute it; where a cell stops it, again without that cell, `runs` times at most.

    Returns
    -------
    dict
        The outcomes of the check.
    list of (int, str)
        The cells that stopped it, and what to say.
    """
    stopped = []
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        for _ in range(runs):
            halt = _run_once(notebook, Path(home), seconds)
            if halt is None:
                break
            stopped.append(halt)
            notebook.cells[halt[0]].update(source="", outputs=[])
        return check.outcomes(Path(home)), stopped


def _run_once(notebook: Any, home: Path, seconds: float) -> tuple[int, str] | None:
    """Execute it; the cell that stopped the run and what to say, or None."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    at = 0

    def before(cell: Any, cell_index: int) -> None:
        nonlocal at
        at = cell_index

    def after(cell: Any, cell_index: int, execute_reply: Any) -> None:
        # `exit()` lets some more cells run before the kernel ends: which ones is chance.
        if any(p.get("source") == "ask_exit" for p in execute_reply["content"].get("payload", ())):
            raise DeadKernelError

    try:
        execute(notebook, home, seconds, allow_errors=True, on_cell_start=before, on_cell_executed=after)
    except CellTimeoutError:
        return at, f"The cell did not end within {seconds:g} s: does a loop go on for ever?"
    except DeadKernelError:
        return (
            at,
            "The cell ended the whole program: is there an exit() in it, or did it need too much memory?",
        )
    return None


def _places(cells: list[Any]) -> list[tuple[str, str]]:
    """For each cell the exercise that it belongs to, or "", and the heading above it."""
    found, places = ("", "the beginning"), []
    for cell in cells:
        headings = HEADING.findall(cell.source) if cell.cell_type == "markdown" else []
        found = headings[-1] if headings else found
        places.append(found)
    return places


def _errors(cells: list[Any]) -> Iterator[tuple[int, str]]:
    """The cells that raised, and what to say."""
    for index, cell in enumerate(cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                error = " ".join(f"{output.ename}: {output.evalue}".split())
                yield index, f"Your code stopped: {error}"
