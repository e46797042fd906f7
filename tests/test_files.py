"""Files are written whole or not at all, and read without pickle."""

import io
import os
import warnings
import zipfile

import numpy as np
import pytest

from lstm_from_scratch import archive, files

ARRAYS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array(7), "c": np.zeros((0, 2))}


def test_arrays_come_back(tmp_path):
    files.write_arrays(tmp_path / "x.npz", ARRAYS)
    found = archive.read_arrays(tmp_path / "x.npz")
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype and np.array_equal(found[name], array)


def test_equal_arrays_have_equal_bytes_on_every_day(tmp_path):
    files.write_arrays(tmp_path / "x.npz", ARRAYS)
    dates = {entry.date_time[0] for entry in zipfile.ZipFile(tmp_path / "x.npz").infolist()}
    assert dates == {1980}
    files.write_arrays(tmp_path / "y.npz", {k: v.copy() for k, v in ARRAYS.items()})
    assert (tmp_path / "x.npz").read_bytes() == (tmp_path / "y.npz").read_bytes()


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, broken):
    path = tmp_path / "x.txt"
    files.write_text(path, "old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(OSError, match="No space") as caught:
        files.write_text(path, "new")
    assert caught.value.filename == str(path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_text_is_utf8_with_plain_line_ends(tmp_path):
    files.write_text(tmp_path / "x.txt", "Märchen\n")
    assert (tmp_path / "x.txt").read_bytes() == "Märchen\n".encode()
    files.write_text(tmp_path / "x.txt", "a name that is not UTF-8: \udcff")
    assert (tmp_path / "x.txt").read_bytes().endswith(b": ?")


def zipped(name, data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"some text",
        npy(np.zeros(3)),
        zipped("a.txt", "text"),
        zipped("a.npy", "no array"),
        zipped("a.npy", npy(np.zeros(9))[:-8]),
        zipped("a.npy", npy(np.array([{}], object))),
    ],
    ids=["empty", "text", "npy", "no array", "bad header", "short", "object"],
)
def test_what_is_no_archive_of_arrays_is_refused_with_its_name(tmp_path, data):
    (tmp_path / "x.npz").write_bytes(data)
    with pytest.raises(ValueError, match=r"x\.npz: not a readable \.npz (?!.*pickled data)"):
        archive.read_arrays(tmp_path / "x.npz")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"x\.npz: no such file"):
        archive.read_arrays(tmp_path / "x.npz")
    with pytest.raises(ValueError, match="a folder, where a file is wanted"):
        archive.read_arrays(tmp_path)


def test_cut_and_flipped_archives_are_refused_or_whole(tmp_path):
    files.write_arrays(tmp_path / "x.npz", ARRAYS)
    whole = (tmp_path / "x.npz").read_bytes()
    rng, path = np.random.default_rng(0), tmp_path / "y.npz"
    damaged = [whole[:n] for n in rng.integers(0, len(whole), 50)]
    for place, bit in zip(rng.integers(0, len(whole), 300), rng.integers(0, 8, 300)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << bit
        damaged.append(bytes(flipped))
    refused = 0
    for data in damaged:
        path.write_bytes(data)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                found = archive.read_arrays(path)
        except ValueError as error:
            assert str(path) in str(error)
            refused += 1
        else:  # a date or another field that carries nothing
            assert all(np.array_equal(found[k], v) for k, v in ARRAYS.items() if k in found)
    assert refused > 250
