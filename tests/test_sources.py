"""Every source that a docstring names is in the README's list, and every one there is named."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TAG = re.compile(r"\b([A-Z][A-Za-z]*\d{2}|lowbias32)\b")


def test_the_tags_of_the_docstrings_and_of_the_readme_are_the_same():
    listed = set(re.findall(r"^\| \[([^\]]+)\] \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.M))
    named = set()
    for path in (ROOT / "lstm_from_scratch").rglob("*.py"):
        for brackets in re.findall(r"\[([^\]\n]+)\]", path.read_text(encoding="utf-8")):
            if TAG.match(brackets):
                named |= set(TAG.findall(brackets))
    assert len(listed) > 20
    assert named - listed == set(), "not in README.md"
    assert listed - named - {"P"} == set(), "named by no docstring"
