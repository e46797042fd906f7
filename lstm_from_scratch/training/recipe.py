"""How a model is trained: the paper's recipe, and others."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from ..music.clock import clock_sizes


@dataclass(frozen=True)
class Recipe:
    """How a model is trained.

    Parameters
    ----------
    objective : str
        "window": windows at every step, the next symbol as the one target [P III-B2]. "stream": songs end
        to end in `batch` lanes, a target at every step, the state carried from piece to piece of a song.
        "song": whole songs side by side, a target at every step; what attention needs.
    length : int
        Steps of a window, or of a piece.
    warmup, decay : int, bool
        Steps over which the rate rises to lr, and whether it then falls to 0 along a half cosine.
    averaging : float
        The weights that are validated, kept and sampled are an exponential average of all steps' weights
        with this decay; 0 keeps the last. [Polyak92]
    cut : float
        Not for "window": the share of songs that an epoch cuts in two, each part starting from the zero
        state; songs and places are drawn anew every epoch. So a network hears songs from any place on, and
        cannot learn them by heart from their start.
    weight_dropout : float
        The probability that an entry of U is 0 in a batch; the others are scaled up. [Merity18]
    clip : float
        Limit of the global norm of the gradients; 0 for none.
    patience : int
        Validations without a better loss after which training stops; 0 for never.
    steps : int or None
        Batches in all; None for `epochs` times the batches of an epoch.
    validate_every : int or None
        Batches between validations; None for once an epoch.
    save_seconds : float
        Seconds between checkpoints.
    attention : int
        Width of a pointer's queries and keys, 0 for none; "song" only.
    clock : tuple of str
        The kinds of clock that the network reads beside each symbol, of `music.clock.CLOCKS`; "song" only.

    Raises
    ------
    ValueError
        Attention or a clock without whole songs, or a clock that there is not.
    """

    cell: str = "lstm"
    units: int = 256
    dropout: float = 0.2
    objective: str = "window"
    batch: int = 64
    length: int = 64
    lr: float = 0.001
    warmup: int = 0
    decay: bool = False
    averaging: float = 0.0
    cut: float = 0.0
    weight_dropout: float = 0.0
    clip: float = 0.0
    epochs: int = 40
    steps: int | None = None
    validate_every: int | None = None
    patience: int = 0
    save_seconds: float = 60.0
    attention: int = 0
    clock: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        clock_sizes(self.clock)
        if (self.attention or self.clock) and self.objective != "song":
            raise ValueError(f"objective {self.objective!r}: attention and a clock need whole songs, 'song'")

    def record(self) -> dict[str, Any]:
        """What a checkpoint says of it; as before where there is neither attention nor a clock."""
        kept = asdict(self) | {"clock": list(self.clock)}
        for name in ("attention", "clock"):
            if not kept[name]:
                del kept[name]
        return kept

    def rate(self, step: int, steps: int) -> float:
        """The learning rate of a step, counted from 0, when there are `steps` in all."""
        if step < self.warmup:
            return self.lr * (step + 1) / self.warmup
        if not self.decay:
            return self.lr
        return self.lr * 0.5 * (1 + math.cos(math.pi * (step - self.warmup) / max(1, steps - self.warmup)))


PRESETS = {
    "paper": Recipe(),
    "fast": Recipe(
        objective="stream", batch=16, length=64, lr=0.005, warmup=100, averaging=0.9995, clip=1.0,
        dropout=0.4, cut=0.75, weight_dropout=0.2, epochs=40,
    ),
    "attention": Recipe(
        objective="song", batch=8, lr=0.005, warmup=100, decay=True, averaging=0.999, clip=1.0, dropout=0.5,
        cut=0.75, weight_dropout=0.3, epochs=40, attention=64, clock=("bar", "16", "12"),
    ),
    "smoke": Recipe(
        objective="stream", units=64, batch=16, length=32, lr=0.005, warmup=50, decay=True, averaging=0.99,
        clip=1.0, steps=5000, validate_every=1000, save_seconds=1.0,
    ),
}  # fmt: skip
