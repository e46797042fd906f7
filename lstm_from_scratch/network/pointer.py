"""The equations of attention that copies, one step of one song, as one would write them on paper. [Merity16]

This is the voice to read, as `cells.py` is for the recurrent cells, whose numbers go on here. `attention.py`
and `mixture.py` compute the same for many songs at once, and tests hold them equal.

A song's h_t is (H,), its keys are (d, t), a column for each earlier step. What is scored at step t is the
sentinel, which stands for copying nothing, and then every step i < t, after which x_(i+1) stood.
"""

from __future__ import annotations

import numpy as np

from .arrays import Array


def match_lengths(tokens: list[int]) -> list[int]:
    """How many symbols up to the last one and up to each earlier one are the same, one after the other."""
    lengths = []
    for i in range(len(tokens) - 1):
        length = 0
        while length <= i and tokens[i - length] == tokens[-1 - length]:
            length += 1
        lengths.append(length)
    return lengths


def pointer_scores(p: dict[str, Array], h: Array, keys: Array, match: Array) -> tuple[Array, Array]:
    """One step's scores.

    Parameters
    ----------
    p : dict of str to array
        "Wq" (d, H), "bq" (d, 1), "s" (d, 1), "m" (lengths, 1) and "r" (lags, 1).
    h : array (H,)
    keys : array (d, t)
        k_i of every earlier step, `Wk h_i`. (8)
    match : integer array (t,)
        `match_lengths`, none beyond the last row of "m".

    Returns
    -------
    e : array (1 + t,)
        Of the sentinel, and of each earlier step.
    q : array (d,)
    """
    d, t = keys.shape
    lag = np.minimum(t - np.arange(t), len(p["r"]) - 1)
    q = p["Wq"] @ h + p["bq"][:, 0]  # (7)
    e_none = q @ p["s"] / np.sqrt(d)  # (9)
    e = q @ keys / np.sqrt(d) + p["m"][match, 0] + p["r"][lag, 0]  # (10)
    return np.concatenate([e_none, e]), q


def pointer_gradient(
    p: dict[str, Array], de: Array, q: Array, h: Array, keys: Array, match: Array
) -> tuple[dict[str, Array], Array, Array]:
    """Back through one step, from equation (10) to equation (7).

    Returns
    -------
    dp : dict of str to array
        What the step adds to the gradients of "Wq", "bq", "s", "m" and "r".
    dh : array (H,)
    dkeys : array (d, t)
        What it adds to the keys' gradients: dWk = dk_i h_i^T and dh_i = Wk^T dk_i come from those. (8)
    """
    d, t = keys.shape
    lag = np.minimum(t - np.arange(t), len(p["r"]) - 1)
    dp = {name: np.zeros_like(p[name]) for name in ("Wq", "bq", "s", "m", "r")}
    np.add.at(dp["m"][:, 0], match, de[1:])  # (10)
    np.add.at(dp["r"][:, 0], lag, de[1:])
    dkeys = np.outer(q, de[1:]) / np.sqrt(d)
    dq = keys @ de[1:] / np.sqrt(d) + p["s"][:, 0] * de[0] / np.sqrt(d)  # (10) (9)
    dp["s"][:, 0] = q * de[0] / np.sqrt(d)  # (9)
    dp["Wq"][...], dp["bq"][:, 0] = np.outer(dq, h), dq  # (7)
    return dp, p["Wq"].T @ dq, dkeys


def mixture_loss(y: Array, e: Array, copied: Array, target: int) -> tuple[Array, Array, Array]:
    """-ln p(target) in nats, and its gradients.

        a    = softmax(e)                                                              (11)
        p(x) = a_* softmax(y)_x + sum over i of a_i [x stood after i]                  (12)

    Parameters
    ----------
    y : array (V,)
        The dense layer's logits.
    e : array (1 + t,)
    copied : integer array (t,)
        What stood after each earlier step.
    target : int

    Returns
    -------
    loss : scalar
    dy : array (V,)
    de : array (1 + t,)
    """
    a, p_y = softmax(e), softmax(y)
    hit = np.concatenate([[p_y[target]], copied == target])
    p = (a * hit).sum()  # (12)
    rho = a * hit / p  # the part of p that comes from each place
    de = a - rho
    dy = rho[0] * p_y
    dy[target] -= rho[0]
    return -np.log(p), dy, de


def softmax(scores: Array) -> Array:
    """exp(scores) over their sum."""
    exp = np.exp(scores - scores.real.max())
    return exp / exp.sum()
