"""RESULTS.md, the README and lesson 17 say what benchmarks/results/*.json hold, and the figures are there."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def results(monkeypatch):
    """benchmarks/results.py, whose neighbours it imports."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import results

    yield results
    for name in ("results", "sections", "rivals", "tables", "claims", "studies"):
        sys.modules.pop(name, None)


def test_the_pages_say_what_the_results_hold(results):
    for path, text in results.pages(results.load()).items():
        assert path.read_text(encoding="utf-8") == text, "python benchmarks/results.py writes it anew"


def test_another_number_would_be_seen(results):
    found = results.load()
    before = results.render(found)
    found["fast-erk"]["test"]["network"]["nats_per_symbol"] += 0.01
    assert results.render(found) != before


def test_the_counting_bound_is_told_once_it_is_measured(results):
    found = results.load()
    found.pop("counting_bound", None)
    assert "has\n  not been run" in results.render(found)
    test = found["fast-erk"]["test"]
    measured = test["kneser-ney"] | {"nats_per_symbol": 0.4321, "over": test["network"]["over"]}
    found["counting_bound"] = {**found["fast-erk"], "features": 777, "validation": 0.4, "test": measured}
    text = results.render(found)
    assert "777 features" in text and "0.432 nats a symbol" in text and "| counting bound | 0.432 (" in text
    assert "not been run" not in text


def test_its_figures_are_there_and_small():
    links = re.findall(r"\]\(([^)]+\.svg)\)", (ROOT / "RESULTS.md").read_text(encoding="utf-8"))
    assert len(links) >= 8
    for link in links:
        assert (ROOT / link).stat().st_size < 100_000, link


def test_no_result_names_a_machine_or_a_song():
    for path in (ROOT / "benchmarks" / "results").glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(^|[\s\"'=])/(home|root|work|tmp|Users)/", text), path
        assert ".krn" not in text, path
