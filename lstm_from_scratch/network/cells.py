"""The equations of each cell, one step at a time, as one would write them on paper.

This is the voice to read. The layers compute the same numbers faster: all steps, in place, in work arrays.
Tests hold the two equal, and the lessons end with the layers.

Columns are examples: x is (V, B), every h, c and gate (H, B). No array is written into, and any dtype will
do, complex ones too. A gradient is called d and the name of what it is the gradient of. Attention has a file
of its own, `pointer.py`.
"""

from __future__ import annotations

import numpy as np

from .arrays import Array


def sigmoid(z: Array) -> Array:
    """`1 / (1 + exp(-z))`, as `(1 + tanh(z / 2)) / 2`, which overflows for no z."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def rnn_cell(x: Array, h: Array, W: Array, U: Array, b: Array) -> Array:
    """One step of a simple recurrent network, from h_(t-1) to h_t. [Elman90]

    Parameters
    ----------
    x : array (V, B)
    h : array (H, B)
        The state before this step.
    W, U, b : array (H, V), (H, H), (H, 1)

    Returns
    -------
    array (H, B)
        The state after it.
    """
    z = W @ x + U @ h + b  # (0)
    return np.tanh(z)  # (1)


def rnn_cell_gradient(dh: Array, h: Array) -> Array:
    """dz (H, B), from the gradient of the state after the step and that state itself."""
    return dh * (1 - h**2)  # (1)


def lstm_gates(rows: Array) -> tuple[Array, Array, Array, Array]:
    """Views of the blocks i, f, o, g of rows (4H, ...): the only place that knows their order."""
    H = len(rows) // 4
    return rows[:H], rows[H : 2 * H], rows[2 * H : 3 * H], rows[3 * H :]


def lstm_cell(
    x: Array, h: Array, c: Array, W: Array, U: Array, b: Array
) -> tuple[Array, Array, tuple[Array, Array, Array, Array]]:
    """One step of an LSTM, from h_(t-1) and c_(t-1) to h_t and c_t. [HS97, Gers00]

    Parameters
    ----------
    x : array (V, B)
    h, c : array (H, B)
        The state and the cell before this step.
    W, U, b : array (4H, V), (4H, H), (4H, 1)
        Their rows hold the blocks i, f, o, g.

    Returns
    -------
    h, c : array (H, B)
        The state and the cell after it.
    gates : tuple of array (H, B)
        i, f, o and g, which the backward pass needs.
    """
    z_i, z_f, z_o, z_g = lstm_gates(W @ x + U @ h + b)  # (0)
    i = sigmoid(z_i)  # (1) the input gate
    f = sigmoid(z_f)  # (2) the forget gate
    o = sigmoid(z_o)  # (3) the output gate
    g = np.tanh(z_g)  # (4) the candidate
    c = f * c + i * g  # (5)
    h = o * np.tanh(c)  # (6)
    return h, c, (i, f, o, g)


def lstm_cell_gradient(
    dh: Array, dc: Array, gates: tuple[Array, Array, Array, Array], c_before: Array, c: Array
) -> tuple[Array, Array]:
    """Back through one step, from equation (6) to equation (1).

    Parameters
    ----------
    dh : array (H, B)
        The gradient of h_t: from its own loss and from step t + 1.
    dc : array (H, B)
        What comes back to c_t from step t + 1.
    gates : tuple of array (H, B)
        i, f, o, g of this step.
    c_before, c : array (H, B)
        c_(t-1) and c_t.

    Returns
    -------
    dz : array (4H, B)
        The gradient of z, in the blocks i, f, o, g. With it, dW = dz x^T, dU = dz h_(t-1)^T, db is the
        sum of its columns, dx = W^T dz and dh_(t-1) = U^T dz.
    dc_before : array (H, B)
        What goes back to c_(t-1).
    """
    i, f, o, g = gates
    do = dh * np.tanh(c)  # (6)
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)  # (6)
    df, dc_before = dc * c_before, dc * f  # (5)
    di, dg = dc * g, dc * i  # (5)
    dz_g = dg * (1 - g**2)  # (4)
    dz_o = do * o * (1 - o)  # (3)
    dz_f = df * f * (1 - f)  # (2)
    dz_i = di * i * (1 - i)  # (1)
    return np.concatenate([dz_i, dz_f, dz_o, dz_g]), dc_before


def gru_gates(rows: Array) -> tuple[Array, Array, Array]:
    """Views of the blocks r, u, n of rows (3H, ...): the only place that knows their order."""
    H = len(rows) // 3
    return rows[:H], rows[H : 2 * H], rows[2 * H :]


def gru_cell(
    x: Array, h: Array, W: Array, U: Array, b: Array, bn: Array
) -> tuple[Array, tuple[Array, Array, Array, Array]]:
    """One step of a GRU whose reset gate scales a bias too, as in cuDNN. [Cho14]

    Parameters
    ----------
    x : array (V, B)
    h : array (H, B)
        The state before this step.
    W, U, b : array (3H, V), (3H, H), (3H, 1)
        Their rows hold the blocks r, u, n.
    bn : array (H, 1)

    Returns
    -------
    h : array (H, B)
        The state after it.
    parts : tuple of array (H, B)
        r, u, n and v, which the backward pass needs.
    """
    (z_r, z_u, z_n), (U_r, U_u, U_n) = gru_gates(W @ x + b), gru_gates(U)  # (0)
    r = sigmoid(z_r + U_r @ h)  # (1) the reset gate
    u = sigmoid(z_u + U_u @ h)  # (2) the update gate
    v = U_n @ h + bn  # (3)
    n = np.tanh(z_n + r * v)  # (4) the candidate
    h = (1 - u) * n + u * h  # (5)
    return h, (r, u, n, v)


def gru_cell_gradient(
    dh: Array, parts: tuple[Array, Array, Array, Array], h_before: Array
) -> tuple[Array, Array, Array]:
    """Back through one step, from equation (5) to equation (1).

    Parameters
    ----------
    dh : array (H, B)
        The gradient of h_t: from its own loss and from step t + 1.
    parts : tuple of array (H, B)
        r, u, n, v of this step.
    h_before : array (H, B)
        h_(t-1).

    Returns
    -------
    dz : array (3H, B)
        The gradient of z, in the blocks r, u, n: dW = dz x^T, db is the sum of its columns, dx = W^T dz.
    dv : array (H, B)
        The gradient of v: dU_n = dv h_(t-1)^T, dbn is the sum of its columns; dU_r and dU_u come from dz.
    dh_before : array (H, B)
        What equation (5) alone sends back to h_(t-1); U_r^T dz_r + U_u^T dz_u + U_n^T dv comes on top.
    """
    r, u, n, v = parts
    dn, du, dh_before = dh * (1 - u), dh * (h_before - n), dh * u  # (5)
    dz_n = dn * (1 - n**2)  # (4)
    dr, dv = dz_n * v, dz_n * r  # (4)
    dz_u = du * u * (1 - u)  # (2)
    dz_r = dr * r * (1 - r)  # (1)
    return np.concatenate([dz_r, dz_u, dz_n]), dv, dh_before
