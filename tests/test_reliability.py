"""RELIABILITY.md names a test for each promise, and each of them exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROWS = [
    line.split(" | ")
    for line in (ROOT / "RELIABILITY.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| Promise")
]


def test_each_promise_has_a_test_of_that_name():
    assert len(ROWS) > 20
    for promise, tests, *_ in ROWS:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", tests)
        assert named, promise
        for path, name in named:
            assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), name


def test_its_figures_have_a_date_and_a_machine():
    text = (ROOT / "RELIABILITY.md").read_text(encoding="utf-8")
    assert re.search(r"on 20\d\d-\d\d-\d\d, on two\ncores of an", text)
