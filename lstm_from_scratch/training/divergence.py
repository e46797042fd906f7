"""Whether a training run's numbers are still finite, and which tensor broke first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import ModuleType

from ..network.arrays import Array
from .recipe import Recipe

EXPLODED = 10.0  # times ln V, the loss of an even guess: runs have recovered from 3 times, never from 10
SAFE_RATE = 0.001  # the paper's learning rate


class DivergedError(RuntimeError):
    """Training has diverged; the message names the step and the tensor, and says what to do."""


def first_broken(tensors: Mapping[str, Array], xp: ModuleType) -> str | None:
    """The first tensor with a NaN or an infinity, and how many it has; None if all are finite."""
    for name, tensor in tensors.items():
        broken = int((~xp.isfinite(tensor)).sum())
        if broken:
            return f"{name} is not finite ({broken:,} of its {tensor.size:,} entries)"
    return None


def largest(tensors: Mapping[str, Array], xp: ModuleType) -> str:
    """The tensor with the largest entry, and this entry."""
    sizes = {name: float(xp.abs(tensor).max()) for name, tensor in tensors.items()}
    name = max(sizes, key=sizes.__getitem__)
    return f"every tensor is still finite, the largest entry {sizes[name]:.3g} in {name}"


def exploded(loss: float, symbols: int) -> bool:
    """Whether a loss in nats is not finite, or far above that of an even guess among the symbols."""
    return not loss <= EXPLODED * math.log(symbols)


def diverged(
    when: str, what: str, tensors: Mapping[str, Array], recipe: Recipe, xp: ModuleType
) -> DivergedError:
    """The error that names the first broken tensor; they are given in the order of computation."""
    where = first_broken(tensors, xp) or largest(tensors, xp)
    advice = f"--lr {min(recipe.lr / 10, SAFE_RATE):.2g}" + ("" if recipe.clip else ", or with --clip 1")
    return DivergedError(
        f"training stopped at {when}: {what}; {where}; what was saved before is kept; "
        f"train again with --overwrite and {advice}"
    )
