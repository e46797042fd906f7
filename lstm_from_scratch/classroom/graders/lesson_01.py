"""Grades lesson 1."""

import itertools
import numbers
from fractions import Fraction

from ... import music
from ...music.kern_token import parse_event
from ..check import NotYet, grader


def _fraction(value, what):
    """A number as a Fraction."""
    if value is None:
        raise NotYet(f"{what} you returned None: does every branch end with `return`?")
    if not isinstance(value, numbers.Real):
        raise NotYet(f"{what} you returned {value!r}: want a number of quarters.")
    return Fraction(value)


# What else a student may have computed for n and k dots, and what to say about it.
SLIPS = (
    (
        lambda n, k: Fraction(1, n) * (2 - Fraction(1, 2**k)),
        "that is parts of a *whole* note. Measure in quarters.",
    ),
    (
        lambda n, k: Fraction(n, 4) * (2 - Fraction(1, 2**k)),
        "an 8th would be longer than a quarter. Which number belongs in the numerator?",
    ),
    (
        lambda n, k: Fraction(4, n) + Fraction(k, 2),
        "a dot adds half of the *note*, not half of a quarter: it adds less to a short note.",
    ),
    (
        lambda n, k: Fraction(4, n) * (1 + Fraction(k, 2)),
        "each dot adds half of the dot before, not of the note.",
    ),
    (
        lambda n, k: Fraction(4, n) * Fraction(3, 2) ** k,
        "times 3/2 for each dot is right for one dot only. The second dot adds half of what the first added.",
    ),
    (
        lambda n, k: Fraction(4, n) * (1 - Fraction(1, 2**k) if k else 1),
        "the note itself, the 1 in the brackets, is missing from the sum.",
    ),
    (
        lambda n, k: Fraction(4, n) * (2 - Fraction(2, 2**k) if k else 1),
        "the last dot is not counted: is a range too short?",
    ),
    (
        lambda n, k: Fraction(4, n) * (2 - Fraction(2, 2**k)),
        "one term too few: k dots make k + 1 terms, the first of them 1. And `range(k)` ends at k - 1.",
    ),
    (
        lambda n, k: Fraction(4, n) * (1 + Fraction(1, 2**k) if k else 1),
        "only the last dot is counted. Every dot adds its term.",
    ),
    (
        lambda n, k: Fraction(4, int(str(n)[0])) * (2 - Fraction(1, 2**k)),
        "only the first digit of the number was read, and 16 has two.",
    ),
    (lambda n, k: Fraction(4, n), "the dots change nothing. What does each add?"),
)


@grader("1.1")
def quarters(answer):
    """The length of a number and its dots."""
    values = ("4", "8", "2", "1", "16", "4.", "8.", "2.", "2..", "4..", "8...", "32.", "6", "12", "12.", "3")
    found = {v: _fraction(answer(v), f'From "{v}"') for v in values}
    right = {v: parse_event(v + "c").note.duration for v in values}
    parts = {v: (int(v.rstrip(".")), v.count(".")) for v in values}
    exact = [v for v in values if abs(found[v] - right[v]) > Fraction(1, 10**9)]
    if exact:
        v = exact[0]
        for slip, why in SLIPS:
            if all(abs(found[w] - slip(*parts[w])) < Fraction(1, 10**9) for w in values):
                raise NotYet(f'"{v}" gave {float(found[v]):g} quarters: {why}')
        raise NotYet(
            f'"{v}" gave {float(found[v]):g} quarters, want {right[v]}: work the formula through by hand.'
        )
    if found != right:
        v = next(v for v in values if found[v] != right[v])
        raise NotYet(
            f'"{v}" gave a float, {float(found[v])}, which is near {right[v]} but not equal: divide as '
            "Fraction(4, n), and everything after that stays exact."
        )
    return "Any number, any dots."


TIES = (
    (("4f", "[4d", "2d]", "4f"), "a tie over a barline"),
    (("4c", "4c", "4c"), "equal notes without a tie"),
    (("8a", "[4.a", "8a]", "8a"), "a tie between equal notes that are not tied"),
    (("[2.g", "2.g_", "4g]", "4r", "4g"), "a tie through a bar, its middle note with a _"),
    (("4r", "[4g", "16g]", "8.e"), "a rest first, and a tie"),
)


def _by_hand(tokens):
    """The notes as the package reads them; two rests are two."""
    events = []
    for token in tokens:
        event = parse_event(token)
        if event.joins:
            events[-1] = (event.note.pitch, events[-1][1] + event.note.duration)
        else:
            events.append(tuple(event.note))
    return events


def _pairs(found, what):
    if found is None:
        raise NotYet(f"{what} you returned None: does the function return its list?")
    found = list(found)
    if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in found):
        raise NotYet(f"{what} you returned {found[:4]}: want a list of pairs (MIDI number or None, length).")
    if any(d is None for _, d in found):
        raise NotYet(f"{what} you returned a note without a length: {found[:4]}.")
    if floats := [d for _, d in found if isinstance(d, float)]:
        raise NotYet(
            f"{what} you returned a float as a length, {floats[0]}. Lengths are Fractions, which stay "
            "exact and which `encode` can read. A 16th is Fraction(1, 4)."
        )
    return [(p, _fraction(d, "As a length")) for p, d in found]


def _show(pairs):
    return " ".join(f"({p}, {d})" for p, d in pairs)


@grader("1.2")
def tied(answer):
    """Tokens to notes, ties joined."""
    for tokens, what in TIES:
        found, right = _pairs(answer(list(tokens)), f"From {' '.join(tokens)}"), _by_hand(tokens)
        if found != right:
            _explain_tie(list(tokens), found, right, what)
    return "Tied notes are one, repeated ones are not."


def _explain_tie(tokens, found, right, what):
    heard = f"{' '.join(tokens)} ({what}) gave {_show(found)}"
    plain = [tuple(parse_event(token).note) for token in tokens]
    if found == plain:
        raise NotYet(f"{heard}: still two notes. Which sign says that a note belongs to the one before it?")
    if sum(d for _, d in found) > sum(d for _, d in right):
        raise NotYet(f"{heard}: that lasts longer than the tokens do. Is a note joined and then added again?")
    if len(found) < len(right) and sum(d for _, d in found) == sum(d for _, d in right):
        if len(found) < len(list(itertools.groupby(p for p, _ in plain))):
            raise NotYet(
                f"{heard}: a note after the `]` was joined too. The tie ends there; the next note is new."
            )
        raise NotYet(
            f"{heard}: notes became one just because they are equal. A repeated note is struck again; "
            "only the brackets mark a tie."
        )
    if len(found) == len(right) and [p for p, _ in found] == [p for p, _ in right]:
        i = next(i for i, (a, b) in enumerate(zip(found, right)) if a != b)
        parts = [d for p, d in plain if p == right[i][0]]
        if found[i][1] == parts[0] and found[i][1] < right[i][1]:
            raise NotYet(
                f"{heard}: the tied note is only as long as its first part. Where is the rest of it?"
            )
        raise NotYet(f"{heard}: the tied note is only as long as its last part. Add to what was there.")
    if any("_" in token for token in tokens):
        raise NotYet(f"{heard}: look at the token with `_`, which both ends a tie and begins one.")
    raise NotYet(f"{heard}, want {len(right)} notes.")


STRIPS = (
    "60 _ _ _ 62 _ 64 _",
    "65 65 _ 65 _ _",
    "67 _ r _ 67 _ _ _",
    "55",
    "72 _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ 60 r",
)


@grader("1.3")
def decode(answer):
    """Symbols to notes."""
    for strip in STRIPS:
        symbols = strip.split()
        given = list(symbols)
        found = _pairs(answer(given), f"From {strip}")
        if given != symbols:
            raise NotYet("Your code changed the list of symbols that it was given. Only read it.")
        right = [tuple(note) for note in music.decode(symbols).notes]
        if found != right:
            _explain_strip(strip, found, right)
    return "There and back, and nothing lost."


def _explain_strip(strip, found, right):
    heard = f"{strip} gave {_show(found)}"
    lengths, want = [d for _, d in found], [d for _, d in right]
    if found == right[:-1]:
        raise NotYet(f"{heard}: the last note is missing. When is a note finished, if no onset follows it?")
    if [p for p, _ in found if p == "r"]:
        raise NotYet(f'{heard}: a rest has None for its pitch, not "r".')
    if any(isinstance(p, str) for p, _ in found):
        raise NotYet(f"{heard}: the pitches are text. Make them whole numbers.")
    if lengths == [4 * d for d in want]:
        raise NotYet(f"{heard}: the lengths count 16ths. How many quarters is a 16th?")
    if lengths == [d - Fraction(1, 4) for d in want]:
        raise NotYet(f"{heard}: every note is a 16th too short. The onset lasts a 16th itself.")
    if len(found) == len(right) and len(set(lengths)) == 1 != len(set(want)):
        raise NotYet(f"{heard}: all have the same length. Each `_` must make the note before it longer.")
    if len(found) == strip.count(" ") + 1:
        raise NotYet(f"{heard}: a `_` became a note of its own. It only makes the note before it longer.")
    if len(found) < len(right) and sum(lengths) == sum(want):
        raise NotYet(
            f"{heard}: two notes became one. Every number is a new onset, even if it is the same as before."
        )
    if [p for p, _ in found] == [p for p, _ in right if p is not None]:
        raise NotYet(f"{heard}: the rest is gone, and what follows it comes too early.")
    raise NotYet(f"{heard}, want {_show(right)}.")
