"""`melody lesson`: the list, a student's own copy, JupyterLab, and notebooks for Colab."""

import json
import os
import re
import signal
import subprocess
from importlib.util import find_spec

import nbformat
import pytest

from lstm_from_scratch.classroom import check, lesson_files, student_copy
from lstm_from_scratch.cli import main


def test_a_copy_is_made_opened_and_never_overwritten(tiny, desk_of, tmp_path, capsys):
    assert main(["lesson", "11"]) == 0
    mine = tmp_path / "anna" / "my_lessons" / "11_tiny.md"
    assert mine.read_text(encoding="utf-8") == tiny and "your own copy" in capsys.readouterr().out
    mine.write_text("my answers", encoding="utf-8")
    assert main(["lesson", "11"]) == 0
    assert mine.read_text(encoding="utf-8") == "my answers"
    said = capsys.readouterr().out
    assert "stays as it is" in said and "has changed" not in said
    (lesson_files.FOLDER / "11_tiny.md").write_text(tiny + "More.\n", encoding="utf-8")
    assert main(["lesson", "11"]) == 0
    assert mine.read_text(encoding="utf-8") == "my answers"
    assert "lesson 11 has changed since you began it" in capsys.readouterr().out
    assert [path.resolve() for path in desk_of] == [mine] * 3


@pytest.mark.parametrize("address", ["https://a.org/b/c.git", "https://a.org/b/c", None])
def test_a_copy_has_no_link_that_leads_nowhere(tiny, desk_of, tmp_path, monkeypatch, capsys, address):
    monkeypatch.setattr(student_copy, "_address", lambda: address)
    lesson = tiny + "See [the `README`](../README.md) and [`rnn.py`](../src/rnn.py).\n"
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


def test_a_copy_given_another_name_makes_room_for_the_new_lesson(tiny, desk_of, tmp_path, capsys):
    assert main(["lesson", "11"]) == 0
    mine = tmp_path / "anna" / "my_lessons" / "11_tiny.md"
    mine.rename(mine.with_name("11_old.md"))
    (lesson_files.FOLDER / "11_tiny.md").write_text(tiny + "More.\n", encoding="utf-8")
    assert main(["lesson", "11"]) == main(["lesson", "11"]) == 0
    assert mine.read_text(encoding="utf-8") == tiny + "More.\n"
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


@pytest.fixture
def renumbered(desk_of, tmp_path, tiny):
    """A student who began when lesson 11 was lesson 10: a copy, and an outcome without a title."""
    mine = tmp_path / "anna" / "my_lessons"
    mine.mkdir()
    (mine / "10_tiny.md").write_text(tiny.replace("Lesson 11", "Lesson 10"), encoding="utf-8")
    return mine


def test_a_copy_from_before_a_renumbering_is_found_by_its_title(renumbered, tiny, capsys):
    assert main(["lesson", "11"]) == 0
    assert f"when it had another number is in {renumbered.name}" in capsys.readouterr().out.replace("\\", "/")
    assert (renumbered / "11_tiny.md").read_text(encoding="utf-8") == tiny
    assert (renumbered / "10_tiny.md").is_file()
    assert main(["lesson"]) == 0
    assert "0 of 2 passed" in capsys.readouterr().out


def test_a_lesson_that_was_a_part_of_another_finds_the_copy_of_that(renumbered, tiny, monkeypatch, capsys):
    old = tiny.replace("Lesson 11: Tiny", "Lesson 12: Faster, then honest")
    (renumbered / "12_faster_then_honest.md").write_text(old, encoding="utf-8")
    new = tiny.replace("Lesson 11: Tiny", "Lesson 11: Faster")
    (lesson_files.FOLDER / "11_tiny.md").write_text(new, encoding="utf-8")
    assert main(["lesson", "11"]) == 0
    assert "12_faster_then_honest.md" in capsys.readouterr().out


def test_outcomes_from_before_a_renumbering_are_those_of_the_same_title(renumbered, monkeypatch, capsys):
    monkeypatch.setattr(check, "BEFORE", {"10.1": "The first"})
    old = {"10.1": {"passed": True, "message": ""}, "3.1": {"passed": True, "message": ""}}
    (renumbered / "passed.json").write_text(json.dumps(old), encoding="utf-8")
    assert check.outcomes(renumbered).keys() == {"11.1", "3.1"}
    assert main(["lesson"]) == 0
    assert "1 of 2 passed" in capsys.readouterr().out
    check.keep({"11.2": {"passed": False, "message": ""}}, renumbered)
    kept = json.loads((renumbered / "passed.json").read_text(encoding="utf-8"))
    assert {name: each["title"] for name, each in kept.items()} == {
        "11.1": "The first",
        "11.2": "The second",
        "3.1": "",
    }


def test_every_exercise_of_before_has_its_place_now():
    now = {title for lesson in lesson_files.lessons() for title in lesson.exercises.values()}
    assert set(check.BEFORE.values()) <= now
