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

sys.path.insert(0, str(Path(__file__).parents[1]))
from fake_cupy import FakeCupy
from fake_cupy.kernels import RawModule

from lstm_from_scratch.network import LSTM, kernels
from lstm_from_scratch.network.backend import CPU, Backend

# T, V, H, B: below every tile (8 units, 16 examples, 64 columns, 256 cells), above all of them, and 1
SHAPES = [(3, 5, 7, 3), (2, 3, 67, 19), (1, 1, 1, 1)]
PATHS = {"whole step": 2**62, "fused": 0}  # LARGEST_WHOLE_STEP
GATE = 1e-5
SECONDS = 30


def outputs(backend, dtype, shape):
    """All that an LSTM computes from random numbers, which depend on the shape alone; on the host."""
    T, V, H, B = shape
    rng = np.random.default_rng(0)
    put = lambda *size: backend.to_device(rng.uniform(-1, 1, size).astype(dtype))  # noqa: E731
    layer = LSTM(V, H, rng=rng, dtype=dtype, backend=backend)
    for name, p in layer.params.items():
        layer.params[name] = put(*p.shape)
    x, states = put(T, V, B), [put(H, B) for _ in range(2)]
    found = {"h": layer.forward(x, *states).copy(), "h_last": layer.h_last, "c_last": layer.c_last}
    found["dx"] = layer.backward(put(T, H, B), put(H, B), put(H, B))
    found |= {"dh0": layer.dh0, "dc0": layer.dc0, **layer.grads}
    return {name: backend.to_host(a).astype(float) for name, a in found.items()}


def check():
    """Every path, shape, and order of blocks and threads."""
    for shape in SHAPES:
        wanted = outputs(CPU, np.float64, shape)
        for path, kernels.LARGEST_WHOLE_STEP in PATHS.items():
            for RawModule.order in range(4):
                found = outputs(Backend("gpu", FakeCupy(), "a stand-in"), np.float32, shape)
                for name, want in wanted.items():
                    error = np.abs(found[name] - want).max() / max(np.abs(want).max(), 1e-3)
                    assert error < GATE, f"{path} {shape} order {RawModule.order}: {name} is off by {error}"


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
        except AssertionError as error:
            text = f"caught: {error}"
        except BaseException as error:
            text = f"not run: {error!r}"
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
