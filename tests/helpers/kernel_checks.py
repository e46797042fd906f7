"""The kernels beside the plain path in float64, for each of many sources, each in a process of its own.

    python kernel_checks.py < {"name": [text, text instead, ...], ...}

Prints a verdict for each name: "passes", or how it was caught. A kernel that writes out of bounds may kill
its process; that is caught too.
"""

import json
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from fake_cupy import FakeCupy
from fake_cupy.kernels import RawModule
from outputs import error, outputs

from lstm_from_scratch.network import kernels
from lstm_from_scratch.network.backend import CPU, Backend

# T, V, H, B: below every tile (8 units, 16 examples, 64 columns, 256 cells), above all of them, and 1
SHAPES = [(3, 5, 7, 3), (2, 3, 67, 19), (1, 1, 1, 1)]
PATHS = {"whole step": 2**62, "fused": 0}  # LARGEST_WHOLE_STEP
GATE = 1e-5
SECONDS = 30


def check():
    """Every path, shape, and order of blocks and threads."""
    for shape in SHAPES:
        wanted = outputs(CPU, np.float64, shape)
        for path, kernels.LARGEST_WHOLE_STEP in PATHS.items():
            for RawModule.order in range(4):
                found = outputs(Backend("gpu", FakeCupy(), "a stand-in"), np.float32, shape)
                size, name = error(found, wanted)
                assert size < GATE, f"{path} {shape} order {RawModule.order}: {name} is off by {size}"


def verdict(edits, source, folder):
    """What `check` says about the source with texts replaced, from a child."""
    for text, instead in zip(edits[::2], edits[1::2]):
        if source.count(text) != 1:
            return f"the source holds {text!r} {source.count(text)} times: want once"
        source = source.replace(text, instead)
    kernels.SOURCE, said = folder / "kernels.cu", folder / "said"
    kernels.SOURCE.write_text(source, encoding="utf-8")
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.alarm(SECONDS)
        try:
            check()
            text = "passes"
        except AssertionError as raised:
            text = f"caught: {raised}"
        except BaseException as raised:
            text = f"not run: {raised!r}"
        said.write_text(text)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return f"caught: killed by signal {os.WTERMSIG(status)}"
    return said.read_text()


if __name__ == "__main__":
    whole = kernels.SOURCE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as made:
        for name, edits in json.load(sys.stdin).items():
            print(json.dumps({name: verdict(edits, whole, Path(made))}), flush=True)
