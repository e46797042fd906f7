"""Checks the answer to an exercise, and says what is wrong rather than only that it is."""

from __future__ import annotations

import json
import os
import re
import traceback
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..files import write_text

Grader = Callable[[Any], "str | None"]
GRADERS: dict[str, Grader] = {}


class NotYet(Exception):  # noqa: N818 - it is no error, but an answer
    """An answer that is not right yet; the message says what is wrong and where to look."""


def grader(name: str) -> Callable[[Grader], Grader]:
    """Make a function the grader of the exercise of that name, such as "5.1".

    The function takes the answer, raises `NotYet`, or returns a remark for those who have passed, or None.
    """

    def register(grade: Grader) -> Grader:
        GRADERS[name] = grade
        return grade

    return register


def check(name: str, answer: Any) -> None:
    """Print whether an answer passes, and if not, what is wrong; keep the outcome in `passed.json`.

    Parameters
    ----------
    name : str
        Of the exercise, such as "5.1".
    answer : Any
        What the exercise asks for: in most, the function that it begins.
    """
    passed, message = outcome(name, answer)
    print(f"Exercise {name}: {'passed' if passed else 'not yet'}. {message}".strip())
    keep({name: {"passed": passed, "message": message}})


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
        return False, "The line with NotImplementedError waits for your code."
    except NotYet as wrong:
        return False, str(wrong)
    except Exception as error:  # the student's code may raise anything
        if isinstance(error, TypeError) and "not callable" in str(error) and not callable(answer):
            given = f"it was given its result: {type(answer).__name__}."
            return False, f"The check wants the function, its name without brackets; {given}"
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if "site-packages" not in frame.filename]  # not the inside of NumPy
        place = (own or frames)[-1]
        return False, f"Your code stopped at `{place.line}`: {type(error).__name__}: {error}"


def home() -> Path:
    """Where a student's outcomes and songs are kept: beside the notebook unless `melody lesson` tells."""
    return Path(os.environ.get("MELODY_LESSONS_HOME", "."))


def outcomes(folder: Path | None = None) -> dict[str, dict[str, Any]]:
    """What has been checked so far: for each exercise, whether it has passed and what was said."""
    try:
        kept = json.loads(((folder or home()) / "passed.json").read_text(encoding="utf-8"))
        return {name: found for name, found in kept.items() if "passed" in dict(found)}
    except (OSError, ValueError, TypeError, AttributeError):  # none yet, or a damaged one: the next check's
        return {}


def keep(found: dict[str, dict[str, Any]], folder: Path | None = None) -> None:
    """Add outcomes to those in `passed.json`, in the places of older ones of the same exercises."""
    kept = outcomes(folder) | found
    write_text((folder or home()) / "passed.json", json.dumps(dict(sorted(kept.items())), indent=1) + "\n")
