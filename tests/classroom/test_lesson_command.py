"""`melody lesson`: the list, a student's own copy, JupyterLab, grading, and notebooks for Colab."""

import json
import os
import re
import signal
import subprocess
from importlib.util import find_spec

import nbformat
import pytest

from lstm_from_scratch.classroom import check, grading, lesson_files, student_copy
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
TINY = (
    HEAD
    + """# Lesson 11: Tiny

*20 minutes.*

## Exercise 11.1: The first

```{code-cell} ipython3
answer = 1
```

## Exercise 11.2: The second

A second one.
"""
)
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


@pytest.fixture
def desk_of(tmp_path, monkeypatch):
    """An empty folder to work in, one small lesson, and a JupyterLab that is never opened."""
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "11_tiny.md").write_text(TINY, encoding="utf-8")
    (tmp_path / "lessons" / "TEACHERS.md").write_text("no lesson", encoding="utf-8")
    (tmp_path / "anna").mkdir()
    monkeypatch.setattr(lesson_files, "FOLDER", tmp_path / "lessons")
    monkeypatch.setattr(student_copy, "_address", lambda: None)
    monkeypatch.chdir(tmp_path / "anna")
    opened = []
    monkeypatch.setattr(student_copy, "open_lab", lambda mine: opened.append(mine) or 0)
    return opened


@pytest.fixture
def refused(capsys):
    """A check that a command ends with status 2 and one line."""

    def check(arguments, *said):
        assert main(["lesson", *map(str, arguments)]) == 2
        output = capsys.readouterr()
        assert output.err.startswith("melody: ") and output.err.count("\n") == 1
        assert all(str(words) in output.err for words in said), output.err
        return output.out

    return check


def test_a_copy_is_made_opened_and_never_overwritten(desk_of, tmp_path, capsys):
    assert main(["lesson", "11"]) == 0
    mine = tmp_path / "anna" / "my_lessons" / "11_tiny.md"
    assert mine.read_text(encoding="utf-8") == TINY and "your own copy" in capsys.readouterr().out
    mine.write_text("my answers", encoding="utf-8")
    assert main(["lesson", "11"]) == 0
    assert mine.read_text(encoding="utf-8") == "my answers"
    said = capsys.readouterr().out
    assert "stays as it is" in said and "has changed" not in said
    (lesson_files.FOLDER / "11_tiny.md").write_text(TINY + "More.\n", encoding="utf-8")
    assert main(["lesson", "11"]) == 0
    assert mine.read_text(encoding="utf-8") == "my answers"
    assert "lesson 11 has changed since you began it" in capsys.readouterr().out
    assert [path.resolve() for path in desk_of] == [mine] * 3


@pytest.mark.parametrize("address", ["https://a.org/b/c.git", "https://a.org/b/c", None])
def test_a_copy_has_no_link_that_leads_nowhere(desk_of, tmp_path, monkeypatch, capsys, address):
    monkeypatch.setattr(student_copy, "_address", lambda: address)
    lesson = TINY + "See [the `README`](../README.md) and [`rnn.py`](../src/rnn.py).\n"
    (lesson_files.FOLDER / "11_tiny.md").write_text(lesson, encoding="utf-8")
    assert main(["lesson", "11"]) == main(["lesson", "11"]) == main(["lesson", "--export", "out"]) == 0
    files = "https://a.org/b/c/blob/HEAD"
    want = f"[the `README`]({files}/README.md) and [`rnn.py`]({files}/src/rnn.py)"
    want = f"See {want if address else '`README.md` and `src/rnn.py`'}"
    assert want in (tmp_path / "anna" / "my_lessons" / "11_tiny.md").read_text(encoding="utf-8")
    notebook = nbformat.read(tmp_path / "anna" / "out" / "11_tiny.ipynb", 4)
    assert want in "".join(cell.source for cell in notebook.cells)
    assert "has changed" not in capsys.readouterr().out


@pytest.mark.parametrize("address", ["https://a.org/b/c.git", None])
@pytest.mark.parametrize("lesson", lesson_files.lessons(), ids=lambda lesson: lesson.path.stem)
def test_no_link_of_a_lesson_needs_the_project_beside_it(lesson, address):
    text = student_copy.links_led_out(lesson.text, address)
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert not [to for to in re.findall(r"\]\(([^)\s]+)\)", prose) if not to.startswith(("https://", "#"))]
    assert lesson_files.CELL.findall(text) == lesson_files.CELL.findall(lesson.text)


def test_a_copy_given_another_name_makes_room_for_the_new_lesson(desk_of, tmp_path, capsys):
    assert main(["lesson", "11"]) == 0
    mine = tmp_path / "anna" / "my_lessons" / "11_tiny.md"
    mine.rename(mine.with_name("11_old.md"))
    (lesson_files.FOLDER / "11_tiny.md").write_text(TINY + "More.\n", encoding="utf-8")
    assert main(["lesson", "11"]) == main(["lesson", "11"]) == 0
    assert mine.read_text(encoding="utf-8") == TINY + "More.\n"
    assert "has changed" not in capsys.readouterr().out


def test_inside_my_lessons_no_second_folder_is_made(desk_of, tmp_path, monkeypatch):
    (tmp_path / "my_lessons").mkdir()
    monkeypatch.chdir(tmp_path / "my_lessons")
    assert main(["lesson", "11"]) == 0
    assert (tmp_path / "my_lessons" / "11_tiny.md").is_file()
    assert not (tmp_path / "my_lessons" / "my_lessons").exists()


@pytest.mark.parametrize("damaged", [None, "{", "[]", '{"11.1": 3}', '{"11.1": {}, "11.2": "passed"}'])
def test_the_list_says_what_has_been_passed(desk_of, tmp_path, capsys, damaged):
    folder = tmp_path / "anna" / "my_lessons"
    assert main(["lesson"]) == 0
    assert capsys.readouterr().out == "11  Tiny  20 min\nnext: melody lesson 11\n"
    assert not folder.exists()
    assert main(["lesson", "11"]) == 0
    if damaged is not None:
        (folder / "passed.json").write_text(damaged, encoding="utf-8")
    capsys.readouterr()
    for passed, state in ((None, "0 of 2"), (False, "0 of 2"), (True, "1 of 2")):
        if passed is not None:
            check.keep({"11.2": {"passed": passed, "message": ""}}, folder)
        assert main(["lesson"]) == 0
        assert capsys.readouterr().out == f"11  Tiny  20 min  {state} passed\nnext: melody lesson 11\n"
    check.keep({"11.1": {"passed": True, "message": ""}}, folder)
    assert main(["lesson"]) == 0
    assert capsys.readouterr().out == "11  Tiny  20 min  2 of 2 passed\nYou have passed them all.\n"


def test_without_jupyterlab_the_copy_is_made_all_the_same(desk_of, tmp_path, monkeypatch, refused):
    monkeypatch.undo()
    monkeypatch.setattr(lesson_files, "FOLDER", tmp_path / "lessons")
    monkeypatch.setattr(student_copy, "_address", lambda: None)
    monkeypatch.chdir(tmp_path / "anna")
    monkeypatch.setattr(
        student_copy, "find_spec", lambda name: None if name == "jupyterlab" else find_spec(name)
    )
    monkeypatch.setattr(subprocess, "Popen", None)
    out = refused([11], "not installed: jupyterlab", "-m pip install jupyterlab")
    assert "your own copy" in out
    assert (tmp_path / "anna" / "my_lessons" / "11_tiny.md").is_file()


def test_jupyterlab_is_told_the_lesson_and_the_setting(tmp_path, monkeypatch):
    """That the setting opens .md files as notebooks was tried in a browser; here, that it is passed on."""
    calls = []

    class Server:
        def __init__(self, command, **options):
            calls.append((command, options))

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def wait(self):
            signal.raise_signal(signal.SIGINT)  # Ctrl-C, which the server hears by itself
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGTERM)  # which it does not
            return 0

        def send_signal(self, number):
            calls.append(number)

    monkeypatch.setattr(student_copy, "need", lambda *_: None)
    monkeypatch.setattr(subprocess, "Popen", Server)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    assert student_copy.open_lab(tmp_path / "11_tiny.md") == 0
    command, options = calls[0]
    assert calls[1:] == [signal.SIGTERM]
    assert command[3].endswith("/lab/tree/11_tiny.md") and options["cwd"] == tmp_path
    assert ("--allow-root" in command) == (hasattr(os, "geteuid") and os.geteuid() == 0)
    assert options["env"]["JUPYTER_CONFIG_PATH"].split(student_copy.os.pathsep) == [
        str(student_copy.SETTINGS),
        "mine",
    ]
    assert options["env"]["MELODY_LESSONS_HOME"] == str(tmp_path)
    (settings,) = student_copy.SETTINGS.rglob("*.json")
    viewers = json.loads(settings.read_text())["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]
    assert viewers["markdown"] == "Jupytext Notebook"


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


def test_export_for_colab(desk_of, tmp_path, monkeypatch, capsys, refused):
    address = "https://example.org/a.git"
    monkeypatch.setattr(student_copy, "_address", lambda: address)
    assert main(["lesson", "--export", "out"]) == 0
    path = tmp_path / "anna" / "out" / "11_tiny.ipynb"
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert f'%pip install -q "git+{address}"' in first.source
    assert capsys.readouterr().out == "out/11_tiny.ipynb\n".replace("/", student_copy.os.sep)
    path.write_text("answers")
    refused(["--export", "out"], "11_tiny.ipynb", "there already")
    assert path.read_text() == "answers"
    monkeypatch.setattr(student_copy, "_address", lambda: None)
    assert main(["lesson", "11", "--export", "other"]) == 0
    assert student_copy.NO_ADDRESS in capsys.readouterr().out


@pytest.mark.parametrize(
    ("origin", "address"),
    [
        ("https://a.org/b/c.git", "https://a.org/b/c.git"),
        ("https://me:secret@a.org/b/c", "https://a.org/b/c"),
        ("git@a.org:b/c.git", "https://a.org/b/c.git"),
        ("ssh://git@a.org/b/c.git", "https://a.org/b/c.git"),
        ("/srv/c", None),
        (None, None),
    ],
)
def test_the_address_has_no_password(tmp_path, monkeypatch, origin, address):
    monkeypatch.setattr(student_copy, "FOLDER", tmp_path / "lessons")
    assert student_copy._address() is None
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    if origin:
        subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", origin], check=True)
    assert student_copy._address() == address


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
        ("anna", "no 11_tiny.md"),
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
