"""Every lesson as text, and run twice: with its stubs and with its solutions."""

import importlib.util
import json
import re
import time
from pathlib import Path

import pytest

from lstm_from_scratch.classroom import check, lesson_files
from lstm_from_scratch.classroom.graders import published

LESSONS = lesson_files.lessons()
NAMES = [lesson.path.stem for lesson in LESSONS]
SECONDS = 60  # of processor time that a lesson may take
ALL_SECONDS = 700  # and all of them, with stubs and with solutions


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """One folder for all, so that the songs are prepared once; one thread: those that wait count too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        yield tmp_path_factory.mktemp("my_lessons")


@pytest.fixture(scope="session")
def spent():
    """Seconds of processor time that each run took."""
    return {}


def processor_seconds():
    """What all ended kernels took; the clock shows three times as much where other work goes on."""
    try:
        import resource
    except ImportError:  # Windows: the limits are kept where it can be measured
        return 0.0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def printed(notebook, stream):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return "".join(output.text for output in outputs if output.get("name") == stream)


@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_has_all_parts(lesson):
    number = lesson.number
    assert lesson.path.stem.startswith(f"{number:02}_")
    assert 20 <= lesson.minutes <= 45
    assert len(lesson.exercises) >= 2
    assert all(name.startswith(f"{number}.") for name in lesson.exercises)
    objectives = re.search(r"After this lesson you can\n\n((?:- .+\n(?:  .+\n)*){2,4})\n", lesson.text)
    assert objectives, "want 'After this lesson you can' and two to four objectives"
    assert re.search(r"You need", lesson.text)
    assert re.search(r"\*\*Predict", lesson.text), "want something to predict"
    for name in lesson.exercises:
        assert f'check("{name}"' in lesson.text
    lesson_files.solved(lesson.text)


def without_code(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def words(text):
    """Those of the prose, its folds left out; a formula in a line counts as a word."""
    text = re.sub(
        r"<details>.*?</details>|\A---.*?^---$|\$\$.*?\$\$", " ", without_code(text), flags=re.M | re.S
    )
    text = re.sub(r"\]\([^)]*\)", "]", re.sub(r"\$[^$]+\$", "x", text))
    return [word for word in text.split() if re.search(r"\w", word)]


@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_is_as_long_as_its_minutes_can_hold(lesson):
    assert len(words(lesson.text)) <= 1800
    lines = [
        line for cell in lesson_files.CELL.findall(lesson.text) for line in cell.splitlines() if line.strip()
    ]
    assert len(lines) <= 135


@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_no_answer_stands_open(lesson):
    """From an exercise on: no line of its solution outside its fold, no piece of its code in a sentence."""
    before, *sections = re.split(r"(?=^## Exercise )", lesson.text, flags=re.MULTILINE)
    for k, section in enumerate(sections):
        (solution,) = lesson_files.SOLUTION.findall(section)
        shown = before + "".join(
            cell for cell in lesson_files.CELL.findall(section) if lesson_files.STUB in cell
        )
        after = re.sub(r"<details>.*?</details>", "", "".join(sections[k:]), flags=re.S)
        lines = {squeezed(line) for line in solution.splitlines()}
        lines -= {squeezed(line) for line in shown.splitlines()}
        opened = lines & {squeezed(line) for line in after.splitlines()}
        opened = {line for line in opened if not line.startswith(("for", "if", "return"))}
        assert not [line for line in opened if len(line) > 14]
        below = without_code(section.partition("</details>")[2])
        spoken = [squeezed(code) for code in re.findall(r"`([^`\n]+)`", below)]
        assert not [code for code in spoken if len(code) > 8 and code in squeezed(solution)]
        before += section


def squeezed(code):
    return re.sub(r"\s+", "", code.partition("#")[0])


def test_the_program_of_the_review_is_the_one_that_is_graded():
    (text,) = (lesson.text for lesson in LESSONS if lesson.title.startswith("The hunt"))
    assert f"```python\n{published.PROGRAM}```" in text


@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_links_lead_somewhere(lesson):
    for target in re.findall(r"\]\(([^)\s]+)\)", lesson.text):
        if not target.startswith(("http://", "https://", "#")):
            assert (lesson.path.parent / target.partition("#")[0]).exists(), target


@pytest.mark.lessons
@pytest.mark.parametrize("solved", [False, True], ids=["stubs", "solutions"])
@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_runs(lesson, solved, home, spent):
    (home / "passed.json").unlink(missing_ok=True)
    start, before = time.monotonic(), processor_seconds()
    notebook = lesson_files.run(lesson_files.solved(lesson.text) if solved else lesson.text, home)
    took, used = time.monotonic() - start, processor_seconds() - before
    spent[lesson.number, solved] = used
    outcomes = json.loads((home / "passed.json").read_text(encoding="utf-8"))
    assert set(outcomes) == set(lesson.exercises)
    for name, found in outcomes.items():
        assert found["passed"] == solved, f"{name}: {found['message']}"
        assert solved or "NotImplementedError" in found["message"]
    assert not printed(notebook, "stderr")
    kind = "solved" if solved else "stubs"
    print(f"{lesson.path.stem} {kind}: {used:.1f} s of processor time, {took:.1f} s by the clock")
    assert used <= SECONDS


@pytest.mark.lessons
def test_all_together_take_twelve_minutes_at_most(spent):
    print(f"{len(spent)} runs took {sum(spent.values()):.0f} s of processor time")
    assert sum(spent.values()) <= ALL_SECONDS


def wrong_answers():
    for path in sorted((Path(__file__).parent / "wrong").glob("lesson_*.py")):
        spec = importlib.util.spec_from_file_location(f"wrong_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield from module.WRONG.items()


WRONG = dict(wrong_answers())


@pytest.mark.parametrize("name", [name for lesson in LESSONS for name in lesson.exercises])
def test_wrong_answers_are_told_apart(name):
    """The three wrong answers that students give most, or more, each with a message of its own."""
    found = [check.outcome(name, answer) for answer in WRONG[name]]
    assert len(found) >= 3
    messages = [message for _, message in found]
    assert not any(passed for passed, _ in found), messages
    assert len(set(messages)) == len(messages), messages
    assert not any(message.startswith("Your code stopped") for message in messages), messages


def test_lesson_4_speaks_of_nothing_that_comes_later():
    """The hints of a gradient check in general are of gates and steps: lessons 6 to 8."""
    messages = [check.outcome("4.2", answer)[1] for answer in WRONG["4.2"]]
    assert not any(re.search(r"gate|step|g\^2|s \(1 - s\)", message) for message in messages), messages


def test_a_result_in_the_place_of_the_function_is_told():
    passed, message = check.outcome("1.1", 1.5)
    assert not passed and message == (
        "The check needs the function, its name without brackets; it was given its result, of type float."
    )


@pytest.mark.parametrize("name", ["5.9", "99.1", "5", "five"])
def test_an_exercise_that_is_not_there_is_no_wrong_answer(name, tmp_path, monkeypatch):
    monkeypatch.setenv("MELODY_LESSONS_HOME", str(tmp_path))
    with pytest.raises(ValueError, match=f"no exercise '{name}'"):
        check.check(name, lambda: None)
    assert not list(tmp_path.iterdir())
