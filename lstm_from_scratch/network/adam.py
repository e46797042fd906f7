"""Adam."""

from __future__ import annotations

import math
from collections.abc import Mapping

from .arrays import Array
from .backend import on_host

BLOCK = 16_384  # entries


class Adam:
    """Adaptive moments. [Kingma14, algorithm 1]

        m = beta1 m + (1 - beta1) g          m^ = m / (1 - beta1^t)
        v = beta2 v + (1 - beta2) g^2        v^ = v / (1 - beta2^t)
        p = p - lr m^ / (sqrt(v^) + eps)

    Parameters
    ----------
    params : mapping of str to array
        Changed in place by `step`.
    lr, betas, eps : float
        Step size, decays of the two moments, and what keeps the division finite.

    Raises
    ------
    ValueError
        A number that means nothing: lr below 0 or not finite, betas outside 0 to 1, eps not above 0.

    Attributes
    ----------
    m, v : dict of str to array
        The moments, of the parameters' shapes.
    t : int
        Steps made.
    """

    def __init__(
        self,
        params: Mapping[str, Array],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ):
        if not (0 <= lr < math.inf and 0 < eps < math.inf and all(0 <= beta < 1 for beta in betas)):
            raise ValueError(
                f"lr {lr}, betas {betas}, eps {eps}: want lr finite and 0 or more, betas from 0 to less than "
                "1, eps finite and more than 0"
            )
        self.params, self.lr, self.betas, self.eps = params, lr, betas, eps
        self.m = {name: p * 0 for name, p in params.items()}
        self.v = {name: p * 0 for name, p in params.items()}
        self.t = 0

    def step(self, grads: Mapping[str, Array]) -> None:
        """One step down the gradients, which are left as they are."""
        for name, p in self.params.items():
            if grads[name].shape != p.shape:
                raise ValueError(f"gradient of {name} is {grads[name].shape}, the parameter {p.shape}")
        self.t += 1
        beta1, beta2 = self.betas
        # sqrt(v^) is sqrt(v) / root, and root goes into the two scalars rather than into every entry.
        root = math.sqrt(1 - beta2**self.t)
        size, eps = self.lr * root / (1 - beta1**self.t), self.eps * root
        for name in self.params:
            for p, g, m, v in zip(
                *map(_blocks, (self.params[name], grads[name], self.m[name], self.v[name]))
            ):
                m += (1 - beta1) * (g - m)
                v *= beta2
                v += (1 - beta2) * (g * g)
                p -= size * m / (v**0.5 + eps)


def _blocks(array: Array) -> list[Array]:
    """Views small enough to stay in the cache while a step works on them; on a GPU, the array itself."""
    if not on_host(array):
        return [array]
    rows = max(1, BLOCK // max(1, array[:1].size))
    return [array[i : i + rows] for i in range(0, len(array), rows)]
