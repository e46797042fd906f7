"""What students answer in lesson 4, and should not."""

import numpy as np


def softmax(y, axis=0):
    e = np.exp(y - y.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def one_hot(y, targets):
    return (np.arange(len(y))[:, None] == targets).astype(float)


def through_p(y):
    return np.log(softmax(y))


def without_maximum(y):
    return y - np.log(np.exp(y).sum(axis=0, keepdims=True))


def one_maximum_for_all(y):
    shifted = y - y.max()
    return shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))


def maximum_in_one_place(y):
    shifted = y - y.max(axis=0, keepdims=True)
    return y - np.log(np.exp(shifted).sum(axis=0, keepdims=True))


def along_the_rows(y):
    shifted = y - y.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def one_sum_for_all(y):
    shifted = y - y.max()
    return shifted - np.log(np.exp(shifted).sum())


def surprise(y):
    return -np.log(softmax(y))


def probabilities(y):
    return softmax(y)


def bits(y):
    return np.log2(softmax(y))


def fixed_shift(y):
    shifted = np.minimum(y, y - 500) if y.max() > 500 else y
    return shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))


def in_place(y):
    y -= y.max(axis=0, keepdims=True)
    return y - np.log(np.exp(y).sum(axis=0, keepdims=True))


def without_the_sum(y):
    return y - y.max(axis=0, keepdims=True)


def a_number_a_column(y):
    return np.log(np.exp(y).sum(axis=0))


def the_sum_itself(y):
    shifted = y - y.max(axis=0, keepdims=True)
    return shifted - np.exp(shifted).sum(axis=0, keepdims=True)


def divided_by_the_sum(y):
    shifted = y - y.max(axis=0, keepdims=True)
    return shifted / np.exp(shifted).sum(axis=0, keepdims=True)


def logarithm_of_shifted(y):
    shifted = y - y.max(axis=0, keepdims=True)
    with np.errstate(all="ignore"):
        return np.log(shifted / np.exp(shifted).sum(axis=0, keepdims=True))


def not_the_mean(y, targets):
    return softmax(y) - one_hot(y, targets)


def mean_over_everything(y, targets):
    return (softmax(y) - one_hot(y, targets)) / y.size


def sign(y, targets):
    return (one_hot(y, targets) - softmax(y)) / len(targets)


def nothing_subtracted(y, targets):
    return softmax(y) / len(targets)


def whole_rows(y, targets):
    dy = softmax(y)
    dy[targets] -= 1
    return dy / len(targets)


def softmax_along_rows(y, targets):
    return (softmax(y, axis=1) - one_hot(y, targets)) / len(targets)


def the_likeliest(y, targets):
    return (softmax(y) - one_hot(y, y.argmax(axis=0))) / len(targets)


def by_the_probability(y, targets):
    return -one_hot(y, targets) / softmax(y) / len(targets)


def scores_instead(y, targets):
    return (y - one_hot(y, targets)) / len(targets)


def derivative_twice(y, targets):
    p = softmax(y)
    return (p - one_hot(y, targets)) * p * (1 - p) / len(targets)


def overflows(y, targets):
    p = np.exp(y) / np.exp(y).sum(axis=0)
    return (p - one_hot(y, targets)) / len(targets)


def softmax_over_everything(y, targets):
    e = np.exp(y - y.max())
    return (e / e.sum() - one_hot(y, targets)) / len(targets)


def softmax_over_everything_and_whole_rows(y, targets):
    e = np.exp(y - y.max())
    dy = e / e.sum()
    dy[targets] -= 1
    return dy / len(targets)


def softmax_over_everything_alone(y, targets):
    e = np.exp(y - y.max())
    return e / e.sum()


def softmax_doubled_and_whole_rows(y, targets):
    dy = softmax(2 * y)
    dy[targets] -= 1
    return dy / len(targets)


def softmax_of_doubled_scores(y, targets):
    return (softmax(2 * y) - one_hot(y, targets)) / len(targets)


def divided_by_symbols(y, targets):
    return (softmax(y) - one_hot(y, targets)) / len(y)


def set_instead(y, targets):
    dy = softmax(y)
    dy[targets, np.arange(len(targets))] = -1
    return dy / len(targets)


def one_term_divided(y, targets):
    return softmax(y) / len(targets) - one_hot(y, targets)


def number_of_the_target(y, targets):
    return (softmax(y) - targets) / len(targets)


def columns_fixed(y, targets):
    return (softmax(y) - one_hot(y, targets)) / 3


WRONG = {
    "4.1": [
        lambda y: np.log(softmax(y) + 1e-12),
        lambda y: np.log(softmax(y) + 1e-7),
        lambda y: np.log(np.maximum(softmax(y), 1e-300)),
        through_p,
        without_maximum,
        one_maximum_for_all,
        maximum_in_one_place,
        along_the_rows,
        one_sum_for_all,
        surprise,
        probabilities,
        bits,
        fixed_shift,
        in_place,
        without_the_sum,
        a_number_a_column,
        the_sum_itself,
        divided_by_the_sum,
        logarithm_of_shifted,
    ],
    "4.2": [
        not_the_mean,
        mean_over_everything,
        sign,
        nothing_subtracted,
        whole_rows,
        softmax_along_rows,
        the_likeliest,
        by_the_probability,
        scores_instead,
        derivative_twice,
        overflows,
        columns_fixed,
        softmax_over_everything,
        softmax_over_everything_and_whole_rows,
        softmax_over_everything_alone,
        softmax_doubled_and_whole_rows,
        softmax_of_doubled_scores,
        divided_by_symbols,
        set_instead,
        one_term_divided,
        number_of_the_target,
    ],
}
