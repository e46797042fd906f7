"""What reaches the terminal is printable, whatever names, titles and checkpoints hold."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_from_scratch import cli
from lstm_from_scratch.cli import main
from lstm_from_scratch.terminal import printable, quoted

ESCAPE = "\x1b]0;title\x07\x1b[31m"


@given(st.text())
def test_any_text_is_one_line_without_a_control(text):
    found = printable(text)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029\u202e\u200b" for c in found)
    assert printable(found) == found
    found.encode("utf-8")


def test_ordinary_text_stays_as_it_is():
    for text in ("Märchen – “Ü”", "古い歌", "e\u0301", "🎵", "a\u00a0b", ""):
        assert printable(text) == text
    assert printable("a\tb\n") == "a\\tb\\n" and printable("\x1b[2J") == "\\x1b[2J"


def no_escape(capsys):
    output = capsys.readouterr()
    assert "\x1b" not in output.out + output.err and "\x07" not in output.out + output.err
    return output.out + output.err


@pytest.mark.skipif(os.name == "nt", reason="file names of POSIX")
def test_names_of_files_and_folders(best, corpus_folder, tmp_path, tunes, capsys):
    songs = tmp_path / f"songs{ESCAPE}\n"
    songs.mkdir()
    for path in tunes:
        shutil.copy(path, songs / f"{ESCAPE}{path.name}")
    (songs / f"bad{ESCAPE}\n.krn").write_text("**kern\n4c 4e\n*-\n")
    out = tmp_path / f"out{ESCAPE}"
    assert main(["prepare", str(songs), "--out", str(out)]) == 0
    assert "\\x1b[31m" in no_escape(capsys)
    assert main(["prepare", str(songs / "gone\x1b[31m")]) == 2
    no_escape(capsys)
    model = tmp_path / f"m{ESCAPE}.npz"
    shutil.copy(best, model)
    for arguments in (
        ["compose", "--model", str(model), "--steps", "4", "--out", str(tmp_path / f"o{ESCAPE}")],
        ["compose", "--model", str(model), "--primer", ESCAPE],
        ["compose", "--model", str(model), "--primer", f"{ESCAPE}.krn"],
        ["train", "--corpus", str(out), "--out", str(songs)],
        ["evaluate", "--model", str(model), "--corpus", f"gone{ESCAPE}"],
    ):
        main(arguments)
        no_escape(capsys)


@pytest.mark.parametrize(
    "arguments", [["dance\x1b[31m"], ["--\x1b[31m"], ["doctor", "\x1b[31m"], ["compose", "--count", "\x1b"]]
)
def test_what_argparse_says(arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    no_escape(capsys)


def test_titles_of_songs(tmp_path, tunes, best, capsys):
    path = tmp_path / "a.krn"
    path.write_text(f"!!!OTL: A title{ESCAPE}\n" + tunes[0].read_text(encoding="utf-8"), encoding="utf-8")
    main(["compose", "--model", str(best), "--primer", str(path), "--out", str(tmp_path / "o")])
    no_escape(capsys)


@pytest.mark.parametrize(
    ("environment", "status"),
    [
        ({"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, 0),
        ({"TERM": "dumb"}, 0),
        ({"HOME": None}, 0),
        ({"HOME": "/nonexistent"}, 0),
        ({"MPLBACKEND": "bogus"}, 0),
        ({"OPENBLAS_NUM_THREADS": "abc"}, 0),
        ({"PYTHONIOENCODING": "ascii"}, 0),
        ({"MELODY_SONGS": "/dev/null"}, 2),
    ],
    ids=str,
)  # fmt: skip
def test_a_strange_environment(environment, status, tmp_path):
    """A collection is prepared all the same, or refused in one line."""
    settings = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONWARNINGS": "error"}
    settings |= {"MELODY_SONGS": str(tmp_path / "songs")} | environment
    settings = {k: v for k, v in settings.items() if v is not None}
    command = [sys.executable, "-m", "lstm_from_scratch", "prepare", "--collection", "test", "--out", "c"]
    done = subprocess.run(
        command, cwd=tmp_path, env=settings, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == status and "Traceback" not in done.stderr, done.stderr
    if status:
        assert done.stderr.count("\n") == 1 and "/dev/null" in done.stderr
    else:
        assert (tmp_path / "c" / "corpus.npz").is_file()


DEMO = """
import sys
from pathlib import Path
from lstm_from_scratch import cli, commands
def prepared(options):
    from lstm_from_scratch.corpus import prepare
    from lstm_from_scratch.page import demo
    demo.DEMO_RECIPE = demo.replace(demo.DEMO_RECIPE, units=4)
    return prepare(sorted(Path(sys.argv[1]).glob("*.krn")))[0]
commands._prepared = prepared
sys.exit(cli.main(["demo", "--steps", "8"]))
"""


def test_a_demo_in_a_strange_environment_ends_with_its_page(tmp_path, tunes):
    """A backend that does not exist, a matplotlibrc that wants LaTeX, no home, no terminal worth the name."""
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nsavefig.format: pdf\nsvg.fonttype: path\n")
    settings = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "MPLBACKEND": "bogus"}
    settings |= {"TERM": "dumb", "LANG": "C", "LC_ALL": "C", "OPENBLAS_NUM_THREADS": "abc", "PYTHONUTF8": "0"}
    settings.pop("HOME", None)
    command = [sys.executable, "-c", DEMO, str(tunes[0].parent)]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=settings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "runs" / "demo" / "index.html").is_file()
    assert "font-family" in (tmp_path / "runs" / "demo" / "curves.svg").read_text(encoding="utf-8")


def test_a_demo_that_cannot_write_its_page_fails_before_it_trains(monkeypatch, tmp_path, capsys):
    from lstm_from_scratch.page import demo

    def fail(name):
        raise ImportError(f"No module named '{name}'")

    monkeypatch.setattr(demo, "import_module", fail)
    assert main(["demo", "--out", str(tmp_path / "demo")]) == 2
    assert not (tmp_path / "demo").exists()
    assert capsys.readouterr().err == "melody: No module named 'matplotlib.figure'\n"


def test_a_suggestion_can_be_pasted():
    assert quoted("runs/corpus") == "runs/corpus"
    assert cli.__doc__
