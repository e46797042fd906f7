"""Grades lesson 15."""

import numpy as np

from ...network import pointer
from ..check import NotYet, grader

SONGS = (
    [9, 1, 0, 2, 0, 1, 0],
    [9, 1, 2, 1, 2, 1, 2],
    [0, 0, 0, 0, 0],
    [3],
    [9, 4, 5, 6, 7],
    [1, 2, 3, 9, 1, 2, 3],
)


def _matches(tokens, same=lambda tokens, i, k: tokens[i - k] == tokens[-1 - k], most=None):
    lengths = []
    for i in range(len(tokens) - 1):
        k = 0
        while k <= i and same(tokens, i, k) and (most is None or k < most):
            k += 1
        lengths.append(k)
    return lengths


@grader("15.1")
def match_lengths(answer):
    """How long each earlier step's match with the last one is."""
    for tokens in SONGS:
        given = list(tokens)
        found = answer(given)
        if found is None:
            raise NotYet("match_lengths returned None: does it return its list?")
        if given != tokens:
            raise NotYet("Your code changed the tokens: others still need them.")
        found, right = [int(k) for k in found], pointer.match_lengths(tokens)
        if found != right:
            _explain_match(tokens, found, right)
    return "Turning the page back."


def _explain_match(tokens, found, right):
    shown = f"{tokens} gave {found}, want {right}"
    if len(found) == len(right) + 1:
        raise NotYet(f"{shown}: the last step is not to be compared with itself.")
    if len(found) != len(right):
        raise NotYet(f"{shown}: want one number for each step but the last.")
    if found == _matches(tokens, most=1):
        raise NotYet(f"{shown}: you only compare the last symbol. Go on backwards, in both places at once.")
    if found == [sum(a == b for a, b in zip(tokens[i::-1], tokens[::-1])) for i in range(len(tokens) - 1)]:
        raise NotYet(f"{shown}: you count all equal symbols. A match ends at the first that differs.")
    if found == [max(k - 1, 0) for k in right]:
        raise NotYet(f"{shown}: each is one too short. Does the count begin with the symbol itself?")
    if all(min(k, i) == f for i, (k, f) in enumerate(zip(right, found))):
        raise NotYet(f"{shown}: a match may reach back to the very first symbol.")
    raise NotYet(f"{shown}.")


V, N = 5, 7


def _step():
    rng = np.random.default_rng(15)
    return rng.normal(size=V), rng.normal(size=1 + N), np.array([2, 0, 2, 4, 2, 1, 0]), 2


def _p(y, e, copied):
    a = pointer.softmax(e)
    p = a[0] * pointer.softmax(y)
    np.add.at(p, copied, a[1:])
    return p


def _only_last(y, e, copied):
    a = pointer.softmax(e)
    p = a[0] * pointer.softmax(y)
    p[copied] += a[1:]
    return p


@grader("15.2")
def mixture(answer):
    """What the network says, mixed with what it would copy."""
    y, e, copied, _ = _step()
    given = y.copy(), e.copy(), copied.copy()
    found = answer(*given)
    if not all(np.array_equal(a, b) for a, b in zip(given, (y, e, copied))):
        raise NotYet("Your code changed y, e or copied: they belong to the caller.")
    if np.shape(found) != (V,):
        raise NotYet(f"p has the shape {np.shape(found)}, want {(V,)}: one probability for each symbol.")
    found, right = np.asarray(found, float), _p(y, e, copied)
    if not np.allclose(found, right):
        a, places = pointer.softmax(e), np.zeros(V)
        np.add.at(places, copied, a[1:])
        alone = np.zeros(V)
        np.add.at(alone, copied, pointer.softmax(e[1:]))
        for wrong, message in (
            (
                _only_last(y, e, copied),
                "Where a symbol came after several places, only one of them counts: `p[copied] += ...` adds "
                "once for each symbol. What adds for each *place*?",
            ),
            (places, "Only what is copied is there: the network's own say, times a[0], is missing."),
            (a[0] * pointer.softmax(y), "Only the network's own say is there: nothing is copied."),
            (
                pointer.softmax(y) + places,
                "The network's own say must be multiplied by a[0]: p adds up to more than 1.",
            ),
            (a[0] * y + places, "The logits y are no probabilities yet: softmax first."),
            (a[0] * pointer.softmax(y) + alone, "One softmax over *all* scores, the first among them."),
        ):
            if np.allclose(found, wrong):
                raise NotYet(message)
        if not np.isclose(found.sum(), 1):
            raise NotYet(f"Your probabilities add up to {found.sum():.4g}, not 1.")
        x = int(np.argmax(~np.isclose(found, right)))
        raise NotYet(f"Symbol {x} got {found[x]:.4g}, want {right[x]:.4g}: work equation 12 through by hand.")
    if not np.allclose(answer(y, e[:1], copied[:0]), pointer.softmax(y)):
        raise NotYet("At a song's first step there is nothing to copy, and p must be the network's own say.")
    return "Half said, half copied."


@grader("15.3")
def scores_back(answer):
    """The gradient of the scores."""
    y, e, copied, target = _step()
    found = answer(y.copy(), e.copy(), copied.copy(), target)
    if np.shape(found) != (1 + N,):
        raise NotYet(f"de has the shape {np.shape(found)}, want {(1 + N,)}: one number for each score.")
    found, right = np.asarray(found, float), pointer.mixture_loss(y, e, copied, target)[2]
    if np.allclose(found, right, rtol=1e-9, atol=1e-12):
        return "What was believed minus what was right."
    a = pointer.softmax(e)
    hit = np.concatenate([[pointer.softmax(y)[target]], copied == target])
    rho = a * hit / (a * hit).sum()
    for wrong, message in (
        (-right, "The sign: a place that was right should gain, and we go *down* the gradient."),
        (a, "That is the attention itself: nothing says yet which places were right."),
        (rho, "Those are the shares rho. Subtract them from what was believed."),
        (-rho, "Those are the shares rho with a minus: what was believed, a, is missing."),
        (a - hit, "You subtract what each place gave, not its share of p(target): divide by p(target)."),
        (a - a * hit, "The shares rho are divided by p(target), so that they add up to 1."),
        (
            a - np.concatenate([[0], rho[1:]]),
            "The first score is left out: copying nothing was right as far as the network's own say was.",
        ),
        (
            a - hit / hit.sum(),
            "The shares must weigh each place with its attention: rho_i has a_i in it.",
        ),
    ):
        if np.allclose(found, wrong):
            raise NotYet(message)
    if not np.isclose(found.sum(), 0):
        raise NotYet(
            f"de adds up to {found.sum():.4g}: it must be 0, since a and the shares both add up to 1."
        )
    raise NotYet(
        "de adds up to 0, as it must, but it is not a - rho: compare with the derivation, term by term."
    )
