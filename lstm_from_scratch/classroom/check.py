"""Checks the answer to an exercise, and says what is wrong with it, not only that something is."""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..files import write_text
from . import lesson_files

Grader = Callable[[Any], "str | None"]
GRADERS: dict[str, Grader] = {}
# Titles of exercises from before the lessons were renumbered, when outcomes were kept without them.
BEFORE = {
    "8.2": "Hunt six bugs",
    "8.3": "The GRU's backward lines",
    "9.1": "Dropout as a layer",
    "9.2": "Predict the first step",
    "9.3": "Adam for all tensors",
    "10.1": "Clip by the norm of all",
    "10.2": "Name the cause of each",
    "11.1": "Make T to 0 safe",
    "11.2": "Draw from a running sum",
    "12.1": "Count launches",
    "12.2": "A step that allocates nothing",
    "12.3": "A paired interval",
}


class NotYet(Exception):  # noqa: N818 - an answer, not an error
    """An answer that is not right yet; the message says what is wrong and where to look."""


def grader(name: str) -> Callable[[Grader], Grader]:
    """Register a function as the grader of an exercise, such as "5.1".

    The function takes the answer. It raises `NotYet`, or returns a remark for those who have passed, or None.
    """

    def register(grade: Grader) -> Grader:
        GRADERS[name] = grade
        return grade

    return register


def check(name: str, answer: Any) -> None:
    """Print whether an answer passes, and if not, what is wrong; record the outcome in `passed.json`.

    Parameters
    ----------
    name : str
        The exercise, such as "5.1".
    answer : Any
        What the exercise asks for: usually the function that it starts.
    """
    passed, message = outcome(name, answer)
    print(f"Exercise {name}: {'passed' if passed else 'not yet'}. {message}".strip())
    keep({name: {"passed": passed, "message": message}})


def own(name: str, answer: Any, ours: Any = None) -> Any:
    """The student's own answer if it passes, so that the lesson goes on with it; prints which one it is.

    Until then it is `ours`, or else the folded solution, run with the names that the notebook has.
    """
    what = getattr(answer, "__name__", lesson_files.solution(name).split("(")[0].split()[-1])
    if answer is not None and outcome(name, answer)[0]:
        print(f"From here on, this lesson runs on your own `{what}`.")
        return answer
    if answer is not None:
        print(f"Until your `{what}` passes, this lesson goes on with ours.")
    if ours is not None:
        return ours
    names = dict(vars(sys.modules["__main__"]))
    exec(lesson_files.solution(name), names)
    return names[what]


def outcome(name: str, answer: Any) -> tuple[bool, str]:
    """Whether an answer passes, and the message.

    Raises
    ------
    ValueError
        There is no exercise of that name.
    """
    lesson = re.match(r"(\d+)\.", name)
    graders = f"{__package__}.graders.lesson_{int(lesson[1]):02}" if lesson else None
    if graders and find_spec(graders):
        import_module(graders)
    if name not in GRADERS:
        raise ValueError(f'there is no exercise {name!r}: copy check("...", ...) from the lesson')
    try:
        return True, GRADERS[name](answer) or ""
    except NotImplementedError:
        return False, "The line with NotImplementedError is waiting for your code."
    except NotYet as wrong:
        return False, str(wrong)
    except Exception as error:  # the student's code may raise anything
        if isinstance(error, TypeError) and "not callable" in str(error) and not callable(answer):
            given = f"it was given its result, of type {type(answer).__name__}."
            return False, f"The check needs the function, its name without brackets; {given}"
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if "site-packages" not in frame.filename]  # not the inside of NumPy
        place = (own or frames)[-1]
        return False, f"Your code stopped at `{place.line}`: {type(error).__name__}: {error}"


def home() -> Path:
    """Where a student's outcomes and songs are kept: beside the notebook, or where `melody lesson` says."""
    return Path(os.environ.get("MELODY_LESSONS_HOME", "."))


def outcomes(folder: Path | None = None) -> dict[str, dict[str, Any]]:
    """What has been checked so far: for each exercise, whether it passed and what the check said.

    An exercise is recognised by its title, which is kept with it, because lessons may be renumbered.
    """
    try:
        kept = json.loads(((folder or home()) / "passed.json").read_text(encoding="utf-8"))
        found = {name: each for name, each in kept.items() if "passed" in dict(each)}
    except (
        OSError,
        ValueError,
        TypeError,
        AttributeError,
    ):  # there is none yet, or it is damaged: the next check writes a new one
        return {}
    now = {title: name for lesson in lesson_files.lessons() for name, title in lesson.exercises.items()}
    return {now.get(each.get("title") or BEFORE.get(name, ""), name): each for name, each in found.items()}


def keep(found: dict[str, dict[str, Any]], folder: Path | None = None) -> None:
    """Add outcomes to `passed.json`, replacing older ones of the same exercises."""
    titles = {name: title for lesson in lesson_files.lessons() for name, title in lesson.exercises.items()}
    kept = outcomes(folder) | found
    titled = {name: {"title": titles.get(name, ""), **each} for name, each in sorted(kept.items())}
    write_text((folder or home()) / "passed.json", json.dumps(titled, indent=1, ensure_ascii=False) + "\n")
