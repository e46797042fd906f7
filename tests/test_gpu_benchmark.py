"""benchmarks/gpu.py, as far as it goes without a GPU: every line of it runs on the stand-in, and can fail."""

import subprocess
import sys
from pathlib import Path

from lstm_from_scratch.network.kernels import SOURCE

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "gpu.py"


def run(*arguments, before=""):
    """The script, after some lines of Python; warnings are errors here too."""
    code = f"import runpy, sys\n{before}\nsys.argv = ['gpu.py', *{list(arguments)}]\n"
    code += (
        f"sys.path.insert(0, {str(SCRIPT.parent)!r})\nrunpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    )
    return subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)


def test_a_dry_run(sound_kernels, tmp_path):
    done = run("--dry-run", "--out", str(tmp_path / "gpu.md"))
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "gpu.md").read_text()
    assert done.stdout == page and "its times mean nothing" in page and "Stand-in" in page
    assert page.count("| yes |") == 10 and "**NO**" not in page
    for path in ("plain", "fused", "whole step"):
        assert f"| LSTM, float32, {path}: largest error |" in page
    assert "training loss on both devices, 20 steps" in page and page.count("| tiny 5 7 3 4 |") == 2


def test_a_wrong_kernel_and_no_torch(sound_kernels, tmp_path):
    wrong = SOURCE.read_text().replace("z[0] = d * g * i * (1 - i);", "z[0] = d * g * i;")
    (tmp_path / "kernels.cu").write_text(wrong.replace("t + 1 < T && k0", "t + 1 < T, k0"))
    before = "sys.modules['torch'] = None\nfrom lstm_from_scratch.network import kernels\n"
    before += f"kernels.SOURCE = type(kernels.SOURCE)({str(tmp_path / 'kernels.cu')!r})"
    done = run("--dry-run", before=before)
    assert done.returncode == 1, done.stderr
    checks = {line.split(" | ")[0][2:]: line for line in done.stdout.splitlines() if line.startswith("| ")}
    for path, right in (("plain", True), ("fused", False), ("whole step", False)):
        assert ("**NO**" in checks[f"LSTM, float32, {path}: largest error"]) != right
    assert "**NO**" in checks["training loss on both devices, 20 steps: apart by"]
    assert "no torch" in done.stdout


def test_without_a_gpu_it_says_so():
    done = run(before="sys.modules['cupy'] = sys.modules['torch'] = None")
    assert done.returncode == 2 and done.stdout == ""
    assert "no GPU can be used: CuPy is not installed" in done.stderr and "Traceback" not in done.stderr
