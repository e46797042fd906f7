"""Bugs, planted one by one in a copy of the network: each must be caught by the check that it names.

A mutant is a replacement of text that stands exactly once in the source. Where this file fails because a text
is not found, the source has changed: write the same bug in its new words.
"""

import importlib
import runpy
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import lstm_from_scratch.network

PACKAGE = Path(lstm_from_scratch.__file__).parent
HERE = Path(__file__).parents[1] / "helpers"
MUTANTS = runpy.run_path(str(HERE / "mutants.py"))["MUTANTS"]
CHECKS = runpy.run_path(str(HERE / "mutant_checks.py"))["CHECKS"]


def load(folder, *edits):
    """The rooms network and gradients, copied with texts replaced, as one package of a name of its own."""
    ignore = shutil.ignore_patterns("*.pyc.*")  # being written; what is cached spares time
    for room in ("network", "gradients"):
        shutil.copytree(PACKAGE / room, folder / room, ignore=ignore)
    (folder / "__init__.py").write_text(
        "from .gradients import *\nfrom .gradients import selfcheck\nfrom .network import *\n"
        "from .network import adam, arrays, backend, cells, pointer\n"
    )
    for file, old, new in zip(edits[::3], edits[1::3], edits[2::3]):
        path = folder / "network" / file
        source = path.read_text(encoding="utf-8")
        assert source.count(old) == 1, f"{file} holds {old!r} {source.count(old)} times: want once"
        path.write_text(source.replace(old, new), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(
        f"mutant_{folder.parent.name}", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    package = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)
    return package


@pytest.fixture
def plant(tmp_path):
    """`load` into a folder of this test; what it imported is forgotten afterwards."""
    yield lambda *edits: load(tmp_path / "package", *edits)
    for name in [name for name in sys.modules if name.split(".")[0] == f"mutant_{tmp_path.name}"]:
        del sys.modules[name]


def caught(net, layer, check):
    """Whether the check fails."""
    with np.errstate(all="ignore"):
        try:
            CHECKS[layer][check](net, layer)
        except AssertionError:
            return True
    return False


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m[0]}: {m[2]} - caught by: {m[1]}")
def test_every_mutant_is_caught(plant, mutant):
    layer, check, _, *edits = mutant
    assert caught(plant(*edits), layer, check)


def test_the_source_as_it_is_passes_every_check(plant):
    net = plant()
    assert net.LSTM is not lstm_from_scratch.network.LSTM
    for layer, checks in CHECKS.items():
        for check in checks.values():
            check(net, layer)


def test_mutants_are_many_and_every_check_catches_one():
    assert len({mutant[2:] for mutant in MUTANTS}) == len(MUTANTS) >= 30
    for layer in ("LSTM", "GRU", "RNN", "Dropout", "Loss", "Adam"):
        assert sum(mutant[0] == layer for mutant in MUTANTS) >= 4
    assert {c for checks in CHECKS.values() for c in checks} == {mutant[1] for mutant in MUTANTS}


def test_a_mutant_whose_text_is_gone_is_no_pass(plant):
    with pytest.raises(AssertionError, match="holds 'not in the source' 0 times: want once"):
        plant("lstm.py", "not in the source", "")
