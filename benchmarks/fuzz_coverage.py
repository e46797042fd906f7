"""Kern and ABC texts that atheris grows towards code not yet reached; the checks are those of `fuzz.py`.

    pip install atheris
    python benchmarks/fuzz_coverage.py kern|abc [-runs=100000 -seed=1 -max_len=4096 -timeout=5]

It ends with an error at the first text that is neither refused as documented nor survives its round trip.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["lstm_from_scratch.music"]):
    import fuzz

TARGETS = {"kern": fuzz.kern, "abc": fuzz.abc}
DEFAULTS = ["-runs=100000", "-seed=1", "-max_len=4096", "-timeout=5"]


def main() -> None:
    target, *options = sys.argv[1:]
    check = TARGETS[target]
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(fuzz.seeds(target)[:500]):
            (Path(folder) / str(number)).write_bytes(text.encode("utf-8", "surrogateescape"))
        atheris.Setup(
            [sys.argv[0], *(options or DEFAULTS), folder],
            lambda data: check(data.decode("utf-8", "surrogateescape")),
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
