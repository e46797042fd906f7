"""Grades lesson 10."""

import numpy as np

from ...gradients import check_gradients
from ...network import Adam
from ..check import NotYet, grader
from . import adam  # noqa: F401 - it grades 10.3

P = 0.4
ONES = np.ones((40, 50))


def _layer(answer, seed=1):
    return answer(P, np.random.default_rng(seed))


def _pass(method, name, given, *more):
    """What forward or backward makes of a copy, its form checked."""
    copy = given.copy()
    found = method(copy, *more)
    if found is None:
        raise NotYet(f"{name} returned None: does it end with `return`?")
    if np.shape(found) != given.shape:
        raise NotYet(f"{name} turned {given.shape} into {np.shape(found)}: the shape must not change.")
    if not np.array_equal(copy, given):
        raise NotYet(
            f"{name} changed the array that it was given: `*=` works in place, and others still need it."
        )
    return np.array(found, float)


@grader("10.1")
def dropout(answer):
    """Inverted dropout with its backward."""
    layer = _layer(answer)
    mask = _pass(layer.forward, "forward", ONES)
    _drawn_once(answer)
    _explain_mask(mask, _pass(_layer(answer).forward, "forward", ONES, False))
    if not np.array_equal(mask, _pass(_layer(answer).forward, "forward", ONES)):
        raise NotYet("Two layers with equal generators drew different masks: draw from self.rng alone.")
    back = _pass(layer.backward, "backward", ONES)
    if not np.all(np.isfinite(back)):
        raise NotYet("backward divides by the mask, which has zeros: y = m h, so its derivative by h is m.")
    if np.array_equal(back, ONES):
        raise NotYet(
            "backward lets everything through: what was dropped in forward had no influence on the loss."
        )
    if not np.array_equal(back == 0, mask == 0):
        raise NotYet(
            "backward lets different units through than forward did: is a new mask drawn? The units "
            "that played must get the gradient. Remember the mask."
        )
    if not np.allclose(back, mask):
        raise NotYet(
            f"The right units get a gradient, but it is multiplied by {back.max():.3g}, where forward "
            f"multiplied by {mask.max():.3g}: the whole mask is the derivative, with its factor."
        )
    _switched_off(answer)
    rng = np.random.default_rng(2)
    h, R = rng.normal(size=(2, 3, 6, 4))
    layer = _layer(answer)
    layer.forward(h.copy())
    grads = {"h": layer.backward(R.copy())}
    for line in check_gradients(lambda t: (R * _layer(answer).forward(t["h"])).sum(), {"h": h}, grads):
        if not line.ok:
            raise NotYet(
                f"The gradient check finds {line.analytic:.4g}, want {line.numeric:.4g}: {line.hint}."
            )
    return "The same mask both ways, and none when it is off."


def _drawn_once(answer):
    """Whether a second forward in training has the mask of the first."""
    layer = _layer(answer)
    if np.array_equal(_pass(layer.forward, "forward", ONES), _pass(layer.forward, "forward", ONES)):
        if np.array_equal(_pass(_layer(answer).forward, "forward", ONES), ONES):
            return  # nothing was dropped at all: another remark
        raise NotYet(
            "Two calls of forward used the same mask: draw a new one each time, or the same units "
            "are always away."
        )


def _explain_mask(mask, off):
    if np.array_equal(mask, ONES):
        raise NotYet("Nothing was dropped in training.")
    dropped, kept = np.mean(mask == 0), mask[mask != 0]
    if not len(kept) or np.ptp(kept) > 1e-9:
        raise NotYet("What is kept should be multiplied by one factor, the same for all: yours varies.")
    if np.all((mask == 0) == (mask[:, :1] == 0)) or np.all((mask == 0) == (mask[:1] == 0)):
        raise NotYet(
            "A whole row or column was dropped at once: draw one number for every entry of h (h.shape)."
        )
    factor = kept[0]
    if abs(dropped - (1 - P)) < 0.06:
        raise NotYet(
            f"With p = {P} a share of {dropped:.2f} was dropped: p is the chance to be dropped, not kept."
        )
    if abs(dropped - P) > 0.06:
        raise NotYet(f"With p = {P} a share of {dropped:.2f} was dropped: want {P}, within chance.")
    if np.isclose(factor, 1) and np.allclose(off, (1 - P) * ONES):
        raise NotYet(
            "You shrink when sampling instead of enlarging in training. The means agree, but this lesson's "
            "dropout is inverted: with training=False it must do nothing."
        )
    if np.isclose(factor, 1):
        raise NotYet(f"What is kept is not enlarged: the mean of ones is {mask.mean():.2f}, want 1.")
    if np.isclose(factor, 1 / P):
        raise NotYet(
            f"What is kept is multiplied by 1 / p, so the mean is {mask.mean():.2f}. What share is left?"
        )
    if not np.isclose(factor, 1 / (1 - P)):
        raise NotYet(
            f"What is kept is multiplied by {factor:.3g}: the mean of ones is {mask.mean():.2f}, want 1."
        )


def _switched_off(answer):
    layer = _layer(answer)
    layer.forward(ONES.copy())
    off = _pass(layer.forward, "forward", ONES, False)
    if np.any(off == 0):
        raise NotYet("With training=False units are still dropped: sampling wants the whole network.")
    if not np.array_equal(off, ONES):
        raise NotYet(
            f"With training=False the ones became {off.flat[0]:.3g}: inverted dropout then does nothing."
        )
    back = _pass(layer.backward, "backward", ONES)
    if not np.array_equal(back, ONES):
        raise NotYet(
            f"After forward with training=False, backward multiplies by {back.flat[0]:.3g}: it must let the "
            "gradient through unchanged."
            if np.ptp(back) == 0
            else "After forward with training=False, backward still uses the mask of the call before."
        )
    fresh = _layer(answer)
    fresh.forward(ONES.copy(), False)
    try:
        fresh.backward(ONES.copy())
    except AttributeError:
        raise NotYet(
            "If the very first forward has training=False, backward finds no mask: set one there too."
        ) from None


GRADIENTS = np.array([1000.0, 1.0, -0.5, 1e-3, -1e-8, 1e-9])


@grader("10.2")
def first_step(answer):
    """Adam's first step, for any gradient."""
    with np.errstate(all="ignore"):
        found = [answer(g, lr=0.01) for g in GRADIENTS]
        fixed = answer(1.0, lr=0.01) == answer(1.0, lr=0.02)
    if any(change is None or np.ndim(change) for change in found):
        raise NotYet("Want one number for one gradient: does first_step end with `return`?")
    found, right = np.array(found, float), np.array([_first(g) for g in GRADIENTS])
    if not np.allclose(found, right, rtol=1e-6, atol=0):
        _explain_first(found, right, fixed)
    try:
        with np.errstate(all="ignore"):
            at_zero = answer(0.0)
    except ZeroDivisionError:
        at_zero = np.nan
    if at_zero != 0:
        raise NotYet(f"For g = 0 you gave {at_zero}: epsilon is there so that this is 0.")
    return "About lr, whatever the gradient: only its sign is left."


def _first(g, lr=0.01):
    w = {"w": np.zeros(1)}
    Adam(w, lr=lr).step({"w": np.array([g])})
    return w["w"][0]


def _explain_first(found, right, fixed):
    sign = np.sign(GRADIENTS)
    with np.errstate(all="ignore"):
        ratio = found[:4] / right[:4]
    if np.allclose(found, -right, rtol=1e-6, atol=0):
        raise NotYet("The sign is reversed: that goes uphill. The step is subtracted.")
    if np.allclose(found, -0.01 * GRADIENTS) or np.allclose(found, 0.01 * GRADIENTS):
        raise NotYet("This is plain descent, in proportion to g. What becomes of g / sqrt(g^2)?")
    if np.allclose(found, -0.01 * sign):
        raise NotYet(
            "Nearly: for every large gradient it is lr, against the sign of g. But for g = -1e-8 the "
            "step is only half of that. What did you leave out?"
        )
    if np.allclose(np.abs(ratio), 0.1 / np.sqrt(0.001), rtol=1e-3):
        raise NotYet(
            "3.16 times too much: that is the first step *without* bias correction. Divide m and v as well."
        )
    if fixed:
        raise NotYet("The step is the same for lr = 0.01 and lr = 0.02: `lr` must be in it.")
    if np.allclose(np.abs(ratio), 0.1, rtol=1e-3) or np.allclose(
        np.abs(ratio), 1 / np.sqrt(0.001), rtol=1e-3
    ):
        raise NotYet(
            "Only one of the two means is corrected: both m and v start at 0, and both are too small."
        )
    if np.allclose(found[:3], -0.01 / GRADIENTS[:3], rtol=1e-3):
        raise NotYet(
            "It shrinks as g grows: the root of v is missing. The size that we divide by is sqrt(g^2)."
        )
    if np.allclose(np.abs(ratio), 1, rtol=1e-4) and np.all(found[:4] < 0):
        raise NotYet(
            "The weight always goes down: a negative gradient must make it go up. (sqrt(g^2) is |g|, not g.)"
        )
    inside = -0.01 * GRADIENTS / np.sqrt(GRADIENTS**2 + 1e-8)
    if np.allclose(found, inside, rtol=1e-6, atol=0):
        raise NotYet("Epsilon is inside the root, where it acts like 1e-4, not like 1e-8. Add it outside.")
    place = int(np.argmax(~np.isclose(found, right, rtol=1e-6, atol=0)))
    raise NotYet(
        f"For g = {GRADIENTS[place]:g} and lr = 0.01 you gave {found[place]:.4g}, want {right[place]:.4g}."
    )
