"""Grades lesson 5."""

import warnings

import numpy as np

from ...gradients import check_gradients
from ...gradients.gradcheck import CENTRAL_STEP
from ..check import NotYet, grader
from . import mended  # noqa: F401 - it grades 5.3

U64 = 2.0**-53


def _step(answer, value, third, u=U64):
    with np.errstate(all="ignore"):
        found = answer(value, third, u)
    if found is None:
        raise NotYet("best_step returned None: does it end with `return`?")
    if np.ndim(found) or isinstance(found, complex):
        raise NotYet(f"best_step gave {found!r}: want one real number, the step.")
    return float(found)


@grader("5.1")
def best_step(answer):
    """The best step of the central difference."""
    found, right = _step(answer, 0.7, 0.2), _best(0.7, 0.2)
    if not np.isfinite(found) or found <= 0:
        raise NotYet(f"For f = 0.7 and f''' = 0.2 the step is {found}: want a small number above 0.")
    if not np.isclose(found, right):
        _explain_step(answer, found, right)
    for value, third in ((0.7, -0.2), (-0.7, 0.2), (-0.7, -0.2)):
        with np.errstate(all="ignore"):
            found = answer(value, third, U64)
        if not np.isreal(found) or not np.isclose(found, right):
            raise NotYet(
                f"f = {value} and f''' = {third} gave {found}: an error's size does not depend on a sign, "
                "and neither does the best step. The formula has absolute values."
            )
    for value, third, u in ((3.0, 0.01, U64), (0.2, 50.0, 2.0**-24)):
        if not np.isclose(_step(answer, value, third, u), _best(value, third, u)):
            raise NotYet(
                f"Right at one place, wrong for f = {value}, f''' = {third}, u = {u:.1e}: is a number fixed?"
            )
    return f"It is {_best(1, 1):.0e} for f = f''' = 1; the package takes {CENTRAL_STEP:.0e} for everything."


def _best(value, third, u=U64):
    return np.cbrt(3 * u * abs(value) / abs(third))


def _explain_step(answer, found, right):
    by_u = _step(answer, 0.7, 0.2, 8 * U64) / found
    if np.isclose(by_u, 1):
        raise NotYet(
            "Your step does not depend on u. With rougher rounding (a larger u) the step must be "
            "longer: the two errors have to be balanced."
        )
    if np.isclose(by_u, np.sqrt(8)):
        raise NotYet(
            "Your step grows with the square root of u, as the one-sided one does. Here Taylor's error goes "
            "with delta^2: which root comes out when the derivative of the sum is set to 0?"
        )
    if np.isclose(by_u, 8):
        raise NotYet("This is delta^3, the cube of the step: the root has yet to be taken.")
    if np.isclose(by_u, 4):
        raise NotYet(
            "This grows like u^(2/3): it is the error that the best step leaves. Want the step itself."
        )
    by_value = _step(answer, 5.6, 0.2) / found
    if np.isclose(by_value, 0.5):
        raise NotYet(
            "The fraction is upside down: the larger f is, the larger the rounding, and the longer the step."
        )
    if np.isclose(by_value, 1):
        raise NotYet("Your step does not depend on f: a value's rounding is u times its size.")
    if np.isclose(_step(answer, 0.7, 1.6) / found, 1):
        raise NotYet(
            "Your step does not depend on f''': the more the curve bends, the shorter the step must be."
        )
    cube = (found / right) ** 3 * 3
    if np.isclose(cube, 6):
        raise NotYet(
            "delta^3 has a 6 where a 3 belongs: did you set the two errors *equal*? Their sum is "
            "smallest where its derivative is 0. (Or is the rounding divided by delta, not by 2 "
            "delta?)"
        )
    if np.isclose(cube, 1):
        raise NotYet("delta^3 has no 3: what is the derivative of delta^2 / 6?")
    raise NotYet(
        f"The form is right, the factor is not: delta^3 is {cube:.4g} u |f| / |f'''|. Write down "
        "the sum of the two errors once more, and its derivative."
    )


P = np.array([[0.4, -0.9, 1.3], [0.8, 0.2, -0.5]])
R = np.array([[1.0, -2.0, 0.5], [0.3, 1.7, -1.1]])


def _wavy(p):
    return np.sum(R * np.sin(p)) + np.exp(p[0, 0] * p[1, 2]) + np.prod(p[:, 1])


@grader("5.2")
def complex_gradient(answer):
    """The complex step for every entry of an array."""
    given, seen = P.copy(), []

    def loss(p):
        if np.shape(p) != P.shape:
            raise NotYet(f"loss was given something of shape {np.shape(p)}: want the whole array, {P.shape}.")
        seen.append(np.array(p))
        return _wavy(p)

    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            found = answer(loss, given)
        except (np.exceptions.ComplexWarning, TypeError) as error:
            if "complex" not in str(error).lower():
                raise
            raise NotYet(
                f"A complex number was put into an array of floats ({error}). The copy of p must hold "
                "complex numbers; the array of the gradient takes only real ones."
            ) from None
    if found is None:
        raise NotYet("complex_gradient returned None: does it end with `return`?")
    if not np.array_equal(given, P):
        raise NotYet("Your code changed p itself: work on a copy, the caller still needs its numbers.")
    if np.shape(found) != P.shape:
        raise NotYet(
            f"The gradient has the shape {np.shape(found)}: want {P.shape}, a number for each entry of p."
        )
    if not any(np.iscomplexobj(p) and np.any(p.imag) for p in seen):
        raise NotYet("The loss never saw an imaginary part: is the step real? Step by 1j * delta.")
    if np.iscomplexobj(found):
        raise NotYet("The gradient is complex: of the loss only the imaginary part is wanted, a real number.")
    report = check_gradients(lambda t: _wavy(t["p"]), {"p": P}, {"p": found})
    if not all(line.ok for line in report):
        _explain_complex(found, seen, report[1])
    return f"Within {max(report[1].error, 1e-16):.0e}: all digits that there are."


def _explain_complex(found, seen, line):
    right = _right_gradient()
    moved = [np.count_nonzero(p.imag) for p in seen if np.iscomplexobj(p)]
    if len(moved) == 1 and moved[0] == 1:
        raise NotYet("The loss was only asked once, for a single entry: is the `return` inside the loop?")
    if max(moved) == P.size and min(moved) == P.size:
        raise NotYet(
            "All entries were moved at once: that adds up all derivatives. Move one entry at a time."
        )
    if max(moved) > 1:
        raise NotYet(
            f"The first entry is right, the later ones are not: at the end {max(moved)} entries carried an "
            "imaginary part at once. Put each entry back before the next."
        )
    if any(np.iscomplexobj(p) and not np.allclose(p.real, P) for p in seen):
        raise NotYet(
            "An entry lost its real part: the step is added to the value that stands there, and does not "
            "replace it."
        )
    if np.allclose(found, right * 1e-20, rtol=1e-6, atol=0):
        raise NotYet("All numbers are 1e20 times too small: the imaginary part is delta f', so divide.")
    if np.allclose(found, right / 2):
        raise NotYet(
            "Half of what it should be: 2 delta belongs to the central difference. This step has one side."
        )
    if np.allclose(found, -right):
        raise NotYet("The sign is turned round: the step is + i delta.")
    largest = max(np.abs(p.imag).max() for p in seen)
    if largest > 1e-8:
        raise NotYet(
            f"Your step is {largest:.0e} in the imaginary direction, and Taylor's next term, delta^2 "
            "/ 6 f''', shows. Is the 1j multiplied by delta?"
        )
    if np.abs(found).max() > 1e6 * np.abs(right).max():
        raise NotYet(
            "The numbers are huge: a real part was divided by delta. The derivative is in the imaginary part."
        )
    raise NotYet(
        f"Entry {line.worst} is {line.analytic:.6g}, want {line.numeric:.6g}. It looks like {line.hint}."
    )


def _right_gradient():
    right = R * np.cos(P)
    right[0, 0] += P[1, 2] * np.exp(P[0, 0] * P[1, 2])
    right[1, 2] += P[0, 0] * np.exp(P[0, 0] * P[1, 2])
    right[:, 1] += P[::-1, 1]
    return right
