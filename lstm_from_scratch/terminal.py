"""What reaches the terminal: whole lines, no control characters, and paths that a shell reads back."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import TextIO

UNSEEN = {
    "Cc",
    "Cf",
    "Cs",
    "Co",
    "Cn",
    "Zl",
    "Zp",
}  # categories of characters: controls, and what has no glyph


def printable(text: str) -> str:
    r"""A line with everything that a terminal would obey, or not show, escaped: an escape becomes `\x1b`.

    Names of files, titles of songs and headers of checkpoints may hold anything.
    """
    return "".join(ascii(c)[1:-1] if unicodedata.category(c) in UNSEEN else c for c in text)


def say(*lines: object, file: TextIO | None = None) -> None:
    """Print lines, each of them `printable`."""
    for line in lines:
        print(printable(str(line)), file=file or sys.stdout)


def warn(*lines: object) -> None:
    """As `say`, on stderr."""
    say(*lines, file=sys.stderr)


def quoted(path: str | Path) -> str:
    """A path as it is typed into a shell."""
    return subprocess.list2cmdline([str(path)]) if os.name == "nt" else shlex.quote(str(path))
