"""What students answer in lesson 11, and should not."""

import numpy as np


def norm_of(grads):
    return np.sqrt(sum(np.sum(g**2) for g in grads.values()))


def tensor_by_tensor(grads, limit):
    norm = norm_of(grads)
    for g in grads.values():
        own = np.linalg.norm(g)
        if own > limit:
            g *= limit / own
    return norm


def entry_by_entry(grads, limit):
    norm = norm_of(grads)
    for g in grads.values():
        np.clip(g, -limit, limit, out=g)
    return norm


def always(grads, limit):
    norm = norm_of(grads)
    for g in grads.values():
        g *= limit / norm
    return norm


def forgotten(grads, limit):
    norm = norm_of(grads)
    if norm > limit:
        for g in grads.values():
            g = g * limit / norm
    return norm


def new_arrays(grads, limit):
    norm = norm_of(grads)
    if norm > limit:
        for k in grads:
            grads[k] = grads[k] * limit / norm
    return norm


def without_root(grads, limit):
    norm = sum(np.sum(g**2) for g in grads.values())
    if norm > limit:
        for g in grads.values():
            g *= limit / norm
    return norm


def sum_of_norms(grads, limit):
    norm = sum(np.linalg.norm(g) for g in grads.values())
    if norm > limit:
        for g in grads.values():
            g *= limit / norm
    return norm


def norm_again_and_again(grads, limit):
    norm = norm_of(grads)
    for g in grads.values():
        if norm_of(grads) > limit:
            g *= limit / norm_of(grads)
    return norm


def nothing_returned(grads, limit):
    norm = norm_of(grads)
    if norm > limit:
        for g in grads.values():
            g *= limit / norm


def norm_after(grads, limit):
    always(grads, limit)
    return norm_of(grads)


def return_in_the_loop(grads, limit):
    norm = norm_of(grads)
    for g in grads.values():
        g *= min(1, limit / norm)
        return norm


def limit_forgotten(grads, limit):
    norm = norm_of(grads)
    if norm > limit:
        for g in grads.values():
            g /= norm
    return norm


def said(**changed):
    right = {
        "A": "targets of other windows",
        "B": "too few songs",
        "C": "rate too high",
        "D": "target is the input",
    }
    return lambda: right | changed


WRONG = {
    "11.1": [
        tensor_by_tensor,
        entry_by_entry,
        always,
        forgotten,
        new_arrays,
        without_root,
        sum_of_norms,
        norm_again_and_again,
        nothing_returned,
        norm_after,
        limit_forgotten,
        return_in_the_loop,
    ],
    "11.2": [
        said(A="rate too low"),
        said(A="target is the input", D="targets of other windows"),
        said(B="dropout while measuring"),
        said(B="target is the input", D="too few songs"),
        said(D="too few songs"),
        said(C="too few songs"),
        said(C="the learning rate"),
        lambda: ["targets of other windows", "too few songs", "rate too high", "target is the input"],
        lambda: {"A": "targets of other windows"},
        lambda: None,
    ],
}
