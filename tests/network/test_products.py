"""Products in parts of rows are the whole products, and are made where they are faster."""

import numpy as np
import pytest

from lstm_from_scratch.network import GRU, LSTM, RNN, products
from lstm_from_scratch.network.products import blas_threads, in_parts

T, V, H, B = 4, 3, 32, 5


def trained(layer, monkeypatch, threads):
    """h and all gradients of a layer, and in how many parts A and U^T were."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", str(threads))
    rng, built, parts = np.random.default_rng(1), layer(V, H, rng=np.random.default_rng(0), dtype=float), []
    product = products.product

    def counted(xp, A, x, out):
        parts.append(len(A) if A.ndim == 3 else 1)
        return product(xp, A, x, out)

    module = __import__(layer.__module__, fromlist=["product"])
    monkeypatch.setattr(module, "product", counted)
    h = built.forward(rng.standard_normal((T, V, B)), rng.standard_normal((H, B)))
    dx = built.backward(rng.standard_normal((T, H, B)))
    monkeypatch.setattr(module, "product", product)
    return [h.copy(), dx, built.dh0, *built.grads.values()], set(parts)


@pytest.mark.parametrize("layer", [LSTM, GRU, RNN], ids=lambda layer: layer.__name__)
def test_parts_give_what_the_whole_gives(layer, monkeypatch):
    monkeypatch.setattr(
        products, "COPIED_ABOVE", 16 * B * max(layer.blocks * H, H + 1 + V)
    )  # U^T in two parts
    whole, one = trained(layer, monkeypatch, 2)
    parts, several = trained(layer, monkeypatch, 1)
    assert one == {1} and 2 in several
    for a, b in zip(whole, parts):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_parts_are_the_fewest_that_are_small_of_16_rows_or_more(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    A = np.empty((1024, 294), np.float32)
    for columns, parts in ((8, 4), (16, 8), (32, 16)):
        assert in_parts(A, columns).shape == (parts, 1024 // parts, 294)
    assert in_parts(A, 16).base is A
    prime = np.empty((521, 559))
    assert in_parts(A, 1) is A and in_parts(A, 33) is A and in_parts(prime, 32) is prime


@pytest.mark.parametrize(
    ("openblas", "openmp", "threads"),
    [("3", "2", 3), ("", "2", 2), ("0", "2", 2), ("x", "4", 4), ("1", "", 1)],
)
def test_threads_are_what_the_variables_say(monkeypatch, openblas, openmp, threads):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", openblas)
    monkeypatch.setenv("OMP_NUM_THREADS", openmp)
    assert blas_threads() == threads


def test_threads_are_as_many_as_processors_where_nothing_is_said(monkeypatch):
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(products.os, "sched_getaffinity", lambda _: {0, 2, 5}, raising=False)
    assert blas_threads() == 3
    monkeypatch.delattr(products.os, "sched_getaffinity")
    monkeypatch.setattr(products.os, "cpu_count", lambda: 7)
    assert blas_threads() == 7
