"""Grades lesson 2."""

import numbers
from fractions import Fraction

from ...music import Melody, Note
from ...music.rules import ACCEPTABLE_DURATIONS, common_key_shift
from ..check import NotYet, grader
from ..show_and_play import TUNES, tune


def _melody(*lengths, rest=None):
    """One of notes of these lengths, and perhaps of a rest in their midst."""
    notes = [Note(60 + i, Fraction(d)) for i, d in enumerate(lengths)]
    if rest:
        notes.insert(1, Note(None, Fraction(rest)))
    return Melody(tuple(notes), key=(0, "major"))


# What each shows is said to those who miss it.
MISSED = {
    "five quarters": (_melody(1, 5, 1), "a tied note of 5 quarters is on the grid, and is lost."),
    "five quarters at the end": (
        _melody(1, 1, 5),
        "it is its last note that is lost: is every note looked at?",
    ),
    "5/2": (
        _melody("5/2", 1, 1),
        (
            "5/2 quarters is 10 symbols, and not among the eight: it is not only very long notes "
            "that are lost."
        ),
    ),
    "5/4": (
        _melody(1, "5/4", 1),
        ("5/4 quarters is 5 symbols, and not among the eight: it is not only long notes that are lost."),
    ),
    "a rest": (_melody(1, 1, rest="5/2"), "it is a rest that is lost: the rule applies to rests too."),
}
LET_IN = {
    "whole": (_melody(1, "3/2", 3, "1/4"), "it loses nothing: all its lengths are among the eight."),
    "triplets": (
        _melody("1/3", "1/3", "1/3", 1),
        "its triplets fit no grid of 16ths, so that loss could not be helped.",
    ),
    "a triplet and a tie": (
        _melody(1, 5, "1/3", "2/3", 1),
        "it has triplets too, so the grid could not hold *all* of its notes.",
    ),
    "a 32nd": (
        _melody(1, "1/8", "7/8", 1),
        "an 8th of a quarter is half a 16th: `4 * d` must be a whole number.",
    ),
}


@grader("2.1")
def broken(answer):
    """Names of tunes that lose notes although the grid could hold them."""
    tunes = {name: melody for name, (melody, _) in (MISSED | LET_IN).items()}
    found = answer(dict(tunes))
    if found is None:
        raise NotYet("broken returned None: does it return its list?")
    if isinstance(found, bool | numbers.Number | str):
        raise NotYet(f"broken returned {found!r}: want a list of names.")
    found = list(found)
    if any(isinstance(name, Melody) for name in found):
        raise NotYet("broken returned melodies: want their names, the dictionary's keys.")
    if strange := [name for name in found if name not in tunes]:
        raise NotYet(f"broken returned {strange[0]!r}, which is not a name in the dictionary.")
    found, right = set(found), set(MISSED)
    if not found:
        raise NotYet(
            "broken found none. *One* lost note is enough to break a tune: do you ask that all are lost?"
        )
    if found == set(tunes) - right - {"whole"}:
        raise NotYet(
            "You found those that the grid cannot hold (4 d is not a whole number). Find those that "
            "it can hold, and that lose notes all the same."
        )
    if found == set(tunes) - right or found == {"whole"}:
        raise NotYet(
            f"You found {sorted(found)}, which lose nothing, or could not be saved. Is a `not` missing?"
        )
    if found == set(tunes) - {"whole"}:
        raise NotYet(
            "You found every tune that loses something, including those with triplets. The second "
            "condition is missing: all lengths of the tune are a whole number of 16ths."
        )
    if found == {"whole"} | right:
        raise NotYet("You found all tunes that the grid can hold; which of those lose a note?")
    for name in MISSED:
        if name not in found:
            raise NotYet(f"A tune is not found: {MISSED[name][1]}")
    for name in LET_IN:
        if name in found:
            raise NotYet(f"A tune is found that should not be: {LET_IN[name][1]}")
    tunes = {path.stem: tune(path.stem) for path in TUNES.glob("*.krn")}
    want = {name for name, melody in tunes.items() if _needlessly(melody)}
    if set(answer(dict(tunes))) != want:
        raise NotYet(f"Of the thirty tunes it finds {sorted(answer(dict(tunes)))}; want {len(want)} others.")
    return f"They are {', '.join(sorted(want))}. Listen to one, before and after."


def _needlessly(melody):
    lengths = [d for _, d in melody.notes]
    on_grid = all((4 * d).denominator == 1 for d in lengths)
    return on_grid and not all(d in ACCEPTABLE_DURATIONS for d in lengths)


def _right(tonic, mode):
    return common_key_shift(Melody((), key=(tonic, mode)))


KEYS = [(tonic, mode) for mode in ("major", "minor") for tonic in range(12)]


@grader("2.2")
def shift(answer):
    """Semitones to C major or A minor."""
    found = {}
    for tonic, mode in KEYS:
        s = answer(tonic, mode)
        if s is None:
            raise NotYet(f"shift({tonic}, {mode!r}) returned None: does each branch end with `return`?")
        if not isinstance(s, numbers.Integral):
            raise NotYet(f"shift({tonic}, {mode!r}) returned {s!r}: want a whole number of semitones.")
        found[tonic, mode] = int(s)
    right = {key: _right(*key) for key in KEYS}
    if found != right:
        _explain_shift(found, right)
    return "All songs in one key, and in one octave."


def _explain_shift(found, right):
    major = all(found[key] == right[key] for key in KEYS if key[1] == "major")
    minor = all(found[key] == right[key] for key in KEYS if key[1] == "minor")
    if found == {key: -s for key, s in right.items()}:
        raise NotYet(
            "Every song moves the wrong way: F major (T = 5) goes *down* to C, so its shift is below 0."
        )
    if found == {key: s % 12 for key, s in right.items()}:
        raise NotYet(
            "All your shifts go up, by 0 to 11 (is there a `% 12` too many?): D major would go up by "
            "10, want down by 2. The letters are right, but not the octave."
        )
    if found == {key: (s + 6) % 12 - 6 for key, s in right.items()}:
        raise NotYet(
            "You went the nearest way: G major up by 5 and F major down by 5. Take the interval as it stands "
            "on the twelve keys from C to B; the next section shows why."
        )
    if major and all(found[key] == -key[0] for key in KEYS):
        raise NotYet(
            "Songs in minor end up in C minor, with three flats. Which minor key has only white keys?"
        )
    if major and all(found[key] == right[key] - 12 for key in KEYS if key[1] == "minor"):
        raise NotYet(
            "Every song in minor is an octave too low: A is 3 below C, but among the keys from C to B it has "
            "pitch class 9."
        )
    if all((found[key] - right[key]) % 12 == 0 for key in KEYS):
        key = next(key for key in KEYS if found[key] != right[key])
        raise NotYet(
            f"T = {key[0]} in {key[1]} moves by {found[key]}: the right letter, but in another octave "
            "than some others. No `% 12` and no `if` about the size: just one subtraction."
        )
    if major and all(found[key] == -right[key] for key in KEYS if key[1] == "minor"):
        raise NotYet("Major is right, and minor moves the wrong way: from T to 9, not from 9 to T.")
    if minor:
        raise NotYet("Minor is right and major is not. To which pitch class does major go?")
    key = next(key for key in KEYS if found[key] != right[key])
    arrived = (key[0] + found[key]) % 12
    raise NotYet(
        f"T = {key[0]} in {key[1]} moves by {found[key]}: its tonic ends up at pitch class "
        f"{arrived}, want {0 if key[1] == 'major' else 9}."
    )
