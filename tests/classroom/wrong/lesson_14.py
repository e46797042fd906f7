"""What students answer in lesson 14, and should not."""

import numpy as np


def measured(
    lengths=lambda dx: np.linalg.norm(dx[:, :, 0], axis=1), everywhere=False, minus=1, at=-1, ones=False
):
    """The exercise with something of its own."""

    def influence(layer, dense, x, target):
        h = layer.forward(x).copy()
        R = np.zeros_like(h)
        for t in range(len(x)) if everywhere else [at]:
            y = dense.forward(h[[t]])
            dy = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)
            dy[0, target, 0] -= minus
            R[t] = dense.backward(dy)[0]
        if ones:
            R = np.ones_like(h)
        layer.forward(x)
        return lengths(layer.backward(R))

    return influence


def batch(change=lambda tokens, rng: None, target=lambda tokens: tokens[1]):
    def recall_batch(n, columns, rng):
        tokens = rng.integers(8, size=(n + 3, columns))
        tokens[0], tokens[-1] = 8, 9
        change(tokens, rng)
        return tokens, target(tokens)

    return recall_batch


def same_distractors(tokens, rng):
    tokens[2:-1] = tokens[2]


def never_the_item(tokens, rng):
    tokens[2:-1] = (tokens[1] + 1 + rng.integers(7, size=tokens[2:-1].shape)) % 8


def zeros_for_distractors(tokens, rng):
    tokens[3:-1] = rng.integers(2, size=tokens[3:-1].shape)
    tokens[2] = tokens[1] // 4


def no_mark(tokens, rng):
    tokens[0] = rng.integers(8, size=tokens.shape[1])


def no_question(tokens, rng):
    tokens[-1] = rng.integers(8, size=tokens.shape[1])


def one_example(tokens, rng):
    tokens[:] = tokens[:, :1]


def one_too_short(n, columns, rng):
    return batch()(n - 1, columns, rng)


def rows_are_examples(n, columns, rng):
    tokens, targets = batch()(n, columns, rng)
    return tokens.T, targets


def own_generator(n, columns, rng):
    return batch()(n, columns, np.random.default_rng(0))


WRONG = {
    "14.1": [
        measured(lengths=lambda dx: dx),
        measured(lengths=lambda dx: dx[:, :, 0].sum(axis=1)),
        measured(lengths=lambda dx: np.abs(dx[:, :, 0]).sum(axis=1)),
        measured(lengths=lambda dx: (dx[:, :, 0] ** 2).sum(axis=1)),
        measured(lengths=lambda dx: np.linalg.norm(dx[:, :, 0], axis=0)),
        measured(lengths=lambda dx: np.linalg.norm(dx[::-1, :, 0], axis=1)),
        measured(everywhere=True),
        measured(minus=0),
        measured(at=0),
        measured(ones=True),
        lambda layer, dense, x, target: None,
    ],
    "14.2": [
        batch(target=lambda tokens: tokens[-2]),
        batch(target=lambda tokens: tokens[0]),
        batch(same_distractors),
        batch(never_the_item),
        batch(zeros_for_distractors),
        batch(no_mark),
        batch(no_question),
        batch(one_example),
        one_too_short,
        rows_are_examples,
        own_generator,
    ],
}
