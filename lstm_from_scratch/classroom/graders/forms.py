"""What several graders ask of the form of an answer: its shapes, and that it leaves its arguments alone."""

import numpy as np

from ..check import NotYet


def results(found, shapes, names):
    """So many results, in these shapes; the names are a text such as "dz, dc_before"."""
    if not isinstance(found, tuple) or len(found) != len(shapes):
        raise NotYet(f"Want {len(shapes)} results, {names}: is the `return` still as it was?")
    for a, shape, name in zip(found, shapes, names.split(", ")):
        if np.shape(a) != shape:
            raise NotYet(f"{name} has the shape {np.shape(a)}, want {shape}: units and examples.")


def unchanged(before, after, names):
    """The arguments, before and after the call."""
    for name, a, b in zip(names, before, after):
        if not np.array_equal(a, b):
            raise NotYet(
                f"Your code changed {name}, which belongs to its caller (`{name} += ...` works in place), so "
                f"a check that uses it again goes astray. Write `{name} = {name} + ...`."
            )
