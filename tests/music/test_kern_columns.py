"""Columns of a **kern text: those beside the melody's, and one of several chosen."""

import pytest

from lstm_from_scratch.music import KernError, parse_kern


def song(*lines):
    return "\n".join(["**kern", *lines, "*-", ""])


def test_other_columns_are_ignored():
    text = "**text\t**kern\t**dynam\n*\t*M3/4\t*\n! x\nwords\t4c\tf\n=1\t=1\t=1\n"
    text += "4 e\t2.d\t.\n.\t.\t.\n*-\t*-\t*-\n"
    melody = parse_kern(text)
    assert melody.notes == ((60, 1), (62, 3)) and melody.meter == (3, 4) and melody.upbeat == 1


@pytest.mark.parametrize(
    "lines",
    [
        ["**kern\t**text", "4c\ta", "*\t*^", "4d\tb\tc", "*\t*v\t*v", "4e\td", "*-\t*-"],
        ["**text\t**kern", "a\t4c", "*^\t*", "b\tc\t4d", "*v\t*v\t*", "d\t4e", "*-\t*-"],
        [
            "**text\t**kern",
            "*^\t*",
            "a\tb\t4c",
            "*^\t*\t*",
            "a\tb\tc\t4d",
            "*v\t*v\t*v\t*",
            "a\t4e",
            "*-\t*-",
        ],
        ["**text\t**kern\t**text", "a\t4c\ta", "*-\t*\t*", "4d\tb", "*\t*-", "4e", "*-"],
        ["**text\t**kern", "a\t4c", ".\t4d", ".\t4e", "*\t*-", "b", "c", "*-"],
        ["**kern\t**text", "4c\ta", "*+\t*", "*\t**dynam\t*", "4d\tf\tb", "*\t*-\t*", "4e\tc", "*-\t*-"],
        ["**kern\t**text", "4c\ta", "*x\t*x", "b\t4d", "*x\t*x", "4e\tc", "*-\t*-"],
        ["**text\t**kern", "a\t4c", "*x\t*x", "4d\tb", "4e\tc", "*-\t*-"],
        ["**kern", "4c", "4d\t", "4e\t\t", "*-"],  # tabs at the end
        ["**kern\t", "4c", "4d\t", "4e", "*-\t"],
        ["**text\t**kern\t", "a\t4c\t", "b\t4d", "\t4e", "*-\t*-\t"],
    ],
)
def test_columns_that_are_not_read_split_join_and_end(lines):
    assert parse_kern("\n".join(lines)).notes == ((60, 1), (62, 1), (64, 1))


PARTS = (
    "**kern\t**text\t**kern\t**kern\n4C\ta\t4c\t4cc\n*\t*\t*^\t*\n4D\tb\t4d\t4e\t4dd\n*-\t*-\t*-\t*-\t*-\n"
)


def test_one_of_several_kern_columns_is_chosen_by_its_number():
    assert parse_kern(PARTS, spine=1).notes == ((48, 1), (50, 1))
    assert parse_kern(PARTS, spine=3).notes == ((72, 1), (74, 1))
    assert parse_kern(song("4c"), spine=1).notes == ((60, 1),)


@pytest.mark.parametrize(
    ("spine", "reason"),
    [
        (None, r"FILE:1: 3 \*\*kern columns.*choose one with --spine 1 to 3"),
        (2, r"FILE:3: '\*\^' splits"),
        (4, "FILE:1: spine 4: want 1 to 3"),
        (0, "spine 0: want 1 to 3"),
    ],
)
def test_a_choice_that_cannot_be(spine, reason):
    with pytest.raises(KernError, match=reason):
        parse_kern(PARTS, "FILE", spine)
