"""One seed, one machine, one thread count: the same bytes, from one process to the next."""

import json
import os
import subprocess
import sys

from lstm_from_scratch.model.checkpoint import read_checkpoint

BOTH = """
import sys
from lstm_from_scratch.cli import main
status = main(["train", "--corpus", sys.argv[1], "--preset", "smoke", "--units", "8", "--epochs", "2",
               "--seed", "5", "--device", "cpu", "--out", "model"])
sys.exit(status or main(["compose", "--model", "model/best.npz", "--temperature", "0", "0.8", "--steps", "32",
                         "--seed", "5", "--out", "melodies"]))
"""


def test_two_processes_write_the_same_bytes(runs, tmp_path):
    found = []
    for number in ("1", "2"):  # two different orders of sets, too
        folder = tmp_path / number
        folder.mkdir()
        env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": number}
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [os.getcwd(), env.get("PYTHONPATH")]))  # noqa: PTH109
        command = [sys.executable, "-c", BOTH, str(runs / "corpus")]
        subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        found.append({p.relative_to(folder): p.read_bytes() for p in files})
    assert found[0].keys() == found[1].keys() and {p.suffix for p in found[0]} >= {".npz", ".krn", ".mid"}
    assert [p for p, data in found[0].items() if data != found[1][p]] == []
    told = json.loads((tmp_path / "1" / "melodies" / "compositions.json").read_text())
    for about in (told["trained"], read_checkpoint(tmp_path / "1" / "model" / "last.npz")[1]["about"]):
        assert about["seed"] == 5 and about["recipe"]["units"] == 8
    assert told["seed"] == 5 and told["tempo"] == 120
    assert "seed 5" in (tmp_path / "1" / "melodies" / "T0.8_1.krn").read_text()
