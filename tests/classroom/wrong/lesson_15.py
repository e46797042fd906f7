"""What students answer in lesson 15, and should not."""

import numpy as np


def softmax(scores):
    e = np.exp(scores - scores.max())
    return e / e.sum()


def matches(tokens, last=False, stop=True, first=0):
    lengths = []
    for i in range(len(tokens) - (not last)):
        length = 0
        for a, b in zip(tokens[i::-1], tokens[::-1]):
            if a == b:
                length += 1
            elif stop:
                break
        lengths.append(max(length - first, 0))
    return lengths


def only_the_symbol(tokens):
    return [int(token == tokens[-1]) for token in tokens[:-1]]


def not_to_the_start(tokens):
    return [min(k, i) for i, k in enumerate(matches(tokens))]


def mixed(y, e, copied, own=softmax, weight=None, each=True):
    a = softmax(e)
    p = (a[0] if weight is None else weight) * own(y)
    if each:
        np.add.at(p, copied, a[1:])
    else:
        p[copied] += a[1:]
    return p


def two_softmaxes(y, e, copied):
    p = softmax(e)[0] * softmax(y)
    np.add.at(p, copied, softmax(e[1:]))
    return p


def given(y, target, copied):
    return np.concatenate([[softmax(y)[target]], copied == target])


def back(rule):
    def scores_back(y, e, copied, target):
        a, w = softmax(e), given(y, target, copied)
        return rule(a, w, a * w / (a * w).sum())

    return scores_back


WRONG = {
    "15.1": [
        only_the_symbol,
        not_to_the_start,
        lambda tokens: matches(tokens, stop=False),
        lambda tokens: matches(tokens, last=True),
        lambda tokens: matches(tokens, first=1),
        lambda tokens: matches(tokens)[:-1],
        lambda tokens: None,
    ],
    "15.2": [
        lambda y, e, copied: mixed(y, e, copied, each=False),
        lambda y, e, copied: mixed(y, e, copied, weight=0),
        lambda y, e, copied: mixed(y, e, copied, weight=1),
        lambda y, e, copied: mixed(y, e, copied, own=lambda y: y.copy()),
        lambda y, e, copied: softmax(e)[0] * softmax(y),
        two_softmaxes,
        lambda y, e, copied: mixed(y, e, copied) / 2,
        lambda y, e, copied: softmax(e),
    ],
    "15.3": [
        back(lambda a, w, rho: rho - a),
        back(lambda a, w, rho: a),
        back(lambda a, w, rho: rho),
        back(lambda a, w, rho: -rho),
        back(lambda a, w, rho: a - w),
        back(lambda a, w, rho: a - a * w),
        back(lambda a, w, rho: a - np.concatenate([[0], rho[1:]])),
        back(lambda a, w, rho: a - w / w.sum()),
        back(lambda a, w, rho: (a - rho)[1:]),
    ],
}
