"""A checkpoint comes back as it was, or is refused in one line that names it."""

import json
import os

import numpy as np
import pytest

from lstm_from_scratch.files import write_arrays
from lstm_from_scratch.model import MelodyModel, checkpoint
from lstm_from_scratch.model.checkpoint import CheckpointError


def read(path):
    """The header as text and the arrays of a file."""
    with np.load(path) as data:
        arrays = dict(data)
    return json.loads(arrays.pop("header").tobytes()), arrays


def rewrite(path, header, arrays):
    write_arrays(path, {"header": np.frombuffer(json.dumps(header).encode(), np.uint8), **arrays})


def refused(path, reason):
    with pytest.raises(CheckpointError, match=reason) as caught:
        MelodyModel.load(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("window", [None, 64])
def test_a_model_comes_back(corpus, tmp_path, cell, window):
    model = MelodyModel(len(corpus.vocabulary), 8, cell, 0.35, rng=np.random.default_rng(3), dtype=np.float64)
    model.vocabulary, model.window, model.about = corpus.vocabulary, window, {"seed": 3, "title": "Märchen"}
    model.save(tmp_path / "m.npz")
    found = MelodyModel.load(tmp_path / "m.npz")
    assert all(np.array_equal(found.params[k], p) for k, p in model.params.items())
    assert found.vocabulary == corpus.vocabulary and found.about == model.about
    assert (found.cell, found.units, found.window, found.dropout.p) == (cell, 8, window, 0.35)
    assert found.recurrent.dtype == np.float64
    tokens = np.array([[1, 2], [3, 4]])
    assert np.array_equal(found.logits(tokens), model.logits(tokens))


def test_a_model_without_a_vocabulary_comes_back_without_one(tmp_path):
    MelodyModel(5, 4, rng=np.random.default_rng(0)).save(tmp_path / "m.npz")
    assert MelodyModel.load(tmp_path / "m.npz").vocabulary is None


def test_equal_models_have_equal_bytes(model, tmp_path):
    model.save(tmp_path / "a.npz")
    MelodyModel.load(tmp_path / "a.npz").save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_failed_write_leaves_the_last_good_one(model, tmp_path, monkeypatch):
    path = tmp_path / "m.npz"
    model.save(path)
    before = path.read_bytes()
    model.params["lstm.W"][...] = 0

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        model.save(path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_another_format_version_is_refused(model, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "FORMAT", 2)
    model.save(tmp_path / "m.npz")
    monkeypatch.undo()
    refused(tmp_path / "m.npz", "format version 2.*reads format 1")


def test_what_is_no_checkpoint_is_refused(tmp_path):
    path = tmp_path / "m.npz"
    refused(path, "no such file; a training run leaves its model as best.npz")
    path.write_bytes(b"PK\x03\x04 not really")
    refused(path, "not a checkpoint of this program")
    path.write_bytes(np.arange(40).tobytes())
    refused(path, "not a checkpoint of this program")
    write_arrays(path, {"weights": np.zeros(3)})
    refused(path, "holds no header")
    for header in (b"[]", b"7", b"{", b"{}", b"\xff", b"[" * 100_000):
        write_arrays(path, {"header": np.frombuffer(header, np.uint8)})
        refused(path, "not a checkpoint of this program")
    rewrite(path, {"format": 1}, {})
    refused(path, "no checksums")


def test_an_object_array_is_never_unpickled(model, tmp_path):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "sprung"),)

    model.save(tmp_path / "m.npz")
    header, arrays = read(tmp_path / "m.npz")
    rewrite(tmp_path / "m.npz", header, arrays | {"trap": np.array([Trap()], object)})
    refused(tmp_path / "m.npz", "Object arrays cannot be loaded")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("cut", [0, 1, 100, 2000, -1, -22])
def test_a_truncated_file_is_refused(model, tmp_path, cut):
    model.save(tmp_path / "m.npz")
    (tmp_path / "m.npz").write_bytes((tmp_path / "m.npz").read_bytes()[:cut])
    refused(tmp_path / "m.npz", "not a checkpoint")


def test_a_flipped_bit_is_refused_or_changes_nothing(model, tmp_path):
    path = tmp_path / "m.npz"
    model.save(path)
    whole, kept = path.read_bytes(), read(path)
    rng, loaded = np.random.default_rng(0), 0
    for place in [*rng.integers(0, len(whole), 200), *range(0, 50), *range(len(whole) - 50, len(whole))]:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << rng.integers(8)
        path.write_bytes(flipped)
        try:
            found = MelodyModel.load(path)
        except CheckpointError:
            continue
        loaded += 1
        assert all(np.array_equal(found.params[k], kept[1][k]) for k in found.params)
        assert list(found.vocabulary) == kept[0]["vocabulary"]
    assert loaded < 100  # where nothing but dates and attributes changed, in the archive's directory


def test_an_array_that_is_not_what_was_written_is_refused(model, tmp_path):
    path = tmp_path / "m.npz"
    model.save(path)
    header, arrays = read(path)
    for changed in (
        arrays | {"dense.b": arrays["dense.b"] + 1},
        arrays | {"dense.b": arrays["dense.b"].astype(np.float64)},
        arrays | {"dense.b": arrays["dense.b"].ravel()},
        {k: v for k, v in arrays.items() if k != "dense.b"},
    ):
        rewrite(path, header, changed)
        refused(path, r"damaged: dense\.b is not what was written")
    rewrite(path, header, arrays | {"extra": np.zeros(2)})
    refused(path, "damaged: extra")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"units": 17}, r"lstm\.W is float32 \(64, 26\), want float32 \(68, 26\)"),
        ({"cell": "gru"}, r"gru\.W is missing"),
        ({"dtype": "float64"}, r"lstm\.W is float32"),
        ({"symbols": 25}, "vocabulary has 26 symbols: want model.symbols, 25"),
        ({"cell": "elman"}, "header is not usable"),
        ({"dtype": "words"}, "header is not usable"),
        ({"units": "many"}, "header is not usable"),
        ({"units": -3}, "header is not usable"),
        ({"units": 1000}, "holds fewer weights than a network of 1000 units"),
        ({"more": 1}, "header is not usable"),
    ],
)
def test_weights_that_do_not_fit_the_configuration_are_refused(model, tmp_path, change, reason):
    path = tmp_path / "m.npz"
    model.save(path)
    header, arrays = read(path)
    header["model"] |= change
    rewrite(path, header, arrays)
    refused(path, reason)


@pytest.mark.parametrize("key", ["model", "vocabulary", "about"])
def test_a_header_that_lacks_something_is_refused(model, tmp_path, key):
    path = tmp_path / "m.npz"
    model.save(path)
    header, arrays = read(path)
    del header[key]
    rewrite(path, header, arrays)
    refused(path, "header is not usable")


def test_a_vocabulary_in_another_order_is_refused(model, tmp_path):
    path = tmp_path / "m.npz"
    model.save(path)
    header, arrays = read(path)
    for vocabulary in (header["vocabulary"][::-1], [], ["/"] * 26, 26, list(range(26))):
        rewrite(path, header | {"vocabulary": vocabulary}, arrays)
        refused(path, "header is not usable")
