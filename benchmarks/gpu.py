"""All that a GPU can tell, in ten minutes: are the numbers right, does it learn the same, and how fast is it?

    python benchmarks/gpu.py [--out docs/gpu.md]
    python benchmarks/gpu.py --section errors
    python benchmarks/gpu.py --dry-run

It needs NumPy and CuPy, nothing else; where PyTorch is installed, its times stand beside ours. Each section
runs in a process of its own with a time limit, because after an illegal address CUDA refuses everything else
that the process asks for. Every row goes to the terminal and to the file at once, so that nothing is lost if
the machine is. The status is 1 where a check failed, and 2 where no GPU can be used.

--dry-run goes through all of it with small numbers on the stand-in for CuPy, which needs g++ on Linux; its
times mean nothing.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "helpers"))
os.environ["CUPY_TF32"] = "0"  # read at the first product of float32

import platform

import gpu_beside_torch as beside_torch
import gpu_checks as checks
import gpu_speed as speed
import numpy as np
from gpu_checks import WRONG, Rows, Sizes

from lstm_from_scratch.network.backend import Backend, DeviceError, choose_backend

SHAPES = [(3, 5, 7, 3), (5, 40, 67, 19), (64, 40, 256, 64), (16, 40, 512, 128)]  # T, V, H, B
TIMED = {"paper": (40, 256, 64, 64), "small": (40, 64, 64, 16), "large": (40, 512, 64, 128)}  # V, H, T, B
SWEPT = [(H, B) for H in (32, 64, 128, 256, 512, 1024) for B in (1, 16, 64, 256)]
REAL = Sizes(SHAPES, TIMED, SWEPT, steps=200, changes={"batch": 8}, rounds=7, block=10, busy=8192)
SMALL_RUN = {"units": 6, "batch": 4, "length": 8}
DRY = Sizes(SHAPES[:1], {"tiny": (5, 7, 3, 4)}, [(7, 4)], 20, SMALL_RUN, 1, 1, busy=8, on_stand_in=True)


@dataclass(frozen=True)
class Section:
    """A table, and how long it may take."""

    seconds: int
    rows: Callable[[Backend, Sizes], Rows]
    head: str


def versions(gpu: Backend, sizes: Sizes) -> Rows:
    """Device, driver, libraries, and what is done about TF32."""
    runtime = gpu.xp.cuda.runtime
    about, driver = runtime.getDeviceProperties(0), runtime.driverGetVersion()
    yield ["device", f"{about['name'].decode()}, compute capability {about['major']}.{about['minor']}"]
    yield ["driver", f"for CUDA {driver // 1000}.{driver % 1000 // 10}"]
    yield ["CuPy, NumPy, Python", f"{gpu.xp.__version__}, {np.__version__}, {platform.python_version()}"]
    yield ["machine", f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPU cores, {date.today()}"]
    yield ["TF32 of CuPy", f"CUPY_TF32={os.environ['CUPY_TF32']}"]
    torch = beside_torch.pytorch()
    if torch is None:
        yield ["PyTorch", beside_torch.NO_TORCH]
        return
    yield ["PyTorch, cuDNN", f"{torch.__version__}, {torch.backends.cudnn.version()}"]
    allowed = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    yield ["TF32 of PyTorch's products, of cuDNN", ", ".join(map(str, allowed))]


TENSORS = "|".join(checks.TENSORS)
THREE_TIMES = "wall|GPU|host"
SECTIONS = {
    "versions": Section(20, versions, "what|which"),
    "cold start": Section(60, speed.time_start, "path|first step, s|second step, s"),
    "warm start": Section(30, speed.time_start, "path|first step, s|second step, s"),
    "errors": Section(80, checks.check_errors, f"layer|dtype|path|T V H B|{TENSORS}|right|twice the same"),
    "sanitizer": Section(80, checks.check_sanitizer, "tool|summary|right"),
    "kernels": Section(40, speed.time_kernels, "path|kernel|microseconds on the GPU|on the host"),
    "parts": Section(40, speed.time_parts, f"V H T B|part|{THREE_TIMES}"),
    "torch": Section(90, beside_torch.time_beside_torch, f"shape|what|{THREE_TIMES}|over PyTorch's"),
    "sweep": Section(60, speed.time_sweep, f"H|B|{'|'.join(checks.PATHS)}|fastest|chosen"),
    "training": Section(40, checks.check_training, "steps|losses apart by|gate|right"),
    "numpy": Section(30, speed.time_numpy, "V H T B|targets|ms on the CPU"),
    "strictness": Section(30, checks.check_strictness, "cases that are|number|as expected"),
}
WATCHED = Section(80, checks.check_under_watch, SECTIONS["errors"].head)  # by compute-sanitizer alone


def run_here(name: str, sizes: Sizes) -> int:
    """One section in this process, a line at a time; its status."""
    section = {**SECTIONS, "watched": WATCHED}[name]
    try:
        gpu = stand_in() if sizes.on_stand_in else choose_backend("gpu")
    except DeviceError as refused:
        print(f"gpu.py: {refused}", flush=True)
        return 2
    columns = section.head.split("|")
    for line in (f"## {name}", "", row(columns), row(["---"] * len(columns))):
        print(line, flush=True)
    wrong = 0
    for cells in section.rows(gpu, sizes):
        print(row(cells + [""] * (len(columns) - len(cells))), flush=True)
        wrong += any(WRONG in cell for cell in cells)
    print(flush=True)
    return int(wrong > 0)


def stand_in() -> Backend:
    from fake_cupy import FakeCupy

    return Backend("gpu", FakeCupy(), "a stand-in")


def row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def run_apart(name: str, seconds: float, dry_run: bool, write: Callable[[str], None]) -> int:
    """One section in a process of its own; its status, or 1 where it died or was stopped."""
    command = [sys.executable, __file__, "--section", name] + ["--dry-run"] * dry_run
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            kill(process)

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            for line in process.stdout:
                write(line)
        except BaseException:  # Ctrl-C reaches this process alone
            kill(process)
            raise
        finally:
            timer.cancel()
    if stopped.is_set():
        write(f"\n{WRONG} {name}: stopped after {seconds} s\n\n")
    elif process.returncode not in (0, 1, 2):
        write(f"\n{WRONG} {name}: the process died with status {process.returncode}\n\n")
    return process.returncode if process.returncode in (0, 2) and not stopped.is_set() else 1


def kill(process: subprocess.Popen) -> None:
    """It, and what it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def run_all(out: Path, dry_run: bool) -> int:
    """All sections, one after another; the worst status."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8") as file, tempfile.TemporaryDirectory() as cache:
        os.environ["CUPY_CACHE_DIR"] = cache  # empty, so that the first start is cold

        def write(text: str) -> None:
            print(text, end="", flush=True)
            file.write(text)
            file.flush()

        if dry_run:
            write("**A dry run on a stand-in for CuPy: its times mean nothing.**\n\n")
        worst = 0
        for name, section in SECTIONS.items():
            status = run_apart(name, section.seconds, dry_run, write)
            if status == 2:
                return 2
            worst = max(worst, status)
    return worst


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Path("runs") / f"gpu-{datetime.now():%Y-%m-%d-%H%M%S}.md"
    parser.add_argument("--out", type=Path, default=default, help="the file that every row is written to")
    parser.add_argument("--section", choices=[*SECTIONS, "watched"], help="only this one, on the terminal")
    parser.add_argument("--dry-run", action="store_true", help="on the stand-in for CuPy, with small numbers")
    options = parser.parse_args(arguments)
    if options.section:
        return run_here(options.section, DRY if options.dry_run else REAL)
    status = run_all(options.out, options.dry_run)
    print(f"written: {options.out}")
    return status


if __name__ == "__main__":
    sys.exit(main())
