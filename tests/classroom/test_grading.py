"""`melody lesson --check`: a student's own copy, a class, and what students may do."""

import json

import pytest

from lstm_from_scratch.classroom import check, grading, lesson_files
from lstm_from_scratch.cli import main

HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

"""
# Nine exercises of one lesson, each answered in its own way; the lesson brings its grader along.
ANSWERS = {
    "11.11": ("right", "answer = 42", "passed"),
    "11.12": ("raises", "answer = [][1]", "Your code stopped: IndexError: list index out of range"),
    "11.13": ("no Python", "answer = = 1", "Your code stopped: SyntaxError"),
    "11.14": ("deleted", None, 'The cell check("11.14", ...) did not run'),
    "11.15": ("for ever", "while True:\n    answer = 1", "did not end within 2 s"),
    "11.16": ("exits", "exit()", "ended the whole program"),
    "11.17": ("ends the process", "import os\nos._exit(1)", "ended the whole program"),
    "11.18": ("wrong", "answer = 41", "41 is one too small"),
    "11.19": ("right after all those", "answer = 42", "passed"),
}
GRADER = """
```{code-cell} ipython3
from lstm_from_scratch.classroom.check import NotYet, check, grader

for k in range(1, 10):
    @grader(f"11.1{k}")
    def grade(answer):
        if answer != 42:
            raise NotYet(f"{answer} is one too small")
```
"""


def cell(code):
    return f"```{{code-cell}} ipython3\n{code}\n```\n\n"


def test_bad_input_is_one_line(desk_of, tmp_path, refused):
    refused([3], "no lesson 3: there are 11")
    refused([11, "--json"], "--check")
    refused(["--check"], "melody lesson 5 --check")
    refused(["--check", 11], "melody lesson 5 --check")
    refused([11, "--check"], "11_tiny.md", "`melody lesson 11`")
    refused([11, "--check", tmp_path / "gone"], tmp_path / "gone", "no such file or folder")
    (tmp_path / "anna" / "my_lessons").mkdir()
    (tmp_path / "anna" / "my_lessons" / "11_tiny.md").write_bytes(b"\xff\xfe")
    refused([11, "--check"], "11_tiny.md", "not readable as a lesson")
    assert not (tmp_path / "anna" / "my_lessons" / "passed.json").exists()


def test_a_class_is_graded_to_the_end(desk_of, tmp_path, monkeypatch, capsys):
    for name in ("ben", "cleo", "dora", "emil"):
        (tmp_path / name / "my_lessons").mkdir(parents=True)
    (tmp_path / "ben" / "my_lessons" / "11_tiny.md").write_text("ben")
    (tmp_path / "cleo" / "11_tiny.ipynb").write_text("no notebook")
    for place in (tmp_path / "emil", tmp_path / "emil" / "my_lessons"):
        (place / "11_tiny.md").write_text("emil")
    (tmp_path / "fay_11.md").write_text("fay")
    yes, no = {"passed": True, "message": "Yes."}, {"passed": False, "message": "Hm."}

    def run(notebook, runs, seconds):
        return {"11.1": yes, "11.2": yes if notebook.cells[0].source == "fay" else no}, []

    monkeypatch.setattr(grading, "_run", run)
    places = [str(tmp_path / name) for name in ("anna", "ben", "cleo", "dora", "emil", "fay_11.md")]
    assert main(["lesson", "11", "--check", *places, "--json"]) == 1
    output = capsys.readouterr()
    graded = {each["student"]: each for each in json.loads(output.out)}
    assert list(graded) == ["anna", "ben", "cleo", "dora", "emil", "fay_11.md"]
    assert {name: each["passed"] for name, each in graded.items()} == dict(
        anna=0, ben=1, cleo=0, dora=0, emil=0, **{"fay_11.md": 2}
    )
    assert graded["ben"]["file"] == str(tmp_path / "ben" / "my_lessons" / "11_tiny.md")
    assert graded["ben"]["exercises"]["11.2"] == {"title": "The second", "passed": False, "message": "Hm."}
    for name, problem in (
        ("anna", "neither 11_tiny.md"),
        ("cleo", "not readable"),
        ("emil", "more than one copy"),
    ):
        assert problem in graded[name]["problems"][0] and graded[name]["file"] is None
    assert "1 of 2 passed" in output.err
    assert main(["lesson", "11", "--check", places[-1]]) == 0
    assert not list(tmp_path.rglob("passed.json")), "grading others leaves their folders as they are"


def test_grading_the_own_copy_is_kept(desk_of, tmp_path, monkeypatch, capsys):
    assert main(["lesson", "11"]) == 0
    folder = tmp_path / "anna" / "my_lessons"
    check.keep({"3.1": {"passed": True, "message": ""}, "11.1": {"passed": True, "message": "stale"}}, folder)
    done = {"11.2": {"passed": True, "message": "Yes."}}
    monkeypatch.setattr(grading, "_run", lambda notebook, runs, seconds: (dict(done), []))
    assert main(["lesson", "11", "--check"]) == 1
    assert "11.2 The second: passed. Yes." in capsys.readouterr().out
    kept = check.outcomes(folder)
    assert {name: found["passed"] for name, found in kept.items()} == {
        "11.1": False,
        "11.2": True,
        "3.1": True,
    }


@pytest.mark.lessons
def test_what_a_student_may_do_costs_that_exercise_alone(tmp_path):
    """Nine answers in one lesson, in a kernel."""
    text = HEAD + "# Lesson 11: Nine\n\n*20 minutes.*\n" + GRADER
    for name, (title, code, _) in ANSWERS.items():
        text += f"\n## Exercise {name}: {title}\n\n"
        text += "" if code is None else cell(code) + cell(f'check("{name}", answer)\ndel answer')
    text += cell("int('a trial of mine')") + "\n## The end\n\n" + cell("1 / 0")
    path = tmp_path / "11_nine.md"
    path.write_text(text, encoding="utf-8")
    graded = grading.grade(lesson_files.read_lesson(path), path, seconds=2)
    for name, (_, _, said) in ANSWERS.items():
        found = graded["exercises"][name]
        assert found["passed"] == (said == "passed"), found
        assert said == "passed" or said in found["message"], found
    trial, end = graded["problems"]
    assert trial.startswith("In 'right after all those': Your code stopped: ValueError")
    assert end == "In 'The end': Your code stopped: ZeroDivisionError: division by zero"
    assert (graded["passed"], graded["of"]) == (2, 9)
    assert list(tmp_path.iterdir()) == [path]
