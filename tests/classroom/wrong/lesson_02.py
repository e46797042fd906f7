"""What students answer in lesson 2, and should not."""

from lstm_from_scratch.music.rules import ACCEPTABLE_DURATIONS as ACCEPTABLE


def on_grid(d):
    return (4 * d).denominator == 1


def all_that_lose(tunes):
    return [name for name, m in tunes.items() if not all(d in ACCEPTABLE for _, d in m.notes)]


def off_the_grid(tunes):
    return [name for name, m in tunes.items() if not all(on_grid(d) for _, d in m.notes)]


def all_on_the_grid(tunes):
    return [name for name, m in tunes.items() if all(on_grid(d) for _, d in m.notes)]


def untouched(tunes):
    return [name for name, m in tunes.items() if all(d in ACCEPTABLE for _, d in m.notes)]


def one_note_on_the_grid_is_enough(tunes):
    return [name for name, m in tunes.items() if any(on_grid(d) and d not in ACCEPTABLE for _, d in m.notes)]


def only_long_notes(tunes):
    return [name for name, m in tunes.items() if any(d > 4 for _, d in m.notes) and _all_on_grid(m)]


def _all_on_grid(m):
    return all(on_grid(d) for _, d in m.notes)


def every_note_lost(tunes):
    return [name for name, m in tunes.items() if all(on_grid(d) and d not in ACCEPTABLE for _, d in m.notes)]


def rests_forgotten(tunes):
    return [
        name
        for name, m in tunes.items()
        if _all_on_grid(m) and any(p is not None and d not in ACCEPTABLE for p, d in m.notes)
    ]


def melodies_themselves(tunes):
    return [m for m in tunes.values() if _all_on_grid(m) and not all(d in ACCEPTABLE for _, d in m.notes)]


def how_many(tunes):
    return len(melodies_themselves(tunes))


def stops_at_the_first_note(tunes):
    found = []
    for name, m in tunes.items():
        for _, d in m.notes[:-1]:
            if d not in ACCEPTABLE and _all_on_grid(m):
                found.append(name)
                break
    return found


def right(T, mode):
    return (0 if mode == "major" else 9) - T


def other_way(T, mode):
    return -right(T, mode)


def always_up(T, mode):
    return right(T, mode) % 12


def nearest(T, mode):
    return (right(T, mode) + 6) % 12 - 6


def minor_as_major(T, mode):
    return -T


def three_below(T, mode):
    return -T if mode == "major" else -3 - T


def relative_major(T, mode):
    return -T if mode == "major" else -((T + 3) % 12)


def plus_nine(T, mode):
    return -T if mode == "major" else 9 + T


def minor_the_other_way(T, mode):
    return -T if mode == "major" else T - 9


def major_only(T, mode):
    return -T if mode == "major" else None


WRONG = {
    "2.1": [
        all_that_lose,
        off_the_grid,
        all_on_the_grid,
        untouched,
        one_note_on_the_grid_is_enough,
        only_long_notes,
        every_note_lost,
        rests_forgotten,
        melodies_themselves,
        how_many,
        stops_at_the_first_note,
    ],
    "2.2": [
        other_way,
        always_up,
        nearest,
        minor_as_major,
        three_below,
        relative_major,
        plus_nine,
        minor_the_other_way,
        major_only,
    ],
}
