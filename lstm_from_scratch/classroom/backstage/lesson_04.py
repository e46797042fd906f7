"""Behind lesson 4: cross-entropy beside the squared error."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

BLUE, ORANGE = "#0072B2", "#D55E00"


def draw_costs(V: int) -> None:
    """Both costs, and how hard each pulls on the target's score, against its probability."""
    p = np.geomspace(1e-4, 1, 400)
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2))
    left.plot(p, -np.log(p), color=BLUE, lw=2, label="cross-entropy, -ln p")
    left.plot(p, (1 - p) ** 2, "--", color=ORANGE, lw=2, label="squared error, (1 - p)²")
    left.plot(1 / V, np.log(V), "o", color="black", ms=8)
    text = f"untrained: p = 1/{V}, loss ln {V} = {np.log(V):.2f}"
    left.annotate(text, (1 / V, np.log(V)), (10, 2), textcoords="offset points")
    left.set(xlabel="probability given to the symbol that came", ylabel="loss in nats", ylim=(0, 8))
    left.set_title("the loss")
    in_bits = (lambda s: s / np.log(2), lambda s: s * np.log(2))
    left.secondary_yaxis("right", functions=in_bits).set_ylabel("in bits")
    left.legend()
    right.semilogx(p, 1 - p, color=BLUE, lw=2, label="cross-entropy, 1 - p")
    right.semilogx(p, 2 * p * (1 - p) ** 2, "--", color=ORANGE, lw=2, label="squared error, 2 p (1 - p)²")
    right.axvline(1 / V, color="gray", lw=1)
    right.text(1 / V * 1.06, 0.55, f"1/{V}", color="gray")
    right.set(xlabel="probability given to the symbol that came (logarithmic)")
    right.set(ylabel="size of the gradient with respect to its score", title="the pull on the target's score")
    right.legend(loc="center left")
    plt.tight_layout()
    plt.show()
