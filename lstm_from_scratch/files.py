"""Writing files whole or not at all, and arrays without pickle."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
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


def write_text(path: str | Path, text: str) -> None:
    """As `write_bytes`, in UTF-8."""
    write_bytes(path, text.encode("utf-8", "replace"))  # the names of files may hold what no text can


def write_arrays(path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """An .npz of arrays; equal arrays give equal bytes."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    write_bytes(path, buffer.getvalue())


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """The arrays of an .npz.

    Raises
    ------
    ValueError
        Not an .npz, damaged, or holding objects, which are never unpickled.
    """
    if not Path(path).exists():
        raise ValueError(f"{path}: no such file")
    try:
        with zipfile.ZipFile(path):
            pass  # of what is no archive, NumPy would say that it may be a pickle
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
    except Exception as error:  # damaged archives make zipfile, zlib and NumPy raise nearly everything
        raise ValueError(f"{path}: not a readable .npz ({error})") from None
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):
            raise ValueError(f"{path}: not a readable .npz ({name} is no array)")
    return arrays
