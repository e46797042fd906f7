"""What students answer in lesson 6, and should not."""

import numpy as np


def loop(line):
    """The exercise with a line of its own."""

    def through_time(R, h, U):
        dz, back = np.zeros_like(R), np.zeros_like(h[0])
        for t in reversed(range(1, len(R) + 1)):
            dh = R[t - 1] + back
            dz[t - 1] = dh * (1 - h[t] ** 2)
            back = line(U, dz, dh, h, t, back, R)
        return dz, back

    return through_time


def changes_r(R, h, U):
    dz, back = np.zeros_like(R), 0
    for t in reversed(range(1, len(R) + 1)):
        R[t - 1] += back
        dz[t - 1] = R[t - 1] * (1 - h[t] ** 2)
        back = U.T @ dz[t - 1]
    return dz, back


def forgets_h0(R, h, U):
    dz, back = np.zeros_like(R), 0
    for t in reversed(range(1, len(R) + 1)):
        dz[t - 1] = (R[t - 1] + back) * (1 - h[t] ** 2)
        back = U.T @ dz[t - 1]
    return dz


def walk(factor, step=lambda P, J: P @ J, norm=lambda P: np.linalg.norm(P, 2), states=lambda h: h[:0:-1]):
    """The other exercise, with parts of its own."""

    def reach(h, U):
        P = np.eye(len(U))
        norms = [norm(P)]
        for h_s in states(h):
            P = step(P, factor(h_s, U))
            norms.append(norm(P))
        return np.array(norms)

    return reach


def jacobian(h, U):
    return np.diag(1 - h**2) @ U


def without_distance_0(h, U):
    return walk(jacobian)(h, U)[1:]


def multiplied_first(h, U):
    return walk(jacobian, states=lambda h: h[::-1])(h, U)[1:]


def by_time(h, U):
    return walk(jacobian)(h, U)[::-1]


def norms_multiplied(h, U):
    return np.cumprod([1.0, *(np.linalg.norm(jacobian(h_s, U), 2) for h_s in h[:0:-1])])


def matrix_alone(h, U):
    P = np.eye(len(U))
    for h_s in h[:0:-1]:
        P = P @ jacobian(h_s, U)
    return P


WRONG = {
    "6.1": [
        loop(lambda U, dz, dh, h, t, back, R: dz[t - 1] @ U),
        loop(lambda U, dz, dh, h, t, back, R: U @ dz[t - 1]),
        loop(lambda U, dz, dh, h, t, back, R: back + U.T @ dz[t - 1]),
        loop(lambda U, dz, dh, h, t, back, R: U.T @ dh),
        loop(lambda U, dz, dh, h, t, back, R: dz[t - 1]),
        loop(lambda U, dz, dh, h, t, back, R: 0 * dh),
        loop(lambda U, dz, dh, h, t, back, R: U.T @ dz[t - 1] * (1 - h[t - 1] ** 2)),
        loop(lambda U, dz, dh, h, t, back, R: U.T @ dz[t - 1] * (1 - h[t] ** 2)),
        loop(lambda U, dz, dh, h, t, back, R: U.T @ (dz[t - 1] * (1 - h[t] ** 2))),
        loop(lambda U, dz, dh, h, t, back, R: U.T @ dz[t - 1] + (R[t - 2] if t > 1 else 0)),
        loop(lambda U, dz, dh, h, t, back, R: U.T @ dz[t - 1] + R[t - 1]),
        loop(lambda U, dz, dh, h, t, back, R: (U.T @ dz[t - 1]).sum(axis=1, keepdims=True)),
        changes_r,
        forgets_h0,
    ],
    "6.2": [
        walk(lambda h, U: U),
        walk(lambda h, U: (1 - h**2) * U),
        walk(lambda h, U: np.diag(h) @ U),
        walk(jacobian, step=lambda P, J: J @ P),
        walk(jacobian, norm=np.linalg.norm),
        walk(jacobian, states=lambda h: h[-2::-1]),
        walk(jacobian, states=lambda h: h[1:]),
        walk(jacobian, states=lambda h: h[1:], step=lambda P, J: J @ P),
        walk(jacobian, step=lambda P, J: P * J),
        walk(jacobian, step=lambda P, J: J),
        walk(lambda h, U: np.diag(1 - np.tanh(h) ** 2) @ U),
        walk(lambda h, U: np.diag(1 - h**2) @ U.T),
        multiplied_first,
        walk(lambda h, U: np.diag(1 - h) @ U),
        without_distance_0,
        by_time,
        norms_multiplied,
        matrix_alone,
    ],
}
