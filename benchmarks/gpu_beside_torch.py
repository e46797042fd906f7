"""What gpu.py times beside PyTorch, where that is installed: the LSTM alone, and a training step."""

from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
from gpu_checks import PATHS, Rows, Sizes, attempt, forced
from gpu_speed import Clock, batch, lstm_alone, training_step, written

from lstm_from_scratch.network.backend import Backend

NO_TORCH = "PyTorch is not installed here"
SHOWN = 8  # of cuDNN's kernels


@cache
def pytorch() -> Any:
    """The module, with TF32 off; None where it is not installed. The import is slow, so it is made late."""
    try:
        import torch
    except ImportError:
        return None
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    return torch


def time_beside_torch(gpu: Backend, sizes: Sizes) -> Rows:
    """The LSTM alone, and a training step, beside PyTorch's; theirs with TF32 is not float32, and says so."""
    clock = Clock(gpu, sizes)
    for name, shape in sizes.timed.items():
        peers = torchs(*shape) if pytorch() else {}
        if not peers:
            yield [name, NO_TORCH, "", "", "", ""]
        for what in ("LSTM alone", "step, last target", "step, every target"):
            theirs = None
            for peer, act in peers.get(what, {}).items():
                found = attempt(clock.all, act)
                theirs = theirs or (found if isinstance(found, list) else None)
                yield [name, f"{what}: {peer}", *written(found), ""]
            for path in PATHS:
                with forced(path):
                    found = attempt(clock.all, ours(gpu, what, *shape))
                over = f"{found[0] / theirs[0]:.2f}" if theirs and isinstance(found, list) else ""
                yield [name, f"{what}: {path}", *written(found), over]
    if pytorch():
        yield from cudnn_kernels(gpu, sizes)


def ours(gpu: Backend, what: str, V: int, H: int, T: int, B: int) -> Callable[[], None]:
    """What `torchs` names, by this package."""
    if what == "LSTM alone":
        return lstm_alone(gpu, V, H, T, B)
    return training_step(gpu, V, H, *batch(V, T, B, last="last" in what)).step


def torchs(V: int, H: int, T: int, B: int) -> dict[str, dict[str, Callable[[], None]]]:
    """The same by PyTorch, each by its variants."""
    torch = pytorch()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    layer = torch.nn.LSTM(V, H).to(device)
    tokens, _ = batch(V, T, B)
    x = torch.nn.functional.one_hot(torch.from_numpy(tokens), V).float().to(device)
    dh = torch.randn(T, B, H, device=device)

    def alone() -> None:
        layer.zero_grad()
        layer(x)[0].backward(dh)

    found = {"LSTM alone": {"nn.LSTM": alone, "nn.LSTM with TF32": partial(with_tf32, alone)}}
    for what in ("step, last target", "step, every target"):
        found[what] = {
            f"PyTorch, {adam} Adam": torch_step(device, V, H, *batch(V, T, B, last="last" in what), adam)
            for adam in (("default", "fused") if device == "cuda" else ("default",))
        }
    return found


def with_tf32(act: Callable[[], None]) -> None:
    """Once, with products of 10 bits of mantissa."""
    backends = pytorch().backends.cuda.matmul, pytorch().backends.cudnn
    for backend in backends:
        backend.allow_tf32 = True
    act()
    for backend in backends:
        backend.allow_tf32 = False


def torch_step(
    device: str, V: int, H: int, tokens: np.ndarray, targets: np.ndarray, adam: str
) -> Callable[[], None]:
    """A training step of PyTorch."""
    torch = pytorch()
    layer, dense = torch.nn.LSTM(V, H).to(device), torch.nn.Linear(H, V).to(device)
    dropout, loss = torch.nn.Dropout(0.2), torch.nn.CrossEntropyLoss()
    parameters = [*layer.parameters(), *dense.parameters()]
    optimizer = torch.optim.Adam(parameters, **({"fused": True} if adam == "fused" else {}))
    x, y = (torch.from_numpy(a).to(device) for a in (tokens, targets))

    def step() -> None:
        optimizer.zero_grad()
        h, _ = layer(torch.nn.functional.one_hot(x, V).float())
        z = dense(dropout(h[-1] if y.ndim == 1 else h))
        loss(z.reshape(-1, V), y.reshape(-1)).backward()
        optimizer.step()

    return step


def cudnn_kernels(gpu: Backend, sizes: Sizes) -> Rows:
    """The kernels that nn.LSTM launched most often, which tell the algorithm that cuDNN took."""
    for name, shape in sizes.timed.items():
        act = torchs(*shape)["LSTM alone"]["nn.LSTM"]
        found = attempt(names_of_kernels, act, gpu)
        for kernel, count in [(found, "")] if isinstance(found, str) else found.most_common(SHOWN):
            yield [name, f"nn.LSTM launched {kernel[:90]}", str(count), "", "", ""]


def names_of_kernels(act: Callable[[], None], gpu: Backend) -> Counter[str]:
    """By PyTorch's profiler."""
    torch = pytorch()
    kinds = torch.profiler.ProfilerActivity
    cuda = torch.cuda.is_available()
    act()
    with torch.profiler.profile(activities=[kinds.CUDA if cuda else kinds.CPU]) as profile:
        act()
        gpu.synchronize()
    kind = "CUDA" if cuda else "CPU"
    return Counter(e.name.replace("|", "/") for e in profile.events() if str(e.device_type).endswith(kind))
