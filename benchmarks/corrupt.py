"""Corrupt a checkpoint at random, and see that none is read as if it were whole.

    python benchmarks/corrupt.py [--files 10000] [--seed 0]

A corrupted file must be refused with a CheckpointError, or give the very arrays and header that were
written: some bytes of an archive, such as a member's date, carry nothing.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np

from lstm_from_scratch.corpus import prepare
from lstm_from_scratch.model.checkpoint import CheckpointError, read_checkpoint
from lstm_from_scratch.training.loop import train
from lstm_from_scratch.training.recipe import Recipe

TUNES = sorted((Path(__file__).parents[1] / "data" / "tunes").glob("*.krn"))


def checkpoints(folder: Path) -> tuple[bytes, bytes]:
    """Two of the same shapes: runs of different seeds."""
    corpus, _ = prepare(TUNES)
    recipe = Recipe(objective="stream", units=6, batch=4, length=16, steps=4, validate_every=2)
    for seed in (0, 1):
        train(corpus, recipe, folder / str(seed), seed)
    return tuple((folder / str(seed) / "last.npz").read_bytes() for seed in (0, 1))


def flip(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """One to eight bits."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def directory(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Bytes of the archive's directory: names, sizes, places, checksums."""
    changed, start = bytearray(data), data.index(b"PK\x01\x02")
    for _ in range(rng.randint(1, 4)):
        changed[rng.randrange(start, len(changed))] = rng.choice((0, 1, 255, rng.randrange(256)))
    return bytes(changed)


def truncate(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """The beginning, or the beginning and the end."""
    cut = rng.randrange(len(data))
    return data[:cut] + data[rng.randrange(cut, len(data)) + 1 :] * rng.randrange(2)


def splice(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """A stretch replaced by one from the other file, zeros, noise or itself from elsewhere."""
    length = min(rng.choice((1, 16, 512, 4096)), len(data) // 2)
    at, start = rng.randrange(len(data) - length), rng.randrange(len(data) - length)
    new = rng.choice((other[at : at + length], bytes(length), rng.randbytes(length), data[start:][:length]))
    return data[:at] + new + data[at + rng.choice((0, length)) :]


def swap(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Two members exchanged, one taken from the other file, left out, or doubled: a valid archive."""
    members, others = (members_of(d) for d in (data, other))
    a, b = rng.sample([k for k, (_, content) in enumerate(members)], 2)
    kind = rng.randrange(4)
    if kind == 0:
        (first, x), (second, y) = members[a], members[b]
        members[a], members[b] = (first, y), (second, x)
    elif kind == 1:
        members[a] = others[a]
    elif kind == 2:
        del members[a]
    else:
        members.append((f"extra{a}.npy", members[a][1]))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def members_of(data: bytes) -> list[tuple[str, bytes]]:
    """Names and contents."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def trial(folder: Path, files: int, seed: int) -> Counter[str]:
    """How many corrupted files were refused, gave what was written, and gave something else."""
    whole, other = checkpoints(folder)
    path, rng, counts = folder / "x.npz", random.Random(seed), Counter()
    path.write_bytes(whole)
    arrays, header = read_checkpoint(path)
    for k in range(files):
        corrupt = (flip, directory, truncate, splice, swap)[k % 5]
        path.write_bytes(corrupt(whole, other, rng))
        try:
            found, its_header = read_checkpoint(path)
        except CheckpointError as error:
            one_line = str(path) in str(error) and "\n" not in str(error)
            counts["refused" if one_line else "REFUSED WITHOUT ONE CLEAR LINE"] += 1
            continue
        same = its_header == header and found.keys() == arrays.keys()
        same = same and all(equal(found[name], array) for name, array in arrays.items())
        counts["read, and the same" if same else f"READ AS IF WHOLE after {corrupt.__name__}"] += 1
    return counts


def equal(a: np.ndarray, b: np.ndarray) -> bool:
    """Bytes, shape and type."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        counts = trial(Path(folder), options.files, options.seed)
    for name, count in counts.most_common():
        print(f"{name:<40} {count:>6}")
    print(f"{'seconds':<40} {time.perf_counter() - begun:6.0f}")
    return 1 if counts.keys() - {"refused", "read, and the same"} else 0


if __name__ == "__main__":
    sys.exit(main())
