"""What lessons 6 and 8 go on with after an exercise: in them the answers are folded, and none stands open."""

from __future__ import annotations

import numpy as np


def through_time(R: np.ndarray, h: np.ndarray, U: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Exercise 6.1.

    Parameters
    ----------
    R : ndarray (T, H, B)
        Gradient of the loss by each state, as far as its own step uses it.
    h : ndarray (T + 1, H, B)
        The states, h0 first.
    U : ndarray (H, H)

    Returns
    -------
    dz : ndarray (T, H, B)
    dh0 : ndarray (H, B)
    """
    dz, back = np.zeros_like(R), np.zeros_like(h[0])
    for t in reversed(range(1, len(R) + 1)):
        dh = R[t - 1] + back  # from the loss, and from the step after
        dz[t - 1] = dh * (1 - h[t] ** 2)  # through tanh
        back = U.T @ dz[t - 1]  # to the step before
    return dz, back


def reach(h: np.ndarray, U: np.ndarray) -> np.ndarray:
    """Exercise 6.2: from the states h (T + 1, H) to the T + 1 norms, for the distances 0 to T."""
    P, norms = np.eye(len(U)), [1.0]
    for h_s in h[:0:-1]:
        P = P @ ((1 - h_s**2)[:, None] * U)  # the Jacobian: the rows of U scaled
        norms.append(np.linalg.norm(P, 2))
    return np.array(norms)


def step_back(
    dh: np.ndarray,
    dc: np.ndarray,
    i: np.ndarray,
    f: np.ndarray,
    o: np.ndarray,
    g: np.ndarray,
    c_before: np.ndarray,
    c: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Exercise 8.1: from dh_t, and dc from step t + 1, to dz (4H, B) and the dc for step t - 1.

    All that goes in is (H, B). The numbers are those of lesson 8's equations.
    """
    do = dh * np.tanh(c)  # (6)
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)  # (6), and the belt
    di, df, dg = dc * g, dc * c_before, dc * i  # (5)
    dz = np.concatenate([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])  # (1) to (4)
    return dz, dc * f  # (5): the belt goes on
