"""The lessons as text: what each asks for, its solutions, and how to run it from top to bottom."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..files import shipped

FOLDER = shipped("lessons")
TIMEOUT = 120  # seconds a cell may take

CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXERCISE = re.compile(r"^## Exercise (\d+\.\d+): (.+)$", re.MULTILINE)
# A folded solution: the code, and perhaps some sentences about it.
SOLUTION = re.compile(
    r"<details>\s*<summary>Solution</summary>\s*```python\n(.*?)```(?:(?!</details>).)*</details>", re.S
)
STUB = "raise NotImplementedError"


@dataclass(frozen=True)
class Lesson:
    """A lesson, read from its file.

    Parameters
    ----------
    number : int
    title : str
    minutes : int
    exercises : dict of str to str
        The title of each exercise, by its name, such as "5.1".
    path : Path
    text : str
    """

    number: int
    title: str
    minutes: int
    exercises: dict[str, str]
    path: Path
    text: str


def lessons() -> list[Lesson]:
    """All lessons, in order."""
    return [read_lesson(path) for path in sorted(FOLDER.glob("[0-9][0-9]_*.md"))]


def lesson(number: int) -> Lesson:
    """The lesson of that number.

    Raises
    ------
    ValueError
        There is no such lesson.
    """
    for found in lessons():
        if found.number == number:
            return found
    raise ValueError(f"no lesson {number}: there are {', '.join(str(found.number) for found in lessons())}")


def read_lesson(path: Path) -> Lesson:
    """Read a lesson's file. Its first heading is `# Lesson N: title`, with `M minutes` below.

    Raises
    ------
    ValueError
        It does not begin like that.
    """
    text = path.read_text(encoding="utf-8")
    head = re.search(r"^# Lesson (\d+): (.+?)$.*?(\d+) minutes", text, re.MULTILINE | re.DOTALL)
    if not head:
        raise ValueError(f"{path}: want '# Lesson N: title', and its minutes below")
    return Lesson(int(head[1]), head[2], int(head[3]), dict(EXERCISE.findall(text)), path, text)


def solved(text: str) -> str:
    """The lesson with each exercise's solution in place of its stub.

    Raises
    ------
    ValueError
        An exercise does not have exactly one stub and one solution.
    """
    head, *exercises = re.split(r"(?=^## Exercise )", text, flags=re.MULTILINE)
    return head + "".join(_solved_exercise(part) for part in exercises)


def _solved_exercise(text: str) -> str:
    stubs = [cell for cell in CELL.finditer(text) if STUB in cell[1]]
    solutions = SOLUTION.findall(text)
    if len(stubs) != 1 or len(solutions) != 1:
        name = text.partition("\n")[0]
        raise ValueError(f"{name}: {len(stubs)} stubs and {len(solutions)} solutions, want one of each")
    return text[: stubs[0].start(1)] + solutions[0] + text[stubs[0].end(1) :]


def solution(name: str) -> str:
    """The code of the solution of an exercise, such as "5.1"."""
    text = lesson(int(name.partition(".")[0])).text
    exercise = re.search(rf"^## Exercise {re.escape(name)}:.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    found = SOLUTION.search(exercise[0]) if exercise else None
    if not found:
        raise ValueError(f"there is no solution of exercise {name}")
    return str(found[1])


def run(text: str, home: Path) -> Any:
    """Execute a lesson's cells in a separate kernel, keeping outcomes and songs in `home`.

    Returns
    -------
    nbformat.NotebookNode
        The notebook with its outputs.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        A cell raised.
    """
    import jupytext

    notebook = jupytext.reads(text, "md:myst")
    execute(notebook, home)
    return notebook


def execute(notebook: Any, home: Path, timeout: float = TIMEOUT, **options: Any) -> None:
    """Execute a notebook in place, in a separate kernel that works in `home`.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    home : Path
    timeout : float
        Seconds that a cell may take.
    **options
        For `nbclient.NotebookClient`.
    """
    from nbclient import NotebookClient

    home.mkdir(parents=True, exist_ok=True)
    place = {"metadata": {"path": home}}
    client = NotebookClient(notebook, timeout=timeout, kernel_name="python3", resources=place, **options)
    # The kernel's own stderr only concerns its developers; what a cell writes to stderr is in its outputs.
    client.execute(env=os.environ | {"MELODY_LESSONS_HOME": str(home.resolve())}, stderr=subprocess.DEVNULL)
