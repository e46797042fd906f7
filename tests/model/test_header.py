"""Each value of a checkpoint's header, forged with right checksums: refused by name, in one line, at once."""

import json
import time
from dataclasses import fields

import numpy as np
import pytest

from lstm_from_scratch.archive import read_arrays
from lstm_from_scratch.cli import main
from lstm_from_scratch.files import write_arrays
from lstm_from_scratch.model import MelodyModel, checkpoint, header
from lstm_from_scratch.model.checkpoint import CheckpointError, read_checkpoint
from lstm_from_scratch.training.loop import train
from lstm_from_scratch.training.recipe import PRESETS, Recipe
from lstm_from_scratch.training.running_means import RunningMeans

RECIPE = Recipe(objective="stream", units=6, batch=4, length=5, steps=6, validate_every=2)
WRONG = {
    "none": None, "true": True, "words": "64", "empty": "", "list": [], "object": {}, "minus": -1,
    "half": 1.5, "nan": float("nan"), "infinite": float("inf"), "huge": 10**30, "large": 10**9,
    "tiny": 1e-320, "control": "\x1b[31mred", "nested": [[{}]], "rows": [7], "pair": [10**30, 10**30],
}  # fmt: skip


@pytest.fixture(scope="module")
def made(small, tmp_path_factory):
    """The folder of a finished run, and what its last checkpoint holds."""
    folder = tmp_path_factory.mktemp("made")
    train(small, RECIPE, folder)
    arrays = read_arrays(folder / "last.npz")
    return folder, arrays, json.loads(arrays.pop("header").tobytes())


def places(value, before=()):
    """The path of each value in a header, of objects and lists too."""
    if before:
        yield before
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from places(part, (*before, key))


def put(found, path, value):
    """A copy of a header with one value changed."""
    found = json.loads(json.dumps(found))
    place = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return found


def same(a, b):
    return type(a) is type(b) and a == b


def forge(path, arrays, found):
    """Write a checkpoint with right checksums, unchecked, as whoever forges one would."""
    found = found | {"sha256": {name: checkpoint._digest(array) for name, array in arrays.items()}}
    text = json.dumps(found).encode()
    write_arrays(path, {"header": np.frombuffer(text, np.uint8), **arrays})


def value_at(found, path):
    for key in path:
        found = found[key]
    return found


def test_each_value_forged_in_each_way(made, tmp_path):
    """Refused, or a value that a checkpoint of this program may have there."""
    _, _, right = made
    taken = {}
    for path in places({k: v for k, v in right.items() if k not in ("format", "package", "sha256")}):
        for name, value in WRONG.items():
            if same(value_at(right, path), value):
                continue
            forged = put(right, path, value)
            try:
                header.check_header(forged)
            except ValueError as error:
                said = str(error)
                assert "\n" not in said and said.isprintable() and len(said) < 250, said
            else:
                taken.setdefault(path[-1] if path[0] != "vocabulary" else "vocabulary", set()).add(name)
    numbers = {"tiny", "huge", "large", "half"}  # finite numbers, where any are allowed
    allowed = {
        name: numbers for name in ("epoch", "lr", "clip", "save_seconds", "training_loss", "validation_loss")
    }
    allowed |= dict.fromkeys(header.SUMS, numbers) | {
        "averaging": {"tiny"},
        "cut": {"tiny"},
        "dropout": {"tiny"},
    }
    allowed |= {"weight_dropout": {"tiny"}, "steps": {"none", "large"}, "validate_every": {"none", "large"}}
    allowed |= {
        "accuracy": {"tiny"},
        "window": {"none"},
        "vocabulary": {"none"},
        "decay": {"true"},
        0: {"large"},  # the key of dropout
        "seed": {"large", "huge"},
    }
    allowed |= {name: {"large"} for name in ("batch", "epochs", "warmup", "patience")}
    allowed |= {
        f"{p}_{n}": {"tiny"} for p in ("training", "validation") for n in ("accuracy", "onset_accuracy")
    }
    for name, found in taken.items():
        assert found <= allowed.get(name, set()), (name, found)


@pytest.mark.parametrize("name", WRONG)
def test_what_the_commands_say_of_it(made, corpus_folder, tmp_path, name, capsys):
    """One line that names the file and the value."""
    _, arrays, right = made
    path = tmp_path / "x.npz"
    for place in (
        ("model", "units"),
        ("run", "step"),
        ("run", "dropout"),
        ("vocabulary",),
        ("about", "recipe"),
    ):
        if place == ("vocabulary",) and name == "none":
            continue  # a model without one
        forge(path, arrays, put(right, place, WRONG[name]))
        before = time.perf_counter()
        capsys.readouterr()
        assert main(["compose", "--model", str(path), "--out", str(tmp_path / "out")]) == 2
        said = capsys.readouterr().err
        assert time.perf_counter() - before < 2
        assert said.startswith(f"melody: {path}: its header is not usable: ") and said.count("\n") == 1
        assert ".".join(place) in said and said[:-1].isprintable()
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["model", "vocabulary", "about"])
def test_what_is_missing_and_what_is_unknown(made, name):
    _, _, right = made
    with pytest.raises(ValueError, match=f"header.{name} is missing"):
        header.check_header({k: v for k, v in right.items() if k != name})
    with pytest.raises(ValueError, match=r"header has a 'more', which this version does not know"):
        header.check_header({**right, "more": 1})
    for place in ("model", "run"):
        with pytest.raises(ValueError, match=rf"{place} has a 'more'"):
            header.check_header(put(right, (place, "more"), 1))
        for key in right[place]:
            with pytest.raises(ValueError, match=rf"{place}\.{key} is missing"):
                header.check_header({**right, place: {k: v for k, v in right[place].items() if k != key}})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"step": 7}, r"run\.step is 7: want about\.steps, 6, or less"),
        ({"step": 5}, "do not lead up to"),
        ({"history": []}, "lacks the validation at the last step, 6"),
        ({"dropout": [5, 7]}, "counts 7 masks"),
    ],
)
def test_a_record_that_no_run_can_have(made, change, said):
    _, _, right = made
    with pytest.raises(ValueError, match=said):
        header.check_header({**right, "run": right["run"] | change})
    header.check_header(right)


def test_rows_out_of_order(made):
    rows = made[2]["run"]["history"]
    for history in (rows[::-1], [rows[0], *rows], [*rows, rows[-1]]):
        with pytest.raises(ValueError, match="do not lead up to"):
            header.check_header(put(made[2], ("run", "history"), history))


@pytest.mark.parametrize("keep", [0, 1])
def test_a_run_with_missing_validations_is_not_resumed(made, small, tmp_path, keep):
    """The file alone cannot tell; the run that is to go on from it can."""
    _, arrays, right = made
    forged = put(put(right, ("run", "step"), 5), ("run", "dropout"), [5, 5])
    forged["run"]["history"] = forged["run"]["history"][:keep]
    forge(tmp_path / "last.npz", arrays, forged)
    with pytest.raises(CheckpointError, match=rf"last\.npz: .* impossible: {keep} validations in 5 steps"):
        train(small, RECIPE, tmp_path, resume=True)


def test_a_format_that_is_no_number_is_not_printed(made, tmp_path):
    _, arrays, right = made
    for value in (True, 1.0, "\x1b[2J", None, [1]):
        forge(tmp_path / "x.npz", arrays, right | {"format": value})
        with pytest.raises(CheckpointError, match="its format is not a number"):
            read_checkpoint(tmp_path / "x.npz")


def test_the_table_has_a_line_for_each_option():
    """Whoever adds an option to the recipe or to the model adds its type and range."""
    assert header.RECIPE.keys() == {field.name for field in fields(Recipe)}
    assert header.SUMS.keys() == set(RunningMeans.NAMES)
    for recipe in PRESETS.values():
        for name, value in recipe.record().items():
            assert header.RECIPE[name].fits(value), name


def test_models_that_are_not_trained_have_no_record(model, tmp_path):
    for about in ({}, {"seed": 3, "title": "Märchen"}):
        model.about = about
        model.save(tmp_path / "m.npz")
        assert MelodyModel.load(tmp_path / "m.npz").about == about


def test_what_could_not_be_read_again_is_not_written(model, tmp_path):
    model.window = 2000
    with pytest.raises(
        ValueError, match=r"model\.window is 2000: want a whole number from 1 to 1,024, or null"
    ):
        model.save(tmp_path / "m.npz")
    assert not (tmp_path / "m.npz").exists()
