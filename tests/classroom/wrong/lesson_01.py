"""What students answer in lesson 1, and should not."""

import itertools
from fractions import Fraction

from lstm_from_scratch.music.kern_token import parse_event


def without_dots(value):
    return Fraction(4, int(value.rstrip(".")))


def three_halves_for_each(value):
    return Fraction(4, int(value.rstrip("."))) * Fraction(3, 2) ** value.count(".")


def half_a_quarter_for_each(value):
    return Fraction(4, int(value.rstrip("."))) + Fraction(value.count("."), 2)


def half_a_note_for_each(value):
    return Fraction(4, int(value.rstrip("."))) * (1 + Fraction(value.count("."), 2))


def of_a_whole_note(value):
    return Fraction(1, int(value.rstrip("."))) * (2 - Fraction(1, 2 ** value.count(".")))


def upside_down(value):
    return Fraction(int(value.rstrip(".")), 4) * (2 - Fraction(1, 2 ** value.count(".")))


def one_term_short(value):
    dots = value.count(".")
    return Fraction(4, int(value.rstrip("."))) * sum(Fraction(1, 2**i) for i in range(max(dots, 1)))


def as_many_terms_as_dots(value):
    return Fraction(4, int(value.rstrip("."))) * sum(Fraction(1, 2**i) for i in range(value.count(".")))


def last_dot_only(value):
    dots = value.count(".")
    return Fraction(4, int(value.rstrip("."))) * (1 + Fraction(1, 2**dots) if dots else 1)


def first_digit(value):
    return Fraction(4, int(value[0])) * (2 - Fraction(1, 2 ** value.count(".")))


def floats(value):
    return 4 / int(value.rstrip(".")) * (2 - 0.5 ** value.count("."))


def no_return(value):
    Fraction(4, int(value.rstrip(".")))


def note(token):
    return tuple(parse_event(token).note)


def brackets_ignored(tokens):
    return [note(token) for token in tokens]


def equal_is_tied(tokens):
    groups = itertools.groupby((note(token) for token in tokens), key=lambda pair: pair[0])
    return [(p, sum(d for _, d in group)) for p, group in groups]


def never_closed(tokens):
    found, tied = [], False
    for token in tokens:
        p, d = note(token)
        if tied:
            found[-1] = (found[-1][0], found[-1][1] + d)
        else:
            found.append((p, d))
        tied = tied or "[" in token
    return found


def end_dropped(tokens):
    return [note(token) for token in tokens if "]" not in token and "_" not in token]


def last_part_only(tokens):
    found = []
    for token in tokens:
        if "]" in token or "_" in token:
            found[-1] = note(token)
        else:
            found.append(note(token))
    return found


def middle_forgotten(tokens):
    found = []
    for token in tokens:
        p, d = note(token)
        if "]" in token:
            found[-1] = (p, found[-1][1] + d)
        else:
            found.append((p, d))
    return found


def added_again(tokens):
    found = []
    for token in tokens:
        p, d = note(token)
        if "]" in token or "_" in token:
            found[-1] = (p, found[-1][1] + d)
        found.append((p, d))
    return found


def not_a_list(tokens):
    equal_is_tied(tokens)


def holds_ignored(symbols):
    return [(None if s == "r" else int(s), Fraction(1, 4)) for s in symbols if s != "_"]


def holds_counted_only(symbols):
    found = []
    for s in symbols:
        if s == "_":
            found[-1] = (found[-1][0], found[-1][1] + Fraction(1, 4))
        else:
            found.append((None if s == "r" else int(s), Fraction(0)))
    return found


def last_lost(symbols):
    found, p, steps = [], None, 0
    for s in symbols:
        if s != "_":
            if steps:
                found.append((p, Fraction(steps, 4)))
            p, steps = None if s == "r" else int(s), 0
        steps += 1
    return found


def sixteenths(symbols):
    return [(p, 4 * d) for p, d in right(symbols)]


def repeated_joined(symbols):
    groups = itertools.groupby(right(symbols), key=lambda pair: pair[0])
    return [(p, sum(d for _, d in group)) for p, group in groups]


def rest_as_text(symbols):
    return [("r" if p is None else p, d) for p, d in right(symbols)]


def rests_dropped(symbols):
    return [pair for pair in right(symbols) if pair[0] is not None]


def hold_is_a_note(symbols):
    return [(int(s) if s.isdigit() else None, Fraction(1, 4)) for s in symbols]


def right(symbols):
    found = []
    for s in symbols:
        if s == "_":
            found[-1] = (found[-1][0], found[-1][1] + Fraction(1, 4))
        else:
            found.append((None if s == "r" else int(s), Fraction(1, 4)))
    return found


def float_lengths(symbols):
    found = []
    for symbol in symbols:
        if symbol == "_":
            found[-1] = (found[-1][0], found[-1][1] + 0.25)
        else:
            found.append((None if symbol == "r" else int(symbol), 0.25))
    return found


WRONG = {
    "1.1": [
        without_dots,
        three_halves_for_each,
        half_a_quarter_for_each,
        half_a_note_for_each,
        of_a_whole_note,
        upside_down,
        one_term_short,
        as_many_terms_as_dots,
        last_dot_only,
        first_digit,
        floats,
        no_return,
    ],
    "1.2": [
        brackets_ignored,
        equal_is_tied,
        never_closed,
        end_dropped,
        last_part_only,
        middle_forgotten,
        added_again,
        not_a_list,
    ],
    "1.3": [
        float_lengths,
        holds_ignored,
        holds_counted_only,
        last_lost,
        sixteenths,
        repeated_joined,
        rest_as_text,
        rests_dropped,
        hold_is_a_note,
    ],
}
