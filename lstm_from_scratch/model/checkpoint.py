"""Weights, vocabulary and configuration in one .npz, without pickle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .. import __version__
from ..archive import read_arrays
from ..files import write_arrays
from ..network.backend import Backend
from .header import check_header

FORMAT = 1


class CheckpointError(ValueError):
    """A file that is damaged, or not a checkpoint of this format version; the message names it."""


def write_checkpoint(path: str | Path, arrays: Mapping[str, np.ndarray], header: Mapping[str, Any]) -> None:
    """Write arrays and a JSON header, to which format, package version and checksums are added.

    Raises
    ------
    ValueError
        A value of the header is one that `read_checkpoint` would refuse.
    """
    header = dict(header, format=FORMAT, package=__version__)
    header["sha256"] = {name: _digest(array) for name, array in arrays.items()}
    text = json.dumps(header, ensure_ascii=False)
    check_header(json.loads(text))  # what could not be read again is not written
    write_arrays(path, {"header": np.frombuffer(text.encode("utf-8"), np.uint8), **arrays})


def read_checkpoint(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays and the header of a checkpoint, every value of which is checked.

    Raises
    ------
    CheckpointError
        No such file, not a checkpoint, another format version, contents that do not match their checksums,
        or a header with an impossible value; the message names it.
    """
    if not Path(path).exists():
        raise CheckpointError(
            f"{path}: no such file; a training run leaves its model as best.npz in its folder"
        )
    if Path(path).is_dir():
        best = Path(path) / "best.npz"
        raise CheckpointError(f"{path}: a folder; give a model's file" + f", {best}" * best.is_file())
    if not Path(path).is_file():
        raise CheckpointError(f"{path}: not a regular file")
    try:
        arrays = read_arrays(path)
        header = json.loads(arrays.pop("header").tobytes())
        version = header["format"]
    except (KeyError, TypeError):
        raise CheckpointError(f"{path}: not a checkpoint of this program (it holds no header)") from None
    except (ValueError, RecursionError) as error:
        reason = str(error).removeprefix(f"{path}: ")
        raise CheckpointError(f"{path}: not a checkpoint of this program ({reason})") from None
    if type(version) is not int:
        raise CheckpointError(f"{path}: not a checkpoint of this program (its format is not a number)")
    if version != FORMAT:
        raise CheckpointError(
            f"{path}: format version {version}, and this is version {__version__} of the package, which "
            f"reads format {FORMAT}: train again, or install the version that wrote it"
        )
    found, written = {name: _digest(array) for name, array in arrays.items()}, header.get("sha256")
    if not isinstance(written, dict):
        raise CheckpointError(f"{path}: not a checkpoint of this program (it holds no checksums)")
    if wrong := {name for name in found.keys() | written if found.get(name) != written.get(name)}:
        raise CheckpointError(f"{path}: damaged: {', '.join(sorted(wrong))} is not what was written")
    try:
        check_header(header)
    except ValueError as error:
        raise CheckpointError(f"{path}: its header is not usable: {error}") from None
    return arrays, header


def _digest(array: np.ndarray) -> str:
    about = f"{array.dtype.str} {array.shape} ".encode()
    return hashlib.sha256(about + np.ascontiguousarray(array).tobytes()).hexdigest()


def set_weights(
    weights: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
    path: str | Path,
    backend: Backend,
    prefix: str = "",
) -> None:
    """Copy arrays into weights or moments of the same names and shapes."""
    for name, w in weights.items():
        array = arrays.get(prefix + name)
        if array is None or array.shape != w.shape or array.dtype != w.dtype:
            found = "missing" if array is None else f"{array.dtype} {array.shape}"
            raise CheckpointError(f"{path}: {prefix + name} is {found}, want {w.dtype} {w.shape}")
        w[...] = backend.to_device(array)
