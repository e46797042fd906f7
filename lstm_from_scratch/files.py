"""Writing files whole or not at all, and arrays without pickle."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write a new file beside the old one, flush it to the disk, and put it in the old one's place."""
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
    """Remove what writers that were killed left in a folder of which the caller is the only writer."""
    for part in folder.glob(".*.part"):
        part.unlink(missing_ok=True)


class LockedError(RuntimeError):
    """Another process works in the folder."""


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which the system takes back when the process ends, however it ends.

    The file `.lock` stays: where it was removed, two processes could hold two files of that name.

    Raises
    ------
    LockedError
        Another process holds it.
    """
    with (folder / ".lock").open("ab") as file:
        try:
            _lock(file.fileno())
        except (BlockingIOError, PermissionError):
            raise LockedError(f"{folder}: another run works in this folder; wait, or give another") from None
        except OSError:
            pass  # a file system without locks
        yield


def _lock(descriptor: int) -> None:
    """Lock an open file for this process, or raise at once."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def shipped(name: str) -> Path:
    """A folder that a clone has beside the package, and an installed wheel inside it."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else inside.parents[1] / name


def write_text(path: str | Path, text: str) -> None:
    """As `write_bytes`, in UTF-8."""
    write_bytes(path, text.encode("utf-8", "replace"))  # the names of files may hold what no text can


def write_arrays(path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """An .npz of arrays; equal arrays give equal bytes."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    write_bytes(path, buffer.getvalue())
