"""What students answer in lesson 5, and should not."""

import numpy as np

U64 = 2.0**-53


def square_root(value, third, u=U64):
    return 2 * np.sqrt(u * abs(value) / abs(third))


def set_equal(value, third, u=U64):
    return np.cbrt(6 * u * abs(value) / abs(third))


def without_three(value, third, u=U64):
    return np.cbrt(u * abs(value) / abs(third))


def upside_down(value, third, u=U64):
    return np.cbrt(3 * u * abs(third) / abs(value))


def no_root(value, third, u=U64):
    return 3 * u * abs(value) / abs(third)


def signs(value, third, u=U64):
    return (3 * u * value / third) ** (1 / 3)


def smallest(value, third, u=U64):
    return 1e-12


def without_value(value, third, u=U64):
    return np.cbrt(3 * u / abs(third))


def without_third(value, third, u=U64):
    return np.cbrt(3 * u * abs(value))


def the_error(value, third, u=U64):
    delta = np.cbrt(3 * u * abs(value) / abs(third))
    return delta**2 / 6 * abs(third) + u * abs(value) / delta


def another_factor(value, third, u=U64):
    return np.cbrt(1.5 * u * abs(value) / abs(third))


def not_put_back(loss, p, delta=1e-20):
    p = np.array(p, dtype=complex)
    gradient = np.empty(p.shape)
    for place in np.ndindex(p.shape):
        p[place] += 1j * delta
        gradient[place] = np.imag(loss(p)) / delta
    return gradient


def _complex(loss, p, delta, rule, step=1j):
    p = np.array(p, dtype=complex)
    gradient = np.empty(p.shape)
    for place in np.ndindex(p.shape):
        value = p[place]
        p[place] = value + step * delta
        gradient[place] = rule(loss(p))
        p[place] = value
    return gradient


def not_divided(loss, p, delta=1e-20):
    return _complex(loss, p, delta, np.imag)


def divided_by_two(loss, p, delta=1e-20):
    return _complex(loss, p, delta, lambda L: np.imag(L) / (2 * delta))


def real_part(loss, p, delta=1e-20):
    return _complex(loss, p, delta, lambda L: np.real(L) / delta)


def step_of_one(loss, p, delta=1e-20):
    return _complex(loss, p, 1, np.imag)


def real_step(loss, p, delta=1e-20):
    return _complex(loss, p, delta, lambda L: np.imag(L) / delta, step=1)


def value_replaced(loss, p, delta=1e-20):
    q = np.array(p, dtype=complex)
    gradient = np.empty(p.shape)
    for place in np.ndindex(p.shape):
        q[place] = 1j * delta
        gradient[place] = np.imag(loss(q)) / delta
        q[place] = p[place]
    return gradient


def array_of_floats(loss, p, delta=1e-20):
    p = np.array(p, dtype=float)
    gradient = np.empty(p.shape)
    for place in np.ndindex(p.shape):
        p[place] = p[place] + 1j * delta
        gradient[place] = np.imag(loss(p)) / delta
    return gradient


def all_at_once(loss, p, delta=1e-20):
    return np.full(p.shape, np.imag(loss(p + 1j * delta)) / delta)


def complex_result(loss, p, delta=1e-20):
    p = np.array(p, dtype=complex)
    gradient = np.empty(p.shape, complex)
    for place in np.ndindex(p.shape):
        value = p[place]
        p[place] = value + 1j * delta
        gradient[place] = loss(p) / (1j * delta)
        p[place] = value
    return gradient


def return_in_the_loop(loss, p, delta=1e-20):
    p = np.array(p, dtype=complex)
    gradient = np.zeros(p.shape)
    for place in np.ndindex(p.shape):
        p[place] += 1j * delta
        gradient[place] = np.imag(loss(p)) / delta
        return gradient


def _backward(p, x, targets, mean=True, of_h=True, derivative=lambda z, h: 1 - h**2, bias="sum"):
    z = p["W"] @ x + p["b"]
    h = np.tanh(z)
    y = p["Wy"] @ h + p["by"]
    e = np.exp(y - y.max(axis=0))
    dy = e / e.sum(axis=0)
    dy[targets, np.arange(len(targets))] -= 1
    dy = dy / len(targets) if mean else dy
    dz = (p["Wy"].T @ dy) * derivative(z, h)
    db = dz[:, -1:] if bias == "last" else getattr(dz, bias)(axis=1, keepdims=True)
    dWy = dy @ (h if of_h else z).T
    return {"W": dz @ x.T, "b": db, "Wy": dWy, "by": dy.sum(axis=1, keepdims=True)}


def all_three(p, x, targets):
    return _backward(p, x, targets, mean=False, derivative=lambda z, h: 1 - z**2, bias="last")


def still_not_the_mean(p, x, targets):
    return _backward(p, x, targets, mean=False)


def still_of_z(p, x, targets):
    return _backward(p, x, targets, derivative=lambda z, h: 1 - z**2)


def still_the_last_column(p, x, targets):
    return _backward(p, x, targets, bias="last")


def mean_of_columns(p, x, targets):
    return _backward(p, x, targets, bias="mean")


def tanh_twice(p, x, targets):
    return _backward(p, x, targets, derivative=lambda z, h: 1 - np.tanh(h) ** 2)


def no_derivative(p, x, targets):
    return _backward(p, x, targets, derivative=lambda z, h: 1)


def changed_too_much(p, x, targets):
    return _backward(p, x, targets, of_h=False)


def divided_at_the_end(p, x, targets):
    grads = _backward(p, x, targets, mean=False)
    return grads | {"W": grads["W"] / len(targets), "Wy": grads["Wy"] / len(targets)}


def divided_by_symbols(p, x, targets):
    grads = _backward(p, x, targets)
    return {name: grad * len(targets) / len(p["by"]) for name, grad in grads.items()}


def bias_as_a_row(p, x, targets):
    grads = _backward(p, x, targets)
    return grads | {"b": grads["b"][:, 0]}


WRONG = {
    "5.1": [
        square_root,
        set_equal,
        without_three,
        upside_down,
        no_root,
        signs,
        smallest,
        without_value,
        without_third,
        the_error,
        another_factor,
    ],
    "5.2": [
        not_put_back,
        not_divided,
        divided_by_two,
        real_part,
        step_of_one,
        real_step,
        value_replaced,
        array_of_floats,
        all_at_once,
        complex_result,
        return_in_the_loop,
    ],
    "5.3": [
        all_three,
        still_not_the_mean,
        still_of_z,
        still_the_last_column,
        mean_of_columns,
        tanh_twice,
        no_derivative,
        changed_too_much,
        divided_at_the_end,
        divided_by_symbols,
        bias_as_a_row,
    ],
}
