"""What students answer in lesson 16, and should not."""

import numpy as np


def sigmoid_in_place(xp, s):
    xp.negative(s, out=s)
    xp.exp(s, out=s)
    s += 1
    xp.divide(1, s, out=s)


def blocks(z, H):
    return z[: 3 * H], z[:H], z[H : 2 * H], z[2 * H : 3 * H], z[3 * H :]


def activated(xp, z, H):
    s, i, f, o, g = blocks(z, H)
    sigmoid_in_place(xp, s)
    xp.tanh(g, out=g)
    return i, f, o, g


def new_names(xp, z, c_before, c, h, work):
    i, f, o, g = activated(xp, z, len(c))
    c = f * c_before + i * g
    h = o * xp.tanh(c)  # noqa: F841 - as students write it


def temporaries(xp, z, c_before, c, h, work):
    i, f, o, g = activated(xp, z, len(c))
    c[...] = f * c_before + i * g
    h[...] = o * xp.tanh(c)


def one_temporary(xp, z, c_before, c, h, work):
    i, f, o, g = activated(xp, z, len(c))
    xp.multiply(f, c_before, out=c)
    c += i * g
    xp.tanh(c, out=h)
    h *= o


def hidden_copy(xp, z, c_before, c, h, work):
    i, f, o, g = activated(xp, z, len(c))
    ig = xp.empty(c.shape)
    xp.multiply(i, g, out=ig)
    xp.multiply(f, c_before, out=c)
    c += ig
    xp.tanh(c, out=h)
    h *= o


def state_before_overwritten(xp, z, c_before, c, h, work):
    i, f, o, g = activated(xp, z, len(c))
    c_before *= f
    xp.multiply(i, g, out=work)
    xp.add(c_before, work, out=c)
    xp.tanh(c, out=h)
    h *= o


def gate_overwritten(xp, z, c_before, c, h, work):
    i, f, o, g = activated(xp, z, len(c))
    xp.multiply(f, c_before, out=c)
    g *= i
    c += g
    xp.tanh(c, out=h)
    h *= o


def input_gate_overwritten(xp, z, c_before, c, h, work):
    i, f, o, g = activated(xp, z, len(c))
    xp.multiply(f, c_before, out=c)
    i *= g
    c += i
    xp.tanh(c, out=h)
    h *= o


def all_sigmoid(xp, z, c_before, c, h, work):
    _, i, f, o, g = blocks(z, len(c))
    sigmoid_in_place(xp, z)
    xp.multiply(f, c_before, out=c)
    xp.multiply(i, g, out=work)
    c += work
    xp.tanh(c, out=h)
    h *= o


def gates_elsewhere(xp, z, c_before, c, h, work):
    i, f, o, g = activated(xp, z.copy(), len(c))
    c[...] = f * c_before + i * g
    h[...] = o * xp.tanh(c)


def sign_forgotten(xp, z, c_before, c, h, work):
    s, i, f, o, g = blocks(z, len(c))
    xp.exp(s, out=s)
    s += 1
    xp.divide(1, s, out=s)
    xp.tanh(g, out=g)
    xp.multiply(f, c_before, out=c)
    xp.multiply(i, g, out=work)
    c += work
    xp.tanh(c, out=h)
    h *= o


def tanh_into_c(xp, z, c_before, c, h, work):
    i, f, o, g = activated(xp, z, len(c))
    xp.multiply(f, c_before, out=c)
    xp.multiply(i, g, out=work)
    c += work
    xp.tanh(c, out=c)
    xp.multiply(o, c, out=h)


def no_output_gate(xp, z, c_before, c, h, work):
    i, f, _, g = activated(xp, z, len(c))
    xp.multiply(f, c_before, out=c)
    xp.multiply(i, g, out=work)
    c += work
    xp.tanh(c, out=h)


def forgotten(xp, z, c_before, c, h, work):
    i, f, o, g = activated(xp, z, len(c))
    xp.multiply(f, c_before, out=c)
    xp.multiply(i, g, out=c)
    xp.tanh(c, out=h)
    h *= o


def through_np(xp, z, c_before, c, h, work):
    s, i, f, o, g = blocks(z, len(c))
    np.negative(s, out=s)
    np.exp(s, out=s)
    s += 1
    np.divide(1, s, out=s)
    np.tanh(g, out=g)
    np.multiply(f, c_before, out=c)
    np.multiply(i, g, out=work)
    c += work
    np.tanh(c, out=h)
    h *= o


WRONG = {
    "16.1": [
        lambda T: 13 * T,
        lambda T: 15 * T,
        lambda T: 12 * T + 2,
        lambda T: 11 * T + 2,
        lambda T: 10 * T + 2,
        lambda T: 16 * T + 2,
        lambda T: 20 * T + 2,
        lambda T: 21 * T + 2,
        lambda T: 36 * T,
        lambda T: 14 * T + 2,
        lambda T: 13 * T + 1,
        lambda T: 15,
        lambda T: T**2,
        lambda T: None,
    ],
    "16.2": [
        new_names,
        temporaries,
        one_temporary,
        hidden_copy,
        state_before_overwritten,
        gate_overwritten,
        input_gate_overwritten,
        all_sigmoid,
        gates_elsewhere,
        sign_forgotten,
        tanh_into_c,
        no_output_gate,
        forgotten,
        through_np,
    ],
}
