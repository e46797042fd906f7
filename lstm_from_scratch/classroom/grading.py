"""Grades a copy of a lesson by running it: which exercises pass, and what is wrong with the others."""

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
    """A student's copy of a lesson: the file itself, or the file with the lesson's name in a folder.

    It may be Markdown, as `melody lesson` makes it, or an .ipynb, and may be in a folder `my_lessons` there.

    Raises
    ------
    ValueError
        There is no copy, or more than one.
    """
    if place.is_file():
        return place
    names = [found.path.name, found.path.with_suffix(".ipynb").name]
    copies = [f / name for f in (place, place / "my_lessons") for name in names if (f / name).is_file()]
    if not copies:
        raise ValueError(
            f"{place}: has neither {names[0]} (`melody lesson {found.number}` makes it) nor an .ipynb of it"
        )
    if len(copies) > 1:
        raise ValueError(f"{place}: has more than one copy, say which: {', '.join(map(str, copies))}")
    return copies[0]


def grade_own(found: Lesson, folder: Path) -> dict[str, Any]:
    """Like `grade`, for the student's own copy in a folder; the outcomes are kept there.

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
    """Like `grade`, for what a student has handed in; what is missing or unreadable has passed nothing."""
    try:
        return _named(found, place) | grade(found, find_copy(found, place))
    except ValueError as error:
        return _named(found, place) | _report(found, None, {}, [str(error)], 0)


def _named(found: Lesson, place: Path) -> dict[str, str]:
    """Whose copy it is: the last part of the path that is not the lesson's name or `my_lessons`."""
    others = ("my_lessons", found.path.name, found.path.with_suffix(".ipynb").name)
    return {"student": [part for part in place.resolve().parts if part not in others][-1]}


def in_words(graded: dict[str, Any]) -> str:
    """The file and how many exercises have passed, then a line for each exercise."""
    lines = [f"{graded['file'] or graded['student']}: {graded['passed']} of {graded['of']} passed"]
    for name, exercise in graded["exercises"].items() if graded["file"] else ():
        state = "passed" if exercise["passed"] else "not yet"
        lines.append(f"  {name} {exercise['title']}: {state}. {exercise['message']}".rstrip())
    return "\n".join([*lines, *(f"  {problem}" for problem in graded["problems"])])


def grade(found: Lesson, path: Path, seconds: float = TIMEOUT) -> dict[str, Any]:
    """Run a copy from top to bottom, in a separate kernel and an empty folder, and report.

    A cell that raises, never ends or ends the kernel costs its own exercise, not the ones after it.

    Parameters
    ----------
    found : Lesson
    path : Path
        The copy, Markdown or .ipynb.
    seconds : float
        What a cell may take.

    Returns
    -------
    dict
        "file", "lesson", "passed" and "of" (numbers of exercises), "seconds", "problems" (what else went
        wrong, in words), and "exercises": for each its "title", whether it "passed", and the "message".

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
            kept.setdefault(exercise, {"passed": False, "message": said})  # the first error causes the rest
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
    """The outcomes in the form that `grade` gives; an exercise that is not among them has not passed."""
    nothing = {"passed": False, "message": "Nothing to grade."}
    exercises = {name: {"title": title} | kept.get(name, nothing) for name, title in found.exercises.items()}
    passed = sum(exercise["passed"] for exercise in exercises.values())
    return {
        "file": path and str(path),
        "lesson": found.number,
        "passed": passed,
        "of": len(exercises),
        "seconds": round(seconds, 1),
        "problems": problems,
        "exercises": exercises,
    }


def _read(path: Path) -> Any:
    """The notebook of a file."""
    import jupytext

    try:
        return jupytext.read(path, fmt="ipynb" if path.suffix == ".ipynb" else "md:myst")
    except Exception as error:  # students may hand in anything
        raise ValueError(f"{path}: not readable as a lesson: {' '.join(str(error).split())}") from None


def _run(notebook: Any, runs: int, seconds: float) -> tuple[dict[str, dict[str, Any]], list[tuple[int, str]]]:
    """Execute it; if a cell stops the run, execute it again without that cell, at most `runs` times.

    Returns
    -------
    dict
        What the checks found.
    list of (int, str)
        The cells that stopped the run, and what to say about each.
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
        # After `exit()` some more cells run before the kernel ends, and which ones is a matter of chance.
        if any(p.get("source") == "ask_exit" for p in execute_reply["content"].get("payload", ())):
            raise DeadKernelError

    try:
        execute(notebook, home, seconds, allow_errors=True, on_cell_start=before, on_cell_executed=after)
    except CellTimeoutError:
        return at, f"The cell did not end within {seconds:g} s: is there a loop that never ends?"
    except DeadKernelError:
        return (
            at,
            "The cell ended the whole program: does it call exit(), or need too much memory?",
        )
    return None


def _places(cells: list[Any]) -> list[tuple[str, str]]:
    """For each cell, the exercise that it belongs to, or "", and the heading above it."""
    found, places = ("", "the beginning"), []
    for cell in cells:
        headings = HEADING.findall(cell.source) if cell.cell_type == "markdown" else []
        found = headings[-1] if headings else found
        places.append(found)
    return places


def _errors(cells: list[Any]) -> Iterator[tuple[int, str]]:
    """The cells that raised an error, and what to say."""
    for index, cell in enumerate(cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                error = " ".join(f"{output.ename}: {output.evalue}".split())
                yield index, f"Your code stopped: {error}"
