"""What one exponential for all gates saves: a training step of the paper's shape with it over one without.

    OPENBLAS_NUM_THREADS=1 python benchmarks/one_exp.py

Without, three sigmoids are computed by tanh in place, and the candidate by tanh itself. Seconds are the
processor's, and the two are timed in turn. On an Intel Xeon with AVX-512, 2026-11-29: 1.01 and 1.02; the same
with NumPy and OpenBLAS held to AVX2: 0.95 and 0.97 (NPY_DISABLE_CPU_FEATURES=X86_V4,
OPENBLAS_CORETYPE=Haswell).
"""

import statistics
import time

import numpy as np

from lstm_from_scratch.network import LSTM
from lstm_from_scratch.network.activations import OneExp, sigmoid_in_place

T, V, H, B = 64, 40, 256, 64


class FourTanh(OneExp):
    """What the layer would do without the trick."""

    def scale(self, weights):
        pass

    def __call__(self, z):
        sigmoid_in_place(np, z[: self._sigmoids])
        np.tanh(z[self._sigmoids :], out=z[self._sigmoids :])
        return z


def seconds(layer, tokens, dh):
    start = time.process_time()
    layer.forward(tokens)
    layer.backward(dh)
    return time.process_time() - start


def main():
    rng = np.random.default_rng(0)
    tokens, dh = rng.integers(V, size=(T, B)), rng.standard_normal((T, H, B)).astype(np.float32)
    ours, without = (LSTM(V, H, rng=np.random.default_rng(0)) for _ in range(2))
    without._activate = FourTanh(np, 4 * H, 3 * H, np.float32)
    np.testing.assert_allclose(ours.forward(tokens), without.forward(tokens), atol=1e-5)
    ratios = [seconds(ours, tokens, dh) / seconds(without, tokens, dh) for _ in range(40)]
    print(f"forward and backward, one exp over four tanh: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
