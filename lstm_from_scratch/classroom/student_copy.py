"""A student's own copies: which there are, how far they have come, JupyterLab, notebooks for Colab."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

from ..files import write_text
from ..stopping import on_stop
from ..terminal import quoted
from .check import outcomes
from .lesson_files import FOLDER, Lesson

SETTINGS = Path(__file__).parent / "jupyter"  # for JupyterLab, when it opens a lesson
ORIGINALS = (
    ".originals"  # the lessons as they were when the copies were made, to tell when one has changed since
)
HEADING = re.compile(r"^# Lesson \d+: (.+?)\s*$", re.MULTILINE)
# Lessons that were parts of others, by their titles.
WAS_PART_OF = {
    "The hunt: bugs of others, and a GRU": ("LSTM, backward",),
    "Faster": ("Faster, then honest",),
    "Honest": ("Faster, then honest",),
}
NO_ADDRESS = "https://ADDRESS-OF-THE-REPOSITORY"
LINK = re.compile(r"\[[^][]+\]\(\.\./([^)\s]+)\)")  # to a file of the project, from the folder of the lessons
INSTALL = """\
# Colab does not have the package: this installs it there. Where it is installed already, this does nothing.
import importlib.util

if importlib.util.find_spec("lstm_from_scratch") is None:
    %pip install -q "git+{address}\""""


def my_lessons() -> Path:
    """The folder of a student's copies: `my_lessons` in this folder, or this folder if that is its name."""
    return Path() if Path.cwd().name == "my_lessons" else Path("my_lessons")


def earlier_copies(lesson: Lesson, folder: Path) -> list[Path]:
    """Copies from before the lesson was renumbered, or of the lesson that it used to be a part of."""
    titles = {lesson.title, *WAS_PART_OF.get(lesson.title, ())}
    found = []
    for path in sorted(folder.glob("[0-9][0-9]_*.md")):
        head = HEADING.search(path.read_text(encoding="utf-8", errors="replace"))
        if head and head[1] in titles and path.name != lesson.path.name:
            found.append(path)
    return found


def overview(lessons: list[Lesson], folder: Path) -> list[str]:
    """A line for each lesson: number, title, minutes and how far the student has come; then what is next."""
    width, lines, kept, following = max(len(lesson.title) for lesson in lessons), [], outcomes(folder), None
    for lesson in lessons:
        passed = sum(bool(kept.get(name, {}).get("passed")) for name in lesson.exercises)
        begun = passed or (folder / lesson.path.name).exists() or earlier_copies(lesson, folder)
        state = f"{passed} of {len(lesson.exercises)} passed" if begun else ""
        lines.append(f"{lesson.number:>2}  {lesson.title:<{width}}  {lesson.minutes} min  {state}".rstrip())
        if passed < len(lesson.exercises) and following is None:
            following = lesson.number
    return [*lines, f"next: melody lesson {following}" if following else "You have passed them all."]


def take_copy(lesson: Lesson, folder: Path) -> tuple[Path, str]:
    """The student's own copy, which is made if there is none, and otherwise left alone.

    Returns
    -------
    Path
        The copy.
    str
        What to tell the student, in one line.
    """
    mine, original = folder / lesson.path.name, folder / ORIGINALS / lesson.path.name
    if not mine.exists():
        original.parent.mkdir(parents=True, exist_ok=True)
        write_text(original, lesson.text)
        write_text(mine, links_led_out(lesson.text, _address()))
        said = f"{mine}: your own copy of lesson {lesson.number}"
        if earlier := earlier_copies(lesson, folder):
            said += f"; what you wrote when it had another number is in {', '.join(map(str, earlier))}"
        return mine, said
    if original.is_file() and original.read_text(encoding="utf-8") != lesson.text:
        return mine, (
            f"{mine}: your copy stays as it is, but lesson {lesson.number} has changed since you began it; "
            "to start the new one, rename your copy and run this command again"
        )
    return mine, f"{mine}: your copy stays as it is"


def links_led_out(text: str, address: str | None) -> str:
    """A lesson as it reads outside the project: its links point to the repository's address.

    If there is no address, the path of the file in the project replaces the link.
    """
    if not address:
        return LINK.sub(r"`\1`", text)
    files = f"{address.removesuffix('.git')}/blob/HEAD/"
    return LINK.sub(lambda link: link[0].replace("../", files, 1), text)


def need(*packages: str) -> None:
    """Raise an ImportError that says what to install if one of the packages is missing."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        install = f"{quoted(sys.executable)} -m pip install {' '.join(missing)}"
        raise ImportError(f"not installed: {', '.join(missing)}; the lessons need this: {install}")


def open_lab(mine: Path) -> int:
    """Open a copy in JupyterLab, wait until its server stops, and return its exit status.

    The settings under `jupyter/` make JupyterLab open .md files as notebooks; a student's own come first.

    Raises
    ------
    ImportError
        JupyterLab is not installed.
    """
    need("jupyterlab", "jupytext", "ipykernel")
    folder = mine.parent.resolve()
    settings = [str(SETTINGS), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    changes = {"MELODY_LESSONS_HOME": str(folder), "JUPYTER_CONFIG_PATH": os.pathsep.join(settings)}
    command = [sys.executable, "-m", "jupyterlab", f"--LabApp.default_url=/lab/tree/{mine.name}"]
    if (
        hasattr(os, "geteuid") and os.geteuid() == 0
    ):  # as in a container, where JupyterLab would refuse to start
        command.append("--allow-root")
    with subprocess.Popen(command, cwd=folder, env=os.environ | changes) as server:

        def pass_on(number: int, frame: FrameType | None) -> None:
            if number != signal.SIGINT:  # the server receives Ctrl-C itself, and asks for confirmation
                server.send_signal(number)

        with on_stop(pass_on):
            return server.wait()


def export(lessons: list[Lesson], folder: Path) -> list[str]:
    """Write .ipynb copies whose first code cell installs the package; returns what to print.

    Raises
    ------
    ValueError
        One of them exists already; then nothing is written.
    ImportError
        Jupytext is not installed.
    """
    need("jupytext")
    import jupytext
    from nbformat.v4 import new_code_cell

    paths = [folder / lesson.path.with_suffix(".ipynb").name for lesson in lessons]
    for path in paths:
        if path.exists():
            raise ValueError(f"{path} is there already, perhaps with someone's answers: give another folder")
    folder.mkdir(parents=True, exist_ok=True)
    address = _address()
    for lesson, path in zip(lessons, paths):
        notebook = jupytext.reads(links_led_out(lesson.text, address), "md:myst")
        install = new_code_cell(INSTALL.format(address=address or NO_ADDRESS))
        notebook.cells.insert(1, install)
        write_text(path, jupytext.writes(notebook, "ipynb"))
    unknown = [f"This is not a clone of an https address: replace {NO_ADDRESS} in each first code cell."]
    return [*map(str, paths), *([] if address else unknown)]


def _address() -> str | None:
    """Where this clone came from, as an https address without a password, or None."""
    if not (FOLDER.parent / ".git").exists():  # an installed package, or one inside another repository
        return None
    command = ["git", "-C", str(FOLDER.parent), "remote", "get-url", "origin"]
    try:
        origin = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:  # no git here
        return None
    origin = re.sub(r"^(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", origin)
    return re.sub(r"^https://[^@/]*@", "https://", origin) if origin.startswith("https://") else None
