"""All that a recurrent layer computes from random numbers, and how far two computations are apart."""

import numpy as np

from lstm_from_scratch.network import LSTM


def outputs(backend, dtype, shape, cell=LSTM):
    """Outputs, last states and gradients by name, on the host; the numbers depend on shape and cell alone.

    Parameters
    ----------
    backend : Backend
    dtype : dtype
    shape : tuple of int
        T, V, H, B.
    cell : type
        LSTM, GRU or RNN.
    """
    T, V, H, B = shape
    rng = np.random.default_rng(0)

    def put(*size, scale=1.0):
        return backend.to_device(rng.uniform(-scale, scale, size).astype(dtype))

    layer = cell(V, H, rng=rng, dtype=dtype, backend=backend)
    for name, p in layer.params.items():
        layer.params[name] = put(
            *p.shape, scale=H**-0.5
        )  # or large layers saturate, and their gradients vanish
    names = "hc" if cell is LSTM else "h"
    x, states = put(T, V, B), [put(H, B) for _ in names]
    found = {"h": layer.forward(x, *states).copy()}
    found |= {f"{name}_last": getattr(layer, f"{name}_last") for name in names}
    found["dx"] = layer.backward(put(T, H, B), *(put(H, B) for _ in names))
    found |= {f"d{name}0": getattr(layer, f"d{name}0") for name in names} | layer.grads
    return {name: backend.to_host(a).astype(float) for name, a in found.items()}


def errors(found, wanted):
    """The largest difference in each tensor, as a part of its largest entry."""
    return {k: np.abs(found[k] - w).max() / max(np.abs(w).max(), 1e-3) for k, w in wanted.items()}


def error(found, wanted):
    """The largest of these errors, and the tensor's name. NaN counts as larger than all numbers."""
    by_size = [(e, k) for k, e in errors(found, wanted).items()]
    return max(by_size, key=lambda pair: (np.isnan(pair[0]), pair[0]))
