"""`melody doctor`: what is installed, what is missing, and what to do about it."""

from __future__ import annotations

import os
import platform
import sys
import webbrowser
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

LESSONS = ("jupyterlab", "jupytext", "nbclient", "ipykernel")


def report() -> list[str]:
    """A line for each thing that the program uses."""
    lines = [
        f"Python      {platform.python_version()} on {platform.platform()}, {os.cpu_count()} cores",
        f"NumPy       {_version('numpy')}, {_blas()}",
    ]
    for package, use in (
        ("music21", "MIDI, MusicXML and the bundled songs"),
        ("verovio", "engraved scores"),
        ("matplotlib", "figures"),
        ("tqdm", "progress"),
    ):
        lines.append(f"{package:<11} {_version(package)} ({use})")
    lines += [f"{package:<11} {_version(package)} (the lessons)" for package in LESSONS]
    return [*lines, f"browser     {_browser()}", f"MPI         {_mpi()}", *_gpu()]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return f"not found: {sys.executable} -m pip install {package}"


def _browser() -> str:
    """What opens the demo's page and the lessons."""
    try:
        return f"{webbrowser.get().name} (the page and the lessons)"
    except webbrowser.Error:
        return (
            "none found; open the page and the address that JupyterLab prints on another machine, or by hand"
        )


def _mpi() -> str:
    """mpi4py and the library that it finds, for training in several processes."""
    try:
        import mpi4py

        mpi4py.rc.initialize = False  # a look need not start it
        from mpi4py import MPI
    except ImportError as error:
        return f"not used: {error}; for many processes: {sys.executable} -m pip install mpi4py mpich"
    return f"mpi4py {mpi4py.__version__}, {MPI.Get_library_version().split(',')[0].splitlines()[0]}"


def _blas() -> str:
    """NumPy's linear algebra library and, if threadpoolctl is installed, the kernel that it runs."""
    import numpy as np

    config: Any = np.show_config(mode="dicts")
    blas = config["Build Dependencies"]["blas"]
    text = f"BLAS {blas.get('name')} {blas.get('version')}"
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return text
    kernels = [
        f"{i['architecture']}, {i['num_threads']} threads" for i in threadpool_info() if "architecture" in i
    ]
    return f"{text} ({'; '.join(kernels)})" if kernels else text


def _gpu() -> list[str]:
    """A line each for the driver and the extra to install, CuPy, CUDA's libraries, and the device."""
    from .network.driver import driver_version, how_to_install

    driver = driver_version()
    known = "no NVIDIA driver" if driver is None else f"driver for CUDA {driver[0]}.{driver[1]}"
    lines = [f"NVIDIA      {known}; for the GPU: {how_to_install(driver)}"]
    for name, look in (("CuPy", _cupy), ("CUDA", _libraries), ("GPU", _device)):
        lines.append(f"{name:<11} {_look(look)}")
    return lines


def _look(look: Callable[[], str]) -> str:
    """What a look at one part of CuPy finds, or why that part cannot be used."""
    from .network.backend import DeviceError
    from .network.driver import explain

    try:
        return look()
    except DeviceError as error:
        return str(error).replace("no GPU can be used", "not used")
    except Exception as error:  # CuPy fails in many ways
        return f"not used: {explain(error)[0]}"


def _cupy() -> str:
    import cupy

    built = cupy.cuda.runtime.runtimeGetVersion()
    return f"{cupy.__version__}, for CUDA {built // 1000}.{built % 1000 // 10}"


def _libraries() -> str:
    import cupy

    nvrtc = ".".join(map(str, cupy.cuda.nvrtc.getVersion()))
    cupy.cuda.cublas.CUBLASError  # noqa: B018  # loads the library, or fails
    return f"NVRTC {nvrtc}, cuBLAS"


def _device() -> str:
    from .network.backend import choose_backend

    backend = choose_backend("gpu")
    runtime = backend.xp.cuda.runtime
    about = runtime.getDeviceProperties(0)
    free, total = (n / 2**30 for n in runtime.memGetInfo())
    capability = f"compute capability {about['major']}.{about['minor']}"
    return f"{backend.reason}, {capability}, {free:.1f} of {total:.1f} GiB of memory free"
