"""The page of composed melodies shows them all, and leaves what is not its own alone."""

import json
import re

from lstm_from_scratch.cli import main
from lstm_from_scratch.page.composed import PAGE, composed_melodies


def melodies_of(page):
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text("utf-8"))[1]
    return json.loads(data)["melodies"]


def test_compose_writes_a_page_with_its_melodies(best, tmp_path, capsys):
    out = tmp_path / "out"
    command = ["compose", "--model", str(best), "--out", str(out), "--steps", "20", "--primer", "60 _ 62 _"]
    assert main([*command, "--temperature", "0.5", "1", "--seed", "1"]) == 0
    assert (out / PAGE).resolve().as_uri() in capsys.readouterr().out
    first = melodies_of(out / PAGE)
    assert [melody["title"] for melody in first] == ["T0.5_1", "T1_1"]
    for melody in first:
        assert len(melody["symbols"]) == 20 and melody["symbols"][:4] == ["60", "_", "62", "_"]
        assert melody["own"] == 4
    assert main([*command, "--seed", "2"]) == 0
    assert len(melodies_of(out / PAGE)) == 3  # the page shows the folder


def test_a_page_of_somebody_elses_stays(best, tmp_path):
    (tmp_path / PAGE).write_text("my own")
    assert main(["compose", "--model", str(best), "--out", str(tmp_path), "--steps", "8"]) == 0
    assert (tmp_path / PAGE).read_text() == "my own"


def test_a_file_that_is_no_table_is_passed_over(tmp_path):
    for number, text in enumerate(("{", "[]", '{"primer": 1, "melodies": []}', '{"primer": null}')):
        (tmp_path / f"compositions_{number}.json").write_text(text)
    table = {
        "primer": "gone.krn",
        "melodies": [{"name": "a", "symbols": ["60"]}, {"name": "b", "symbols": ["60"] * 600}],
    }
    (tmp_path / "compositions.json").write_text(json.dumps(table))
    assert [melody.title for melody in composed_melodies(tmp_path)] == ["a"]
