"""Grades lesson 11, and makes its broken runs."""

import math

import numpy as np

from ...corpus.corpus import Corpus
from ...evaluation.evaluation import evaluate
from ...evaluation.predictors import ModelPredictor
from ...model import MelodyModel
from ...network import Adam, clip_by_global_norm
from ..check import NotYet, grader

CAUSES = {
    "rate too high": "the learning rate is far too high",
    "rate too low": "the learning rate is far too low",
    "target is the input": "the shift by one is missing: each target is the token just read",
    "targets of other windows": "each window is asked for the continuation of another one",
    "too few songs": "the network sees a handful of songs again and again",
    "dropout while measuring": "dropout is left on for the held-out songs",
}

# What one would see if it were so, and what is there to be seen instead.
WOULD = {
    "rate too high": "the loss would jump about, even far above ln V",
    "rate too low": "both curves would still be on their way down from ln V, side by side, nearly straight",
    "target is the input": (
        "the training loss would fall to nearly 0 (the answer has just been read), while honest "
        "predictions of the next symbol get worse than an even guess"
    ),
    "targets of other windows": (
        "nothing that was read would help with the answer, so only the frequency of each symbol "
        "could be learnt: look where that line is"
    ),
    "too few songs": (
        "the training loss would go on falling, while what is learnt about a few songs helps "
        "less and less with others"
    ),
    "dropout while measuring": (
        "the training curve would be as in the healthy run, and only the held-out curve a little too high"
    ),
}
RIGHT = {
    "A": "targets of other windows",
    "B": "too few songs",
    "C": "rate too high",
    "D": "target is the input",
}
SEEN = {
    "A": "falls quickly to one level and stays there, in training and held out alike",
    "B": (
        "has a training loss that falls to the end, while its held-out loss does not: look for "
        "its lowest point"
    ),
    "C": "goes above ln V in training too: its steps make it worse, not better",
    "D": "has hardly any training loss left, and a held-out loss that ends above ln V",
}


def ill_run(name: str, corpus: Corpus) -> dict[str, np.ndarray]:
    """A run with one thing wrong: "A", "B", "C" or "D"."""
    return _train(corpus, RIGHT[name])


def healthy_run(corpus: Corpus) -> dict[str, np.ndarray]:
    """The same run with nothing wrong."""
    return _train(corpus)


def _train(corpus: Corpus, cause: str = "", steps: int = 500, every: int = 25) -> dict[str, np.ndarray]:
    """Means of the training loss and the held-out loss, every so many steps; T = 32, B = 16."""
    d, rng = corpus.delimiter, np.random.default_rng(0)
    songs = corpus.part("training")[: 10 if cause == "too few songs" else None]
    stream = np.concatenate([np.append(d, song) for song in songs] + [[d]])
    model = MelodyModel(len(corpus.vocabulary), 32, dropout=0, rng=rng)
    adam = Adam(model.params, {"rate too high": 4.0}.get(cause, 0.02))
    training, held_out = [], []
    for _ in range(steps):
        s = stream[rng.integers(len(stream) - 32, size=16) + np.arange(33)[:, None]]
        tokens, targets = s[:-1], s[1:]
        if cause == "target is the input":
            targets = tokens
        elif cause == "targets of other windows":
            targets = targets[:, rng.permutation(16)]
        training.append(float(model.forward(tokens, targets)))
        model.backward()
        clip_by_global_norm(model.grads, 1.0)
        adam.step(model.grads)
        if len(training) % every == 0:
            network = ModelPredictor(model, d)
            found = evaluate(network, corpus.part("validation")[:30], corpus.vocabulary, bootstrap=0)
            held_out.append(found["nats_per_symbol"])
    return {
        "step": np.arange(every, steps + 1, every),
        "training": np.reshape(training, (-1, every)).mean(axis=1),
        "held_out": np.array(held_out),
    }


@grader("11.2")
def causes(answer):
    """A dictionary from curve to cause."""
    said = answer()
    if not isinstance(said, dict):
        raise NotYet(
            f"causes() gave {type(said).__name__}: want a dictionary with the keys A to D (is the "
            "`return` there?)."
        )
    if missing := [name for name in RIGHT if name not in said]:
        raise NotYet(f"No cause for run {', '.join(missing)}.")
    if unknown := [cause for cause in said.values() if cause not in CAUSES]:
        raise NotYet(f"{unknown[0]!r} is not one of the six names: copy one of {', '.join(CAUSES)}.")
    wrong = [name for name in RIGHT if said[name] != RIGHT[name]]
    if wrong:
        name = wrong[0]
        more = f" ({len(wrong)} of the four are not right yet.)" if len(wrong) > 1 else ""
        would = WOULD[said[name]]
        raise NotYet(f"Run {name}, {said[name]!r}? Then {would}. But run {name} {SEEN[name]}.{more}")
    return "Four causes from eight curves."


def _grads(scale=1.0):
    """Tensors of norms 6, 3 and 2, together 7."""
    return {
        "U": scale * np.array([[2.0, -4.0], [4.0, 0.0]]),
        "W": scale * np.array([[1.0, -2.0, 2.0]]),
        "b": scale * np.array([[1.2], [1.6]]),
    }


@grader("11.1")
def clip(answer):
    """Scale a dictionary of gradients in place to a global norm, and give the norm before."""
    grads = _grads()
    kept = dict(grads)
    norm = answer(grads, 1.0)
    if any(grads.get(k) is not kept[k] for k in kept):
        raise NotYet(
            "The dictionary holds new arrays now. The optimiser may hold the old ones: change the numbers "
            "inside each array, g *= factor."
        )
    _explain(grads, norm)
    if norm is None:
        raise NotYet("The arrays are right, but nothing was returned: give the norm as it was before.")
    if np.ndim(norm) or not math.isclose(norm, 7, rel_tol=1e-6):
        if np.ndim(norm) == 0 and math.isclose(norm, 1, rel_tol=1e-6):
            raise NotYet("The norm returned is the one after clipping: keep the one before, and return it.")
        raise NotYet(f"The arrays are right, but {norm} was returned for gradients of norm 7.")
    grads = _grads(0.1)
    answer(grads, 1.0)
    if not all(np.allclose(g, a) for g, a in zip(grads.values(), _grads(0.1).values())):
        raise NotYet(
            "Gradients of norm 0.7 were changed although the limit is 1: short ones are left as they "
            "are. Otherwise every gradient would get the same length, however flat the place."
        )
    grads = _grads(1e3)
    answer(grads, 100.0)
    expected = _grads(1e3)
    clip_by_global_norm(expected, 100.0)
    if not all(np.allclose(grads[k], expected[k]) for k in grads):
        raise NotYet("With a limit of 1 it is right, with 100 not: is the limit in the factor?")
    return "One direction, a bounded step."


def _explain(grads, norm):
    """Raise unless the gradients of norm 7 have been scaled to norm 1."""
    found = {k: g.copy() for k, g in grads.items()}
    before = _grads()
    if all(np.allclose(found[k], before[k] / 7) for k in found):
        return
    if all(np.array_equal(found[k], before[k]) for k in found):
        raise NotYet(
            "The arrays are unchanged, but their norm is 7 and the limit 1. `g = g * factor` makes a "
            "new array and forgets it; `g *= factor` changes the one in the dictionary."
        )
    if all(np.allclose(found[k], np.clip(before[k], -1, 1)) for k in found):
        raise NotYet(
            "Each *entry* was limited to 1 by itself: the large entries shrink, the small ones stay, "
            "and the direction changes. Use one factor for all."
        )
    unchanged = [k for k in found if np.array_equal(found[k], before[k])]
    if len(unchanged) == 2:
        raise NotYet("Only one of three tensors has changed: is the `return` inside the loop?")
    if all(np.allclose(np.linalg.norm(g), 1) for g in found.values()):
        raise NotYet("Each tensor has norm 1 now: the norm must be that of all tensors together, one number.")
    total = math.sqrt(sum(np.sum(g**2) for g in found.values()))
    factors = {k: np.sum(found[k] * before[k]) / np.sum(before[k] ** 2) for k in found}
    one = next(iter(factors.values()))
    if all(math.isclose(f, one, rel_tol=1e-6) for f in factors.values()):
        if math.isclose(one, 1 / 49, rel_tol=1e-6):
            raise NotYet("Everything is divided by 49, the sum of squares: the norm is its root.")
        if math.isclose(one, 1 / 11, rel_tol=1e-6):
            raise NotYet(
                "Everything is divided by 11, the sum of the norms 6, 3 and 2: squares add up, norms do not."
            )
        raise NotYet(f"Gradients of norm 7 were scaled by {one:.4g}, to norm {total:.4g}: want a norm of 1.")
    raise NotYet(
        "The tensors were scaled by different factors "
        f"({', '.join(f'{k}: {f:.3g}' for k, f in factors.items())}): compute the norm once, before "
        "anything changes."
    )
