"""The evidence against a verdict on one of lesson 9's suspects."""

from typing import Any

import numpy as np

from ..check import NotYet, grader
from .suspects import GUILTY, lstm

H, B = 4, 3
BUGS = {
    1: "the bias of o used for i and f",
    2: "+ for * in the cell",
    3: "no slope of the sigmoids",
    4: "no tanh between cell and state, in both directions",
    5: "= for += over the steps",
    6: "dh of step t + 1 not added",
    7: "dc of step t + 1 not added",
    8: "the gradients of i and f swapped",
}


def evidence(bug, T=5, zero_biases=False, zero_U=False):
    """Which parts a bug makes wrong, against the right program: a dictionary of bool."""
    rng = np.random.default_rng(88)
    shapes = {"W": (4 * H, 5), "U": (4 * H, H), "b": (4 * H, 1), "x": (T, 5, B), "h0": (H, B), "c0": (H, B)}
    p = {name: rng.uniform(-1, 1, shape) for name, shape in shapes.items()}
    R = rng.standard_normal((T, H, B))
    p["b"] = p["b"] * (not zero_biases)
    p["U"] = p["U"] * (not zero_U)
    found, right = lstm(p, R, bug), lstm(p, R)
    parts = {"h": slice(None), "x": slice(None), "h0": slice(None), "c0": slice(None)}
    wrong = {f"the gradient of {name}" if name != "h" else "h": (found[name], right[name]) for name in parts}
    for k, gate in enumerate("ifog"):
        rows = slice(k * H, (k + 1) * H)
        wrong[f"the gradient of W's block {gate}"] = found["W"][rows], right["W"][rows]
    return {name: not np.allclose(a, b, rtol=1e-8, atol=1e-10) for name, (a, b) in wrong.items()}


SETTINGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("at random values", {}),
    ("with one step", {"T": 1}),
    ("with zero biases", {"zero_biases": True}),
    ("with U = 0", {"zero_U": True}),
)


def _contradiction(letter, said):
    """Where the evidence speaks against a verdict."""
    for setting, options in SETTINGS:
        is_so, would_be = evidence(GUILTY[letter], **options), evidence(said, **options)
        for part in is_so:
            if is_so[part] != would_be[part]:
                words = ("right", "wrong")
                return (
                    f"{letter} is not bug {said} ({BUGS[said]}): {setting}, that bug would leave {part} "
                    f"{words[would_be[part]]}, and {letter} has it {words[is_so[part]]}."
                )
    return (
        f"{letter} is not bug {said} ({BUGS[said]}), though both make the same parts wrong. How large can h "
        f"become in {letter}, and does {letter} pass the check against its *own* forward?"
    )


@grader("9.1")
def culprits(answer):
    """The bug of each suspect."""
    found = answer()
    if not isinstance(found, dict):
        raise NotYet('Want a dictionary, such as {"A": 1, "B": 2}.')
    missing = [letter for letter in GUILTY if letter not in found]
    if missing:
        raise NotYet(f"No verdict yet on {', '.join(missing)}.")
    for letter in GUILTY:
        if found[letter] not in BUGS:
            raise NotYet(f"{letter}: {found[letter]!r} is not a number of the list, 1 to 8.")
    twice = sorted({f for f in found.values() if list(found.values()).count(f) > 1})
    if len(twice) == 1 and len(set(found.values())) == 1:
        raise NotYet(f"All six cannot be bug {twice[0]}: no two suspects have the same bug.")
    wrong = [letter for letter in GUILTY if found[letter] != GUILTY[letter]]
    if wrong:
        right = len(GUILTY) - len(wrong)
        raise NotYet(f"{right} of {len(GUILTY)} are right. {_contradiction(wrong[0], found[wrong[0]])}")
    return "All six, by what they leave behind."
