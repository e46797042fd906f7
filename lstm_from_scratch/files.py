"""Writing files whole or not at all, and one writer to a folder."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write a new file beside the old one, flush it to disk, and move it into the old one's place."""
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        part.unlink(missing_ok=True)


def remove_parts(folder: Path) -> None:
    """Remove what killed writers left behind; the caller must be the folder's only writer."""
    for part in folder.glob(".*.part"):
        part.unlink(missing_ok=True)


class LockedError(RuntimeError):
    """Another process is using the folder."""


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, which the system releases when the process ends, however it ends.

    The file `.lock` stays: if it were removed, two processes could hold two files of that name.

    Raises
    ------
    LockedError
        Another process holds it.
    """
    with (folder / ".lock").open("ab") as file:
        try:
            _lock(file.fileno())
        except (BlockingIOError, PermissionError):
            raise LockedError(f"{folder}: another run is using this folder; wait, or give another") from None
        except OSError:
            pass  # a file system without locks
        yield


def _lock(descriptor: int) -> None:
    """Lock an open file for this process, or raise at once."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def shipped(name: str) -> Path:
    """A folder that lies beside the package in a clone, and inside it in an installed wheel."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else inside.parents[1] / name


def write_text(path: str | Path, text: str) -> None:
    """As `write_bytes`, in UTF-8."""
    write_bytes(path, text.encode("utf-8", "replace"))  # a file name may hold what no text can


def write_arrays(path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """An .npz of arrays; equal arrays give equal bytes."""
    buffer = io.BytesIO()
    named: dict[str, Any] = dict(arrays)
    np.savez(buffer, **named)
    write_bytes(path, buffer.getvalue())
