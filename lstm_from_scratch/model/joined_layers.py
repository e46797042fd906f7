"""The layers joined: from tokens to the loss, and back to the gradient of every weight. [P III-B1]

The paper's model is one-hot -> recurrent layer -> dropout -> dense -> softmax. What goes beyond the paper: a
clock as further one-hot inputs, and attention that copies.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..network import GRU, LSTM, RNN, Attention, Dense, Dropout, MixtureCrossEntropy, SoftmaxCrossEntropy
from ..network.arrays import Array
from ..network.backend import CPU, Backend
from ..network.memory import Memory
from ..network.mixture import followers, log_mixture
from ..network.recurrent import Recurrent

CELLS = {"lstm": LSTM, "gru": GRU, "rnn": RNN}


class JoinedLayers:
    """A recurrent layer, dropout, a dense layer and the cross-entropy, with attention beside the dense layer.

    Parameters
    ----------
    symbols : int
        V, the size of the vocabulary.
    units : int
        H.
    cell : str
        "lstm", "gru" or "rnn".
    dropout : float
        On the recurrent layer's output.
    attention : int
        d, the width of the queries and keys of a pointer to earlier places of the song; 0 for none.
    clock : tuple of int
        How many values each further one-hot input has, such as where in the bar the next symbol stands.
    rng : numpy.random.Generator
        Draws the initial weights and the dropout key.
    dtype, backend
        As for `LSTM`.

    Attributes
    ----------
    params, grads : dict of str to array
        Of all layers, named "lstm.W", "dense.b" and so on: views of `weights` and of `gradients`.
    weights, gradients : array (n,)
        All of them in one vector each, so that an update is one operation however many tensors there are.
    state : tuple
        What the next piece of the sequence goes on from: (h, c) for an LSTM, (h,) otherwise, arrays (H, B);
        with attention a `Memory` too.
    """

    def __init__(
        self,
        symbols: int,
        units: int = 256,
        cell: str = "lstm",
        dropout: float = 0.2,
        *,
        attention: int = 0,
        clock: tuple[int, ...] = (),
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
        backend: Backend | None = None,
    ):
        if cell not in CELLS:
            raise ValueError(f"cell {cell!r}: want one of {', '.join(CELLS)}")
        for count, what in ((symbols, "symbols"), (units, "units")):
            if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
                raise ValueError(f"{count} {what}: want a whole number, 1 or more")
        self.backend = backend or CPU
        self.cell = cell
        self.clock = clock
        options: dict[str, Any] = {"rng": rng, "dtype": dtype, "backend": backend}
        self.recurrent = CELLS[cell](symbols + sum(clock), units, **options)
        self.dropout = Dropout(dropout, rng=rng, backend=backend)
        self.dense = Dense(units, symbols, **options)
        self.loss = SoftmaxCrossEntropy(backend)
        self._layers: dict[str, Recurrent | Dense | Attention] = {cell: self.recurrent, "dense": self.dense}
        self.attention = Attention(units, attention, **options) if attention else None
        self.mixture = MixtureCrossEntropy(backend)
        if self.attention:
            self._layers["attention"] = self.attention
        self._memory: Memory | None = None
        xp, tensors = self.backend.xp, [p for layer in self._layers.values() for p in layer.params.values()]
        self.weights = xp.concatenate([p.ravel() for p in tensors])
        self.gradients = xp.zeros_like(self.weights)
        self.params, self.grads = self.named(self.weights), self.named(self.gradients)
        for name, layer in self._layers.items():
            for k in layer.params:
                layer.params[k], layer.grads[k] = self.params[f"{name}.{k}"], self.grads[f"{name}.{k}"]

    def named(self, vector: Array) -> dict[str, Array]:
        """The parts of a vector like `weights`, as views of the tensors' names and shapes."""
        views, start = {}, 0
        for name, layer in self._layers.items():
            for k, p in layer.params.items():
                end = start + math.prod(p.shape)
                views[f"{name}.{k}"] = vector[start:end].reshape(p.shape)
                start = end
        return views

    @property
    def symbols(self) -> int:
        """V."""
        return self.recurrent.inputs - sum(self.clock)

    @property
    def units(self) -> int:
        """H."""
        return self.recurrent.units

    @property
    def state(self) -> tuple[Any, ...]:
        """A copy of the state after the last step."""
        layer = self.recurrent
        last = (layer.h_last, layer.c_last) if isinstance(layer, LSTM) else (layer.h_last,)
        copies = tuple(s.copy() for s in last)
        return (*copies, self._memory) if self.attention else copies

    def forward(
        self,
        tokens: Array,
        targets: Array,
        state: tuple[Any, ...] | None = None,
        training: bool = True,
        counted: Array | None = None,
        clock: Array | None = None,
    ) -> Any:
        """The mean loss in nats.

        Parameters
        ----------
        tokens : integer array (T, B)
        targets : integer array (T, B), or (B,) for the last step only
        state : tuple, optional
            What `state` was after the piece before; zeros unless given. With attention there is none: a
            model that looks back is trained on whole songs.
        training : bool
            Whether dropout is on.
        counted : bool array like targets, optional
            Which targets the loss is over; all unless given.
        clock : integer array (T, K, B), optional
            The value of each further input, for the symbol that the step predicts.
        """
        self._last_only = targets.ndim == 1
        if self.attention and (self._last_only or state):
            raise ValueError("a model with attention is trained on whole songs, with a target at every step")
        h = self.recurrent.forward(self._inputs(tokens, clock), *(state or ()))
        h = self.dropout.forward(h[-1] if self._last_only else h, training)
        y = self.dense.forward(h)
        if self.attention:
            return self.mixture.forward(y, self.attention.forward(h, tokens), tokens, targets, counted)
        return self.loss.forward(y, targets, counted)

    def backward(self) -> None:
        """Fill `grads` with the gradient of the loss that `forward` gave."""
        if self.attention:
            dy, de = self.mixture.backward()
            dh = self.dense.backward(dy)
            dh += self.attention.backward(de)
        else:
            dh = self.dense.backward(self.loss.backward())
        dh = self.dropout.backward(dh)
        if self._last_only:
            self.recurrent.backward(None, dh)
        else:
            self.recurrent.backward(dh)

    @property
    def probabilities(self) -> Array:
        """p of the last `forward`, (T, V, B) or (V, B), until `backward`."""
        return self.mixture.probabilities if self.attention else self.loss.probabilities

    def logits(
        self,
        tokens: Array,
        state: tuple[Any, ...] | None = None,
        last_only: bool = False,
        clock: Array | None = None,
    ) -> Array:
        """Scores before the softmax, no dropout: (T, V, B), or (V, B) for the last step; a work array.

        With attention they are ln p of the mixture, whose softmax is p again.
        """
        h = self.recurrent.forward(self._inputs(tokens, clock), *(state or ())[: self._carried])
        if not self.attention:
            return self.dense.forward(h[-1] if last_only else h)
        mixed = self._mixed(h, tokens, state[-1] if state else None)
        return mixed[-1] if last_only else mixed

    def _mixed(self, h: Array, tokens: Array, memory: Memory | None) -> Array:
        """ln p (T, V, B) of whole songs, or of steps that go on from a memory."""
        assert self.attention
        xp, y = self.backend.xp, self.dense.forward(h)
        if memory is None:
            e = self.attention.forward(h, tokens)
            self._memory = self.attention.remember()
            return log_mixture(xp, y, e, followers(xp, tokens))
        rows = []
        for t, h_t in enumerate(h):
            e_t, memory = self.attention.step(h_t, tokens[t], memory)
            rows.append(log_mixture(xp, y[t : t + 1], e_t[:, None], memory.tokens[:, 1:])[0])
        self._memory = memory
        return xp.stack(rows)

    @property
    def _carried(self) -> int:
        """How many arrays of a state are the recurrent layer's."""
        return 2 if self.cell == "lstm" else 1

    def _inputs(self, tokens: Array, clock: Array | None) -> Array:
        """What the recurrent layer reads: tokens (T, B), or with the clock's rows (T, 1 + K, B)."""
        wanted = (len(tokens), len(self.clock), tokens.shape[1])
        if (clock is None and self.clock) or (clock is not None and clock.shape != wanted):
            given = None if clock is None else clock.shape
            raise ValueError(f"clock {given}: this model wants (T, K, B), {wanted}")
        if clock is None or not self.clock:
            return tokens
        sizes = np.array(self.clock)
        if self.backend.name == "cpu" and not (0 <= clock.min() and (clock.max(axis=(0, 2)) < sizes).all()):
            raise ValueError(
                f"clock: values up to {clock.max(axis=(0, 2)).tolist()}, want less than {self.clock}"
            )
        first_rows = self.backend.to_device(self.symbols + np.cumsum(sizes) - sizes)
        return self.backend.xp.concatenate([tokens[:, None], clock + first_rows[:, None]], axis=1)
