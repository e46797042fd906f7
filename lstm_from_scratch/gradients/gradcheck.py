"""Check a gradient by two independent numerical derivatives."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from .diagnosis import looks_like

CENTRAL_STEP, CENTRAL_GATE = 1e-5, 1e-8
COMPLEX_STEP, COMPLEX_GATE = 1e-20, 1e-12

Tensors = dict[str, np.ndarray]
Loss = Callable[[Tensors], complex]
# From a loss, its tensors, one of them and a place in it to the derivative there.
Rule = Callable[[Loss, Tensors, np.ndarray, tuple[int, ...]], float]


@dataclass(frozen=True)
class TensorCheck:
    """A tensor's gradient against a numerical derivative; `error` is `max|a - n| / max(max|a|, max|n|)`."""

    tensor: str
    method: str  # "central difference" or "complex step"
    error: float
    gate: float
    worst: tuple[int, ...]  # the entry that differs most
    analytic: float  # there
    numeric: float
    hint: str = ""  # what usually causes such a difference

    @property
    def ok(self) -> bool:
        """Whether the error is within the gate; a NaN never is."""
        return self.error <= self.gate

    def __str__(self) -> str:
        line = f"{self.tensor:<24} {self.method:<18} {self.error:9.1e} (gate {self.gate:.0e})  "
        if self.ok:
            return line + "ok"
        wrong = f"WRONG at {self.worst}: {self.analytic:.6g}, want {self.numeric:.6g}"
        return f"{line}{wrong}\n    looks like {self.hint}"


def check_gradients(
    loss: Loss,
    tensors: Mapping[str, np.ndarray],
    grads: Mapping[str, np.ndarray],
    complex_step: bool = True,
    prefix: str = "",
) -> list[TensorCheck]:
    """Compare gradients with the central difference and, for holomorphic code, the complex step. [Squire98]

    Choose sizes that all differ, and fewer examples than inputs and units: what is wrong then shows best.

    Parameters
    ----------
    loss : callable
        From a dictionary of tensors to a scalar; called with float64 and, for the complex step, with
        complex128 tensors. It must give the same number for the same tensors: fix every random draw.
    tensors : mapping of str to float64 array
        Where to differentiate: random and nowhere 0, biases too, since a check at zero passes wrong code.
    grads : mapping of str to array
        The gradients to be checked; a tensor without one is not checked.
    complex_step : bool
        False for code with `abs`, `max` or comparisons on the way.
    prefix : str
        Put before the tensors' names in the result.

    Returns
    -------
    list of TensorCheck
        One a tensor and method.

    Raises
    ------
    ValueError
        A check that would prove nothing: a gradient without a tensor or of another shape, a tensor or a
        gradient that is 0 everywhere, a loss that gives two numbers for the same tensors.
    TypeError
        The loss drops or refuses the imaginary part: an array or a function of a fixed real dtype.
    """
    copies = _copies(tensors, float)
    first, second = loss(copies), loss(copies)
    if first != second and first == first:
        raise ValueError(
            f"the loss was {first}, then {second}, for the same tensors: fix every random draw, "
            "and write into no argument"
        )
    checks = []
    for name, grad in grads.items():
        grad = np.asarray(grad)
        _check_input(name, grad, tensors)
        numeric = _derivative(loss, tensors, name, _central)
        if not grad.any() and np.abs(numeric).max() <= CENTRAL_GATE:
            raise ValueError(f"the gradient of {name} is 0 everywhere: a loss that depends on it is needed")
        checks.append(_compare(prefix + name, "central difference", grad, numeric, CENTRAL_GATE))
        if complex_step:
            numeric = _complex_derivative(loss, tensors, name)
            checks.append(_compare(prefix + name, "complex step", grad, numeric, COMPLEX_GATE))
    return checks


def assert_gradients(checks: Iterable[TensorCheck]) -> None:
    """Pass where every check is ok: `assert_gradients(check_gradients(loss, tensors, grads))`.

    Raises
    ------
    AssertionError
        One is not, or there is none; the message is the report of those that are not.
    """
    checks = list(checks)
    if not checks:
        raise AssertionError("no gradient was checked")
    wrong = [check for check in checks if not check.ok]
    if wrong:
        raise AssertionError("\n".join([f"{len(wrong)} of {len(checks)} checks failed", *map(str, wrong)]))


def _check_input(name: str, grad: np.ndarray, tensors: Mapping[str, np.ndarray]) -> None:
    if name not in tensors:
        raise ValueError(f"gradient of {name}: there is no such tensor, only {', '.join(tensors)}")
    shape = np.shape(tensors[name])
    if grad.shape != shape:
        hint = ": its transpose?" if grad.shape == shape[::-1] else ""
        raise ValueError(f"gradient of {name} is {grad.shape}, the tensor {shape}{hint}")
    if not np.any(tensors[name]):
        raise ValueError(f"{name} is 0 everywhere: a check there passes wrong code, draw it at random")


def _copies(tensors: Mapping[str, np.ndarray], dtype: type) -> Tensors:
    return {k: np.array(v, dtype) for k, v in tensors.items()}


def _derivative(loss: Loss, tensors: Mapping[str, np.ndarray], name: str, rule: Rule) -> np.ndarray:
    """The derivative by every entry of a tensor, by a rule for one entry."""
    copies = _copies(tensors, complex if rule is _complex else float)
    tensor = copies[name]
    numeric = np.empty(tensor.shape)
    for place in np.ndindex(tensor.shape):
        value = tensor[place]
        numeric[place] = rule(loss, copies, tensor, place)
        tensor[place] = value
    return numeric


def _complex_derivative(loss: Loss, tensors: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """The complex step, where a lost imaginary part is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            return _derivative(loss, tensors, name, _complex)
        except (np.exceptions.ComplexWarning, TypeError) as error:
            raise TypeError(
                f"complex step of {name}: {error}. Is an array, a constant or a function on the way of a "
                "fixed real dtype? For code that cannot be complex, pass complex_step=False"
            ) from error


def _central(loss: Loss, tensors: Tensors, tensor: np.ndarray, place: tuple[int, ...]) -> float:
    """(L(p + e) - L(p - e)) / 2 e."""
    value = tensor[place]
    tensor[place] = value + CENTRAL_STEP
    up = loss(tensors)
    tensor[place] = value - CENTRAL_STEP
    return ((up - loss(tensors)) / (2 * CENTRAL_STEP)).real


def _complex(loss: Loss, tensors: Tensors, tensor: np.ndarray, place: tuple[int, ...]) -> float:
    """Im L(p + i e) / e, which subtracts nothing and so loses no digit."""
    tensor[place] += COMPLEX_STEP * 1j
    return np.imag(loss(tensors)) / COMPLEX_STEP


def _compare(name: str, method: str, a: np.ndarray, n: np.ndarray, gate: float) -> TensorCheck:
    with np.errstate(invalid="ignore"):
        difference = np.abs(a - n)
    # A NaN is never less than a gate, and argmax finds it first.
    worst = tuple(int(i) for i in np.unravel_index(int(difference.argmax()), difference.shape))
    scale = np.maximum(np.abs(a).max(), np.abs(n).max())  # max would drop a NaN
    with np.errstate(invalid="ignore"):
        error = float(difference.max() / scale) if scale else 0.0
    hint = "" if error <= gate else looks_like(a, n)
    return TensorCheck(name, method, error, gate, worst, float(a[worst]), float(n[worst]), hint)
