"""Grades lesson 14."""

import numpy as np

from ...network import LSTM, Dense
from ...paper.recall import ITEMS, MARK, QUESTIONS
from ..check import NotYet, grader

T, V, H, TARGET = 6, 5, 4, 3


def _network():
    rng = np.random.default_rng(14)
    layer, dense = LSTM(V, H, rng=rng, dtype=float), Dense(H, V, rng=rng, dtype=float)
    for a in (*layer.params.values(), *dense.params.values()):
        a[...] = rng.uniform(-1, 1, a.shape)
    x = np.eye(V)[rng.integers(V, size=T)][:, :, None]
    return layer, dense, x


def _gradients(at=(-1,), minus=1.0):
    """dx (T, V), of a loss at these steps; `minus` is what is taken off the target's probability."""
    layer, dense, x = _network()
    h = layer.forward(x).copy()
    R = np.zeros_like(h)
    for t in at:
        y = dense.forward(h[[t]])
        dy = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)
        dy[0, TARGET, 0] -= minus
        R[t] = dense.backward(dy)[0]
    layer.forward(x)
    return layer.backward(R)[:, :, 0].copy()


@grader("14.1")
def influence(answer):
    """How much each step has to do with the last prediction."""
    layer, dense, x = _network()
    given = x.copy()
    found = answer(layer, dense, x, TARGET)
    if found is None or found is ...:
        raise NotYet("influence returned no numbers: its last line is yours too.")
    if not np.array_equal(given, x):
        raise NotYet("Your code changed x, which belongs to its caller.")
    found, dx = np.asarray(found, float), _gradients()
    if found.shape == dx.shape or found.shape == (T, V, 1):
        raise NotYet("These are the gradients dx themselves: want the length of each step's, T numbers.")
    if found.shape != (T,):
        raise NotYet(f"Of {T} steps came something of shape {found.shape}: want one length for each step.")
    right = np.linalg.norm(dx, axis=1)
    if np.allclose(found, right, rtol=1e-8):
        return "Who was heard, and how well."
    everywhere = np.linalg.norm(_gradients(range(T)), axis=1)
    for wrong, message in (
        (dx.sum(axis=1), "The entries of dx are added up, with their signs, and cancel: want the length."),
        (
            np.abs(dx).sum(axis=1),
            "That is the sum of the sizes: the length is the root of the sum of squares.",
        ),
        (right**2, "That is the square of the length: the root is missing."),
        (right[::-1], "The right lengths in the wrong order: the first is that of the first step."),
        (everywhere, "Every step has a loss here. Only the last one is asked: all other R are 0."),
        (
            np.linalg.norm(_gradients(minus=0), axis=1),
            "The target does not enter: the gradient of the surprise by the scores is p *minus one-hot*.",
        ),
        (
            np.linalg.norm(_gradients((0,)), axis=1),
            "The loss is put at the first step: R[-1] is the last one's, R[0] the first one's.",
        ),
        (np.abs(dx * given[:, :, 0]).sum(axis=1), "You took dx only where the symbol is: want all of dx_t."),
    ):
        if np.allclose(found, wrong, rtol=1e-8):
            raise NotYet(message)
    t = int(np.argmax(~np.isclose(found, right)))
    raise NotYet(f"At step {t + 1} of {T} you have {found[t]:.4g}, want {right[t]:.4g}.")


@grader("14.2")
def recall_batch(answer):
    """A mark, an item, distractors, a question."""
    n, columns = 5, 400
    found = answer(n, columns, np.random.default_rng(1))
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise NotYet("Want two results: tokens and targets.")
    tokens, targets = map(np.asarray, found)
    if tokens.shape == (columns, n + 3):
        raise NotYet("Columns are examples: tokens are (n + 3, columns), yours are the other way round.")
    if tokens.shape != (n + 3, columns):
        raise NotYet(
            f"For n = {n} and {columns} columns tokens are {tokens.shape}, want {(n + 3, columns)}: a mark, "
            "an item, n distractors and a question."
        )
    if targets.shape != (columns,):
        raise NotYet(f"Targets are {targets.shape}, want {(columns,)}: one item for each column.")
    if not np.issubdtype(tokens.dtype, np.integer):
        raise NotYet(f"Tokens are of type {tokens.dtype}: want whole numbers.")
    if np.any(tokens[0] != MARK):
        raise NotYet(f"Each column begins with the mark, {MARK}.")
    if np.any(tokens[-1] != QUESTIONS):
        raise NotYet(f"Each column ends with the question, {QUESTIONS}.")
    inner = tokens[1:-1]
    if inner.max() >= ITEMS or inner.min() < 0:
        raise NotYet(f"Between mark and question stand items, 0 to {ITEMS - 1}: you have {inner.max()}.")
    if np.all(tokens == tokens[:, :1]):
        raise NotYet("All columns are the same example: draw each column on its own.")
    if np.any(targets != tokens[1]):
        if np.array_equal(targets, tokens[-2]):
            raise NotYet("The targets are the last distractors: asked is what came right after the mark.")
        raise NotYet("The targets are not what came right after the mark, in row 1.")
    if set(np.unique(tokens[1])) != set(range(ITEMS)):
        raise NotYet(f"Some items never have to be kept: draw from all {ITEMS}.")
    if np.all(inner[1:] == inner[1]):
        raise NotYet("All distractors of a column are the same: a network could tell them from the item.")
    if not np.any(inner[1:] == tokens[1]):
        raise NotYet(
            "No distractor ever equals the item, so it can be told by what is missing: distractors are drawn "
            "from all items."
        )
    if len(np.unique(inner[1:])) < ITEMS:
        raise NotYet("The distractors do not look like the items: draw them from all of them, too.")
    again = np.asarray(answer(n, columns, np.random.default_rng(1))[0])
    other = np.asarray(answer(n, columns, np.random.default_rng(2))[0])
    if not np.array_equal(again, tokens) or np.array_equal(other, tokens):
        raise NotYet("Draw from the `rng` that is given, and from nothing else.")
    return "Only a memory can solve it."
