"""The README's index, the pages for teachers and of notation, and the lessons say the same."""

import re
from pathlib import Path

import pytest

from lstm_from_scratch.classroom import lesson_files

ROOT = Path(__file__).parents[2]
README, TEACHERS, NOTATION = (
    ROOT / "README.md",
    ROOT / "lessons" / "TEACHERS.md",
    ROOT / "lessons" / "NOTATION.md",
)
LESSONS = lesson_files.lessons()
NUMBERS = list(range(1, 19))


def rows(path, pattern):
    """The groups of each line that begins with the pattern."""
    return re.findall(f"^{pattern}", path.read_text(encoding="utf-8"), re.MULTILINE)


def numbers(text):
    return {int(found) for found in re.findall(r"\d+", text)}


def test_they_are_numbered_without_a_gap_and_no_page_is_taken_for_one():
    assert [lesson.number for lesson in LESSONS] == NUMBERS
    assert TEACHERS.parent.samefile(lesson_files.FOLDER)


def test_the_index_of_the_readme():
    index = rows(README, r"\| (\d+)\. \[(.+?)\]\((.+?)\) \| (\d+) \| .+ \|$")
    assert index == [
        (str(each.number), each.title, f"lessons/{each.path.name}", str(each.minutes)) for each in LESSONS
    ]


def test_the_schedule_of_the_teachers():
    schedule = rows(TEACHERS, r"\| (\d+) \| \[(.+?)\]\((.+?)\) \| (\d+) \| (.*?) \|")
    assert [row[:4] for row in schedule] == [
        (str(each.number), each.title, each.path.name, str(each.minutes)) for each in LESSONS
    ]
    for row, lesson in zip(schedule, LESSONS):
        (needs,) = re.findall(r"You need: (.+?)\*$", lesson.text, re.MULTILINE | re.DOTALL)
        named = re.findall(r"lessons? (\d+(?:(?:, | and )(?:lesson )?\d+)*)", " ".join(needs.split()))
        assert numbers(row[4]) == numbers(" ".join(named)), f"lesson {lesson.number} needs {named}"
        assert all(number < lesson.number for number in numbers(row[4]))


@pytest.mark.parametrize("path", [README, TEACHERS, NOTATION], ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    for target in links:
        if not target.startswith(("http://", "https://", "#")):
            assert (path.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize(
    "path", [README, TEACHERS, NOTATION, *(each.path for each in LESSONS)], ids=lambda path: path.stem
)
def test_no_formula_has_a_backslash_before_a_sign(path):
    """On the web Markdown takes it from `\\,` or `\\{` before the formula is set, and a bare sign is left."""
    prose = re.sub(r"^```.*?^```$|`[^`\n]+`", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    formulas = re.findall(r"\$\$.+?\$\$|\$[^$]+\$", prose, re.S)
    assert "$" not in re.sub(r"\$\$.+?\$\$|\$[^$]+\$", "", prose, flags=re.S), "a formula has no end"
    assert not [formula for formula in formulas if re.search(r"\\(?![A-Za-z])", formula)]


def test_every_symbol_stands_in_the_lesson_that_is_said_to_introduce_it():
    texts = {lesson.number: lesson.text for lesson in LESSONS}
    found = rows(NOTATION, r"\| [`$]([^`$]+)[`$] \| .* \| (\d+) \|$")
    assert len(found) > 25
    for symbol, number in found:
        assert re.search(rf"(?<![A-Za-z\\]){re.escape(symbol)}(?![A-Za-z])", texts[int(number)]), (
            symbol,
            number,
        )


def test_the_constraints_are_versions_and_nothing_else():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if not line.startswith("#")]
    assert len(wanted) > 50
    for line in wanted:
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*", line), line
