"""Reading an .npz from anybody: no pickle, and at most three times the file's length of memory."""

from __future__ import annotations

import io
import math
import re
import zipfile
from pathlib import Path

import numpy as np

_MEMBER = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*\.npy")


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """The arrays of an .npz that `files.write_arrays` wrote.

    What its directory declares is checked before anything is unpacked. Members must be stored, as they were
    written, and not compressed: so no small file can unpack into a large one.

    Raises
    ------
    ValueError
        It is no .npz, is damaged, or holds objects, which are never unpickled.
    """
    path = Path(path)
    if not path.exists():
        raise ValueError(f"{path}: no such file")
    if not path.is_file():  # a pipe would be waited for, a device read without an end
        raise ValueError(
            f"{path}: {'a folder' if path.is_dir() else 'not a regular file'}, where a file is wanted"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check(members, path.stat().st_size)
            return {m.filename.removesuffix(".npy"): _array(m.filename, archive.read(m)) for m in members}
    except MemoryError:
        raise
    except Exception as error:  # on damaged archives zipfile and NumPy raise nearly anything
        raise ValueError(f"{path}: not a readable .npz ({error})") from None


def _check(members: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse a directory that none of our archives could have."""
    seen: set[str] = set()
    for member in members:
        name = member.filename
        if not _MEMBER.fullmatch(name):
            raise ValueError(f"{name[:40]!a} is not the name of an array")
        if name in seen:
            raise ValueError(f"{name} is in it twice")
        seen.add(name)
        if member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
            raise ValueError(f"{name} is compressed")
    if sum(member.file_size for member in members) > size:
        raise ValueError("its members are declared larger than the file")


def _array(name: str, data: bytes) -> np.ndarray:
    """A member's array, if its header declares as many bytes as follow it."""
    file = io.BytesIO(data)
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError(f"{name} has NumPy's format {version}, want (1, 0)")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject:
        raise ValueError("Object arrays cannot be loaded, since that could run code")
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(data) - file.tell():
        raise ValueError(f"{name} is declared {dtype} {shape}, and has {len(data) - file.tell()} bytes")
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)
