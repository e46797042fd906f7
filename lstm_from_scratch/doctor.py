"""`melody doctor`: what is installed here, what is missing, and what to do about it."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version


def report() -> list[str]:
    """A line for each thing the program leans on."""
    lines = [
        f"Python      {platform.python_version()} on {platform.platform()}, {os.cpu_count()} cores",
        f"NumPy       {_version('numpy')}, {_blas()}",
    ]
    for package, use in (("music21", "MIDI, MusicXML and the bundled songs"), ("verovio", "engraved scores"),
                         ("matplotlib", "figures"), ("tqdm", "progress")):  # fmt: skip
        lines.append(f"{package:<11} {_version(package)} ({use})")
    return [*lines, f"GPU         {_gpu()}"]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return f"not found: {sys.executable} -m pip install {package}"


def _blas() -> str:
    """NumPy's linear algebra, and, where threadpoolctl is there to ask, the kernel that runs."""
    import numpy as np

    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    text = f"BLAS {blas.get('name')} {blas.get('version')}"
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return text
    kernels = [
        f"{i['architecture']}, {i['num_threads']} threads" for i in threadpool_info() if "architecture" in i
    ]
    return f"{text} ({'; '.join(kernels)})" if kernels else text


def _gpu() -> str:
    from .network.backend import DeviceError, choose_backend

    try:
        return choose_backend("gpu").reason
    except DeviceError as error:
        return f"not used: {error}"
