"""Files written whole or not at all, read only if they are files, and one writer to a folder."""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np


def write_bytes(path: str | Path, data: bytes, flush: bool = True) -> None:
    """Write a new file beside the old one, flush it to disk, and move it into the old one's place.

    Without `flush`, which is the slow part, a power cut may leave an empty file.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            if flush:
                os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        part.unlink(missing_ok=True)


def remove_parts(folder: Path, names: Collection[str]) -> None:
    """Remove the unfinished parts of files of these names, which killed writers have left in a folder.

    The caller must be the folder's only writer.
    """
    for part in folder.glob(".*.part"):
        match = re.fullmatch(r"\.(.+)\.[0-9]+\.part", part.name)
        if match and match[1] in names:
            part.unlink(missing_ok=True)


def read_regular(path: str | Path, at_most: int) -> bytes:
    """The bytes of a regular file; a pipe or a device, which might never end, is refused before it is read.

    Raises
    ------
    OSError
        It is missing, cannot be read, is not a regular file, or has more bytes than `at_most`.
    """
    # Without O_NONBLOCK, opening a pipe would wait until somebody writes into it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(str(path), flags)
    try:
        about = os.fstat(descriptor)
        if stat.S_ISDIR(about.st_mode):
            raise OSError(errno.EISDIR, "a folder, where a file is wanted", str(path))
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if about.st_size > at_most:
            raise OSError(errno.EFBIG, f"larger than {at_most // 10**6} MB, the most that is read", str(path))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(at_most)
    finally:
        os.close(descriptor)


class LockedError(RuntimeError):
    """Another process is using the folder."""


class OccupiedError(RuntimeError):
    """A folder holds what would be overwritten; the message says what to do."""


def contents(folder: Path) -> list[str]:
    """The names in a folder, without hidden ones; none if there is no folder."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, where they are missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            error.strerror = f"{error.strerror}; give another folder with --out"
        raise


def require_place(folder: Path) -> None:
    """Raise FileExistsError if a file is where a folder is to be made, or above it."""
    for path in (folder, *folder.parents):
        if path.exists():
            if not path.is_dir():
                raise FileExistsError(errno.EEXIST, "", str(path))
            return


def require_empty(folder: Path, instead: str) -> None:
    """Raise OccupiedError, which says what to do instead, if a folder holds anything."""
    if names := contents(folder):
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        raise OccupiedError(f"{folder}: holds {names[0]}{more}, and nothing there is overwritten: {instead}")


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, which the system releases when the process ends, however it ends.

    The file `.lock` stays: if it were removed, two processes could hold two files of that name.

    Raises
    ------
    LockedError
        Another process holds it.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(folder / ".lock", flags, 0o666)
    try:
        _lock(descriptor)
    except (BlockingIOError, PermissionError):
        os.close(descriptor)
        raise LockedError(
            f"{folder}: another run is using this folder; wait for it, or give another folder with --out"
        ) from None
    except OSError:
        pass  # a file system without locks
    try:
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Lock an open file for this process, or raise at once."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def songs_folder() -> Path:
    """Where collections are unpacked: MELODY_SONGS, or else in the user's cache folder on this platform."""
    if given := os.environ.get("MELODY_SONGS"):
        return Path(given)
    try:
        home = Path.home()
    except RuntimeError:  # a user without a home
        return Path(tempfile.gettempdir()) / "lstm_from_scratch" / "songs"
    if sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        cache = home / "Library" / "Caches"
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return cache / "lstm_from_scratch" / "songs"


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
