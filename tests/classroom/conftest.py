"""A student's desk: an empty folder, one small lesson, and a JupyterLab that is never opened."""

import pytest

from lstm_from_scratch.classroom import lesson_files, student_copy
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


@pytest.fixture
def tiny():
    """The text of the small lesson."""
    return TINY


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
