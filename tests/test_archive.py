"""Of an archive that others made nothing is believed, and nothing unpacked before its sizes are checked."""

import io
import tracemalloc
import warnings
import zipfile

import numpy as np
import pytest

from lstm_from_scratch.archive import read_arrays


def npy(array, shape=None):
    """An array as .npy, whose header may declare another shape."""
    file = io.BytesIO()
    np.save(file, array)
    data = file.getvalue()
    return data if shape is None else data.replace(str(array.shape).encode(), shape.encode())


def refused(path, members, reason, compression=zipfile.ZIP_STORED):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile's, of names that stand there twice
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, data in members:
                archive.writestr(name, data)
    with pytest.raises(ValueError, match=rf"x\.npz: not a readable \.npz \(.*{reason}"):
        read_arrays(path)


@pytest.mark.parametrize(
    "name",
    [
        "../a.npy",
        "/a.npy",
        "a/b.npy",
        "..\\a.npy",
        "C:a.npy",
        "..npy",
        ".npy",
        "a.txt",
        "a",
        "ä.npy",
        "a\n.npy",
    ],
)
def test_a_name_that_is_no_arrays_is_refused(tmp_path, name):
    refused(tmp_path / "x.npz", [(name, npy(np.zeros(2)))], "is not the name of an array")
    assert [p.name for p in tmp_path.iterdir()] == ["x.npz"]


def test_a_name_that_stands_there_twice_is_refused(tmp_path):
    members = [("a.npy", npy(np.zeros(2))), ("a.npy", npy(np.ones(2)))]
    refused(tmp_path / "x.npz", members, r"a\.npy is in it twice")


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, compression):
    path = tmp_path / "x.npz"
    tracemalloc.start()
    try:
        bomb = npy(np.zeros(1_000_000))
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        refused(path, [("a.npy", bomb)], r"a\.npy is compressed", compression)
        assert path.stat().st_size < 100_000
        tracemalloc.reset_peak()
        with pytest.raises(ValueError, match="is compressed"):
            read_arrays(path)
        assert tracemalloc.get_traced_memory()[1] - before < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("shape", ["(999999999999,)", "(9,)", "(7,)", "(-8,)", "(2, 2, 2, 2)", "(0,)"])
def test_an_array_of_another_size_than_it_declares_is_refused(tmp_path, shape):
    refused(tmp_path / "x.npz", [("a.npy", npy(np.zeros(8), shape))], "a.npy is declared float64")


def test_members_that_share_their_bytes_are_refused(tmp_path):
    """As in the bombs that are not recursive: many names in the directory for the one member."""
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", npy(np.zeros(1000)))
        first = archive.filelist[0]
        for k in range(20):
            other = zipfile.ZipInfo(f"b{k}.npy")
            for name in ("header_offset", "CRC", "file_size", "compress_size"):
                setattr(other, name, getattr(first, name))
            archive.filelist.append(other)
    with pytest.raises(ValueError, match="declared larger than the file"):
        read_arrays(path)


def test_another_npy_version_is_refused(tmp_path):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.zeros(2), version=(2, 0))
    refused(tmp_path / "x.npz", [("a.npy", file.getvalue())], r"format \(2, 0\)")
